package ottutest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestEachShapeShowsItsFields(t *testing.T) {
	const openAPI = "accepted_currencies auto_debit_enabled code default_currency is_sandbox is_tokenizable logo name " +
		"operation operations payment_services tags wallets"
	for shape, want := range map[ottutest.Shape]struct{ fields, services string }{
		ottutest.ShapeFull: {strings.Replace(openAPI, "default", "connector default", 1) + " type",
			`"payment_services":[{"code":"wallet","name":"Wallet","name_ar":"المحفظة"}]`},
		ottutest.ShapeOpenAPI: {openAPI, `"payment_services":[{"code":"wallet","name":"Wallet","name_ar":"المحفظة"}]`},
		ottutest.ShapeMWallet: {"accepted_currencies auto_debit_enabled code default_currency is_sandbox is_tokenizable " +
			"name operation operations payment_services tags", `"payment_services":["wallet"]`},
		ottutest.ShapeSDK: {"accepted_currencies code default_currency is_sandbox logo operation operations pg wallets",
			`"pg":"M-Wallet"`},
	} {
		t.Run(string(shape), func(t *testing.T) {
			m := ottutest.NewMerchant()
			m.SetShape(shape)
			m.SetBalance("c1", "KWD", "1")
			a := ask(t, m, `{"plugin":"e_commerce","type":"production","customer_id":"c1","pg_names":["ottu_wallet"]}`)
			if a.codes(t) != "m-wallet" {
				t.Fatal(a.text)
			}
			if got := keys(a.body["payment_methods"].([]any)[0].(map[string]any)); fields(got) != fields(want.fields) {
				t.Errorf("got  %s\nwant %s", got, want.fields)
			}
			if !strings.Contains(a.text, want.services) {
				t.Errorf("no %s in %s", want.services, a.text)
			}
		})
	}
}

// fields sorts names that are in one string.
func fields(names string) string {
	set := map[string]any{}
	for name := range strings.FieldsSeq(names) {
		set[name] = nil
	}
	return keys(set)
}

func TestOneShapeIsABareList(t *testing.T) {
	m := ottutest.NewMerchant()
	m.SetShape(ottutest.ShapeCodes)
	got := ask(t, m, `{"plugin":"e_commerce","pg_names":["kpay"]}`).text
	if want := `{"customer_payment_methods":[],"pg_codes":["kpay","kpay-test"]}`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestLogosAreServed(t *testing.T) {
	m := ottutest.NewMerchant()
	m.SetMID(ottutest.MID{Code: "own", PG: "<Own>", Currencies: []string{"KWD"}, Logo: "https://cdn.example/own.png"})
	logo := func(code string) string {
		a := ask(t, m, `{"plugin":"e_commerce","pg_names":["`+code+`"],"type":"production"}`)
		return a.body["payment_methods"].([]any)[0].(map[string]any)["logo"].(string)
	}
	if got := logo("own"); got != "https://cdn.example/own.png" {
		t.Errorf("got %s", got)
	}
	path, ok := strings.CutPrefix(logo("kpay"), "https://shop.example")
	if !ok {
		t.Fatalf("%s does not lead back to the merchant", logo("kpay"))
	}
	own := strings.Replace(path, "kpay", "own", 1)
	for path, want := range map[string]string{path: ">KNET</text>", own: "&lt;Own&gt;"} {
		a := call(t, m, http.MethodGet, path, "")
		if a.header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(a.text, want) {
			t.Errorf("%s: %s", path, a.text)
		}
	}
	if a := call(t, m, http.MethodGet, "/media/gateway/logos/nobody.svg", ""); a.status != http.StatusNotFound {
		t.Errorf("got %d", a.status)
	}
}
