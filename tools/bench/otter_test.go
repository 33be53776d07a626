package bench

import (
	"context"
	"testing"
	"time"

	"github.com/maypok86/otter/v2"
)

// otterStore loads, expires, refreshes behind and coalesces by itself. Its coarse clock, offered for this, saves it the
// reading of the time on every hit.
type otterStore struct {
	cache  *otter.Cache[key, *answer]
	loader otter.Loader[key, *answer]
	clock  *otter.CoarseClock
}

func newOtter(tb testing.TB, l *loader) store {
	tb.Helper()
	clock := otter.NewCoarseClock(10 * time.Millisecond)
	cache, err := otter.New(&otter.Options[key, *answer]{
		MaximumSize: l.customers + len(l.types)*len(l.currencies),
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[key, *answer]) time.Duration {
			_, hard := l.ages(e.Key.customer)
			return hard
		}),
		RefreshCalculator: &otterRefresh{l},
		Clock:             clock,
		Logger:            &otter.NoopLogger{},
	})
	if err != nil {
		tb.Fatal(err)
	}
	load := otter.LoaderFunc[key, *answer](func(ctx context.Context, k key) (*answer, error) {
		return l.load(ctx, k.market, k.customer)
	})
	return &otterStore{cache, load, clock}
}

func (s *otterStore) get(ctx context.Context, m *market, customer string) (*answer, error) {
	return s.cache.Get(ctx, key{m, customer}, s.loader)
}

func (s *otterStore) drop(m *market, customer string) { s.cache.Invalidate(key{m, customer}) }

func (s *otterStore) refresh(ctx context.Context, m *market, customer string) {
	<-s.cache.Refresh(ctx, key{m, customer}, s.loader)
}

func (s *otterStore) close() {
	s.cache.StopAllGoroutines()
	s.clock.Stop()
}

// otterRefresh ends the soft age, and waits after a failure.
type otterRefresh struct{ *loader }

func (r *otterRefresh) soft(e otter.Entry[key, *answer]) time.Duration {
	soft, _ := r.ages(e.Key.customer)
	return soft
}

func (r *otterRefresh) RefreshAfterCreate(e otter.Entry[key, *answer]) time.Duration {
	return r.soft(e)
}

func (r *otterRefresh) RefreshAfterUpdate(e otter.Entry[key, *answer], _ *answer) time.Duration {
	return r.soft(e)
}

func (r *otterRefresh) RefreshAfterReload(e otter.Entry[key, *answer], _ *answer) time.Duration {
	return r.soft(e)
}

func (*otterRefresh) RefreshAfterReloadFailure(otter.Entry[key, *answer], error) time.Duration {
	return backoffFirst
}
