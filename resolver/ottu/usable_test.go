package ottu_test

import (
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// eligible resolves a cart over an answer.
func eligible(t *testing.T, body string, cartType resolver.CartType) *resolver.Eligibility {
	t.Helper()
	res, err := resolver.New(newClient(t, always(200, body)), resolver.Sandbox, []string{"KWD"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Close() })
	e, err := res.Resolve(t.Context(), resolver.Cart{Currency: "KWD", Type: cartType})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestACardIsRefusedForTheFirstReasonThatHolds(t *testing.T) {
	const methods = `{"payment_methods":[{"code":"mpgs","is_sandbox":true,"is_tokenizable":true},
		{"code":"older","is_sandbox":true},{"code":"kpay","is_sandbox":true,"is_tokenizable":false},
		{"code":"real","is_sandbox":false,"is_tokenizable":true}]}`
	kuwait := time.FixedZone("AST", 3*60*60)
	lastMoment := time.Date(2026, 11, 30, 23, 59, 59, 0, kuwait)
	over := lastMoment.Add(time.Second)
	good := ottu.Card{PGCode: "mpgs", ExpiryMonth: 11, ExpiryYear: 2026, CVVRequired: resolver.No}
	with := func(change func(*ottu.Card)) ottu.Card {
		c := good
		change(&c)
		return c
	}
	const (
		usable   = ""
		gateway  = ottu.CardGateway
		noTokens = ottu.CardNotTokenizable
		expired  = ottu.CardExpired
		needsCVV = ottu.CardNeedsCVV
	)
	for name, test := range map[string]struct {
		card            ottu.Card
		now             time.Time
		oneOff, renewal ottu.CardReason
	}{
		"good":               {good, lastMoment, usable, usable},
		"over":               {good, over, expired, expired},
		"over elsewhere":     {good, over.UTC(), usable, usable},
		"December":           {with(func(c *ottu.Card) { c.ExpiryMonth = 12 }), over, usable, usable},
		"last year":          {with(func(c *ottu.Card) { c.ExpiryMonth, c.ExpiryYear = 12, 2025 }), over, expired, expired},
		"Ottu says so":       {with(func(c *ottu.Card) { c.Expired = true }), lastMoment, expired, expired},
		"no date":            {with(func(c *ottu.Card) { c.ExpiryMonth, c.ExpiryYear = 0, 0 }), over, usable, usable},
		"expired, no date":   {ottu.Card{PGCode: "mpgs", Expired: true}, over, expired, expired},
		"CVV":                {with(func(c *ottu.Card) { c.CVVRequired = resolver.Yes }), lastMoment, usable, needsCVV},
		"CVV, nobody knows":  {with(func(c *ottu.Card) { c.CVVRequired = resolver.Unset }), lastMoment, usable, needsCVV},
		"gone":               {with(func(c *ottu.Card) { c.PGCode = "gone" }), over, gateway, gateway},
		"other environment":  {with(func(c *ottu.Card) { c.PGCode = "real" }), over, gateway, gateway},
		"keeps no card":      {with(func(c *ottu.Card) { c.PGCode = "kpay" }), over, noTokens, gateway},
		"does not say of it": {with(func(c *ottu.Card) { c.PGCode = "older" }), lastMoment, usable, usable},
	} {
		t.Run(name, func(t *testing.T) {
			for cartType, want := range map[resolver.CartType]ottu.CardReason{
				resolver.OneOff: test.oneOff, resolver.Renewal: test.renewal} {
				kept, refused := ottu.UsableCards([]ottu.Card{test.card}, eligible(t, methods, cartType), test.now)
				switch {
				case want == usable && (len(kept) != 1 || len(refused) != 0):
					t.Errorf("%s: refused as %v", cartType, refused)
				case want != usable && (len(kept) != 0 || len(refused) != 1 || refused[0].Reason != want):
					t.Errorf("%s: kept %v, refused %v, want %s", cartType, kept, refused, want)
				}
			}
		})
	}
}

func TestWithoutAnEligibilityNoCardIsUsable(t *testing.T) {
	cards := []ottu.Card{{PGCode: "mpgs"}}
	for _, e := range []*resolver.Eligibility{nil, {}} {
		if kept, refused := ottu.UsableCards(cards, e, time.Now()); len(kept) > 0 || refused[0].Reason != ottu.CardGateway {
			t.Errorf("kept %v, refused %v", kept, refused)
		}
	}
}
