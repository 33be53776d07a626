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

func TestCloseInTheMiddleOfEverythingEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble fails if a goroutine stays
		src := scripted(lists("kpay"))
		r := open(t, src)
		want(t, r, guest, "kpay")
		src.script(hangs)
		var wg sync.WaitGroup
		for i := range 100 {
			cart := inUSD(resolver.OneOff)
			if i%2 == 0 {
				cart = resolver.Cart{CustomerID: fmt.Sprint("c", i), Currency: "USD", Type: resolver.Subscription}
			}
			wg.Go(func() {
				_, err := r.Resolve(context.Background(), cart)
				if !errors.Is(err, resolver.ErrClosed) || !errors.Is(err, resolver.ErrUnavailable) {
					t.Errorf("a waiter got %v", err)
				}
			})
		}
		wg.Go(func() {
			if _, err := r.Refresh(context.Background(), resolver.Scope{}); !errors.Is(err, resolver.ErrClosed) {
				t.Errorf("the refresh got %v", err)
			}
		})
		pass(time.Second)
		began := time.Now()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		equal(t, "took", time.Since(began), 0)
		if err := r.Close(); err != nil {
			t.Fatalf("the second time: %v", err)
		}
		calls := src.calls()
		pass(24 * time.Hour)
		equal(t, "calls after Close", src.calls(), calls)
	})
}

func TestAfterCloseMemoryAnswersUntilItsHardAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("base"), lists("own")))
		r := open(t, src, resolver.WithFreshness(time.Hour, 4*time.Hour))
		want(t, r, guest, "base")
		want(t, r, cartOf("c1"), "own")
		_ = r.Close()
		fresh := func(cart resolver.Cart, fresh bool, codes ...string) {
			t.Helper()
			want(t, r, cart, codes...)
			equal(t, "fresh", resolve(t, r, cart).Freshness().Fresh, fresh)
		}
		fresh(guest, true, "base")
		fresh(cartOf("c1"), true, "own")
		pass(10 * time.Minute)
		fresh(guest, true, "base")
		fresh(cartOf("c1"), false, "own")
		pass(10 * time.Minute)
		fresh(cartOf("c1"), true, "base") // the customer's own is past its hard age
		pass(2 * time.Hour)
		fresh(guest, false, "base")
		pass(2 * time.Hour)
		for _, cart := range []resolver.Cart{guest, cartOf("c1"), inUSD(resolver.OneOff)} {
			if _, err := r.Resolve(t.Context(), cart); !errors.Is(err, resolver.ErrClosed) {
				t.Errorf("%s: %v", cart, err)
			}
		}
		if _, err := r.Purge(resolver.Scope{}); err != nil {
			t.Error(err)
		}
		if err := r.Warm(t.Context(), guest); !errors.Is(err, resolver.ErrClosed) {
			t.Errorf("Warm: %v", err)
		}
		if err := r.Prefetch(t.Context(), cartOf("c2")); err != nil {
			t.Error(err)
		}
		if _, err := r.Refresh(t.Context(), resolver.Scope{}); !errors.Is(err, resolver.ErrClosed) {
			t.Errorf("Refresh: %v", err)
		}
	})
}

// Whatever held a question back before, what is missing after Close is missing because of it.
func TestAfterCloseABackoffIsNoExcuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, scripted(fails(retryLater{errDown, time.Hour})))
		_, _ = r.Resolve(t.Context(), guest)
		_ = r.Close()
		if _, err := r.Resolve(t.Context(), guest); !errors.Is(err, resolver.ErrClosed) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestCloseDoesNotWaitForeverForASourceThatIgnoresItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		src := scripted(func(context.Context, int, resolver.Filters) (resolver.Catalog, error) {
			<-free
			return catalog("late"), nil
		})
		r := open(t, src, resolver.WithFlightTimeout(2*time.Second))
		go func() { _, _ = r.Resolve(context.Background(), guest) }()
		synctest.Wait()
		began := time.Now()
		if err := r.Close(); err == nil {
			t.Fatal("nothing tells that a goroutine is left")
		}
		equal(t, "took", time.Since(began), 2*time.Second)
		if _, err := r.Resolve(t.Context(), guest); !errors.Is(err, resolver.ErrClosed) {
			t.Fatalf("got %v", err)
		}
		close(free)
		if err := r.Close(); err != nil {
			t.Fatalf("after the source returned: %v", err)
		}
	})
}

// A shop that forgets to close loses nothing but the timers of slots in use.
func TestAForgottenCloseLeavesNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := resolver.New(scripted(lists("kpay")), resolver.Production, []string{"KWD"})
		if err != nil {
			t.Fatal(err)
		}
		want(t, r, guest, "kpay")
		want(t, r, cartOf("c1"), "kpay")
	})
}
