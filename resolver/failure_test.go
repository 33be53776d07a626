package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

// bad is everything that a source can do wrong at once.
var bad = map[string]reply{
	"an error":       fails(errDown),
	"a server error": fails(errors.New("503 Service Unavailable")),
	"a rate limit":   fails(fmt.Errorf("429: %w", resolver.ErrRateLimited)),
	"a denial":       fails(fmt.Errorf("401: %w", resolver.ErrDenied)),
	"a rejection":    fails(fmt.Errorf("400: %w", resolver.ErrRejected)),
	"a timeout":      hangs,
	"a panic":        func(context.Context, int, resolver.Filters) (resolver.Catalog, error) { panic("boom") },
	"runtime.Goexit": func(context.Context, int, resolver.Filters) (resolver.Catalog, error) {
		runtime.Goexit()
		return resolver.Catalog{}, nil
	},
	"an empty list":      lists(),
	"nothing that works": lists("", "a b", "über", "x/y"),
	"entries that all made no sense": answers(resolver.Catalog{
		Dropped: []error{errors.New("entry 0 is no object")},
	}),
	"too many methods": func(context.Context, int, resolver.Filters) (resolver.Catalog, error) {
		var codes []string
		for i := range 1001 {
			codes = append(codes, fmt.Sprint("m", i))
		}
		return catalog(codes...), nil
	},
	"an answer after the deadline": func(context.Context, int, resolver.Filters) (resolver.Catalog, error) {
		time.Sleep(time.Minute)
		return catalog("late"), nil
	},
}

func TestNothingBadOverwritesSomethingGood(t *testing.T) {
	for name, reply := range bad {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(lists("good"))
				r := open(t, src, resolver.WithFreshness(time.Hour, 24*time.Hour), resolver.WithDeniedGrace(24*time.Hour))
				want(t, r, guest, "good")
				src.script(func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
					if n > 2 { // a second empty list would be believed
						return hangs(ctx, n, f)
					}
					return reply(ctx, n, f)
				})
				pass(2 * time.Hour)
				want(t, r, guest, "good")
				if resolve(t, r, guest).Freshness().Fresh {
					t.Fatal("it is not stale")
				}
				s := slotOf(t, r, guest)
				if s.LastError == "" || s.NextTry.IsZero() {
					t.Fatalf("the state does not tell the failure: %+v", s)
				}
				src.script(lists("better"))
				pass(10 * time.Minute)
				want(t, r, guest, "better")
			})
		})
	}
}

func TestAColdSlotAnswersAFailureWithItsCauseAndRecovers(t *testing.T) {
	for name, reply := range bad {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(reply)
				r := open(t, src, resolver.WithMaxWait(10*time.Second))
				_, err := r.Resolve(t.Context(), guest)
				var u *resolver.UnavailableError
				if !errors.As(err, &u) || u.Cause == nil || u.RetryAfter <= 0 {
					t.Fatalf("got %v", err)
				}
				src.script(lists("good"))
				pass(2 * time.Minute)
				want(t, r, guest, "good")
				if s := slotOf(t, r, guest); s.Failures != 0 || s.LastError != "" {
					t.Fatalf("the failure is still there: %+v", s)
				}
			})
		})
	}
}

func TestASecondEmptyListIsBelievedForAMinuteAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("good"))
		r := open(t, src, resolver.WithFreshness(time.Hour, 24*time.Hour))
		want(t, r, guest, "good")
		src.script(lists())
		for src.calls() < 2 {
			pass(time.Second)
		}
		want(t, r, guest, "good")
		pass(30 * time.Second)
		want(t, r, guest)
		log := src.log()
		equal(t, "between the first and the second", log[2].at.Sub(log[1].at), 30*time.Second)
		pass(5 * time.Minute)
		log = src.log()
		for i := 3; i < len(log); i++ {
			within(t, "between two that are believed", log[i].at.Sub(log[i-1].at), 54*time.Second, time.Minute)
		}
		src.script(lists("back"))
		pass(time.Minute)
		want(t, r, guest, "back")
		// One that lists something starts the count anew.
		before := src.calls()
		src.script(lists())
		for src.calls() == before {
			pass(time.Second)
		}
		want(t, r, guest, "back")
	})
}

func TestEntriesThatMakeNoSenseAreDroppedAndReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := catalog("kpay", "no good", "mpgs", "kpay")
		c.Dropped = []error{errors.New("entry 4 is a number")}
		events := &recorder{}
		r := open(t, scripted(answers(c)), resolver.WithObserver(events))
		want(t, r, guest, "kpay", "mpgs")
		equal(t, "dropped", r.State().Counters.Dropped, 3)
		equal(t, "drop events", len(events.of(resolver.EventDrop)), 3)
		for _, e := range events.of(resolver.EventDrop) {
			if e.Err == nil || e.CartType != resolver.OneOff || e.Currency != "KWD" {
				t.Fatalf("%+v", e)
			}
		}
	})
}

