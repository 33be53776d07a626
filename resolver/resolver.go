package resolver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Resolver answers which payment methods a customer may use for a cart, from memory where it can. It is safe for
// concurrent use. Two merchants in one process are two Resolvers: they share nothing.
type Resolver struct {
	source        Source
	identity      Identity
	environment   Environment
	trustUnmarked bool
	ages          freshness
	customerAges  freshness
	maxWait       time.Duration
	personalWait  time.Duration
	flightTimeout time.Duration
	backoffFirst  time.Duration
	backoffMost   time.Duration
	deniedGrace   time.Duration
	warmers       int
	log           *slog.Logger
	observer      Observer
	onDrift       func(Drift)

	profiles  map[CartType]Profile
	rows      []row            // every base, by cart type and currency: no key is built for a request
	long      map[CartType]int // where rows are many: the place of each
	order     []*base          // of rows, in their order
	customers *customers
	gate      *gate
	count     counters
	epoch     atomic.Uint64 // purges so far
	ready     atomic.Bool

	ruleLogged atomic.Int64 // when a failed rule was last logged, in seconds of Unix time

	ctx    context.Context //nolint:containedctx // every flight's; ended by Close
	cancel context.CancelFunc

	mu      sync.Mutex // guards what follows, and the adding of flights against Close's waiting
	broad   map[curiousKey]*base
	unseen  map[string]namedBy // pg_codes that rules name and no base answer listed so far
	closed  bool
	flights sync.WaitGroup
}

// New makes a Resolver of a source. It sends nothing: a source that is down does not keep a shop from starting. Asking
// for the answers before the first shopper comes is [Resolver.Warm].
//
// The environment has no default: a wrong one shows test gateways to real shoppers. The currencies are the ISO 4217
// codes, in capitals, that the shop sells in: a cart in any other is refused, which keeps the cache finite.
//
// All mistakes are reported at once, joined, each a *[ConfigError].
func New(source Source, environment Environment, currencies []string, opts ...Option) (*Resolver, error) {
	c := defaultConfig()
	for _, opt := range opts {
		if opt == nil {
			c.bad("an option is nil", "remove it")
			continue
		}
		opt(c)
	}
	if v := reflect.ValueOf(source); source == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		c.bad("the source is nil", "pass an ottu.Client, or any other Source")
	}
	if environment != Production && environment != Sandbox {
		c.bad(fmt.Sprintf("environment %q is neither production nor sandbox", clip(string(environment))),
			"pass resolver.Production or resolver.Sandbox")
	}
	currencies = c.checkCurrencies(currencies)
	c.check()
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}

	r := &Resolver{
		source: source, identity: source.Identity(), environment: environment, trustUnmarked: c.trustUnmarked,
		ages: c.ages, customerAges: c.customerAges, maxWait: c.maxWait, personalWait: c.personalWait,
		flightTimeout: c.flightTimeout, backoffFirst: c.backoffFirst, backoffMost: c.backoffMost,
		deniedGrace: c.deniedGrace, warmers: max(c.maxFlights/4, 1), log: c.log, observer: c.observer, onDrift: c.onDrift,
		profiles: c.profiles, broad: map[curiousKey]*base{},
		unseen: c.namedCodes(), customers: newCustomers(c.customers),
	}
	r.gate = newGate(c, &r.count)
	r.ctx, r.cancel = context.WithCancel(context.Background())
	for _, t := range c.cartTypes() {
		row := row{cartType: t}
		for _, currency := range currencies {
			p := c.profiles[t]
			p.isStatic = len(p.rules) == 0 && p.Order.isZero()
			p.Order.Preferred = slices.Clone(p.Order.Preferred)
			f := p.Filters.Normalized()
			f.Environment, f.Currencies = environment, []string{currency}
			b := &base{resolver: r, cartType: t, currency: currency, profile: p, filters: f}
			b.slot.base = b
			row.markets = append(row.markets, market{pack(currency), b})
			r.order = append(r.order, b)
		}
		r.rows = append(r.rows, row)
	}
	if len(r.rows) > shortRows {
		r.long = make(map[CartType]int, len(r.rows))
		for i := range r.rows {
			r.long[r.rows[i].cartType] = i
		}
	}
	return r, nil
}

// row is a cart type with its bases.
type row struct {
	cartType CartType
	markets  []market
}

// market is a base under its currency, as a number.
type market struct {
	currency uint32
	base     *base
}

// shortRows is up to how many cart types a walk finds one faster than a map does.
const shortRows = 8

// pack makes a number of a currency's three letters, which compares faster than they do.
func pack(currency string) uint32 {
	return uint32(currency[0])<<16 | uint32(currency[1])<<8 | uint32(currency[2])
}

// base returns the base of a cart, or nil. It is on the hit's path.
func (r *Resolver) base(t CartType, currency string) *base {
	if len(currency) != 3 {
		return nil
	}
	i := 0
	if r.long != nil {
		var ok bool
		if i, ok = r.long[t]; !ok {
			return nil
		}
	} else {
		for i < len(r.rows) && r.rows[i].cartType != t {
			i++
		}
		if i == len(r.rows) {
			return nil
		}
	}
	code := pack(currency)
	for _, m := range r.rows[i].markets {
		if m.currency == code {
			return m.base
		}
	}
	return nil
}

// Environment returns what the Resolver was made with.
func (r *Resolver) Environment() Environment { return r.environment }

// Knows tells whether the Resolver has a profile for the cart type.
func (r *Resolver) Knows(t CartType) bool {
	_, ok := r.profiles[t]
	return ok
}

// spawn runs f as a flight, unless the Resolver was closed.
func (r *Resolver) spawn(f func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.flights.Go(f)
	return true
}

// eachSlot calls f with every slot there is.
func (r *Resolver) eachSlot(f func(*slot)) {
	r.mu.Lock()
	bases := slices.AppendSeq(slices.Clone(r.order), maps.Values(r.broad))
	r.mu.Unlock()
	for _, b := range bases { // without mu, which is taken under a slot's
		f(&b.slot)
	}
	r.customers.each(f)
}

// Close ends all flights and timers and waits for them. Afterwards answers in memory are still served, each until its
// hard age; what is not there is [ErrClosed]. It returns an error where a source did not return although its context
// ended, and a goroutine still waits for it. Closing twice is fine.
func (r *Resolver) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.cancel()
	r.eachSlot((*slot).retire)
	done := make(chan struct{})
	go func() {
		r.flights.Wait()
		close(done)
	}()
	patience := time.NewTimer(r.flightTimeout)
	defer patience.Stop()
	select {
	case <-done:
		return nil
	case <-patience.C:
		return errors.New("resolver: closed, but the source did not return when its context ended (a Source must heed it)")
	}
}
