// Package routertest runs the net/http adapter on the routers that shops use. It is a module of its own, so that they
// are no requirements of tender.
package routertest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/adapters/internal/conformance"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

func wrap(r conformance.Route) func(http.Handler) http.Handler {
	return httpadapter.Wrap(r.Middleware, r.Cart, httpadapter.OnFailure(r.OnFailure))
}

func TestTheAdapterConformsOnChi(t *testing.T) {
	conformance.Run(t, func(r conformance.Route) http.Handler {
		router := chi.NewRouter()
		router.With(wrap(r)).Handle("/*", r.Handler)
		return router
	})
}

func TestTheAdapterConformsOnGorillaMux(t *testing.T) {
	conformance.Run(t, func(r conformance.Route) http.Handler {
		router := mux.NewRouter()
		router.PathPrefix("/").Handler(r.Handler)
		router.Use(wrap(r))
		return router
	})
}

func TestTheCartFunctionSeesPathParameters(t *testing.T) {
	src := resolver.SourceFunc(resolver.Identity{}, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
		return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}, nil
	})
	res, err := resolver.New(src, resolver.Production, []string{"KWD"})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	m, err := middleware.New(res, middleware.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	wrapBy := func(param func(*http.Request) string) func(http.Handler) http.Handler {
		return httpadapter.Wrap(m, func(r *http.Request) (resolver.Cart, error) {
			return resolver.Cart{Currency: strings.ToUpper(param(r)), Type: resolver.OneOff}, nil
		})
	}
	checkout := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, err := middleware.FromContext(r.Context())
		_, _ = io.WriteString(w, fmt.Sprint(e.PGCodes(), err))
	})

	standard := http.NewServeMux()
	standard.Handle("GET /shop/{currency}/checkout",
		wrapBy(func(r *http.Request) string { return r.PathValue("currency") })(checkout))

	chiRouter := chi.NewRouter()
	chiRouter.Route("/shop/{currency}", func(r chi.Router) {
		r.Use(wrapBy(func(r *http.Request) string { return chi.URLParam(r, "currency") }))
		r.Get("/checkout", checkout)
	})

	gorilla := mux.NewRouter()
	shop := gorilla.PathPrefix("/shop/{currency}").Subrouter()
	shop.Use(wrapBy(func(r *http.Request) string { return mux.Vars(r)["currency"] }))
	shop.Handle("/checkout", checkout).Methods(http.MethodGet)

	for name, h := range map[string]http.Handler{"net/http": standard, "chi": chiRouter, "gorilla": gorilla} {
		for path, want := range map[string]int{"/shop/kwd/checkout": 200, "/shop/eur/checkout": 400, "/shop": 404} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != want || want == 200 && w.Body.String() != "[mpgs] <nil>" {
				t.Errorf("%s %s: %d %s", name, path, w.Code, w.Body)
			}
		}
	}
}
