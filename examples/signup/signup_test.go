package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tendergo/tender/examples/internal/browser"
	"github.com/tendergo/tender/examples/internal/start"
	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

type world struct {
	*browser.Browser
	ottu *ottutest.Server
	res  *resolver.Resolver
}

func open(t *testing.T) world {
	t.Helper()
	merchant := ottutest.NewServer()
	t.Cleanup(merchant.Close)
	merchant.RecordPayment("demo-returning", "mpgs")
	client, err := ottu.New(merchant.URL, ottu.APIKey(merchant.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	res, err := resolver.New(client, resolver.Production, currencies, resolver.WithMaxWait(500*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := res.Close(); err != nil {
			t.Error(err)
		}
	})
	b := browser.Open(t, func(publicURL string) (http.Handler, error) {
		return newClub(&start.Setup{Client: client, Demo: merchant, PublicURL: publicURL}, res)
	})
	return world{b, merchant, res}
}

// choose chooses a plan and signs in.
func (w world) choose(t *testing.T, plan string) {
	t.Helper()
	w.Get("/").Must(t, http.StatusOK, "KWD 6.500", "KWD 65.000")
	w.Post("/plan", "plan="+plan).MustLead(t, "/signup")
	w.Get("/signup").MustLead(t, "/sign-in")
	w.Get("/sign-in").Must(t, http.StatusOK, "Returning customer")
	w.Post("/sign-in", "customer=demo-returning").MustLead(t, "/signup")
}

func TestEveryPlanCanBePaidInEveryCurrency(t *testing.T) {
	for _, p := range plans {
		for _, currency := range currencies {
			if units, err := resolver.MinorUnits(p.Prices[currency], currency); err != nil || units == 0 {
				t.Errorf("%s in %s: %d, %v", p.ID, currency, units, err)
			}
		}
	}
}

func TestOnlyGatewaysThatKeepACardAreOffered(t *testing.T) {
	w := open(t)
	w.choose(t, "monthly")
	p := w.Get("/signup").Must(t, http.StatusOK, "KWD 6.500", "12 times in all", "Used before")
	if !slices.Equal(p.Choices(), []string{"mpgs"}) || p.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("choices are %v, and headers %v", p.Choices(), p.Header)
	}
	w.Post("/currency", "currency=SAR&back=/signup").MustLead(t, "/signup")
	p = w.Get("/signup").Must(t, http.StatusOK, "SAR 79.50")
	if !slices.Equal(p.Choices(), []string{"mpgs", "checkoutcom"}) {
		t.Errorf("choices are %v", p.Choices())
	}
	w.Post("/signup", "pg_code=tabby").Must(t, http.StatusUnprocessableEntity, "cannot be used")
	w.Post("/signup", "").Must(t, http.StatusBadRequest, "choose a way to pay", "Pay SAR 79.50")
	for _, r := range w.ottu.Requests() {
		if r.Body["tokenizable"] != true {
			t.Errorf("%s was asked with %v", r.Path, r.Body)
		}
	}
}

func TestASignupStartsAnAgreement(t *testing.T) {
	w := open(t)
	w.choose(t, "yearly")
	w.Get("/signup")
	paying := w.Post("/signup", "pg_code=mpgs").MustLead(t, w.ottu.URL)
	if again := w.Post("/signup", "pg_code=mpgs"); again.Location != paying.Location {
		t.Errorf("a second click leads to %q", again.Location)
	}
	requests := w.ottu.Requests()
	last := requests[len(requests)-1]
	agreement, _ := last.Body["agreement"].(map[string]any)
	if last.Body["payment_type"] != "auto_debit" || last.Body["customer_id"] != "demo-returning" ||
		last.Body["amount"] != "65.000" {
		t.Errorf("the session is %v", last.Body)
	}
	ends, err := time.Parse(time.DateOnly, agreement["expiry_date"].(string))
	if err != nil || time.Until(ends) < 1700*24*time.Hour || agreement["frequency"] != "yearly" {
		t.Errorf("the agreement is %v (%v)", agreement, err)
	}
	_, id, _ := strings.Cut(paying.Location, "session_id=")
	if err := w.ottu.MarkPaid(id, ""); err != nil {
		t.Fatal(err)
	}
	order := strings.TrimPrefix(last.Body["redirect_url"].(string), w.URL)
	w.Get(order).Must(t, http.StatusOK, "Thank you", "Welcome", "KWD 65.000")
	w.Get("/orders/another").Must(t, http.StatusNotFound, "no such order")
	if n := w.ottu.Count(ottutest.PathCheckout); n != 2 { // created, and asked for
		t.Errorf("Checkout was called %d times", n)
	}
}

func TestAPageOfAnotherPlanIsOutOfDate(t *testing.T) {
	w := open(t)
	w.choose(t, "monthly")
	w.Get("/signup")
	tab := w.Hidden()
	w.Post("/plan", "plan=yearly").MustLead(t, "/signup")
	w.PostRaw("/signup", "pg_code=mpgs&"+tab).Must(t, http.StatusConflict, "have changed", "Pay KWD 65.000",
		`value="mpgs" required checked`)
	if n := w.ottu.Count(ottutest.PathCheckout); n != 0 {
		t.Errorf("Checkout was called %d times", n)
	}
	w.Get("/signup")
	w.Post("/signup", "pg_code=mpgs").MustLead(t, w.ottu.URL)
}

func TestAGatewayThatStoppedKeepingCardsIsNoLongerOffered(t *testing.T) {
	w := open(t)
	w.choose(t, "monthly")
	w.Get("/signup")
	w.Post("/currency", "currency=USD&back=https://example.com").MustLead(t, "/")
	w.Get("/signup").Must(t, http.StatusOK, "checkoutcom")
	if err := w.ottu.UpdateMID("mpgs", func(m *ottutest.MID) { m.Tokenizable = false }); err != nil {
		t.Fatal(err)
	}
	p := w.Post("/signup", "pg_code=mpgs").Must(t, http.StatusUnprocessableEntity, "switched off a moment ago")
	if !slices.Equal(p.Choices(), []string{"checkoutcom"}) {
		t.Errorf("choices are %v", p.Choices())
	}
}

func TestTroubleIsAnsweredWithAPage(t *testing.T) {
	w := open(t)
	w.Get("/signup").MustLead(t, "/")
	w.Get("/nothing").Must(t, http.StatusNotFound)
	w.Get("/readyz").Must(t, http.StatusServiceUnavailable)
	w.Get("/")
	w.PostRaw("/plan", "plan=monthly").Must(t, http.StatusForbidden, "expired")
	w.Post("/plan", "plan=forever").Must(t, http.StatusBadRequest)
	w.Post("/currency", "currency=EUR").Must(t, http.StatusBadRequest)
	w.Post("/sign-in", "customer=stranger").Must(t, http.StatusBadRequest)
	w.ottu.Break(ottutest.Fault{Status: http.StatusServiceUnavailable})
	w.choose(t, "monthly")
	p := w.Get("/signup").Must(t, http.StatusServiceUnavailable, "cannot take payments right now")
	policy := p.Header.Get("Content-Security-Policy")
	if p.Header.Get("Retry-After") == "" || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("headers are %v", p.Header)
	}
	w.ottu.Heal()
	if err := w.res.Warm(t.Context(), carts()...); err != nil {
		t.Fatal(err)
	}
	w.Get("/readyz").Must(t, http.StatusOK)
	w.Get("/signup").Must(t, http.StatusOK, "Pay KWD 6.500")
}
