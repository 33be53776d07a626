package resolver

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"time"
)

// Eligibility is a catalog as one request sees it: which payment methods this customer may use for this cart. It is
// safe for concurrent use, and everything it returns is the caller's own: changing it changes nothing for others.
//
// Printing or logging an Eligibility shows the cart's type, its currency and the codes, never the customer.
type Eligibility struct {
	base   *base
	answer *answer // with this request's own past, where the shop has a history
	view   *view   // the answer's, or this request's own
	// What the cart says beyond its type and currency, which are the base's: a small Eligibility is a fast one.
	customer, amount, country string
	attributes                map[string]string
	stale                     bool
}

// set fills e. It is on the hit's path: only a profile with rules or an order allocates.
func (e *Eligibility) set(ctx context.Context, b *base, a *answer, c *Cart, stale bool) {
	e.base, e.answer, e.stale = b, a, stale
	e.customer, e.amount, e.country, e.attributes = c.CustomerID, c.Amount, c.Country, c.Attributes
	if b.profile.isStatic {
		e.view = &a.list.view
	} else {
		e.view, e.answer = b.personalView(ctx, a, *c)
	}
}

// PGCodes returns the eligible pg_codes in the merchant's order. It is empty, and not nil, when there are none.
func (e *Eligibility) PGCodes() []string {
	if e.view == nil {
		return []string{}
	}
	return append(make([]string, 0, len(e.view.codes)), e.view.codes...)
}

// Methods walks the eligible payment methods, in the order of [Eligibility.PGCodes].
func (e *Eligibility) Methods() iter.Seq[PaymentMethod] {
	return func(yield func(PaymentMethod) bool) {
		if e.view == nil {
			return
		}
		for _, m := range e.view.methods {
			if !yield(*m) {
				return
			}
		}
	}
}

// Has tells whether the pg_code is eligible.
func (e *Eligibility) Has(code string) bool {
	return e.view != nil && slices.Contains(e.view.codes, code)
}

// Require returns nil for an eligible pg_code. Otherwise it returns an error that wraps [ErrNotEligible], a
// *[NotEligibleError] with every reason, or [ErrUnknown] where the answer does not list the code but cannot speak for
// it, being stale or not asked for this customer.
//
// It does not replace Ottu's own decision when the Checkout session is created: a gateway can change in between.
func (e *Eligibility) Require(code string) error {
	if e.Has(code) {
		return nil
	}
	if e.view != nil {
		for _, x := range e.view.excluded {
			if x.Method.Code == code {
				return &NotEligibleError{code, slices.Clone(x.Reasons)}
			}
		}
	}
	if f := e.Freshness(); !f.Fresh || !f.Personal {
		return fmt.Errorf("resolver: %w: %q is not in an answer that is stale or not the customer's own", ErrUnknown, clip(code))
	}
	return &NotEligibleError{code, []Reason{{Code: ReasonNotOffered, Message: "Ottu does not offer it for this cart"}}}
}

// PastPGCodes returns the eligible pg_codes that this customer paid with before, as Ottu or the shop's own history
// ([Order]) remembers them. It is nil when
// that is not known, because the cart has no customer or only the base answer was at hand, and empty but not nil when
// Ottu knows of none.
func (e *Eligibility) PastPGCodes() []string {
	if e.answer == nil || e.answer.past == nil {
		return nil
	}
	past := make([]string, 0, len(e.answer.past))
	for _, code := range e.answer.past {
		if e.Has(code) {
			past = append(past, code)
		}
	}
	return past
}

// Excluded returns the methods of Ottu's answer that guards and rules took out, each with every reason.
func (e *Eligibility) Excluded() []Exclusion {
	if e.view == nil {
		return nil
	}
	out := slices.Clone(e.view.excluded)
	for i := range out {
		out[i].Reasons = slices.Clone(out[i].Reasons)
	}
	return out
}

// Cart returns the cart that was resolved.
func (e *Eligibility) Cart() Cart {
	if e.base == nil {
		return Cart{}
	}
	return Cart{e.customer, e.base.currency, e.base.cartType, e.amount, e.country, maps.Clone(e.attributes)}
}

// Freshness tells where an answer comes from.
type Freshness struct {
	// FetchedAt is when the source answered.
	FetchedAt time.Time
	// Fresh is false for an answer past its soft age, which is served while a refresh runs or the source is down.
	Fresh bool
	// Personal is false when a cart with a customer got the base answer, because the customer's own was not there in
	// time. It is true for guests.
	Personal bool
}

// Freshness tells when the answer was fetched, whether it is fresh, and whether it is the customer's own.
func (e *Eligibility) Freshness() Freshness {
	if e.answer == nil {
		return Freshness{}
	}
	return Freshness{
		FetchedAt: e.answer.fetched,
		Fresh:     !e.stale,
		Personal:  e.answer.own || !e.base.isPersonal(e.customer),
	}
}

// String describes the eligibility without its customer.
func (e Eligibility) String() string {
	f := e.Freshness()
	return fmt.Sprintf("eligibility(%s %v fresh=%t personal=%t)", e.Cart(), e.PGCodes(), f.Fresh, f.Personal)
}

// Format is String for every verb of fmt.
func (e Eligibility) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, e.String()) }

// LogValue is String for slog.
func (e Eligibility) LogValue() slog.Value { return slog.StringValue(e.String()) }
