package ottutest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
)

// MID is one gateway configuration of the merchant, as the admin panel of Ottu holds it. The JSON names are those of
// the API, and of the control API.
//
// Only Code and Currencies are needed: [Merchant.SetMID] fills in the rest. A MID that is zero otherwise is a
// production gateway, in use, that takes purchases in every plugin and keeps no cards.
type MID struct {
	// Code is the pg_code.
	Code string `json:"code"`
	// Name is the merchant's internal name; Code where empty.
	Name string `json:"name"`
	// PG is the gateway's name for people, such as "KNET". Only answers of [ShapeSDK] and the cards show it.
	PG string `json:"pg,omitempty"`
	// Sandbox tells a test gateway from a real one.
	Sandbox bool `json:"is_sandbox"`
	// Logo is a URL; where empty, the simulator draws one and serves it.
	Logo string `json:"logo"`
	// DefaultCurrency is the first of Currencies where empty. Currencies are ISO 4217 codes.
	DefaultCurrency string   `json:"default_currency"`
	Currencies      []string `json:"accepted_currencies"`
	// Operation is "purchase" (also where empty) or "authorize". Operations are the follow-ups, such as "refund".
	Operation  string   `json:"operation"`
	Operations []string `json:"operations"`
	// Tokenizable: it can keep a card. AutoDebit: it can charge one without the shopper.
	Tokenizable bool `json:"is_tokenizable"`
	AutoDebit   bool `json:"auto_debit_enabled"`
	// Wallets are as in the API: "ApplePay", "GooglePay".
	Wallets  []string  `json:"wallets"`
	Services []Service `json:"payment_services"`
	Tags     []string  `json:"tags"`
	// Type is "wallet" for an M-Wallet: it is listed only for a customer with a balance in the currency
	// ([Merchant.SetBalance]).
	Type string `json:"type,omitempty"`
	// Connector is what pg_names matches, by its Identifier; Code where empty.
	Connector Connector `json:"connector"`

	// What follows is never shown in an answer.

	// Plugins are those that the MID works with, such as "e_commerce"; all of them where empty.
	Plugins []string `json:"plugins,omitempty"`
	// WalletProvider names who keeps the stored balance behind the service "wallet". A session may have one MID per
	// provider and currency.
	WalletProvider string `json:"wallet_provider,omitempty"`
	// Inactive is the opposite of the API's is_active: such a MID is neither listed nor usable.
	Inactive bool `json:"-"`
	// Hidden is the opposite of the API's displayable: such a MID is usable for Checkout, to carry payment services, and
	// never listed.
	Hidden bool `json:"-"`
}

// Service is a payment service that a MID carries, such as Apple Pay.
type Service struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	NameAr string `json:"name_ar,omitempty"`
}

// Connector names the integration behind a MID and the processor behind that. It stays when the code is renamed.
type Connector struct {
	Identifier string `json:"identifier"`
	Processor  string `json:"processor"`
}

// complete returns a copy that shares nothing with m, its empty fields filled in.
func (m MID) complete() MID {
	m.Name = cmp.Or(m.Name, m.Code)
	m.Operation = cmp.Or(m.Operation, "purchase")
	m.Connector.Identifier = cmp.Or(m.Connector.Identifier, m.Code)
	m.Connector.Processor = cmp.Or(m.Connector.Processor, m.Connector.Identifier)
	m.PG = cmp.Or(m.PG, m.Name)
	for _, list := range []*[]string{&m.Currencies, &m.Operations, &m.Wallets, &m.Tags, &m.Plugins} {
		*list = append([]string{}, *list...)
	}
	m.Services = append([]Service{}, m.Services...)
	if m.DefaultCurrency == "" && len(m.Currencies) > 0 {
		m.DefaultCurrency = m.Currencies[0]
	}
	return m
}

var wellFormedCode = regexp.MustCompile(`^[-a-zA-Z0-9_]{1,50}$`)

// check finds what makes a MID useless or an answer ill-formed.
func (m MID) check() error {
	if !wellFormedCode.MatchString(m.Code) {
		return fmt.Errorf("code %q is not 1 to 50 letters, digits, hyphens and underscores", m.Code)
	}
	if len(m.Currencies) == 0 {
		return fmt.Errorf(`MID %q has no currency: give accepted_currencies, such as ["KWD"]`, m.Code)
	}
	for _, currency := range append([]string{m.complete().DefaultCurrency}, m.Currencies...) {
		if checkCurrency(currency) != "" {
			return fmt.Errorf("currency %q of MID %q is no ISO 4217 code", currency, m.Code)
		}
	}
	return nil
}

func (m MID) hasService(code string) bool {
	return slices.ContainsFunc(m.Services, func(s Service) bool { return s.Code == code })
}

func (m MID) environment() string {
	if m.Sandbox {
		return "sandbox"
	}
	return "production"
}

// MIDs returns copies of the merchant's MIDs, in the merchant's order.
func (m *Merchant) MIDs() []MID {
	m.mu.Lock()
	defer m.mu.Unlock()
	mids := slices.Clone(m.mids)
	for i, mid := range mids {
		mids[i] = mid.complete()
	}
	return mids
}

// SetMID adds a MID at the end, or replaces in its place the one with the same code.
func (m *Merchant) SetMID(mid MID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.indexMID(mid.Code); i >= 0 {
		m.mids[i] = mid.complete()
		return
	}
	m.mids = append(m.mids, mid.complete())
}

// UpdateMID changes the MID with this code, in place: switches it off, renames it, takes a currency away. The function
// runs under the Merchant's lock and must not call it. A code that no MID has, or that another MID has already, is an
// error, and nothing changes.
func (m *Merchant) UpdateMID(code string, change func(*MID)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.indexMID(code)
	if i < 0 {
		return noMID(code)
	}
	mid := m.mids[i].complete()
	change(&mid)
	if other := m.indexMID(mid.Code); other >= 0 && other != i {
		return fmt.Errorf("ottutest: MID %q cannot be renamed: there is a MID %q already", code, mid.Code)
	}
	m.mids[i] = mid.complete()
	return nil
}

// RemoveMID takes the MID with this code away. A code that no MID has is an error.
func (m *Merchant) RemoveMID(code string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.indexMID(code)
	if i < 0 {
		return noMID(code)
	}
	m.mids = slices.Delete(m.mids, i, i+1)
	return nil
}

func (m *Merchant) indexMID(code string) int {
	return slices.IndexFunc(m.mids, func(mid MID) bool { return mid.Code == code })
}

func noMID(code string) error {
	return fmt.Errorf("ottutest: there is no MID %q (MIDs lists them)", code)
}
