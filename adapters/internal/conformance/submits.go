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
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// Choose reads the choice of a submit.
type Choose func(*http.Request) (middleware.Choice, error)

// RunSubmits runs the cases of a submit against an adapter's Submit option. A nil Choose is handed over as nil.
func RunSubmits(t *testing.T, mount func(Route, Choose) http.Handler) {
	for name, test := range submits {
		t.Run(name, func(t *testing.T) { test(t, mount) })
	}
}

func chooses(code, version string) Choose {
	return func(*http.Request) (middleware.Choice, error) {
		return middleware.Choice{PGCode: code, Version: version}, nil
	}
}

var submits = map[string]func(*testing.T, func(Route, Choose) http.Handler){
	"a choice is judged before the handler runs, under PassFailures too": func(t *testing.T, mount func(Route, Choose) http.Handler) {
		s := newShop(t, nil, "mpgs", "knet")
		e, err := s.Resolve(t.Context(), resolver.Cart{CustomerID: customer, Currency: "KWD", Type: resolver.OneOff})
		if err != nil {
			t.Fatal(err)
		}
		fails := func(err error) Choose {
			return func(*http.Request) (middleware.Choice, error) { return middleware.Choice{PGCode: "mpgs"}, err }
		}
		for name, c := range map[string]struct {
			choose Choose
			status int
			code   string // empty: the handler runs
		}{
			"eligible":              {chooses("mpgs", e.Version()), 200, ""},
			"version not compared":  {chooses("knet", ""), 200, ""},
			"nothing chosen":        {chooses("", e.Version()), 400, "no_choice"},
			"another version":       {chooses("mpgs", "x"), 409, "changed"},
			"not eligible":          {chooses("cod", e.Version()), 422, "not_eligible"},
			"choice fails":          {fails(errors.New("form of " + customer)), 500, "internal_error"},
			"choice makes no sense": {fails(fmt.Errorf("bad form: %w", resolver.ErrInvalidCart)), 400, "invalid_cart"},
			"no cart after all":     {fails(fmt.Errorf("basket gone: %w", resolver.ErrNoCart)), 400, "no_cart"},
			"no function":           {nil, 500, "misconfigured"},
		} {
			t.Run(name, func(t *testing.T) {
				var got seen
				h := mount(Route{s.middleware(t, middleware.PassFailures()), cartOf, nil, &got}, c.choose)
				w := serve(h, request(http.MethodPost, customer, "KWD", resolver.OneOff))
				if c.code != "" {
					wantProblem(t, w, c.status, c.code)
				}
				if w.Code != c.status || got.calls != map[bool]int{true: 1}[c.code == ""] {
					t.Errorf("status %d, want %d; %d calls", w.Code, c.status, got.calls)
				}
				if strings.Contains(w.Body.String(), customer) {
					t.Errorf("the body names the customer: %s", w.Body)
				}
			})
		}
	},

	"a hook can offer the choice again": func(t *testing.T, mount func(Route, Choose) http.Handler) {
		s := newShop(t, nil, "mpgs", "knet")
		for _, choose := range []Choose{chooses("cod", ""), chooses("mpgs", "old")} {
			var again []string
			hook := func(_ http.ResponseWriter, r *http.Request, f *middleware.Failure) {
				e, err := middleware.FromContext(r.Context())
				if err != nil {
					t.Error(f.Code, err)
					return
				}
				again = e.PGCodes()
			}
			serve(mount(Route{s.middleware(t), cartOf, hook, new(seen)}, choose), oneOff())
			if !slices.Equal(again, []string{"mpgs", "knet"}) {
				t.Errorf("offered again: %v", again)
			}
		}
	},

	"the cart function comes first": func(t *testing.T, mount func(Route, Choose) http.Handler) {
		s := newShop(t, nil, "mpgs")
		choose := func(*http.Request) (middleware.Choice, error) {
			t.Error("the choice was read")
			return middleware.Choice{}, nil
		}
		cart := func(*http.Request) (resolver.Cart, error) { return resolver.Cart{}, resolver.ErrInvalidCart }
		h := mount(Route{s.middleware(t, middleware.PassFailures()), cart, nil, new(seen)}, choose)
		wantProblem(t, serve(h, oneOff()), 400, "invalid_cart")
	},

	"a Middleware that New did not return is a 500 and no panic": func(
		t *testing.T, mount func(Route, Choose) http.Handler,
	) {
		for _, m := range []*middleware.Middleware{nil, {}} {
			h := mount(Route{m, cartOf, nil, new(seen)}, chooses("mpgs", ""))
			wantProblem(t, serve(h, oneOff()), 500, "misconfigured")
		}
	},

	"a method on which the answer cannot say is refused, and one that a stale answer lists is not": func(
		t *testing.T, mount func(Route, Choose) http.Handler,
	) {
		synctest.Test(t, func(t *testing.T) {
			var down atomic.Bool
			s := newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
				if down.Load() {
					return resolver.Catalog{}, errors.New("connection refused")
				}
				return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}, nil
			})
			listed := mount(Route{s.middleware(t), cartOf, nil, new(seen)}, chooses("mpgs", ""))
			unlisted := mount(Route{s.middleware(t), cartOf, nil, new(seen)}, chooses("mpgs-test", ""))
			serve(listed, oneOff())
			down.Store(true)
			time.Sleep(25 * time.Hour)
			if w := serve(listed, oneOff()); w.Code != http.StatusOK {
				t.Errorf("a listed method in an outage: %d %s", w.Code, w.Body)
			}
			w := serve(unlisted, oneOff())
			wantProblem(t, w, 503, "unconfirmed")
			if w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			_ = s.Close()
		})
	},

	"a submit asks anew for an old answer, on a route of one cart type too": func(
		t *testing.T, mount func(Route, Choose) http.Handler,
	) {
		for _, fixed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				var now atomic.Pointer[string]
				code := "old"
				now.Store(&code)
				s := newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
					return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: *now.Load(), Sandbox: resolver.No}}}, nil
				})
				m := s.middleware(t)
				if fixed {
					m = m.For(resolver.OneOff)
				}
				h := mount(Route{m, cartOf, nil, new(seen)}, chooses("old", ""))
				if w := serve(h, oneOff()); w.Code != http.StatusOK {
					t.Fatalf("status %d: %s", w.Code, w.Body)
				}
				other := "new"
				now.Store(&other)
				time.Sleep(time.Hour)
				if w := serve(h, oneOff()); w.Code != http.StatusUnprocessableEntity {
					t.Errorf("fixed type %t: after an hour, a method that is gone: status %d", fixed, w.Code)
				}
				_ = s.Close()
			})
		}
	},
}
