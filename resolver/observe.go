package resolver

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
	"unsafe"
)

// EventKind is what an [Event] tells of.
type EventKind string

// The kinds of events.
const (
	EventHit    EventKind = "hit"    // a request got a fresh answer from memory
	EventStale  EventKind = "stale"  // a request got a stale one
	EventMiss   EventKind = "miss"   // a request waited for its answer
	EventFetch  EventKind = "fetch"  // the source answered or failed (Err), after Duration
	EventError  EventKind = "error"  // a request got no answer, for Err
	EventDrop   EventKind = "drop"   // an entry of an answer made no sense (Err) and was left out
	EventUnseen EventKind = "unseen" // a rule names a pg_code that no answer lists (Err); told once
	EventRule   EventKind = "rule"   // a rule or a history of the shop failed (Err), and the method was taken out
	EventEvict  EventKind = "evict"  // a customer was evicted to make room
	EventPurge  EventKind = "purge"  // answers were dropped by Purge or Refresh: Count of them
	EventDrift  EventKind = "drift"  // a refresh found other methods: Count of them
	EventWarm   EventKind = "warm"   // Warm asked for Count of Total slots
)

// Event is one thing that happened. It holds nothing personal, so that it can become a metric's label or a log line.
type Event struct {
	Kind     EventKind
	CartType CartType
	Currency string
	// Personal: it concerns a customer's own answer, not the base answer.
	Personal bool
	Duration time.Duration
	Err      error
	Count    int
	Total    int
}

// Observer is told what happens, on the goroutine where it happens, a request's too: it must be safe for concurrent use
// and must not block.
type Observer interface{ Observe(e Event) }

// counters are what State reports. They only grow.
type counters struct {
	hits                             spreadCounter
	stale, misses, failures          atomic.Uint64
	fetches, fetchErrors             atomic.Uint64
	evictions, purges, drifts, drops atomic.Uint64
	ruleFailures                     atomic.Uint64
	heldBackoff, heldFlights         atomic.Uint64
	heldQuota                        [forCuriosity + 1]atomic.Uint64
}

// spreadCounter is counted on every hit. Its parts lie on cache lines of their own, so that processors do not wait for
// each other.
type spreadCounter [8]struct {
	atomic.Uint64
	_ [56]byte
}

// add picks the part by where the request's Eligibility lies: the allocator gives each processor spans of 8 KiB of its
// own. That costs nothing, and a random number would cost as much as the counting.
func (c *spreadCounter) add(e *Eligibility) {
	c[uintptr(unsafe.Pointer(e))>>13%uintptr(len(c))].Add(1) //nolint:gosec // the address is a number here, and never followed
}

func (c *spreadCounter) sum() (n uint64) {
	for i := range c {
		n += c[i].Load()
	}
	return n
}

// observe tells the observer. One that panics must not take a shopper's request or a flight with it.
func (r *Resolver) observe(e Event) {
	if r.observer == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("resolver: the observer panicked", "kind", string(e.Kind))
		}
	}()
	r.observer.Observe(e)
}

func (s *slot) attrs(more ...any) []any {
	return append([]any{
		slog.String("cart_type", string(s.base.cartType)), slog.String("currency", s.base.currency),
		slog.Bool("personal", s.customer != ""),
	}, more...)
}

// fetched tells of a question that was put.
func (r *Resolver) fetched(s *slot, took time.Duration, err error) {
	r.count.fetches.Add(1)
	if err != nil {
		r.count.fetchErrors.Add(1)
	}
	r.observe(Event{
		Kind: EventFetch, CartType: s.base.cartType, Currency: s.base.currency, Personal: s.customer != "", Duration: took, Err: err,
	})
}

// dropped tells of an entry that made no sense.
func (r *Resolver) dropped(s *slot, why error) {
	r.count.drops.Add(1)
	if s.customer == "" { // each customer's answer would tell the same again
		r.log.Warn("resolver: a payment method of the answer makes no sense and was left out", s.attrs("error", why)...)
	}
	r.observe(Event{Kind: EventDrop, CartType: s.base.cartType, Currency: s.base.currency, Personal: s.customer != "", Err: why})
}

