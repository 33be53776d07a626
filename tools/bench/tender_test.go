package bench

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/adapters/ginadapter"
	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// tender is ourselves.
type tender struct {
	resolver   *resolver.Resolver
	middleware *middleware.Middleware
}

func newTender(tb testing.TB, u *upstream, s settings) contender { return openTender(tb, u, s) }

// openTender makes a tender whose quota and whose cap of flights are out of the way, unless more says otherwise.
func openTender(tb testing.TB, source resolver.Source, s settings, more ...resolver.Option) *tender {
	tb.Helper()
	opts := []resolver.Option{
		resolver.WithFreshness(s.soft, s.hard), resolver.WithCustomerFreshness(s.customerSoft, s.customerHard),
		resolver.WithCustomers(s.customers), resolver.WithMaxFlights(100_000), resolver.WithDailyQuota(resolver.Unlimited),
		resolver.WithLogger(slog.New(slog.DiscardHandler)),
	}
	for _, t := range s.types {
		opts = append(opts, resolver.WithProfile(t, func(*resolver.Profile) {}))
	}
	r, err := resolver.New(source, resolver.Production, s.currencies, append(opts, more...)...)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := middleware.New(r)
	if err != nil {
		tb.Fatal(err)
	}
	return &tender{r, m}
}

func (t *tender) close() { _ = t.resolver.Close() }

func (t *tender) serve(ctx context.Context, cart resolver.Cart) bool {
	e, err := t.resolver.Resolve(ctx, cart)
	if err != nil {
		return false
	}
	for range e.Methods() {
		return true
	}
	return false
}

func (t *tender) codes(ctx context.Context, cart resolver.Cart) ([]string, error) {
	e, err := t.resolver.Resolve(ctx, cart)
	if err != nil {
		return nil, err
	}
	return e.PGCodes(), nil
}

func (t *tender) purge(cart resolver.Cart) {
	if _, err := t.resolver.Purge(resolver.ScopeOf(cart)); err != nil {
		panic(err)
	}
}

func (t *tender) refresh(ctx context.Context, cart resolver.Cart) bool {
	_, err := t.resolver.Refresh(ctx, resolver.ScopeOf(cart))
	return err == nil
}

func (t *tender) wrap(next http.Handler) http.Handler {
	return httpadapter.Wrap(t.middleware, cartOf)(next)
}

// gin is tender behind Gin's router.
func (t *tender) gin() http.Handler {
	return ginChain(
		ginadapter.Handler(t.middleware, func(c *gin.Context) (resolver.Cart, error) { return cartOf(c.Request) }),
		func(c *gin.Context) bool {
			_, err := ginadapter.FromContext(c)
			return err == nil
		})
}

// readTender is the handler behind tender.
var readTender http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if _, err := middleware.FromContext(r.Context()); err == nil {
		w.(*writer).seen++
	}
})
