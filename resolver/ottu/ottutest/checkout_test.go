package ottutest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// order is the body of a session that everything is right with, and what to change about it; nil takes a field away.
func order(change map[string]any) string {
	body := map[string]any{"type": "e_commerce", "amount": "12.5", "currency_code": "KWD", "pg_codes": []string{"mpgs"}}
	maps.Copy(body, change)
	maps.DeleteFunc(body, func(_ string, v any) bool { return v == nil })
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(text)
}

type fieldsOf = map[string]any

var agreement = fieldsOf{"id": "a1", "frequency": "monthly", "amount_variability": "fixed", "expiry_date": "01/01/2030",
	"cycle_interval_days": 30, "total_cycles": 12}

func TestCheckoutRules(t *testing.T) {
	m := ottutest.NewMerchant()
	m.SetKey("scoped", ottutest.Grant{PGCodes: []string{"kpay"}})
	m.SetBalance("c1", "KWD", "5")
	m.SetMID(ottutest.MID{Code: "cash", Currencies: []string{"JPY"}})
	m.SetMID(ottutest.MID{Code: "w2", Currencies: []string{"KWD"}, Services: []ottutest.Service{{Code: "wallet"}},
		WalletProvider: "ottu"})
	const unusable = `{"pg_codes":["\"%s\" is not a gateway that you can use."]}`
	for name, tt := range map[string]struct {
		change fieldsOf
		want   string // the error; none where empty
	}{
		"all is right": {nil, ""},
		"nothing is there": {fieldsOf{"type": nil, "amount": nil, "currency_code": nil, "pg_codes": nil},
			`{"amount":["This field is required."],"currency_code":["This field is required."],` +
				`"pg_codes":["This field is required."],"type":["This field is required."]}`},
		"type":                  {fieldsOf{"type": "bulk"}, `{"type":["\"bulk\" is not a valid choice."]}`},
		"an amount as a number": {fieldsOf{"amount": 12.5}, ""},
		"too many decimals": {fieldsOf{"amount": "1.2345"},
			`{"amount":["Ensure that there are no more than 3 decimal places."]}`},
		"decimals of no currency": {fieldsOf{"amount": "1.5", "currency_code": "JPY", "pg_codes": []string{"cash"}},
			`{"amount":["Ensure that there are no more than 0 decimal places."]}`},
		"an exponent": {fieldsOf{"amount": "1e9"}, `{"amount":["A valid number is required."]}`},
		"less than nothing": {fieldsOf{"amount": "-1"},
			`{"amount":["Ensure this value is greater than or equal to 0."]}`},
		"currency": {fieldsOf{"currency_code": "kwd"},
			`{"currency_code":["\"kwd\" is not a valid choice."],"pg_codes":["\"mpgs\" does not accept kwd."]}`},
		"no pg_codes":      {fieldsOf{"pg_codes": []string{}}, `{"pg_codes":["This list may not be empty."]}`},
		"unknown pg_code":  {fieldsOf{"pg_codes": []string{"mpgs", "nobody"}}, strings.ReplaceAll(unusable, "%s", "nobody")},
		"inactive pg_code": {fieldsOf{"pg_codes": []string{"stc-pay"}}, strings.ReplaceAll(unusable, "%s", "stc-pay")},
		"hidden pg_code":   {fieldsOf{"pg_codes": []string{"cybs-applepay"}}, ""},
		"pg_code of other currency": {fieldsOf{"pg_codes": []string{"paypal"}},
			`{"pg_codes":["\"paypal\" does not accept KWD."]}`},
		"pg_code of other plugin": {fieldsOf{"type": "payment_request", "pg_codes": []string{"cod"}},
			`{"pg_codes":["\"cod\" cannot be used for payment_request."]}`},
		"both environments": {fieldsOf{"pg_codes": []string{"mpgs", "kpay-test"}},
			`{"pg_codes":["Sandbox and production gateways cannot be used together."]}`},
		"wallets of one provider": {fieldsOf{"pg_codes": []string{"m-wallet", "mpgs", "w2"}, "customer_id": "c1"},
			`{"pg_codes":["Multiple wallets of the same provider are available for this currency across the selected payment ` +
				`gateways. Only one wallet per provider may be available for a transaction."]}`},
		"one wallet": {fieldsOf{"pg_codes": []string{"m-wallet", "mpgs"}, "customer_id": "c1"}, ""},
		"wallet of nobody": {fieldsOf{"pg_codes": []string{"m-wallet"}},
			`{"pg_codes":["\"m-wallet\" needs a customer with a balance in KWD."]}`},
		"wallet and authorization": {fieldsOf{"pg_codes": []string{"m-wallet", "mpgs-auth"}, "customer_id": "c1"},
			`{"pg_codes":["A wallet cannot be used together with a gateway that authorizes."]}`},
		"payment in one step": {fieldsOf{"payment_instrument": fieldsOf{"payload": "x"}}, ""},
		"one step, two gateways": {fieldsOf{"payment_instrument": fieldsOf{}, "pg_codes": []string{"mpgs", "kpay"}},
			`{"pg_codes":["A payment in one step takes exactly one gateway."]}`},
		"auto-debit": {fieldsOf{"payment_type": "auto_debit", "customer_id": "c1", "agreement": agreement}, ""},
		"auto-debit without its terms": {fieldsOf{"payment_type": "auto_debit"},
			`{"agreement":["This field is required."],"customer_id":["This field is required."]}`},
		"auto-debit, no tokens": {fieldsOf{"payment_type": "auto_debit", "customer_id": "c1", "agreement": agreement,
			"pg_codes": []string{"kpay"}}, `{"pg_codes":["\"kpay\" does not support tokenization."]}`},
		"half an agreement": {fieldsOf{"payment_type": "auto_debit", "customer_id": "c1", "agreement": fieldsOf{"id": "a1",
			"type": "unscheduled"}}, `{"agreement":{"frequency":["This field is required."]}}`},
		"instalments without a seller": {fieldsOf{"payment_type": "auto_debit", "customer_id": "c1",
			"agreement": merge(agreement, fieldsOf{"type": "installment"})},
			`{"agreement":{"seller":["This field is required."]}}`},
		"agreement, one payment": {fieldsOf{"agreement": agreement},
			`{"agreement":["An agreement cannot be part of a one-off payment."]}`},
		"saving a card": {fieldsOf{"payment_type": "save_card", "amount": "0.000"}, ""},
		"saving a card for money": {fieldsOf{"payment_type": "save_card"},
			`{"amount":["The amount must be zero where a card is saved."]}`},
		"saving what cannot be": {fieldsOf{"payment_type": "save_card", "amount": "0", "pg_codes": []string{"tabby"}},
			`{"pg_codes":["\"tabby\" does not support tokenization."]}`},
		"no days": {fieldsOf{"card_acceptance_criteria": fieldsOf{"min_expiry_time": 0}},
			`{"card_acceptance_criteria":{"min_expiry_time":["Ensure this value is from 1 to 365."]}}`},
		"other fields": {fieldsOf{"customer_phone": "+965500000000000000", "language": "fr", "billing_address": "x",
			"card_acceptance_criteria": fieldsOf{"min_expiry_time": 366}, "loyalty": fieldsOf{"enabled": "x"},
			"redirect_url": "javascript:alert(1)", "webhook_url": "/hook"},
			`{"billing_address":["Invalid data. Expected a dictionary, but got str."],` +
				`"card_acceptance_criteria":{"min_expiry_time":["Ensure this value is from 1 to 365."]},` +
				`"customer_phone":["Ensure this field has no more than 16 characters."],` +
				`"language":["\"fr\" is not a valid choice."],` +
				`"loyalty":{"enabled":["Must be a valid boolean."]},"redirect_url":["Enter a valid URL."],` +
				`"webhook_url":["Enter a valid URL."]}`},
	} {
		t.Run(name, func(t *testing.T) {
			a := call(t, m, http.MethodPost, ottutest.PathCheckout, order(tt.change))
			if tt.want != "" {
				a.wantError(t, http.StatusBadRequest, tt.want)
			} else if a.status != http.StatusCreated {
				t.Errorf("got %d %s", a.status, a.text)
			}
		})
	}
	a := send(t, m, http.MethodPost, ottutest.PathCheckout, "Api-Key scoped", "application/json", order(nil))
	a.wantError(t, http.StatusBadRequest, strings.ReplaceAll(unusable, "%s", "mpgs"))
}

