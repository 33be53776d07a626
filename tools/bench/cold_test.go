package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
)

// guest is a cart without a customer.
var guest = resolver.Cart{Type: resolver.OneOff, Currency: "KWD"}

// crowd sends callers to one cold slot at once, and counts the upstream calls.
func crowd(tb testing.TB, m maker, delay time.Duration, callers int) (calls int) {
	u := newUpstream(delay)
	c := m.make(tb, u, usual())
	defer c.close()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			if _, err := c.codes(context.Background(), guest); err != nil {
				tb.Errorf("%s: %v", m.name, err)
			}
		})
	}
	wg.Wait()
	return u.calls()
}

// walk has callers walk over cold customers together, several times, and counts the customers fetched more than once.
func walk(tb testing.TB, m maker, callers, customers, times int) (fetchedTwice int) {
	u := newUpstream(200 * time.Microsecond)
	c := m.make(tb, u, usual())
	defer c.close()
	if _, err := c.codes(context.Background(), guest); err != nil { // a shop's first answer
		tb.Fatal(err)
	}
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := range customers * times {
				cart := guest
				cart.CustomerID = fmt.Sprintf("customer-%05d", i%customers)
				if _, err := c.codes(context.Background(), cart); err != nil {
					tb.Errorf("%s: %v", m.name, err)
				}
			}
		})
	}
	wg.Wait()
	return u.fetchedTwice()
}

// deserted is what came of it when the first caller left.
type deserted struct {
	failed, calls int
	back          time.Duration // how long the first caller was held after it left
}

// desert has the first caller at a cold slot leave while others wait.
func desert(tb testing.TB, m maker, delay time.Duration, waiters int, detach bool) (d deserted) {
	u, s := newUpstream(delay), usual()
	s.detach = detach
	c := m.make(tb, u, s)
	defer c.close()
	first, leave := context.WithCancel(context.Background())
	defer leave()
	var left, returned time.Time
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = c.codes(first, guest)
		returned = time.Now()
	})
	<-u.started
	var failed atomic.Int64
	for range waiters {
		wg.Go(func() {
			if _, err := c.codes(context.Background(), guest); err != nil {
				failed.Add(1)
			}
		})
	}
	time.Sleep(delay / 4) // until they wait; one that came too late would find the answer, and not fail either
	left = time.Now()
	leave()
	wg.Wait()
	d.failed, d.calls, d.back = int(failed.Load()), u.calls(), returned.Sub(left)
	return d
}

// hurry sends a caller with a short deadline to a cold slot, behind another caller or alone, and tells when it is back.
func hurry(tb testing.TB, m maker, delay, deadline time.Duration, behind bool) time.Duration {
	u := newUpstream(delay)
	c := m.make(tb, u, usual())
	defer c.close()
	var wg sync.WaitGroup
	defer wg.Wait()
	if behind {
		wg.Go(func() { _, _ = c.codes(context.Background(), guest) })
		<-u.started
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	began := time.Now()
	_, _ = c.codes(ctx, guest)
	return time.Since(began)
}
