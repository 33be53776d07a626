package ottu

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/tendergo/tender/resolver"
)

// CardsRequest asks for a customer's saved cards. The limits are those of Ottu's OpenAPI file. Printing or logging it
// does not show the customer. Its JSON is what is sent to Ottu, and shows everything.
type CardsRequest struct {
	// CustomerID is the shop's own ID of the customer. Required.
	CustomerID string `json:"customer_id" validate:"required,max=64"`
	// Environment is whose cards: those of test gateways, or of real ones. Required.
	Environment resolver.Environment `json:"type" validate:"required,oneof=sandbox production"`
	// PGCodes narrow the list to cards of these gateways, such as those of [resolver.Eligibility.PGCodes]. Nil is every
	// gateway. A list that is empty and not nil has no cards, and nothing is asked.
	PGCodes []string `json:"pg_codes,omitempty"`
	// AgreementID narrows it to the card of one agreement.
	AgreementID string `json:"agreement_id,omitempty"`
}

// String describes the request without the customer.
func (r CardsRequest) String() string {
	return fmt.Sprintf("ottu.CardsRequest(%q, %d pg_codes)", clip(string(r.Environment)), len(r.PGCodes))
}

// Format writes String, whatever the verb.
func (r CardsRequest) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, r.String()) }

// LogValue is String for slog.
func (r CardsRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

const cardsPath = "/b/pbl/v2/card/"

// Cards returns a customer's saved cards, in Ottu's order; [UsableCards] tells which of them may pay for a cart. It
// needs an [APIKey]. An entry without a token or a well-formed pg_code, or with a wrong type in what decides whether
// the card may be charged, is left out; an answer of nothing else, or with another customer's card, is an error.
//
// It is tried again as [Client.PaymentMethods] is. Every error is an *[Error].
func (c *Client) Cards(ctx context.Context, r CardsRequest) (cards []Card, err error) {
	const name = "cards"
	wrong := invalid(r)
	checkCustomer(wrong, r.CustomerID)
	checkCodes(wrong, r.PGCodes)
	if err := wrong.err(name); err != nil {
		return nil, err
	}
	if r.PGCodes != nil && len(r.PGCodes) == 0 {
		return nil, nil
	}
	rq := request{name: name, method: http.MethodPost, path: cardsPath, body: r, read: true}
	err = c.call(ctx, rq, func(answer []byte) (err error) {
		cards, err = decodeCards(answer, r.CustomerID)
		return err
	})
	return cards, err
}

// DeleteCard makes Ottu forget a customer's card. It needs an [APIKey]. A card that is not there is [ErrNotFound]. It
// is sent once. Every error is an *[Error].
func (c *Client) DeleteCard(ctx context.Context, customerID string, env resolver.Environment, token CardToken) error {
	const name = "delete card"
	wrong := invalid(CardsRequest{CustomerID: customerID, Environment: env})
	checkCustomer(wrong, customerID)
	token.check(wrong)
	if err := wrong.err(name); err != nil {
		return err
	}
	query := url.Values{"customer_id": {customerID}, "type": {string(env)}}
	path := cardsPath + url.PathEscape(token.Reveal()) + "/?" + query.Encode()
	return c.call(ctx, request{name: name, method: http.MethodDelete, path: path}, func([]byte) error { return nil })
}
