package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tendergo/tender/resolver"
)

// rules of the shop's own: the courier carries no large sums. Where cash on delivery has no limit, it is not offered.
var rules = resolver.WithRules(resolver.OneOff, resolver.AmountRange(
	resolver.Range{Currency: "KWD", Max: "20.000"},
	resolver.Range{Currency: "SAR", Max: "250.00"},
).Only(resolver.Gateways("cod")))

// missing is a method that a shopper may look for in vain, and why, in words for shoppers.
type missing struct{ Name, Why string }

// missingFrom tells shoppers of the methods for which every reason is one that they may know. A reason that is not in
// the list is the shop's secret, such as a suspicion of fraud, or none of a shopper's concern, such as a test gateway.
func missingFrom(excluded []resolver.Exclusion) (all []missing) {
	for _, x := range excluded {
		var why []string
		for _, r := range x.Reasons {
			if text := forShoppers(r); !slices.Contains(why, text) {
				why = append(why, text)
			}
		}
		if len(why) > 0 && !slices.Contains(why, "") {
			all = append(all, missing{cmp.Or(x.Method.Name, x.Method.Code), strings.Join(why, ", ")})
		}
	}
	return all
}

func forShoppers(r resolver.Reason) string {
	switch r.Code {
	case resolver.ReasonNotTokenizable, resolver.ReasonNoAutoDebit:
		return "cannot be used for subscriptions"
	case resolver.ReasonOperation:
		return "not for this kind of order"
	case resolver.ReasonWalletConflict:
		return "another wallet is offered instead"
	case resolver.ReasonRule:
		if strings.HasPrefix(r.Rule, "amount ") { // of resolver.AmountRange
			return "only for smaller orders"
		}
	}
	return ""
}
