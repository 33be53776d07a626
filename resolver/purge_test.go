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

// world is every kind of answer: two cart types in two currencies, for a guest and for two customers.
func world() (carts []resolver.Cart) {
	for _, t := range []resolver.CartType{resolver.OneOff, resolver.PaymentRequest} {
		for _, currency := range []string{"KWD", "USD"} {
			for _, customer := range []string{"", "c1", "c2"} {
				carts = append(carts, resolver.Cart{Type: t, Currency: currency, CustomerID: customer})
			}
		}
	}
	return carts
}

var scopes = []resolver.Scope{
	{},
	{CartType: resolver.OneOff},
	{Currency: "USD"},
	{CartType: resolver.OneOff, Currency: "USD"},
	{CustomerID: "c1"},
	{CustomerID: "c1", CartType: resolver.OneOff},
	resolver.ScopeOf(resolver.Cart{Type: resolver.OneOff, Currency: "KWD", CustomerID: "c2"}),
}

func inScope(s resolver.Scope, c resolver.Cart) bool {
	return (s.CartType == "" || s.CartType == c.Type) && (s.Currency == "" || s.Currency == c.Currency) &&
		(s.CustomerID == "" || s.CustomerID == c.CustomerID)
}

func TestPurgeDropsWhatIsInItsScopeAndNothingElse(t *testing.T) {
	for _, scope := range scopes {
		t.Run(fmt.Sprintf("%s%s", scope, scope.CustomerID), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(numbered)
				r := open(t, src)
				before := map[string]string{}
				key := func(c resolver.Cart) string { return c.String() + c.CustomerID }
				var wanted resolver.Purged
				for _, c := range world() {
					before[key(c)] = codes(t, r, c)[0]
					switch {
					case !inScope(scope, c):
					case c.CustomerID == "":
						wanted.Base++
					default:
						wanted.Customers++
					}
				}
				got, err := r.Purge(scope)
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "purged", got, wanted)
				for _, c := range world() {
					if isNew := codes(t, r, c)[0] != before[key(c)]; isNew != inScope(scope, c) {
						t.Errorf("%s of %q is new: %t", c, c.CustomerID, isNew)
					}
				}
				equal(t, "purges", r.State().Counters.Purges, 1)
			})
		})
	}
}

func TestRefreshSwapsTheBaseAnswersInItsScopeAndDropsTheCustomers(t *testing.T) {
	for _, scope := range scopes {
		t.Run(fmt.Sprintf("%s%s", scope, scope.CustomerID), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(numbered)
				r := open(t, src)
				for _, c := range world() {
					codes(t, r, c)
				}
				src.script(lists("new"))
				before := src.calls()
				p, err := r.Refresh(t.Context(), scope)
				if err != nil || p.Failed != 0 || p.Base != 0 {
					t.Fatalf("%+v, %v", p, err)
				}
				equal(t, "calls, none of them for a slot that nobody asked", src.calls()-before, p.Refreshed)
				for _, c := range world() {
					// A base answer was swapped already; a customer's is fetched when it is asked for.
					if isNew := codes(t, r, c)[0] == "new"; isNew != inScope(scope, c) {
						t.Errorf("%s of %q is new: %t", c, c.CustomerID, isNew)
					}
				}
			})
		})
	}
}

func TestARefreshThatFailsKeepsTheOldAnswersAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("old"))
		r := open(t, src)
		want(t, r, guest, "old")
		want(t, r, inUSD(resolver.OneOff), "old")
		src.script(func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
			if f.Currencies[0] == "USD" {
				return resolver.Catalog{}, errDown
			}
			return catalog("new"), nil
		})
		p, err := r.Refresh(t.Context(), resolver.Scope{})
		if !errors.Is(err, errDown) || p.Refreshed != 1 || p.Failed != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		want(t, r, guest, "new")
		want(t, r, inUSD(resolver.OneOff), "old")
		equal(t, "still fresh", resolve(t, r, inUSD(resolver.OneOff)).Freshness().Fresh, true)
	})
}

func TestARefreshLeavesWithItsCallerAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(numbered)
		r := open(t, src)
		want(t, r, guest, "v1")
		src.script(after(time.Second, numbered))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		began := time.Now()
		p, err := r.Refresh(ctx, resolver.Scope{})
		equal(t, "took", time.Since(began), 10*time.Millisecond)
		if !errors.Is(err, context.DeadlineExceeded) || p.Failed != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		want(t, r, guest, "v1")
		pass(time.Second)
		want(t, r, guest, "v2")
	})
}

