package resolver

import (
	"errors"
	"math/rand/v2"
	"time"
)

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
