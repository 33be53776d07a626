package ottu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
)

// AutoDebitRequest charges a saved card without the shopper. Every field is required. Printing or logging it
// shows none of them.
type AutoDebitRequest struct {
	// SessionID is the Checkout session to be paid, with the payment type "auto_debit".
	SessionID string
	// Token is the card's: one of the session's customer, pg_codes and agreement.
	Token CardToken
	// IdempotencyKey names this charge: printable ASCII without spaces, the same each time that the same debt is charged,
	// such as the agreement and its cycle. It shows in no error. Ottu does not say whether a declined charge uses its key
	// up, so another try for the same debt, after [ErrDeclined] alone, takes a new key.
	IdempotencyKey string
}

// String names the type and nothing else.
func (AutoDebitRequest) String() string { return "ottu.AutoDebitRequest" }

// Format writes String, whatever the verb.
func (r AutoDebitRequest) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, r.String()) }

// LogValue is String for slog.
func (r AutoDebitRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Charge is what became of an auto-debit. Printing or logging it does not show the session. Its JSON shows everything.
type Charge struct {
	SessionID string
	// State is the session's, as in [Session], and Result the operation's, such as "success". One of the two may be empty.
	State, Result string
	// PGCode is the gateway that charged the card, where Ottu says it.
	PGCode string
	// Amount is a decimal number in Currency.
	Amount, Currency string
}

// Paid tells whether the session is paid or authorized. A charge that is neither is not over: retrieve the session.
func (c Charge) Paid() bool { return c.State == "paid" || c.State == "authorized" }

// String describes the charge without its session.
func (c Charge) String() string {
	return fmt.Sprintf("ottu.Charge(%q %q by %q)", clip(c.State), clip(c.Result), clip(c.PGCode))
}

// Format writes String, whatever the verb.
func (c Charge) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.String()) }

// LogValue is String for slog.
func (c Charge) LogValue() slog.Value { return slog.StringValue(c.String()) }

// AutoDebit charges a saved card. It is sent once and never again, not even by net/http, and needs an [APIKey] or a
// user who may do auto-debits.
//
// Every error is an *[Error]. [ErrDeclined] says that the card was not charged; [ErrDuplicate] that the key was used
// before. After [ErrOutcomeUnknown] the card may have been charged: retrieve the session first.
func (c *Client) AutoDebit(ctx context.Context, r AutoDebitRequest) (*Charge, error) {
	const name = "auto-debit"
	if err := r.complaints().err(name); err != nil {
		return nil, err
	}
	body := struct {
		SessionID string `json:"session_id"`
		Token     string `json:"token"`
	}{r.SessionID, r.Token.Reveal()}
	rq := request{name: name, method: http.MethodPost, path: "/b/pbl/v2/auto-debit/", body: body, key: r.IdempotencyKey}
	var charge *Charge
	err := c.call(ctx, rq, func(answer []byte) (err error) {
		charge, err = decodeCharge(answer, r.SessionID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if charge.Result == "failed" || charge.State == "failed" {
		return nil, &Error{Status: http.StatusOK, Result: "failed", FailedProvider: charge.PGCode, call: name}
	}
	return charge, nil
}

func (r AutoDebitRequest) complaints() complaints {
	wrong := complaints{}
	checkSessionID(wrong, r.SessionID)
	r.Token.check(wrong)
	checkKey(wrong, r.IdempotencyKey)
	return wrong
}

func checkKey(wrong complaints, key string) {
	switch {
	case key == "":
		wrong.add("Idempotency-Key", "is missing")
	case !printable(key, false):
		wrong.add("Idempotency-Key", "has spaces, control or non-ASCII characters")
	}
}

// decodeCharge reads the answer to an auto-debit, which has the shape of a payment webhook. Its errors quote nothing of
// it.
func decodeCharge(body []byte, sessionID string) (*Charge, error) {
	var doc struct {
		SessionID string        `json:"session_id"`
		State     string        `json:"state"`
		Result    string        `json:"result"`
		PGCode    soft[string]  `json:"gateway_account"`
		Amount    soft[decimal] `json:"amount"`
		Currency  soft[string]  `json:"currency_code"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.SessionID != "" && doc.SessionID != sessionID {
		return nil, errors.New("it is about another session")
	}
	if doc.State == "" && doc.Result == "" {
		return nil, errors.New("it has neither state nor result")
	}
	return &Charge{sessionID, doc.State, doc.Result, doc.PGCode.v, string(doc.Amount.v), doc.Currency.v}, nil
}
