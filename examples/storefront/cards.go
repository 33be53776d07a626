package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// cardsWait is how long a checkout waits for saved cards, which are nice to see and not needed: the payment page has
// them too.
const cardsWait = 400 * time.Millisecond

// savedCards describes the customer's cards that may pay for the cart, by pg_code. It is empty where they are not
// known. No token leaves it.
func (s *shop) savedCards(ctx context.Context, eligible *resolver.Eligibility) map[string][]string {
	customer := eligible.Cart().CustomerID
	if customer == "" {
		return nil
	}
	codes := []string{} // not nil, which would be every gateway
	for m := range eligible.Methods() {
		if m.Tokenizable != resolver.No {
			codes = append(codes, m.Code)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, cardsWait)
	defer cancel()
	all, err := s.Client.Cards(ctx, ottu.CardsRequest{CustomerID: customer, Environment: s.Environment, PGCodes: codes})
	if err != nil {
		slog.WarnContext(ctx, "saved cards are not shown", "error", err)
		return nil
	}
	usable, _ := ottu.UsableCards(all, eligible, time.Now())
	cards := map[string][]string{}
	for _, card := range usable {
		cards[card.PGCode] = append(cards[card.PGCode], describe(card))
	}
	return cards
}

// describe is such as "VISA •••• 1234, expires 08/28".
func describe(c ottu.Card) string {
	text := cmp.Or(c.Brand, "Card")
	if n := len(c.Number); n >= 4 { // masked by Ottu already, in more than one way
		text += " •••• " + c.Number[n-4:]
	}
	if c.ExpiryYear > 0 {
		text += fmt.Sprintf(", expires %02d/%02d", c.ExpiryMonth, c.ExpiryYear%100)
	}
	return text
}
