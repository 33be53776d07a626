package bench

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// racer is one row of the hit table.
type racer struct {
	name    string
	handler http.Handler
	floor   string // the racer that it is compared with, and that with the cart read
	cart    string
}

const (
	again                            = " again" // a floor's double
	floorName, floorAgain, floorCart = "floor", "floor" + again, "floor with cart"
	ginName, ginAgain, ginCart       = "Gin floor", "Gin floor" + again, "Gin floor with cart"
	tenderHTTP, tenderGin            = "tender, net/http", "tender, Gin"

	round                = 50 * time.Millisecond
	steadyFrom, steadyTo = 0.97, 1.03 // of the floor against itself, for a run to count
)

// racers are all rows, with warm caches. A round runs them in this order, every other one backwards, so that each floor
// is next to its double and neither always comes first.
func racers(tb testing.TB) ([]racer, func()) {
	s, u := usual(), newUpstream(0)
	out := []racer{
		{floorName, bareFloor(readAnswer), floorName, floorCart},
		{floorAgain, bareFloor(readAnswer), floorName, floorCart},
		{floorCart, cartFloor(readAnswer), floorName, floorCart},
		{ginName, ginFloor(false), ginName, ginCart},
		{ginAgain, ginFloor(false), ginName, ginCart},
		{ginCart, ginFloor(true), ginName, ginCart},
	}
	var all []contender
	for _, m := range makers {
		c := m.make(tb, u, s)
		all = append(all, c)
		next, name := readAnswer, m.name
		if t, ok := c.(*tender); ok {
			next, name = readTender, tenderHTTP
			out = append(out, racer{tenderGin, t.gin(), ginName, ginCart})
		}
		out = append(out, racer{name, c.wrap(next), floorName, floorCart})
	}
	for _, r := range out { // warm
		race(tb, r.handler, newLane(s, 0), 64)
	}
	return out, func() {
		for _, c := range all {
			c.close()
		}
	}
}

// lane is what one processor runs: the requests from its own place on, and its own response.
type lane struct {
	requests []*http.Request
	writer   *writer
}

func newLane(s settings, number int) *lane {
	reqs := requests(carts(s))
	at := number * 7 % len(reqs)
	return &lane{append(reqs[at:], reqs[:at]...), newWriter()}
}

// race serves n requests, and fails where one found no answer.
func race(tb testing.TB, h http.Handler, l *lane, n int) {
	before := l.writer.seen
	for i := range n {
		h.ServeHTTP(l.writer, l.requests[i&63])
	}
	if got := l.writer.seen - before; got != n {
		tb.Errorf("%d of %d requests found an answer", got, n)
	}
}

// timed serves n requests on every lane at once, and returns what one took.
func timed(tb testing.TB, h http.Handler, lanes []*lane, n int) float64 {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for _, l := range lanes {
		wg.Go(func() {
			<-start
			race(tb, h, l, n)
		})
	}
	began := time.Now()
	close(start)
	wg.Wait()
	return float64(time.Since(began)) / float64(n)
}

// result is a row of the hit table, in nanoseconds and as medians of the ratios that rounds had.
type result struct {
	name                   string
	allocs                 float64
	nanos, toFloor, toCart float64
}

// compare runs rounds on a number of processors: every racer for the same time, one after the other, so that what
// disturbs the machine disturbs a racer and its floor alike.
func compare(tb testing.TB, all []racer, procs, rounds int, length time.Duration) (results []result) {
	lanes := make([]*lane, procs)
	for i := range lanes {
		lanes[i] = newLane(usual(), i)
	}
	n := make([]int, len(all))
	for i, r := range all {
		const trial = 5000
		timed(tb, r.handler, lanes, trial)
		n[i] = max(int(float64(length)/timed(tb, r.handler, lanes, trial)), 64)
	}
	nanos, toFloor, toCart := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for number := range rounds {
		took := map[string]float64{}
		for i := range all {
			if number%2 == 1 {
				i = len(all) - 1 - i
			}
			took[all[i].name] = timed(tb, all[i].handler, lanes, n[i])
		}
		for _, r := range all {
			floor := took[r.floor]
			if r.name != floorAgain && r.name != ginAgain {
				floor = (floor + took[r.floor+again]) / 2
			}
			nanos[r.name] = append(nanos[r.name], took[r.name])
			toFloor[r.name] = append(toFloor[r.name], took[r.name]/floor)
			toCart[r.name] = append(toCart[r.name], took[r.name]/took[r.cart])
		}
	}
	for _, r := range all {
		results = append(results, result{
			name: r.name, allocs: allocs(tb, r.handler),
			nanos: median(nanos[r.name]), toFloor: median(toFloor[r.name]), toCart: median(toCart[r.name]),
		})
	}
	return results
}

// steady tells whether a run counts: both floors against themselves.
func steady(results []result) bool {
	for _, name := range []string{floorAgain, ginAgain} {
		if r := find(results, name).toFloor; r < steadyFrom || r > steadyTo {
			return false
		}
	}
	return true
}

func find(results []result, name string) result {
	return results[slices.IndexFunc(results, func(r result) bool { return r.name == name })]
}

// allocs is a request's allocations.
func allocs(tb testing.TB, h http.Handler) float64 {
	l := newLane(usual(), 0)
	return testing.AllocsPerRun(20, func() { race(tb, h, l, 64) }) / 64
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
