package resolver

import "time"

// State is what an operator wants to see of a Resolver at one moment. Nothing in it is personal.
type State struct {
	Environment Environment `json:"environment"`
	Origin      string      `json:"origin"`
	Principal   string      `json:"principal"`
	Ready       bool        `json:"ready"`
	Counters    Counters    `json:"counters"`
	// Customers is how many customers are remembered now, of CustomersMax.
	Customers    int `json:"customers"`
	CustomersMax int `json:"customers_max"`
	// QuotaLeft is how many requests may be sent at once now; -1 where there is no quota.
	QuotaLeft float64 `json:"quota_left"`
	// OutageUntil is set while the source fails and customers' own answers are not asked for.
	OutageUntil time.Time `json:"outage_until,omitzero"`
	// LimitedUntil is set while the source's rate limit holds everything back.
	LimitedUntil time.Time   `json:"limited_until,omitzero"`
	Slots        []SlotState `json:"slots"`
}

// Counters only grow, from zero when the Resolver was made.
type Counters struct {
	Hits     uint64 `json:"hits"`
	Stale    uint64 `json:"stale"`
	Misses   uint64 `json:"misses"`
	Failures uint64 `json:"failures"` // requests that got no answer
	// Fetches are questions put to the source, retries of the source's own not counted, and FetchErrors those that failed.
	Fetches     uint64 `json:"fetches"`
	FetchErrors uint64 `json:"fetch_errors"`
	Evictions   uint64 `json:"evictions"`
	Purges      uint64 `json:"purges"`
	Drifts      uint64 `json:"drifts"`
	Dropped     uint64 `json:"dropped"` // entries of answers that made no sense
	// RuleFailures are verdicts that a rule, or the history, of the shop failed to give.
	RuleFailures uint64 `json:"rule_failures"`
	// The questions that were not put: the slot, an outage or a rate limit said not yet; too many were under way; the
	// quota was kept for something more important, by what was held back.
	HeldBackoff        uint64 `json:"held_backoff"`
	HeldFlights        uint64 `json:"held_flights"`
	HeldQuotaBase      uint64 `json:"held_quota_base"`
	HeldQuotaCustomers uint64 `json:"held_quota_customers"`
	HeldQuotaCuriosity uint64 `json:"held_quota_curiosity"`
}

// SlotState is one base slot.
type SlotState struct {
	CartType CartType `json:"cart_type"`
	Currency string   `json:"currency"`
	// Asked: somebody wanted it; from then on it is refreshed by its age.
	Asked bool `json:"asked"`
	// Status is "cold", "fresh", "stale" or, past its hard age, "expired".
	Status    string        `json:"status"`
	FetchedAt time.Time     `json:"fetched_at,omitzero"`
	Age       time.Duration `json:"age_ns,omitzero"`
	// PGCodes are the eligible ones, Excluded those that guards took out.
	PGCodes  []string `json:"pg_codes"`
	Excluded []string `json:"excluded,omitempty"`
	// Fetching: a flight is under way.
	Fetching bool `json:"fetching"`
	// Failures in a row, the last one's error, and before when nobody tries again.
	Failures  int       `json:"failures"`
	LastError string    `json:"last_error,omitempty"`
	NextTry   time.Time `json:"next_try,omitzero"`
	// DeniedSince is set while the source refuses the credential.
	DeniedSince time.Time `json:"denied_since,omitzero"`
}

// State takes a snapshot. Each slot is consistent in itself, and no request waits for it. It is cheap enough for a
// metrics scrape.
func (r *Resolver) State() State {
	n := &r.count
	st := State{
		Environment: r.environment, Origin: r.identity.Origin, Principal: r.identity.Principal, Ready: r.Ready(),
		Counters: Counters{
			Hits: n.hits.sum(), Stale: n.stale.Load(), Misses: n.misses.Load(), Failures: n.failures.Load(),
			Fetches: n.fetches.Load(), FetchErrors: n.fetchErrors.Load(), Evictions: n.evictions.Load(),
			Purges: n.purges.Load(), Drifts: n.drifts.Load(), Dropped: n.drops.Load(),
			RuleFailures: n.ruleFailures.Load(),
			HeldBackoff:  n.heldBackoff.Load(), HeldFlights: n.heldFlights.Load(),
			HeldQuotaBase:      n.heldQuota[forShopper].Load() + n.heldQuota[forRefresh].Load(),
			HeldQuotaCustomers: n.heldQuota[forCustomer].Load(), HeldQuotaCuriosity: n.heldQuota[forCuriosity].Load(),
		},
		Customers: r.customers.len(), CustomersMax: r.customers.limit,
	}
	now := time.Now()
	st.QuotaLeft, st.OutageUntil, st.LimitedUntil = r.gate.state(now)
	for _, b := range r.order {
		st.Slots = append(st.Slots, b.slot.state(now))
	}
	return st
}

func (g *gate) state(now time.Time) (quota float64, outage, limited time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	quota = Unlimited
	if g.limiter != nil {
		quota = max(g.limiter.TokensAt(now), 0)
	}
	if g.outage.failures > 0 {
		outage = g.outage.notBefore
	}
	if now.Before(g.limited) {
		limited = g.limited
	}
	return quota, outage, limited
}

func (s *slot) state(now time.Time) SlotState {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := SlotState{
		CartType: s.base.cartType, Currency: s.base.currency, Asked: s.asked, Status: "cold", PGCodes: []string{},
		Fetching: s.flight != nil, Failures: s.backoff.failures, DeniedSince: s.denied,
	}
	if s.lastErr != nil {
		st.LastError, st.NextTry = s.lastErr.Error(), s.backoff.notBefore
	}
	a := s.last.Load()
	if a == nil {
		return st
	}
	st.FetchedAt, st.Age = a.fetched, now.Round(0).Sub(a.fetched)
	switch {
	case a.isFresh(now):
		st.Status = "fresh"
	case a.isUsable(now):
		st.Status = "stale"
	default:
		st.Status = "expired"
	}
	st.PGCodes = append(st.PGCodes, a.list.view.codes...)
	for _, x := range a.list.view.excluded {
		st.Excluded = append(st.Excluded, x.Method.Code)
	}
	return st
}
