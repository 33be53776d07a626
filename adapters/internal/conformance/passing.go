package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

const private = "private, no-store"

var passing = map[string]func(*testing.T, Mount){
	"under PassFailures the handler gets the error, and no cache the page": func(t *testing.T, mount Mount) {
		down := newShop(t, errors.New("down"))
		for currency, want := range map[string]error{"KWD": resolver.ErrUnavailable, "EUR": resolver.ErrInvalidCart} {
			var got seen
			m := down.middleware(t, middleware.PassFailures())
			w := serve(mount(Route{m, cartOf, nil, &got}), request(http.MethodGet, customer, currency, resolver.OneOff))
			if w.Code != http.StatusOK || got.calls != 1 || !errors.Is(got.err, want) || got.eligible != nil {
				t.Errorf("%s: status %d, %d calls, %v", currency, w.Code, got.calls, got.err)
			}
			if cc := w.Header().Get("Cache-Control"); cc != private {
				t.Errorf("%s: Cache-Control %q", currency, cc)
			}
		}
	},

	"OPTIONS passes and the cart function is not asked": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		cart := func(*http.Request) (resolver.Cart, error) {
			t.Error("the cart function was asked")
			return resolver.Cart{}, nil
		}
		var got seen
		w := serve(mount(Route{s.middleware(t), cart, nil, &got}), request(http.MethodOptions, "", "", ""))
		if w.Code != http.StatusOK || got.calls != 1 || !errors.Is(got.err, resolver.ErrNoCart) {
			t.Errorf("status %d, %d calls, %v", w.Code, got.calls, got.err)
		}
	},

	"a request without a cart passes": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		noCart := func(*http.Request) (resolver.Cart, error) {
			return resolver.Cart{}, fmt.Errorf("the basket page: %w", resolver.ErrNoCart)
		}
		var got seen
		w := serve(mount(Route{s.middleware(t), noCart, nil, &got}), oneOff())
		if w.Code != http.StatusOK || got.calls != 1 || !errors.Is(got.err, resolver.ErrNoCart) {
			t.Errorf("status %d, %d calls, %v", w.Code, got.calls, got.err)
		}
		if cc := w.Header().Get("Cache-Control"); cc != private {
			t.Errorf("Cache-Control %q", cc)
		}
		if s.asked.Load() != 0 || s.log.String() != "" {
			t.Errorf("the source was asked %d times, log: %s", s.asked.Load(), s.log)
		}
	},

	"a response is private unless its handler says otherwise": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		for want, handler := range map[string]http.HandlerFunc{
			private: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) },
			"public, max-age=60": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Cache-Control", "public, max-age=60")
				_, _ = w.Write([]byte("ok"))
			},
		} {
			w := serve(mount(Route{s.middleware(t), cartOf, nil, handler}), oneOff())
			if cc := w.Result().Header.Values("Cache-Control"); len(cc) != 1 || cc[0] != want {
				t.Errorf("Cache-Control %q, want %q", cc, want)
			}
		}
	},

	"HEAD is served like GET": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		var got seen
		w := serve(mount(Route{s.middleware(t), cartOf, nil, &got}), request(http.MethodHead, "", "KWD", resolver.OneOff))
		if w.Code != http.StatusOK || got.err != nil || len(got.codes()) != 1 {
			t.Errorf("status %d, codes %v, %v", w.Code, got.codes(), got.err)
		}
	},

	"values, deadline and cancellation of the request's context reach the handler": func(t *testing.T, mount Mount) {
		s := newShop(t, nil, "mpgs")
		for name, cart := range map[string]func(*http.Request) (resolver.Cart, error){
			"with an answer": cartOf,
			"without": func(*http.Request) (resolver.Cart, error) {
				return resolver.Cart{}, resolver.ErrNoCart
			},
		} {
			until := time.Now().Add(time.Hour)
			ctx, cancel := context.WithDeadline(context.WithValue(t.Context(), storeKey{}, "south"), until)
			calls := 0
			h := mount(Route{s.middleware(t), cart, nil, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				calls++
				in := r.Context()
				if d, ok := in.Deadline(); !ok || !d.Equal(until) || in.Value(storeKey{}) != "south" || in.Err() != nil {
					t.Errorf("%s: deadline %v, value %v, %v", name, d, in.Value(storeKey{}), in.Err())
				}
				cancel()
				<-in.Done()
			})})
			serve(h, oneOff().WithContext(ctx))
			if calls != 1 {
				t.Errorf("%s: the handler was called %d times", name, calls)
			}
		}
	},

	"a caller who leaves is not kept, and takes nobody along": func(t *testing.T, mount Mount) {
		asked, answer := make(chan struct{}), make(chan struct{})
		s := newShopOf(t, func(ctx context.Context, _ resolver.Filters) (resolver.Catalog, error) {
			close(asked)
			select {
			case <-answer:
				return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}, nil
			case <-ctx.Done():
				return resolver.Catalog{}, ctx.Err()
			}
		})
		h := mount(Route{s.middleware(t), cartOf, nil, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
		ctx, leave := context.WithCancel(t.Context())
		responses := make(chan *httptest.ResponseRecorder)
		send := func(ctx context.Context) { responses <- serve(h, oneOff().WithContext(ctx)) }
		go send(ctx)
		<-asked
		go send(t.Context())
		leave()
		if w := <-responses; w.Code != http.StatusServiceUnavailable {
			t.Errorf("who left: status %d", w.Code)
		}
		close(answer)
		if w := <-responses; w.Code != http.StatusOK {
			t.Errorf("who stayed: status %d: %s", w.Code, w.Body)
		}
		if n := s.asked.Load(); n != 1 {
			t.Errorf("the source was asked %d times", n)
		}
	},
}
