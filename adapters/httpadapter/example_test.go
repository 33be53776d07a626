package httpadapter_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// source stands in for the ottu.Client of a shop.
var source = resolver.SourceFunc(resolver.Identity{}, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
	return resolver.Catalog{Methods: []resolver.PaymentMethod{
		{Code: "knet", Sandbox: resolver.No}, {Code: "mpgs", Sandbox: resolver.No},
	}}, nil
})

// A shop reads the cart from what it trusts, mounts the middleware on its checkout, and uses the codes.
func Example() {
	res, err := resolver.New(source, resolver.Production, []string{"KWD", "USD"})
	if err != nil {
		panic(err)
	}
	defer res.Close()
	m, err := middleware.New(res)
	if err != nil {
		panic(err)
	}
	cart := func(*http.Request) (resolver.Cart, error) { // in a shop: from the session and the order
		return resolver.Cart{CustomerID: "cust_1", Currency: "KWD", Type: resolver.OneOff}, nil
	}

	mux := http.NewServeMux()
	mux.Handle("POST /checkout", httpadapter.Wrap(m, cart)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		eligible, err := middleware.FromContext(r.Context())
		if err != nil {
			http.Error(w, "no payment methods", http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"pg_codes": eligible.PGCodes()})
	})))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/checkout", nil))
	fmt.Print(w.Body)
	// Output: {"pg_codes":["knet","mpgs"]}
}

// A shop with an error page of its own answers through a hook. Behind it nothing more is written.
func ExampleOnFailure() {
	res, _ := resolver.New(source, resolver.Production, []string{"KWD"})
	defer res.Close()
	m, _ := middleware.New(res)
	cart := func(*http.Request) (resolver.Cart, error) {
		return resolver.Cart{}, fmt.Errorf("the basket is empty: %w", resolver.ErrInvalidCart)
	}
	page := func(w http.ResponseWriter, _ *http.Request, f *middleware.Failure) {
		w.WriteHeader(f.Status)
		fmt.Fprintf(w, "Sorry: %s", f.Code)
	}
	h := httpadapter.Wrap(m, cart, httpadapter.OnFailure(page))(http.NotFoundHandler())

	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/checkout", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 400 Sorry: invalid_cart
}

// Wrapping a whole mux is the common mistake: the cart function runs before the mux has chosen a route, so
// r.PathValue is still empty. Wrap the handler of each route.
func ExampleWrap_incorrect() {
	res, _ := resolver.New(source, resolver.Production, []string{"KWD"})
	defer res.Close()
	m, _ := middleware.New(res, middleware.WithLogger(slog.New(slog.DiscardHandler)))
	cart := func(r *http.Request) (resolver.Cart, error) {
		return resolver.Cart{Currency: r.PathValue("currency"), Type: resolver.OneOff}, nil
	}
	checkout := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		eligible, err := middleware.FromContext(r.Context())
		fmt.Fprint(w, eligible.PGCodes(), err)
	})

	inner := http.NewServeMux()
	inner.Handle("GET /{currency}/checkout", checkout)
	wrong := httpadapter.Wrap(m, cart)(inner)

	right := http.NewServeMux()
	right.Handle("GET /{currency}/checkout", httpadapter.Wrap(m, cart)(checkout))

	for _, h := range []http.Handler{wrong, right} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/KWD/checkout", nil))
		fmt.Println(w.Code)
	}
	// Output:
	// 400
	// 200
}
