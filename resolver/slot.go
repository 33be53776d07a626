package resolver

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	// clock. It is written under mu only.
	fresh atomic.Pointer[answer]

	mu      sync.Mutex
	last    *answer // whatever its age; nil: cold
	flight  *flight // nil: none under way
	gone    bool    // evicted or purged: the customer's slot is another one now
	asked   bool    // a base slot that was ever asked is refreshed by age
	backoff backoff
	lastErr error
	denied  time.Time   // since when the source says ErrDenied; zero: it does not
	empties int         // answers without methods, one after the other
	timer   *time.Timer // ends the soft age; in a base slot it also starts refreshes
}

// flight is one question that is under way. Its result is written before done is closed.
type flight struct {
	done      chan struct{}
	cancel    context.CancelFunc
	epoch     uint64 // the Resolver's purges when it started
	forgotten bool   // by a purge: waiters ask again
	answer    *answer
	err       error
}

// backoff says when a failed question may be put again.
type backoff struct {
	failures  int
	notBefore time.Time
}

// fail doubles the delay, up to most, and spreads it by a quarter either way. A source that says when to come back is
// not asked before.
func (b *backoff) fail(now time.Time, first, most, retryAfter time.Duration) {
	delay := most
	if b.failures < 30 && first < most>>b.failures {
		delay = first << b.failures
	}
	b.failures++
	delay = spread(delay, 0.75, 1.25)
	if retryAfter > 0 {
		delay = max(delay, spread(retryAfter, 1, 1.1))
	}
	b.notBefore = now.Add(delay)
}

// spread picks a duration between from and to times d.
func spread(d time.Duration, from, to float64) time.Duration {
	return time.Duration(float64(d) * (from + (to-from)*rand.Float64())) //nolint:gosec // not a secret
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
	// Between the caller's look and the lock a flight may have landed.
	if cur = s.last; cur != nil && cur.isFresh(now) && (q.maxAge == 0 || now.Round(0).Sub(cur.fetched) < q.maxAge) {
		return cur, nil, nil
	}
	if s.isBase() && q.maxAge == 0 && s.usable(now) {
		return cur, nil, nil // the slot's timer has it refreshed: a request has nothing to do
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

// start begins a flight. The caller holds mu, and has seen that there is none.
func (s *slot) start(why purpose) (*flight, error) {
	r := s.base.resolver
	if s.customer != "" && why == forShopper {
		why = forCustomer
	}
	if err := r.gate.admit(why, time.Now()); err != nil {
		return nil, err
	}
	// A flight belongs to the Resolver. The context of the request that happens to be first would end it for everybody
	// who waits, and its values would reach a call that serves others.
	ctx, cancel := context.WithTimeout(r.ctx, r.flightTimeout)
	f := &flight{done: make(chan struct{}), cancel: cancel, epoch: r.epoch.Load()}
	retries := why != forRefresh && !s.usable(time.Now())
	if !r.spawn(func() { s.fly(ctx, f, why, retries) }) {
		cancel()
		r.gate.done(why)
		return nil, &UnavailableError{Cause: ErrClosed}
	}
	s.flight = f
	return f, nil
}

// usable tells whether there is an answer within its hard age. The caller holds mu.
func (s *slot) usable(now time.Time) bool { return s.last != nil && s.last.isUsable(now) }

// hasUsable is usable for those who do not hold mu.
func (s *slot) hasUsable() bool {
	if s.fresh.Load() != nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.usable(time.Now())
}

// store swaps the answer. The caller holds mu.
func (s *slot) store(a *answer) {
	s.last = a
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

// fly puts the question and lands the answer. It lands whatever happens: a source that panics, that ends its goroutine
// or that ignores its deadline must not leave the slot with a flight that never ends.
func (s *slot) fly(ctx context.Context, f *flight, why purpose, retries bool) {
	r := s.base.resolver
	defer f.cancel()
	leave, err := r.gate.enter(ctx, why, s.customer != "")
	if err != nil {
		s.land(f, nil, err)
		return
	}
	defer leave()
	landed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(landed)
		s.land(f, nil, context.Cause(ctx))
	})
	var a *answer
	began := time.Now()
	err = errEnded // what stays when ask does not come back
	defer func() {
		r.gate.report(err)
		r.fetched(s, time.Since(began), err)
		if stop() {
			s.land(f, a, err)
			return
		}
		<-landed
	}()

	question := s.base.filters.Normalized() // a copy: the source may be anybody's
	question.CustomerID = s.customer
	may := func() bool { return retries && r.gate.mayRetry(why) }
	c, failed := ask(withRetry(ctx, may), r.source, question)
	if failed == nil {
		a, failed = s.read(c)
	}
	err = failed
}

var errEnded = errors.New("resolver: the source ended its goroutine")

// read makes an answer of a catalog.
func (s *slot) read(c Catalog) (*answer, error) {
	r := s.base.resolver
	// A customer's answer mostly repeats the base answer, and a refreshed one its predecessor.
	like := s.base.slot.list()
	methods, dropped, err := sift(c, like)
	for _, d := range dropped {
		r.dropped(s, d)
	}
	if err != nil {
		return nil, err
	}
	if s.isBase() {
		r.see(methods)
	}
	a := &answer{fetched: time.Now().Round(0), own: s.customer != "", list: s.base.newList(methods, like)}
	ages := r.ages
	if a.own {
		ages = r.customerAges
		a.past = pastOf(c.Past, methods)
	}
	if s.base.curious {
		ages.soft = min(ages.soft, curiousAge)
	} else if len(methods) == 0 {
		ages = freshness{emptyAge, emptyAge}
	}
	a.soft, a.hard = spread(ages.soft, 0.9, 1), ages.hard
	return a, nil
}

// list is the slot's answer's, of whatever age, or nil.
func (s *slot) list() *list {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		return nil
	}
	return s.last.list
}

