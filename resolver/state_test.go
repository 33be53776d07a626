package resolver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

func TestWarmFetchesAFewAtATimeWhatIsNotFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(100*time.Millisecond, lists("kpay")))
		r := open(t, src, resolver.WithMaxFlights(12))
		equal(t, "ready before", r.Ready(), false)
		began := time.Now()
		if err := r.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "six cart types in two currencies", src.calls(), 12)
		equal(t, "at once", src.atOnce(), 3)
		equal(t, "took", time.Since(began), 400*time.Millisecond)
		equal(t, "ready", r.Ready(), true)
		carts := []resolver.Cart{guest, guest, cartOf("c1")}
		if err := r.Warm(t.Context(), carts...); err != nil {
			t.Fatal(err)
		}
		equal(t, "calls for what is fresh", src.calls()-12, 0)
		for _, a := range src.log() {
			equal(t, "customer", a.filters.CustomerID, "")
		}
	})
}

func TestWarmReportsEveryFailureAndIsReadyAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &recorder{}
		src := scripted(func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
			if f.Currencies[0] == "USD" {
				return resolver.Catalog{}, fmt.Errorf("400: %w", resolver.ErrRejected)
			}
			return catalog("kpay"), nil
		})
		r := open(t, src, resolver.WithObserver(o))
		err := r.Warm(t.Context(),
			guest, inUSD(resolver.OneOff), inUSD(resolver.PreOrder), resolver.Cart{Type: "x"}, resolver.Cart{})
		if !errors.Is(err, resolver.ErrRejected) || !errors.Is(err, resolver.ErrInvalidCart) {
			t.Fatalf("got %v", err)
		}
		for _, part := range []string{"one_off USD", "pre_order USD", `"x"`, "no type"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v does not name %s", err, part)
			}
		}
		equal(t, "ready", r.Ready(), true)
		warm := o.of(resolver.EventWarm)
		equal(t, "events", len(warm), 3)
		for i, e := range warm {
			if e.Count != i+1 || e.Total != 3 || (e.Err != nil) != (e.Currency == "USD") {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestWarmLeavesWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, scripted(hangs))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := r.Warm(ctx)
		equal(t, "took", time.Since(began), 50*time.Millisecond)
		if !errors.Is(err, context.DeadlineExceeded) || !r.Ready() {
			t.Fatalf("got %v, ready %t", err, r.Ready())
		}
	})
}

func TestTheStateTellsWhatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := catalog("kpay", "test")
		c.Methods[1].Sandbox = resolver.Yes
		src := scripted(answers(c))
		r := open(t, src, resolver.WithFreshness(time.Hour, 4*time.Hour), resolver.WithCustomers(7))
		start := time.Now()
		slot := slotOf(t, r, guest)
		if slot.Status != "cold" || slot.Asked || slot.PGCodes == nil || !slot.FetchedAt.IsZero() {
			t.Fatalf("cold: %+v", slot)
		}
		want(t, r, guest, "kpay")
		want(t, r, guest, "kpay")
		want(t, r, cartOf("c1"), "kpay")
		equal(t, "quota left at once of a tenth", r.State().QuotaLeft, 1798)
		pass(time.Minute)
		slot = slotOf(t, r, guest)
		if slot.Status != "fresh" || !slot.Asked || slot.Age != time.Minute || !slot.FetchedAt.Equal(start) ||
			slot.Fetching || fmt.Sprint(slot.PGCodes, slot.Excluded) != "[kpay] [test]" {
			t.Fatalf("fresh: %+v", slot)
		}
		st := r.State()
		if st.Environment != resolver.Production || st.Origin != "https://shop.example" || st.Principal != "tests" ||
			st.Ready || st.Customers != 1 || st.CustomersMax != 7 || len(st.Slots) != 12 {
			t.Fatalf("%+v", st)
		}
		if n := st.Counters; n.Hits != 1 || n.Misses != 2 || n.Fetches != 2 || n.FetchErrors != 0 || n.Stale != 0 {
			t.Fatalf("%+v", n)
		}

		src.script(fails(errDown))
		pass(time.Hour)
		want(t, r, guest, "kpay")
		slot = slotOf(t, r, guest)
		if slot.Status != "stale" || slot.Failures == 0 || slot.LastError != errDown.Error() || slot.NextTry.IsZero() {
			t.Fatalf("stale: %+v", slot)
		}
		if n := r.State().Counters; n.Stale != 1 || n.FetchErrors == 0 || n.FetchErrors != n.Fetches-2 {
			t.Fatalf("%+v", n)
		}
		src.script(hangs)
		pass(4 * time.Hour)
		for !slotOf(t, r, guest).Fetching {
			pass(time.Second)
		}
		equal(t, "status", slotOf(t, r, guest).Status, "expired")
		_, _ = r.Resolve(t.Context(), guest)
		equal(t, "failures", r.State().Counters.Failures, 1)

		text, err := json.Marshal(r.State())
		if err != nil || strings.Contains(string(text), "c1") || !strings.Contains(string(text), `"pg_codes":["kpay"]`) {
			t.Fatalf("%s, %v", text, err)
		}
	})
}
