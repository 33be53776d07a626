package bench

import (
	"context"
	"testing"

	"github.com/dgraph-io/ristretto/v2"
	"golang.org/x/sync/singleflight"
)

// ristrettoStore is a cache and no more: its user adds singleflight, and leaves it when a request's context ends. It
// knows one age only, at which an answer is gone.
type ristrettoStore struct {
	loader *loader
	cache  *ristretto.Cache[string, *answer]
	group  singleflight.Group
}

func newRistretto(tb testing.TB, l *loader) store {
	tb.Helper()
	size := int64(l.customers + len(l.types)*len(l.currencies))
	cache, err := ristretto.NewCache(&ristretto.Config[string, *answer]{
		NumCounters: 10 * size, MaxCost: size, BufferItems: 64, IgnoreInternalCost: true,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return &ristrettoStore{loader: l, cache: cache}
}

func (s *ristrettoStore) get(ctx context.Context, m *market, customer string) (*answer, error) {
	k := m.name
	if customer != "" {
		k += customer
	}
	if a, ok := s.cache.Get(k); ok {
		return a, nil
	}
	flight := s.group.DoChan(k, func() (any, error) {
		a, err := s.loader.load(ctx, m, customer)
		if err != nil {
			return nil, err
		}
		soft, _ := s.loader.ages(customer)
		s.cache.SetWithTTL(k, a, 1, soft)
		s.cache.Wait() // writes are buffered: without it the next request would ask again
		return a, nil
	})
	select {
	case r := <-flight:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*answer), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *ristrettoStore) drop(m *market, customer string) {
	k := m.name + customer
	s.group.Forget(k)
	s.cache.Del(k)
	s.cache.Wait()
}

func (s *ristrettoStore) close() { s.cache.Close() }
