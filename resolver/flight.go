package resolver

import (
	"context"
	"errors"
	"time"
)

// flight is one question that is under way. Its result is written before done is closed.
type flight struct {
	done      chan struct{}
	cancel    context.CancelFunc
	epoch     uint64 // the Resolver's purges when it started
	forgotten bool   // by a purge: waiters ask again
	answer    *answer
	err       error
	denied    bool // the first time that the source refused the credential for this slot
}

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
	ctx, cancel := context.WithCancel(r.ctx)
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
	ctx, end := context.WithTimeout(ctx, r.flightTimeout) // the question's own: a queue of ours is no delay of the source
	defer end()
	landed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(landed)
		s.land(f, nil, context.Cause(ctx))
	})
	var a *answer
	began := time.Now()
	err = errEnded // what stays when ask does not come back
	defer func() {
		r.gate.report(why, err)
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
	old := s.last.Load()
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
		granted := s.denied.IsZero()
		s.fail(now, err)
		f.denied = granted && !s.denied.IsZero()
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

// orphan ends a flight that is no longer its slot's: who waits for it asks again. The caller holds the slot's mu.
func (f *flight) orphan() {
	f.forgotten = true
	close(f.done)
	f.cancel()
}
