package middleware

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/tendergo/tender/resolver"
)

// ErrNotMounted says that the context did not pass through the middleware.
var ErrNotMounted = errors.New("tender is not mounted on this route")

// node is a context that carries an answer: one allocation for both. It also holds the header value that its response
// gets, so that no two responses share a slice.
type node struct {
	context.Context //nolint:containedctx // it is a context
	eligible        resolver.Eligibility
	noStore         [1]string
}

// failedNode is a context that carries why there is no answer.
type failedNode struct {
	context.Context //nolint:containedctx // it is a context
	err             error
}

type nodeKey struct{}

// Value finds the node itself, and leaves every other key to the parent.
func (n *node) Value(key any) any {
	if _, ok := key.(nodeKey); ok {
		return n
	}
	return n.Context.Value(key)
}

// Value finds the node itself, and leaves every other key to the parent.
func (n *failedNode) Value(key any) any {
	if _, ok := key.(nodeKey); ok {
		return n
	}
	return n.Context.Value(key)
}

// Format keeps a printed context from showing the cart, whatever the verb.
func (n *node) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "tender.Context") }

// NewContext returns a context that carries e, for tests of handlers and for servers that no adapter fits.
func NewContext(ctx context.Context, e *resolver.Eligibility) context.Context {
	if e == nil {
		return &failedNode{ctx, fmt.Errorf("%w: NewContext got no eligibility", ErrMisconfigured)}
	}
	return &node{Context: ctx, eligible: *e}
}

// ginContextKey is the key under which a *gin.Context returns itself. It is repeated here, and a test of the Gin adapter
// holds it, so that Gin is not linked by those who do not use it.
const ginContextKey = "_gin-gonic/gin/contextkey"

// FromContext returns the eligible payment methods of the request to which ctx belongs. The error is [ErrNotMounted]
// where the route has no middleware; else it says why there is no answer: it wraps [resolver.ErrNoCart] for a request
// that needed none, and under [PassFailures] whatever went wrong.
//
// The Eligibility may be kept after the request, whose context it then keeps in memory. In a Gin handler pass
// c.Request.Context(), or use ginadapter.FromContext: a *gin.Context does not see its request's context.
func FromContext(ctx context.Context) (*resolver.Eligibility, error) {
	switch n := ctx.Value(nodeKey{}).(type) {
	case *node:
		return &n.eligible, nil
	case *failedNode:
		return nil, n.err
	}
	if ctx.Value(ginContextKey) != nil {
		return nil, fmt.Errorf("middleware: %w, as far as a *gin.Context can tell "+
			"(use ginadapter.FromContext(c), or pass c.Request.Context())", ErrNotMounted)
	}
	return nil, fmt.Errorf("middleware: %w (wrap its handler with httpadapter.Wrap or ginadapter.Handler)", ErrNotMounted)
}

const noStore = "private, no-store"

// NoStore marks a response as this customer's alone, unless its handler says otherwise later; one without an answer
// too, or a cache would go on showing an empty checkout. It is for adapters, with a context that Resolve returned.
func NoStore(ctx context.Context, h http.Header) {
	n, ok := ctx.(*node)
	if !ok {
		h.Set("Cache-Control", noStore)
		return
	}
	n.noStore[0] = noStore
	h["Cache-Control"] = n.noStore[:]
}
