package resolver

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// Rule is a rule of the shop: it may take a method out, and never adds one. The rules of a profile intersect: their order
// does not matter. They are evaluated on every request, over whatever answer is used, and their results are never cached.
// A rule that cannot decide, that fails or that panics takes the method out.
//
// Rules are made by the functions of this package, and given to [WithRules].
type Rule struct {
	reason  Reason
	concern []Match // all must match; none: every method
	codes   []string
	admits  func(in *ruleInput, m *PaymentMethod) (bool, error)
	problem string // a mistake of the rule, for New to report
}

// ruleInput is what the rules of one request read.
type ruleInput struct {
	ctx    context.Context //nolint:containedctx // it lives as long as the call
	cart   Cart
	failed func(*Reason) // is told of a rule that could not decide
}

// Match selects methods by a fact of theirs. One that names nothing, or a pg_code that can be none, is empty, and New
// reports the rule that it is in.
type Match struct {
	what  string
	codes []string
	of    func(*PaymentMethod) bool
}

// Codes matches methods by pg_code. A merchant can rename these at any time: [Gateways] last longer.
func Codes(codes ...string) Match {
	codes = slices.Clone(codes)
	if !allCodes(codes) {
		return Match{}
	}
	return Match{"codes " + strings.Join(codes, ", "), codes, func(m *PaymentMethod) bool { return slices.Contains(codes, m.Code) }}
}

func allCodes(codes []string) bool {
	return len(codes) > 0 && !slices.ContainsFunc(codes, func(code string) bool { return !isCode(code) })
}

// Gateways matches methods by what stands behind the pg_code: the connector's identifier, its processor, or the name in
// pg, whichever of them the answer has.
func Gateways(names ...string) Match {
	names = slices.Clone(names)
	if len(names) == 0 {
		return Match{}
	}
	return Match{"gateways " + strings.Join(names, ", "), nil, func(m *PaymentMethod) bool {
		for _, name := range []string{m.Connector.Identifier, m.Connector.Processor, m.PG} {
			if name != "" && slices.Contains(names, name) {
				return true
			}
		}
		return false
	}}
}

// Tags matches methods that have any of the tags.
func Tags(tags ...string) Match {
	tags = slices.Clone(tags)
	if len(tags) == 0 {
		return Match{}
	}
	return Match{"tags " + strings.Join(tags, ", "), nil, func(m *PaymentMethod) bool {
		return slices.ContainsFunc(tags, m.Tags.Contains)
	}}
}

// Only narrows the rule to the methods that match: others pass it. Several are joined by "and".
func (r Rule) Only(m Match) Rule {
	r.concern = append(slices.Clip(r.concern), m)
	r.codes = append(slices.Clip(r.codes), m.codes...)
	if m.of == nil {
		r.problem = "Only got an empty Match: one that names nothing, or a pg_code that can be none"
	}
	return r
}

// Named gives the rule another name than the one that this package makes up. It appears in reasons and in logs.
func (r Rule) Named(name string) Rule {
	r.reason.Rule = name
	if name == "" {
		r.problem = "Named got no name"
	}
	return r
}

func newRule(name, message string, admits func(*ruleInput, *PaymentMethod) (bool, error)) Rule {
	r := Rule{reason: Reason{ReasonRule, name, message}, admits: admits}
	if name == "" {
		r.problem = "it has no name"
	}
	return r
}

// Allow lets only the methods through that match.
func Allow(m Match) Rule {
	return matchRule("allow "+m.what, "not among those allowed: "+m.what, m, true)
}

// Deny takes the methods out that match.
func Deny(m Match) Rule { return matchRule("deny "+m.what, "denied: "+m.what, m, false) }

func matchRule(name, message string, m Match, want bool) Rule {
	r := newRule(name, message, func(_ *ruleInput, pm *PaymentMethod) (bool, error) { return m.of(pm) == want, nil })
	r.codes = m.codes
	if m.of == nil {
		r.problem = "its Match is empty: it names nothing, or a pg_code that can be none"
	}
	return r
}

// Range is a range of amounts in one currency, both ends included. An empty end is open.
type Range struct{ Currency, Min, Max string }