// The source is stuck, but the deadline of its flight is not.
func TestASourceThatIgnoresItsDeadlineDoesNotBlockItsSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		src := scripted(func(context.Context, int, resolver.Filters) (resolver.Catalog, error) {
			<-free
			return catalog("late"), nil
		})
		r := open(t, src, resolver.WithMaxWait(10*time.Second))
		began := time.Now()
		_, err := r.Resolve(t.Context(), guest)
		equal(t, "waited", time.Since(began), 5*time.Second)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		src.script(lists("good"))
		pass(2 * time.Second)
		want(t, r, guest, "good")
		close(free)
		pass(time.Second)
		want(t, r, guest, "good")
	})
}

func TestTheBackoffDoublesFromASecondToFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("good"))
		r := open(t, src, resolver.WithFreshness(time.Hour, 7*24*time.Hour))
		want(t, r, guest, "good")
		src.script(fails(errDown))
		pass(24 * time.Hour)
		log := src.log()
		for i := 2; i < len(log); i++ {
			due := min(time.Second<<min(i-2, 20), 5*time.Minute)
			within(t, fmt.Sprint("delay ", i-1), log[i].at.Sub(log[i-1].at), due*3/4, due*5/4)
		}
		want(t, r, guest, "good")
	})
}

func TestWithNothingToServeNoDelayExceedsHalfAMinute(t *testing.T) {
	for name, reply := range map[string]reply{"an outage": fails(errDown), "a rejection": fails(resolver.ErrRejected)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(reply)
				r := open(t, src)
				_, _ = r.Resolve(t.Context(), guest)
				pass(time.Hour)
				log := src.log()
				for i := 1; i < len(log); i++ {
					within(t, "a delay", log[i].at.Sub(log[i-1].at), 0, 37500*time.Millisecond)
				}
				if len(log) > 150 {
					t.Fatalf("%d calls in an hour", len(log))
				}
			})
		})
	}
}

func TestARejectionWaitsLongestAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("good"))
		r := open(t, src, resolver.WithFreshness(time.Hour, 7*24*time.Hour))
		want(t, r, guest, "good")
		src.script(fails(fmt.Errorf("400: %w", resolver.ErrRejected)))
		pass(2 * time.Hour)
		log := src.log()
		within(t, "the first delay", log[2].at.Sub(log[1].at), 225*time.Second, 375*time.Second)
		equal(t, "failures in a row", slotOf(t, r, guest).Failures, len(log)-1)
	})
}

func TestRetryAfterIsObeyedUpToAnHour(t *testing.T) {
	for _, c := range []struct{ hint, low, high time.Duration }{
		{-time.Hour, 750 * time.Millisecond, 1250 * time.Millisecond},
		{10 * time.Minute, 10 * time.Minute, 11 * time.Minute},
		{30 * 24 * time.Hour, time.Hour, 66 * time.Minute},
	} {
		t.Run(c.hint.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(fails(retryLater{errDown, c.hint}))
				r := open(t, src)
				_, err := r.Resolve(t.Context(), guest)
				var u *resolver.UnavailableError
				if !errors.As(err, &u) {
					t.Fatal(err)
				}
				within(t, "RetryAfter", u.RetryAfter, c.low, c.high)
				pass(2 * time.Hour)
				log := src.log()
				within(t, "the delay", log[1].at.Sub(log[0].at), c.low, c.high+time.Second)
			})
		})
	}
}

func TestARefusedCredentialIsServedForItsGraceThenWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("good"))
		r := open(t, src, resolver.WithFreshness(time.Hour, 7*24*time.Hour))
		want(t, r, guest, "good")
		src.script(fails(fmt.Errorf("403: %w", resolver.ErrDenied)))
		for src.calls() < 2 {
			pass(time.Second)
		}
		denied := src.log()[1].at
		pass(time.Until(denied.Add(15*time.Minute - time.Second)))
		want(t, r, guest, "good")
		equal(t, "denied since", slotOf(t, r, guest).DeniedSince.Equal(denied), true)
		src.script(fails(errDown)) // an outage in between does not give the right back
		pass(2 * time.Second)
		if _, err := r.Resolve(t.Context(), guest); !errors.Is(err, resolver.ErrUnavailable) {
			t.Fatalf("after the grace: %v", err)
		}
		src.script(lists("again"))
		pass(7 * time.Minute)
		want(t, r, guest, "again")
		equal(t, "denied since", slotOf(t, r, guest).DeniedSince.IsZero(), true)
	})
}
