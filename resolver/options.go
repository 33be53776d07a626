package resolver

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"
)

// Option is a setting of [New].
type Option func(*config)

type freshness struct{ soft, hard time.Duration }

type config struct {
	errs          []error
	ages          freshness
	customerAges  freshness
	customers     int
	maxWait       time.Duration
	personalWait  time.Duration
	flightTimeout time.Duration
	maxFlights    int
	quota         int
	backoffFirst  time.Duration
	backoffMost   time.Duration
	deniedGrace   time.Duration
	trustUnmarked bool
	profiles      map[CartType]Profile
	rules         map[CartType][]Rule
	log           *slog.Logger
	observer      Observer
	onDrift       func(Drift)
}

func defaultConfig() *config {
	return &config{
		ages:          freshness{24 * time.Hour, 7 * 24 * time.Hour},
		customerAges:  freshness{2 * time.Minute, 15 * time.Minute},
		customers:     10_000,
		maxWait:       3 * time.Second,
		personalWait:  time.Second,
		flightTimeout: 5 * time.Second,
		maxFlights:    64,
		quota:         18_000,
		backoffFirst:  time.Second,
		backoffMost:   5 * time.Minute,
		deniedGrace:   15 * time.Minute,
		profiles:      defaultProfiles(),
		rules:         map[CartType][]Rule{},
		log:           slog.Default(),
	}
}

// WithFreshness sets the ages of base answers: past the soft one an answer is refreshed while it is still served, past
// the hard one it is no longer used. The defaults are 24 hours and a week, the range that Ottu's page "Payment Methods"
// advises. Jitter shortens each soft age by up to a tenth, so that answers fetched together are not refreshed together.
func WithFreshness(soft, hard time.Duration) Option {
	return func(c *config) { c.ages = freshness{soft, hard} }
}

// WithCustomerFreshness sets the ages of customers' answers, by default 2 and 15 minutes: they name past methods and
// wallets, which Ottu's page "M-Wallet" wants asked for in every session.
func WithCustomerFreshness(soft, hard time.Duration) Option {
	return func(c *config) { c.customerAges = freshness{soft, hard} }
}

// WithCustomers sets how many customers are remembered at most, by default 10,000, and 10,000,000 at the most. Room for an
// index of some 16 to 32 bytes each is taken at once.
func WithCustomers(n int) Option { return func(c *config) { c.customers = n } }

// WithMaxWait sets how long a request waits for an answer at most, by default 3 seconds.
func WithMaxWait(d time.Duration) Option { return func(c *config) { c.maxWait = d } }

// WithPersonalWait sets how long a request waits for the customer's own answer while there is a base answer to serve
// instead, by default a second. Zero never waits: the customer's own is there the next time.
func WithPersonalWait(d time.Duration) Option { return func(c *config) { c.personalWait = d } }

// WithFlightTimeout sets the deadline of one question to the source, its retries included, by default 5 seconds.
func WithFlightTimeout(d time.Duration) Option { return func(c *config) { c.flightTimeout = d } }

// WithMaxFlights sets how many questions may be under way at once, by default 64. Those for customers' answers take at
// most three quarters of the places.
func WithMaxFlights(n int) Option { return func(c *config) { c.maxFlights = n } }

// WithDailyQuota sets how many requests this Resolver may send a day, retries included; by default 18,000. Ottu allows
// 90,000 a day and user (its page "API Fundamentals"), and Checkout takes its share from the same. Divide by the number
// of instances. [Unlimited] switches the limiter off.
func WithDailyQuota(n int) Option { return func(c *config) { c.quota = n } }

// WithBackoff sets the first and the longest delay after a failed question, by default a second and 5 minutes. Each
// further failure doubles it. While a slot has nothing to serve, no delay is longer than 30 seconds. A Retry-After of the
// source is obeyed, up to an hour.
func WithBackoff(first, most time.Duration) Option {
	return func(c *config) { c.backoffFirst, c.backoffMost = first, most }
}

// WithDeniedGrace sets for how long an old answer is still served after the source refused the credential (401, 403), by
// default 15 minutes.
func WithDeniedGrace(d time.Duration) Option { return func(c *config) { c.deniedGrace = d } }

// WithProfile changes what a cart type means, or adds a type. change gets the type's profile, for a new type a copy of
// the one of [OneOff], and edits it:
//
//	resolver.WithProfile("debit", func(p *resolver.Profile) { p.Filters.PGNames = []string{"kpay", "benefit"} })
func WithProfile(t CartType, change func(*Profile)) Option {
	return func(c *config) {
		if t == "" || change == nil {
			c.bad("a profile has no cart type or no function", "name the type and pass the function that edits its profile")
			return
		}
		p, ok := c.profiles[t]
		if !ok {
			p = c.profiles[OneOff]
		}
		p.Filters = p.Filters.Normalized() // so that two types share no slice
		change(&p)
		p.Filters = p.Filters.Normalized() // nor the caller and we
		c.profiles[t] = p
	}
}

// WithRules adds rules of the shop to a cart type, one of this package or of [WithProfile]. They are that type's alone: a
// type of the shop's own does not get the rules of [OneOff] with its profile.
func WithRules(t CartType, rules ...Rule) Option {
	return func(c *config) { c.rules[t] = append(c.rules[t], rules...) }
}

