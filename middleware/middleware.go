package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/tendergo/tender/resolver"
)

// Middleware resolves carts for adapters. It is immutable and safe for concurrent use.
type Middleware struct {
	resolver *resolver.Resolver
	choose   func(context.Context, resolver.Cart) (*resolver.Resolver, error)
	cartType resolver.CartType // fixed by For; empty: the cart's own
	broken   error             // a mistake of the program that every request must show
	pass     bool
	log      *slog.Logger
}

// Option is a setting of [New].
type Option func(*config)

type config struct {
	Middleware
	errs []error
}

// ChooseResolver has a function choose the Resolver of each request, by what earlier middleware put into the context or
// by the cart: for several stores, or for staff who see the sandbox. Returning nil chooses the Resolver given to New. An
// error is answered like one of the cart function. Two Resolvers share nothing.
func ChooseResolver(choose func(context.Context, resolver.Cart) (*resolver.Resolver, error)) Option {
	return func(c *config) {
		if choose == nil {
			c.bad("ChooseResolver got no function", "leave it out to use the one Resolver")
			return
		}
		c.choose = choose
	}
}

// PassFailures lets a request go on to its handler when there is no answer, instead of answering 400, 500 or 503:
// [FromContext] then returns the error. For pages that show more than a checkout.
func PassFailures() Option { return func(c *config) { c.pass = true } }

// WithLogger sets where the detail of a failure is told, which the client never sees; by default slog.Default().
func WithLogger(l *slog.Logger) Option {
	return func(c *config) {
		if l == nil {
			c.bad("the logger is nil", "leave WithLogger out for the default one")
			return
		}
		c.log = l
	}
}

func (c *config) bad(problem, fix string) {
	c.errs = append(c.errs, &resolver.ConfigError{Package: "middleware", Problem: problem, Fix: fix})
}

// New makes a Middleware of a Resolver. All mistakes are reported at once, each a *[resolver.ConfigError].
func New(res *resolver.Resolver, opts ...Option) (*Middleware, error) {
	c := &config{Middleware: Middleware{log: slog.Default()}}
	for _, opt := range opts {
		if opt == nil {
			c.bad("an option is nil", "remove it")
			continue
		}
		opt(c)
	}
	if res == nil {
		c.bad("the Resolver is nil", "pass the one that resolver.New returned")
	}
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	c.resolver = res
	return &c.Middleware, nil
}

// For returns a Middleware for routes of one cart type, such as a signup. A cart that says another type is refused, and
// one that says none gets this one. Where the request's Resolver has no profile for the type, the answer is 500.
func (m *Middleware) For(t resolver.CartType) *Middleware {
	if m == nil {
		return nil
	}
	fixed := *m
	fixed.cartType = t
	if t == "" {
		fixed.broken = errors.New("For got an empty cart type (name one, such as resolver.Subscription)")
	}
	return &fixed
}

// ErrMisconfigured is a mistake of the program, not of the request and not of Ottu.
var ErrMisconfigured = errors.New("middleware misconfigured")

// Resolve resolves a cart, or takes the error of the function that should have made it, and returns a context that
// carries the answer. It is for adapters. A nil Failure means that the request goes on to its handler, with the context.
// Otherwise the adapter answers it, or lets its hook do so, and calls nothing more. [Middleware.For] fills the cart's type in.
func (m *Middleware) Resolve(ctx context.Context, cart *resolver.Cart, err error) (context.Context, *Failure) {
	m = m.orBroken()
	if err == nil {
		n := &node{Context: ctx}
		if err = m.resolve(ctx, cart, &n.eligible, false); err == nil {
			return n, nil
		}
	}
	return m.fail(ctx, err)
}

// orBroken puts a Middleware that answers 500 in the place of one that New did not return.
func (m *Middleware) orBroken() *Middleware {
	if m != nil && m.resolver != nil {
		return m
	}
	return &Middleware{broken: errors.New("the Middleware is not one that middleware.New returned"), log: slog.Default()}
}

// fail returns what becomes of a request without an answer.
func (m *Middleware) fail(ctx context.Context, err error) (context.Context, *Failure) {
	n := &failedNode{ctx, err}
	if errors.Is(err, resolver.ErrNoCart) {
		return n, nil
	}
	f := newFailure(err)
	m.tell(ctx, f)
	if m.pass {
		return n, nil
	}
	return n, f
}

// resolve asks the request's Resolver; for a submit it has it confirm.
func (m *Middleware) resolve(ctx context.Context, cart *resolver.Cart, e *resolver.Eligibility, submit bool) error {
	if m.broken != nil {
		return fmt.Errorf("%w: %w", ErrMisconfigured, m.broken)
	}
	said := cart.Type
	if m.cartType != "" {
		cart.Type = m.cartType
	}
	res := m.resolver
	if m.choose != nil {
		chosen, err := m.choose(ctx, *cart)
		if err != nil {
			return err
		}
		if chosen != nil {
			res = chosen
		}
	}
	if m.cartType != "" && said != "" && said != m.cartType && res.Knows(m.cartType) {
		return &resolver.CartError{
			Code:   resolver.CartTypeConflict,
			Detail: fmt.Sprintf("the cart's type is not %s, which this route is for", m.cartType),
		}
	}
	var err error
	if submit {
		err = res.ConfirmTo(ctx, cart, e)
	} else {
		err = res.ResolveTo(ctx, cart, e)
	}
	if err != nil && m.cartType != "" && !res.Knows(m.cartType) { // asked for only now: a hit needs no second look
		return fmt.Errorf("%w: no profile for the cart type %q of this route (add it with resolver.WithProfile)",
			ErrMisconfigured, m.cartType)
	}
	return err
}

// tell logs a failure: what a client did wrong is no concern of an operator at night.
func (m *Middleware) tell(ctx context.Context, f *Failure) {
	level := slog.LevelError
	switch {
	case f.Status < http.StatusInternalServerError, ctx.Err() != nil: // the client's fault, or it left
		level = slog.LevelInfo
	case f.Status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	}
	m.log.LogAttrs(ctx, level, "tender: no payment methods for a request",
		slog.Int("status", f.Status), slog.String("code", f.Code), slog.Any("error", f.Err))
}

// Pass returns a context for a request that needs no answer, such as OPTIONS. It is for adapters.
func Pass(ctx context.Context) context.Context { return &failedNode{ctx, resolver.ErrNoCart} }
