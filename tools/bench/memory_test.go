package bench

import (
	"context"
	"fmt"
	"math/rand"
	"runtime"
	"sync"
	"testing"
)

// grown is how many bytes the heap grew while customers came, each with an answer of its own, one after the other.
func grown(tb testing.TB, m maker, customers int) int64 {
	u := newUpstream(0)
	c := m.make(tb, u, usual())
	defer c.close()
	if _, err := c.codes(context.Background(), guest); err != nil { // a shop's first answer
		tb.Fatal(err)
	}
	before := heap(u)
	const callers = 8
	var wg sync.WaitGroup
	for from := range callers {
		wg.Go(func() {
			for i := from; i < customers; i += callers {
				cart := guest
				cart.CustomerID = fmt.Sprintf("customer-%07d", i)
				if _, err := c.codes(context.Background(), cart); err != nil {
					tb.Errorf("%s: %v", m.name, err)
					return
				}
			}
		})
	}
	wg.Wait()
	after := heap(u)
	runtime.KeepAlive(c)
	return after - before
}

// heap is what is in use once everything else is collected, the upstream's own records too.
func heap(u *upstream) int64 {
	u.reset()
	runtime.GC()
	runtime.GC() // what a finalizer or a pool let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// hitRatio is the share of requests answered from memory, of customers that come as Zipf's law says, exponent 1.1, ten
// times as many of them as are remembered.
func hitRatio(tb testing.TB, m maker, customers, requests int) float64 {
	u, s := newUpstream(0), usual()
	s.customers = customers / 10
	c := m.make(tb, u, s)
	defer c.close()
	if _, err := c.codes(context.Background(), guest); err != nil {
		tb.Fatal(err)
	}
	u.reset()
	zipf := rand.NewZipf(rand.New(rand.NewSource(1)), 1.1, 1, uint64(customers-1))
	for range requests {
		cart := guest
		cart.CustomerID = fmt.Sprintf("customer-%07d", zipf.Uint64())
		if _, err := c.codes(context.Background(), cart); err != nil {
			tb.Fatal(err)
		}
	}
	return 1 - float64(u.calls())/float64(requests)
}
