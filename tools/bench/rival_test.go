package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
)

// A rival is the middleware that a good engineer would write by hand around a cache library: the same cart, the same
// checks of it, the same answer.

// answer is what a rival caches.
type answer struct {
	codes   []string
	methods []resolver.PaymentMethod
	past    []string
}

// market is a cart type in a currency: what tender calls a base slot.
type market struct {
	name    string // for caches whose keys are strings
	filters resolver.Filters
}

// key is for caches whose keys can be structs.
type key struct {
	market   *market
	customer string
}

// store is a cache library with its loader.
type store interface {
	get(ctx context.Context, m *market, customer string) (*answer, error)
	drop(m *market, customer string)
	close()
}

// loader is the part that every rival's user writes.
type loader struct {
	source resolver.Source
	settings
}

// backoffFirst is how long after a failure a rival that can be told asks again: as long as tender.
const backoffFirst = time.Second

var errNonsense = errors.New("no entry of the answer makes sense")

// load asks the upstream. It refuses an answer of which nothing makes sense; an empty one it believes.
func (l *loader) load(ctx context.Context, m *market, customer string) (*answer, error) {
	if l.detach {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
	}
	f := m.filters
	f.CustomerID = customer
	c, err := l.source.PaymentMethods(ctx, f)
	if err != nil {
		return nil, err
	}
	a := &answer{codes: make([]string, 0, len(c.Methods)), past: c.Past}
	for _, m := range c.Methods {
		if m.Code != "" && m.Sandbox == resolver.No {
			a.codes, a.methods = append(a.codes, m.Code), append(a.methods, m)
		}
	}
	if len(c.Methods) > 0 && len(a.codes) == 0 {
		return nil, errNonsense
	}
	return a, nil
}

// ages are the soft and the hard age of an answer, with tender's jitter.
func (l *loader) ages(customer string) (soft, hard time.Duration) {
	soft, hard = l.soft, l.hard
	if customer != "" {
		soft, hard = l.customerSoft, l.customerHard
	}
	return time.Duration(float64(soft) * (0.9 + 0.1*rand.Float64())), hard
}

// rival is the middleware around a store.
type rival struct {
	markets map[resolver.CartType]map[string]*market
	store
}

func rivalOf(open func(testing.TB, *loader) store) func(testing.TB, *upstream, settings) contender {
	return func(tb testing.TB, u *upstream, s settings) contender {
		r := &rival{map[resolver.CartType]map[string]*market{}, open(tb, &loader{u, s})}
		for _, t := range s.types {
			r.markets[t] = map[string]*market{}
			for _, currency := range s.currencies {
				r.markets[t][currency] = &market{string(t) + " " + currency + " ", resolver.Filters{
					Plugin: "e_commerce", Environment: resolver.Production, Currencies: []string{currency},
				}}
			}
		}
		return r
	}
}

func (r *rival) find(ctx context.Context, cart *resolver.Cart) (*answer, error) {
	m := r.markets[cart.Type][cart.Currency]
	if m == nil || len(cart.CustomerID) > 64 {
		return nil, resolver.ErrInvalidCart
	}
	return r.get(ctx, m, cart.CustomerID)
}

func (r *rival) serve(ctx context.Context, cart resolver.Cart) bool {
	a, err := r.find(ctx, &cart)
	return err == nil && len(a.codes) > 0
}

func (r *rival) codes(ctx context.Context, cart resolver.Cart) ([]string, error) {
	a, err := r.find(ctx, &cart)
	if err != nil {
		return nil, err
	}
	return slices.Clone(a.codes), nil
}

func (r *rival) purge(cart resolver.Cart) {
	r.drop(r.markets[cart.Type][cart.Currency], cart.CustomerID)
}

func (r *rival) refresh(ctx context.Context, cart resolver.Cart) bool {
	s, ok := r.store.(interface {
		refresh(ctx context.Context, m *market, customer string)
	})
	if ok {
		s.refresh(ctx, r.markets[cart.Type][cart.Currency], cart.CustomerID)
	}
	return ok
}

// node is a context that carries an answer: less than context.WithValue costs.
type node struct {
	context.Context
	answer *answer
}

func (n *node) Value(k any) any {
	if k == (answerKey{}) {
		return n.answer
	}
	return n.Context.Value(k)
}

// noStore is tender's Cache-Control, since the answer is one customer's.
var noStore = []string{"private, no-store"}

func (r *rival) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		cart, err := cartOf(req)
		if err != nil {
			http.Error(w, "invalid cart", http.StatusBadRequest)
			return
		}
		a, err := r.find(req.Context(), &cart)
		if err != nil {
			http.Error(w, "no payment methods", http.StatusServiceUnavailable)
			return
		}
		w.Header()["Cache-Control"] = noStore
		next.ServeHTTP(w, req.WithContext(&node{req.Context(), a}))
	})
}
