package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tendergo/tender/resolver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reply is what a fake answers its n-th call with, counted from 1.
type reply func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error)

// fake is a Source that follows a script and remembers what it was asked, and when.
type fake struct {
	mu    sync.Mutex
	reply reply
	asked []asked
	open  int // calls under way
	peak  int // the most there were
}

type asked struct {
	at      time.Time
	filters resolver.Filters
}

func scripted(r reply) *fake { return &fake{reply: r} }

func (s *fake) PaymentMethods(ctx context.Context, f resolver.Filters) (resolver.Catalog, error) {
	s.mu.Lock()
	s.asked = append(s.asked, asked{time.Now(), f})
	n, r := len(s.asked), s.reply
	s.open++
	s.peak = max(s.peak, s.open)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open--
	}()
	return r(ctx, n, f)
}

func (s *fake) Identity() resolver.Identity {
	return resolver.Identity{Origin: "https://shop.example", Principal: "tests"}
}

// script changes what the source does from now on.
func (s *fake) script(r reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = r
}

func (s *fake) log() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// atOnce is the most calls that were under way together.
func (s *fake) atOnce() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peak
}

func (s *fake) calls() int { return len(s.log()) }

// callsFor counts the questions for one customer, or with an empty ID the base questions.
func (s *fake) callsFor(customer string) (n int) {
	for _, a := range s.log() {
		if a.filters.CustomerID == customer {
			n++
		}
	}
	return n
}

// answers always gives the catalog.
func answers(c resolver.Catalog) reply {
	return func(context.Context, int, resolver.Filters) (resolver.Catalog, error) { return c, nil }
}

func lists(codes ...string) reply { return answers(catalog(codes...)) }

func fails(err error) reply {
	return func(context.Context, int, resolver.Filters) (resolver.Catalog, error) { return resolver.Catalog{}, err }
}

// after delays a reply, as long as the flight lets it.
func after(d time.Duration, r reply) reply {
	return func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return r(ctx, n, f)
		case <-ctx.Done():
			return resolver.Catalog{}, ctx.Err()
		}
	}
}

// hangs never answers before its deadline.
func hangs(ctx context.Context, _ int, _ resolver.Filters) (resolver.Catalog, error) {
	<-ctx.Done()
	return resolver.Catalog{}, ctx.Err()
}

// split answers base questions and customers' by different scripts.
func split(base, customers reply) reply {
	return func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
		if f.CustomerID == "" {
			return base(ctx, n, f)
		}
		return customers(ctx, n, f)
	}
}

// numbered answers the n-th call with the one method v<n>: a test sees from which call an answer is.
func numbered(_ context.Context, n int, _ resolver.Filters) (resolver.Catalog, error) {
	return catalog(fmt.Sprintf("v%d", n)), nil
}

var errDown = errors.New("connection refused")

// retryLater is an error with the hint of a Retry-After header.
type retryLater struct {
	error
	after time.Duration
}

func (e retryLater) RetryAfter() time.Duration { return e.after }
func (e retryLater) Unwrap() error             { return e.error }

func method(code string) resolver.PaymentMethod {
	return resolver.PaymentMethod{Code: code, Name: "Name of " + code, Sandbox: resolver.No, Operation: resolver.Purchase}
}

func catalog(codes ...string) resolver.Catalog {
	var c resolver.Catalog
	for _, code := range codes {
		c.Methods = append(c.Methods, method(code))
	}
	return c
}

var guest = resolver.Cart{Currency: "KWD", Type: resolver.OneOff}

func cartOf(customer string) resolver.Cart {
	c := guest
	c.CustomerID = customer
	return c
}

// open makes a Resolver of a production shop in KWD and USD, that is closed with the test.
func open(t testing.TB, src resolver.Source, opts ...resolver.Option) *resolver.Resolver {
	t.Helper()
	opts = append([]resolver.Option{resolver.WithLogger(slog.New(slog.DiscardHandler))}, opts...)
	r, err := resolver.New(src, resolver.Production, []string{"KWD", "USD"}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// codes resolves a cart that must have an answer.
func codes(t testing.TB, r *resolver.Resolver, cart resolver.Cart) []string {
	t.Helper()
	return resolve(t, r, cart).PGCodes()
}

func resolve(t testing.TB, r *resolver.Resolver, cart resolver.Cart) *resolver.Eligibility {
	t.Helper()
	e, err := r.Resolve(context.Background(), cart)
	if err != nil {
		t.Fatalf("%s at %s: %v", cart, time.Now().Format(time.TimeOnly), err)
	}
	return e
}

// want fails the test unless the cart's eligible codes are these.
func want(t testing.TB, r *resolver.Resolver, cart resolver.Cart, these ...string) {
	t.Helper()
	if got := codes(t, r, cart); !slices.Equal(got, these) {
		t.Fatalf("%s got %v, want %v", cart, got, these)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// within fails the test unless low <= got <= high.
func within(t testing.TB, what string, got, low, high time.Duration) {
	t.Helper()
	if got < low || got > high {
		t.Fatalf("%s: %s is not within %s and %s", what, got, low, high)
	}
}

// pass lets virtual time pass, and everything that happens in it.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
