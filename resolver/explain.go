package resolver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Explanation says of every method of the merchant whether a cart may be paid with it, and why not.
type Explanation struct {
	// Verdicts are first on the methods that Ottu lists for the profile's plugin and the Resolver's environment, in the
	// merchant's order; then on those of other plugins and of the other environment.
	Verdicts []Verdict
	// Findings say what is wrong with the merchant's setup where Ottu lists nothing for the plugin and the environment, or
	// refuses to say, and what could not be asked.
	Findings []Finding
}

// Verdict is on one method: eligible, or excluded for all of the reasons.
type Verdict struct {
	Method   PaymentMethod
	Eligible bool
	Reasons  []Reason
}

// FindingCode is what an [Explanation] found wrong with a merchant's setup.
type FindingCode string

// The findings.
const (
	// FindingDenied is a credential that Ottu refuses, or that may not list payment methods.
	FindingDenied FindingCode = "denied"
	// FindingRejected is a profile whose filters Ottu refuses.
	FindingRejected FindingCode = "rejected"
	// FindingOtherEnvironment: there are methods, but only in the other environment.
	FindingOtherEnvironment FindingCode = "other_environment"
	// FindingOtherPlugin: there are methods, but only for another plugin than the profile's.
	FindingOtherPlugin FindingCode = "other_plugin"
	// FindingIncomplete: a part of the merchant's methods could not be asked for.
	FindingIncomplete FindingCode = "incomplete"
	// FindingNothing: there are no methods anywhere: no MID is active, or the credential may use none.
	FindingNothing FindingCode = "nothing"
)

// Finding is one thing that is wrong with a merchant's setup, and what to do about it.
type Finding struct {
	Code    FindingCode
	Message string
}

// curiousAge is the soft age of answers that only explanations read.
const curiousAge = 15 * time.Minute

// curiousKey is what an explanation asks without the filters that narrow.
type curiousKey struct {
	plugin      string
	environment Environment
}

// Explain says why methods are shown for a cart and why not. Besides the cart's own answer it asks Ottu without the
// filters that narrow it, once for each plugin of the profiles and each environment; these answers are kept for 15 minutes,
// and are only asked for while the quota has plenty left. It is for support and for a merchant's staff: its messages are
// not for shoppers, and no checkout should wait for it.
//
// Where the facts of a method do not explain why Ottu left it out, the reason is [ReasonOttu]: only Ottu knows of
// permissions and currency exchanges. The error wraps [ErrInvalidCart] or [ErrUnavailable].
func (r *Resolver) Explain(ctx context.Context, cart Cart) (*Explanation, error) {
	e, err := r.Resolve(ctx, cart)
	switch {
	case errors.Is(err, ErrDenied):
		return &Explanation{Findings: []Finding{{FindingDenied, "Ottu refuses the credential, or it may not list payment methods: " +
			"use a private API key, or give the user the permission to view MIDs"}}}, nil
	case errors.Is(err, ErrRejected):
		return &Explanation{Findings: []Finding{{FindingRejected, "Ottu refuses the filters of this cart type's profile: " +
			"compare its plugin, tags and payment services with those that the API takes"}}}, nil
	case err != nil && !errors.Is(err, errEmpty):
		return nil, err
	}
	b := r.base(cart.Type, cart.Currency)
	x := &Explanation{}
	in := &ruleInput{ctx, cart, b.ruleFailed}
	listed := map[string]bool{}
	add := func(methods []*PaymentMethod, where curiousKey) {
		for _, m := range methods {
			if listed[m.Code] {
				continue
			}
			listed[m.Code] = true
			v := Verdict{Method: *m}
			if e != nil {
				v.Method, v.Eligible, v.Reasons = e.verdict(m)
			}
			if !v.Eligible && v.Reasons == nil {
				v.Reasons = b.absent(m, where, in)
			}
			x.Verdicts = append(x.Verdicts, v)
		}
	}
	for i, key := range r.curiousKeys(b) {
		methods, err := r.curious(ctx, key)
		switch {
		case err != nil && i == 0:
			return nil, err
		case err != nil:
			x.Findings = append(x.Findings, Finding{FindingIncomplete, fmt.Sprintf(
				"the methods of plugin %s in %s could not be asked for: %v", clip(key.plugin), key.environment, err)})
			continue
		}
		own := len(x.Verdicts)
		add(methods, key)
		if i == 0 {
			if e != nil {
				add(e.answer.list.all, key)
			}
		} else if own == 0 && len(methods) > 0 {
			x.Findings = append(x.Findings, b.misplaced(key, len(methods)))
		}
	}
	if len(x.Verdicts) == 0 && len(x.Findings) == 0 {
		x.Findings = []Finding{{FindingNothing, "Ottu lists no method at all: no MID is active, or the credential may use none of them"}}
	}
	return x, nil
}

// misplaced says that the merchant has methods elsewhere, and none where the profile asks.
func (b *base) misplaced(where curiousKey, n int) Finding {
	env := b.resolver.environment
	if where.environment != env {
		return Finding{FindingOtherEnvironment, fmt.Sprintf("Ottu lists no method in %s, and %d in %s: make the Resolver for that "+
			"environment, or activate MIDs in this one", env, n, where.environment)}
	}
	return Finding{FindingOtherPlugin, fmt.Sprintf("Ottu lists no method for the plugin %s, and %d for %s: switch the plugin on, "+
		"or change the profile", clip(b.filters.Plugin), n, clip(where.plugin))}
}

