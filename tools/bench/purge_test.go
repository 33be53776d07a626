package bench

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
)

// refresher is a contender that can fetch an answer anew while it serves the old one.
type refresher interface {
	refresh(ctx context.Context, cart resolver.Cart) error
}

func (r *rival) refresh(ctx context.Context, cart resolver.Cart) error {
	return r.store.(interface {
		refresh(context.Context, *market, string) error
	}).refresh(ctx, r.markets[cart.Type][cart.Currency], cart.CustomerID)
}

// canRefresh tells whether a contender can.
func canRefresh(c contender) bool {
	if r, ok := c.(*rival); ok {
		_, ok = r.store.(interface {
			refresh(context.Context, *market, string) error
		})
		return ok
	}
	_, ok := c.(refresher)
	return ok
}

// overtaken counts how often an answer from before a change was served after a purge or a refresh that was to bring the
// change. The purge comes while a question is under way that arrived before the change, and whose answer returns after it;
// the slot is looked at before and after that return. ok is false for a contender that has no refresh.
func overtaken(tb testing.TB, m maker, times int, refresh bool) (old int, ok bool) {
	u := newUpstream(0)
	c := m.make(tb, u, usual())
	defer c.close()
	if refresh && !canRefresh(c) {
		return 0, false
	}
	ctx := context.Background()
	for i := range times {
		c.purge(guest)
		u.reset()
		u.version.Store(int64(2*i + 1))
		gate := make(chan struct{})
		u.mu.Lock()
		u.gate = gate
		u.mu.Unlock()
		var asker sync.WaitGroup
		asker.Go(func() { _, _ = c.codes(ctx, guest) })
		<-u.started
		u.version.Add(1)
		want := fmt.Sprint("v", 2*i+2)
		serves := func() bool {
			codes, err := c.codes(ctx, guest)
			return err == nil && len(codes) == 1 && codes[0] == want
		}
		looked := make(chan bool, 1)
		go func() {
			if refresh {
				_ = c.(refresher).refresh(ctx, guest)
			} else {
				c.purge(guest)
			}
			looked <- serves()
		}()
		var fresh bool
		select {
		case fresh = <-looked:
			close(gate)
		case <-time.After(2 * time.Millisecond): // its purge, or its next request, waits for the old question
			close(gate)
			fresh = <-looked
		}
		asker.Wait()
		if !fresh || !serves() {
			old++
		}
	}
	return old, true
}
