package bench

import (
	"context"
	"testing"

	"github.com/Yiling-J/theine-go"
)

// theineStore loads and coalesces by itself. It knows one age only, at which an answer is gone.
type theineStore struct {
	cache *theine.LoadingCache[key, *answer]
}

func newTheine(tb testing.TB, l *loader) store {
	tb.Helper()
	size := int64(l.customers + len(l.types)*len(l.currencies))
	cache, err := theine.NewBuilder[key, *answer](size).BuildWithLoader(
		func(ctx context.Context, k key) (theine.Loaded[*answer], error) {
			a, err := l.load(ctx, k.market, k.customer)
			soft, _ := l.ages(k.customer)
			return theine.Loaded[*answer]{Value: a, Cost: 1, TTL: soft}, err
		})
	if err != nil {
		tb.Fatal(err)
	}
	return &theineStore{cache}
}

func (s *theineStore) get(ctx context.Context, m *market, customer string) (*answer, error) {
	return s.cache.Get(ctx, key{m, customer})
}

func (s *theineStore) drop(m *market, customer string) { s.cache.Delete(key{m, customer}) }

func (s *theineStore) close() { s.cache.Close() }
