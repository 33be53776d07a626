package ottutest

import "slices"

// plugins, tags and services are the enums of the API's documents.
var (
	plugins = []string{"payment_request", "bulk", "customer_payment", "e_commerce", "catalogue", "legacy", "event",
		"food_ordering", "iata", "real_estate", "payout"}
	tags = []string{"e_commerce", "crm", "pos", "invoicing", "subscriptions", "marketplace", "mobile_app",
		"ticket_booking", "donations", "government", "education", "healthcare", "insurance", "logistics", "hospitality",
		"real_estate", "retail", "telecom", "utilities", "demo", "test"}
	services = []string{"apple_pay", "google_pay", "samsung_pay", "wallet"}
)

// filters are the request body of the Payment Methods API.
type filters struct {
	plugin, customerID, operation, environment string
	tokenizable, autoDebit                     *bool
	currencies, pgNames, tags, paymentServices []string
}

func readFilters(in *input) filters {
	in.require("plugin")
	in.text("plugin", 50)
	return filters{
		plugin:          in.choice("plugin", plugins...),
		currencies:      in.list("currencies", checkCurrency),
		customerID:      in.text("customer_id", 64),
		operation:       in.choice("operation", "purchase", "authorize"),
		tokenizable:     in.flag("tokenizable"),
		autoDebit:       in.flag("auto_debit"),
		pgNames:         in.list("pg_names", anything),
		environment:     in.choice("type", "sandbox", "production"),
		tags:            in.list("tags", oneOf(tags...)),
		paymentServices: in.list("payment_services", oneOf(services...)),
	}
}

func (m *Merchant) paymentMethods(c *call) reply {
	if c.who.grant.NoView {
		return forbidden()
	}
	f := readFilters(c.in)
	if len(c.in.errs) > 0 {
		return fieldErrors(c.in.errs)
	}
	var listed []MID
	for _, mid := range m.mids {
		if c.who.grant.allows(mid.Code) && m.passes(mid, f) {
			listed = append(listed, mid)
		}
	}
	return reply{status: 200, body: m.shape.render(listed, m.past[f.customerID], c.base)}
}

// passes tells whether a MID is listed. Where the documents leave it open, the choice is that of the package comment.
func (m *Merchant) passes(mid MID, f filters) bool {
	return !mid.Inactive && !mid.Hidden &&
		(len(mid.Plugins) == 0 || slices.Contains(mid.Plugins, f.plugin)) &&
		(f.environment == "" || f.environment == mid.environment()) &&
		(f.operation == "" || f.operation == mid.Operation) &&
		(len(f.pgNames) == 0 || slices.Contains(f.pgNames, mid.Connector.Identifier)) &&
		anyOf(f.currencies, mid.Currencies) &&
		anyOf(f.tags, mid.Tags) &&
		(len(f.paymentServices) == 0 || slices.ContainsFunc(f.paymentServices, mid.hasService)) &&
		m.can(f.tokenizable, mid.Tokenizable) &&
		m.can(f.autoDebit, mid.AutoDebit) &&
		(mid.Type != "wallet" || m.walletPasses(mid, f))
}

// walletPasses tells whether the customer has a balance that the M-Wallet could spend.
func (m *Merchant) walletPasses(mid MID, f filters) bool {
	asked := f.currencies
	if len(asked) == 0 {
		asked = mid.Currencies
	}
	return slices.ContainsFunc(asked, func(currency string) bool {
		return slices.Contains(mid.Currencies, currency) && m.hasBalance(f.customerID, currency)
	})
}

// anyOf tells whether a MID has any of what was asked for; nothing asked is no filter.
func anyOf(asked, has []string) bool {
	return len(asked) == 0 || slices.ContainsFunc(asked, func(s string) bool { return slices.Contains(has, s) })
}

// can compares a flag of a MID with the filter of the same meaning.
func (m *Merchant) can(asked *bool, has bool) bool {
	return asked == nil || *asked == has || !*asked && m.falseIsNoFilter
}

func forbidden() reply { return detail(403, "You do not have permission to perform this action.") }
