package resolver

import (
	"fmt"
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
	answer *answer
	list   *list // the answer's, or this request's own
	// What the cart says beyond its type and currency, which are the base's: a small Eligibility is a fast one.
	customer, amount, country string
	attributes                map[string]string
	stale                     bool
}

func (e *Eligibility) set(b *base, a *answer, c *Cart, stale bool) {
	e.base, e.answer, e.list, e.stale = b, a, a.list, stale
	e.customer, e.amount, e.country, e.attributes = c.CustomerID, c.Amount, c.Country, c.Attributes
}

// PGCodes returns the eligible pg_codes in the merchant's order. It is empty, and not nil, when there are none.
func (e *Eligibility) PGCodes() []string {
	if e.list == nil {
		return []string{}
	}
	return append(make([]string, 0, len(e.list.codes)), e.list.codes...)
}

// Methods walks the eligible payment methods, in the order of [Eligibility.PGCodes].
func (e *Eligibility) Methods() iter.Seq[PaymentMethod] {
	return func(yield func(PaymentMethod) bool) {
		if e.list == nil {
			return
		}
		for _, m := range e.list.methods {
			if !yield(*m) {
				return
			}
		}
	}
}

// Has tells whether the pg_code is eligible.
func (e *Eligibility) Has(code string) bool {
	return e.list != nil && slices.Contains(e.list.codes, code)
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
	if e.list != nil {
		for _, x := range e.list.excluded {
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

// PastPGCodes returns the eligible pg_codes that this customer paid with before, as Ottu remembers them. It is nil when
// that is not known, because the cart has no customer or only the base answer was at hand, and empty but not nil when
// Ottu knows of none.
func (e *Eligibility) PastPGCodes() []string {
	if e.answer == nil || !e.answer.own {
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

// Excluded returns the methods of Ottu's answer that guards took out, each with every reason.
func (e *Eligibility) Excluded() []Exclusion {
	if e.list == nil {
		return nil
	}
	out := slices.Clone(e.list.excluded)
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
func (e *Eligibility) String() string {
	f := e.Freshness()
	return fmt.Sprintf("eligibility(%s %v fresh=%t personal=%t)", e.Cart(), e.PGCodes(), f.Fresh, f.Personal)
}

// GoString is String, so that %#v shows no customer either.
func (e *Eligibility) GoString() string { return e.String() }

// LogValue is String for slog.
func (e *Eligibility) LogValue() slog.Value { return slog.StringValue(e.String()) }
