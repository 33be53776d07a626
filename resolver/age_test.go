package resolver_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

func TestPastTheSoftAgeTheOldAnswerIsServedAtOnceAndReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(time.Second, numbered))
		r := open(t, src, resolver.WithFreshness(time.Hour, 2*time.Hour))
		want(t, r, guest, "v1")
		pass(time.Hour + 500*time.Millisecond) // jitter ended it earlier; the refresh has landed or is under way
		began := time.Now()
		codes(t, r, guest)
		equal(t, "waited", time.Since(began), 0)
		pass(time.Hour)
		if got := codes(t, r, guest)[0]; got == "v1" {
			t.Fatal("the old answer is still there")
		}
	})
}

func TestAStaleAnswerSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(numbered)
		r := open(t, src, resolver.WithFreshness(time.Hour, 48*time.Hour))
		fetched := time.Now()
		if f := resolve(t, r, guest).Freshness(); !f.Fresh || !f.Personal || !f.FetchedAt.Equal(fetched) {
			t.Fatalf("a new answer: %+v", f)
		}
		src.script(hangs)
		pass(2 * time.Hour)
		f := resolve(t, r, guest).Freshness()
		if f.Fresh || !f.FetchedAt.Equal(fetched) {
			t.Fatalf("a stale answer: %+v", f)
		}
	})
}

func TestABaseSlotIsRefreshedByItsAgeWithoutTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(numbered)
		r := open(t, src)
		want(t, r, guest, "v1")
		pass(5 * 24 * time.Hour)
		// Five days at a soft age of 21.6 to 24 hours.
		if n := src.calls(); n != 6 {
			t.Fatalf("%d calls in five days", n)
		}
		for _, a := range src.log() {
			if f := a.filters; f.CustomerID != "" || f.Currencies[0] != "KWD" || f.Plugin != "e_commerce" {
				t.Fatalf("a slot that nobody asked was fetched: %s", f)
			}
		}
	})
}

func TestJitterOnlyShortensByAtMostATenth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src, resolver.WithFreshness(10*time.Hour, 20*time.Hour))
		want(t, r, guest, "kpay")
		pass(20 * 24 * time.Hour)
		log, spread := src.log(), map[time.Duration]bool{}
		for i := 1; i < len(log); i++ {
			gap := log[i].at.Sub(log[i-1].at)
			within(t, "a soft age of 10 hours", gap, 9*time.Hour, 10*time.Hour)
			spread[gap] = true
		}
		if len(spread) < 10 {
			t.Fatalf("%d refreshes came at %d different ages", len(log)-1, len(spread))
		}
	})
}

// A refresh that fails early must not hide the end of the soft age behind the end of its backoff.
func TestAFailedRefreshDoesNotKeepAnAnswerFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(numbered)
		r := open(t, src, resolver.WithFreshness(10*time.Second, 40*time.Second), resolver.WithBackoff(time.Hour, time.Hour))
		want(t, r, guest, "v1")
		src.script(fails(errDown))
		if _, err := r.Refresh(t.Context(), resolver.Scope{}); !errors.Is(err, errDown) {
			t.Fatal(err)
		}
		equal(t, "fresh", resolve(t, r, guest).Freshness().Fresh, true)
		pass(10 * time.Second)
		equal(t, "fresh", resolve(t, r, guest).Freshness().Fresh, false)
		pass(30 * time.Second)
		if _, err := r.Resolve(t.Context(), guest); !errors.Is(err, resolver.ErrUnavailable) {
			t.Fatalf("past the hard age: %v", err)
		}
	})
}

func TestPastTheHardAgeThereIsNoAnswerUntilTheSourceIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(numbered)
		r := open(t, src, resolver.WithFreshness(time.Hour, 3*time.Hour))
		want(t, r, guest, "v1")
		src.script(fails(errDown))
		pass(3*time.Hour - time.Nanosecond)
		want(t, r, guest, "v1")
		pass(time.Nanosecond)
		_, err := r.Resolve(context.Background(), guest)
		if !errors.Is(err, resolver.ErrUnavailable) || !errors.Is(err, errDown) {
			t.Fatalf("past the hard age: %v", err)
		}
		equal(t, "status", slotOf(t, r, guest).Status, "expired")
		src.script(lists("kpay"))
		pass(38 * time.Second) // the longest backoff of a slot with nothing to serve, without any traffic
		equal(t, "status", slotOf(t, r, guest).Status, "fresh")
		want(t, r, guest, "kpay")
	})
}

func TestTheSlotsOfAShopWhoseCustomersAreAllSignedInGetABaseAnswer(t *testing.T) {
	ask := map[string]func(*testing.T, *resolver.Resolver){
		"by Resolve": func(t *testing.T, r *resolver.Resolver) { want(t, r, cartOf("c1"), "own") },
		"by Prefetch": func(t *testing.T, r *resolver.Resolver) {
			if err := r.Prefetch(t.Context(), cartOf("c1")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			want(t, r, cartOf("c1"), "own")
		},
	}
	for name, ask := range ask {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(split(lists("base"), lists("own")))
				r := open(t, src)
				ask(t, r)
				equal(t, "base calls", src.callsFor(""), 0)
				pass(3 * time.Second)
				equal(t, "base calls", src.callsFor(""), 1)
				src.script(fails(errDown))
				want(t, r, cartOf("c2"), "base")

				// A purge forgets the wish with the answer; the next customer has it again.
				src.script(split(lists("base"), lists("own")))
				if _, err := r.Purge(resolver.Scope{}); err != nil {
					t.Fatal(err)
				}
				pass(time.Hour)
				equal(t, "base calls after a purge", src.callsFor(""), 1)
				ask(t, r)
				pass(3 * time.Second)
				equal(t, "base calls", src.callsFor(""), 2)
			})
		})
	}
}

func slotOf(t testing.TB, r *resolver.Resolver, cart resolver.Cart) resolver.SlotState {
	t.Helper()
	for _, s := range r.State().Slots {
		if s.CartType == cart.Type && s.Currency == cart.Currency {
			return s
		}
	}
	t.Fatalf("%s has no slot", cart)
	return resolver.SlotState{}
}