// curiousKeys are what an explanation asks: the profile's own plugin and environment first.
func (r *Resolver) curiousKeys(b *base) (keys []curiousKey) {
	plugins := []string{b.filters.Plugin}
	for _, t := range slices.Sorted(maps.Keys(r.profiles)) {
		if p := r.profiles[t].Filters.Plugin; !slices.Contains(plugins, p) {
			plugins = append(plugins, p)
		}
	}
	other := Sandbox
	if r.environment == Sandbox {
		other = Production
	}
	for _, env := range []Environment{r.environment, other} {
		for _, plugin := range plugins {
			keys = append(keys, curiousKey{plugin, env})
		}
	}
	return keys
}

// verdict is what the request's own answer says of a method: neither eligible nor a reason, where it does not list it.
func (e *Eligibility) verdict(m *PaymentMethod) (PaymentMethod, bool, []Reason) {
	for _, own := range e.view.methods {
		if own.Code == m.Code {
			return *own, true, nil
		}
	}
	for _, x := range e.view.excluded {
		if x.Method.Code == m.Code {
			return x.Method, false, slices.Clone(x.Reasons)
		}
	}
	return *m, false, nil
}

// curious returns the methods that Ottu lists without the filters that narrow. The slot is made when it is first asked.
func (r *Resolver) curious(ctx context.Context, key curiousKey) ([]*PaymentMethod, error) {
	r.mu.Lock()
	b := r.broad[key]
	if b == nil {
		f := Filters{Plugin: key.plugin, Environment: key.environment}
		b = &base{resolver: r, curious: true, profile: Profile{isStatic: true}, filters: f}
		b.slot.base = b
		r.broad[key] = b
	}
	r.mu.Unlock()
	a, err := r.await(ctx, b, "", request{purpose: forCuriosity, wait: r.maxWait, maxAge: curiousAge})
	if err != nil {
		return nil, err
	}
	return a.list.all, nil
}

// absent says why Ottu's answer does not list a method, from the method's own facts, and what would have kept it out
// besides.
func (b *base) absent(m *PaymentMethod, where curiousKey, in *ruleInput) []Reason {
	reasons := slices.Clone(b.guard(m))
	add := func(code ReasonCode, format string, args ...any) {
		if !slices.ContainsFunc(reasons, func(r Reason) bool { return r.Code == code }) {
			reasons = append(reasons, Reason{Code: code, Message: fmt.Sprintf(format, args...)})
		}
	}
	f := b.filters
	if where.environment != f.Environment {
		add(ReasonEnvironment, "Ottu lists %s in %s only", m.Code, where.environment)
	}
	if where.plugin != f.Plugin {
		add(ReasonPlugin, "Ottu lists %s for the plugin %s, and not for %s", m.Code, clip(where.plugin), clip(f.Plugin))
	}
	if m.Currencies.Len() > 0 && !m.Currencies.Contains(b.currency) {
		add(ReasonCurrency, "%s accepts %s, and not %s; only Ottu knows whether a currency exchange makes up for it",
			m.Code, strings.Join(m.Currencies.Slice(), ", "), b.currency)
	}
	if f.Operation != "" && m.Operation != "" && m.Operation != f.Operation {
		add(ReasonOperation, "%s does %s, and %s asks for %s", m.Code, clip(string(m.Operation)), b.cartType, f.Operation)
	}
	if opposite(f.Tokenizable, m.Tokenizable) {
		add(ReasonNotTokenizable, "%s asks for tokenizable %s, and %s says %s", b.cartType, f.Tokenizable, m.Code, m.Tokenizable)
	}
	if opposite(f.AutoDebit, m.AutoDebit) {
		add(ReasonNoAutoDebit, "%s asks for auto-debit %s, and %s says %s", b.cartType, f.AutoDebit, m.Code, m.AutoDebit)
	}
	if len(f.PGNames) > 0 && !Gateways(f.PGNames...).of(m) {
		add(ReasonFilter, "%s asks for the gateways %s only", b.cartType, strings.Join(f.PGNames, ", "))
	}
	if len(f.Tags) > 0 && !Tags(f.Tags...).of(m) {
		add(ReasonFilter, "%s asks for the tags %s only", b.cartType, strings.Join(f.Tags, ", "))
	}
	if len(f.PaymentServices) > 0 && !slices.ContainsFunc(f.PaymentServices, m.HasService) {
		add(ReasonFilter, "%s asks for the payment services %s only", b.cartType, strings.Join(f.PaymentServices, ", "))
	}
	if len(reasons) == 0 {
		add(ReasonOttu, "Ottu leaves %s out and its facts do not say why: a permission of the credential, a currency exchange or "+
			"a setting of the MID", m.Code)
	}
	for i := range b.profile.rules {
		if why := b.profile.rules[i].judge(in, m); why != nil {
			reasons = append(reasons, *why)
		}
	}
	return reasons
}

func opposite(asked, said Flag) bool { return asked == Yes && said == No || asked == No && said == Yes }
