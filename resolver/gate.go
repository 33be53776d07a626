package resolver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// purpose is why a question is put; the gate lets the important ones pass longer.
type purpose uint8

const (
	forShopper   purpose = iota // a base answer that a request needs
	forRefresh                  // a base answer that is due by its age: the old one is served meanwhile
	forCustomer                 // a customer's own answer
	forCuriosity                // what no checkout waits for
)

// gate stands in front of the source. It keeps what no slot can know alone: the quota, the number of flights, a rate
// limit that holds for the principal, and an outage that a crowd of customers would otherwise probe one by one.
type gate struct {
	first, most time.Duration
	timeout     time.Duration // of a flight: how long a probe may be out
	limiter     *rate.Limiter // nil: no quota
	reserve     float64
	all, own    chan struct{} // a token a flight; customers' flights need one of each
	count       *counters
	// maxRefreshes keeps answers that grew old together, as those of a Warm do, from being asked for together. What is due
	// waits its turn, and is served stale meanwhile.
	maxRefreshes int

	mu        sync.Mutex
	limited   time.Time // no question before: the source said ErrRateLimited
	limits    backoff
	outage    backoff // no customer's question before; failures == 0: no outage
	refreshes int     // flights for which nobody waits
	strikes   int     // customers' questions that failed one after the other
	probing   bool
	probeEnds time.Time
}

// Unlimited is the daily quota that switches the limiter off.
const Unlimited = -1

func newGate(c *config, n *counters) *gate {
	g := &gate{
		first: c.backoffFirst, most: c.backoffMost, timeout: c.flightTimeout, count: n,
		maxRefreshes: min(max(c.maxFlights/4, 1), 16),
		all:          make(chan struct{}, c.maxFlights), own: make(chan struct{}, max(c.maxFlights*3/4, 1)),
	}
	if c.quota != Unlimited {
		// A tenth of the day's requests may come at once, the rest is spread over the day: together never more than the
		// quota. The last quarter of that tenth is kept for base answers.
		burst := max(c.quota/10, 1)
		g.limiter = rate.NewLimiter(rate.Limit(float64(max(c.quota-burst, 1))/(24*time.Hour).Seconds()), burst)
		g.reserve = float64(burst-1) / 4
	}
	return g
}

// admit says whether a question may be put now, and takes it off the quota.
func (g *gate) admit(why purpose, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.limited) {
		g.count.heldBackoff.Add(1)
		return heldError(ErrRateLimited, g.limited.Sub(now))
	}
	if why >= forCustomer && g.outage.failures > 0 {
		if now.Before(g.outage.notBefore) || g.probing && now.Before(g.probeEnds) {
			g.count.heldBackoff.Add(1)
			return heldError(errOutage, max(g.outage.notBefore.Sub(now), 0))
		}
	}
	if why == forRefresh && g.refreshes >= g.maxRefreshes {
		g.count.heldFlights.Add(1)
		return heldError(errFlights, refreshPause)
	}
	if err := g.take(why, now); err != nil {
		return err
	}
	if why == forRefresh {
		g.refreshes++
	}
	if why == forCustomer && g.outage.failures > 0 {
		g.probing, g.probeEnds = true, now.Add(g.timeout)
	}
	return nil
}

var errOutage = errors.New("the source is failing, and customers' answers wait until it recovers")

// take takes one request off the quota, leaving the less important purposes a larger rest. The caller holds mu.
func (g *gate) take(why purpose, now time.Time) error {
	if g.limiter == nil {
		return nil
	}
	need := 1.0
	switch why {
	case forCustomer:
		need += g.reserve
	case forCuriosity:
		need += 2 * g.reserve
	case forShopper, forRefresh:
	}
	if have := g.limiter.TokensAt(now); have < need {
		g.count.heldQuota[why].Add(1)
		return heldError(errQuota, time.Duration((need-have)/float64(g.limiter.Limit())*float64(time.Second)))
	}
	g.limiter.AllowN(now, 1)
	return nil
}

// mayRetry takes a further attempt of a flight off the quota.
func (g *gate) mayRetry(why purpose) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.take(why, time.Now()) == nil
}

// customerStrikes is how many customers' questions in a row must fail to be an outage.
const customerStrikes = 3

// refreshPause is how long a refresh waits before it tries for a place again. Nobody waits for it.
const refreshPause = 50 * time.Millisecond

// enter waits for a place among the flights, as long as a flight may take. Customers leave a quarter of the places to base
// answers.
func (g *gate) enter(ctx context.Context, why purpose, customer bool) (leave func(), err error) {
	if customer {
		if err := g.wait(ctx, g.own); err != nil {
			return nil, err
		}
	}
	if err := g.wait(ctx, g.all); err != nil {
		if customer {
			<-g.own
		}
		g.done(why)
		return nil, err
	}
	return func() {
		g.done(why)
		<-g.all
		if customer {
			<-g.own
		}
	}, nil
}

func (g *gate) wait(ctx context.Context, places chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	default:
	}
	patience := time.NewTimer(g.timeout)
	defer patience.Stop()
	select {
	case places <- struct{}{}:
		return nil
	case <-ctx.Done():
	case <-patience.C:
	}
	g.count.heldFlights.Add(1)
	return fmt.Errorf("resolver: %w", errFlights)
}

// done ends what admit began.
func (g *gate) done(why purpose) {
	if why != forRefresh {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refreshes--
}

// report tells the gate how a question went.
func (g *gate) report(why purpose, err error) {
	switch {
	case errors.Is(err, context.Canceled):
		return // a purge or Close: it says nothing about the source
	case why == forCuriosity && !errors.Is(err, ErrRateLimited):
		return // the other environment may be denied, and that is no outage of this one
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	switch {
	case err == nil || errors.Is(err, ErrRejected):
		g.outage, g.limits, g.probing, g.strikes = backoff{}, backoff{}, false, 0
	case errors.Is(err, ErrRateLimited):
		if !now.Before(g.limited) {
			g.limits.fail(now, g.first, g.most, retryAfter(err))
			g.limited = g.limits.notBefore
		}
	case why == forCustomer && g.outage.failures == 0 && g.strikes < customerStrikes-1:
		g.strikes++ // it may be this customer's trouble alone
	case g.probing || !now.Before(g.outage.notBefore):
		// Failures of questions that were under way when the outage began are one failure.
		g.probing = false
		g.outage.fail(now, g.first, min(g.most, coldBackoff), retryAfter(err))
	}
}
