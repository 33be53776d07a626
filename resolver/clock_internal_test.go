package resolver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// shift moves the moment at which a slot's answer was fetched: what a change of the wall clock looks like from inside.
func (s *slot) shift(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved := *s.last.Load()
	moved.fetched = moved.fetched.Add(by)
	s.last.Store(&moved)
	if s.fresh.Load() != nil {
		s.fresh.Store(&moved)
	}
}

// The timers run on the monotonic clock, so they must look at the wall clock again and again.
func TestWithinAMinuteAJumpOfTheWallClockAgesTheAnswers(t *testing.T) {
	cases := map[string]struct {
		by    time.Duration
		calls int
	}{
		"forward, past the soft age":                   {-25 * time.Hour, 2},
		"back: an answer from the future is not fresh": {time.Hour, 2},
		"a little forward":                             {-time.Hour, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				src := SourceFunc(Identity{}, func(context.Context, Filters) (Catalog, error) {
					calls++
					return Catalog{Methods: []PaymentMethod{{Code: "kpay", Sandbox: No}}}, nil
				})
				r, err := New(src, Production, []string{"KWD"})
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if _, err := r.Resolve(t.Context(), Cart{Type: OneOff, Currency: "KWD"}); err != nil {
					t.Fatal(err)
				}
				r.base(OneOff, "KWD").slot.shift(c.by)
				time.Sleep(time.Minute)
				synctest.Wait()
				if calls != c.calls {
					t.Fatalf("%d calls, want %d", calls, c.calls)
				}
			})
		})
	}
}

func TestTheBackoffDoublesWithinItsBounds(t *testing.T) {
	for _, first := range []time.Duration{time.Millisecond, time.Second, 30 * time.Second, time.Minute, time.Hour} {
		most := max(5*time.Minute, first)
		now := time.Now()
		var b backoff
		for i := range 100 {
			b.fail(now, first, most, 0)
			due := most
			if i < 20 {
				due = min(first<<i, most)
			}
			if got := b.notBefore.Sub(now); got < due*3/4 || got > due*5/4 {
				t.Fatalf("first %s, failure %d: a delay of %s is not %s by a quarter either way", first, i+1, got, due)
			}
		}
	}
}

func TestEvictingEndsWhileEveryCustomerIsUsed(t *testing.T) {
	cs, b := newCustomers(3), &base{}
	for _, id := range []string{"a", "b", "c"} {
		cs.findOrAdd(id, b)
		cs.find(id, b)
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() { // somebody who uses them all the time
		for {
			select {
			case <-stop:
				return
			default:
				for _, id := range []string{"a", "b", "c"} {
					cs.find(id, b)
				}
			}
		}
	}()
	for i := range 1000 {
		cs.findOrAdd(string(rune('A'+i%26))+string(rune('a'+i%25)), b)
		if n := cs.len(); n > 3 {
			t.Fatalf("%d customers", n)
		}
	}
}
