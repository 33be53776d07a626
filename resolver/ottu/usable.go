package ottu

import (
	"time"

	"github.com/tendergo/tender/resolver"
)

// CardReason is why a card may not pay for a cart.
type CardReason string

// The reasons.
const (
	// CardGateway: its gateway is not eligible. [resolver.Eligibility.Require] with the card's PGCode says why.
	CardGateway CardReason = "gateway_not_eligible"
	// CardNotTokenizable: its gateway says that it cannot keep a card any more.
	CardNotTokenizable CardReason = "gateway_not_tokenizable"
	// CardExpired: its last month is over, or Ottu says that it has expired.
	CardExpired CardReason = "expired"
	// CardNeedsCVV: the charge is a renewal, no shopper is there to type the CVV, and Ottu does not say that none is
	// needed.
	CardNeedsCVV CardReason = "cvv_required"
)

// RefusedCard is a card that may not pay for a cart, and the first reason.
type RefusedCard struct {
	Card   Card
	Reason CardReason
}

// UsableCards tells which of a customer's cards may pay for the cart of e, and why the others may not; both are in the
// order of cards. The cards must be of the cart's customer and the resolver's environment. A card is good until its
// last month ends where now is. Only a cart of the type [resolver.Renewal] needs cards without CVV.
func UsableCards(cards []Card, e *resolver.Eligibility, now time.Time) (usable []Card, refused []RefusedCard) {
	if e == nil {
		e = &resolver.Eligibility{}
	}
	methods := map[string]resolver.PaymentMethod{}
	for m := range e.Methods() {
		methods[m.Code] = m
	}
	renewal := e.Cart().Type == resolver.Renewal
	for _, c := range cards {
		m, eligible := methods[c.PGCode]
		var reason CardReason
		switch {
		case !eligible:
			reason = CardGateway
		case m.Tokenizable == resolver.No:
			reason = CardNotTokenizable
		case c.expiredAt(now):
			reason = CardExpired
		case renewal && c.CVVRequired != resolver.No:
			reason = CardNeedsCVV
		default:
			usable = append(usable, c)
			continue
		}
		refused = append(refused, RefusedCard{c, reason})
	}
	return usable, refused
}
