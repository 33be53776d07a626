package till_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestDecimalIsTheInverseOfMinorUnits(t *testing.T) {
	for _, c := range []struct{ amount, currency string }{{"12.500", "KWD"}, {"0.005", "KWD"}, {"0.05", "USD"},
		{"0.00", "USD"},
		{"120", "JPY"}, {"99999999999999.999", "BHD"}} {
		units, err := resolver.MinorUnits(c.amount, c.currency)
		if got := till.Decimal(units, c.currency); err != nil || got != c.amount {
			t.Errorf("%s %s became %s (%v)", c.currency, c.amount, got, err)
		}
	}
}

func TestAnOrderIsUsedAgainForTheSamePurchaseUntilItIsDecided(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		order till.Order
		want  bool
	}{
		"the same, pending": {till.Order{Bought: "a", Created: now, State: "pending"}, true},
		"something else":    {till.Order{Bought: "b", Created: now, State: "created"}, false},
		"paid":              {till.Order{Bought: "a", Created: now, State: "paid"}, false},
		"failed":            {till.Order{Bought: "a", Created: now, State: "failed"}, false},
		"too old":           {till.Order{Bought: "a", Created: now.Add(-time.Hour), State: "created"}, false},
	} {
		if got := c.order.Reusable("a"); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// world makes a till at a simulated merchant, and a cart to pay for.
func world(t *testing.T, wire func(*ottutest.Merchant) http.RoundTripper) (
	*till.Till, *ottutest.Merchant, *resolver.Eligibility,
) {
	t.Helper()
	m := ottutest.NewMerchant()
	c, err := ottu.New("http://localhost:1", ottu.APIKey(m.APIKey()), ottu.WithHTTPClient(&http.Client{Transport: wire(m)}))
	if err != nil {
		t.Fatal(err)
	}
	res, err := resolver.New(c, resolver.Production, []string{"KWD"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Close() })
	e, err := res.Resolve(t.Context(), resolver.Cart{Currency: "KWD", Type: resolver.OneOff, Amount: "1.000"})
	if err != nil {
		t.Fatal(err)
	}
	return &till.Till{Client: c, Resolver: res, PublicURL: "http://shop.example"}, m, e
}

func TestAShopperWhoLeavesDoesNotLeaveHalfAPayment(t *testing.T) {
	desk, m, e := world(t, (*ottutest.Merchant).Transport)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	order, err := desk.Open(ctx, e, "kpay", nil)
	if err != nil || order.SessionID == "" || m.Count(ottutest.PathCheckout) != 1 {
		t.Errorf("order %+v, %v", order, err)
	}
}

// host answers with another host's name in every URL.
type host struct {
	http.RoundTripper
	name string
}

func (h host) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = h.name
	return h.RoundTripper.RoundTrip(r)
}

func TestAShopperIsNotSentToAPageThatIsNotSafe(t *testing.T) {
	desk, _, e := world(t, func(m *ottutest.Merchant) http.RoundTripper { return host{m.Transport(), "evil.example"} })
	order, err := desk.Open(t.Context(), e, "kpay", nil)
	if err == nil || !strings.Contains(err.Error(), "checkout_url") {
		t.Errorf("order %+v, %v", order, err)
	}
}

func TestARateLimitSaysWhenToComeBack(t *testing.T) {
	desk, m, e := world(t, (*ottutest.Merchant).Transport)
	m.Break(ottutest.Fault{Path: ottutest.PathCheckout, Status: http.StatusTooManyRequests, RetryAfter: 7 * time.Second})
	_, err := desk.Open(t.Context(), e, "kpay", nil)
	if got := till.Refuse(err); got.Status != http.StatusServiceUnavailable || got.RetryAfter != 7*time.Second {
		t.Errorf("refusal %+v of %v", got, err)
	}
	if got := till.Refuse(errors.New("secret")); strings.Contains(got.Message, "secret") {
		t.Errorf("a shopper reads %q", got.Message)
	}
}
