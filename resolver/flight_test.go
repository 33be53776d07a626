package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

func TestAThousandCallersOfAColdSlotAreOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(50*time.Millisecond, lists("kpay")))
		r := open(t, src)
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() { want(t, r, guest, "kpay") })
		}
		wg.Wait()
		equal(t, "calls", src.calls(), 1)
	})
}

func TestCallersWhoWalkColdCustomersTogetherFetchNoneTwice(t *testing.T) {
	const callers, customers, rounds = 8, 9000, 10
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(50*time.Millisecond, lists("kpay")))
		r := open(t, src, resolver.WithDailyQuota(resolver.Unlimited), resolver.WithMaxFlights(1000),
			resolver.WithCustomerFreshness(time.Hour, time.Hour))
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for range rounds {
					for i := range customers {
						want(t, r, cartOf(fmt.Sprint("c", i)), "kpay")
					}
				}
			})
		}
		wg.Wait()
		times := map[string]int{}
		for _, a := range src.log() {
			times[a.filters.CustomerID]++
		}
		for id, n := range times {
			if id != "" && n > 1 {
				t.Fatalf("%s was fetched %d times", id, n)
			}
		}
	})
}

func TestTheFirstCallerMayLeaveWithoutTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(50*time.Millisecond, lists("kpay")))
		r := open(t, src)
		first, leave := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := r.Resolve(first, guest)
			if !errors.Is(err, context.Canceled) || !errors.Is(err, resolver.ErrUnavailable) {
				t.Errorf("the first caller got %v", err)
			}
		})
		synctest.Wait()
		for range 99 {
			wg.Go(func() { want(t, r, guest, "kpay") })
		}
		synctest.Wait()
		leave()
		wg.Wait()
		equal(t, "calls", src.calls(), 1)
	})
}

func TestAFollowerWithAShortDeadlineLeavesOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(50*time.Millisecond, lists("kpay")))
		r := open(t, src)
		go func() { _, _ = r.Resolve(context.Background(), guest) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := r.Resolve(ctx, guest)
		equal(t, "waited", time.Since(began), 10*time.Millisecond)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestNobodyWaitsLongerThanMaxWait(t *testing.T) {
	for _, cart := range []resolver.Cart{guest, cartOf("c1")} {
		synctest.Test(t, func(t *testing.T) {
			src := scripted(hangs)
			r := open(t, src, resolver.WithMaxWait(700*time.Millisecond))
			began := time.Now()
			_, err := r.Resolve(context.Background(), cart)
			equal(t, "waited", time.Since(began), 700*time.Millisecond)
			var u *resolver.UnavailableError
			if !errors.As(err, &u) || u.RetryAfter <= 0 {
				t.Fatalf("%s: an UnavailableError with a RetryAfter is due, not %v", cart, err)
			}
		})
	}
}

// A flight serves others than the request that happened to start it.
func TestAFlightKnowsNothingOfTheRequestThatStartedIt(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		src := scripted(func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
			if v := ctx.Value(key{}); v != nil {
				t.Errorf("the request's value %v reached the source", v)
			}
			deadline, ok := ctx.Deadline()
			if !ok || time.Until(deadline) != 5*time.Second {
				t.Errorf("the flight's deadline is %v", deadline)
			}
			return after(time.Second, lists("kpay"))(ctx, n, f)
		})
		r := open(t, src)
		ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), key{}, "secret"), time.Millisecond)
		defer cancel()
		if _, err := r.Resolve(ctx, guest); err == nil {
			t.Fatal("a caller with a millisecond got an answer that takes a second")
		}
		pass(2 * time.Second)
		want(t, r, guest, "kpay")
		equal(t, "calls", src.calls(), 1)
	})
}

func TestOnlyAFlightThatSomebodyWaitsForMayRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var may []bool
		src := scripted(func(ctx context.Context, _ int, _ resolver.Filters) (resolver.Catalog, error) {
			may = append(may, resolver.MayRetry(ctx))
			if len(may) == 1 {
				return resolver.Catalog{}, errDown
			}
			return catalog("kpay"), nil
		})
		r := open(t, src)
		if _, err := r.Resolve(t.Context(), guest); err == nil {
			t.Fatal("the source was down")
		}
		pass(24 * time.Hour) // the slot tries again, then refreshes by its age
		equal(t, "may", fmt.Sprint(may), "[true false false]")
		equal(t, "outside of a Resolver", resolver.MayRetry(context.Background()), true)
	})
}

func TestTheFlightsAtOnceAreBoundedAndSomeAreKeptForBaseAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(after(4*time.Second, lists("kpay")))
		r := open(t, src, resolver.WithMaxFlights(8), resolver.WithMaxWait(10*time.Second))
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() { _, _ = r.Resolve(context.Background(), cartOf(fmt.Sprint("c", i))) })
		}
		synctest.Wait()
		equal(t, "customers' flights at once", src.atOnce(), 6)
		began := time.Now()
		want(t, r, guest, "kpay")
		equal(t, "a guest waited", time.Since(began), 4*time.Second)
		wg.Wait()
		if n := src.atOnce(); n > 8 {
			t.Fatalf("%d flights at once", n)
		}
		if held := r.State().Counters.HeldFlights; held == 0 {
			t.Fatal("the flights that found no place are not counted")
		}
	})
}

// A customer's flight needs two places; one that waits in vain for the second must not keep the first.
func TestAFlightThatFoundNoPlaceLeavesNoneTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(func(context.Context, int, resolver.Filters) (resolver.Catalog, error) {
			time.Sleep(20 * time.Second) // whatever its deadline says
			return catalog("late"), nil
		})
		r := open(t, src, resolver.WithMaxFlights(2))
		for _, cart := range []resolver.Cart{guest, inUSD(resolver.OneOff), cartOf("c1")} {
			if _, err := r.Resolve(t.Context(), cart); err == nil {
				t.Fatalf("%s got an answer", cart)
			}
		}
		src.script(lists("kpay"))
		pass(time.Minute)
		if e := resolve(t, r, cartOf("c2")); !e.Freshness().Personal {
			t.Fatal("the places for customers are used up")
		}
	})
}

// A source that asks the Resolver something must not find a lock held.
func TestASourceMayCallTheResolver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *resolver.Resolver
		src := scripted(func(ctx context.Context, n int, _ resolver.Filters) (resolver.Catalog, error) {
			if n == 1 {
				_ = r.State()
				if _, err := r.Resolve(ctx, resolver.Cart{Currency: "USD", Type: resolver.PreOrder}); err != nil {
					t.Errorf("another slot: %v", err)
				}
				if _, err := r.Purge(resolver.Scope{Currency: "USD"}); err != nil {
					t.Error(err)
				}
				if err := r.Prefetch(ctx, cartOf("c1")); err != nil {
					t.Error(err)
				}
			}
			return catalog("kpay"), nil
		})
		r = open(t, src)
		want(t, r, guest, "kpay")
	})
}
