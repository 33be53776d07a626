package ottutest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestRequestsAreRecordedWithoutTheirCredential(t *testing.T) {
	m := ottutest.NewMerchant(ottutest.WithControl())
	m.SetToken("sso", "secret-token", ottutest.Grant{})
	ask(t, m, question)
	send(t, m, "POST", ottutest.PathPaymentMethods, basic(ottutest.DefaultUser, ottutest.DefaultPassword),
		"application/x-www-form-urlencoded", "plugin=e_commerce&currencies=KWD&currencies=USD")
	send(t, m, "DELETE", ottutest.PathCards+"tok/?customer_id=c1&type=sandbox", "Bearer secret-token", "", "")
	send(t, m, "POST", "/b/pbl/v2/payment-methods", "Api-Key secret-unknown", "application/json", "{")
	m.Break(ottutest.Fault{Status: 503})
	send(t, m, "POST", ottutest.PathPaymentMethods, "Api-Key "+ottutest.DefaultPublicKey, "", "")
	curl(t, m, "GET", "mids", "") // not recorded, nor are pages and logos

	want := []string{
		"POST /b/pbl/v2/payment-methods/ key:1 200 map[pg_names:[kpay] plugin:e_commerce type:production] ",
		"POST /b/pbl/v2/payment-methods/ user:ottutest-user 200 map[currencies:[KWD USD] plugin:[e_commerce]] ",
		"DELETE /b/pbl/v2/card/tok/ token:sso 403 map[] customer_id=c1&type=sandbox",
		"POST /b/pbl/v2/payment-methods  404 map[] ",
		"POST /b/pbl/v2/payment-methods/ public key 503 map[] ",
	}
	requests := m.Requests()
	if len(requests) != len(want) {
		t.Fatalf("got %d requests", len(requests))
	}
	for i, r := range requests {
		got := fmt.Sprintf("%s %s %s %d %v %s", r.Method, r.Path, r.Principal, r.Status, r.Body, r.Query.Encode())
		if got != want[i] {
			t.Errorf("got  %s\nwant %s", got, want[i])
		}
		printed, err := json.Marshal(r)
		if err != nil || r.Time.IsZero() {
			t.Errorf("%v, time %s", err, r.Time)
		}
		for _, secret := range []string{"secret", ottutest.DefaultAPIKey, ottutest.DefaultPublicKey, "Basic"} {
			if strings.Contains(fmt.Sprintf("%#v %s", r, printed), secret) {
				t.Errorf("request %d shows %q", i, secret)
			}
		}
	}
	if string(requests[0].Raw) != question {
		t.Errorf("raw: %s", requests[0].Raw)
	}
	for path, want := range map[string]int{"": 5, ottutest.PathPaymentMethods: 3, ottutest.PathCards: 1} {
		if got := m.Count(path); got != want {
			t.Errorf("Count(%q) = %d, want %d", path, got, want)
		}
	}
	m.ForgetRequests()
	if m.Count("") != 0 || len(m.Requests()) != 0 {
		t.Error("requests are not forgotten")
	}
}

func TestRequestsAreCopies(t *testing.T) {
	m := ottutest.NewMerchant()
	ask(t, m, question)
	r := m.Requests()[0]
	clear(r.Body)
	clear(r.Raw)
	clear(r.Header)
	if r := m.Requests()[0]; len(r.Body) != 3 || string(r.Raw) != question || len(r.Header) == 0 {
		t.Errorf("writing to what Requests returned changed the record: %+v", r)
	}
}

func TestTheRecordIsBoundedAndTheCountIsNot(t *testing.T) {
	m := ottutest.NewMerchant()
	for range 10_001 {
		send(t, m, "GET", "/", "", "", "")
	}
	if n := len(m.Requests()); n > 10_000 || n < 5_000 || m.Count("") != 10_001 {
		t.Errorf("%d kept, %d counted", n, m.Count(""))
	}
}

func TestNoHeaderThatHoldsACredentialIsRecorded(t *testing.T) {
	m := ottutest.NewMerchant()
	r := newQuestion(t.Context(), "https://shop.example")
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
		r.Header.Set(name, "Basic hidden")
	}
	r.Header.Set("X-Kept", "kept")
	do(t, m.Transport(), r)
	if h := m.Requests()[0].Header; strings.Contains(fmt.Sprint(h), "hidden") || h.Get("X-Kept") != "kept" {
		t.Errorf("got %v", h)
	}
}

func TestARequestThatIsTooLargeIsRecordedToo(t *testing.T) {
	m := ottutest.NewMerchant()
	m.Break(ottutest.Fault{Status: 503, Times: 1})
	a := ask(t, m, strings.Repeat(" ", 1<<20+1))
	a.wantError(t, 413, `{"detail":"The request body is too large."}`)
	r := m.Requests()
	if len(r) != 1 || r[0].Status != 413 || r[0].Principal != "key:1" || r[0].Raw != nil {
		t.Errorf("recorded %+v", r)
	}
	if n := m.Count(ottutest.PathPaymentMethods); n != 1 {
		t.Errorf("counted %d", n)
	}
	if got := ask(t, m, question).status; got != 503 {
		t.Errorf("it took the fault of the next request, which got %d", got)
	}
}

func TestARequestWhoseBodyBreaksOffIsRecordedAndNotAnswered(t *testing.T) {
	m := ottutest.NewMerchant()
	r := newQuestion(t.Context(), "https://shop.example")
	r.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := m.Transport().RoundTrip(r); err == nil {
		t.Error("it was answered")
	}
	if got := m.Requests(); len(got) != 1 || got[0].Status != 0 {
		t.Errorf("recorded %+v", got)
	}
}
