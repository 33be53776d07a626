package bench

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tendergo/tender/resolver"
)

// fault is how an upstream is broken.
type fault int32

const (
	healthy fault = iota
	refusing
	hanging
	garbage
	empty
)

func (f fault) String() string {
	return [...]string{"healthy", "500", "hangs", "garbage", "empty list"}[f]
}

var errServer = errors.New("500 Internal Server Error")

// upstream is a merchant's Ottu that sleeps and answers from memory.
type upstream struct {
	delay   time.Duration
	fault   atomic.Int32
	version atomic.Int64 // where it is not zero, the only code of an answer
	started chan struct{}
	// gate, where not nil, holds the first question until it is closed.
	gate chan struct{}

	mu     sync.Mutex
	starts []time.Time
	asked  map[string]int // by customer
}

func newUpstream(delay time.Duration) *upstream {
	return &upstream{delay: delay, started: make(chan struct{}, 1), asked: map[string]int{}}
}

func (u *upstream) Identity() resolver.Identity {
	return resolver.Identity{Origin: "https://shop.example"}
}

func (u *upstream) PaymentMethods(ctx context.Context, f resolver.Filters) (resolver.Catalog, error) {
	u.mu.Lock()
	u.starts = append(u.starts, time.Now())
	u.asked[f.CustomerID]++
	gate := u.gate
	u.gate = nil
	u.mu.Unlock()
	version := u.version.Load() // as it is when the question arrives
	select {
	case u.started <- struct{}{}:
	default:
	}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return resolver.Catalog{}, ctx.Err()
		}
	}
	if err := pause(ctx, u.delay); err != nil {
		return resolver.Catalog{}, err
	}
	switch fault(u.fault.Load()) {
	case refusing:
		return resolver.Catalog{}, errServer
	case hanging:
		<-ctx.Done()
		return resolver.Catalog{}, ctx.Err()
	case garbage:
		return resolver.Catalog{Methods: make([]resolver.PaymentMethod, 3)}, nil
	case empty:
		return resolver.Catalog{}, nil
	case healthy:
	}
	if version > 0 {
		return resolver.Catalog{Methods: []resolver.PaymentMethod{method("v"+strconv.FormatInt(version, 10), "KWD")}}, nil
	}
	return catalog(f), nil
}

// pause sleeps. Below a millisecond it yields instead: the operating system's sleep is not that fine.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	if d < time.Millisecond {
		for began := time.Now(); time.Since(began) < d; {
			runtime.Gosched()
		}
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reset forgets the questions so far.
func (u *upstream) reset() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.starts, u.asked = nil, map[string]int{}
	select {
	case <-u.started:
	default:
	}
}

func (u *upstream) calls() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.starts)
}

// fetchedTwice counts the customers whose answer was asked for more than once.
func (u *upstream) fetchedTwice() (n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for customer, times := range u.asked {
		if customer != "" && times > 1 {
			n++
		}
	}
	return n
}

// peak is the largest number of questions in any window of this length.
func (u *upstream) peak(window time.Duration) (most int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	first := 0
	for last, at := range u.starts {
		for at.Sub(u.starts[first]) >= window {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

var gateways = []string{
	"knet", "mpgs", "benefit", "cybersource", "tabby", "tamara", "kpay", "hyperpay", "ngenius", "payu", "tap", "deema",
}

// catalog is an answer with 12 methods, each string of it a copy of its own, as a decoder makes them.
func catalog(f resolver.Filters) resolver.Catalog {
	c := resolver.Catalog{Methods: make([]resolver.PaymentMethod, len(gateways))}
	for i, name := range gateways {
		c.Methods[i] = method(strings.ToLower(f.Currencies[0])+"-"+name, f.Currencies[0])
	}
	if f.CustomerID != "" {
		c.Past = []string{c.Methods[0].Code}
	}
	return c
}

func method(code, currency string) resolver.PaymentMethod {
	return resolver.PaymentMethod{
		Code: code, Name: "Gateway " + code, Logo: "https://shop.example/logos/" + code + ".png", Sandbox: resolver.No,
		DefaultCurrency: strings.Clone(currency), Currencies: resolver.ListOf(strings.Clone(currency), "USD"),
		Operation: resolver.Purchase, Operations: resolver.ListOf("refund", "void"), Tokenizable: resolver.Yes,
		AutoDebit: resolver.Yes, Wallets: resolver.ListOf("ApplePay"),
		Services:  resolver.ListOf(resolver.PaymentService{Code: "apple_pay", Name: "Apple Pay"}),
		Tags:      resolver.ListOf("e_commerce"),
		Connector: resolver.Connector{Identifier: strings.Clone(code), Processor: "bank"},
	}
}

// catalogCodes are the codes of catalog in a currency.
func catalogCodes(currency string) (codes []string) {
	for _, name := range gateways {
		codes = append(codes, strings.ToLower(currency)+"-"+name)
	}
	return codes
}
