package ottu

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
)

// SessionRequest is a Checkout session to be created. Type, Amount, Currency and PGCodes are required; the zero value
// of any other field is not sent. The limits are those of Ottu's OpenAPI file.
//
// Printing or logging a SessionRequest shows none of the customer's data. Its JSON is what is sent to Ottu, and shows
// everything.
type SessionRequest struct {
	// Type is "e_commerce" or "payment_request".
	Type string `json:"type,omitempty" validate:"omitempty,oneof=e_commerce payment_request"`
	// Amount is a decimal number with no more decimals than Currency has (see [resolver.MinorUnits]), such as "12.500".
	Amount string `json:"amount,omitempty"`
	// Currency is an ISO 4217 code in capitals.
	Currency string `json:"currency_code,omitempty" validate:"omitempty,iso4217"`
	// PGCodes are what the shopper may choose from: the methods of the cart's [resolver.Eligibility], or some of them.
	PGCodes []string `json:"pg_codes,omitempty"`

	// PaymentType is "one_off", which Ottu assumes, "auto_debit", "save_card" or "auto_pay". To save a card is free, so it
	// needs the amount 0; auto_debit needs a CustomerID and an Agreement; one_off must not have an Agreement;
	// auto_pay needs the object "autopay" in More.
	PaymentType string `json:"payment_type,omitempty" validate:"omitempty,oneof=one_off auto_debit save_card auto_pay"`
	// Agreement says how the customer's card may be charged later.
	Agreement *Agreement `json:"agreement,omitempty"`
	// CardCriteria are what a card must fulfil.
	CardCriteria *CardCriteria `json:"card_acceptance_criteria,omitempty"`
	// PaymentInstrument pays in one step, without Ottu's payment page: a JSON object as Ottu's page "Checkout API"
	// describes it, for exactly one pg_code.
	PaymentInstrument json.RawMessage `json:"payment_instrument,omitempty"`

	// CustomerID is the shop's own ID of the customer.
	CustomerID        string `json:"customer_id,omitempty" validate:"max=64"`
	CustomerEmail     string `json:"customer_email,omitempty" validate:"max=128"`
	CustomerPhone     string `json:"customer_phone,omitempty" validate:"max=16"`
	CustomerFirstName string `json:"customer_first_name,omitempty" validate:"max=64"`
	CustomerLastName  string `json:"customer_last_name,omitempty" validate:"max=64"`

	// BillingAddress and ShippingAddress have the fields that Ottu's OpenAPI file names.
	BillingAddress  map[string]string `json:"billing_address,omitempty"`
	ShippingAddress map[string]string `json:"shipping_address,omitempty"`

	// OrderNo is the shop's own number of the order.
	OrderNo string `json:"order_no,omitempty" validate:"max=128"`
	// Language is that of the payment page: "en" or "ar".
	Language string `json:"language,omitempty" validate:"omitempty,oneof=en ar"`
	// RedirectURL is where the shopper comes back to; WebhookURL is where Ottu reports the payment.
	RedirectURL string `json:"redirect_url,omitempty" validate:"omitempty,http_url,max=2000"`
	WebhookURL  string `json:"webhook_url,omitempty" validate:"omitempty,http_url,max=2000"`
	// ExpirationTime is the session's lifetime as Ottu writes it, "HH:MM:SS". Ottu's default is 24 hours.
	ExpirationTime string `json:"expiration_time,omitempty"`

	// More has the fields of Ottu's page "Checkout API" that have none above, under Ottu's names, such as "notifications",
	// "loyalty" or "extra". It is sent as encoding/json writes it, unchecked. A name that has a field above is a mistake.
	More map[string]any `json:"-"`
}

// SessionUpdate changes a session that nobody has paid yet. The fields mean the same; none is required, and the zero
// value of each leaves the session as it is. An Amount needs its Currency, which tells how many decimals it may have.
//
// Printing or logging a SessionUpdate shows none of the customer's data; its JSON is as that of a [SessionRequest].
type SessionUpdate SessionRequest

// CardCriteria are what Ottu asks of a card.
type CardCriteria struct {
	// MinExpiryTime is for how many more days it must be valid, 1 to 365. For auto_debit Ottu assumes 30.
	MinExpiryTime int `json:"min_expiry_time" validate:"min=1,max=365"`
}

// Agreement is the customer's consent to later charges. A recurring one needs every field but Type and Seller; an
// installment needs Seller too; an unscheduled one needs ID and Frequency. Ottu checks them. See its page "Recurring
// Payments".
type Agreement struct {
	// ID is the shop's own. Later charges repeat it, with the same pg_code and customer.
	ID                string `json:"id" validate:"required"`
	Type              string `json:"type,omitempty"`
	Frequency         string `json:"frequency,omitempty"`
	AmountVariability string `json:"amount_variability,omitempty"`
	ExpiryDate        string `json:"expiry_date,omitempty"`
	CycleIntervalDays int    `json:"cycle_interval_days,omitempty"`
	TotalCycles       int    `json:"total_cycles,omitempty"`
	// Seller is the object of this name in Ottu's OpenAPI file.
	Seller map[string]any `json:"seller,omitempty"`
}

// MarshalJSON writes what is sent to Ottu.
func (r SessionRequest) MarshalJSON() ([]byte, error) {
	type fields SessionRequest // has no MarshalJSON
	body, err := json.Marshal(fields(r))
	if err != nil || len(r.More) == 0 {
		return body, err
	}
	more, err := json.Marshal(r.More)
	if err != nil || len(body) == len("{}") {
		return more, err
	}
	return slices.Concat(body[:len(body)-1], []byte(","), more[1:]), nil
}

// MarshalJSON writes what is sent to Ottu.
func (u SessionUpdate) MarshalJSON() ([]byte, error) { return SessionRequest(u).MarshalJSON() }

// String describes the request without the customer.
func (r SessionRequest) String() string { return r.describe("SessionRequest") }

func (r SessionRequest) describe(name string) string {
	return fmt.Sprintf("ottu.%s(%q %q, %d pg_codes)", name, clip(r.Type), clip(r.Currency), len(r.PGCodes))
}

// Format writes String, whatever the verb.
func (r SessionRequest) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, r.String()) }

// LogValue is String for slog.
func (r SessionRequest) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String describes the update without the customer.
func (u SessionUpdate) String() string { return SessionRequest(u).describe("SessionUpdate") }

// Format writes String, whatever the verb.
func (u SessionUpdate) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, u.String()) }

// LogValue is String for slog.
func (u SessionUpdate) LogValue() slog.Value { return slog.StringValue(u.String()) }
