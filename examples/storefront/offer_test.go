package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestCashOnDeliveryIsForSmallerOrders(t *testing.T) {
	w := open(t, true)
	w.put(t, "dallah")
	p := w.Get("/checkout")
	if !slices.Contains(p.Choices(), "cod") || strings.Contains(p.Body, "Not available") {
		t.Errorf("for 18.500 the page is %s", p.Body)
	}
	w.put(t, "hail")
	p = w.Get("/checkout").Must(t, http.StatusOK, "Not available for this cart", "Cash on delivery",
		"only for smaller orders")
	if slices.Contains(p.Choices(), "cod") || strings.Contains(p.Body, "20.000") {
		t.Errorf("for 20.750 the page is %s", p.Body)
	}
	w.Post("/checkout", "pg_code=cod").Must(t, http.StatusUnprocessableEntity, "cannot be used")
	w.Post("/currency", "back=/checkout&currency=USD").MustLead(t, "/checkout")
	if p := w.Get("/checkout").Must(t, http.StatusOK); strings.Contains(p.Body, "Not available") {
		t.Errorf("in USD the page is %s", p.Body)
	}
}

func TestShoppersReadOnlyReasonsThatTheyMayKnow(t *testing.T) {
	amount := resolver.Reason{Code: resolver.ReasonRule, Rule: "amount any to 20.000 KWD", Message: "secret"}
	fraud := resolver.Reason{Code: resolver.ReasonRule, Rule: "fraud score", Message: "secret"}
	for name, c := range map[string]struct {
		reasons []resolver.Reason
		want    string
	}{
		"a limit":              {[]resolver.Reason{amount}, "only for smaller orders"},
		"fraud":                {[]resolver.Reason{fraud}, ""},
		"a limit and fraud":    {[]resolver.Reason{amount, fraud}, ""},
		"another environment":  {[]resolver.Reason{{Code: resolver.ReasonEnvironment, Message: "secret"}}, ""},
		"a rule that failed":   {[]resolver.Reason{{Code: resolver.ReasonRuleFailed, Rule: "amount any"}}, ""},
		"a wallet of the same": {[]resolver.Reason{{Code: resolver.ReasonWalletConflict}}, "another wallet is offered instead"},
		"no cards kept": {[]resolver.Reason{{Code: resolver.ReasonNotTokenizable}, {Code: resolver.ReasonNoAutoDebit},
			{Code: resolver.ReasonOperation}}, "cannot be used for subscriptions, not for this kind of order"},
	} {
		got := missingFrom([]resolver.Exclusion{{Method: resolver.PaymentMethod{Code: "x"}, Reasons: c.reasons}})
		if c.want == "" && len(got) != 0 || c.want != "" && !slices.Equal(got, []missing{{"x", c.want}}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSavedCardsAreShownUnderTheirGateway(t *testing.T) {
	w := open(t, true)
	for _, card := range []ottutest.Card{
		{PGCode: "mpgs", Number: "**** 1234", ExpiryMonth: "08", ExpiryYear: "48", Token: "tok_good"},
		{PGCode: "mpgs", Number: "**** 2222", ExpiryMonth: "08", ExpiryYear: "24"},
		{PGCode: "mpgs", Number: "**** 3333", Sandbox: true},
		{PGCode: "benefit", Number: "**** 4444"},
		{PGCode: "mpgs", Number: "**** 5555", CustomerID: "demo-new"},
	} {
		if card.CustomerID == "" {
			card.CustomerID = "demo-returning"
		}
		w.ottu.AddCard(card)
	}
	w.put(t, "qahwa")
	if p := w.Get("/checkout"); strings.Contains(p.Body, "••••") || w.ottu.Count(ottutest.PathCards) != 0 {
		t.Errorf("a guest's page is %s", p.Body)
	}
	w.signIn(t, "demo-returning")
	p := w.Get("/checkout").Must(t, http.StatusOK, "VISA •••• 1234, expires 08/48")
	if strings.Count(p.Body, "••••") != 1 || strings.Contains(p.Body, "tok_good") ||
		strings.Contains(p.Body, "TEST SHOPPER") {
		t.Errorf("the page is %s", p.Body)
	}
	w.Post("/currency", "back=/checkout&currency=BHD").MustLead(t, "/checkout")
	w.Get("/checkout").Must(t, http.StatusOK, "•••• 1234", "•••• 4444")
	w.switchOff(t, "mpgs")
	w.Post("/ops", "do=refresh")
	if p := w.Get("/checkout").Must(t, http.StatusOK, "•••• 4444"); strings.Contains(p.Body, "•••• 1234") {
		t.Error("a card of a gateway that is not eligible is shown")
	}
}

func TestACheckoutDoesNotWaitForSavedCards(t *testing.T) {
	w := open(t, true)
	w.ottu.AddCard(ottutest.Card{PGCode: "mpgs", CustomerID: "demo-returning"})
	w.put(t, "qahwa")
	w.signIn(t, "demo-returning")
	for name, fault := range map[string]ottutest.Fault{
		"hangs": {Hang: true}, "fails": {Status: http.StatusServiceUnavailable},
	} {
		w.ottu.Heal()
		fault.Path = ottutest.PathCards
		w.ottu.Break(fault)
		start := time.Now()
		p := w.Get("/checkout").Must(t, http.StatusOK, "Pay KWD 3.750")
		if strings.Contains(p.Body, "••••") || time.Since(start) > 3*time.Second {
			t.Errorf("%s: after %v the page is %s", name, time.Since(start), p.Body)
		}
	}
}
