package ottutest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// What each cart type shows of the default merchant, and why it does not show the rest: a code alone is eligible.
func TestEachCartTypeShowsExactlyItsMethods(t *testing.T) {
	srv := ottutest.NewServer()
	t.Cleanup(srv.Close)
	srv.SetBalance("rich", "KWD", "25.000")
	client, err := ottu.New(srv.URL, ottu.APIKey(srv.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	res, err := resolver.New(client, resolver.Production, []string{"KWD", "BHD", "USD"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Close() })
	for _, test := range []struct {
		cart resolver.Cart
		want string
	}{
		{resolver.Cart{Type: resolver.OneOff, Currency: "KWD"}, `
	benefit currency
	checkoutcom currency
	cod
	kpay
	mpgs
	mpgs-auth operation
	paypal currency
	tabby
	tamara`},
		{resolver.Cart{Type: resolver.OneOff, Currency: "KWD", CustomerID: "rich"}, `
	benefit currency
	checkoutcom currency
	cod
	kpay
	m-wallet
	mpgs
	mpgs-auth operation
	paypal currency
	tabby
	tamara`},
		{resolver.Cart{Type: resolver.OneOff, Currency: "USD"}, `
	benefit currency
	checkoutcom
	cod currency
	kpay currency
	mpgs
	mpgs-auth operation
	paypal
	tabby currency
	tamara currency`},
		{resolver.Cart{Type: resolver.Subscription, Currency: "KWD"}, `
	benefit currency
	checkoutcom currency
	cod not_tokenizable
	kpay not_tokenizable
	mpgs
	mpgs-auth operation
	paypal not_tokenizable currency
	tabby not_tokenizable
	tamara not_tokenizable`},
		{resolver.Cart{Type: resolver.Subscription, Currency: "BHD"}, `
	benefit
	checkoutcom currency
	cod not_tokenizable currency
	kpay not_tokenizable currency
	mpgs
	mpgs-auth operation
	paypal not_tokenizable currency
	tabby not_tokenizable currency
	tamara not_tokenizable currency`},
		{resolver.Cart{Type: resolver.Renewal, Currency: "KWD"}, `
	benefit currency
	checkoutcom no_auto_debit currency
	cod not_tokenizable no_auto_debit
	kpay not_tokenizable no_auto_debit
	mpgs
	mpgs-auth no_auto_debit operation
	paypal not_tokenizable no_auto_debit currency
	tabby not_tokenizable no_auto_debit
	tamara not_tokenizable no_auto_debit`},
		{resolver.Cart{Type: resolver.SaveCard, Currency: "KWD"}, `
	benefit currency
	checkoutcom currency
	cod not_tokenizable
	kpay not_tokenizable
	mpgs
	mpgs-auth
	paypal not_tokenizable currency
	tabby not_tokenizable
	tamara not_tokenizable`},
		{resolver.Cart{Type: resolver.PreOrder, Currency: "KWD"}, `
	benefit operation currency
	checkoutcom operation currency
	cod operation
	kpay operation
	mpgs operation
	mpgs-auth
	paypal operation currency
	tabby operation
	tamara operation`},
		{resolver.Cart{Type: resolver.PreOrder, Currency: "KWD", CustomerID: "rich"}, `
	benefit operation currency
	checkoutcom operation currency
	cod operation
	kpay operation
	mpgs operation
	mpgs-auth
	paypal operation currency
	tabby operation
	tamara operation`},
		{resolver.Cart{Type: resolver.PaymentRequest, Currency: "KWD"}, `
	benefit currency
	checkoutcom currency
	cod plugin
	kpay
	mpgs
	mpgs-auth operation
	paypal currency
	tabby
	tamara`},
	} {
		x, err := res.Explain(t.Context(), test.cart)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range x.Verdicts {
			line := v.Method.Code
			for _, r := range v.Reasons {
				line += " " + string(r.Code)
			}
			if v.Method.Sandbox == resolver.No {
				got = append(got, line)
			} else if v.Eligible || !strings.Contains(line, "environment") {
				t.Errorf("%s shows a sandbox gateway in production: %s", test.cart, line)
			}
		}
		slices.Sort(got)
		if text := "\n\t" + strings.Join(got, "\n\t"); text != test.want {
			t.Errorf("%s got %s\nwant %s", test.cart, text, test.want)
		}
	}
}
