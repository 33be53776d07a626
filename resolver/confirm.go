package resolver

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"time"
)

// submitAge is how old an answer may be when a shopper submits a choice.
const submitAge = 15 * time.Minute

// Confirm is [Resolver.Resolve] for the moment when a shopper has chosen: it waits for the customer's own answer for up to
// [WithMaxWait], and fetches an answer that is older than 15 minutes anew. Where the source is down or the quota used up,
// it returns what there is, as Resolve does.
//
// It narrows the gap to Ottu's own decision when the Checkout session is created, and cannot close it.
func (r *Resolver) Confirm(ctx context.Context, cart Cart) (*Eligibility, error) {
	e := new(Eligibility)
	if err := r.ConfirmTo(ctx, &cart, e); err != nil {
		return nil, err
	}
	return e, nil
}

// ConfirmTo is Confirm into an Eligibility of the caller's, as [Resolver.ResolveTo] is.
func (r *Resolver) ConfirmTo(ctx context.Context, cart *Cart, e *Eligibility) error {
	b := r.base(cart.Type, cart.Currency)
	if b == nil || !b.plausible(cart) {
		return r.diagnose(cart)
	}
	return r.answer(ctx, b, *cart, e, request{purpose: forShopper, maxAge: submitAge, wait: r.maxWait, personalWait: r.maxWait})
}

// Version is an opaque token of what a page showed: of the customer, the cart and the eligible pg_codes in their order. A
// form carries it, and when it differs at the submit, one of them has changed since. It is the same in every process,
// holds nothing that can be read back, and may be shown to the customer whom it is for.
func (e *Eligibility) Version() string {
	if e.base == nil {
		return ""
	}
	f := e.base.filters
	f.CustomerID = e.customer
	h := sha256.New()
	hashStrings(h, "tender/version/1", string(e.base.cartType), Namespace(e.base.resolver.identity, f), e.amount, e.country)
	for _, k := range slices.Sorted(maps.Keys(e.attributes)) {
		hashStrings(h, k, e.attributes[k])
	}
	hashCount(h, len(e.attributes))
	hashStrings(h, e.view.codes...)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// ErrMethodRejected is what a shop's call wraps when Checkout refused the pg_codes of a session: the answer that listed
// them was wrong. The errors of package ottu do.
var ErrMethodRejected = errors.New("pg_code rejected by checkout")

// Pay runs the shop's call, which creates a Checkout session with the pg_code that the shopper chose, and repairs the cache
// when Checkout rejects that code: it asks anew, and if a newer answer still lists the code calls once more, with the new
// Eligibility. It never calls with another code than the one chosen, and at most twice.
//
// The error is that of [Eligibility.Require] where the code is not known to be eligible, of [Resolver.Confirm] where there
// is no answer, else the call's own. [ErrUnknown] keeps the call from being made too: Checkout would take the code of a
// sandbox gateway, and the order would be paid with a test card.
func (r *Resolver) Pay(ctx context.Context, cart Cart, code string, call func(context.Context, *Eligibility) error) error {
	e, err := r.Confirm(ctx, cart)
	if err != nil {
		return err
	}
	if err := e.Require(code); err != nil {
		return err
	}
	rejected := call(ctx, e)
	if !errors.Is(rejected, ErrMethodRejected) {
		return rejected
	}
	r.distrust(e)
	again, err := r.Confirm(ctx, cart)
	if err != nil {
		return errors.Join(rejected, err)
	}
	if err := again.Require(code); err != nil {
		return errors.Join(err, rejected)
	}
	if !again.answer.fetched.After(e.answer.fetched) {
		return rejected // there is no newer answer, and so no reason to hope
	}
	return call(ctx, again)
}

// distrustPause is how long an answer is not doubted again after it was: where Checkout keeps rejecting a code that the
// Payment Methods API keeps listing, asking again cannot help, and would eat the quota.
const distrustPause = 10 * time.Second

// distrust ends the freshness of what e was made of, so that the next Confirm asks anew. The old answers stay for the case
// that the source is down.
func (r *Resolver) distrust(e *Eligibility) {
	slots := []*slot{&e.base.slot}
	if e.base.isPersonal(e.customer) {
		if s := r.customers.find(e.customer, e.base); s != nil {
			slots = append(slots, s)
		}
	}
	for _, s := range slots {
		s.mu.Lock()
		now := time.Now()
		if last := s.last.Load(); last != nil && !last.fetched.After(e.answer.fetched) && now.Sub(s.doubted) >= distrustPause {
			s.doubted = now
			s.empties = max(s.empties, 1) // Checkout is a witness: an answer without methods is believed at once
			s.doubt(last)
		}
		s.mu.Unlock()
	}
}

// doubt ends the freshness of an answer. The caller holds mu.
func (s *slot) doubt(last *answer) {
	doubted := *last
	doubted.soft = 0
	s.last.Store(&doubted)
	s.fresh.Store(nil)
}