// landed tells of a flight that ended, and of what changed with it.
func (r *Resolver) landed(s *slot, old *answer, f *flight) {
	if f.err != nil {
		if f.denied && s.isBase() {
			r.denied()
		}
		if !errors.Is(f.err, ErrClosed) {
			r.log.Warn("resolver: payment methods could not be fetched", s.attrs("error", f.err, "serving_old", old != nil)...)
		}
		return
	}
	if !s.isBase() {
		return
	}
	r.reportUnseen(s.base.cartType)
	if old == nil || old.list == f.answer.list {
		return
	}
	d := drift(s.base, old.list.all, f.answer.list.all)
	if n := len(d.Added) + len(d.Removed) + len(d.Changed); n > 0 {
		r.count.drifts.Add(1)
		r.observe(Event{Kind: EventDrift, CartType: d.CartType, Currency: d.Currency, Count: n})
		r.tellDrift(d)
	}
}

// denied has the fresh base answers checked, since a refused credential is refused for all of them. Each judges for
// itself. It is done once for each slot that is refused: where only one cart type's filters are, the others stay.
func (r *Resolver) denied() {
	for _, b := range r.order {
		s := &b.slot
		s.mu.Lock()
		if a := s.last.Load(); a != nil && s.denied.IsZero() && s.flight == nil && s.fresh.Load() != nil {
			s.doubt(a)
			s.wake(0)
		}
		s.mu.Unlock()
	}
}

// ruleFailed tells of a rule that could not decide. A request may have many, so the log hears of one a minute.
func (b *base) ruleFailed(why *Reason) {
	r := b.resolver
	r.count.ruleFailures.Add(1)
	err := fmt.Errorf("resolver: rule %q: %s", clip(why.Rule), why.Message)
	last, now := r.ruleLogged.Load(), time.Now().Unix()
	if now-last >= 60 && r.ruleLogged.CompareAndSwap(last, now) {
		r.log.Error("resolver: a rule of the shop failed, and takes methods out", b.slot.attrs("error", err)...)
	}
	r.observe(Event{Kind: EventRule, CartType: b.cartType, Currency: b.currency, Err: err})
}

// see notes which of the codes that rules name exist.
func (r *Resolver) see(methods []*PaymentMethod) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range methods {
		delete(r.unseen, m.Code)
	}
}

// reportUnseen tells, once, of codes that a cart type's rules name and no answer lists: a slip of the pen in a rule that
// takes methods out is one that lets them through. It waits until there is an answer in every currency of the cart type,
// since a code may belong to one that nobody has asked for yet.
func (r *Resolver) reportUnseen(t CartType) {
	for _, b := range r.order {
		if b.cartType == t && b.slot.last.Load() == nil {
			return
		}
	}
	var errs []error
	r.mu.Lock()
	for code, by := range r.unseen {
		if by.cartType == t {
			delete(r.unseen, code)
			errs = append(errs, fmt.Errorf("resolver: rule %q names the pg_code %q, which no answer lists "+
				"(correct it, or match by Gateways)", by.rule, code))
		}
	}
	r.mu.Unlock()
	for _, err := range errs {
		r.log.Warn(err.Error(), "cart_type", string(t))
		r.observe(Event{Kind: EventUnseen, CartType: t, Err: err})
	}
}

// Drift is how an answer differs from the one that it replaces. A change of the order alone is none.
type Drift struct {
	CartType       CartType
	Currency       string
	Added, Removed []PaymentMethod
	Changed        []Change
}

// Change is a method before and after.
type Change struct{ Before, After PaymentMethod }

func drift(b *base, before, after []*PaymentMethod) Drift {
	d := Drift{CartType: b.cartType, Currency: b.currency}
	old := make(map[string]*PaymentMethod, len(before))
	for _, m := range before {
		old[m.Code] = m
	}
	for _, m := range after {
		was, ok := old[m.Code]
		delete(old, m.Code)
		switch {
		case !ok:
			d.Added = append(d.Added, *m)
		case !was.Equal(*m):
			d.Changed = append(d.Changed, Change{*was, *m})
		}
	}
	for _, m := range before {
		if old[m.Code] != nil {
			d.Removed = append(d.Removed, *m)
		}
	}
	return d
}

func (r *Resolver) tellDrift(d Drift) {
	if r.onDrift == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("resolver: the drift hook panicked", "cart_type", string(d.CartType), "currency", d.Currency)
		}
	}()
	r.onDrift(d)
}
