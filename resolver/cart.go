package resolver

import (
	"fmt"
	"io"
	"log/slog"
)

// CartType is the purpose of a cart: what the shopper's payment is for. It selects a [Profile].
//
// It is a purpose and not a flag, because one flag of Ottu's API does not tell a first subscription charge from a saved
// card or a renewal. A shop adds its own types with [WithProfile].
type CartType string

// The cart types that every Resolver knows. [DefaultProfile] tells the filters that each one sends.
const (
	// OneOff is a single purchase, paid now, with the shopper present.
	OneOff CartType = "one_off"
	// Subscription is the first charge of a subscription: the shopper is present and the card is kept.
	Subscription CartType = "subscription"
	// Renewal is a later charge of a subscription: no shopper is present.
	Renewal CartType = "renewal"
	// SaveCard keeps a card and charges nothing.
	SaveCard CartType = "save_card"
	// PreOrder authorises now and captures later.
	PreOrder CartType = "pre_order"
	// PaymentRequest is an invoice or a payment link.
	PaymentRequest CartType = "payment_request"
)

// Cart is what the shop knows of one purchase. It is a value: the Resolver never changes it.
//
// Printing a Cart with any verb of fmt, or logging it with slog, shows whether there is a customer and never who.
type Cart struct {
	// CustomerID is the shop's own ID of a signed-in customer, at most 64 characters of UTF-8 without control characters
	// (the limit of Ottu's customer_id). Empty means a guest.
	CustomerID string
	// Currency is an ISO 4217 code in capitals, one of those that the Resolver was made with. Required.
	Currency string
	// Type is the purpose of the cart. Required, unless the route fixes it. A cart that mixes a one-off purchase with a
	// subscription is a Subscription: the stricter profile, since one payment must serve both.
	Type CartType
	// Amount is a decimal number in Currency, such as "12.500" for KWD: no sign, no exponent, no more decimals than the
	// currency has. Optional; only rules and checkout read it, it is never sent with the question for payment methods.
	Amount string
	// Country is an ISO 3166-1 alpha-2 code in capitals. Optional; only rules read it.
	Country string
	// Attributes are whatever else the shop's own rules read. Optional. The map is not copied: do not change it while
	// the request runs.
	Attributes map[string]string
}

// String describes the cart without its customer, amount and attributes.
func (c Cart) String() string {
	who := "guest"
	if c.CustomerID != "" {
		who = "customer"
	}
	return "cart(" + clip(string(c.Type)) + " " + clip(c.Currency) + " " + who + ")"
}

// Format is String for every verb of fmt.
func (c Cart) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.String()) }

// LogValue is String for slog.
func (c Cart) LogValue() slog.Value { return slog.StringValue(c.String()) }

// clip bounds a foreign value in an error or a log.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
