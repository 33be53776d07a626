package resolver

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Warm fetches the base answers of the carts' types and currencies before shoppers come, a few at a time; of every cart
// type and currency where none is given. Answers that are fresh already are not asked for again. It returns when all
// were attempted or ctx ended, with an error for each that failed: a shop logs it and starts all the same, since what
// failed is tried again by itself. An observer sees the progress.
//
// Warm carts that have a customer warm the base answer too: a customer's own is fetched with [Resolver.Prefetch].
func (r *Resolver) Warm(ctx context.Context, carts ...Cart) error {
	defer r.ready.Store(true)
	var (
		errs  []error
		slots []*base
		seen  = map[*base]bool{}
	)
	for i := range carts {
		b := r.base(carts[i].Type, carts[i].Currency)
		if b == nil {
			errs = append(errs, r.diagnose(&carts[i]))
		} else if !seen[b] {
			seen[b] = true
			slots = append(slots, b)
		}
	}
	if len(carts) == 0 {
		slots = r.order
	}

	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		done   int
		places = make(chan struct{}, r.warmers)
	)
	for _, b := range slots {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			mu.Lock()
			errs = append(errs, fmt.Errorf("%s %s: not asked: %w", b.cartType, b.currency, context.Cause(ctx)))
			mu.Unlock()
			continue
		}
		wg.Go(func() {
			defer func() { <-places }()
			_, err := r.await(ctx, b, "", request{wait: r.flightTimeout})
			mu.Lock()
			defer mu.Unlock()
			done++
			if err != nil {
				errs = append(errs, fmt.Errorf("%s %s: %w", b.cartType, b.currency, err))
			}
			r.observe(Event{Kind: EventWarm, CartType: b.cartType, Currency: b.currency, Err: err, Count: done, Total: len(slots)})
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Ready is true once a [Resolver.Warm] was attempted, whatever came of it: for a readiness probe, so that a rollout
// waits for the warming, and an outage of the source does not stop it.
func (r *Resolver) Ready() bool { return r.ready.Load() }
