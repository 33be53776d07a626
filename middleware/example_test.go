package middleware_test

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// lists stands in for the ottu.Client of a shop, and answers with one code.
func lists(code string) resolver.Source {
	return resolver.SourceFunc(resolver.Identity{Origin: "https://" + code + ".example"},
		func(context.Context, resolver.Filters) (resolver.Catalog, error) {
			return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: code, Sandbox: resolver.No}}}, nil
		})
}

// kwd stands in for the cart function of a shop, which reads its session and its order.
func kwd(*http.Request) (resolver.Cart, error) {
	return resolver.Cart{Currency: "KWD", Type: resolver.OneOff}, nil
}

// checkout stands in for a handler of a shop.
func checkout(w http.ResponseWriter, r *http.Request) {
	eligible, err := middleware.FromContext(r.Context())
	if err != nil {
		fmt.Fprintln(w, "no methods:", errors.Is(err, resolver.ErrUnavailable))
		return
	}
	fmt.Fprintln(w, eligible.Cart().Type, eligible.PGCodes())
}

func post(h http.Handler, path string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, nil))
	fmt.Print(w.Code, " ", w.Body)
}

// A handler shows the methods, and checks the one that the shopper chose.
func ExampleFromContext() {
	res, _ := resolver.New(lists("mpgs"), resolver.Production, []string{"KWD"})
	defer res.Close()
	m, _ := middleware.New(res)

	h := httpadapter.Wrap(m, kwd)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		eligible, err := middleware.FromContext(r.Context())
		if err != nil { // not mounted: a mistake of the program
			http.Error(w, "no payment methods", http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, eligible.PGCodes(), eligible.Require("mpgs"))
		fmt.Fprintln(w, errors.Is(eligible.Require("cod"), resolver.ErrNotEligible))
	}))
	post(h, "/checkout")
	// Output:
	// 200 [mpgs] <nil>
	// true
}

// A signup is for subscriptions, whatever its cart says.
func ExampleMiddleware_For() {
	res, _ := resolver.New(lists("mpgs"), resolver.Production, []string{"KWD"})
	defer res.Close()
	m, _ := middleware.New(res)
	cart := func(*http.Request) (resolver.Cart, error) { return resolver.Cart{Currency: "KWD"}, nil }

	mux := http.NewServeMux()
	mux.Handle("/signup", httpadapter.Wrap(m.For(resolver.Subscription), cart)(http.HandlerFunc(checkout)))
	post(mux, "/signup")
	// Output: 200 subscription [mpgs]
}

// Two stores of one process have a Resolver each, and share nothing.
func ExampleChooseResolver() {
	kuwait, _ := resolver.New(lists("knet"), resolver.Production, []string{"KWD"})
	defer kuwait.Close()
	outlet, _ := resolver.New(lists("mpgs"), resolver.Production, []string{"KWD"})
	defer outlet.Close()

	type storeKey struct{}
	m, _ := middleware.New(kuwait, middleware.ChooseResolver(
		func(ctx context.Context, _ resolver.Cart) (*resolver.Resolver, error) {
			if ctx.Value(storeKey{}) == "/outlet" { // put there by an earlier middleware
				return outlet, nil
			}
			return nil, nil // the one given to New
		}))

	shop := httpadapter.Wrap(m, kwd)(http.HandlerFunc(checkout))
	stores := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shop.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), storeKey{}, r.URL.Path)))
	})
	post(stores, "/")
	post(stores, "/outlet")
	// Output:
	// 200 one_off [knet]
	// 200 one_off [mpgs]
}

// A page that shows more than the payment methods is shown without them.
func ExamplePassFailures() {
	down := resolver.SourceFunc(resolver.Identity{}, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
		return resolver.Catalog{}, errors.New("no route to host")
	})
	quiet := slog.New(slog.DiscardHandler)
	res, _ := resolver.New(down, resolver.Production, []string{"KWD"}, resolver.WithLogger(quiet))
	defer res.Close()
	m, _ := middleware.New(res, middleware.PassFailures(), middleware.WithLogger(quiet))

	post(httpadapter.Wrap(m, kwd)(http.HandlerFunc(checkout)), "/basket")
	// Output: 200 no methods: true
}

// After a change at Ottu, staff or a deploy tells the shop.
func ExamplePurgeHandler() {
	res, _ := resolver.New(lists("mpgs"), resolver.Production, []string{"KWD"})
	defer res.Close()
	if _, err := res.Resolve(context.Background(), resolver.Cart{Currency: "KWD", Type: resolver.OneOff}); err != nil {
		panic(err)
	}

	token := []byte("from the shop's secrets")
	h, err := middleware.PurgeHandler(res, func(r *http.Request) error {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Admin-Token")), token) != 1 {
			return errors.New("not staff")
		}
		return nil
	})
	if err != nil {
		panic(err)
	}

	body := strings.NewReader(`{"action":"refresh","scope":"all"}`)
	r := httptest.NewRequest(http.MethodPost, "/admin/payment-methods", body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Admin-Token", string(token))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output: 200 {"base":0,"customers":0,"refreshed":1,"failed":0,"reach":"this process"}
}
