package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
)

// settings are what a shop would say to any of the contenders.
type settings struct {
	types                      []resolver.CartType
	currencies                 []string
	soft, hard                 time.Duration // of answers without a customer
	customerSoft, customerHard time.Duration
	customers                  int  // remembered at most
	detach                     bool // a rival's loader ignores that its caller left, see TestReport
}

// usual are the settings of the hit table. The ages are long, so that no refresh runs while a hit is timed.
func usual() settings {
	return settings{
		types:      []resolver.CartType{resolver.OneOff, resolver.Subscription},
		currencies: []string{"KWD", "USD", "SAR", "AED"},
		soft:       24 * time.Hour, hard: 7 * 24 * time.Hour, customerSoft: time.Hour, customerHard: 2 * time.Hour,
		customers: 10_000,
	}
}

// contender is one way to do the work: to find the payment methods of a cart, and to put them into a request's context.
type contender interface {
	// wrap is the middleware. Its cart function is cartOf, for every contender.
	wrap(next http.Handler) http.Handler
	// serve is the same work without a request. It tells whether there is an answer with at least one method.
	serve(ctx context.Context, cart resolver.Cart) bool
	// codes is serve with a copy of the codes.
	codes(ctx context.Context, cart resolver.Cart) ([]string, error)
	// purge drops the answer of one cart.
	purge(cart resolver.Cart)
	// refresh fetches it anew, and serves the old one until then; false where the library cannot.
	refresh(ctx context.Context, cart resolver.Cart) bool
	close()
}

// maker makes a contender in front of an upstream.
type maker struct {
	name string
	make func(testing.TB, *upstream, settings) contender
}

// makers are all contenders, tender first.
var makers = []maker{
	{"tender", newTender},
	{"otter", rivalOf(newOtter)},
	{"sturdyc", rivalOf(newSturdyc)},
	{"theine", rivalOf(newTheine)},
	{"ristretto", rivalOf(newRistretto)},
}

// carts are the load of the hit table: 64 carts, half of them with a customer.
func carts(s settings) []resolver.Cart {
	out := make([]resolver.Cart, 64)
	for i := range out {
		out[i] = resolver.Cart{Type: resolver.OneOff, Currency: s.currencies[i/2%len(s.currencies)]}
		if i%2 == 1 {
			out[i].CustomerID = fmt.Sprintf("customer-%04d", i)
		}
	}
	return out
}

// requests are the same carts as a browser would send them.
func requests(carts []resolver.Cart) []*http.Request {
	out := make([]*http.Request, len(carts))
	for i, c := range carts {
		r, err := http.NewRequest(http.MethodPost, "/checkout", nil)
		if err != nil {
			panic(err)
		}
		r.Header.Set("X-Currency", c.Currency)
		if c.CustomerID != "" {
			r.Header.Set("X-Customer", c.CustomerID)
		}
		out[i] = r
	}
	return out
}

// cartOf is the cart function of all contenders.
func cartOf(r *http.Request) (resolver.Cart, error) {
	c := resolver.Cart{
		CustomerID: r.Header.Get("X-Customer"), Currency: r.Header.Get("X-Currency"), Type: resolver.OneOff,
	}
	if c.Currency == "" {
		return c, errNoCurrency
	}
	return c, nil
}

var errNoCurrency = errors.New("the request names no currency")

// writer is a response that goes nowhere. It counts the handlers that found an answer: those of net/http count by
// themselves, and Gin writes its 200 at the end of a chain.
type writer struct {
	header http.Header
	seen   int
}

func newWriter() *writer { return &writer{header: http.Header{}} }

func (w *writer) Header() http.Header       { return w.header }
func (*writer) Write(b []byte) (int, error) { return len(b), nil }

func (w *writer) WriteHeader(status int) {
	if status == http.StatusOK {
		w.seen++
	}
}
