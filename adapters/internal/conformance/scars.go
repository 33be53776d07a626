package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tendergo/tender/resolver"
)

// scars are what users of comparable libraries reported, as it would show at an adapter. More of them, which have no
// case of their own here, are under the names of their behaviour: a handler that changes a shared slice, the first
// caller's cancellation, a sandbox gateway in production.
var scars = map[string]func(*testing.T, Mount){
	"scar: an error page cached as an empty list": func(t *testing.T, mount Mount) {
		for name, broken := range map[string]func() (resolver.Catalog, error){
			"an error":      func() (resolver.Catalog, error) { return resolver.Catalog{}, errors.New("502 Bad Gateway") },
			"an empty list": func() (resolver.Catalog, error) { return resolver.Catalog{}, nil },
			"all but methods": func() (resolver.Catalog, error) {
				return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "<html>"}}}, nil
			},
		} {
			t.Run(name, func(t *testing.T) {
				var down atomic.Bool
				s := newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
					if down.Load() {
						return broken()
					}
					return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}, nil
				})
				var got seen
				h := mount(Route{s.middleware(t), cartOf, nil, &got})
				serve(h, oneOff())
				down.Store(true)
				if _, err := s.Refresh(t.Context(), resolver.Scope{}); err == nil {
					t.Error("the refresh reports no failure")
				}
				if serve(h, oneOff()); !slices.Equal(got.codes(), []string{"mpgs"}) {
					t.Errorf("codes %v, %v", got.codes(), got.err)
				}
			})
		}
	},

	"scar: a purge while the source is down makes the shop answer 500": func(t *testing.T, mount Mount) {
		var down atomic.Bool
		s := newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
			if down.Load() {
				return resolver.Catalog{}, errors.New("down")
			}
			return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}, nil
		})
		h := mount(Route{s.middleware(t), cartOf, nil, new(seen)})
		serve(h, oneOff())
		down.Store(true)
		if _, err := s.Purge(resolver.Scope{}); err != nil {
			t.Fatal(err)
		}
		w := serve(h, oneOff())
		wantProblem(t, w, http.StatusServiceUnavailable, "unavailable")
		if w.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	},

	"scar: the cart's amount in the key": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		cart := func(r *http.Request) (resolver.Cart, error) {
			return resolver.Cart{
				Currency: "KWD", Type: resolver.OneOff, Amount: r.Header.Get("X-Amount"), Country: "KW",
				Attributes: map[string]string{"order": r.Header.Get("X-Amount")},
			}, nil
		}
		var got seen
		h := mount(Route{s.middleware(t), cart, nil, &got})
		for i := range 50 {
			r, amount := oneOff(), fmt.Sprintf("%d.500", i)
			r.Header.Set("X-Amount", amount)
			serve(h, r)
			if got.err != nil || got.eligible.Cart().Amount != amount {
				t.Fatalf("%v, %v", got.eligible, got.err)
			}
		}
		if n := s.asked.Load(); n != 1 {
			t.Errorf("50 amounts asked the source %d times", n)
		}
	},

	"scar: the key read and the key purged differ": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		// An ID that is written in several ways, where two pieces of code could differ.
		const id = "Customer: É/ü%20+ 客"
		cart := resolver.Cart{CustomerID: id, Currency: "KWD", Type: resolver.OneOff}
		var got seen
		h := mount(Route{s.middleware(t), func(*http.Request) (resolver.Cart, error) { return cart, nil }, nil, &got})
		for round := range 3 {
			serve(h, oneOff())
			if got.err != nil || s.customers.Load() != int64(round+1) {
				t.Fatalf("round %d: asked %d times, %v", round, s.customers.Load(), got.err)
			}
			if p, err := s.Purge(resolver.ScopeOf(got.eligible.Cart())); err != nil || p.Customers != 1 {
				t.Fatalf("round %d: %+v, %v", round, p, err)
			}
		}
	},

	"scar: one bad entry empties the whole list": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs", strings.Repeat("x", 51), "knet", "mpgs")
		var got seen
		serve(mount(Route{s.middleware(t), cartOf, nil, &got}), oneOff())
		if !slices.Equal(got.codes(), []string{"mpgs", "knet"}) {
			t.Errorf("codes %v, %v", got.codes(), got.err)
		}
	},

	"scar: the last one used overrides the merchant's order": func(t *testing.T, mount Mount) {
		s := newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
			return resolver.Catalog{
				Methods: []resolver.PaymentMethod{{Code: "knet", Sandbox: resolver.No}, {Code: "mpgs", Sandbox: resolver.No}},
				Past:    []string{"mpgs"},
			}, nil
		})
		var got seen
		h := mount(Route{s.middleware(t), cartOf, nil, &got})
		serve(h, request(http.MethodPost, customer, "KWD", resolver.OneOff))
		if got.err != nil {
			t.Fatal(got.err)
		}
		past := got.eligible.PastPGCodes()
		if !slices.Equal(got.codes(), []string{"knet", "mpgs"}) || !slices.Equal(past, []string{"mpgs"}) {
			t.Errorf("codes %v, past %v", got.codes(), past)
		}
	},
}
