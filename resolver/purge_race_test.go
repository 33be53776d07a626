package resolver_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tendergo/tender/resolver"
)

// A merchant changes something, purges, and says so. Nobody who comes after that may see what was before: not in a base
// slot, not as a customer, not while customers are evicted, whatever was on its way.
func TestAfterAPurgeOrARefreshNobodySeesTheOldAnswer(t *testing.T) {
	scopes := map[string]resolver.Scope{
		"everything":   {},
		"a cart type":  {CartType: resolver.OneOff},
		"one currency": {Currency: "KWD"},
	}
	drops := map[string]func(*resolver.Resolver, resolver.Scope) error{
		"purge": func(r *resolver.Resolver, s resolver.Scope) error { _, err := r.Purge(s); return err },
		"refresh": func(r *resolver.Resolver, s resolver.Scope) error {
			_, err := r.Refresh(context.Background(), s)
			return err
		},
	}
	for name, drop := range drops {
		for what, scope := range scopes {
			t.Run(name+" "+what, func(t *testing.T) { chase(t, scope, drop) })
		}
	}
}

func chase(t *testing.T, scope resolver.Scope, drop func(*resolver.Resolver, resolver.Scope) error) {
	const changes, shoppers = 350, 8
	var version, announced atomic.Int64
	src := scripted(func(context.Context, int, resolver.Filters) (resolver.Catalog, error) {
		v := version.Load()
		for range rand.IntN(20) {
			runtime.Gosched()
		}
		return catalog(strconv.FormatInt(v, 10)), nil
	})
	r := open(t, src, resolver.WithDailyQuota(resolver.Unlimited), resolver.WithCustomers(3))
	var wg sync.WaitGroup
	var stop atomic.Bool
	for n := range shoppers {
		wg.Go(func() {
			for i := n; !stop.Load(); i++ {
				cart := guest
				if i%3 != 0 {
					cart = cartOf(fmt.Sprint("c", i%5)) // five customers in three places
				}
				floor := announced.Load()
				seen, err := strconv.ParseInt(codes(t, r, cart)[0], 10, 64)
				if err != nil || seen < floor {
					t.Errorf("%s saw version %d after %d was announced", cart, seen, floor)
					return
				}
			}
		})
	}
	for range changes {
		v := version.Add(1)
		if err := drop(r, scope); err != nil && !t.Failed() {
			// Two refreshes do not overlap here, and the source never fails.
			t.Error(err)
		}
		announced.Store(v)
		runtime.Gosched()
	}
	stop.Store(true)
	wg.Wait()
}

// Everything at once, for the race detector.
func TestEverythingAtOnce(t *testing.T) {
	src := scripted(func(_ context.Context, n int, _ resolver.Filters) (resolver.Catalog, error) {
		switch n % 7 {
		case 0:
			return resolver.Catalog{}, errDown
		case 1:
			panic("boom")
		case 2:
			runtime.Goexit()
		}
		return catalog("kpay", fmt.Sprint("v", n%3)), nil
	})
	r := open(t, src, resolver.WithDailyQuota(resolver.Unlimited), resolver.WithCustomers(10),
		resolver.WithFreshness(1000, 1e9), resolver.WithCustomerFreshness(1000, 1e9), resolver.WithBackoff(1, 1),
		resolver.WithObserver(&recorder{}), resolver.WithDrift(func(resolver.Drift) {}), resolver.WithPersonalWait(0),
		resolver.WithMaxWait(1e6))
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 400 {
				cart := cartOf(fmt.Sprint("c", (i*n)%40))
				switch (i + n) % 8 {
				case 0:
					_, _ = r.Purge(resolver.ScopeOf(cart))
				case 1:
					_, _ = r.Refresh(context.Background(), resolver.Scope{})
				case 2:
					_ = r.State()
				case 3:
					_ = r.Prefetch(context.Background(), cart)
				case 4:
					_ = r.Warm(context.Background(), guest)
				case 5:
					_, _ = r.Confirm(context.Background(), cart)
				default:
					if e, err := r.Resolve(context.Background(), cart); err == nil && !e.Has("kpay") {
						t.Errorf("%s", e)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
