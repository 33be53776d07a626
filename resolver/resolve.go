package resolver

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

// Resolve returns which payment methods the cart's customer may use for it. A fresh answer comes from memory; a stale
// one too, while a refresh runs behind. Only where there is none the request waits: for the source, until ctx ends or
// [WithMaxWait] is over. A customer's own answer is awaited for [WithPersonalWait] where the base answer is at hand,
// and the base answer is returned, marked, when it is not there by then.
//
// The error wraps [ErrInvalidCart] or [ErrUnavailable].
func (r *Resolver) Resolve(ctx context.Context, cart Cart) (*Eligibility, error) {
	e := new(Eligibility)
	if err := r.ResolveTo(ctx, &cart, e); err != nil {
		return nil, err
	}
	return e, nil
}

// ResolveTo is Resolve into an Eligibility of the caller's: a middleware keeps it in the value that it puts into the
// request's context anyway, and saves an allocation. It keeps no pointer to the cart. On an error e is left as it was.
func (r *Resolver) ResolveTo(ctx context.Context, cart *Cart, e *Eligibility) error {
	b := r.base(cart.Type, cart.Currency)
	if b == nil || (cart.Amount != "" || cart.Country != "") && !b.plausible(cart) {
		return r.diagnose(cart)
	}
	s := &b.slot
	if b.isPersonal(cart.CustomerID) {
		s = r.customers.find(cart.CustomerID, b)
	}
	if s != nil {
		if a := s.fresh.Load(); a != nil {
			e.set(ctx, b, a, cart, false)
			r.count.hits.add(e)
			if r.observer != nil {
				r.observe(Event{Kind: EventHit, CartType: b.cartType, Currency: b.currency, Personal: a.own})
			}
			return nil
		}
	}
	return r.answer(ctx, b, *cart, e, request{purpose: forShopper, wait: r.maxWait, personalWait: r.personalWait})
}

// request is how one caller wants its answer.
type request struct {
	purpose      purpose
	maxAge       time.Duration // older answers are not fresh enough; zero: the answer's own soft age alone
	wait         time.Duration
	personalWait time.Duration // where the base answer is at hand
}

// answer is the way of every request that found no fresh answer.
func (r *Resolver) answer(ctx context.Context, b *base, cart Cart, e *Eligibility, q request) error {
	began := time.Now()
	a, err := r.answerFor(ctx, b, cart.CustomerID, q)
	if err != nil {
		r.count.failures.Add(1)
		r.observe(Event{Kind: EventError, CartType: b.cartType, Currency: b.currency, Err: err})
		return err
	}
	stale := !a.isFresh(time.Now())
	e.set(ctx, b, a, &cart, stale)
	kind := EventMiss
	switch {
	case stale:
		kind = EventStale
		r.count.stale.Add(1)
	case a.fetched.Before(began.Round(0)): // a Confirm of an answer that is young enough
		kind = EventHit
		r.count.hits.add(e)
	default:
		r.count.misses.Add(1)
	}
	r.observe(Event{Kind: kind, CartType: b.cartType, Currency: b.currency, Personal: a.own})
	return nil
}

func (r *Resolver) answerFor(ctx context.Context, b *base, customer string, q request) (*answer, error) {
	if !b.isPersonal(customer) {
		return r.await(ctx, b, "", q)
	}
	if p := customerProblem(customer); p != "" {
		return nil, &CartError{CartCustomerMalformed, p}
	}
	began := time.Now()
	personal := q
	if b.slot.usable(time.Now()) {
		personal.wait = min(q.personalWait, q.wait)
	}
	a, err := r.await(ctx, b, customer, personal)
	if err == nil {
		b.slot.want()
		return a, nil
	}
	if ctx.Err() != nil && !b.slot.usable(time.Now()) {
		return nil, err
	}
	// The base answer is what there is. It may be cold too: then the rest of the wait is for it.
	q.wait = max(q.wait-time.Since(began), 0)
	if a, baseErr := r.await(ctx, b, "", q); baseErr == nil {
		return a, nil
	}
	return nil, err
}

// await returns an answer that is fresh enough; a stale one while the flight goes on; or it waits for the flight. A
// caller who wants no answer older than maxAge waits although there is one, and gets that one when the flight fails.
func (r *Resolver) await(ctx context.Context, b *base, customer string, q request) (*answer, error) {
	var patience *time.Timer
	for {
		s := &b.slot
		if customer != "" {
			s = r.customerSlot(customer, b)
		} else if a := s.last.Load(); a != nil && q.maxAge == 0 && a.isUsable(time.Now()) {
			return a, nil // the slot's timer has it refreshed: a request has nothing to do, and waits for no lock
		}
		cur, f, err := s.join(q)
		if errors.Is(err, errGone) {
			continue
		}
		if cur != nil && !cur.isUsable(time.Now()) {
			cur = nil
		}
		switch {
		case cur != nil && (f == nil || q.maxAge == 0):
			return cur, nil
		case err != nil:
			return nil, err
		}
		if patience == nil {
			patience = time.NewTimer(q.wait)
			defer patience.Stop()
		}
		select {
		case <-f.done:
			if f.forgotten || s.outlived(f) {
				continue
			}
			if f.err == nil {
				return f.answer, nil
			}
			err = f.err
		case <-ctx.Done():
			err = &UnavailableError{Cause: fmt.Errorf("resolver: the caller left: %w", context.Cause(ctx))}
		case <-patience.C:
			err = heldError(errMaxWait, r.backoffFirst)
		}
		select {
		case <-f.done: // it landed or was purged at the same moment: what there is now is another look
			if f.forgotten {
				cur = nil
			}
		default:
		}
		if cur != nil && !s.outlived(f) {
			return cur, nil
		}
		return nil, err
	}
}

func (r *Resolver) customerSlot(customer string, b *base) *slot {
	s, evicted := r.customers.findOrAdd(customer, b)
	for range evicted {
		r.count.evictions.Add(1)
		r.observe(Event{Kind: EventEvict, CartType: b.cartType, Currency: b.currency, Personal: true})
	}
	return s
}

// outlived tells that a flight belongs to an evicted slot, which a purge that came after its start could not reach.
func (s *slot) outlived(f *flight) bool {
	if f.epoch == s.base.resolver.epoch.Load() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

// want has a cold base answer fetched soon, for a shop whose customers are all signed in: without it an outage would
// find nothing to serve. It waits a little, to leave the source to the shoppers.
func (s *slot) want() {
	if s.fresh.Load() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.asked && s.flight == nil {
		s.asked = true
		s.wake(spread(time.Second, 1, 2))
	}
}

// Prefetch has the customer's own answer fetched, so that it is there when the checkout asks: call it at sign-in. It
// returns at once; what goes wrong with the source shows at the checkout. The error wraps [ErrInvalidCart].
func (r *Resolver) Prefetch(_ context.Context, cart Cart) error {
	b := r.base(cart.Type, cart.Currency)
	if b == nil || !b.plausible(&cart) {
		return r.diagnose(&cart)
	}
	if !b.isPersonal(cart.CustomerID) {
		_, _, _ = b.slot.join(request{})
		return nil
	}
	if p := customerProblem(cart.CustomerID); p != "" {
		return &CartError{CartCustomerMalformed, p}
	}
	b.slot.want()
	for {
		if _, _, err := r.customerSlot(cart.CustomerID, b).join(request{}); !errors.Is(err, errGone) {
			return nil
		}
	}
}

// plausible checks what the lookup does not.
func (b *base) plausible(c *Cart) bool {
	if c.Amount != "" {
		if _, err := MinorUnits(c.Amount, b.currency); err != nil {
			return false
		}
	}
	return c.Country == "" || isCountryShaped(c.Country)
}

func isCountryShaped(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}

// customerProblem says what is wrong with a customer's ID, and never which it is. A customer who has a slot was checked
// when it was made.
func customerProblem(id string) string {
	if !utf8.ValidString(id) {
		return "the customer ID is not UTF-8, and two such IDs could become one on their way"
	}
	if utf8.RuneCountInString(id) > 64 {
		return "the customer ID is longer than the 64 characters that Ottu takes"
	}
	blank := true
	for _, c := range id {
		if unicode.IsControl(c) {
			return "the customer ID has a control character"
		}
		blank = blank && unicode.IsSpace(c)
	}
	if blank {
		return "the customer ID is blank; leave it empty for a guest"
	}
	return ""
}

// diagnose says what is wrong with a cart that was refused.
func (r *Resolver) diagnose(c *Cart) error {
	switch {
	case c.Type == "":
		return &CartError{CartTypeMissing, "the cart has no type; set Cart.Type, or fix it for the route"}
	case !r.Knows(c.Type):
		return &CartError{CartTypeUnknown, fmt.Sprintf("cart type %q is not known; use one of this package, or add it with WithProfile", clip(string(c.Type)))}
	case c.Currency == "":
		return &CartError{CartCurrencyMissing, "the cart has no currency; set Cart.Currency to an ISO 4217 code"}
	case !isCurrency(c.Currency):
		return &CartError{CartCurrencyUnknown, fmt.Sprintf("%q is not a currency; use an ISO 4217 code in capitals, such as KWD", clip(c.Currency))}
	case r.base(c.Type, c.Currency) == nil:
		return &CartError{CartCurrencyNotSold, fmt.Sprintf("the shop does not sell in %s; add it to the currencies given to New if it should", c.Currency)}
	}
	if c.Amount != "" {
		if _, err := MinorUnits(c.Amount, c.Currency); err != nil {
			return err
		}
	}
	return &CartError{CartCountryMalformed, fmt.Sprintf("country %q is not two capital letters (ISO 3166-1 alpha-2)", clip(c.Country))}
}
