package middleware

import (
	"context"
	"errors"
	"fmt"

	"github.com/tendergo/tender/resolver"
)

// Choice is what a shopper submitted. It is the only thing that a shop takes from a browser for tender: the cart comes
// from what the shop trusts, at the submit as before.
type Choice struct {
	// PGCode is the method that the shopper chose.
	PGCode string
	// Version is the [resolver.Eligibility.Version] that the page carried in its form. Empty: it is not compared.
	Version string
}

// Why a submit is refused, besides [resolver.ErrNotEligible].
var (
	// ErrNoChoice is a submit that names no method.
	ErrNoChoice = errors.New("no payment method chosen")
	// ErrChanged is a submit from a page that shows another cart, another customer or another list than there is now.
	ErrChanged = errors.New("the cart or its payment methods changed since the page was shown")
)

// Confirm is [Middleware.Resolve] for a submit, with the check of the choice. It waits for the customer's own answer and
// asks anew for an old one ([resolver.Resolver.Confirm]), and refuses the request before its handler runs: with 400 where
// nothing was chosen, 409 where the page is out of date, 422 where the method is not eligible, and 503 where the answer at
// hand does not list it and cannot tell (resolver.ErrUnknown): Checkout would take the code of a sandbox gateway too, and
// the order would be paid with a test card. It is for adapters; the context then carries the Eligibility, for a page that
// offers the choice again. No submit reaches its handler unchecked: [PassFailures] does not apply, and a submit without a
// cart ([resolver.ErrNoCart]) is answered 400.
func (m *Middleware) Confirm(ctx context.Context, cart *resolver.Cart, choice Choice, err error) (context.Context, *Failure) {
	m = m.orBroken()
	n := &node{Context: ctx}
	if err == nil {
		err = m.resolve(ctx, cart, &n.eligible, true)
	}
	if err != nil {
		f := newFailure(err)
		m.tell(ctx, f)
		return &failedNode{ctx, err}, f
	}
	switch {
	case choice.PGCode == "":
		err = fmt.Errorf("middleware: %w (the form must name a pg_code)", ErrNoChoice)
	case choice.Version != "" && choice.Version != n.eligible.Version():
		err = fmt.Errorf("middleware: %w (show the page again)", ErrChanged)
	default:
		if err = n.eligible.Require(choice.PGCode); err == nil {
			return n, nil
		}
	}
	f := newFailure(err)
	m.tell(ctx, f)
	return n, f
}
