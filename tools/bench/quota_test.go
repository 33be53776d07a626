package bench

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

// shopSize is a shop, as far as its upstream calls are concerned.
type shopSize struct {
	name              string
	currencies, types int
	customers         int // signed in, that come to the checkout in a day; as many guests come too
	instances         int
}

var shopSizes = []shopSize{
	{"boutique", 1, 1, 200, 1},
	{"national shop", 1, 3, 2_000, 2},
	{"regional retailer", 6, 3, 5_000, 3},
	{"subscription service", 4, 6, 5_000, 4},
	{"marketplace", 6, 6, 20_000, 4},
	{"marketplace, sale day", 6, 6, 60_000, 8},
}

// dayQuota is tender's default, which a shop divides by its instances.
const dayQuota = 18_000

// day is what a shop's first day after a deploy took of the quota.
type day struct {
	calls, base int
	held        uint64 // customers' questions that the quota kept back
	requests    int    // of customers
	personal    int    // of these, that got the customer's own answer
	failed      int
}

var allCurrencies = []string{"KWD", "USD", "SAR", "AED", "BHD", "QAR"}

var allTypes = []resolver.CartType{
	resolver.OneOff, resolver.Subscription, resolver.SaveCard, resolver.PreOrder, resolver.PaymentRequest,
	resolver.Renewal,
}

// visit is one request to a checkout.
type visit struct {
	at       time.Duration
	instance int
	cart     resolver.Cart
}

// visits are a day's: each shopper comes three times within five minutes, most in the middle of the day, to whatever
// instance, with one cart.
func (s shopSize) visits() (all []visit) {
	random := rand.New(rand.NewSource(1))
	for i := range 2 * s.customers {
		cart := resolver.Cart{Type: allTypes[random.Intn(s.types)], Currency: allCurrencies[random.Intn(s.currencies)]}
		if i%2 == 1 {
			cart.CustomerID = fmt.Sprintf("customer-%06d", i)
		}
		at := time.Duration((random.Float64() + random.Float64()) / 2 * float64(24*time.Hour-5*time.Minute))
		for _, later := range []time.Duration{0, time.Minute, 5 * time.Minute} {
			all = append(all, visit{at + later, random.Intn(s.instances), cart})
		}
	}
	slices.SortFunc(all, func(a, b visit) int { return int(a.at - b.at) })
	return all
}

// simulate lives the day in virtual time, with tender's defaults and an upstream that takes 300 ms.
func (s shopSize) simulate(t *testing.T) (d day) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(300 * time.Millisecond)
		set := usual()
		set.currencies, set.types = allCurrencies[:s.currencies], allTypes[:s.types]
		set.customerSoft, set.customerHard = 2*time.Minute, 15*time.Minute
		var instances []*tender
		for range s.instances {
			i := openTender(t, u, set, resolver.WithDailyQuota(dayQuota/s.instances), resolver.WithMaxFlights(64))
			defer i.close()
			instances = append(instances, i)
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		began := time.Now()
		for _, v := range s.visits() {
			time.Sleep(time.Until(began.Add(v.at)))
			wg.Go(func() {
				e, err := instances[v.instance].resolver.Resolve(context.Background(), v.cart)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					d.failed++
				case v.cart.CustomerID != "":
					d.requests++
					if e.Freshness().Personal {
						d.personal++
					}
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Until(began.Add(24 * time.Hour)))
		for _, i := range instances {
			d.held += i.resolver.State().Counters.HeldQuotaCustomers
		}
		d.calls = u.calls()
		u.mu.Lock()
		d.base = u.asked[""]
		u.mu.Unlock()
	})
	return d
}
