package ottu_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu"
)

func order() ottu.SessionRequest {
	return ottu.SessionRequest{Type: "e_commerce", Amount: "12.500", Currency: "KWD", PGCodes: []string{"kpay", "mpgs"},
		CustomerID: "cust_77f0", CustomerEmail: shopper, CustomerPhone: "+96550000000"}
}

func TestASessionIsCreatedWithWhatTheShopSaid(t *testing.T) {
	r := order()
	r.PaymentType, r.OrderNo, r.Language, r.ExpirationTime = "auto_debit", "A-17", "ar", "00:30:00"
	r.CustomerFirstName, r.CustomerLastName = "نورة", "Noor"
	r.RedirectURL, r.WebhookURL = "https://shop.test/done", "https://shop.test/hook"
	r.Agreement = &ottu.Agreement{ID: "sub-1", Type: "recurring", Frequency: "monthly", AmountVariability: "fixed",
		ExpiryDate: "2027-01-01", CycleIntervalDays: 30, TotalCycles: 12}
	r.PGCodes, r.PaymentInstrument = []string{"mpgs"}, json.RawMessage(`{"kind":"fake"}`)
	r.CardCriteria = &ottu.CardCriteria{MinExpiryTime: 60}
	r.BillingAddress, r.ShippingAddress = map[string]string{"city": "Kuwait"}, map[string]string{"country": "KW"}
	const want = `{"type":"e_commerce","amount":"12.500","currency_code":"KWD","pg_codes":["mpgs"],` +
		`"payment_type":"auto_debit","agreement":{"id":"sub-1","type":"recurring","frequency":"monthly",` +
		`"amount_variability":"fixed","expiry_date":"2027-01-01","cycle_interval_days":30,"total_cycles":12},` +
		`"card_acceptance_criteria":{"min_expiry_time":60},"payment_instrument":{"kind":"fake"},` +
		`"customer_id":"cust_77f0","customer_email":"shopper@example.com","customer_phone":"+96550000000",` +
		`"customer_first_name":"نورة","customer_last_name":"Noor",` +
		`"billing_address":{"city":"Kuwait"},"shipping_address":{"country":"KW"},"order_no":"A-17","language":"ar",` +
		`"redirect_url":"https://shop.test/done","webhook_url":"https://shop.test/hook","expiration_time":"00:30:00"}`
	rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
		if req.Method != http.MethodPost || req.URL.String() != "https://shop.ottu.test/b/checkout/v1/pymt-txn/" {
			t.Errorf("%s %s", req.Method, req.URL)
		}
		if string(body) != want {
			t.Errorf("sent %s\nwant %s", body, want)
		}
		return response(201, `{"session_id":"s1"}`), nil
	})
	s, err := newClient(t, rt).CreateSession(t.Context(), r)
	if err != nil || s.ID != "s1" {
		t.Errorf("got %v, %v", s, err)
	}
}

