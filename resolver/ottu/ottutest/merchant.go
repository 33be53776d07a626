package ottutest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The paths of the API, for [Fault] and [Merchant.Count].
const (
	PathPaymentMethods = "/b/pbl/v2/payment-methods/"
	PathCheckout       = "/b/checkout/v1/pymt-txn/"
	PathCards          = "/b/pbl/v2/card/"
	PathAutoDebit      = "/b/pbl/v2/auto-debit/"
	// PathPaymentAutoDebit is the other path of the same call: Ottu's OpenAPI file has both.
	PathPaymentAutoDebit = "/b/pbl/v2/payment/auto-debit/"
)

// Merchant is one simulated merchant: its MIDs, its credentials, what its customers paid with, and what is broken about
// it at the moment. It is an [http.Handler]; [NewServer] puts it behind a socket, [Merchant.Transport] does without.
//
// All methods are safe for concurrent use, while requests run too.
type Merchant struct {
	config
	closed chan struct{}
	close  func()

	mu sync.Mutex
	state
}

// state is what Reset starts afresh.
type state struct {
	mids        []MID
	credentials []credential
	keys        int                          // how many were added, for their labels
	past        map[string][]string          // customer → pg_codes
	balances    map[string]map[string]string // customer → currency → amount
	sessions    map[string]*session
	cards       []Card
	idempotency map[string]bool
	shape       Shape
	faults      []*Fault
	limit       rateLimit
	log         requestLog
}

// config is what a Merchant was made with. It does not change.
type config struct {
	start           []MID
	control         bool
	falseIsNoFilter bool
}

// Option sets up a [Merchant].
type Option func(*config)

// WithMIDs gives the merchant these MIDs in place of [DefaultMIDs].
func WithMIDs(mids ...MID) Option {
	mids = slices.Clone(mids)
	for i, mid := range mids {
		mids[i] = mid.complete()
	}
	return func(c *config) { c.start = mids }
}

// WithFalseIsNoFilter makes "tokenizable": false and "auto_debit": false mean the same as their absence. By default
// they ask for the gateways that cannot. Ottu's documents say only that a filter works "if defined", so a shop that
// sends false should be tested both ways.
func WithFalseIsNoFilter() Option { return func(c *config) { c.falseIsNoFilter = true } }

// WithControl serves the control API under /_sim/, see the package documentation. It has no credential, so it answers
// callers on this machine only.
func WithControl() Option { return func(c *config) { c.control = true } }

// NewMerchant makes a merchant with [DefaultMIDs] and the default credentials. Within a testing/synctest bubble, make
// it inside of the bubble.
func NewMerchant(opts ...Option) *Merchant {
	closed := make(chan struct{})
	m := &Merchant{closed: closed, close: sync.OnceFunc(func() { close(closed) })}
	m.start = DefaultMIDs()
	for _, opt := range opts {
		opt(&m.config)
	}
	m.Reset()
	return m
}

// Reset forgets everything that happened since the Merchant was made: it is as new.
func (m *Merchant) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state = state{
		mids:        slices.Clone(m.start),
		credentials: defaultCredentials(),
		past:        map[string][]string{},
		balances:    map[string]map[string]string{},
		sessions:    map[string]*session{},
		idempotency: map[string]bool{},
		shape:       ShapeFull,
		log:         requestLog{counts: map[string]int{}},
	}
}

// Close ends the requests that are delayed or hang, and drops all later ones. It may be called more than once.
func (m *Merchant) Close() { m.close() }

// ServeHTTP answers the API, the pages that a shopper is sent to, the logos and, with [WithControl], the control API.
func (m *Merchant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-m.closed:
		panic(http.ErrAbortHandler)
	default:
	}
	switch {
	case strings.HasPrefix(r.URL.Path, controlPath) && m.control:
		m.serveControl(w, r)
	case strings.HasPrefix(r.URL.Path, logoPath):
		m.serveLogo(w, r)
	case r.URL.Path == pagePath, strings.HasPrefix(r.URL.Path, shortPath):
		m.servePage(w, r)
	default:
		m.serveAPI(w, r)
	}
}

// RecordPayment remembers that the customer paid with the pg_code: it is then among the customer's past methods. The
// code is kept as it is, so renaming or removing its MID leaves a past method that is no longer offered.
func (m *Merchant) RecordPayment(customerID, pgCode string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recordPayment(customerID, pgCode)
}

// SetBalance gives the customer a wallet with this balance, a decimal number. M-Wallet entries are shown while it is
// more than zero: one page of Ottu's documents says so, another asks only for an enabled wallet.
func (m *Merchant) SetBalance(customerID, currency, amount string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.balances[customerID] == nil {
		m.balances[customerID] = map[string]string{}
	}
	m.balances[customerID][currency] = amount
}

// hasBalance tells whether the customer can pay with an M-Wallet in the currency.
func (s *state) hasBalance(customerID, currency string) bool {
	return strings.ContainsAny(s.balances[customerID][currency], "123456789")
}

func (s *state) recordPayment(customerID, pgCode string) {
	if customerID != "" && !slices.Contains(s.past[customerID], pgCode) {
		s.past[customerID] = append(s.past[customerID], pgCode)
	}
}

// rateLimit counts the requests of each principal in windows of fixed length.
type rateLimit struct {
	most   int
	window time.Duration
	start  time.Time
	used   map[string]int
}

// LimitRate allows each credential n requests per window and answers 429 with a Retry-After beyond. Nothing is
// limited where n or the window is zero or less. Ottu documents 90,000 a day and user.
func (m *Merchant) LimitRate(n int, window time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limit = rateLimit{most: n, window: window}
}

// take counts one request, and tells how long to wait where it is one too many.
func (l *rateLimit) take(label string) (wait time.Duration, ok bool) {
	if l.most <= 0 || l.window <= 0 {
		return 0, true
	}
	now := time.Now()
	if l.used == nil || now.Sub(l.start) >= l.window {
		l.start, l.used = now, map[string]int{}
	}
	if l.used[label] >= l.most {
		return l.start.Add(l.window).Sub(now), false
	}
	l.used[label]++
	return 0, true
}