// Both work in the middle of a flight: what it brings may be from before the change that somebody wants to see.
func TestWhatWasOnItsWayIsNeverServed(t *testing.T) {
	drop := map[string]func(*resolver.Resolver) error{
		"Purge": func(r *resolver.Resolver) error { _, err := r.Purge(resolver.Scope{}); return err },
		"Refresh": func(r *resolver.Resolver) error {
			_, err := r.Refresh(context.Background(), resolver.Scope{})
			return err
		},
	}
	for name, drop := range drop {
		for _, cart := range []resolver.Cart{guest, cartOf("c1")} {
			t.Run(name+" "+cart.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					src := scripted(after(time.Second, lists("old")))
					r := open(t, src)
					var wg sync.WaitGroup
					for range 1000 {
						wg.Go(func() { want(t, r, cart, "new") })
					}
					pass(500 * time.Millisecond)
					src.script(after(time.Second, lists("new")))
					if err := drop(r); err != nil {
						t.Fatal(err)
					}
					want(t, r, cart, "new")
					wg.Wait()
					equal(t, "calls", src.callsFor(cart.CustomerID), 2)
				})
			})
		}
	}
}

// An evicted customer's flight is out of a purge's reach; those who wait for it must see that a purge came in between.
func TestAPurgeReachesTheWaitersOfAnEvictedCustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("base"), after(500*time.Millisecond, lists("old"))))
		r := open(t, src, resolver.WithCustomers(1))
		var wg sync.WaitGroup
		wg.Go(func() { want(t, r, cartOf("c1"), "new") })
		pass(100 * time.Millisecond)
		wg.Go(func() { _, _ = r.Resolve(context.Background(), cartOf("c2")) }) // evicts the first
		synctest.Wait()
		src.script(split(lists("base"), lists("new")))
		if _, err := r.Purge(resolver.Scope{CustomerID: "c1"}); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
	})
}

// Who purges changed something at Ottu, perhaps what made the questions fail.
func TestAPurgeForgetsTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("old"))
		r := open(t, src, resolver.WithFreshness(time.Hour, 24*time.Hour))
		want(t, r, guest, "old")
		src.script(fails(resolver.ErrRejected))
		pass(time.Hour)
		src.script(lists("new"))
		want(t, r, guest, "old")
		if _, err := r.Purge(resolver.Scope{}); err != nil {
			t.Fatal(err)
		}
		want(t, r, guest, "new")
	})
}

func TestAScopeThatCanMatchNothingIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, scripted(numbered))
		want(t, r, guest, "v1")
		for _, c := range []struct {
			scope resolver.Scope
			code  resolver.CartCode
		}{
			{resolver.Scope{CartType: "one-off"}, resolver.CartTypeUnknown},
			{resolver.Scope{Currency: "EUR"}, resolver.CartCurrencyNotSold},
			{resolver.Scope{Currency: "kwd", CustomerID: "c1"}, resolver.CartCurrencyNotSold},
		} {
			_, errPurge := r.Purge(c.scope)
			_, errRefresh := r.Refresh(t.Context(), c.scope)
			for _, err := range []error{errPurge, errRefresh} {
				var bad *resolver.CartError
				if !errors.As(err, &bad) || bad.Code != c.code {
					t.Errorf("%s: %v", c.scope, err)
				}
			}
		}
		want(t, r, guest, "v1")
	})
}

// The one who waits for something newer than what there is must not be handed what was purged meanwhile.
func TestAConfirmGetsNothingThatWasPurgedWhileItWaited(t *testing.T) {
	for name, purge := range map[string]func(*testing.T, *resolver.Resolver){
		"in the slot": func(*testing.T, *resolver.Resolver) {},
		"evicted":     func(t *testing.T, r *resolver.Resolver) { _ = resolve(t, r, cartOf("another")) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(lists("old"))
				r := open(t, src, resolver.WithCustomers(1), resolver.WithCustomerFreshness(time.Hour, 2*time.Hour), resolver.WithPersonalWait(0))
				want(t, r, guest, "old")
				_ = resolve(t, r, cartOf("c"))
				pass(20 * time.Minute)
				src.script(hangs)
				got := make(chan *resolver.Eligibility, 1)
				go func() {
					e, _ := r.Confirm(t.Context(), cartOf("c"))
					got <- e
				}()
				synctest.Wait()
				purge(t, r)
				if _, err := r.Purge(resolver.Scope{}); err != nil {
					t.Fatal(err)
				}
				if e := <-got; e != nil {
					t.Fatalf("got %v", e)
				}
			})
		})
	}
}

func TestAWarmWhoseContextEndedAsksNothing(t *testing.T) {
	src := scripted(lists("kpay"))
	r := open(t, src)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Warm(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("err: %v", err)
	}
	equal(t, "calls", src.calls(), 0)
	if !r.Ready() {
		t.Fatal("warming was attempted")
	}
}
