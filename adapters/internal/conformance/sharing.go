package conformance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

var sharing = map[string]func(*testing.T, Mount){
	"a handler that overwrites all it got changes nothing for the next one": func(t *testing.T, mount Mount) {
		s := newShopOf(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
			return resolver.Catalog{
				Methods: []resolver.PaymentMethod{
					{Code: "mpgs", Currencies: resolver.ListOf("KWD", "USD"), Sandbox: resolver.No},
					{Code: "knet", Sandbox: resolver.No}, {Code: "test", Sandbox: resolver.Yes},
				},
				Past: []string{"knet"},
			}, nil
		})
		r := request(http.MethodPost, customer, "KWD", resolver.OneOff)
		read := func(e *resolver.Eligibility) string {
			return fmt.Sprintf("%v %+v %+v %v", e.PGCodes(), slices.Collect(e.Methods()), e.Excluded(), e.PastPGCodes())
		}
		var before string
		vandal := func(w http.ResponseWriter, r *http.Request) {
			e, err := middleware.FromContext(r.Context())
			if err != nil {
				t.Error(err)
				return
			}
			before = read(e)
			for _, codes := range [][]string{e.PGCodes(), e.PastPGCodes()} {
				codes[0] = "evil"
				_ = append(codes, "evil")
			}
			for m := range e.Methods() {
				m.Currencies.Slice()[0] = "evil"
				m.Code, m.Name, m.Currencies = "evil", "evil", resolver.ListOf("XXX")
				break
			}
			x := e.Excluded()
			x[0].Reasons[0].Code, x[0].Method.Code = "evil", "evil"
			*e = resolver.Eligibility{}
			cc := w.Header()["Cache-Control"]
			cc[0] = "public"
			_ = append(cc, "evil")
		}
		serve(mount(Route{s.middleware(t), cartOf, nil, http.HandlerFunc(vandal)}), r)

		var got seen
		w := serve(mount(Route{s.middleware(t), cartOf, nil, &got}), r)
		if got.err != nil {
			t.Fatal(got.err)
		}
		if after := read(got.eligible); after != before || !strings.HasPrefix(after, "[mpgs knet]") {
			t.Errorf("before %s\nafter  %s", before, after)
		}
		if s.customers.Load() != 1 {
			t.Errorf("asked %d times: the second request did not share the first one's answer", s.customers.Load())
		}
		if cc := w.Header().Values("Cache-Control"); len(cc) != 1 || cc[0] != private {
			t.Errorf("Cache-Control %q", cc)
		}
	},

	"the caller's request is left as it was": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		for _, method := range []string{http.MethodPost, http.MethodOptions} {
			r := request(method, customer, "KWD", resolver.OneOff)
			header, ctx, url := maps.Clone(r.Header), r.Context(), *r.URL
			var got seen
			serve(mount(Route{s.middleware(t), cartOf, nil, &got}), r)
			if !maps.EqualFunc(r.Header, header, slices.Equal) || r.Context() != ctx || *r.URL != url {
				t.Errorf("%s: the request changed", method)
			}
			if _, err := middleware.FromContext(r.Context()); err == nil {
				t.Errorf("%s: the answer is in the caller's context", method)
			}
		}
	},

	"concurrent requests get each their own": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs", "knet")
		h := mount(Route{s.middleware(t), cartOf, nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			e, err := middleware.FromContext(r.Context())
			if err != nil {
				t.Error(err)
				return
			}
			w.Header().Add("Cache-Control", "no-transform")
			_, _ = fmt.Fprint(w, e.Cart().CustomerID, e.Cart().Currency, e.PGCodes())
		})})
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				id, currency := fmt.Sprint("cust", i%4), []string{"KWD", "USD"}[i%2]
				for range 25 {
					w := serve(h, request(http.MethodPost, id, currency, resolver.OneOff))
					if want := fmt.Sprint(id, currency, []string{"mpgs", "knet"}); w.Body.String() != want {
						t.Errorf("%q, want %q", w.Body, want)
					}
				}
			})
		}
		wg.Wait()
	},

	"a printed context shows no customer": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		calls := 0
		serve(mount(Route{s.middleware(t), cartOf, nil, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			calls++
			e, _ := middleware.FromContext(r.Context())
			for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
				for _, v := range []any{r.Context(), e, e.Cart()} {
					if text := fmt.Sprintf(verb, v); strings.Contains(text, customer) {
						t.Errorf("%s of %T: %s", verb, v, text)
					}
				}
			}
		})}), request(http.MethodPost, customer, "KWD", resolver.OneOff))
		if calls != 1 {
			t.Errorf("the handler was called %d times", calls)
		}
	},
}