func TestASessionThatOttuWouldRefuseIsNotAskedFor(t *testing.T) {
	type request = ottu.SessionRequest
	long := strings.Repeat("c", 129)
	for name, test := range map[string]struct {
		change func(*request)
		want   string
	}{
		"no type":        {func(r *request) { r.Type = "" }, "type is missing"},
		"another type":   {func(r *request) { r.Type = "e-commerce" }, "type is none of"},
		"no amount":      {func(r *request) { r.Amount = "" }, "amount is missing"},
		"exponent":       {func(r *request) { r.Amount = "1e9" }, `amount is wrong: amount "1e9"`},
		"four decimals":  {func(r *request) { r.Amount = "1.0001" }, "at most 3 decimals"},
		"no currency":    {func(r *request) { r.Currency = "" }, "currency_code is missing"},
		"small letters":  {func(r *request) { r.Currency = "kwd" }, "currency_code is not"},
		"no pg_codes":    {func(r *request) { r.PGCodes = nil }, "pg_codes is missing"},
		"empty pg_codes": {func(r *request) { r.PGCodes = []string{} }, "pg_codes"},
		"a bad pg_code":  {func(r *request) { r.PGCodes[1] = shopper }, "pg_codes has a code"},
		"long customer":  {func(r *request) { r.CustomerID = long }, "customer_id is longer than 64"},
		"customer bytes": {func(r *request) { r.CustomerID = "\xc3" }, "customer_id is not UTF-8"},
		"long e-mail":    {func(r *request) { r.CustomerEmail = long }, "customer_email is longer than 128"},
		"long phone":     {func(r *request) { r.CustomerPhone = long }, "customer_phone is longer than 16"},
		"long first name": {func(r *request) { r.CustomerFirstName = strings.Repeat("ن", 65) },
			"customer_first_name is longer"},
		"long last name":    {func(r *request) { r.CustomerLastName = long }, "customer_last_name is longer"},
		"long order":        {func(r *request) { r.OrderNo = long }, "order_no is longer than 128"},
		"language":          {func(r *request) { r.Language = "fr" }, "language is none of: en ar"},
		"redirect":          {func(r *request) { r.RedirectURL = "/done" }, "redirect_url is not an absolute URL"},
		"script":            {func(r *request) { r.WebhookURL = "javascript:x" }, "webhook_url is not an absolute URL"},
		"payment type":      {func(r *request) { r.PaymentType = "later" }, "payment_type is none of"},
		"save_card, paid":   {func(r *request) { r.PaymentType = "save_card" }, "amount is not 0"},
		"one_off, agreed":   {func(r *request) { r.Agreement = &ottu.Agreement{ID: "a"} }, "agreement is there"},
		"auto_debit, alone": {func(r *request) { r.PaymentType, r.CustomerID = "auto_debit", "" }, "agreement is missing"},
		"one_off, said": {func(r *request) {
			r.PaymentType, r.Agreement = "one_off", &ottu.Agreement{ID: "a"}
		}, "agreement is there"},
		"auto_debit, a guest": {func(r *request) {
			r.PaymentType, r.CustomerID = "auto_debit", ""
		}, "customer_id is missing"},
		"one step, two codes": {func(r *request) { r.PaymentInstrument = json.RawMessage(`{}`) }, "pg_codes has more than"},
		"a bad instrument": {func(r *request) {
			r.PGCodes, r.PaymentInstrument = r.PGCodes[:1], json.RawMessage(`"`+shopper)
		}, "payment_instrument is not a JSON object"},
		"a list of instruments": {func(r *request) {
			r.PGCodes, r.PaymentInstrument = r.PGCodes[:1], json.RawMessage(` [{}]`)
		}, "payment_instrument is not a JSON object"},
		"valid for no day": {func(r *request) { r.CardCriteria = &ottu.CardCriteria{} }, "min_expiry_time is less than 1"},
		"valid for years": {func(r *request) {
			r.CardCriteria = &ottu.CardCriteria{MinExpiryTime: 366}
		}, "min_expiry_time is more than 365"},
		"more of the same": {func(r *request) {
			r.More = map[string]any{"amount": "0.001", "loyalty": shopper}
		}, "More has amount, which has a field of its own"},
		"agreement, no id": {func(r *request) {
			r.PaymentType, r.Agreement = "auto_debit", &ottu.Agreement{}
		}, "agreement.id is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			rt := transport(func(*http.Request, []byte) (*http.Response, error) {
				t.Error("a request was sent")
				return response(201, `{"session_id":"s1"}`), nil
			})
			r := order()
			test.change(&r)
			_, err := newClient(t, rt).CreateSession(t.Context(), r)
			e, ok := errors.AsType[*ottu.Error](err)
			if !ok || e.Status != 0 || len(e.Fields) == 0 || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			leaks(t, "the error", everyVerb(err), shopper, "cust_77f0", "cccc")
		})
	}
}

func TestASaveCardSessionIsFree(t *testing.T) {
	r := order()
	r.PaymentType, r.Amount = "save_card", "0"
	if _, err := newClient(t, always(201, `{"session_id":"s"}`)).CreateSession(t.Context(), r); err != nil {
		t.Error(err)
	}
}

func TestAnUpdateSendsWhatChangesAndNothingElse(t *testing.T) {
	for want, update := range map[string]ottu.SessionUpdate{
		`{"amount":"9.000","currency_code":"KWD"}`: {Amount: "9.000", Currency: "KWD"},
		`{"pg_codes":["kpay"],"language":"ar"}`:    {PGCodes: []string{"kpay"}, Language: "ar"},
		`{"amount":"0","currency_code":"KWD","payment_type":"save_card"}`: {PaymentType: "save_card", Amount: "0",
			Currency: "KWD"},
		`{"loyalty":{"enabled":true}}`:      {More: map[string]any{"loyalty": map[string]any{"enabled": true}}},
		`{"language":"ar","unit_code":"u"}`: {Language: "ar", More: map[string]any{"unit_code": "u"}},
		`{"payment_type":"auto_debit"}`:     {PaymentType: "auto_debit"}, // the session may have the agreement
	} {
		rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
			if req.Method != http.MethodPatch || req.URL.RequestURI() != "/b/checkout/v1/pymt-txn/s%2F1/" ||
				string(body) != want {
				t.Errorf("%s %s %s, want %s", req.Method, req.URL, body, want)
			}
			return response(200, `{"session_id":"s/1","state":"created"}`), nil
		})
		s, err := newClient(t, rt).UpdateSession(t.Context(), "s/1", update)
		if err != nil || s.State != "created" {
			t.Errorf("got %v, %v", s, err)
		}
	}
}

