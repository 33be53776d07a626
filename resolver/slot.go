package resolver

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// base is a cart type in a currency: what its carts ask, and the slot of the answer without a customer.
type base struct {
	resolver *Resolver
	cartType CartType
	currency string
	profile  Profile
	filters  Filters
	curious  bool // for Explain alone: never refreshed by age
	slot     slot
}

// isPersonal tells whether a customer's carts have an answer of their own, beside the base answer.
func (b *base) isPersonal(customer string) bool { return customer != "" && !b.profile.WithoutCustomer }

// slot is the place of one answer, and of what goes on to replace it.
type slot struct {
	base     *base
	customer string // empty in a base slot

	// fresh is what a hit loads: the answer while it is fresh, then nil. A timer takes it away, so that a hit reads no
	// clock. last is the answer whatever its age; nil: cold. Both are written under mu only.
	fresh, last atomic.Pointer[answer]

	mu      sync.Mutex
	flight  *flight // nil: none under way
	gone    bool    // evicted or purged: the customer's slot is another one now
	asked   bool    // a base slot that was ever asked is refreshed by age
	backoff backoff
	lastErr error
	denied  time.Time   // since when the source says ErrDenied; zero: it does not
	empties int         // answers without methods, one after the other
	doubted time.Time   // when Checkout last rejected what the answer lists
	timer   *time.Timer // ends the soft age; in a base slot it also starts refreshes
}

// join returns the slot's answer, whatever its age, and the flight that will replace it, if the caller needs a newer one.
// It starts the flight where there is none; err says why it could not.
func (s *slot) join(q request) (cur *answer, f *flight, err error) {
	r := s.base.resolver
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.gone {
		return nil, nil, errGone
	}
	s.asked = true
	s.withdraw(now)
	// Between the caller's look and the lock a flight may have landed.
	if cur = s.last.Load(); cur != nil && cur.isFresh(now) && (q.maxAge == 0 || now.Round(0).Sub(cur.fetched) < q.maxAge) {
		return cur, nil, nil
	}
	if s.flight != nil {
		return cur, s.flight, nil
	}
	if r.ctx.Err() != nil {
		return cur, nil, &UnavailableError{Cause: ErrClosed}
	}
	if now.Before(s.backoff.notBefore) {
		r.count.heldBackoff.Add(1)
		return cur, nil, &UnavailableError{s.backoff.notBefore.Sub(now), s.lastErr}
	}
	f, err = s.start(q.purpose)
	return cur, f, err
}

var errGone = errors.New("slot gone")

// usable tells whether there is an answer within its hard age.
func (s *slot) usable(now time.Time) bool {
	last := s.last.Load()
	return last != nil && last.isUsable(now)
}

// store swaps the answer. The caller holds mu.
func (s *slot) store(a *answer) {
	s.last.Store(a)
	if s.base.resolver.ctx.Err() != nil {
		a = nil // closed: no timer would end its freshness
	}
	s.fresh.Store(a)
}

// retire stops the timer for good. Whoever asks then reads the clock, and finds the answer while it is usable.
func (s *slot) retire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest()
	s.fresh.Store(nil)
}

// list is the slot's answer's, of whatever age, or nil.
func (s *slot) list() *list {
	if last := s.last.Load(); last != nil {
		return last.list
	}
	return nil
}

// isBase tells a slot that is refreshed by its age.
func (s *slot) isBase() bool { return s.customer == "" && !s.base.curious }

// forget drops the answer and the flight: what the flight brings back is not stored, and who waits for it asks again.
// The failures are forgotten too: who purges changed something, and the next request must not wait for an old backoff.
func (s *slot) forget() (had bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	had = s.last.Load() != nil || s.flight != nil
	s.store(nil)
	if s.flight != nil {
		s.flight.orphan()
		s.flight = nil
	}
	s.gone = s.customer != ""
	s.asked, s.backoff, s.lastErr, s.denied, s.empties = false, backoff{}, nil, time.Time{}, 0
	s.rest()
	return had
}

// heldError says that a question was not put.
func heldError(why error, again time.Duration) error {
	return &UnavailableError{again, fmt.Errorf("resolver: %w", why)}
}
