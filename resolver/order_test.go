package resolver_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver"
)

func TestTheOrderIsTheMerchantsUnlessTheShopAsks(t *testing.T) {
	history := func(codes ...string) func(context.Context, resolver.Cart) ([]string, error) {
		return func(context.Context, resolver.Cart) ([]string, error) { return codes, nil }
	}
	tests := []struct {
		name     string
		order    resolver.Order
		customer string
		past     []string
		want     string
	}{
		{"the merchant's", resolver.Order{}, "c", []string{"d"}, "a b c d"},
		{"preferred first, in the shop's order", resolver.Order{Preferred: []string{"d", "x", "b"}}, "", nil, "d b a c"},
		{"past first, stable", resolver.Order{PastFirst: true}, "c", []string{"d", "b"}, "b d a c"},
		{"past first without a past", resolver.Order{PastFirst: true}, "c", nil, "a b c d"},
		{"past first for a guest", resolver.Order{PastFirst: true}, "", nil, "a b c d"},
		{"preferred, then past", resolver.Order{Preferred: []string{"c"}, PastFirst: true}, "c", []string{"d"}, "c d a b"},
		{"past only", resolver.Order{PastOnly: true}, "c", []string{"d", "b", "auto-debit"}, "b d"},
		{"past only without a past is all", resolver.Order{PastOnly: true}, "c", []string{"auto-debit"}, "a b c d"},
		{"the shop's own history", resolver.Order{PastOnly: true, History: history("c", "gone")}, "c", []string{"d"}, "c"},
		{"a history that fails is Ottu's", resolver.Order{PastOnly: true, History: func(context.Context, resolver.Cart) ([]string, error) {
			return []string{"a"}, errDown
		}}, "c", []string{"d"}, "d"},
		{"a history that panics is Ottu's", resolver.Order{PastOnly: true, History: func(context.Context, resolver.Cart) ([]string, error) {
			panic("bug")
		}}, "c", []string{"d"}, "d"},
		{"a guest has no history", resolver.Order{PastOnly: true, History: history("c")}, "", nil, "a b c d"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := catalog("a", "b", "c", "d")
			c.Past = test.past
			r := open(t, scripted(answers(c)), resolver.WithProfile(resolver.OneOff, func(p *resolver.Profile) { p.Order = test.order }))
			e := resolve(t, r, cartOf(test.customer))
			equal(t, "eligible", strings.Join(e.PGCodes(), " "), test.want)
			var shown []string
			for m := range e.Methods() {
				shown = append(shown, m.Code)
			}
			if !slices.Equal(shown, e.PGCodes()) {
				t.Fatalf("Methods %v and PGCodes %v differ", shown, e.PGCodes())
			}
			if n := len(e.PGCodes()) + len(e.Excluded()); n != 4 {
				t.Fatalf("%d of 4 methods are eligible or excluded", n)
			}
		})
	}
}

func TestTheShopsHistoryIsThePast(t *testing.T) {
	order := resolver.Order{History: func(context.Context, resolver.Cart) ([]string, error) { return []string{"b", "gone", "b"}, nil }}
	c := catalog("a", "b")
	c.Past = []string{"a"}
	r := open(t, scripted(answers(c)), resolver.WithProfile(resolver.OneOff, func(p *resolver.Profile) { p.Order = order }))
	if past := resolve(t, r, cartOf("c")).PastPGCodes(); !slices.Equal(past, []string{"b"}) {
		t.Fatalf("past: %v", past)
	}
	if past := resolve(t, r, guest).PastPGCodes(); past != nil {
		t.Fatalf("a guest's past: %v", past)
	}
}
