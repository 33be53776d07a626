package ottu

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Session is one payment, as the Checkout API answers. It holds nothing of the customer, but whoever has its ID or URL
// can see and pay it: printing or logging it shows neither. Its JSON shows everything.
type Session struct {
	ID string
	// CheckoutURL is where to send the shopper, and ShortURL the same for a message. Either may be empty.
	CheckoutURL, ShortURL string
	// State is "created", "pending", "attempted", "authorized", "paid", "failed", "canceled", "expired", "invalided",
	// "refunded" or "cod"; there may be others. Empty where Ottu did not say.
	State string
	// Expiration is the session's lifetime as Ottu writes it, such as "00:30:00".
	Expiration string
	// Amount is a decimal number in Currency, without the fee of a method.
	Amount, Currency string
	OrderNo          string
	// Methods are the ways to pay it, in Ottu's order, with what each one costs.
	Methods []SessionMethod
}

// String describes the session without its ID, URLs and order.
func (s Session) String() string {
	return fmt.Sprintf("ottu.Session(%q %q, %d methods)", clip(s.State), clip(s.Currency), len(s.Methods))
}

// Format writes String, whatever the verb.
func (s Session) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, s.String()) }

// LogValue is String for slog.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// SessionMethod is a way to pay one session. Printing or logging it shows no URL. Its JSON shows everything.
type SessionMethod struct {
	// Code is the pg_code.
	Code, Name, Type string
	// Amount is what the shopper pays by this method, in Currency, and Fee the part of it that the method costs.
	Amount, Currency, Fee string
	FeeDescription        string
	Icon                  string
	// Flow is how the shopper gets to the gateway, such as "redirect"; RedirectURL is then where, if it is known already.
	Flow, RedirectURL string
}

// String names the pg_code and the flow.
func (m SessionMethod) String() string {
	return fmt.Sprintf("ottu.SessionMethod(%q %q)", clip(m.Code), clip(m.Flow))
}

// Format writes String, whatever the verb.
func (m SessionMethod) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, m.String()) }

// LogValue is String for slog.
func (m SessionMethod) LogValue() slog.Value { return slog.StringValue(m.String()) }

// decodeSession reads a Checkout answer. Its errors quote nothing of it.
func decodeSession(body []byte) (*Session, error) {
	var doc struct {
		ID          string                      `json:"session_id"`
		CheckoutURL soft[string]                `json:"checkout_url"`
		PaymentURL  soft[string]                `json:"payment_url"` // the same, on the page "Getting Started"
		ShortURL    soft[string]                `json:"checkout_short_url"`
		State       soft[string]                `json:"state"`
		Expiration  soft[string]                `json:"expiration_time"`
		Amount      soft[decimal]               `json:"amount"`
		Currency    soft[string]                `json:"currency_code"`
		OrderNo     soft[string]                `json:"order_no"`
		Methods     soft[[]soft[sessionMethod]] `json:"payment_methods"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.ID == "" {
		return nil, errors.New("it has no session_id")
	}
	s := &Session{ID: doc.ID, CheckoutURL: doc.CheckoutURL.v, ShortURL: doc.ShortURL.v, State: doc.State.v,
		Expiration: doc.Expiration.v, Amount: string(doc.Amount.v), Currency: doc.Currency.v, OrderNo: doc.OrderNo.v}
	if s.CheckoutURL == "" {
		s.CheckoutURL = doc.PaymentURL.v
	}
	for _, m := range doc.Methods.v {
		if wellFormed(m.v.Code) {
			s.Methods = append(s.Methods, m.v.public())
		}
	}
	return s, nil
}

// sessionMethod is an entry of payment_methods. Ottu's OpenAPI file calls the list an object; the answers have a list.
type sessionMethod struct {
	Code           string        `json:"code"`
	Name           soft[string]  `json:"name"`
	Type           soft[string]  `json:"type"`
	Amount         soft[decimal] `json:"amount"`
	Currency       soft[string]  `json:"currency_code"`
	Fee            soft[decimal] `json:"fee"`
	FeeDescription soft[string]  `json:"fee_description"`
	Icon           soft[string]  `json:"icon"`
	Flow           soft[string]  `json:"flow"`
	RedirectURL    soft[string]  `json:"redirect_url"`
}

func (m sessionMethod) public() SessionMethod {
	return SessionMethod{m.Code, m.Name.v, m.Type.v, string(m.Amount.v), m.Currency.v, string(m.Fee.v),
		m.FeeDescription.v, m.Icon.v, m.Flow.v, m.RedirectURL.v}
}

// decimal reads an amount, a string in Ottu's documents, from a JSON number too, digit by digit.
type decimal string

func (d *decimal) UnmarshalJSON(b []byte) error {
	var n json.Number // takes both, and of strings only those that are numbers
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*d = decimal(n)
	return nil
}
