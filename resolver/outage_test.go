package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

// A rate limit concerns the principal: another slot's question would meet the same answer.
func TestARateLimitHoldsEverySlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(fails(retryLater{fmt.Errorf("429: %w", resolver.ErrRateLimited), 10 * time.Minute}))
		r := open(t, src)
		for _, cart := range []resolver.Cart{guest, inUSD(resolver.Subscription), cartOf("c1"), cartOf("c2")} {
			_, err := r.Resolve(t.Context(), cart)
			if !errors.Is(err, resolver.ErrRateLimited) || !errors.Is(err, resolver.ErrUnavailable) {
				t.Fatalf("%s: %v", cart, err)
			}
		}
		equal(t, "calls", src.calls(), 1)
		if st := r.State(); st.LimitedUntil.IsZero() || st.Counters.HeldBackoff == 0 {
			t.Fatalf("the state does not tell: %+v", st)
		}
		src.script(lists("kpay"))
		pass(10*time.Minute - time.Second)
		equal(t, "calls before the time is up", src.calls(), 1)
		pass(2 * time.Minute)
		for _, cart := range []resolver.Cart{guest, inUSD(resolver.Subscription), cartOf("c1")} {
			want(t, r, cart, "kpay")
		}
		equal(t, "limited until", r.State().LimitedUntil.IsZero(), true)
	})
}

// A crowd of customers, each with a slot of its own, must not probe a dead source one by one.
func TestInAnOutageOneCustomerProbesForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("base"), fails(errDown)))
		r := open(t, src, resolver.WithPersonalWait(0))
		want(t, r, guest, "base")
		i := 0
		crowd := func(until time.Duration) {
			for end := time.Now().Add(until); time.Now().Before(end); i++ {
				_ = resolve(t, r, cartOf(fmt.Sprint("c", i)))
				pass(10 * time.Millisecond)
			}
		}
		crowd(5 * time.Minute)
		// 1, 2, 4, 8, 16, then every 30 seconds, each a quarter sooner at most.
		if n := src.calls(); n < 10 || n > 20 {
			t.Fatalf("%d calls in five minutes of outage", n)
		}
		if r.State().OutageUntil.IsZero() {
			t.Fatal("the state does not tell the outage")
		}
		src.script(split(lists("base"), lists("own")))
		for i := 100_000; !r.State().OutageUntil.IsZero(); i++ {
			_ = resolve(t, r, cartOf(fmt.Sprint("c", i)))
			pass(10 * time.Millisecond)
		}
		before := src.calls()
		crowd(time.Second)
		if n := src.calls() - before; n < 90 {
			t.Fatalf("%d of 100 customers were asked for after the recovery", n)
		}
	})
}

func TestWhileAProbeIsOutNoOtherCustomerIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("base"), fails(errDown)))
		r := open(t, src, resolver.WithPersonalWait(0))
		want(t, r, guest, "base")
		for i := range 3 { // of which an outage is made
			want(t, r, cartOf(fmt.Sprint("first", i)), "base")
			synctest.Wait()
		}
		src.script(hangs)
		pass(2 * time.Second) // the first backoff is over
		before := src.calls()
		for i := range 100 {
			want(t, r, cartOf(fmt.Sprint("c", i)), "base")
		}
		synctest.Wait()
		equal(t, "probes", src.calls()-before, 1)
	})
}

// What was under way together failed together, once.
func TestFailuresOfOneMomentAreOneFailure(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		until func(resolver.State) time.Time
	}{
		"an outage":    {errDown, func(s resolver.State) time.Time { return s.OutageUntil }},
		"a rate limit": {resolver.ErrRateLimited, func(s resolver.State) time.Time { return s.LimitedUntil }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := open(t, scripted(after(100*time.Millisecond, fails(c.err))))
				for _, s := range r.State().Slots {
					_ = r.Prefetch(t.Context(), resolver.Cart{Type: s.CartType, Currency: s.Currency})
				}
				pass(100 * time.Millisecond)
				within(t, "the first backoff", time.Until(c.until(r.State())), 750*time.Millisecond, 1250*time.Millisecond)
			})
		})
	}
}

