package ottu

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tendergo/tender/resolver"
)

// method is one entry of payment_methods. What decides whether a shopper may be charged by it is strict, the rest soft.
type method struct {
	Code            string              `json:"code"`
	Sandbox         *bool               `json:"is_sandbox"`
	Tokenizable     *bool               `json:"is_tokenizable"`
	AutoDebit       *bool               `json:"auto_debit_enabled"`
	Operation       string              `json:"operation"`
	Name            soft[string]        `json:"name"`
	NameAr          soft[string]        `json:"name_ar"`
	Logo            soft[string]        `json:"logo"`
	DefaultCurrency soft[string]        `json:"default_currency"`
	Currencies      softStrings         `json:"accepted_currencies"`
	Operations      softStrings         `json:"operations"`
	Wallets         softStrings         `json:"wallets"`
	Tags            softStrings         `json:"tags"`
	PG              soft[string]        `json:"pg"`
	Type            soft[string]        `json:"type"`
	Services        soft[[]soft[coded]] `json:"payment_services"`
	Connector       soft[struct {
		Identifier soft[string] `json:"identifier"`
		Processor  soft[string] `json:"processor"`
	}] `json:"connector"`
}

// maxEntries is more methods than any merchant has, and few enough to compare and to report each.
const maxEntries = 1000

// decodeCatalog reads an answer of the Payment Methods API. Its errors quote nothing of it.
func decodeCatalog(body []byte) (resolver.Catalog, error) {
	var doc struct {
		Methods *[]json.RawMessage  `json:"payment_methods"`
		Codes   *[]json.RawMessage  `json:"pg_codes"`
		Past    soft[[]soft[coded]] `json:"customer_payment_methods"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return resolver.Catalog{}, err
	}
	var (
		catalog resolver.Catalog
		entries []json.RawMessage
		decode  = decodeMethod
		list    = "payment_methods"
	)
	switch {
	case doc.Methods != nil: // Ottu's own demo reads payment_methods ?? pg_codes
		entries = *doc.Methods
	case doc.Codes != nil:
		entries, decode, list = *doc.Codes, decodeCode, "pg_codes"
	default:
		return resolver.Catalog{}, errors.New("it has neither payment_methods nor pg_codes")
	}
	if len(entries) > maxEntries {
		return resolver.Catalog{}, fmt.Errorf("%s has more than %d entries", list, maxEntries)
	}
	seen := make(map[string]bool, len(entries))
	for i, entry := range entries {
		m, err := decode(entry)
		if err == nil && seen[m.Code] {
			err = errors.New("its code is there already")
		}
		if err != nil {
			catalog.Dropped = append(catalog.Dropped, dropped(list, i, m.Code, err))
			continue
		}
		seen[m.Code] = true
		catalog.Methods = append(catalog.Methods, m)
	}
	if len(entries) > 0 && len(catalog.Methods) == 0 {
		return resolver.Catalog{}, fmt.Errorf("none of its %d methods makes sense: %w", len(entries), catalog.Dropped[0])
	}
	for _, past := range doc.Past.v[:min(len(doc.Past.v), maxEntries)] {
		if code := past.v.Code; wellFormed(code) && !slices.Contains(catalog.Past, code) {
			catalog.Past = append(catalog.Past, code)
		}
	}
	return catalog, nil
}

func decodeMethod(entry json.RawMessage) (resolver.PaymentMethod, error) {
	var m method
	if err := json.Unmarshal(entry, &m); err != nil {
		return resolver.PaymentMethod{Code: m.Code}, errors.New(jsonProblem(err))
	}
	var services []resolver.PaymentService
	for _, s := range m.Services.v {
		if s.v.Code != "" {
			services = append(services, resolver.PaymentService(s.v))
		}
	}
	return resolver.PaymentMethod{
		Code: m.Code, Name: m.Name.v, NameAr: m.NameAr.v, Logo: m.Logo.v, PG: m.PG.v, Type: m.Type.v,
		Sandbox: flag(m.Sandbox), Tokenizable: flag(m.Tokenizable), AutoDebit: flag(m.AutoDebit),
		DefaultCurrency: m.DefaultCurrency.v, Currencies: resolver.ListOf(stringsOf(m.Currencies)...),
		Operation: resolver.Operation(m.Operation), Operations: resolver.ListOf(stringsOf(m.Operations)...),
		Wallets: resolver.ListOf(stringsOf(m.Wallets)...), Tags: resolver.ListOf(stringsOf(m.Tags)...),
		Services:  resolver.ListOf(services...),
		Connector: resolver.Connector{Identifier: m.Connector.v.Identifier.v, Processor: m.Connector.v.Processor.v},
	}, checkCode(m.Code)
}

func decodeCode(entry json.RawMessage) (resolver.PaymentMethod, error) {
	var c coded
	if err := json.Unmarshal(entry, &c); err != nil {
		return resolver.PaymentMethod{}, errors.New(jsonProblem(err))
	}
	return resolver.PaymentMethod{Code: c.Code}, checkCode(c.Code)
}

// dropped says which entry was left out and why.
func dropped(list string, i int, code string, why error) error {
	if wellFormed(code) {
		return fmt.Errorf("ottu: %s[%d] (%s) is left out: %w", list, i, code, why)
	}
	return fmt.Errorf("ottu: %s[%d] is left out: %w", list, i, why)
}

func checkCode(code string) error {
	if !wellFormed(code) {
		return errors.New("its code is not 1 to 50 letters, digits, hyphens and underscores")
	}
	return nil
}

func flag(b *bool) resolver.Flag {
	if b == nil {
		return resolver.Unset
	}
	return resolver.FlagOf(*b)
}
