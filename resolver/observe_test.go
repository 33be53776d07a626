package resolver_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

// recorder is an Observer that remembers.
type recorder struct {
	mu     sync.Mutex
	events []resolver.Event
}

func (o *recorder) Observe(e resolver.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events = append(o.events, e)
}

func (o *recorder) all() []resolver.Event {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.events)
}

func (o *recorder) of(k resolver.EventKind) []resolver.Event {
	return slices.DeleteFunc(o.all(), func(e resolver.Event) bool { return e.Kind != k })
}

// kinds are those of the events since it was last asked, sorted: flights of two slots land in any order.
func (o *recorder) kinds() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var kinds []string
	for _, e := range o.events {
		kinds = append(kinds, string(e.Kind))
	}
	o.events = nil
	slices.Sort(kinds)
	return strings.Join(kinds, " ")
}

func TestAnObserverIsToldWhatHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &recorder{}
		src := scripted(after(time.Millisecond, lists("kpay")))
		r := open(t, src, resolver.WithObserver(o), resolver.WithCustomers(1), resolver.WithFreshness(time.Hour, 4*time.Hour))
		step := func(kinds string, do func()) {
			t.Helper()
			do()
			synctest.Wait()
			equal(t, "events", o.kinds(), kinds)
		}
		step("fetch miss", func() { want(t, r, guest, "kpay") })
		step("hit", func() { want(t, r, guest, "kpay") })
		step("fetch miss", func() { want(t, r, cartOf("c1"), "kpay") })
		step("evict fetch miss", func() { want(t, r, cartOf("c2"), "kpay") })
		step("purge", func() { _, _ = r.Purge(resolver.Scope{CustomerID: "c2"}) })
		step("error", func() { _, _ = r.Resolve(t.Context(), cartOf("\x00")) })
		step("fetch warm", func() { _ = r.Warm(t.Context(), resolver.Cart{Type: resolver.OneOff, Currency: "USD"}) })
		step("drift drift fetch fetch", func() {
			src.script(lists("kpay", "mpgs"))
			pass(time.Hour)
		})
		src.script(fails(errDown))
		pass(3 * time.Hour)
		o.kinds()
		step("stale", func() { want(t, r, guest, "kpay", "mpgs") })
	})
}

func TestEventsSayWhatTheyConcern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &recorder{}
		r := open(t, scripted(after(time.Millisecond, lists("kpay"))), resolver.WithObserver(o))
		want(t, r, guest, "kpay")
		want(t, r, cartOf("c1"), "kpay")
		fetches := o.of(resolver.EventFetch)
		for i, e := range fetches {
			equal(t, fmt.Sprint("fetch ", i), e, resolver.Event{
				Kind: resolver.EventFetch, CartType: resolver.OneOff, Currency: "KWD", Personal: i == 1, Duration: time.Millisecond,
			})
		}
		equal(t, "fetches", len(fetches), 2)
		_ = r.Warm(t.Context(), guest)
		equal(t, "warm", o.of(resolver.EventWarm)[0], resolver.Event{
			Kind: resolver.EventWarm, CartType: resolver.OneOff, Currency: "KWD", Count: 1, Total: 1,
		})
	})
}

type panicking struct{}

func (panicking) Observe(resolver.Event) { panic("observer") }

func TestAHookThatPanicsTakesNothingWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		src := scripted(numbered)
		drift := func(resolver.Drift) { told++; panic("drift") }
		r := open(t, src, resolver.WithObserver(panicking{}), resolver.WithDrift(drift))
		want(t, r, guest, "v1")
		want(t, r, guest, "v1")
		pass(24 * time.Hour)
		want(t, r, guest, "v2")
		equal(t, "drifts told", told, 1)
	})
}

func TestDriftTellsWhatWasAddedRemovedAndChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var drifts []resolver.Drift
		src := scripted(lists("kpay", "mpgs", "tabby"))
		r := open(t, src, resolver.WithDrift(func(d resolver.Drift) { drifts = append(drifts, d) }))
		want(t, r, guest, "kpay", "mpgs", "tabby")
		pass(24 * time.Hour)
		equal(t, "drifts of the same answer", len(drifts), 0)

		src.script(lists("tabby", "mpgs", "kpay"))
		refresh(t, r)
		want(t, r, guest, "tabby", "mpgs", "kpay")
		equal(t, "drifts of another order", len(drifts), 0)

		changed := catalog("tabby", "mpgs", "benefit")
		changed.Methods[1].Name = "Another"
		src.script(answers(changed))
		refresh(t, r)
		equal(t, "drifts", len(drifts), 1)
		d := drifts[0]
		equal(t, "cart type and currency", fmt.Sprint(d.CartType, d.Currency), "one_offKWD")
		equal(t, "added", fmt.Sprint(len(d.Added), d.Added[0].Code), "1benefit")
		equal(t, "removed", fmt.Sprint(len(d.Removed), d.Removed[0].Code), "1kpay")
		change := d.Changed[0]
		equal(t, "changed", fmt.Sprint(len(d.Changed), change.Before.Name, change.After.Name), "1Name of mpgsAnother")
		equal(t, "counted", r.State().Counters.Drifts, 1)
	})
}

func refresh(t testing.TB, r *resolver.Resolver) resolver.Purged {
	t.Helper()
	p, err := r.Refresh(context.Background(), resolver.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return p
}
