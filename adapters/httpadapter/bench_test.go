package httpadapter_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

type key struct{}
type nop struct{ h http.Header }

func (n nop) Header() http.Header       { return n.h }
func (nop) Write(b []byte) (int, error) { return len(b), nil }
func (nop) WriteHeader(int)             {}

func cart(r *http.Request) (resolver.Cart, error) {
	return resolver.Cart{CustomerID: r.Header.Get("X-Customer"), Currency: r.Header.Get("X-Currency"), Type: resolver.OneOff}, nil
}

func BenchmarkHit(b *testing.B) {
	src := resolver.SourceFunc(resolver.Identity{}, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
		return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}, nil
	})
	r, err := resolver.New(src, resolver.Production, []string{"KWD", "USD", "SAR", "AED"}, resolver.WithCustomerFreshness(1e12, 1e12))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	m, _ := middleware.New(r)
	var sink *resolver.Eligibility
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sink, _ = middleware.FromContext(r.Context())
	})
	floorh := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sink, _ = r.Context().Value(key{}).(*resolver.Eligibility)
	})
	var reqs [64]*http.Request
	for i := range reqs {
		reqs[i], _ = http.NewRequest("GET", "/", nil)
		reqs[i].Header.Set("X-Currency", []string{"KWD", "USD", "SAR", "AED"}[i%4])
		if i%2 == 0 {
			reqs[i].Header.Set("X-Customer", fmt.Sprintf("cust_%d", i))
		}
	}
	wrapped := httpadapter.Wrap(m, cart)(h)
	for _, r := range reqs {
		wrapped.ServeHTTP(nop{http.Header{}}, r)
	}
	var e = new(resolver.Eligibility)
	mk := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, e)))
		})
	}
	var hh http.Handler = floorh
	floor := mk(hh)
	for _, c := range []struct {
		n string
		h http.Handler
	}{{"floor", floor}, {"ours", wrapped}} {
		b.Run(c.n, func(b *testing.B) {
			b.ReportAllocs()
			w := nop{http.Header{}}
			for i := 0; b.Loop(); i++ {
				c.h.ServeHTTP(w, reqs[i&63])
			}
		})
		b.Run(c.n+"-par", func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(p *testing.PB) {
				w := nop{http.Header{}}
				for i := 0; p.Next(); i++ {
					c.h.ServeHTTP(w, reqs[i&63])
				}
			})
		})
	}
	_ = sink
}
