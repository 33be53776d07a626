package resolver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tendergo/tender/resolver"
)

// richCatalog has a method for each fact that a rule can look at.
func richCatalog() resolver.Catalog {
	m := func(code, identifier, processor, pg string, tags ...string) resolver.PaymentMethod {
		pm := method(code)
		pm.Connector = resolver.Connector{Identifier: identifier, Processor: processor}
		pm.PG, pm.Tags = pg, resolver.ListOf(tags...)
		return pm
	}
	return resolver.Catalog{Methods: []resolver.PaymentMethod{
		m("debit", "kpay", "knet", "KNET", "e_commerce"),
		m("cards", "mpgs", "mpgs", "", "e_commerce", "retail"),
		m("later", "", "", "tabby", "retail"),
		m("cash", "", "", ""),
	}}
}

func TestARuleTakesOutWhatItSaysAndNothingElse(t *testing.T) {
	var off atomic.Bool
	off.Store(true)
	tests := []struct {
		name string
		rule resolver.Rule
		cart func(*resolver.Cart)
		want string
	}{
		{"allow by code", resolver.Allow(resolver.Codes("cash", "debit")), nil, "debit cash"},
		{"deny by code", resolver.Deny(resolver.Codes("cash")), nil, "debit cards later"},
		{"deny by the connector's identifier", resolver.Deny(resolver.Gateways("kpay")), nil, "cards later cash"},
		{"deny by the connector's processor", resolver.Deny(resolver.Gateways("knet")), nil, "cards later cash"},
		{"deny by pg", resolver.Deny(resolver.Gateways("tabby")), nil, "debit cards cash"},
		{"allow by tag", resolver.Allow(resolver.Tags("retail", "donations")), nil, "cards later"},
		{"only narrows", resolver.Allow(resolver.Codes("none")).Only(resolver.Tags("retail")), nil, "debit cash"},
		{"only twice is and", resolver.Allow(resolver.Codes("x")).Only(resolver.Tags("retail")).Only(resolver.Gateways("mpgs")), nil, "debit later cash"},
		{"amount within", amount("10", "100"), func(c *resolver.Cart) { c.Amount = "10.000" }, "debit cards later cash"},
		{"amount at its upper end", amount("10", "100"), func(c *resolver.Cart) { c.Amount = "100" }, "debit cards later cash"},
		{"amount a fils below", amount("10", "100"), func(c *resolver.Cart) { c.Amount = "9.999" }, ""},
		{"amount a fils above", amount("10", "100"), func(c *resolver.Cart) { c.Amount = "100.001" }, ""},
		{"amount compares numbers, not strings", amount("9", "100"), func(c *resolver.Cart) { c.Amount = "10" }, "debit cards later cash"},
		{"no amount cannot be decided", amount("", "100"), nil, ""},
		{"no range in the currency cannot be decided", amount("", "100"), func(c *resolver.Cart) { c.Currency, c.Amount = "USD", "5" }, ""},
		{"country", resolver.Countries("KW", "SA").Only(resolver.Codes("later")), func(c *resolver.Cart) { c.Country = "KW" }, "debit cards later cash"},
		{"another country", resolver.Countries("KW", "SA").Only(resolver.Codes("later")), func(c *resolver.Cart) { c.Country = "US" }, "debit cards cash"},
		{"no country cannot be decided", resolver.Countries("KW").Only(resolver.Codes("later")), nil, "debit cards cash"},
		{"kill switch", resolver.KillSwitch("k", &off).Only(resolver.Codes("cards")), nil, "debit later cash"},
		{"a rollout to all", resolver.Rollout("r", 100), nil, "debit cards later cash"},
		{"a rollout to some has no guests", resolver.Rollout("r", 99), nil, ""},
		{"a function", resolver.RuleFunc("f", func(_ context.Context, c resolver.Cart, m resolver.PaymentMethod) (bool, error) {
			return m.Code != c.Attributes["not"], nil
		}), func(c *resolver.Cart) { c.Attributes = map[string]string{"not": "cash"} }, "debit cards later"},
		{"a function that fails", resolver.RuleFunc("f", func(_ context.Context, _ resolver.Cart, m resolver.PaymentMethod) (bool, error) {
			return true, map[string]error{"later": errDown}[m.Code]
		}), nil, "debit cards cash"},
		{"a function that panics", resolver.RuleFunc("f", func(_ context.Context, _ resolver.Cart, m resolver.PaymentMethod) (bool, error) {
			if m.Code == "later" {
				panic("bug")
			}
			return true, nil
		}), nil, "debit cards cash"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := open(t, scripted(answers(richCatalog())), resolver.WithRules(resolver.OneOff, test.rule))
			cart := guest
			if test.cart != nil {
				test.cart(&cart)
			}
			equal(t, "eligible", strings.Join(codes(t, r, cart), " "), test.want)
		})
	}
}

