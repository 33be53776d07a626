package resolver

import (
	"errors"
	"time"
)

// plan sets the timer: to the end of the answer's soft age or, in a base slot whose last question failed, to the next
// try, whichever comes first. The caller holds mu.
func (s *slot) plan(now time.Time) {
	var next time.Time
	if s.fresh.Load() != nil {
		last := s.last.Load()
		next = last.fetched.Add(last.soft)
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
	last := s.last.Load()
	fresh := last != nil && last.isFresh(now)
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

// rest stops the timer. The caller holds mu.
func (s *slot) rest() {
	if s.timer != nil {
		s.timer.Stop()
	}
}
