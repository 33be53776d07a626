package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

func TestACustomerGetsTheirOwnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := catalog("kpay", "mpgs", "wallet")
		own.Past = []string{"gone", "mpgs", "kpay", "mpgs"}
		src := scripted(split(lists("kpay", "mpgs"), answers(own)))
		r := open(t, src)
		e := resolve(t, r, cartOf("c1"))
		equal(t, "codes", fmt.Sprint(e.PGCodes()), "[kpay mpgs wallet]")
		equal(t, "past", fmt.Sprint(e.PastPGCodes()), "[mpgs kpay]")
		equal(t, "personal", e.Freshness().Personal, true)
		want(t, r, guest, "kpay", "mpgs")
		equal(t, "asked for", src.log()[0].filters.CustomerID, "c1")
	})
}

func TestPastCodesAreNilWhereNobodyKnowsAndEmptyWhereThereAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src)
		if past := resolve(t, r, guest).PastPGCodes(); past != nil {
			t.Fatalf("a guest: %#v", past)
		}
		if past := resolve(t, r, cartOf("c1")).PastPGCodes(); past == nil || len(past) != 0 {
			t.Fatalf("a customer without any: %#v", past)
		}
		src.script(fails(errDown))
		e := resolve(t, r, cartOf("c2"))
		if past := e.PastPGCodes(); past != nil || e.Freshness().Personal {
			t.Fatalf("a customer with the base answer: %#v, %+v", past, e.Freshness())
		}
	})
}

func TestACustomerWaitsForTheirOwnAnswerWithinABudget(t *testing.T) {
	for _, c := range []struct{ budget, takes, waited time.Duration }{
		{time.Second, 2 * time.Second, time.Second},
		{time.Second, 300 * time.Millisecond, 300 * time.Millisecond},
		{0, 300 * time.Millisecond, 0},
	} {
		t.Run(fmt.Sprint(c.budget, c.takes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(split(lists("base"), after(c.takes, lists("own"))))
				r := open(t, src, resolver.WithPersonalWait(c.budget))
				want(t, r, guest, "base")
				began := time.Now()
				e := resolve(t, r, cartOf("c1"))
				equal(t, "waited", time.Since(began), c.waited)
				equal(t, "personal", e.Freshness().Personal, c.takes == c.waited)
				pass(c.takes)
				want(t, r, cartOf("c1"), "own") // the flight went on
				equal(t, "calls", src.callsFor("c1"), 1)
			})
		})
	}
}

func TestACustomersAnswerIsFreshForTwoMinutesAndGoneAfterFifteen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("base"), lists("own")))
		r := open(t, src)
		want(t, r, guest, "base")
		want(t, r, cartOf("c1"), "own")
		src.script(split(lists("base"), hangs))
		pass(107 * time.Second)
		equal(t, "fresh", resolve(t, r, cartOf("c1")).Freshness().Fresh, true)
		pass(14 * time.Second)
		equal(t, "fresh", resolve(t, r, cartOf("c1")).Freshness().Fresh, false)
		pass(15*time.Minute - 122*time.Second)
		want(t, r, cartOf("c1"), "own")
		pass(2 * time.Second)
		want(t, r, cartOf("c1"), "base")
	})
}

func TestACustomerIsNotRefreshedWithoutTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src)
		want(t, r, cartOf("c1"), "kpay")
		pass(24 * time.Hour)
		equal(t, "calls", src.callsFor("c1"), 1)
	})
}

func TestACustomerWhomTheSourceRejectsGetsTheBaseAnswer(t *testing.T) {
	for name, cold := range map[string]bool{"base answer cold": true, "base answer there": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(split(lists("base"), fails(fmt.Errorf("400: %w", resolver.ErrRejected))))
				r := open(t, src)
				if !cold {
					want(t, r, guest, "base")
				}
				e := resolve(t, r, cartOf("c1"))
				equal(t, "codes", fmt.Sprint(e.PGCodes()), "[base]")
				equal(t, "personal", e.Freshness().Personal, false)
				if err := e.Require("own"); !errors.Is(err, resolver.ErrUnknown) {
					t.Fatalf("the base answer cannot speak for a customer: %v", err)
				}
			})
		})
	}
}

func TestPrefetchHasTheAnswerReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(2*time.Second, lists("own")))
		r := open(t, src)
		began := time.Now()
		for range 3 {
			if err := r.Prefetch(t.Context(), cartOf("c1")); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "Prefetch took", time.Since(began), 0)
		pass(3 * time.Second)
		began = time.Now()
		want(t, r, cartOf("c1"), "own")
		equal(t, "waited", time.Since(began), 0)
		equal(t, "calls", src.callsFor("c1"), 1)
		var bad *resolver.CartError
		if err := r.Prefetch(t.Context(), cartOf("\n")); !errors.As(err, &bad) || bad.Code != resolver.CartCustomerMalformed {
			t.Fatal(err)
		}
		if err := r.Prefetch(t.Context(), resolver.Cart{}); !errors.Is(err, resolver.ErrInvalidCart) {
			t.Fatal(err)
		}
	})
}

func TestARenewalIsAskedWithoutItsCustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(answers(resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}))
		r := open(t, src)
		for i := range 100 {
			e := resolve(t, r, resolver.Cart{CustomerID: fmt.Sprint("c", i), Currency: "KWD", Type: resolver.Renewal})
			if e.PastPGCodes() != nil || !e.Freshness().Personal || !e.Has("mpgs") {
				t.Fatalf("%s", e)
			}
		}
		equal(t, "calls", src.calls(), 1)
		equal(t, "asked for", src.log()[0].filters.CustomerID, "")
	})
}

func TestAMalformedCustomerCostsNoCallAndNoMemory(t *testing.T) {
	for name, id := range map[string]string{
		"not UTF-8":           "c\xff",
		"65 characters":       strings.Repeat("ü", 65),
		"a control character": "c\x7f1",
		"a line break":        "c\n1",
		"blank":               " \t ",
		"a no-break space":    "\u00a0",
		"a C1 control":        "c\u0085",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(lists("kpay"))
				r := open(t, src)
				_, err := r.Resolve(t.Context(), cartOf(id))
				var bad *resolver.CartError
				if !errors.As(err, &bad) || bad.Code != resolver.CartCustomerMalformed || !errors.Is(err, resolver.ErrInvalidCart) {
					t.Fatalf("got %v", err)
				}
				if strings.Contains(err.Error(), id) && strings.TrimSpace(id) != "" {
					t.Fatalf("the error shows the ID: %v", err)
				}
				equal(t, "calls", src.calls(), 0)
				equal(t, "customers", r.State().Customers, 0)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		want(t, open(t, scripted(lists("kpay"))), cartOf(strings.Repeat("ü", 64)), "kpay")
	})
}

func TestAnEvictionDuringAFlightTakesNoAnswerAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		echo := func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
			return catalog("for-" + f.CustomerID), nil
		}
		src := scripted(after(500*time.Millisecond, echo))
		r := open(t, src, resolver.WithCustomers(1))
		var wg sync.WaitGroup
		for i := range 50 {
			id := fmt.Sprint("c", i)
			wg.Go(func() { want(t, r, cartOf(id), "for-"+id) })
		}
		wg.Wait()
		equal(t, "customers", r.State().Customers, 1)
		if n := r.State().Counters.Evictions; n < 49 { // more where one was evicted before its flight began
			t.Fatalf("%d evictions", n)
		}
	})
}

func TestWhoeverOverwritesAnAnswerChangesNothingForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, scripted(lists("a", "b", "c")))
		e := resolve(t, r, guest)
		got := e.PGCodes()
		got[0], got = "changed", append(got[:1], "more")
		for m := range e.Methods() {
			m.Code = "changed"
		}
		_ = got
		for _, other := range []*resolver.Eligibility{e, resolve(t, r, guest), resolve(t, r, cartOf("c1"))} {
			if c := other.PGCodes(); !slices.Equal(c, []string{"a", "b", "c"}) {
				t.Fatalf("%v", c)
			}
		}
	})
}
