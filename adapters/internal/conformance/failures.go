package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// patience is an error of a source that says when to come back.
type patience struct{}

func (patience) Error() string             { return "the gateway of " + upstreamDetail + " rests" }
func (patience) RetryAfter() time.Duration { return 20 * time.Second }

// upstreamDetail is text of a source, which belongs into the log.
const upstreamDetail = "upstream.internal:8443"

var failures = map[string]func(*testing.T, Mount){
	"a failure is problem+json by its class, and the detail is in the log only": func(t *testing.T, mount Mount) {
		fine, down := newShop(t, nil, "mpgs"), newShop(t, errors.New("no route to "+upstreamDetail))
		resting, closed := newShop(t, patience{}), newShop(t, nil, "mpgs")
		_ = closed.Close()
		fails := func(err error) func(*http.Request) (resolver.Cart, error) {
			return func(*http.Request) (resolver.Cart, error) { return resolver.Cart{}, err }
		}
		asks := func(c resolver.Cart) func(*http.Request) (resolver.Cart, error) {
			return func(*http.Request) (resolver.Cart, error) { return c, nil }
		}
		good := resolver.Cart{CustomerID: customer, Currency: "KWD", Type: resolver.OneOff}
		for _, c := range []struct {
			name   string
			shop   *shop
			cart   func(*http.Request) (resolver.Cart, error)
			status int
			code   string
			retry  int // at least; 0: no Retry-After
			level  string
			detail string // of the log
		}{
			{"cart function refuses", fine, fails(fmt.Errorf("empty basket: %w", resolver.ErrInvalidCart)),
				400, "invalid_cart", 0, "INFO", "empty basket"},
			{"no type", fine, asks(resolver.Cart{CustomerID: customer, Currency: "KWD"}),
				400, "invalid_cart", 0, "INFO", "no type"},
			{"currency not sold", fine, asks(resolver.Cart{CustomerID: customer, Currency: "EUR", Type: resolver.OneOff}),
				400, "invalid_cart", 0, "INFO", "EUR"},
			{"customer ID too long", fine,
				asks(resolver.Cart{CustomerID: strings.Repeat(customer, 9), Currency: "KWD", Type: resolver.OneOff}),
				400, "invalid_cart", 0, "INFO", "64 characters"},
			{"cart function fails", fine, fails(errors.New("session store is down")),
				500, "internal_error", 0, "ERROR", "session store is down"},
			{"no cart function", fine, nil, 500, "misconfigured", 0, "ERROR", "no cart function"},
			{"source down", down, asks(good), 503, "unavailable", 1, "WARN", upstreamDetail},
			{"source asks for patience", resting, asks(good), 503, "unavailable", 20, "WARN", upstreamDetail},
			{"closed", closed, asks(good), 503, "unavailable", 1, "WARN", "closed"},
		} {
			t.Run(c.name, func(t *testing.T) {
				var got seen
				before := len(c.shop.log.String())
				w := serve(mount(Route{c.shop.middleware(t), c.cart, nil, &got}), oneOff())
				wantProblem(t, w, c.status, c.code)
				if got.calls != 0 {
					t.Error("the handler was called")
				}
				retry, _ := strconv.Atoi(w.Header().Get("Retry-After"))
				if retry < c.retry || retry > 60 || (c.retry == 0) != (w.Header().Get("Retry-After") == "") {
					t.Errorf("Retry-After %q, want at least %d", w.Header().Get("Retry-After"), c.retry)
				}
				told := c.shop.log.String()[before:]
				if strings.Count(told, "\n") != 1 || !strings.Contains(told, `"level":"`+c.level+`"`) ||
					!strings.Contains(told, c.detail) {
					t.Errorf("log, want %s with %q: %s", c.level, c.detail, told)
				}
				for where, text := range map[string]string{"log": told, "body": w.Body.String()} {
					if strings.Contains(text, customer) {
						t.Errorf("the %s names the customer: %s", where, text)
					}
				}
				if strings.Contains(w.Body.String(), c.detail) {
					t.Errorf("the body tells the detail: %s", w.Body)
				}
			})
		}
	},

	"a Middleware that New did not return is a 500 and no panic": func(t *testing.T, mount Mount) {
		var none, zero *middleware.Middleware = nil, new(middleware.Middleware)
		for name, m := range map[string]*middleware.Middleware{
			"nil": none, "nil.For": none.For(resolver.OneOff), "zero": zero, "zero.For": zero.For(resolver.OneOff),
		} {
			t.Run(name, func(t *testing.T) {
				var told log
				defer slog.SetDefault(slog.Default())
				slog.SetDefault(slog.New(slog.NewTextHandler(&told, nil)))
				wantProblem(t, serve(mount(Route{m, cartOf, nil, new(seen)}), oneOff()), 500, "misconfigured")
				if !strings.Contains(told.String(), "level=ERROR") {
					t.Errorf("log: %s", told.String())
				}
			})
		}
	},

	"a hook answers in place of the problem, alone": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		calls := 0
		hook := func(w http.ResponseWriter, _ *http.Request, f *middleware.Failure) {
			calls++
			if f.Status != 400 || f.Code != "invalid_cart" || !errors.Is(f.Err, resolver.ErrInvalidCart) {
				t.Errorf("failure: %+v", f)
			}
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write([]byte("short and stout"))
		}
		var got seen
		h := mount(Route{s.middleware(t), cartOf, hook, &got})
		w := serve(h, request(http.MethodPost, "", "EUR", resolver.OneOff))
		if calls != 1 || got.calls != 0 || w.Code != http.StatusTeapot || w.Body.String() != "short and stout" {
			t.Errorf("hook called %d times, handler %d times: %d %q", calls, got.calls, w.Code, w.Body)
		}
		if h := w.Header(); h.Get("Retry-After") != "" || strings.Contains(h.Get("Content-Type"), "json") {
			t.Errorf("headers of the problem: %v", h)
		}
	},

	"behind a hook that writes nothing, nothing is written, and no cache may keep what a hook writes": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		var got seen
		h := mount(Route{s.middleware(t), cartOf, func(http.ResponseWriter, *http.Request, *middleware.Failure) {}, &got})
		w := serve(h, request(http.MethodPost, "", "EUR", resolver.OneOff))
		if got.calls != 0 || w.Body.Len() != 0 || len(w.Header()) != 1 || w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("handler called %d times: %q %v", got.calls, w.Body, w.Header())
		}
	},

	"a failure marshalled by a hook keeps the detail": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		hook := func(w http.ResponseWriter, _ *http.Request, f *middleware.Failure) { _ = json.NewEncoder(w).Encode(f) }
		h := mount(Route{s.middleware(t), cartOf, hook, new(seen)})
		w := serve(h, request(http.MethodPost, "", "EUR", resolver.OneOff))
		if b := w.Body.String(); !strings.Contains(b, "invalid_cart") || strings.Contains(b, "EUR") {
			t.Errorf("body: %s", b)
		}
	},

	"HEAD fails with the headers alone": func(t *testing.T, mount Mount) {
		s := newShop(t, errors.New("down"))
		srv := httptest.NewServer(mount(Route{s.middleware(t), cartOf, nil, new(seen)}))
		defer srv.Close()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = request(http.MethodHead, "", "KWD", resolver.OneOff).Header
		res, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("%d %v", res.StatusCode, res.Header)
		}
	},
}

// wantProblem checks everything that is the same in every problem.
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	var body struct {
		Type, Title, Detail, Code string
		Status                    int
	}
	dec := json.NewDecoder(strings.NewReader(w.Body.String()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil {
		t.Fatal(err)
	}
	if dec.More() {
		t.Error("a second body follows the first")
	}
	if body.Status != status || body.Code != code || body.Type != "urn:tender:problem:"+code ||
		body.Title == "" || body.Detail == "" {
		t.Errorf("body: %+v", body)
	}
}
