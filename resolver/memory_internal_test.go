package resolver

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// merchant answers with n methods of a believable size, made anew for each question as a decoder would.
func merchant(n int) Source {
	codes, name, logo := make([]string, n), strings.Repeat("n", 30), strings.Repeat("l", 80)
	for i := range codes {
		codes[i] = fmt.Sprint("gateway-", i)
	}
	return SourceFunc(Identity{}, func(_ context.Context, f Filters) (Catalog, error) {
		c := Catalog{Methods: make([]PaymentMethod, n)}
		for i := range n {
			c.Methods[i] = PaymentMethod{
				Code: strings.Clone(codes[i]), Name: strings.Clone(name), Logo: strings.Clone(logo), Sandbox: No,
				Currencies: ListOf("KWD", "USD", "SAR", "AED"), Services: ListOf(PaymentService{Code: "apple_pay"}),
			}
		}
		if f.CustomerID != "" {
			c.Past = []string{"gateway-3", "gateway-1"}
		}
		return c, nil
	})
}

func quiet(t *testing.T, src Source, opts ...Option) *Resolver {
	t.Helper()
	opts = append([]Option{WithLogger(slog.New(slog.DiscardHandler)), WithDailyQuota(Unlimited)}, opts...)
	r, err := New(src, Production, []string{"KWD"}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAMillionCustomersStayWithinTheBound(t *testing.T) {
	customers := 1_000_000
	if testing.Short() || raceEnabled {
		customers = 50_000
	}
	r := quiet(t, merchant(12))
	if _, err := r.Resolve(t.Context(), Cart{Type: OneOff, Currency: "KWD"}); err != nil {
		t.Fatal(err)
	}
	before := heap()
	for range customers {
		cart := Cart{Type: OneOff, Currency: "KWD", CustomerID: fmt.Sprintf("%032x", rand.Uint64())}
		if _, err := r.Resolve(t.Context(), cart); err != nil {
			t.Fatal(err)
		}
	}
	st := r.State()
	if st.Customers > 10_000 || st.Counters.Evictions != uint64(customers-10_000) {
		t.Fatalf("%d customers are remembered, %d evicted", st.Customers, st.Counters.Evictions)
	}
	grown := float64(int64(heap())-int64(before)) / 1e6
	t.Logf("%d customers: the heap grew by %.1f MB", customers, grown)
	if grown > 20 && !raceEnabled {
		t.Fatalf("the heap grew by %.1f MB", grown)
	}
	runtime.KeepAlive(r)
}

func TestACustomersAnswerSharesWhatEqualsTheBaseAnswer(t *testing.T) {
	extra := false
	src := SourceFunc(Identity{}, func(ctx context.Context, f Filters) (Catalog, error) {
		c, err := merchant(3).PaymentMethods(ctx, f)
		if extra {
			c.Methods = append(c.Methods, PaymentMethod{Code: "wallet", Sandbox: No})
		}
		return c, err
	})
	r := quiet(t, src)
	resolve := func(id string) *Eligibility {
		e, err := r.Resolve(t.Context(), Cart{Type: OneOff, Currency: "KWD", CustomerID: id})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	base, same := resolve(""), resolve("same")
	if base.answer.list != same.answer.list || base.answer == same.answer {
		t.Fatal("an equal list is not shared")
	}
	extra = true
	other := resolve("other")
	if other.answer.list == base.answer.list || len(other.PGCodes()) != 4 {
		t.Fatal("another list is shared")
	}
	for i, m := range base.answer.list.all {
		if other.answer.list.all[i] != m {
			t.Fatalf("%s is not shared", m.Code)
		}
	}
	extra = false
	if _, err := r.Refresh(t.Context(), Scope{}); err != nil {
		t.Fatal(err)
	}
	if again := resolve(""); again.answer == base.answer || again.answer.list != base.answer.list {
		t.Fatal("a refreshed answer that says the same is not shared")
	}
}

// Shoppers who come back are not pushed out by those who come once.
func TestEvictionKeepsTheCustomersWhoComeBack(t *testing.T) {
	const population, limit, requests = 100_000, 10_000, 400_000
	cs, b := newCustomers(limit), &base{}
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 1, population-1)
	hits := 0
	for range requests {
		id := fmt.Sprint(zipf.Uint64())
		if cs.find(id, b) != nil {
			hits++
		} else {
			cs.findOrAdd(id, b)
		}
	}
	ratio := float64(hits) / requests
	t.Logf("Zipf(1.1), %d customers, %d remembered: hit ratio %.3f", population, limit, ratio)
	if ratio < 0.85 { // first in, first out has 0.82
		t.Fatalf("hit ratio %.3f", ratio)
	}
	if n := cs.len(); n > limit {
		t.Fatalf("%d customers", n)
	}
}

func TestTheQueueOfCustomersSurvivesRemovalsAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	cs, b := newCustomers(20), quiet(t, merchant(1)).order[0]
	for i := range 20_000 {
		id := fmt.Sprint(rng.IntN(60))
		switch rng.IntN(10) {
		case 0:
			cs.drop(id, func(*base) bool { return true })
		case 1:
			if i%50 == 0 {
				cs.drop("", func(*base) bool { return rng.IntN(2) == 0 })
			}
		default:
			cs.findOrAdd(id, b)
		}
		up, down, handSeen := 0, 0, cs.hand == nil
		for c := cs.oldest; c != nil; c = c.newer {
			up++
			handSeen = handSeen || c == cs.hand
			if cs.get(c.id) != c {
				t.Fatalf("step %d: %s is in the queue and not in the cache", i, c.id)
			}
		}
		for c := cs.newest; c != nil; c = c.older {
			down++
		}
		for j := range cs.index {
			if c := cs.index[j].Load(); c != nil && cs.get(c.id) != c {
				t.Fatalf("step %d: %s is in the index and not in the cache", i, c.id)
			}
		}
		kept := cs.cache.ItemCount()
		if up != cs.count || down != up || kept != up || up > 20 || !handSeen {
			t.Fatalf("step %d: %d up, %d down, %d kept, counted %d, hand there: %t", i, up, down, kept, cs.count, handSeen)
		}
	}
}