// land ends a flight: it swaps the answer, or counts the failure and keeps the old answer. A flight that is no longer
// the slot's was forgotten, and what it brings is dropped.
func (s *slot) land(f *flight, a *answer, err error) {
	r := s.base.resolver
	s.mu.Lock()
	if s.flight != f {
		s.mu.Unlock()
		return
	}
	now := time.Now()
	old := s.last
	s.flight = nil
	if err == nil && len(a.list.all) == 0 && !s.base.curious {
		if s.empties++; s.empties == 1 {
			err = errEmpty
		}
	} else if err == nil {
		s.empties = 0
	}
	if err == nil {
		s.backoff, s.lastErr, s.denied = backoff{}, nil, time.Time{}
		s.store(a)
	} else {
		s.fail(now, err)
		err = &UnavailableError{max(s.backoff.notBefore.Sub(now), 0), err}
		if r.ctx.Err() != nil {
			err = &UnavailableError{Cause: ErrClosed}
		}
	}
	s.plan(now)
	f.answer, f.err = a, err
	if err != nil {
		f.answer = nil
	}
	close(f.done)
	s.mu.Unlock()
	r.landed(s, old, f)
}

// fail counts a failure. The caller holds mu.
func (s *slot) fail(now time.Time, err error) {
	r := s.base.resolver
	most := r.backoffMost
	if !s.usable(now.Add(most)) {
		most = min(most, coldBackoff) // somebody waits, or will by then: come back soon after the source does
	}
	switch {
	case errors.Is(err, errEmpty):
		s.backoff = backoff{s.backoff.failures, now.Add(emptyDelay)}
	case errors.Is(err, ErrRejected):
		// Asking again does not help until somebody changes something: the longest delay at once.
		s.backoff.fail(now, most, most, retryAfter(err))
	default:
		s.backoff.fail(now, r.backoffFirst, most, retryAfter(err))
	}
	s.lastErr = err
	if errors.Is(err, ErrDenied) && s.denied.IsZero() {
		s.denied = now
	}
	s.withdraw(now)
}

