package ottutest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestABadQuestionIsAFieldError(t *testing.T) {
	m := ottutest.NewMerchant()
	for name, tt := range map[string]struct{ body, want string }{
		"no plugin":      {`{}`, `{"plugin":["This field is required."]}`},
		"no body":        {``, `{"plugin":["This field is required."]}`},
		"null":           {`{"plugin":null}`, `{"plugin":["This field may not be null."]}`},
		"unknown plugin": {`{"plugin":"e-commerce"}`, `{"plugin":["\"e-commerce\" is not a valid choice."]}`},
		"long plugin": {`{"plugin":"` + strings.Repeat("x", 51) + `"}`,
			`{"plugin":["Ensure this field has no more than 50 characters."]}`},
		"lower case currency": {`{"plugin":"e_commerce","currencies":["KWD","kwd"]}`,
			`{"currencies":{"1":["\"kwd\" is not a valid choice."]}}`},
		"currency of another type": {`{"plugin":"e_commerce","currencies":[{}]}`,
			`{"currencies":{"0":["Not a valid string."]}}`},
		"currencies without a list": {`{"plugin":"e_commerce","currencies":"KWD"}`,
			`{"currencies":["Expected a list of items but got type \"str\"."]}`},
		"long customer": {`{"plugin":"e_commerce","customer_id":"` + strings.Repeat("ع", 65) + `"}`,
			`{"customer_id":["Ensure this field has no more than 64 characters."]}`},
		"blank customer": {`{"plugin":"e_commerce","customer_id":" "}`, `{"customer_id":["This field may not be blank."]}`},
		"customer with a NUL": {`{"plugin":"e_commerce","customer_id":"a\u0000"}`,
			`{"customer_id":["Null characters are not allowed."]}`},
		"customer of another type": {`{"plugin":"e_commerce","customer_id":["c1"]}`,
			`{"customer_id":["Not a valid string."]}`},
		"operation": {`{"plugin":"e_commerce","operation":"refund"}`, `{"operation":["\"refund\" is not a valid choice."]}`},
		"type":      {`{"plugin":"e_commerce","type":"live"}`, `{"type":["\"live\" is not a valid choice."]}`},
		"boolean":   {`{"plugin":"e_commerce","tokenizable":"maybe"}`, `{"tokenizable":["Must be a valid boolean."]}`},
		"tag":       {`{"plugin":"e_commerce","tags":["x"]}`, `{"tags":{"0":["\"x\" is not a valid choice."]}}`},
		"service": {`{"plugin":"e_commerce","payment_services":["ApplePay"]}`,
			`{"payment_services":{"0":["\"ApplePay\" is not a valid choice."]}}`},
		"all at once": {`{"operation":7,"auto_debit":[]}`, `{"auto_debit":["Must be a valid boolean."],` +
			`"operation":["\"7\" is not a valid choice."],"plugin":["This field is required."]}`},
		"a list":     {`[]`, `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`},
		"a float":    {`1.5`, `{"non_field_errors":["Invalid data. Expected a dictionary, but got float."]}`},
		"a string":   {`"x"`, `{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}`},
		"a number":   {`7`, `{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}`},
		"a boolean":  {`true`, `{"non_field_errors":["Invalid data. Expected a dictionary, but got bool."]}`},
		"a null":     {`null`, `{"non_field_errors":["Invalid data. Expected a dictionary, but got NoneType."]}`},
		"two values": {`{"plugin":"e_commerce"}{}`, `{"detail":"JSON parse error - there is more after the value"}`},
		"no UTF-8":   {"{\"plugin\":\"\xff\"}", `{"detail":"JSON parse error - the body is not UTF-8"}`},
	} {
		t.Run(name, func(t *testing.T) { ask(t, m, tt.body).wantError(t, http.StatusBadRequest, tt.want) })
	}
}

func TestLimitsAreCountedInCharacters(t *testing.T) {
	m := ottutest.NewMerchant()
	body := `{"plugin":"e_commerce","pg_names":["cod"],"customer_id":"` + strings.Repeat("ع", 64) + `"}`
	if got := ask(t, m, body).codes(t); got != "cod" {
		t.Errorf("got %s", got)
	}
}

func TestWhatTheEndpointDoesNotTake(t *testing.T) {
	const path, form = ottutest.PathPaymentMethods, "application/x-www-form-urlencoded"
	for name, tt := range map[string]struct {
		method, path, contentType, body string
		status                          int
		want                            string
	}{
		"broken JSON": {"POST", path, "application/json", `{"plugin"`, 400,
			`{"detail":"JSON parse error - unexpected EOF"}`},
		"another media type": {"POST", path, "text/plain", "x", 415,
			`{"detail":"Unsupported media type \"text/plain\" in request."}`},
		"another method": {"GET", path, form, "", 405, `{"detail":"Method \"GET\" not allowed."}`},
		"broken form":    {"POST", path, form, "%zz", 400, `{"detail":"invalid URL escape \"%zz\""}`},
		"no last slash": {"POST", strings.TrimSuffix(path, "/"), form, "plugin=e_commerce", 404,
			"<!DOCTYPE html><title>Not Found</title><h1>Not Found</h1>"},
		"a path further down": {"POST", path + "x/", form, "plugin=e_commerce", 404,
			"<!DOCTYPE html><title>Not Found</title><h1>Not Found</h1>"},
		"a huge body": {"POST", path, form, strings.Repeat("x", 1<<20+1), 413,
			`{"detail":"The request body is too large."}`},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, ottutest.NewMerchant(), tt.method, tt.path, key, tt.contentType, tt.body)
			a.wantError(t, tt.status, tt.want)
			if allow := a.header.Get("Allow"); (allow == "POST") != (tt.status == 405) {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}