func amount(low, high string) resolver.Rule {
	return resolver.AmountRange(resolver.Range{Currency: "KWD", Min: low, Max: high})
}

func TestAMethodIsExcludedForEveryReasonThatThereIs(t *testing.T) {
	c := richCatalog()
	c.Methods[0].Sandbox = resolver.Yes
	broken := resolver.RuleFunc("broken", func(context.Context, resolver.Cart, resolver.PaymentMethod) (bool, error) { return true, errDown })
	r := open(t, scripted(answers(c)), resolver.WithRules(resolver.OneOff,
		resolver.Deny(resolver.Codes("debit")), broken.Only(resolver.Codes("debit"))))
	excluded := resolve(t, r, guest).Excluded()
	if len(excluded) != 1 || excluded[0].Method.Code != "debit" {
		t.Fatalf("excluded: %v", excluded)
	}
	var got []string
	for _, reason := range excluded[0].Reasons {
		got = append(got, string(reason.Code)+" "+reason.Rule)
	}
	want := []string{"environment ", "rule deny codes debit", "rule_failed broken"}
	if !slices.Equal(got, want) {
		t.Fatalf("reasons: %q, want %q", got, want)
	}
}

func TestAKillSwitchTakesEffectOnTheNextRequestAndNeverReachesTheCache(t *testing.T) {
	var killed atomic.Bool
	src := scripted(lists("kpay", "mpgs"))
	r := open(t, src, resolver.WithRules(resolver.OneOff, resolver.KillSwitch("cards", &killed).Only(resolver.Codes("mpgs"))))
	for range 3 {
		killed.Store(false)
		want(t, r, guest, "kpay", "mpgs")
		killed.Store(true)
		want(t, r, guest, "kpay")
	}
	equal(t, "calls", src.calls(), 1)
}

func TestARolloutIsStickyAndHitsItsShare(t *testing.T) {
	const customers = 4000
	r := open(t, scripted(lists("new")), resolver.WithDailyQuota(resolver.Unlimited), resolver.WithPersonalWait(0),
		resolver.WithRules(resolver.OneOff, resolver.Rollout("new gateway", 25)))
	again := open(t, scripted(lists("new")), resolver.WithDailyQuota(resolver.Unlimited), resolver.WithPersonalWait(0),
		resolver.WithRules(resolver.OneOff, resolver.Rollout("new gateway", 25)))
	want(t, r, guest) // the base answer, so that no customer is waited for
	want(t, again, guest)
	in := 0
	for i := range customers {
		cart := cartOf(fmt.Sprint("customer-", i))
		first, second := codes(t, r, cart), codes(t, again, cart)
		if !slices.Equal(first, second) {
			t.Fatalf("customer %d is drawn differently by two processes", i)
		}
		in += len(first)
	}
	if in < customers*22/100 || in > customers*28/100 {
		t.Fatalf("%d of %d customers are in a rollout to 25 %%", in, customers)
	}
}

func TestTheWalletGuardJudgesWhatTheRulesLeave(t *testing.T) {
	wallet := func(code string) resolver.PaymentMethod {
		m := method(code)
		m.Type, m.PG = "wallet", "ottu_pg"
		return m
	}
	src := scripted(answers(resolver.Catalog{Methods: []resolver.PaymentMethod{wallet("w1"), wallet("w2")}}))
	want(t, open(t, src), guest, "w1")
	// With the first one denied there is no conflict: the second must not be taken out for a rival that nobody is shown.
	want(t, open(t, src, resolver.WithRules(resolver.OneOff, resolver.Deny(resolver.Codes("w1")))), guest, "w2")
}

