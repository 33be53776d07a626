package ottu_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

func TestEachFilterIsSentUnderItsName(t *testing.T) {
	const endpoint = "https://shop.ottu.test/b/pbl/v2/payment-methods/"
	base := resolver.Filters{Plugin: "e_commerce", Environment: resolver.Production}
	const always = `{"plugin":"e_commerce","type":"production"`
	type filters = resolver.Filters
	for name, test := range map[string]struct {
		change func(*filters)
		want   string
	}{
		"none": {func(*filters) {}, always + `}`},
		"sandbox": {func(f *filters) { f.Environment = resolver.Sandbox },
			`{"plugin":"e_commerce","type":"sandbox"}`},
		"plugin": {func(f *filters) { f.Plugin = "payment_request" },
			`{"plugin":"payment_request","type":"production"}`},
		"currencies": {func(f *filters) { f.Currencies = []string{"KWD", "USD"} },
			always + `,"currencies":["KWD","USD"]}`},
		"customer_id":       {func(f *filters) { f.CustomerID = "cust_1" }, always + `,"customer_id":"cust_1"}`},
		"operation":         {func(f *filters) { f.Operation = resolver.Authorize }, always + `,"operation":"authorize"}`},
		"tokenizable":       {func(f *filters) { f.Tokenizable = resolver.Yes }, always + `,"tokenizable":true}`},
		"tokenizable false": {func(f *filters) { f.Tokenizable = resolver.No }, always + `,"tokenizable":false}`},
		"auto_debit":        {func(f *filters) { f.AutoDebit = resolver.Yes }, always + `,"auto_debit":true}`},
		"auto_debit false":  {func(f *filters) { f.AutoDebit = resolver.No }, always + `,"auto_debit":false}`},
		"pg_names":          {func(f *filters) { f.PGNames = []string{"kpay"} }, always + `,"pg_names":["kpay"]}`},
		"tags":              {func(f *filters) { f.Tags = []string{"demo"} }, always + `,"tags":["demo"]}`},
		"payment_services": {func(f *filters) { f.PaymentServices = []string{"wallet"} },
			always + `,"payment_services":["wallet"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
				if req.Method != http.MethodPost || req.URL.String() != endpoint {
					t.Errorf("%s %s", req.Method, req.URL)
				}
				if req.Header.Get("Content-Type") != "application/json" || req.Header.Get("Accept") != "application/json" {
					t.Errorf("header %v", req.Header)
				}
				if string(body) != test.want {
					t.Errorf("sent %s, want %s", body, test.want)
				}
				return response(200, `{"payment_methods":[]}`), nil
			})
			f := base
			test.change(&f)
			if _, err := newClient(t, rt).PaymentMethods(t.Context(), f); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFiltersThatCannotBeRightAreNotSent(t *testing.T) {
	long := strings.Repeat("x", 65)
	type filters = resolver.Filters
	for name, test := range map[string]struct {
		f    filters
		want string
	}{
		"no plugin":      {filters{Environment: resolver.Sandbox}, "plugin is missing"},
		"no environment": {filters{Plugin: "e_commerce"}, "type is missing"},
		"typo":           {filters{Plugin: "e_commerce", Environment: "prod"}, "type is none of: sandbox production"},
		"long plugin":    {filters{Plugin: long, Environment: resolver.Sandbox}, "plugin is longer than 50"},
		"long customer": {filters{Plugin: "e_commerce", Environment: "sandbox", CustomerID: long},
			"customer_id is longer than 64"},
		"not UTF-8": {filters{Plugin: "e_commerce", Environment: "sandbox", CustomerID: "\xff"},
			"customer_id is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			rt := transport(func(*http.Request, []byte) (*http.Response, error) {
				t.Error("a request was sent")
				return response(200, "{}"), nil
			})
			_, err := newClient(t, rt).PaymentMethods(t.Context(), test.f)
			if !errors.Is(err, resolver.ErrRejected) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			leaks(t, "the error", everyVerb(err), long)
		})
	}
}

func TestADroppedEntrySaysWhichAndWhy(t *testing.T) {
	client := newClient(t, always(200, readData(t, "methods_some_wrong.json")))
	catalog, err := client.PaymentMethods(t.Context(), sandboxKWD)
	if err != nil {
		t.Fatal(err)
	}
	all := errors.Join(catalog.Dropped...).Error()
	for _, want := range []string{
		"payment_methods[0] is left out: it is of type string",
		"payment_methods[2] (kpay) is left out: its code is there already",
		"payment_methods[5] is left out: its code is not 1 to 50",
		"payment_methods[7] (flag-as-text) is left out: is_sandbox is of type string",
		"payment_methods[8] (flag-as-number) is left out: is_tokenizable is of type number",
		"payment_methods[9] (flag-as-list) is left out: auto_debit_enabled is of type array",
		"payment_methods[10] (operation-as-list) is left out: operation is of type array",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
}

func TestAnAnswerOfAbsurdLengthIsRefusedAndPastMethodsAreBounded(t *testing.T) {
	many := strings.Repeat("1,", 100_000) + "1"
	_, err := newClient(t, always(200, `{"payment_methods":[`+many+`]}`)).PaymentMethods(t.Context(), sandboxKWD)
	if !errors.Is(err, ottu.ErrUnavailable) || !strings.Contains(err.Error(), "more than 1000 entries") {
		t.Errorf("got %v", err)
	}
	var past strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&past, `"pg_%d",`, i)
	}
	body := `{"payment_methods":[],"customer_payment_methods":[` + past.String() + `"kpay"]}`
	catalog, err := newClient(t, always(200, body)).PaymentMethods(t.Context(), sandboxKWD)
	if err != nil || len(catalog.Past) != 1000 {
		t.Errorf("%d past methods, %v", len(catalog.Past), err)
	}
}

func TestAnEmptyListOfMethodsWinsOverPGCodesAndNullDoesNot(t *testing.T) {
	for body, want := range map[string]int{
		`{"payment_methods":[],"pg_codes":["kpay"]}`:   0,
		`{"payment_methods":null,"pg_codes":["kpay"]}`: 1,
	} {
		catalog, err := newClient(t, always(200, body)).PaymentMethods(t.Context(), sandboxKWD)
		if err != nil || len(catalog.Methods) != want {
			t.Errorf("%s: %d methods, %v", body, len(catalog.Methods), err)
		}
	}
}
