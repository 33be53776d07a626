// Package conformance holds every adapter to the same behaviour.
package conformance

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// Route is what an adapter is asked to serve, under every path and method.
type Route struct {
	Middleware *middleware.Middleware
	// Cart and OnFailure are handed to the adapter; nil ones as nil.
	Cart      func(*http.Request) (resolver.Cart, error)
	OnFailure func(http.ResponseWriter, *http.Request, *middleware.Failure)
	Handler   http.Handler
}

// Mount makes a server of a Route.
type Mount func(Route) http.Handler

// Run runs every case against an adapter.
func Run(t *testing.T, mount Mount) {
	groups := []map[string]func(*testing.T, Mount){answers, failures, passing, sharing, scars}
	for _, cases := range groups {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) { test(t, mount) })
		}
	}
}

// customer is an ID that no response and no log may show.
const customer = "cust_S3CRET"

// cartOf reads a cart from headers, which a shop must not do: a browser can send anything.
func cartOf(r *http.Request) (resolver.Cart, error) {
	return resolver.Cart{
		CustomerID: r.Header.Get("X-Customer"), Currency: r.Header.Get("X-Currency"),
		Type: resolver.CartType(r.Header.Get("X-Type")),
	}, nil
}

// request asks for a cart; empty parts are left out.
func request(method, customer, currency string, cartType resolver.CartType) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), method, "/checkout", nil)
	for name, value := range map[string]string{
		"X-Customer": customer, "X-Currency": currency, "X-Type": string(cartType),
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	return r
}

func oneOff() *http.Request { return request(http.MethodPost, "", "KWD", resolver.OneOff) }

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// shop is a Resolver with the source behind it and the log in front.
type shop struct {
	*resolver.Resolver
	asked     atomic.Int64
	customers atomic.Int64 // how many of asked were for a customer
	log       *log
}

// newShop makes a shop whose source answers with the codes as production gateways, or with err.
func newShop(t *testing.T, err error, codes ...string) *shop {
	t.Helper()
	methods := make([]resolver.PaymentMethod, len(codes))
	for i, code := range codes {
		methods[i] = resolver.PaymentMethod{Code: code, Name: "name of " + code, Sandbox: resolver.No}
	}
	return newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
		return resolver.Catalog{Methods: methods}, err
	})
}

func newShopOf(t *testing.T, ask func(context.Context, resolver.Filters) (resolver.Catalog, error)) *shop {
	t.Helper()
	s := &shop{log: new(log)}
	count := func(ctx context.Context, f resolver.Filters) (resolver.Catalog, error) {
		s.asked.Add(1)
		if f.CustomerID != "" {
			s.customers.Add(1)
		}
		return ask(ctx, f)
	}
	res, err := resolver.New(resolver.SourceFunc(resolver.Identity{}, count), resolver.Production, []string{"KWD", "USD"},
		resolver.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := res.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Resolver = res
	return s
}

// middleware makes a Middleware of the shop that tells the shop's log.
func (s *shop) middleware(t *testing.T, opts ...middleware.Option) *middleware.Middleware {
	t.Helper()
	opts = append(opts, middleware.WithLogger(slog.New(slog.NewJSONHandler(s.log, nil))))
	m, err := middleware.New(s.Resolver, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// log is a log in memory.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// seen is a handler that keeps what FromContext gave it.
type seen struct {
	calls    int
	eligible *resolver.Eligibility
	err      error
}

func (s *seen) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	s.calls++
	s.eligible, s.err = middleware.FromContext(r.Context())
}

// codes are the pg_codes of the last request, or nil.
func (s *seen) codes() []string {
	if s.eligible == nil {
		return nil
	}
	return s.eligible.PGCodes()
}
