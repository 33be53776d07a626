// Package ginadapter mounts tender on Gin.
package ginadapter

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// Option is a setting of [Handler].
type Option func(*config)

type config struct {
	onFailure func(*gin.Context, *middleware.Failure)
	choice    func(*gin.Context) (middleware.Choice, error)
}

// Submit is for the route that a checkout form is sent to: choice reads the method that the shopper chose from the
// request, and nothing else of the cart, and [middleware.Middleware.Confirm] checks it before the handler runs. An error of
// choice is answered like one of the cart function. A nil function is a 500, since it would check nothing.
func Submit(choice func(*gin.Context) (middleware.Choice, error)) Option {
	if choice == nil {
		choice = func(*gin.Context) (middleware.Choice, error) {
			return middleware.Choice{}, fmt.Errorf("ginadapter: %w: Submit got no function", middleware.ErrMisconfigured)
		}
	}
	return func(c *config) { c.choice = choice }
}

// OnFailure has f answer the requests that get no payment methods, in place of problem+json. The chain is aborted
// already, and nothing is written after f returned. failure.Err is for logs, not for the client. [FromContext] returns what
// there is. A nil function changes nothing.
func OnFailure(f func(c *gin.Context, failure *middleware.Failure)) Option {
	return func(c *config) {
		if f != nil {
			c.onFailure = f
		}
	}
}

// Handler returns a Gin middleware that puts the eligible payment methods of each request into the context of
// c.Request, where [FromContext] finds them, and [middleware.FromContext] in handlers behind gin.WrapH. cart makes the
// cart of a request from what the shop trusts: its session, a token, the order in its database. It returns
// [resolver.ErrNoCart] for a request that needs no answer, an error that wraps [resolver.ErrInvalidCart] for one that
// makes no sense (400), and any other error for a fault of the shop (500).
//
// OPTIONS passes without a cart. On a failure the chain is aborted, once, and the request answered, unless cart has done
// so: after a cart function that aborted the chain nothing more happens, and behind one that wrote a response and
// returned an error nothing more is written.
func Handler(m *middleware.Middleware, cart func(*gin.Context) (resolver.Cart, error), opts ...Option) gin.HandlerFunc {
	conf := config{onFailure: func(c *gin.Context, f *middleware.Failure) { f.Write(c.Writer) }}
	for _, opt := range opts {
		if opt != nil {
			opt(&conf)
		}
	}
	if cart == nil {
		cart = func(*gin.Context) (resolver.Cart, error) {
			return resolver.Cart{}, fmt.Errorf("ginadapter: %w: Handler got no cart function", middleware.ErrMisconfigured)
		}
	}
	return func(c *gin.Context) {
		if c.Request.Method == http.MethodOptions {
			c.Request = c.Request.WithContext(middleware.Pass(c.Request.Context()))
			return
		}
		purchase, err := cart(c)
		var choice middleware.Choice
		if conf.choice != nil && err == nil && !c.IsAborted() {
			choice, err = conf.choice(c)
		}
		if c.IsAborted() {
			return // the shop's function answered by itself, as it would for a visitor who must sign in
		}
		var ctx context.Context
		var failure *middleware.Failure
		if conf.choice == nil {
			ctx, failure = m.Resolve(c.Request.Context(), &purchase, err)
		} else {
			ctx, failure = m.Confirm(c.Request.Context(), &purchase, choice, err)
		}
		c.Request = c.Request.WithContext(ctx)
		middleware.NoStore(ctx, c.Writer.Header())
		if failure != nil {
			c.Abort()
			if !c.Writer.Written() { // else a second body would follow the first
				conf.onFailure(c, failure)
			}
		}
	}
}

// FromContext returns the eligible payment methods of the request, as [middleware.FromContext] does.
func FromContext(c *gin.Context) (*resolver.Eligibility, error) {
	if c == nil || c.Request == nil {
		return nil, fmt.Errorf("ginadapter: %w: the *gin.Context has no request", middleware.ErrNotMounted)
	}
	return middleware.FromContext(c.Request.Context())
}