func TestMistakesOfRulesAreReportedByNewAllAtOnce(t *testing.T) {
	bad := []resolver.Rule{
		{}, resolver.Allow(resolver.Match{}), resolver.Deny(resolver.Codes("a")).Only(resolver.Match{}), resolver.AmountRange(),
		amount("1.2345", ""), amount("5", "1"), amount("1e3", ""), resolver.AmountRange(resolver.Range{Currency: "XXX"}),
		resolver.AmountRange(resolver.Range{Currency: "KWD"}, resolver.Range{Currency: "KWD"}),
		resolver.Countries("kw"), resolver.KillSwitch("k", nil), resolver.Rollout("r", 101), resolver.Rollout("", 5),
		resolver.RuleFunc("f", nil), amount("1", "").Named(""),
	}
	_, err := resolver.New(scripted(lists()), resolver.Production, []string{"KWD"}, resolver.WithRules(resolver.OneOff, bad...))
	if !errors.Is(err, resolver.ErrInvalidConfig) {
		t.Fatalf("err: %v", err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != len(bad) {
		t.Fatalf("%d rules are bad, and reported is:\n%v", len(bad), err)
	}
}

func TestACodeThatNoAnswerListsIsReportedOnce(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	r := open(t, scripted(lists("kpay", "mpgs")), resolver.WithLogger(log), resolver.WithRules(resolver.OneOff,
		resolver.Deny(resolver.Codes("mpsg")), resolver.Deny(resolver.Codes("kpay"))))
	want(t, r, guest, "mpgs")
	equal(t, "reports before USD was asked", strings.Count(out.String(), "mpsg"), 0)
	for range 3 {
		if err := r.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Refresh(t.Context(), resolver.Scope{}); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "reports of mpsg", strings.Count(out.String(), "mpsg"), 2) // the rule's name and the code, in one line
	equal(t, "reports of kpay", strings.Count(out.String(), "kpay"), 0)
}

func TestRulesOfAnUnknownCartTypeAreAMistake(t *testing.T) {
	_, err := resolver.New(scripted(lists()), resolver.Production, []string{"KWD"},
		resolver.WithRules("subscribe", resolver.Deny(resolver.Codes("cod"))))
	if !errors.Is(err, resolver.ErrInvalidConfig) || !strings.Contains(err.Error(), "subscribe") {
		t.Fatalf("err: %v", err)
	}
}

func TestAProfileThatIsReplacedKeepsItsRulesAndANewTypeHasItsOwn(t *testing.T) {
	r := open(t, scripted(lists("a", "b")),
		resolver.WithRules(resolver.OneOff, resolver.Deny(resolver.Codes("a"))),
		resolver.WithProfile(resolver.OneOff, func(p *resolver.Profile) { *p, _ = resolver.DefaultProfile(resolver.OneOff) }),
		resolver.WithProfile("kiosk", func(*resolver.Profile) {}))
	want(t, r, guest, "b")
	want(t, r, resolver.Cart{Currency: "KWD", Type: "kiosk"}, "a", "b")
}

func TestARuleThatFailsIsToldAndLoggedOnceAMinute(t *testing.T) {
	var out bytes.Buffer
	broken := resolver.RuleFunc("broken", func(context.Context, resolver.Cart, resolver.PaymentMethod) (bool, error) { panic("4111") })
	r := open(t, scripted(lists("a", "b")), resolver.WithLogger(slog.New(slog.NewTextHandler(&out, nil))), resolver.WithRules(resolver.OneOff, broken))
	for range 5 {
		want(t, r, guest)
	}
	equal(t, "failures counted", r.State().Counters.RuleFailures, 10)
	if n := strings.Count(out.String(), "broken"); n != 1 || strings.Contains(out.String(), "4111") {
		t.Fatalf("logged %d times: %s", n, out.String())
	}
}