func TestAnUpdateThatOttuWouldRefuseIsNotSent(t *testing.T) {
	client := newClient(t, transport(func(*http.Request, []byte) (*http.Response, error) {
		t.Error("a request was sent")
		return response(200, `{"session_id":"s1"}`), nil
	}))
	one := json.RawMessage(`{}`)
	for want, update := range map[string]ottu.SessionUpdate{
		"update changes nothing":            {},
		"currency_code is missing, which":   {Amount: "9.000"},
		"at most 3 decimals":                {Amount: "9.0000", Currency: "KWD"},
		"currency_code is not":              {Currency: "kwd", Amount: "1"},
		"amount is not 0":                   {PaymentType: "save_card", Amount: "1", Currency: "KWD"},
		"agreement is there":                {PaymentType: "one_off", Agreement: &ottu.Agreement{ID: "a"}},
		"agreement.id is missing":           {Agreement: &ottu.Agreement{}},
		"pg_codes has more than":            {PaymentInstrument: one, PGCodes: []string{"kpay", "mpgs"}},
		"pg_codes has a code that is not 1": {PGCodes: []string{shopper}},
		"type is none of":                   {Type: "e-commerce"},
		"More has pg_codes, which has":      {More: map[string]any{"pg_codes": []string{"kpay"}}},
	} {
		_, err := client.UpdateSession(t.Context(), "s1", update)
		e, ok := errors.AsType[*ottu.Error](err)
		if !ok || e.Status != 0 || !errors.Is(err, ottu.ErrRejected) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		leaks(t, "the error", everyVerb(err), shopper)
	}
	_, err := client.UpdateSession(t.Context(), "..", ottu.SessionUpdate{Language: "en"})
	if !errors.Is(err, ottu.ErrRejected) {
		t.Errorf("got %v", err)
	}
}

func TestASessionIDCannotLeaveItsPlaceInThePath(t *testing.T) {
	for id, want := range map[string]string{
		"sess_9f8e":   "/b/checkout/v1/pymt-txn/sess_9f8e/",
		"../card?x=1": "/b/checkout/v1/pymt-txn/..%2Fcard%3Fx=1/",
		"a/b#c":       "/b/checkout/v1/pymt-txn/a%2Fb%23c/",
		"":            "", ".": "", "..": "", "\xff": "",
		strings.Repeat("s", 129): "",
	} {
		var asked string
		rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
			asked = req.URL.RequestURI()
			if req.Method != http.MethodGet || len(body) > 0 || req.Header.Get("Content-Type") != "" {
				t.Errorf("%s with %q", req.Method, body)
			}
			return response(200, `{"session_id":"s"}`), nil
		})
		_, err := newClient(t, rt).Session(t.Context(), id)
		if asked != want || (want == "") != errors.Is(err, ottu.ErrRejected) {
			t.Errorf("%q asked for %q (%v), want %q", id, asked, err, want)
		}
	}
}

func TestAFieldWithoutOneOfItsOwnGoesIntoMore(t *testing.T) {
	r := ottu.SessionRequest{Type: "e_commerce", Amount: "1", Currency: "KWD", PGCodes: []string{"mpgs"},
		PaymentType: "auto_pay", Agreement: &ottu.Agreement{ID: "a", Seller: map[string]any{"name": "A & B"}},
		More: map[string]any{"autopay": map[string]any{"frequency": "monthly"}, "vendor_name": "Noor"}}
	const want = `{"type":"e_commerce","amount":"1","currency_code":"KWD","pg_codes":["mpgs"],"payment_type":"auto_pay",` +
		`"agreement":{"id":"a","seller":{"name":"A \u0026 B"}},"autopay":{"frequency":"monthly"},"vendor_name":"Noor"}`
	sent := 0
	client := newClient(t, transport(func(_ *http.Request, body []byte) (*http.Response, error) {
		if sent++; string(body) != want {
			t.Errorf("sent %s\nwant %s", body, want)
		}
		return response(201, `{"session_id":"s1"}`), nil
	}))
	if _, err := client.CreateSession(t.Context(), r); err != nil {
		t.Error(err)
	}
	r.More["extra"] = func() {}
	if _, err := client.CreateSession(t.Context(), r); !errors.Is(err, ottu.ErrRejected) || sent != 1 {
		t.Errorf("what is no JSON: %v, %d sent", err, sent)
	}
}
