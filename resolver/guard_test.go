package resolver_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

// reasons are why the one method of an answer is not eligible, "" where it is.
func reasons(
	t *testing.T, env resolver.Environment, cartType resolver.CartType, m resolver.PaymentMethod, opts ...resolver.Option,
) string {
	t.Helper()
	m.Code = "m"
	src := scripted(answers(resolver.Catalog{Methods: []resolver.PaymentMethod{m}}))
	r, err := resolver.New(src, env, []string{"KWD"}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	e := resolve(t, r, resolver.Cart{Currency: "KWD", Type: cartType})
	excluded := e.Excluded()
	if len(excluded)+len(e.PGCodes()) != 1 {
		t.Fatalf("eligible %v, excluded %v", e.PGCodes(), excluded)
	}
	var all []string
	for _, x := range excluded {
		for _, reason := range x.Reasons {
			if reason.Message == "" {
				t.Errorf("%s has no message", reason.Code)
			}
			all = append(all, string(reason.Code))
		}
	}
	return strings.Join(all, " ")
}

func TestAMethodOfTheWrongEnvironmentIsTakenOut(t *testing.T) {
	cases := []struct {
		env    resolver.Environment
		marked resolver.Flag
		trust  bool
		out    string
	}{
		{resolver.Production, resolver.No, false, ""},
		{resolver.Production, resolver.Yes, false, "environment"},
		{resolver.Production, resolver.Unset, false, "environment_unknown"},
		{resolver.Production, resolver.Unset, true, ""},
		{resolver.Production, resolver.Yes, true, "environment"},
		{resolver.Sandbox, resolver.Yes, false, ""},
		{resolver.Sandbox, resolver.No, false, "environment"},
		{resolver.Sandbox, resolver.Unset, false, ""},
	}
	for _, c := range cases {
		var opts []resolver.Option
		if c.trust {
			opts = append(opts, resolver.DangerouslyTrustUnmarked())
		}
		got := reasons(t, c.env, resolver.OneOff, resolver.PaymentMethod{Sandbox: c.marked}, opts...)
		equal(t, fmt.Sprintf("%s, sandbox %s, trusted %t", c.env, c.marked, c.trust), got, c.out)
	}
}

func TestAMethodThatDeniesWhatTheCartTypeNeedsIsTakenOut(t *testing.T) {
	wallet := resolver.ListOf(resolver.PaymentService{Code: "wallet"})
	cards := resolver.ListOf(resolver.PaymentService{Code: "apple_pay"}, resolver.PaymentService{Code: "google_pay"})
	cases := []struct {
		cartType resolver.CartType
		m        resolver.PaymentMethod
		out      string
	}{
		{resolver.OneOff, resolver.PaymentMethod{Tokenizable: resolver.No, AutoDebit: resolver.No}, ""},
		{resolver.OneOff, resolver.PaymentMethod{Operation: resolver.Authorize}, "operation"},
		{resolver.OneOff, resolver.PaymentMethod{Type: "wallet"}, ""},
		{resolver.Subscription, resolver.PaymentMethod{}, ""}, // it does not say
		{resolver.Subscription, resolver.PaymentMethod{Tokenizable: resolver.Yes, AutoDebit: resolver.No}, ""},
		{resolver.Subscription, resolver.PaymentMethod{Tokenizable: resolver.No}, "not_tokenizable"},
		{resolver.Renewal, resolver.PaymentMethod{Tokenizable: resolver.Yes, AutoDebit: resolver.Yes}, ""},
		{resolver.Renewal, resolver.PaymentMethod{AutoDebit: resolver.No}, "no_auto_debit"},
		{
			resolver.Renewal, resolver.PaymentMethod{Tokenizable: resolver.No, AutoDebit: resolver.No},
			"not_tokenizable no_auto_debit",
		},
		{resolver.SaveCard, resolver.PaymentMethod{Tokenizable: resolver.No}, "not_tokenizable"},
		{resolver.SaveCard, resolver.PaymentMethod{Operation: resolver.Authorize}, ""},
		{resolver.PreOrder, resolver.PaymentMethod{Operation: resolver.Authorize}, ""},
		{resolver.PreOrder, resolver.PaymentMethod{Operation: resolver.Purchase}, "operation"},
		{resolver.PreOrder, resolver.PaymentMethod{Type: "wallet"}, "operation"},
		{resolver.PreOrder, resolver.PaymentMethod{Services: wallet}, "operation"},
		{resolver.PreOrder, resolver.PaymentMethod{Services: cards}, ""},
		{resolver.PaymentRequest, resolver.PaymentMethod{Operation: "preauth"}, "operation"},
	}
	for _, c := range cases {
		c.m.Sandbox = resolver.No
		got := reasons(t, resolver.Production, c.cartType, c.m)
		equal(t, fmt.Sprintf("%s of %+v", c.cartType, c.m), got, c.out)
	}
	all := resolver.PaymentMethod{
		Sandbox: resolver.Yes, Tokenizable: resolver.No, AutoDebit: resolver.No, Operation: resolver.Authorize,
	}
	equal(t, "every reason at once", reasons(t, resolver.Production, resolver.Renewal, all),
		"environment not_tokenizable no_auto_debit operation")
}

func TestOfTwoWalletsOfOneProviderTheMerchantsFirstStays(t *testing.T) {
	wallet := func(code, connector, pg string) resolver.PaymentMethod {
		return resolver.PaymentMethod{
			Code: code, Sandbox: resolver.No, Type: "wallet", PG: pg, Connector: resolver.Connector{Identifier: connector},
		}
	}
	service := func(m resolver.PaymentMethod, codes ...string) resolver.PaymentMethod {
		m.Type = ""
		var services []resolver.PaymentService
		for _, c := range codes {
			services = append(services, resolver.PaymentService{Code: c})
		}
		m.Services = resolver.ListOf(services...)
		return m
	}
	test := wallet("a", "x", "")
	test.Sandbox = resolver.Yes
	cases := map[string]struct {
		methods []resolver.PaymentMethod
		stay    string
	}{
		"one connector":           {[]resolver.PaymentMethod{wallet("b", "x", ""), wallet("a", "x", "")}, "b"},
		"one gateway name":        {[]resolver.PaymentMethod{wallet("a", "", "x"), wallet("b", "", "x")}, "a"},
		"two connectors, one PG":  {[]resolver.PaymentMethod{wallet("a", "x", "p"), wallet("b", "y", "p")}, "a b"},
		"nothing to tell them by": {[]resolver.PaymentMethod{wallet("a", "", ""), wallet("b", "", "")}, "a b"},
		"three, two of one": {[]resolver.PaymentMethod{
			wallet("a", "x", ""), wallet("b", "y", ""), wallet("c", "x", ""),
		}, "a b"},
		"a wallet as a service": {[]resolver.PaymentMethod{
			service(wallet("a", "x", ""), "wallet", "apple_pay"), wallet("b", "x", ""),
		}, "a"},
		"Apple, Google and Samsung Pay carry cards": {[]resolver.PaymentMethod{
			service(wallet("a", "x", ""), "apple_pay"), service(wallet("b", "x", ""), "google_pay", "apple_pay"),
			service(wallet("c", "x", ""), "samsung_pay"), wallet("d", "x", ""),
		}, "a b c d"},
		"a wallet that is taken out for another reason is no rival": {[]resolver.PaymentMethod{
			test, wallet("b", "x", ""),
		}, "b"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := open(t, scripted(answers(resolver.Catalog{Methods: c.methods})))
			e := resolve(t, r, guest)
			equal(t, "stay", strings.Join(e.PGCodes(), " "), c.stay)
			for _, x := range e.Excluded() {
				if x.Method.Sandbox == resolver.No {
					equal(t, "why", x.Reasons[0].Code, resolver.ReasonWalletConflict)
				}
			}
		})
	}
}

