package bench

import (
	"context"
	"slices"
	"testing"
	"time"
)

func TestContendersFindTheSameCodesForTheSameCart(t *testing.T) {
	s := usual()
	for _, m := range makers {
		c := m.make(t, newUpstream(0), s)
		for range 2 { // cold, then warm
			for _, cart := range carts(s) {
				got, err := c.codes(context.Background(), cart)
				want := catalogCodes(cart.Currency)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%s, %v: %v, %v; want %v", m.name, cart, got, err, want)
				}
			}
		}
		c.close()
	}
}

func TestEveryRacerServesEveryRequest(t *testing.T) {
	all, stop := racers(t)
	defer stop()
	for _, r := range compare(t, all, 2, 2, time.Millisecond) {
		if r.nanos <= 0 || r.toFloor <= 0 || r.toCart <= 0 {
			t.Errorf("%s: %+v", r.name, r)
		}
	}
}

func TestScenariosRunAtTinySizes(t *testing.T) {
	const ms = time.Millisecond
	for _, m := range makers {
		t.Run(m.name, func(t *testing.T) {
			crowd(t, m, 5*ms, 20)
			walk(t, m, 2, 50, 2)
			desert(t, m, 20*ms, 5, false)
			desert(t, m, 20*ms, 5, true)
			hurry(t, m, 20*ms, 5*ms, true)
			if x := renew(t, m, carts(usual()), usual(), 1000, 20*ms); x.failed > 0 || len(x.took) != 20 || x.peak > 0 {
				t.Errorf("of %d requests to warm slots %d failed, and %d went upstream", len(x.took), x.failed, x.peak)
			}
			breakUpstream(t, m, hanging, 60*ms)
			overtaken(t, m, 3, false)
			overtaken(t, m, 3, true)
			grown(t, m, 200)
			if r := hitRatio(t, m, 200, 2000); r < 0.3 || r >= 1 {
				t.Errorf("a hit ratio of %.2f", r)
			}
		})
	}
}

func TestTenderKeepsItsPromisesAtTinySizes(t *testing.T) {
	const ms = time.Millisecond
	us := makers[0]
	if n := crowd(t, us, 5*ms, 50); n != 1 {
		t.Errorf("a crowd at a cold slot made %d upstream calls", n)
	}
	if n := walk(t, us, 4, 100, 3); n > 0 {
		t.Errorf("%d customers were fetched twice", n)
	}
	for _, detach := range []bool{false, true} {
		if d := desert(t, us, 20*ms, 9, detach); d.failed > 0 || d.calls != 1 {
			t.Errorf("after the first caller left: %+v", d)
		}
	}
	if b := breakUpstream(t, us, refusing, 120*ms); b.before.failed+b.during.failed > 0 || b.probes > 100 {
		t.Errorf("a broken upstream: %d and %d failures, %d probes", b.before.failed, b.during.failed, b.probes)
	}
	for _, refresh := range []bool{false, true} {
		if n, _ := overtaken(t, us, 20, refresh); n > 0 {
			t.Errorf("the old answer was served %d times of 20 (refresh: %t)", n, refresh)
		}
	}
}

func TestABoutiquesDayStaysWithinItsQuota(t *testing.T) {
	d := shopSizes[0].simulate(t)
	if d.failed > 0 || d.held > 0 || d.calls > dayQuota || d.personal != d.requests {
		t.Errorf("%+v", d)
	}
	if d.base < 1 || d.base > 3 {
		t.Errorf("one cart type in one currency was asked for %d times", d.base)
	}
}
