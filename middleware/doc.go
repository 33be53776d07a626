// Package middleware is what tender's adapters share: it resolves the cart of a request, puts the eligible payment
// methods into the request's context, and says how a failure is answered. It takes a cart and never a request; how a
// cart is read from one is the business of an adapter and of the shop's own function.
//
// A shop mounts it through [github.com/tendergo/tender/adapters/httpadapter] or
// [github.com/tendergo/tender/adapters/ginadapter], and reads the answer with [FromContext].
package middleware
