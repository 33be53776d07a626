package resolver

import (
	"context"
	"slices"
)

// Order changes the order of the eligible methods. Its zero value is the merchant's own order, as Ottu lists them.
// What is moved keeps its order among itself; nothing is added, and only PastOnly takes anything out.
type Order struct {
	// Preferred pg_codes come first, in this order.
	Preferred []string
	// PastFirst puts the methods that the customer paid with before in front of the rest, behind the preferred ones.
	PastFirst bool
	// PastOnly leaves only the methods that the customer paid with before; all of them where there is none.
	PastOnly bool
	// History, where it is set, says what a customer paid with before in place of Ottu, most recent first. It runs on every
	// request of a cart with a customer, on the request's goroutine. On an error Ottu's history is used.
	History func(ctx context.Context, cart Cart) ([]string, error)
}

func (o *Order) isZero() bool {
	return len(o.Preferred) == 0 && !o.PastFirst && !o.PastOnly && o.History == nil
}

// view is what one request sees of an answer's methods.
type view struct {
	methods  []*PaymentMethod // eligible
	codes    []string         // of methods
	excluded []Exclusion
}

// judge applies the rules of the profile to an answer, over what its guards said, and separates the wallets last.
func (b *base) judge(l *list, in *ruleInput) view {
	v := view{methods: make([]*PaymentMethod, 0, len(l.all))}
	for i, m := range l.all {
		reasons := l.guards[i]
		if in != nil {
			for j := range b.profile.rules {
				if why := b.profile.rules[j].judge(in, m); why != nil {
					reasons = append(slices.Clip(reasons), *why)
				}
			}
		}
		if len(reasons) == 0 {
			if first := walletRival(v.methods, m); first != nil {
				reasons = []Reason{{Code: ReasonWalletConflict, Message: m.Code + " carries a wallet of the same provider as " + first.Code}}
			}
		}
		if len(reasons) > 0 {
			v.excluded = append(v.excluded, Exclusion{*m, reasons})
		} else {
			v.methods = append(v.methods, m)
		}
	}
	return v
}

// personalView is the view of one request, for profiles whose methods depend on more than the answer.
func (b *base) personalView(ctx context.Context, a *answer, cart Cart) (*view, *answer) {
	in := &ruleInput{ctx, cart, b.ruleFailed}
	v := b.judge(a.list, in)
	if o := &b.profile.Order; !o.isZero() {
		if past := o.past(in, a); o.History != nil {
			own := *a
			own.past = past
			a = &own
		}
		o.apply(&v, a.past)
	}
	v.name()
	return &v, a
}

// past is what the customer paid with before; nil where nobody knows.
func (o *Order) past(in *ruleInput, a *answer) (past []string) {
	past = a.past
	if o.History == nil || in.cart.CustomerID == "" {
		return past
	}
	defer func() { // a history that panics is one that failed: it must not take the checkout with it
		if p := recover(); p != nil {
			in.failed(&Reason{Rule: "history", Message: "it panicked"})
		}
	}()
	own, err := o.History(in.ctx, in.cart)
	if err != nil {
		in.failed(&Reason{Rule: "history", Message: err.Error()})
		return past
	}
	return pastOf(own, a.list.all)
}

func (o *Order) apply(v *view, past []string) {
	if o.PastOnly {
		var only []*PaymentMethod
		for _, m := range v.methods {
			if slices.Contains(past, m.Code) {
				only = append(only, m)
			}
		}
		for _, m := range v.methods {
			if len(only) > 0 && !slices.Contains(past, m.Code) {
				v.excluded = append(v.excluded, Exclusion{*m, []Reason{{Code: ReasonNotPast, Message: "the customer has not paid with it before"}}})
			}
		}
		if len(only) > 0 {
			v.methods = only
		}
	}
	rank := func(m *PaymentMethod) int {
		if i := slices.Index(o.Preferred, m.Code); i >= 0 {
			return i - len(o.Preferred)
		}
		if o.PastFirst && !slices.Contains(past, m.Code) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(v.methods, func(a, b *PaymentMethod) int { return rank(a) - rank(b) })
}

// name fills the codes.
func (v *view) name() {
	v.codes = make([]string, len(v.methods))
	for i, m := range v.methods {
		v.codes[i] = m.Code
	}
}
