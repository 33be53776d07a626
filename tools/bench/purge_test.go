package bench

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// overtaken counts how often an answer from before a change was served after a purge, or a refresh, that was to bring the
// change. It comes while a question is under way that arrived before the change and is answered after it; the slot is
// asked before and after that. ok is false for a contender that has no refresh.
func overtaken(tb testing.TB, m maker, times int, refresh bool) (old int, ok bool) {
	u := newUpstream(0)
	c := m.make(tb, u, usual())
	defer c.close()
	if refresh && !c.refresh(context.Background(), guest) {
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
				c.refresh(ctx, guest)
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
