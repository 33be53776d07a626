// Package httpadapter mounts tender on net/http, and on every router that takes a func(http.Handler) http.Handler, such
// as chi and gorilla/mux.
package httpadapter

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// Option is a setting of [Wrap].
type Option func(*config)

type config struct {
	onFailure func(http.ResponseWriter, *http.Request, *middleware.Failure)
	choice    func(*http.Request) (middleware.Choice, error)
}

// Submit is for the route that a checkout form is sent to: choice reads the method that the shopper chose from the
// request, and nothing else of the cart, and [middleware.Middleware.Confirm] checks it before the handler runs. An error of
// choice is answered like one of the cart function. A nil function is a 500, since it would check nothing.
func Submit(choice func(*http.Request) (middleware.Choice, error)) Option {
	if choice == nil {
		choice = func(*http.Request) (middleware.Choice, error) {
			return middleware.Choice{}, fmt.Errorf("httpadapter: %w: Submit got no function", middleware.ErrMisconfigured)
		}
	}
	return func(c *config) { c.choice = choice }
}

// OnFailure has f answer the requests that get no payment methods, in place of problem+json. Nothing is written after f
// returned. failure.Err is for logs, not for the client. A nil function changes nothing.
func OnFailure(f func(w http.ResponseWriter, r *http.Request, failure *middleware.Failure)) Option {
	return func(c *config) {
		if f != nil {
			c.onFailure = f
		}
	}
}

// Wrap returns a middleware that puts the eligible payment methods of each request into its context, where
// [middleware.FromContext] finds them. cart makes the cart of a request from what the shop trusts: its session, a token,
// the order in its database. It returns [resolver.ErrNoCart] for a request that needs no answer, an error that wraps
// [resolver.ErrInvalidCart] for one that makes no sense (400), and any other error for a fault of the shop (500).
//
// OPTIONS passes without a cart. Wrap a route's handler, not a whole mux: only behind its router does a request have
// path values.
func Wrap(
	m *middleware.Middleware, cart func(*http.Request) (resolver.Cart, error), opts ...Option,
) func(http.Handler) http.Handler {
	c := config{onFailure: func(w http.ResponseWriter, _ *http.Request, f *middleware.Failure) { f.Write(w) }}
	for _, opt := range opts {
		if opt != nil {
			opt(&c)
		}
	}
	if cart == nil {
		cart = func(*http.Request) (resolver.Cart, error) {
			return resolver.Cart{}, fmt.Errorf("httpadapter: %w: Wrap got no cart function", middleware.ErrMisconfigured)
		}
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				next.ServeHTTP(w, r.WithContext(middleware.Pass(r.Context())))
				return
			}
			purchase, err := cart(r)
			var ctx context.Context
			var failure *middleware.Failure
			if c.choice == nil {
				ctx, failure = m.Resolve(r.Context(), &purchase, err)
			} else {
				var choice middleware.Choice
				if err == nil {
					choice, err = c.choice(r)
				}
				ctx, failure = m.Confirm(r.Context(), &purchase, choice, err)
			}
			middleware.NoStore(ctx, w.Header())
			if failure != nil {
				c.onFailure(w, r.WithContext(ctx), failure)
				return
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}