func merge(a, b fieldsOf) fieldsOf {
	a = maps.Clone(a)
	maps.Copy(a, b)
	return a
}

func TestASessionCanBeReadAndChangedUntilItIsPaid(t *testing.T) {
	m := ottutest.NewMerchant()
	a := call(t, m, http.MethodPost, ottutest.PathCheckout, order(fieldsOf{"order_no": "o1", "colour": "red"}))
	id, _ := a.body["session_id"].(string)
	if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(id) {
		t.Fatalf("session_id %q", id)
	}
	for name, want := range map[string]any{"state": "created", "amount": "12.500", "order_no": "o1",
		"payment_type": "one_off", "colour": nil,
		"checkout_url": "https://shop.example/b/checkout/redirect/start/?session_id=" + id} {
		if a.body[name] != want {
			t.Errorf("%s: got %v, want %v", name, a.body[name], want)
		}
	}
	method := a.body["payment_methods"].([]any)[0].(map[string]any)
	for name, want := range map[string]any{"code": "mpgs", "type": "production", "fee": "0.000", "flow": "redirect"} {
		if method[name] != want {
			t.Errorf("%s: got %v, want %v", name, method[name], want)
		}
	}
	path := ottutest.PathCheckout + id + "/"
	if got := call(t, m, http.MethodGet, path, ""); got.status != 200 || got.text != a.text {
		t.Errorf("got %d %s", got.status, got.text)
	}
	a = call(t, m, http.MethodPatch, path, `{"amount":"7","pg_codes":["kpay"]}`)
	if a.body["amount"] != "7.000" || a.body["order_no"] != "o1" || a.status != 200 {
		t.Errorf("PATCH: %s", a.text)
	}
	call(t, m, http.MethodPatch, path, `{"currency_code":"USD"}`).
		wantError(t, http.StatusBadRequest, `{"pg_codes":["\"kpay\" does not accept USD."]}`)
	if a = call(t, m, http.MethodPut, path, order(nil)); a.body["amount"] != "12.500" || a.body["order_no"] != nil {
		t.Errorf("PUT: %s", a.text)
	}
	if err := m.MarkPaid(id, ""); err != nil {
		t.Fatal(err)
	}
	call(t, m, http.MethodPatch, path, `{"amount":"7"}`).
		wantError(t, http.StatusBadRequest, `{"detail":"A session in the state paid cannot be changed."}`)
	if a = call(t, m, http.MethodGet, path, ""); a.body["state"] != "paid" || a.body["gateway_account"] != "mpgs" {
		t.Errorf("paid: %s", a.text)
	}
	for _, method := range []string{"GET", "PATCH"} {
		call(t, m, method, ottutest.PathCheckout+"nobody/", "").wantError(t, http.StatusNotFound, `{"detail":"Not found."}`)
	}
}