func TestRequireTellsEligibleNotEligibleAndUnknownApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := catalog("kpay", "test")
		c.Methods[1].Sandbox = resolver.Yes
		src := scripted(answers(c))
		r := open(t, src, resolver.WithFreshness(time.Hour, 24*time.Hour))
		codesOf := func(err error) (all []resolver.ReasonCode) {
			var n *resolver.NotEligibleError
			if !errors.As(err, &n) || !errors.Is(err, resolver.ErrNotEligible) || errors.Is(err, resolver.ErrUnknown) {
				t.Fatalf("got %v", err)
			}
			for _, reason := range n.Reasons {
				all = append(all, reason.Code)
			}
			return all
		}
		e := resolve(t, r, guest)
		if err := e.Require("kpay"); err != nil {
			t.Fatal(err)
		}
		equal(t, "excluded", fmt.Sprint(codesOf(e.Require("test"))), "[environment]")
		equal(t, "not listed", fmt.Sprint(codesOf(e.Require("mpgs"))), "[not_offered]")
		src.script(fails(errDown))
		pass(2 * time.Hour)
		for name, e := range map[string]*resolver.Eligibility{
			"stale": resolve(t, r, guest), "a customer with the base answer": resolve(t, r, cartOf("c1")),
		} {
			if err := e.Require("kpay"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			equal(t, name+", excluded", fmt.Sprint(codesOf(e.Require("test"))), "[environment]")
			if err := e.Require("mpgs"); !errors.Is(err, resolver.ErrUnknown) || errors.Is(err, resolver.ErrNotEligible) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAnEmptyEligibilityIsSafe(t *testing.T) {
	e := &resolver.Eligibility{}
	if e.PGCodes() == nil || len(e.PGCodes()) != 0 || e.Has("") || e.Excluded() != nil || e.PastPGCodes() != nil ||
		len(slices.Collect(e.Methods())) != 0 || e.Cart().Currency != "" || e.Freshness().Fresh || e.String() == "" {
		t.Fatalf("%s", e)
	}
	if err := e.Require("kpay"); !errors.Is(err, resolver.ErrUnknown) {
		t.Fatal(err)
	}
}

func TestAnEligibilityKnowsItsCart(t *testing.T) {
	attributes := map[string]string{"tier": "gold"}
	cart := resolver.Cart{
		CustomerID: "c1", Currency: "KWD", Type: resolver.OneOff, Amount: "1.500", Country: "KW", Attributes: attributes,
	}
	got := resolve(t, open(t, scripted(lists("kpay"))), cart).Cart()
	got.Attributes["tier"] = "changed"
	if got.CustomerID != "c1" || got.Amount != "1.500" || got.Country != "KW" || got.Type != cart.Type ||
		got.Currency != "KWD" || attributes["tier"] != "gold" {
		t.Fatalf("%s %v", got, attributes)
	}
}
