package ottu

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/tendergo/tender/resolver"
)

// methodsRequest is the body of the Payment Methods API, after Ottu's OpenAPI file. A flag is a JSON boolean there,
// though an example on the page "Payment Methods" writes it as a string.
type methodsRequest struct {
	Plugin          string               `json:"plugin" validate:"required,max=50"`
	Type            resolver.Environment `json:"type" validate:"required,oneof=sandbox production"`
	Currencies      []string             `json:"currencies,omitempty"`
	CustomerID      string               `json:"customer_id,omitempty" validate:"max=64"`
	Operation       resolver.Operation   `json:"operation,omitempty"`
	Tokenizable     *bool                `json:"tokenizable,omitempty"`
	AutoDebit       *bool                `json:"auto_debit,omitempty"`
	PGNames         []string             `json:"pg_names,omitempty"`
	Tags            []string             `json:"tags,omitempty"`
	PaymentServices []string             `json:"payment_services,omitempty"`
}

// PaymentMethods asks which methods pass the filters. Plugin and Environment must be set; without them nothing is sent.
//
// The codes come from payment_methods or, where that is absent or null, from a bare pg_codes list, whose methods have a
// Code and nothing else. An entry with an empty, ill-formed or repeated code, or with a wrong type in its code,
// operation, is_sandbox, is_tokenizable or auto_debit_enabled is left out and reported in [resolver.Catalog]; any other
// field of a wrong type counts as absent. An answer that has neither list, or only entries that make no sense, is an
// error; an empty list is not.
//
// After 429, a 5xx or a connection failure it asks again, up to three times, 1, 2 and 4 seconds later or when
// Retry-After says, but not where that would be after ctx's deadline, and not where [resolver.MayRetry] says no.
// Every error is an *[Error].
func (c *Client) PaymentMethods(ctx context.Context, f resolver.Filters) (resolver.Catalog, error) {
	const name = "payment methods"
	body := methodsRequest{f.Plugin, f.Environment, f.Currencies, f.CustomerID, f.Operation, optional(f.Tokenizable),
		optional(f.AutoDebit), f.PGNames, f.Tags, f.PaymentServices}
	wrong := invalid(body)
	if !utf8.ValidString(f.CustomerID) {
		wrong.add("customer_id", "is not UTF-8")
	}
	if err := wrong.err(name); err != nil {
		return resolver.Catalog{}, err
	}
	var catalog resolver.Catalog
	rq := request{name: name, method: http.MethodPost, path: "/b/pbl/v2/payment-methods/", body: body, read: true}
	err := c.call(ctx, rq, func(answer []byte) (err error) {
		catalog, err = decodeCatalog(answer)
		return err
	})
	return catalog, err
}

func optional(f resolver.Flag) *bool {
	if f == resolver.Unset {
		return nil
	}
	yes := f == resolver.Yes
	return &yes
}
