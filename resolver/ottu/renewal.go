package ottu

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/tendergo/tender/resolver"
)

// Renewal is a later charge under an agreement. What the first charge was made with must come again: the same pg_code,
// agreement and customer (Ottu's page "Recurring Payments"). Printing or logging it does not show the
// customer, the order or the key. Its JSON shows everything.
type Renewal struct {
	// PGCode, Agreement and CustomerID are those of the first charge. Required.
	PGCode     string
	Agreement  Agreement
	CustomerID string
	// Amount is due now, a decimal number in Currency. Required.
	Amount, Currency string
	// IdempotencyKey is as in [AutoDebitRequest]. Required.
	IdempotencyKey string
	// OrderNo and WebhookURL are as in [SessionRequest].
	OrderNo, WebhookURL string
}

// String describes the renewal without the customer.
func (r Renewal) String() string {
	return fmt.Sprintf("ottu.Renewal(%q %q)", clip(r.PGCode), clip(r.Currency))
}

// Format writes String, whatever the verb.
func (r Renewal) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, r.String()) }

// LogValue is String for slog.
func (r Renewal) LogValue() slog.Value { return slog.StringValue(r.String()) }

// NoCardError says that none of the agreement's cards can be charged.
type NoCardError struct {
	// Refused are the cards that Ottu knows, each with its reason. It may be empty.
	Refused []RefusedCard
}

func (e *NoCardError) Error() string {
	text := "ottu: prepare renewal: no card can be charged: "
	if len(e.Refused) == 0 {
		return text + "there is none for the agreement (ask the customer to pay and to save one)"
	}
	var reasons []string
	for _, r := range e.Refused {
		reasons = append(reasons, string(r.Reason))
	}
	return text + strings.Join(reasons, ", ") + " (ask the customer for another card)"
}

// PrepareRenewal makes everything ready for [Client.AutoDebit] and charges nothing: it checks that the gateway is still
// eligible for a cart of the type [resolver.Renewal], finds the agreement's card, and creates the Checkout session,
// pinned to all three. Keep the SessionID before charging: whatever happens then, the session tells what became of it.
//
// res must speak for the same merchant as c. The error is that of [resolver.Resolver.Pay], with every reason where the
// gateway is gone; a *[NoCardError]; or an *[Error].
func (c *Client) PrepareRenewal(ctx context.Context, res *resolver.Resolver, r Renewal) (AutoDebitRequest, error) {
	session := SessionRequest{Type: "e_commerce", PaymentType: "auto_debit", PGCodes: []string{r.PGCode},
		Agreement: &r.Agreement, CustomerID: r.CustomerID, Amount: r.Amount, Currency: r.Currency,
		OrderNo: r.OrderNo, WebhookURL: r.WebhookURL}
	wrong := session.complaints()
	checkKey(wrong, r.IdempotencyKey)
	if err := wrong.err("prepare renewal"); err != nil {
		return AutoDebitRequest{}, err
	}
	ready := AutoDebitRequest{IdempotencyKey: r.IdempotencyKey}
	cart := resolver.Cart{Type: resolver.Renewal, Currency: r.Currency, Amount: r.Amount, CustomerID: r.CustomerID}
	err := res.Pay(ctx, cart, r.PGCode, func(ctx context.Context, e *resolver.Eligibility) error {
		if err := e.Require(r.PGCode); err != nil { // Pay lets what nobody knows pass
			return err
		}
		cards, err := c.Cards(ctx, CardsRequest{CustomerID: r.CustomerID, Environment: res.Environment(),
			PGCodes: session.PGCodes, AgreementID: r.Agreement.ID})
		if err != nil {
			return err
		}
		usable, refused := UsableCards(cards, e, time.Now())
		if len(usable) == 0 {
			return &NoCardError{refused}
		}
		created, err := c.CreateSession(ctx, session)
		if err != nil {
			return err
		}
		ready.SessionID, ready.Token = created.ID, usable[0].Token
		return nil
	})
	if err != nil {
		return AutoDebitRequest{}, err
	}
	return ready, nil
}