func TestAPurgeInTheMiddleOfAQuestionIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, scripted(hangs))
		_ = r.Prefetch(t.Context(), guest)
		synctest.Wait()
		if _, err := r.Purge(resolver.Scope{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		equal(t, "an outage", r.State().OutageUntil.IsZero(), true)
	})
}

// The filters of one cart type are wrong: that is no outage for the customers of the others.
func TestARejectedQuestionIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
			if f.Currencies[0] == "USD" {
				return resolver.Catalog{}, fmt.Errorf("400: %w", resolver.ErrRejected)
			}
			return catalog("kpay"), nil
		})
		r := open(t, src)
		if _, err := r.Resolve(t.Context(), inUSD(resolver.Subscription)); !errors.Is(err, resolver.ErrRejected) {
			t.Fatal(err)
		}
		if e := resolve(t, r, cartOf("c1")); !e.Freshness().Personal {
			t.Fatal("the customer's own answer was held back")
		}
	})
}

// Six days of a source that works, is slow, fails in every way and comes back: nobody with a warm slot notices.
func TestSixDaysOfAFlappingSourceEmptyNoCheckout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		works := after(80*time.Millisecond, lists("kpay", "mpgs"))
		broken := func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
			switch n % 5 {
			case 0:
				return hangs(ctx, n, f)
			case 1:
				panic("boom")
			case 2:
				return catalog("not a code"), nil
			case 3:
				return resolver.Catalog{}, retryLater{resolver.ErrRateLimited, 20 * time.Second}
			default:
				return resolver.Catalog{}, errDown
			}
		}
		src := scripted(works)
		r := open(t, src)
		carts := []resolver.Cart{guest, inUSD(resolver.Subscription), {Currency: "USD", Type: resolver.OneOff}}
		if err := r.Warm(t.Context(), carts...); err != nil {
			t.Fatal(err)
		}
		for minute := range 6 * 24 * 60 {
			if minute/60%24 < 2 || minute > 130*60 { // two hours of each day, and the last ones
				src.script(works)
			} else {
				src.script(broken)
			}
			for _, c := range carts {
				if got := codes(t, r, c); len(got) != 2 {
					t.Fatalf("minute %d: %s got %v", minute, c, got)
				}
			}
			e := resolve(t, r, cartOf(fmt.Sprint("c", minute%7)))
			if len(e.PGCodes()) != 2 {
				t.Fatalf("minute %d: a customer got %s", minute, e)
			}
			pass(time.Minute)
		}
		// Three base slots retry every 5 minutes at most, a quarter sooner by jitter, and the customers' probe joins in every
		// 30 seconds; without a backoff it would be one call a request, 34,560.
		if n := src.calls(); n > 3*6*24*60/3+6*24*60 {
			t.Fatalf("%d calls", n)
		}
		for _, c := range carts {
			equal(t, "status", slotOf(t, r, c).Status, "fresh")
		}
		src.script(broken)
		pass(7 * 24 * time.Hour)
		if _, err := r.Resolve(t.Context(), guest); !errors.Is(err, resolver.ErrUnavailable) {
			t.Fatalf("a week without the source: %v", err)
		}
		src.script(works)
		pass(7 * time.Minute)
		want(t, r, guest, "kpay", "mpgs")
	})
}

// 20 slots, 3 seconds of outage: the probes are bounded by the backoff, not by the traffic.
func TestAShortOutageIsNotProbedMoreThanTheBackoffAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r, err := resolver.New(src, resolver.Production, []string{"KWD", "USD", "SAR", "AED"},
			resolver.WithFreshness(time.Second, time.Hour), resolver.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := r.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		src.script(fails(errDown))
		before := src.calls()
		for range 3000 {
			for _, s := range r.State().Slots {
				resolve(t, r, resolver.Cart{Type: s.CartType, Currency: s.Currency})
			}
			pass(time.Millisecond)
		}
		if n := src.calls() - before; n < 24 || n > 100 {
			t.Fatalf("%d probes of 24 slots in 3 seconds", n)
		}
	})
}

func TestOneCustomersTroubleIsNoOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("base"), func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
			if f.CustomerID == "odd" {
				return resolver.Catalog{}, errDown
			}
			return lists("own")(ctx, n, f)
		}))
		r := open(t, src)
		want(t, r, guest, "base")
		for i := range 50 {
			want(t, r, cartOf("odd"), "base")
			want(t, r, cartOf(fmt.Sprint("c", i)), "own")
			pass(time.Second)
		}
	})
}

func TestAQueueOfOurOwnIsNoOutageOfTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("base"), after(900*time.Millisecond, lists("own"))))
		r := open(t, src, resolver.WithDailyQuota(resolver.Unlimited), resolver.WithPersonalWait(0))
		want(t, r, guest, "base")
		for i := range 30 * 80 { // 80 sign-ins a second, where 53 have room
			_ = resolve(t, r, cartOf(fmt.Sprint("c", i)))
			pass(time.Second / 80)
			if until := r.State().OutageUntil; !until.IsZero() {
				t.Fatalf("an outage of a healthy source, after %d customers", i)
			}
		}
		equal(t, "questions that failed", r.State().Counters.FetchErrors, 0)
	})
}

func TestARefreshOfManyAnswersGetsThemAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		currencies := []string{"AED", "BHD", "EGP", "EUR", "GBP", "INR", "JOD", "KWD", "OMR", "QAR", "SAR", "USD", "TRY", "CHF", "JPY"}
		r, err := resolver.New(scripted(after(2*time.Second, lists("kpay"))), resolver.Production, currencies)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := r.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		done, err := r.Refresh(t.Context(), resolver.Scope{})
		if err != nil || done.Failed != 0 || done.Refreshed != 6*len(currencies) {
			t.Fatalf("%+v, %v", done, err)
		}
	})
}

func TestARefusedCredentialIsCheckedForEveryAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src)
		dollars := resolver.Cart{Currency: "USD", Type: resolver.OneOff}
		want(t, r, guest, "kpay")
		pass(12 * time.Hour)
		src.script(fails(fmt.Errorf("401: %w", resolver.ErrDenied)))
		if _, err := r.Resolve(t.Context(), dollars); !errors.Is(err, resolver.ErrDenied) {
			t.Fatalf("err: %v", err)
		}
		want(t, r, guest, "kpay")
		pass(20 * time.Minute)
		if _, err := r.Resolve(t.Context(), guest); !errors.Is(err, resolver.ErrDenied) {
			t.Fatalf("20 minutes after the credential was refused: %v", err)
		}
		src.script(lists("kpay"))
		pass(time.Minute)
		want(t, r, guest, "kpay")
	})
}

func TestARefusalOfOneCartTypeHasTheOthersCheckedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		denied := fails(fmt.Errorf("403: %w", resolver.ErrDenied))
		src := scripted(func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
			if f.Plugin == "payment_request" || f.CustomerID != "" {
				return denied(ctx, n, f)
			}
			return lists("kpay")(ctx, n, f)
		})
		r := open(t, src)
		invoice := resolver.Cart{Currency: "KWD", Type: resolver.PaymentRequest}
		shop := func() (n int) {
			for _, a := range src.log() {
				if a.filters.Plugin == "e_commerce" && a.filters.CustomerID == "" {
					n++
				}
			}
			return n
		}
		want(t, r, guest, "kpay")
		for i := range 240 { // an hour
			_, _ = r.Resolve(t.Context(), invoice)
			want(t, r, cartOf(fmt.Sprint("c", i)), "kpay")
			pass(15 * time.Second)
		}
		equal(t, "questions of the shop that may ask", shop(), 2)
	})
}
