package resolver_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tendergo/tender/resolver"
)

// drawMethods makes a merchant's methods with distinct codes and any facts.
func drawMethods(t *rapid.T) []resolver.PaymentMethod {
	flag := rapid.SampledFrom([]resolver.Flag{resolver.Unset, resolver.No, resolver.Yes})
	name := rapid.SampledFrom([]string{"", "p1", "p2", "p3"})
	codes := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}`), 1, 12, rapid.ID[string]).Draw(t, "codes")
	var methods []resolver.PaymentMethod
	for _, code := range codes {
		m := resolver.PaymentMethod{
			Code: code, Sandbox: flag.Draw(t, "sandbox"), Tokenizable: flag.Draw(t, "tokenizable"), AutoDebit: flag.Draw(t, "auto-debit"),
			Operation: rapid.SampledFrom([]resolver.Operation{"", resolver.Purchase, resolver.Authorize}).Draw(t, "operation"),
			PG:        name.Draw(t, "pg"), Type: rapid.SampledFrom([]string{"", "", "wallet"}).Draw(t, "type"),
			Tags: resolver.ListOf(rapid.SampledFrom([]string{"retail", "test"}).Draw(t, "tag")),
		}
		m.Connector = resolver.Connector{Identifier: name.Draw(t, "connector"), Processor: name.Draw(t, "processor")}
		if rapid.Bool().Draw(t, "apple") {
			m.Services = resolver.ListOf(resolver.PaymentService{Code: "apple_pay"})
		}
		methods = append(methods, m)
	}
	return methods
}

func drawRules(t *rapid.T, methods []resolver.PaymentMethod) []resolver.Rule {
	code := rapid.SampledFrom(methods).Draw(t, "code of a rule").Code
	all := []resolver.Rule{
		resolver.Deny(resolver.Codes(code)), resolver.Allow(resolver.Tags("retail")), resolver.Deny(resolver.Gateways("p1")),
		amount("1", "10"), resolver.Countries("KW").Only(resolver.Gateways("p2")), resolver.Rollout("r", 50),
		resolver.RuleFunc("panics", func(_ context.Context, _ resolver.Cart, m resolver.PaymentMethod) (bool, error) {
			if m.Code == code {
				panic("bug")
			}
			return true, nil
		}),
	}
	return rapid.SliceOfN(rapid.SampledFrom(all), 0, 5).Draw(t, "rules")
}

func drawCart(t *rapid.T) resolver.Cart {
	return resolver.Cart{
		Currency: "KWD", CustomerID: rapid.SampledFrom([]string{"", "c1", "c2"}).Draw(t, "customer"),
		Type: rapid.SampledFrom([]resolver.CartType{
			resolver.OneOff, resolver.Subscription, resolver.Renewal, resolver.SaveCard, resolver.PreOrder, resolver.PaymentRequest,
		}).Draw(t, "type"),
		Amount:  rapid.SampledFrom([]string{"", "5", "50"}).Draw(t, "amount"),
		Country: rapid.SampledFrom([]string{"", "KW", "US"}).Draw(t, "country"),
	}
}

func isWallet(m resolver.PaymentMethod) bool { return m.Type == "wallet" }

// oneProvider says, as the guard does, whether two methods are known to be of one provider.
func oneProvider(a, b resolver.PaymentMethod) bool {
	if a.Connector.Processor != "" && b.Connector.Processor != "" {
		return a.Connector.Processor == b.Connector.Processor
	}
	if a.Connector.Identifier != "" && b.Connector.Identifier != "" {
		return a.Connector.Identifier == b.Connector.Identifier
	}
	return a.PG != "" && a.PG == b.PG
}

func TestWhateverTheMerchantTheCartAndTheRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		methods, cart := drawMethods(rt), drawCart(rt)
		rules := drawRules(rt, methods)
		src := scripted(answers(resolver.Catalog{Methods: methods}))
		eligible := func(rules []resolver.Rule) *resolver.Eligibility {
			r := open(t, src, resolver.WithRules(cart.Type, rules...))
			defer r.Close()
			return resolve(t, r, cart)
		}
		e := eligible(rules)

		// Every method of the answer is eligible or excluded, never both, and in the merchant's order.
		verdicts := map[string]int{}
		var kept []resolver.PaymentMethod
		for m := range e.Methods() {
			verdicts[m.Code]++
			kept = append(kept, m)
		}
		var conflicts []resolver.PaymentMethod
		for _, x := range e.Excluded() {
			verdicts[x.Method.Code]++
			if len(x.Reasons) == 0 {
				rt.Fatalf("%s is excluded for no reason", x.Method.Code)
			}
			if x.Reasons[0].Code == resolver.ReasonWalletConflict {
				conflicts = append(conflicts, x.Method)
			}
		}
		last := -1
		for i, m := range methods {
			if verdicts[m.Code] != 1 {
				rt.Fatalf("%s is %d times eligible or excluded", m.Code, verdicts[m.Code])
			}
			if e.Has(m.Code) {
				if i < last {
					rt.Fatalf("the order of %v is not the merchant's", e.PGCodes())
				}
				last = i
			}
		}
		if len(verdicts) != len(methods) {
			rt.Fatalf("%d methods became %d", len(methods), len(verdicts))
		}

		// No wallet conflict survives, and none is invented.
		for i, a := range kept {
			for _, b := range kept[i+1:] {
				if isWallet(a) && isWallet(b) && oneProvider(a, b) {
					rt.Fatalf("%s and %s are wallets of one provider", a.Code, b.Code)
				}
			}
		}
		for _, c := range conflicts {
			if !isWallet(c) || !slices.ContainsFunc(kept, func(k resolver.PaymentMethod) bool { return isWallet(k) && oneProvider(k, c) }) {
				rt.Fatalf("%s has no rival among %v", c.Code, e.PGCodes())
			}
		}

		// Rules commute.
		backwards := slices.Clone(rules)
		slices.Reverse(backwards)
		if other := eligible(backwards); !slices.Equal(other.PGCodes(), e.PGCodes()) {
			rt.Fatalf("rules backwards give %v, not %v", other.PGCodes(), e.PGCodes())
		}
	})
}

func TestExplainHasEveryMethodOfTheMerchantOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		methods, cart := drawMethods(rt), drawCart(rt)
		for i := range methods {
			methods[i].Currencies = resolver.ListOf("KWD")
		}
		r := open(t, scripted(merchant(methods...)), resolver.WithRules(cart.Type, drawRules(rt, methods)...))
		defer r.Close()
		x, err := r.Explain(t.Context(), cart)
		if err != nil {
			rt.Fatal(err)
		}
		count := map[string]int{}
		for _, v := range x.Verdicts {
			count[v.Method.Code]++
			if v.Eligible == (len(v.Reasons) > 0) {
				rt.Fatalf("%s: eligible %t with %d reasons", v.Method.Code, v.Eligible, len(v.Reasons))
			}
		}
		for _, m := range methods {
			if count[m.Code] != 1 {
				rt.Fatalf("%s has %d verdicts", m.Code, count[m.Code])
			}
		}
	})
}
