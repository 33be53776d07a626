package resolver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
)

// Scope is which answers [Resolver.Purge] and [Resolver.Refresh] concern. Empty fields match everything; the zero Scope
// is all answers. Printing one never shows the customer.
type Scope struct {
	CartType CartType
	Currency string
	// CustomerID narrows the scope to one customer's own answers; base answers are then left alone.
	CustomerID string
}

// ScopeOf is the scope of one cart: its customer's own answer or, of a guest's cart, the base answer and the customers'
// own answers beside it.
func ScopeOf(c Cart) Scope { return Scope{c.Type, c.Currency, c.CustomerID} }

// String describes the scope without the customer.
func (s Scope) String() string {
	out := "scope(" + clip(string(s.CartType)) + " " + clip(s.Currency)
	if s.CustomerID != "" {
		out += " customer"
	}
	return out + ")"
}

// Format is String for every verb of fmt.
func (s Scope) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, s.String()) }

// LogValue is String for slog.
func (s Scope) LogValue() slog.Value { return slog.StringValue(s.String()) }

func (s Scope) matches(b *base) bool {
	return (s.CartType == "" || s.CartType == b.cartType) && (s.Currency == "" || s.Currency == b.currency)
}

// Purged counts what was done.
type Purged struct {
	// Base and Customers are how many answers were dropped. A Refresh drops no base answers.
	Base      int `json:"base"`
	Customers int `json:"customers"`
	// Refreshed is how many base answers were fetched anew, Failed how many could not be: these are served as before.
	Refreshed int `json:"refreshed"`
	Failed    int `json:"failed"`
}

// check refuses a scope that can match nothing, so that a slip of the pen does not look like a success.
func (r *Resolver) checkScope(s Scope) error {
	if s.CartType != "" && !r.Knows(s.CartType) {
		return &CartError{CartTypeUnknown, fmt.Sprintf("cart type %q is not known, so no answer is in its scope", clip(string(s.CartType)))}
	}
	for _, b := range r.order {
		if s.Currency == "" || b.currency == s.Currency {
			return nil
		}
	}
	return &CartError{CartCurrencyNotSold, fmt.Sprintf("the shop does not sell in %q, so no answer is in its scope", clip(s.Currency))}
}

// Purge drops the answers in a scope, and what is on its way to them. Once it returned, no answer from before is served:
// the next request waits for a new one, and fails while the source is down. To replace answers without that risk use
// [Resolver.Refresh]. It reaches this process only. The error wraps [ErrInvalidCart].
func (r *Resolver) Purge(s Scope) (Purged, error) {
	if err := r.checkScope(s); err != nil {
		return Purged{}, err
	}
	var p Purged
	r.epoch.Add(1)
	if s.CustomerID == "" {
		for _, b := range r.order {
			if s.matches(b) && b.slot.forget() {
				p.Base++
			}
		}
		r.forgetCurious()
	}
	p.Customers = r.customers.drop(s.CustomerID, s.matches)
	r.purged(s, p.Base+p.Customers)
	return p, nil
}

// Refresh fetches the base answers in a scope anew, those that were ever asked for, and swaps each when it is there; it
// drops the answers of customers in the scope. It waits until all are there or ctx ends. Base answers that could not be
// fetched are served as before, and the error tells why. It reaches this process only.
func (r *Resolver) Refresh(ctx context.Context, s Scope) (Purged, error) {
	if err := r.checkScope(s); err != nil {
		return Purged{}, err
	}
	r.epoch.Add(1)
	var (
		p    Purged
		errs []error
		mu   sync.Mutex
		wg   sync.WaitGroup
	)
	if s.CustomerID == "" {
		r.forgetCurious()
		places := make(chan struct{}, r.warmers)
		for _, b := range r.order {
			if !s.matches(b) {
				continue
			}
			wg.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				f, err := b.slot.restart()
				if f == nil && err == nil {
					return // never asked
				}
				if err == nil {
					err = f.wait(ctx)
				}
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					p.Failed++
					errs = append(errs, fmt.Errorf("%s %s: %w", b.cartType, b.currency, err))
					return
				}
				p.Refreshed++
			})
		}
	}
	p.Customers = r.customers.drop(s.CustomerID, s.matches)
	wg.Wait()
	r.purged(s, p.Customers)
	return p, errors.Join(errs...)
}

// forgetCurious drops what only explanations read: they should not explain by facts from before the change.
func (r *Resolver) forgetCurious() {
	r.mu.Lock()
	broad := slices.Collect(maps.Values(r.broad))
	r.mu.Unlock()
	for _, b := range broad {
		b.slot.forget()
	}
}

func (r *Resolver) purged(s Scope, n int) {
	r.count.purges.Add(1)
	r.observe(Event{Kind: EventPurge, CartType: s.CartType, Currency: s.Currency, Personal: s.CustomerID != "", Count: n})
}

// restart starts a new flight in place of the one under way, whose answer may be from before the change that somebody
// wants to see. The old answer stays until then. It is nil for a slot that was never asked.
func (s *slot) restart() (*flight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.asked {
		return nil, nil
	}
	old := s.flight
	s.flight = nil
	f, err := s.start(forShopper)
	if err != nil {
		s.flight = old
		return nil, err
	}
	if old != nil {
		old.orphan()
	}
	return f, nil
}

// wait waits for the flight as one who does not need its answer.
func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		if f.forgotten {
			return errors.New("resolver: another purge or refresh came in between")
		}
		return f.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