// WithLogger sets where failures of the source are told, by default slog.Default(). Nothing personal is ever logged.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) {
		if l == nil {
			c.bad("the logger is nil", "leave WithLogger out for the default one")
			return
		}
		c.log = l
	}
}

// WithObserver sets who is told of hits, fetches, errors and the rest.
func WithObserver(o Observer) Option { return func(c *config) { c.observer = o } }

// WithDrift sets a function that is called whenever a refresh of a base answer found other methods than before: what a
// merchant has in place of the webhook that Ottu does not send. It runs on the flight's goroutine: it must not block.
func WithDrift(f func(Drift)) Option { return func(c *config) { c.onDrift = f } }

// DangerouslyTrustUnmarked lets methods through in production whose answer does not say whether they are sandbox
// gateways. It is for merchants whose Ottu answers with bare codes; a test gateway among them would be shown.
func DangerouslyTrustUnmarked() Option { return func(c *config) { c.trustUnmarked = true } }

const maxCustomers = 10_000_000

func (c *config) bad(problem, fix string) { c.errs = append(c.errs, configError(problem, fix)) }

// check reports every setting that makes no sense.
func (c *config) check() {
	positive := []struct {
		name, option string
		value        time.Duration
	}{
		{"soft age", "WithFreshness", c.ages.soft},
		{"hard age", "WithFreshness", c.ages.hard},
		{"soft age of customers' answers", "WithCustomerFreshness", c.customerAges.soft},
		{"hard age of customers' answers", "WithCustomerFreshness", c.customerAges.hard},
		{"maximum wait", "WithMaxWait", c.maxWait},
		{"flight timeout", "WithFlightTimeout", c.flightTimeout},
		{"first backoff", "WithBackoff", c.backoffFirst},
	}
	for _, p := range positive {
		if p.value <= 0 {
			c.bad(fmt.Sprintf("%s %s is not positive", p.name, p.value), "set "+p.option)
		}
	}
	for _, a := range []struct {
		of, option string
		freshness
	}{{"", "WithFreshness", c.ages}, {" of customers' answers", "WithCustomerFreshness", c.customerAges}} {
		if a.soft > a.hard {
			c.bad(fmt.Sprintf("soft age%s %s exceeds hard age %s", a.of, a.soft, a.hard), "set "+a.option)
		}
	}
	if c.backoffMost < c.backoffFirst {
		c.bad(fmt.Sprintf("longest backoff %s is shorter than the first %s", c.backoffMost, c.backoffFirst), "set WithBackoff")
	}
	if c.personalWait < 0 || c.deniedGrace < 0 {
		c.bad("a wait or a grace is negative", "set WithPersonalWait or WithDeniedGrace to zero or more")
	}
	if c.customers < 1 || c.customers > maxCustomers {
		c.bad(fmt.Sprintf("%d customers are not between 1 and %d", c.customers, maxCustomers), "set WithCustomers")
	}
	if c.maxFlights < 1 {
		c.bad(fmt.Sprintf("%d flights at once are none", c.maxFlights), "set WithMaxFlights to 1 or more")
	}
	if c.quota < 2 && c.quota != Unlimited {
		c.bad(fmt.Sprintf("a daily quota of %d requests is too small", c.quota), "set WithDailyQuota to 2 or more, or to Unlimited")
	}
	for _, t := range slices.Sorted(maps.Keys(c.rules)) {
		p, ok := c.profiles[t]
		if !ok {
			c.bad(fmt.Sprintf("rules are given for the cart type %q, which no profile has", clip(string(t))), "correct it, or add it with WithProfile")
			continue
		}
		p.rules = c.rules[t]
		c.profiles[t] = p
	}
	for _, t := range c.cartTypes() {
		c.errs = append(c.errs, c.profiles[t].problems(t)...)
	}
}

// checkCurrencies returns the currencies once each, and reports those that are none.
func (c *config) checkCurrencies(currencies []string) (unique []string) {
	if len(currencies) == 0 {
		c.bad("no currency is given", `pass the ISO 4217 codes that the shop sells in, such as []string{"KWD", "USD"}`)
	}
	for _, code := range currencies {
		switch {
		case !isCurrency(code):
			c.bad(fmt.Sprintf("%q is not a currency", clip(code)), "use ISO 4217 codes in capitals, such as KWD")
		case !slices.Contains(unique, code):
			unique = append(unique, code)
		}
	}
	return unique
}

// cartTypes are the types of the profiles in a fixed order.
func (c *config) cartTypes() []CartType { return slices.Sorted(maps.Keys(c.profiles)) }

// namedBy is a rule that names a pg_code.
type namedBy struct {
	cartType CartType
	rule     string
}

// namedCodes are the pg_codes that rules name, each with one of these rules.
func (c *config) namedCodes() map[string]namedBy {
	named := map[string]namedBy{}
	for t, p := range c.profiles {
		for _, r := range p.rules {
			for _, code := range r.codes {
				named[code] = namedBy{t, r.reason.Rule}
			}
		}
	}
	return named
}