func TestAFormMakesTheSameSession(t *testing.T) {
	m := ottutest.NewMerchant()
	a := send(t, m, http.MethodPost, ottutest.PathCheckout, key, "application/x-www-form-urlencoded",
		"type=e_commerce&amount=12.5&currency_code=KWD&pg_codes=kpay&pg_codes=mpgs&order_no=o1")
	if a.status != http.StatusCreated || a.body["order_no"] != "o1" || !strings.Contains(a.text, `["kpay","mpgs"]`) {
		t.Errorf("got %d %s", a.status, a.text)
	}
	a = call(t, m, http.MethodPatch, ottutest.PathCheckout+a.body["session_id"].(string)+"/", `{"amount":"1"}`)
	if a.status != http.StatusOK || a.body["amount"] != "1.000" {
		t.Errorf("got %d %s", a.status, a.text)
	}
}

func TestPayingMakesAPastMethod(t *testing.T) {
	m := ottutest.NewMerchant()
	pay := func(code string, change fieldsOf) string {
		t.Helper()
		a := call(t, m, http.MethodPost, ottutest.PathCheckout, order(change))
		id, _ := a.body["session_id"].(string)
		if err := m.MarkPaid(id, code); err != nil {
			t.Error(err)
		}
		return call(t, m, http.MethodGet, ottutest.PathCheckout+id+"/", "").body["state"].(string)
	}
	if got := pay("kpay", fieldsOf{"customer_id": "c1", "pg_codes": []string{"mpgs", "kpay"}}); got != "paid" {
		t.Errorf("got %s", got)
	}
	if got := pay("", fieldsOf{"customer_id": "c1", "pg_codes": []string{"mpgs-auth"}}); got != "authorized" {
		t.Errorf("got %s", got)
	}
	pay("", nil)
	if got := ask(t, m, `{"plugin":"e_commerce"}`).past(); got != "" {
		t.Errorf("a guest has no past, got %q", got)
	}
	pay("", fieldsOf{"customer_id": "c2"})
	if got := listCards(t, m, `{"customer_id":"c2","type":"production"}`); got != "" {
		t.Errorf("a one-off payment saves no card, got %q", got)
	}
	pay("", fieldsOf{"customer_id": "c2", "payment_type": "save_card", "amount": "0"})
	if got := listCards(t, m, `{"customer_id":"c2","type":"production"}`); got == "" {
		t.Error("no card is saved")
	}
	if got := ask(t, m, `{"plugin":"e_commerce","customer_id":"c1"}`).past(); got != "kpay" {
		t.Errorf("an authorization is no payment, got %q", got)
	}

	id := call(t, m, http.MethodPost, ottutest.PathCheckout, order(nil)).body["session_id"].(string)
	for name, err := range map[string]error{
		"no session": m.MarkPaid("nobody", ""), "not offered": m.MarkPaid(id, "kpay"), "unknown": m.MarkPaid(id, "nobody"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := m.MarkPaid(id, "mpgs"); err != nil {
		t.Error(err)
	}
	if m.MarkPaid(id, "mpgs") == nil {
		t.Error("paid twice")
	}
}

func TestAShopperClicksThroughThePaymentPage(t *testing.T) {
	m := ottutest.NewMerchant()
	a := call(t, m, http.MethodPost, ottutest.PathCheckout, order(fieldsOf{"pg_codes": []string{"mpgs", "kpay"},
		"redirect_url": "https://shop.example/thanks?order=1&x=2"}))
	id := a.body["session_id"].(string)
	u, err := url.Parse(a.body["checkout_url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	page := call(t, m, http.MethodGet, u.RequestURI(), "")
	for _, want := range []string{"KWD 12.500", `value="kpay"`, "Pay with KNET", "/thanks?order=1&amp;x=2"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("no %s on the page: %s", want, page.text)
		}
	}
	click := func() answer {
		return send(t, m, http.MethodPost, u.Path, "", "application/x-www-form-urlencoded", "session_id="+id+"&pg_code=kpay")
	}
	if a := click(); a.status != 303 || a.header.Get("Location") != "https://shop.example/thanks?order=1&x=2" {
		t.Errorf("got %d %s", a.status, a.header)
	}
	if a := click(); a.status != http.StatusConflict {
		t.Errorf("a second click: got %d", a.status)
	}
	short, _ := strings.CutPrefix(a.body["checkout_short_url"].(string), "https://shop.example")
	if page := call(t, m, http.MethodGet, short, ""); !strings.Contains(page.text, "This payment is paid.") {
		t.Errorf("got %s", page.text)
	}
	if a := call(t, m, http.MethodGet, u.Path+"?session_id=nobody", ""); a.status != http.StatusNotFound {
		t.Errorf("got %d", a.status)
	}
}
