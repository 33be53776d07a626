package bench

import (
	"fmt"
	"runtime"
	"strings"
)

const hitRounds, hitTries = 40, 3

func (r *report) hits() {
	all, stop := racers(r.t)
	defer stop()
	r.title(2, "A hit")
	r.say(`What a request costs whose answer is in memory. The *floor* is what any injecting middleware costs: a copy of
the request and a context node with a constant, which the handler reads back. The *floor with cart* also reads the
cart's two headers, as the shop's function does for everybody. Gin's floors are the same behind Gin's router. The load
is 64 carts, half with customers, round robin. The libraries are used as fast as they sensibly can be (struct keys,
prebuilt keys, otter's coarse clock), by a middleware with the same cart function, the same checks, ages and jitter, a
context node of its own and the same Cache-Control header.`)
	r.say(`A round gives each row %s on end, a floor next to its double, and a ratio is the median of those of %d rounds,
to the mean of a floor and its double. A run counts where each floor against its double is between %.2f and %.2f;
otherwise it is repeated, %d times at most.`, round, hitRounds, steadyFrom, steadyTo, hitTries)
	lanes := []int{1, 2}
	if n := runtime.GOMAXPROCS(0); n > 2 {
		lanes = append(lanes, n)
	} else {
		lanes = lanes[:n]
	}
	for _, procs := range lanes {
		r.hitsOn(all, procs)
	}
}

func (r *report) hitsOn(all []racer, procs int) {
	where := fmt.Sprintf("on %d processors", procs)
	if procs == 1 {
		where = "serial"
	}
	if procs > 1 && procs == runtime.GOMAXPROCS(0) {
		where += ", which is all"
	}
	r.title(3, "A hit, "+where)
	var results []result
	for try := 1; try <= hitTries; try++ {
		if results = compare(r.t, all, procs, hitRounds, round); steady(results) {
			break
		}
		r.t.Logf("the floors against themselves: %.3f and %.3f; try %d of %d does not count",
			find(results, floorAgain).toFloor, find(results, ginAgain).toFloor, try, hitTries)
	}
	counts := steady(results)
	if !counts {
		r.missed = append(r.missed, "a hit, "+where+": no run counts, for a floor differs from itself")
		r.say("**This run does not count**: the machine was busy, and a floor differs from itself.")
	}
	plain := find(results, tenderHTTP)
	var rows [][]any
	for _, x := range results {
		must := ""
		switch {
		case !counts:
		case strings.HasPrefix(x.name, "tender"):
			must = r.musts("a hit, "+where+", "+x.name,
				promise{x.toFloor <= 2.1, "≤ 2.1"}, promise{x.allocs == 2, "2 allocs"})
		case !strings.Contains(x.name, "loor"):
			must = r.musts("a hit, "+where+", "+x.name, promise{x.nanos >= plain.nanos, "no faster than tender"})
		}
		rows = append(rows, []any{
			x.name, fmt.Sprintf("%.1f", x.allocs), fmt.Sprintf("%.0f", x.nanos), fmt.Sprintf("%.2f", x.toFloor),
			fmt.Sprintf("%.2f", x.toCart), must,
		})
	}
	r.table("|allocs|ns|÷ floor|÷ floor with cart|must", rows)
}
