package resolver

import (
	"encoding/json"
	"iter"
	"slices"
)

// List is a list that cannot be changed, so that one answer can be shared by every request. Its zero value is empty.
type List[T comparable] struct{ items []T }

// ListOf copies items into a List.
func ListOf[T comparable](items ...T) List[T] { return List[T]{slices.Clone(items)} }

// Len is the number of items.
func (l List[T]) Len() int { return len(l.items) }

// Contains tells whether item is in the list.
func (l List[T]) Contains(item T) bool { return slices.Contains(l.items, item) }

// All walks the items in order.
func (l List[T]) All() iter.Seq[T] { return slices.Values(l.items) }

// Slice returns a copy that is the caller's own.
func (l List[T]) Slice() []T { return slices.Clone(l.items) }

// Equal tells whether two lists hold the same items in the same order.
func (l List[T]) Equal(other List[T]) bool { return slices.Equal(l.items, other.items) }

// MarshalJSON writes an array, and [] for an empty list.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if len(l.items) == 0 {
		return []byte("[]"), nil
	}
	return json.Marshal(l.items)
}

// PaymentMethod is one gateway configuration (MID) of the merchant, as the Payment Methods API describes it. It is a
// value that shares nothing that can be changed: a handler may keep it or overwrite its fields.
//
// Only Code is sure to be there. The API's documents mark more fields as required, but its examples omit many of them,
// and one documented answer is a bare list of codes.
type PaymentMethod struct {
	// Code is the pg_code: what a Checkout session is created with. A merchant can rename it at any time.
	Code string
	// Name is the merchant's internal name. NameAr is the Arabic one, where given.
	Name, NameAr string
	// Logo is a URL.
	Logo string
	// Sandbox tells a test gateway.
	Sandbox         Flag
	DefaultCurrency string
	// Currencies are the ISO 4217 codes that the gateway accepts. A merchant's currency exchange can make others usable,
	// so nothing is excluded by them.
	Currencies List[string]
	// Operation is what this MID does with a payment. Operations are the follow-ups it allows, such as "refund".
	Operation  Operation
	Operations List[string]
	// Tokenizable: the gateway can keep a card. AutoDebit: it can charge one without the shopper.
	Tokenizable, AutoDebit Flag
	// Wallets are as in the API: "ApplePay", "GooglePay".
	Wallets List[string]
	// Services are the payment services of the gateway. An answer that lists them as strings gives their codes only.
	Services List[PaymentService]
	Tags     List[string]
	// PG is the gateway's name, and Type is "wallet" for an M-Wallet; both are outside of Ottu's OpenAPI file.
	PG, Type string
	// Connector identifies the integration behind the MID. It does not change when the merchant renames the code.
	Connector Connector
}

// PaymentService is a service that a gateway carries, such as Apple Pay or a wallet.
type PaymentService struct {
	Code, Name, NameAr string
}

// Connector names an integration and the processor behind it.
type Connector struct {
	Identifier, Processor string
}

// HasService tells whether the gateway carries the payment service with this code, such as "apple_pay".
func (m PaymentMethod) HasService(code string) bool {
	return slices.ContainsFunc(m.Services.items, func(s PaymentService) bool { return s.Code == code })
}

// Equal tells whether every fact of two methods is the same.
func (m PaymentMethod) Equal(o PaymentMethod) bool {
	return m.Code == o.Code && m.Name == o.Name && m.NameAr == o.NameAr && m.Logo == o.Logo &&
		m.Sandbox == o.Sandbox && m.Tokenizable == o.Tokenizable && m.AutoDebit == o.AutoDebit &&
		m.Operation == o.Operation && m.DefaultCurrency == o.DefaultCurrency &&
		m.PG == o.PG && m.Type == o.Type && m.Connector == o.Connector &&
		m.Currencies.Equal(o.Currencies) && m.Operations.Equal(o.Operations) && m.Wallets.Equal(o.Wallets) &&
		m.Services.Equal(o.Services) && m.Tags.Equal(o.Tags)
}
