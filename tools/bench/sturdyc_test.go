package bench

import (
	"context"
	"testing"

	"github.com/viccon/sturdyc"
)

// sturdycStore refreshes early and backs off by itself. Its ages belong to a client and not to an entry: one client for
// answers without a customer, one for those with.
type sturdycStore struct {
	loader         *loader
	bases, persons *sturdyc.Client[*answer]
}

func newSturdyc(_ testing.TB, l *loader) store {
	open := func(customer string, capacity int) *sturdyc.Client[*answer] {
		soft, hard := l.soft, l.hard
		if customer != "" {
			soft, hard = l.customerSoft, l.customerHard
		}
		// Never refreshed while a request waits: that is what the hard age is for.
		return sturdyc.New[*answer](capacity, 16, hard, 10, sturdyc.WithNoContinuousEvictions(),
			sturdyc.WithEarlyRefreshes(soft*9/10, soft, hard, backoffFirst), sturdyc.WithLog(&sturdyc.NoopLogger{}))
	}
	// The capacity is per shard, so a few hundred markets need room for an uneven spread.
	return &sturdycStore{l, open("", 10_000), open("customer", l.customers)}
}

func (s *sturdycStore) get(ctx context.Context, m *market, customer string) (*answer, error) {
	fetch := func(ctx context.Context) (*answer, error) { return s.loader.load(ctx, m, customer) }
	if customer == "" {
		return s.bases.GetOrFetch(ctx, m.name, fetch)
	}
	return s.persons.GetOrFetch(ctx, m.name+customer, fetch)
}

func (s *sturdycStore) drop(m *market, customer string) {
	if customer == "" {
		s.bases.Delete(m.name)
		return
	}
	s.persons.Delete(m.name + customer)
}

func (*sturdycStore) close() {}