// withdraw takes an answer away when the source has been refusing the credential for longer than the grace: the right
// to it may be gone. The caller holds mu.
func (s *slot) withdraw(now time.Time) {
	if !s.denied.IsZero() && now.Sub(s.denied) >= s.base.resolver.deniedGrace {
		s.store(nil)
	}
}

// The delays that no shop needs to tune.
const (
	emptyDelay    = 30 * time.Second // between an answer without methods and the question whether it is meant
	emptyAge      = time.Minute      // how long a confirmed one is believed
	coldBackoff   = 30 * time.Second // the longest backoff while there is nothing to serve
	maxRetryAfter = time.Hour        // a source that says more than this is asked after this
)

// retryAfter is how long the source asked to be left alone.
func retryAfter(err error) time.Duration {
	var hint interface{ RetryAfter() time.Duration }
	if errors.As(err, &hint) {
		return min(max(hint.RetryAfter(), 0), maxRetryAfter)
	}
	return 0
}

// isBase tells a slot that is refreshed by its age.
func (s *slot) isBase() bool { return s.customer == "" && !s.base.curious }

// plan sets the timer: to the end of the answer's soft age or, in a base slot whose last question failed, to the next
// try, whichever comes first. The caller holds mu.
func (s *slot) plan(now time.Time) {
	var next time.Time
	if s.fresh.Load() != nil {
		next = s.last.fetched.Add(s.last.soft)
	}
	if s.customer == "" && s.lastErr != nil {
		next = earlier(next, s.backoff.notBefore)
		if end := s.denied.Add(s.base.resolver.deniedGrace); !s.denied.IsZero() && end.After(now) {
			next = earlier(next, end)
		}
	}
	if !next.IsZero() {
		s.wake(next.Sub(now))
	}
}

// earlier is the first of two times; a zero a is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// wake sets the timer, to a minute at most: timers do not count the time that a machine was suspended, nor a clock that
// was set, and the answer ages by the wall clock. The caller holds mu.
func (s *slot) wake(in time.Duration) {
	in = min(in, time.Minute)
	switch {
	case s.gone, s.base.resolver.ctx.Err() != nil:
	case s.timer == nil:
		s.timer = time.AfterFunc(in, s.tick)
	default:
		s.timer.Reset(in)
	}
}

// tick is what the timer does. It ends the soft age; in a base slot it starts a flight for which nobody waits.
func (s *slot) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	fresh := s.last != nil && s.last.isFresh(now)
	if !fresh {
		s.fresh.Store(nil)
	}
	s.withdraw(now)
	switch {
	case s.flight != nil: // its landing plans what comes next
	case !s.isBase():
		if fresh {
			s.plan(now)
		}
	case s.lastErr == nil && fresh, now.Before(s.backoff.notBefore):
		s.plan(now)
	default:
		if _, err := s.start(forRefresh); err != nil {
			again := time.Minute
			var u *UnavailableError
			if errors.As(err, &u) && u.RetryAfter > 0 {
				again = u.RetryAfter
			}
			s.wake(spread(again, 1, 1.1))
		}
	}
}

// forget drops the answer and the flight: what the flight brings back is not stored, and who waits for it asks again.
// The failures are forgotten too: who purges changed something, and the next request must not wait for an old backoff.
func (s *slot) forget() (had bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	had = s.last != nil || s.flight != nil
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

// rest stops the timer. The caller holds mu.
func (s *slot) rest() {
	if s.timer != nil {
		s.timer.Stop()
	}
}

// orphan ends a flight that is no longer its slot's: who waits for it asks again. The caller holds the slot's mu.
func (f *flight) orphan() {
	f.forgotten = true
	close(f.done)
	f.cancel()
}

// heldError says that a question was not put.
func heldError(why error, again time.Duration) error {
	return &UnavailableError{again, fmt.Errorf("resolver: %w", why)}
}