// AmountRange lets methods through whose cart's amount is in the range of its currency. A cart without an amount, or in a
// currency without a range, is one that the rule cannot decide: the method is taken out.
func AmountRange(ranges ...Range) Rule {
	type bounds struct{ low, high int64 }
	limits := make(map[string]bounds, len(ranges))
	var parts []string
	var problem string
	for _, g := range ranges {
		b := bounds{0, 1<<63 - 1}
		for _, end := range []struct {
			text string
			to   *int64
		}{{g.Min, &b.low}, {g.Max, &b.high}} {
			if end.text == "" {
				continue
			}
			n, err := MinorUnits(end.text, g.Currency)
			if err != nil {
				problem = err.Error()
			}
			*end.to = n
		}
		if _, twice := limits[g.Currency]; twice || !isCurrency(g.Currency) || b.low > b.high {
			problem = fmt.Sprintf("the range %q to %q %q is empty, is given twice or is in no currency", g.Min, g.Max, clip(g.Currency))
		}
		limits[g.Currency] = b
		parts = append(parts, fmt.Sprintf("%s to %s %s", orOpen(g.Min), orOpen(g.Max), g.Currency))
	}
	if len(ranges) == 0 {
		problem = "it has no range"
	}
	name := "amount " + strings.Join(parts, ", ")
	r := newRule(name, "the amount is not in "+strings.Join(parts, ", "), func(in *ruleInput, _ *PaymentMethod) (bool, error) {
		b, ok := limits[in.cart.Currency]
		if !ok {
			return false, fmt.Errorf("it has no range in %s", in.cart.Currency)
		}
		n, err := MinorUnits(in.cart.Amount, in.cart.Currency)
		if err != nil {
			return false, fmt.Errorf("the cart has no amount: %w", err)
		}
		return b.low <= n && n <= b.high, nil
	})
	if problem != "" {
		r.problem = problem
	}
	return r
}

func orOpen(end string) string {
	if end == "" {
		return "any"
	}
	return end
}

// Countries lets methods through whose cart is for one of the countries (ISO 3166-1 alpha-2, in capitals). A cart without
// a country is one that the rule cannot decide: the method is taken out.
func Countries(codes ...string) Rule {
	codes = slices.Clone(codes)
	all := strings.Join(codes, ", ")
	r := newRule("countries "+all, "not for the cart's country, only "+all, func(in *ruleInput, _ *PaymentMethod) (bool, error) {
		if in.cart.Country == "" {
			return false, errNoCountry
		}
		return slices.Contains(codes, in.cart.Country), nil
	})
	if len(codes) == 0 {
		r.problem = "it names no country"
	}
	for _, c := range codes {
		if validate.Var(c, "iso3166_1_alpha2") != nil {
			r.problem = fmt.Sprintf("%q is not a country; use ISO 3166-1 alpha-2 codes in capitals, such as KW", clip(c))
		}
	}
	return r
}

var errNoCountry = fmt.Errorf("the cart has no country")

// KillSwitch takes methods out while killed is true; it takes effect on the next request. Use it with [Rule.Only].
func KillSwitch(name string, killed *atomic.Bool) Rule {
	r := newRule(name, "switched off", func(*ruleInput, *PaymentMethod) (bool, error) { return !killed.Load(), nil })
	if killed == nil {
		r.problem = "its switch is nil"
	}
	return r
}

// Rollout lets methods through for a share of the customers, in percent. The same customer always gets the same answer,
// in every process, and under another name another draw. Guests, who have no ID to draw by, are not part of a rollout
// until it reaches 100.
func Rollout(name string, percent int) Rule {
	r := newRule(name, fmt.Sprintf("a rollout to %d %% of the customers", percent), func(in *ruleInput, _ *PaymentMethod) (bool, error) {
		if in.cart.CustomerID == "" {
			return percent >= 100, nil
		}
		return draw(name, in.cart.CustomerID) < percent, nil
	})
	if percent < 0 || percent > 100 {
		r.problem = fmt.Sprintf("%d is not a percentage", percent)
	}
	return r
}

// draw gives each name and customer a number from 0 to 99, by FNV-1a and a final mix, since its low bits alone are not
// even.
func draw(name, customer string) int {
	h := uint64(14695981039346656037)
	for _, s := range [...]string{name, "\x00", customer} {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return int((h ^ h>>33) % 100)
}

// RuleFunc makes a rule of a function: true lets the method through. It runs for every method on every request, on the
// request's goroutine, with the request's context; it must be fast and safe for concurrent use. An error or a panic
// takes the method out. The error's text is kept in a [Reason]: it must not hold anything personal.
func RuleFunc(name string, admits func(ctx context.Context, cart Cart, m PaymentMethod) (bool, error)) Rule {
	r := newRule(name, "a rule of the shop", func(in *ruleInput, m *PaymentMethod) (bool, error) { return admits(in.ctx, in.cart, *m) })
	if admits == nil {
		r.problem = "its function is nil"
	}
	return r
}

// judge returns why the rule takes the method out, or nil.
func (r *Rule) judge(in *ruleInput, m *PaymentMethod) (out *Reason) {
	defer func() {
		if out != nil && out.Code == ReasonRuleFailed {
			in.failed(out)
		}
	}()
	for i := range r.concern {
		if !r.concern[i].of(m) {
			return nil
		}
	}
	defer func() {
		if p := recover(); p != nil {
			out = &Reason{ReasonRuleFailed, r.reason.Rule, "the rule panicked"}
		}
	}()
	admitted, err := r.admits(in, m)
	switch {
	case err != nil:
		return &Reason{ReasonRuleFailed, r.reason.Rule, "the rule could not decide: " + err.Error()}
	case !admitted:
		return &r.reason
	}
	return nil
}
