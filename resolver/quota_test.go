package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

// flood walks over ever new customers, as fast as virtual time is told to pass.
func flood(t *testing.T, r *resolver.Resolver, every, until time.Duration) {
	t.Helper()
	for i, end := 0, time.Now().Add(until); time.Now().Before(end); i++ {
		_ = resolve(t, r, cartOf(fmt.Sprint(time.Now().UnixNano(), "-", i)))
		pass(every)
	}
}

func TestNoDaySeesMoreRequestsThanTheQuota(t *testing.T) {
	for _, quota := range []int{10, 200, 2000} {
		t.Run(fmt.Sprint(quota), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(lists("kpay"))
				r := open(t, src, resolver.WithDailyQuota(quota), resolver.WithPersonalWait(0))
				want(t, r, guest, "kpay")
				flood(t, r, 10*time.Second, 4*24*time.Hour)
				log := src.log()
				first := 0
				for last := range log { // every window of a day, not only the calendar's
					for log[last].at.Sub(log[first].at) >= 24*time.Hour {
						first++
					}
					if n := last - first + 1; n > quota {
						t.Fatalf("%d requests in the day before %s", n, log[last].at)
					}
				}
				if n := len(log); n < 2*quota {
					t.Fatalf("%d requests in four days: most of the quota is not used", n)
				}
			})
		})
	}
}

func TestCustomersCannotStarveBaseAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src, resolver.WithDailyQuota(1000), resolver.WithPersonalWait(0))
		want(t, r, guest, "kpay")
		flood(t, r, time.Second, time.Hour)
		st := r.State()
		if held := st.Counters.HeldQuotaCustomers; held < 1000 {
			t.Fatalf("%d customers' questions were held back", held)
		}
		if st.QuotaLeft < 20 {
			t.Fatalf("%.0f requests are left for base answers", st.QuotaLeft)
		}
		for _, s := range st.Slots {
			resolve(t, r, resolver.Cart{Type: s.CartType, Currency: s.Currency})
		}
		equal(t, "base questions held back", r.State().Counters.HeldQuotaBase, 0)
	})
}

func TestAUsedUpQuotaIsNamedAndTellsWhenToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src, resolver.WithDailyQuota(25))
		want(t, r, guest, "kpay")
		want(t, r, inUSD(resolver.OneOff), "kpay")
		_, err := r.Resolve(t.Context(), inUSD(resolver.Subscription))
		var u *resolver.UnavailableError
		if !errors.As(err, &u) || u.RetryAfter <= 0 || u.RetryAfter > 2*time.Hour {
			t.Fatalf("got %v", err)
		}
		equal(t, "held back", r.State().Counters.HeldQuotaBase, 1)
		pass(u.RetryAfter + time.Second)
		resolve(t, r, inUSD(resolver.Subscription))
	})
}

func inUSD(t resolver.CartType) resolver.Cart { return resolver.Cart{Currency: "USD", Type: t} }

func TestASourcesRetriesAreTakenOffTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		retries := 0
		src := scripted(func(ctx context.Context, _ int, _ resolver.Filters) (resolver.Catalog, error) {
			for resolver.MayRetry(ctx) {
				retries++
			}
			return resolver.Catalog{}, errDown
		})
		r := open(t, src, resolver.WithDailyQuota(100))
		_, _ = r.Resolve(t.Context(), guest)
		equal(t, "retries of a quota with a burst of ten", retries, 9)
		equal(t, "left", int(r.State().QuotaLeft), 0)
	})
}

func TestWithoutAQuotaNothingIsHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src, resolver.WithDailyQuota(resolver.Unlimited))
		for i := range 20_000 {
			want(t, r, cartOf(fmt.Sprint("c", i)), "kpay")
		}
		equal(t, "left", r.State().QuotaLeft, -1)
	})
}
