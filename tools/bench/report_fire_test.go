package bench

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

const upstreamDelay = 50 * time.Millisecond

func (r *report) cold() {
	r.title(2, "Under fire: a cold slot")
	r.say(`An upstream that takes %s, with the quota and the cap of flights out of the way. The libraries' loaders pass on
the context that they get; what comes of it when they detach from it instead is shown too. otter, sturdyc and theine
load on the goroutine of the first caller.`, upstreamDelay)
	var rows [][]any
	for _, m := range makers {
		calls := crowd(r.t, m, upstreamDelay, 1000)
		twice := walk(r.t, m, 8, 9000, 10)
		rows = append(rows, []any{m.name, calls, twice,
			r.musts(ours(m, "a cold slot"),
				promise{calls == 1, "exactly 1 call"}, promise{twice == 0, "none fetched twice"})})
	}
	r.table("|upstream calls for 1000 callers|of 9000 customers fetched twice (0.2 ms upstream)|must", rows)

	rows = nil
	for _, m := range makers {
		d, detached := desert(r.t, m, upstreamDelay, 99, false), desert(r.t, m, upstreamDelay, 99, true)
		rows = append(rows, []any{m.name,
			d.failed, d.calls, short(d.back), detached.failed, detached.calls, short(detached.back),
			r.musts(ours(m, "the first caller leaves"),
				promise{d.failed == 0, "0 of 99 fail"}, promise{d.calls == 1, "still 1 call"})})
	}
	r.say("The first of 100 callers leaves after a quarter of the wait:")
	r.table("|of 99 failed|calls|the first is back after|detached: failed|calls|the first is back after|must", rows)

	rows = nil
	for _, m := range makers {
		alone := hurry(r.t, m, upstreamDelay, 10*time.Millisecond, false)
		behind := hurry(r.t, m, upstreamDelay, 10*time.Millisecond, true)
		virtual, holds := "", false
		if m.name == makers[0].name {
			v := virtualHurry(r.t, m)
			virtual, holds = v.String(), v == 10*time.Millisecond
		}
		rows = append(rows, []any{m.name, short(alone), short(behind), virtual,
			r.musts(ours(m, "a deadline of 10 ms on a cold slot"), promise{holds, "exactly 10 ms of virtual time"})})
	}
	r.say("A caller with a deadline of 10 ms:")
	r.table("|alone, back after|behind another caller|behind another, in virtual time|must", rows)
}

// virtualHurry is hurry where time is exact.
func virtualHurry(t *testing.T, m maker) (back time.Duration) {
	synctest.Test(t, func(t *testing.T) { back = hurry(t, m, upstreamDelay, 10*time.Millisecond, true) })
	return back
}

func (r *report) overtakes() {
	r.title(2, "Under fire: purged while a question is under way")
	r.say(`The merchant changes something while a question from before the change is under way; then the slot is purged, or
refreshed, and asked. How often, of 1000, the answer from before the change was served, then or once the old question
returned.`)
	var rows [][]any
	for _, m := range makers {
		purged, _ := overtaken(r.t, m, 1000, false)
		refreshed := "–"
		old, ok := overtaken(r.t, m, 1000, true)
		if ok {
			refreshed = fmt.Sprint(old)
		}
		rows = append(rows, []any{m.name, purged, refreshed,
			r.musts(ours(m, "purged or refreshed during a flight"), promise{purged+old == 0, "0 of 1000"})})
	}
	r.table("|after a purge|after a refresh|must", rows)
}

func (r *report) renewals() {
	r.title(2, "Under fire: 200 slots grow old together")
	r.say(`20 cart types in 10 currencies, all warmed at once, a soft age of 1 s, 2000 requests a second for 10 s.
Refreshed at the same moment, they would be 200 upstream calls within %s. The first row is what the driver and the
machine take by themselves.`, upstreamDelay)
	s := usual()
	carts := slots(&s, 20, "KWD", "USD", "SAR", "AED", "BHD", "QAR", "OMR", "EUR", "GBP", "INR")
	s.soft, s.hard = time.Second, time.Minute
	var rows [][]any
	for _, m := range append([]maker{idle}, makers...) {
		x := renew(r.t, m, carts, s, 2000, 10*time.Second)
		p999 := x.percentile(0.999)
		rows = append(rows, []any{m.name,
			short(x.percentile(0.5)), short(x.percentile(0.99)), short(p999), x.failed, x.peak,
			r.musts(ours(m, "200 slots grow old together"),
				promise{p999 < 20*time.Microsecond, "p99.9 under 20 µs"}, promise{x.peak <= 100, "peak at most 100"})})
	}
	r.table("|p50|p99|p99.9|failed|peak in any 50 ms|must", rows)
}

func (r *report) outages() {
	r.title(2, "Under fire: a broken upstream")
	r.say(`20 warm slots, a soft age of 0.5 s, 1000 requests a second; the upstream is whole for 1 s, then broken for 3 s.
A request fails where it gets no method. p99 counts as unchanged up to twice what it was, or 20 µs. theine and ristretto
know one age only, here the soft one: the hard one would serve a week-old answer as fresh.`)
	var rows [][]any
	for _, f := range []fault{refusing, hanging, garbage, empty} {
		name := f.String()
		for _, m := range makers {
			b := breakUpstream(r.t, m, f, 3*time.Second)
			before, during := b.before.percentile(0.99), b.during.percentile(0.99)
			failed := b.before.failed + b.during.failed
			rows = append(rows, []any{name, m.name, failed, short(before), short(during), b.probes,
				r.musts(ours(m, "broken upstream, "+name), promise{failed == 0, "0 failures"},
					promise{during <= max(2*before, 20*time.Microsecond), "p99 unchanged"},
					promise{b.probes <= 100, "≤ 100 probes"})})
		}
	}
	r.table("the upstream||requests failed|p99 before|p99 while broken|probes in 3 s|must", rows)
}
