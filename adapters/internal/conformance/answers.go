package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

var answers = map[string]func(*testing.T, Mount){
	"the eligible codes reach the handler in the merchant's order": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs", "knet", "amex")
		var got seen
		w := serve(mount(Route{s.middleware(t), cartOf, nil, &got}), oneOff())
		if w.Code != http.StatusOK || !slices.Equal(got.codes(), []string{"mpgs", "knet", "amex"}) {
			t.Errorf("status %d, codes %v, %v", w.Code, got.codes(), got.err)
		}
		if got.calls != 1 {
			t.Errorf("the handler was called %d times", got.calls)
		}
	},

	"a sandbox gateway is not eligible in production, and the handler can say why": func(t *testing.T, mount Mount) {
		s := newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
			return resolver.Catalog{Methods: []resolver.PaymentMethod{
				{Code: "test", Sandbox: resolver.Yes}, {Code: "mpgs", Sandbox: resolver.No},
			}}, nil
		})
		var got seen
		serve(mount(Route{s.middleware(t), cartOf, nil, &got}), oneOff())
		if !slices.Equal(got.codes(), []string{"mpgs"}) {
			t.Fatalf("codes %v, %v", got.codes(), got.err)
		}
		x := got.eligible.Excluded()
		if len(x) != 1 || x[0].Method.Code != "test" || x[0].Reasons[0].Code != resolver.ReasonEnvironment {
			t.Errorf("excluded: %+v", x)
		}
	},

	"a route of one cart type takes no other": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		for _, c := range []struct {
			route, cart resolver.CartType
			status      int
		}{
			{resolver.Subscription, "", http.StatusOK},
			{resolver.Subscription, resolver.Subscription, http.StatusOK},
			{resolver.Subscription, resolver.OneOff, http.StatusBadRequest},
			{resolver.Subscription, "made_up", http.StatusBadRequest},
			{"made_up", "", http.StatusInternalServerError},
			{"made_up", "made_up", http.StatusInternalServerError},
			{"made_up", resolver.OneOff, http.StatusInternalServerError},
			{"", resolver.OneOff, http.StatusInternalServerError},
		} {
			t.Run(fmt.Sprintf("route %q cart %q", c.route, c.cart), func(t *testing.T) {
				var got seen
				h := mount(Route{s.middleware(t).For(c.route), cartOf, nil, &got})
				w := serve(h, request(http.MethodPost, "", "KWD", c.cart))
				if w.Code != c.status {
					t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
				}
				if c.status == http.StatusOK && got.eligible.Cart().Type != c.route {
					t.Errorf("the cart's type is %q", got.eligible.Cart().Type)
				}
			})
		}
	},

	"an invalid cart on a route of a known type is the client's fault": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		h := mount(Route{s.middleware(t).For(resolver.Subscription), cartOf, nil, new(seen)})
		if w := serve(h, request(http.MethodPost, "", "EUR", "")); w.Code != http.StatusBadRequest {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	},

	"two merchants in one process share nothing": func(t *testing.T, mount Mount) {
		north, south := newShop(t, nil, "knet"), newShop(t, nil, "mada")
		m := north.middleware(t, middleware.ChooseResolver(
			func(ctx context.Context, _ resolver.Cart) (*resolver.Resolver, error) {
				if ctx.Value(storeKey{}) == "south" {
					return south.Resolver, nil
				}
				return nil, nil // the one given to New
			}))
		var got seen
		h := mount(Route{m, cartOf, nil, &got})
		ask := func(store string) []string {
			r := request(http.MethodPost, customer, "KWD", resolver.OneOff)
			serve(h, r.WithContext(context.WithValue(r.Context(), storeKey{}, store)))
			return got.codes()
		}
		if codes := ask("north"); !slices.Equal(codes, []string{"knet"}) {
			t.Errorf("north: %v, %v", codes, got.err)
		}
		if codes := ask("south"); !slices.Equal(codes, []string{"mada"}) {
			t.Errorf("south: %v, %v", codes, got.err)
		}
		inNorth, inSouth := north.customers.Load(), south.customers.Load()
		if _, err := south.Purge(resolver.Scope{CustomerID: customer}); err != nil {
			t.Fatal(err)
		}
		ask("north")
		ask("south")
		if north.customers.Load() != inNorth {
			t.Error("a purge of the one emptied the other")
		}
		if south.customers.Load() == inSouth {
			t.Error("the purge did nothing")
		}
	},

	"a failure to choose a Resolver is answered like one of the cart function": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		for _, c := range []struct {
			err    error
			status int
		}{
			{errors.New("no such store"), http.StatusInternalServerError},
			{fmt.Errorf("no such store: %w", resolver.ErrInvalidCart), http.StatusBadRequest},
			{resolver.ErrNoCart, http.StatusOK},
		} {
			m := s.middleware(t, middleware.ChooseResolver(
				func(context.Context, resolver.Cart) (*resolver.Resolver, error) { return nil, c.err }))
			if w := serve(mount(Route{m, cartOf, nil, new(seen)}), oneOff()); w.Code != c.status {
				t.Errorf("%v: status %d, want %d", c.err, w.Code, c.status)
			}
		}
	},

	"of two mounts the inner one counts": func(t *testing.T, mount Mount) {
		outer, inner := newShop(t, nil, "outer"), newShop(t, nil, "inner")
		var got seen
		h := mount(Route{inner.middleware(t), cartOf, nil, &got})
		serve(mount(Route{outer.middleware(t), cartOf, nil, h}), oneOff())
		if !slices.Equal(got.codes(), []string{"inner"}) {
			t.Errorf("codes %v, %v", got.codes(), got.err)
		}
	},

	"past codes are the customer's own": func(t *testing.T, mount Mount) {
		s := newShopOf(t, func(_ context.Context, f resolver.Filters) (resolver.Catalog, error) {
			c := resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}
			if f.CustomerID == customer {
				c.Past = []string{"mpgs", "gone"}
			}
			return c, nil
		})
		var got seen
		h := mount(Route{s.middleware(t), cartOf, nil, &got})
		for id, want := range map[string][]string{customer: {"mpgs"}, "another": {}, "": nil} {
			serve(h, request(http.MethodPost, id, "KWD", resolver.OneOff))
			if got.err != nil {
				t.Fatal(got.err)
			}
			if past := got.eligible.PastPGCodes(); !slices.Equal(past, want) || (past == nil) != (want == nil) {
				t.Errorf("customer %q: %#v, want %#v", id, past, want)
			}
		}
	},
}

type storeKey struct{}
