package bench

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
)

// latencies are what requests took, and how many of them got no method at all.
type latencies struct {
	took   []time.Duration
	failed int
}

func (l latencies) percentile(p float64) time.Duration {
	if len(l.took) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(l.took))[int(p*float64(len(l.took)-1))]
}

// patience is how long a request waits for its answer.
const patience = 2 * time.Second

// drive sends requests at a rate for a time, of one cart after the other. Each has a goroutine of its own, as in a
// server, so that one that waits holds up no other.
func drive(c contender, carts []resolver.Cart, rate int, length time.Duration) (l latencies) {
	n := int(float64(rate) * length.Seconds())
	l.took = make([]time.Duration, n)
	ok := make([]bool, n)
	var wg sync.WaitGroup
	began := time.Now()
	for sent := 0; sent < n; {
		due := min(int(float64(rate)*time.Since(began).Seconds()), n)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		for i := sent; i < due; i++ {
			wg.Go(func() {
				at := time.Now()
				ok[i] = c.serve(ctx, carts[i%len(carts)])
				l.took[i] = time.Since(at)
			})
		}
		sent = due
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
	for _, fine := range ok {
		if !fine {
			l.failed++
		}
	}
	return l
}

// warmUp asks for every cart at once.
func warmUp(tb testing.TB, c contender, carts []resolver.Cart) {
	var wg sync.WaitGroup
	for _, cart := range carts {
		wg.Go(func() {
			if _, err := c.codes(context.Background(), cart); err != nil {
				tb.Errorf("warming: %v", err)
			}
		})
	}
	wg.Wait()
}

// slots are carts of many base slots: cart types times currencies.
func slots(s *settings, types int, currencies ...string) (carts []resolver.Cart) {
	s.types, s.currencies = nil, currencies
	for i := range types {
		t := resolver.CartType("type-" + string(rune('a'+i)))
		s.types = append(s.types, t)
		for _, currency := range currencies {
			carts = append(carts, resolver.Cart{Type: t, Currency: currency})
		}
	}
	return carts
}

// nothing is a contender that does no work: what the driver and the machine themselves take.
type nothing struct{ contender }

func (nothing) close() {}

func (nothing) serve(context.Context, resolver.Cart) bool              { return true }
func (nothing) codes(context.Context, resolver.Cart) ([]string, error) { return constant.codes, nil }

// idle makes a nothing.
var idle = maker{"no work at all", func(testing.TB, *upstream, settings) contender { return nothing{} }}

// renewed is what came of slots that were warmed together and grow old together.
type renewed struct {
	latencies
	peak int // upstream calls in the busiest window, the warming not counted
}

func renew(tb testing.TB, m maker, carts []resolver.Cart, s settings, rate int, length time.Duration) renewed {
	u := newUpstream(50 * time.Millisecond)
	c := m.make(tb, u, s)
	defer c.close()
	warmUp(tb, c, carts)
	u.reset()
	l := drive(c, carts, rate, length)
	return renewed{l, u.peak(50 * time.Millisecond)}
}

// broken is what came of an upstream that was whole for a while, and then broken for three times as long.
type broken struct {
	before, during latencies
	probes         int
}

func breakUpstream(tb testing.TB, m maker, f fault, length time.Duration) (b broken) {
	s := usual()
	carts := slots(&s, 5, "KWD", "USD", "SAR", "AED")
	s.soft, s.hard = length/6, time.Minute
	u := newUpstream(min(50*time.Millisecond, length/20))
	c := m.make(tb, u, s)
	defer c.close()
	warmUp(tb, c, carts)
	b.before = drive(c, carts, 1000, length/3)
	u.fault.Store(int32(f))
	u.reset()
	b.during = drive(c, carts, 1000, length)
	b.probes = u.calls()
	return b
}
