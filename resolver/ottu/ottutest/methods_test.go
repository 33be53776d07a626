package ottutest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

const sandboxPurchases = "ottu-sandbox kpay-test mpgs-test benefit-test tabby-test tamara-test paypal-test"

func TestEveryFilterNarrowsTheList(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"currency and environment": {`"currencies":["KWD"],"type":"production"`, "kpay mpgs mpgs-auth tabby tamara cod"},
		"operation purchase":       {`"currencies":["BHD"],"type":"production","operation":"purchase"`, "mpgs benefit"},
		"operation authorize":      {`"operation":"authorize"`, "mpgs-auth mpgs-auth-test"},
		"several currencies are joined by or": {`"currencies":["USD","BHD"],"type":"production","operation":"purchase"`,
			"mpgs benefit paypal checkoutcom"},
		"no type lists both environments": {`"pg_names":["kpay"]`, "kpay kpay-test"},
		"sandbox":                         {`"type":"sandbox","operation":"purchase"`, sandboxPurchases},
		"tokenizable":                     {`"type":"production","tokenizable":true`, "mpgs mpgs-auth benefit checkoutcom"},
		"not tokenizable":                 {`"type":"production","tokenizable":false`, "kpay tabby tamara paypal cod"},
		"a boolean in a string":           {`"type":"production","tokenizable":"true"`, "mpgs mpgs-auth benefit checkoutcom"},
		"auto-debit":                      {`"type":"production","auto_debit":true`, "mpgs benefit"},
		"tokenizable without auto-debit": {`"type":"production","tokenizable":true,"auto_debit":false`,
			"mpgs-auth checkoutcom"},
		"gateway names":         {`"type":"production","pg_names":["tabby","mpgs"]`, "mpgs mpgs-auth tabby"},
		"unknown gateway names": {`"pg_names":["nobody"]`, ""},
		"tags are joined by or": {`"tags":["demo","donations"],"type":"sandbox","operation":"purchase"`, sandboxPurchases},
		"one tag":               {`"tags":["subscriptions"],"type":"production"`, "mpgs benefit"},
		"a tag that nobody has": {`"tags":["donations"]`, ""},
		"payment services are joined by or": {`"payment_services":["samsung_pay","google_pay"],"type":"production"`,
			"mpgs mpgs-auth"},
		"empty lists are no filters":    {`"currencies":[],"tags":[],"pg_names":["cod"],"payment_services":[]`, "cod"},
		"unknown fields are ignored":    {`"pg_names":["cod"],"colour":"red"`, "cod"},
		"a currency that nobody takes":  {`"currencies":["JPY"]`, ""},
		"neither inactive nor hidden":   {`"pg_names":["stc_pay","csuc"]`, ""},
		"an M-Wallet needs a customer":  {`"payment_services":["wallet"],"type":"production"`, ""},
		"the wallet of another service": {`"payment_services":["wallet"],"type":"sandbox"`, "ottu-sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			m := ottutest.NewMerchant()
			if got := ask(t, m, `{"plugin":"e_commerce",`+tt.body+`}`).codes(t); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestThePluginNarrowsTheList(t *testing.T) {
	m := ottutest.NewMerchant()
	a := ask(t, m, `{"plugin":"payment_request","pg_names":["cod","tabby"],"type":"production"}`)
	if got := a.codes(t); got != "tabby" {
		t.Errorf("cod is for e_commerce only, got %s", got)
	}
}

func TestFalseCanMeanNoFilter(t *testing.T) {
	m := ottutest.NewMerchant(ottutest.WithFalseIsNoFilter())
	a := ask(t, m, `{"plugin":"e_commerce","pg_names":["kpay","benefit"],"type":"production",`+
		`"tokenizable":false,"auto_debit":false}`)
	if got := a.codes(t); got != "kpay benefit" {
		t.Errorf("got %s", got)
	}
}

func TestFormsAreReadLikeJSON(t *testing.T) {
	m := ottutest.NewMerchant()
	multipart := strings.ReplaceAll(`--x
Content-Disposition: form-data; name="plugin"

e_commerce
--x
Content-Disposition: form-data; name="currencies"

USD
--x
Content-Disposition: form-data; name="currencies"

BHD
--x
Content-Disposition: form-data; name="tokenizable"

True
--x
Content-Disposition: form-data; name="type"

production
--x--
`, "\n", "\r\n")
	for contentType, body := range map[string]string{
		"application/json": `{"plugin":"e_commerce","currencies":["USD","BHD"],"tokenizable":true,` +
			`"type":"production"}`,
		"application/x-www-form-urlencoded": "plugin=e_commerce&currencies=USD&currencies=BHD&tokenizable=1&type=production",
		"multipart/form-data; boundary=x":   multipart,
	} {
		a := send(t, m, http.MethodPost, ottutest.PathPaymentMethods, key, contentType, body)
		if got := a.codes(t); got != "mpgs mpgs-auth benefit checkoutcom" {
			t.Errorf("%s: got %s", contentType, got)
		}
	}
}

func TestAnMWalletIsListedOnlyForACustomerWithABalance(t *testing.T) {
	m := ottutest.NewMerchant()
	m.SetBalance("rich", "KWD", "5.000")
	m.SetBalance("broke", "KWD", "0.000")
	for name, tt := range map[string]struct{ body, want string }{
		"a balance":               {`"customer_id":"rich","currencies":["KWD"]`, "m-wallet"},
		"any currency":            {`"customer_id":"rich"`, "m-wallet"},
		"another currency":        {`"customer_id":"rich","currencies":["SAR"]`, ""},
		"nothing left":            {`"customer_id":"broke","currencies":["KWD"]`, ""},
		"no customer":             {`"currencies":["KWD"]`, ""},
		"never for authorization": {`"customer_id":"rich","currencies":["KWD"],"operation":"authorize"`, ""},
	} {
		a := ask(t, m, `{"plugin":"e_commerce","type":"production","pg_names":["ottu_wallet"],`+tt.body+`}`)
		if got := a.codes(t); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestPastMethodsAreTheCustomersOwn(t *testing.T) {
	m := ottutest.NewMerchant()
	for _, code := range []string{"tabby", "gone", "tabby", "kpay"} {
		m.RecordPayment("c1", code)
	}
	for customer, want := range map[string]string{
		`,"customer_id":"c1"`: "tabby gone kpay",
		`,"customer_id":"c2"`: "",
		"":                    "",
	} {
		a := ask(t, m, `{"plugin":"e_commerce","currencies":["KWD"]`+customer+`}`)
		if got := a.past(); got != want {
			t.Errorf("%q: got %q, want %q", customer, got, want)
		}
		if !strings.HasPrefix(a.text, `{"customer_payment_methods":[`) {
			t.Errorf("an empty list must be [], not null: %.60s", a.text)
		}
	}
}

func TestMIDsChangeWhileTheMerchantRuns(t *testing.T) {
	m := ottutest.NewMerchant(ottutest.WithMIDs(ottutest.MID{Code: "a", Currencies: []string{"KWD"}},
		ottutest.MID{Code: "b", Currencies: []string{"KWD"}}))
	list := func() string { return ask(t, m, `{"plugin":"e_commerce","currencies":["KWD"]}`).codes(t) }
	step := func(name, want string, err error) {
		t.Helper()
		if got := list(); got != want || err != nil {
			t.Errorf("%s: got %q, want %q (error: %v)", name, got, want, err)
		}
	}
	step("at first", "a b", nil)
	step("switched off", "b", m.UpdateMID("a", func(mid *ottutest.MID) { mid.Inactive = true }))
	step("renamed in its place", "c b", m.UpdateMID("a", func(mid *ottutest.MID) { mid.Code, mid.Inactive = "c", false }))
	step("hidden", "c", m.UpdateMID("b", func(mid *ottutest.MID) { mid.Hidden = true }))
	m.SetMID(ottutest.MID{Code: "d", Currencies: []string{"KWD", "USD"}})
	step("added at the end", "c d", nil)
	m.SetMID(ottutest.MID{Code: "c", Currencies: []string{"USD"}})
	step("replaced", "d", nil)
	step("removed", "", m.RemoveMID("d"))
	m.Reset()
	step("reset", "a b", nil)
	for _, err := range []error{
		m.RemoveMID("nobody"),
		m.UpdateMID("nobody", func(*ottutest.MID) {}),
		m.UpdateMID("a", func(mid *ottutest.MID) { mid.Code = "b" }),
	} {
		if err == nil {
			t.Error("a MID that is not there, or there twice, should be an error")
		}
	}
	step("nothing changed by mistakes", "a b", nil)
}

func TestMIDsAreCopies(t *testing.T) {
	m := ottutest.NewMerchant()
	before := ask(t, m, `{"plugin":"e_commerce"}`).text
	for _, mid := range m.MIDs() {
		clear(mid.Currencies)
		clear(mid.Tags)
	}
	if after := ask(t, m, `{"plugin":"e_commerce"}`).text; after != before {
		t.Error("writing to what MIDs returned changed the merchant")
	}
}
