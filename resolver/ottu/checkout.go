package ottu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/tendergo/tender/resolver"
)

// SessionRequest is a Checkout session to be created. Type, Amount, Currency and PGCodes are required; the zero value
// of any other field is not sent. The limits are those of Ottu's OpenAPI file.
//
// Printing or logging a SessionRequest shows none of the customer's data.
type SessionRequest struct {
	// Type is "e_commerce" or "payment_request".
	Type string `json:"type" validate:"required,oneof=e_commerce payment_request"`
	// Amount is a decimal number with no more decimals than Currency has (see [resolver.MinorUnits]), such as "12.500".
	Amount string `json:"amount" validate:"required"`
	// Currency is an ISO 4217 code in capitals.
	Currency string `json:"currency_code" validate:"required,iso4217"`
	// PGCodes are what the shopper may choose from: the methods of the cart's [resolver.Eligibility], or some of them.
	PGCodes []string `json:"pg_codes" validate:"required,min=1"`

	// PaymentType is "one_off", which Ottu assumes, "auto_debit", "save_card" or "auto_pay". To save a card is free, so it
	// needs the amount 0; auto_debit needs a CustomerID and an Agreement; one_off must not have an Agreement.
	PaymentType string `json:"payment_type,omitempty" validate:"omitempty,oneof=one_off auto_debit save_card auto_pay"`
	// Agreement says how the customer's card may be charged later.
	Agreement *Agreement `json:"agreement,omitempty"`

	// CustomerID is the shop's own ID of the customer.
	CustomerID        string `json:"customer_id,omitempty" validate:"max=64"`
	CustomerEmail     string `json:"customer_email,omitempty" validate:"max=128"`
	CustomerPhone     string `json:"customer_phone,omitempty" validate:"max=16"`
	CustomerFirstName string `json:"customer_first_name,omitempty" validate:"max=64"`
	CustomerLastName  string `json:"customer_last_name,omitempty" validate:"max=64"`

	// OrderNo is the shop's own number of the order.
	OrderNo string `json:"order_no,omitempty" validate:"max=128"`
	// Language is that of the payment page: "en" or "ar".
	Language string `json:"language,omitempty" validate:"omitempty,oneof=en ar"`
	// RedirectURL is where the shopper comes back to; WebhookURL is where Ottu reports the payment.
	RedirectURL string `json:"redirect_url,omitempty" validate:"omitempty,http_url,max=2000"`
	WebhookURL  string `json:"webhook_url,omitempty" validate:"omitempty,http_url,max=2000"`
	// ExpirationTime is the session's lifetime as Ottu writes it, "HH:MM:SS". Ottu's default is 24 hours.
	ExpirationTime string `json:"expiration_time,omitempty"`
}

// Agreement is the customer's consent to later charges. A recurring one needs every field but Type; an unscheduled one
// needs ID and Frequency. Ottu checks them. See its page "Recurring Payments".
type Agreement struct {
	// ID is the shop's own. Later charges repeat it, with the same pg_code and customer.
	ID                string `json:"id" validate:"required"`
	Type              string `json:"type,omitempty"`
	Frequency         string `json:"frequency,omitempty"`
	AmountVariability string `json:"amount_variability,omitempty"`
	ExpiryDate        string `json:"expiry_date,omitempty"`
	CycleIntervalDays int    `json:"cycle_interval_days,omitempty"`
	TotalCycles       int    `json:"total_cycles,omitempty"`
}

const (
	sessionsPath = "/b/checkout/v1/pymt-txn/"
	maxSessionID = 128
)

// CreateSession creates a Checkout session. It is sent once and never again, for each one that arrives is a payment of
// its own: after a network failure there may be a session that nobody knows. A request that cannot be
// right is not sent.
// Every error is an *[Error]; see [RejectedPGCodes] for methods that were eligible a moment ago.
func (c *Client) CreateSession(ctx context.Context, r SessionRequest) (*Session, error) {
	const name = "create session"
	if err := r.complaints().err(name); err != nil {
		return nil, err
	}
	return c.session(ctx, request{name: name, method: http.MethodPost, path: sessionsPath, body: r})
}

// Session retrieves a session by its ID, with the retries of [Client.PaymentMethods]. Every error is an *[Error].
func (c *Client) Session(ctx context.Context, id string) (*Session, error) {
	const name = "retrieve session"
	if len(id) > maxSessionID || strings.Trim(id, ".") == "" || !utf8.ValidString(id) {
		why := fmt.Sprintf("is not 1 to %d characters that name a session", maxSessionID)
		return nil, complaints{"session_id": {why}}.err(name)
	}
	rq := request{name: name, method: http.MethodGet, path: sessionsPath + url.PathEscape(id) + "/", read: true}
	return c.session(ctx, rq)
}

func (c *Client) session(ctx context.Context, rq request) (s *Session, err error) {
	err = c.call(ctx, rq, func(answer []byte) (err error) {
		s, err = decodeSession(answer)
		return err
	})
	return s, err
}

// complaints are what is wrong with a request: Ottu would answer 400 to each.
func (r SessionRequest) complaints() complaints {
	wrong := invalid(r)
	for _, code := range r.PGCodes {
		if !wellFormed(code) {
			wrong.add("pg_codes", "has a code that is not 1 to 50 letters, digits, hyphens and underscores")
			break
		}
	}
	if !utf8.ValidString(r.CustomerID) {
		wrong.add("customer_id", "is not UTF-8")
	}
	if r.Amount != "" && wrong["currency_code"] == nil {
		units, err := resolver.MinorUnits(r.Amount, r.Currency)
		if cart, ok := errors.AsType[*resolver.CartError](err); ok {
			wrong.add("amount", "is wrong: "+cart.Detail)
		} else if r.PaymentType == "save_card" && units != 0 {
			wrong.add("amount", "is not 0, which save_card needs")
		}
	}
	switch r.PaymentType {
	case "", "one_off":
		if r.Agreement != nil {
			wrong.add("agreement", "is there, which one_off does not take")
		}
	case "auto_debit":
		if r.Agreement == nil {
			wrong.add("agreement", "is missing, which auto_debit needs")
		}
		if r.CustomerID == "" {
			wrong.add("customer_id", "is missing, which auto_debit needs")
		}
	}
	return wrong
}

// String describes the request without the customer.
func (r SessionRequest) String() string {
	return fmt.Sprintf("ottu.SessionRequest(%q %q, %d pg_codes)", clip(r.Type), clip(r.Currency), len(r.PGCodes))
}

// Format writes String, whatever the verb.
func (r SessionRequest) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, r.String()) }

// LogValue is String for slog.
func (r SessionRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }
