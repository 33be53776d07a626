package resolver_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

const secret = "shopper-4711@example.com"

func TestNothingPrintsTheCustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		log := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
		events := &recorder{}
		src := scripted(lists("kpay", "not a code"))
		r := open(t, src, resolver.WithLogger(log), resolver.WithObserver(events))
		cart := cartOf(secret)
		e := resolve(t, r, cart)
		_, malformed := r.Resolve(t.Context(), cartOf(secret+"\n"))
		refused := cart
		refused.Currency = "EUR"
		_, notSold := r.Resolve(t.Context(), refused)
		src.script(fails(errDown))
		_, _ = r.Purge(resolver.Scope{CustomerID: secret})
		pass(48 * time.Hour)
		_, down := r.Resolve(t.Context(), resolver.Cart{CustomerID: secret, Currency: "USD", Type: resolver.SaveCard})

		_ = r.Close() // nobody else writes into logged from here on

		filters := src.log()[0].filters
		if filters.CustomerID != secret {
			t.Fatal("the source was not asked for the customer: this test sees nothing")
		}
		values := []any{
			cart, &cart, filters, &filters, resolver.ScopeOf(cart), e, *e, malformed, notSold, down, e.Require("mpgs"),
			struct{ Cart resolver.Cart }{cart}, []resolver.Filters{filters},
			map[string]resolver.Scope{"s": resolver.ScopeOf(cart)}, e.Freshness(), r.State(),
		}
		for _, ev := range events.all() {
			values = append(values, ev)
		}
		text := slog.New(slog.NewTextHandler(&logged, nil))
		json := slog.New(slog.NewJSONHandler(&logged, nil))
		for _, v := range values {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
				if out := fmt.Sprintf(verb, v); shows(out) {
					t.Errorf("%s of a %T: %s", verb, v, out)
				}
			}
			if v, ok := v.(slog.LogValuer); ok {
				text.Info("message", "value", v)
				json.Info("message", "value", v)
			}
		}
		// fmt calls no methods of what it finds in unexported fields; there it prints pointers.
		ctx := context.WithValue(t.Context(), secretKey{}, e)
		if out := fmt.Sprintf("%v %+v %#v", ctx, ctx, ctx); shows(out) {
			t.Errorf("a context: %s", out)
		}
		text.Info("message", "error", down, "again", malformed)
		json.Info("message", "error", down, "again", malformed)
		if !strings.Contains(logged.String(), "level=WARN") || shows(logged.String()) {
			t.Errorf("logged: %s", logged.String())
		}
	})
}

type secretKey struct{}

// shows tells whether a text holds the customer, in clear or in hexadecimal digits.
func shows(text string) bool {
	return strings.Contains(text, "4711") || strings.Contains(text, fmt.Sprintf("%x", secret))
}

func TestWhatIsPrintedStillHelps(t *testing.T) {
	r := open(t, scripted(lists("kpay")))
	cart := resolver.Cart{CustomerID: secret, Currency: "KWD", Type: resolver.OneOff}
	for v, text := range map[fmt.Stringer]string{
		resolver.ScopeOf(cart):          "scope(one_off KWD customer)",
		resolver.Scope{Currency: "KWD"}: "scope( KWD)",
		resolve(t, r, cart):             "eligibility(cart(one_off KWD customer) [kpay] fresh=true personal=true)",
		resolve(t, r, guest):            "eligibility(cart(one_off KWD guest) [kpay] fresh=true personal=true)",
	} {
		equal(t, "text", v.String(), text)
	}
	equal(t, "cart", cart.String(), "cart(one_off KWD customer)")
	f := resolver.Filters{
		Plugin: "e_commerce", Environment: resolver.Sandbox, Currencies: []string{"KWD", "USD"}, CustomerID: secret,
		Operation: resolver.Purchase, Tokenizable: resolver.Yes, AutoDebit: resolver.No, PGNames: []string{"kpay"},
	}
	equal(t, "filters", f.String(),
		"filters(e_commerce sandbox KWD+USD purchase tokenizable=yes auto_debit=no customer kpay)")
}
