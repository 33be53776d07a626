package ottutest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func listCards(t *testing.T, m *ottutest.Merchant, body string) (tokens string) {
	t.Helper()
	a := call(t, m, http.MethodPost, ottutest.PathCards, body)
	var cards []struct{ Token string }
	if err := json.Unmarshal([]byte(a.text), &cards); err != nil || a.status != 200 {
		t.Fatalf("got %d %s", a.status, a.text)
	}
	for _, card := range cards {
		tokens += card.Token + " "
	}
	return strings.TrimSpace(tokens)
}

func TestCardsAreListedAndDeleted(t *testing.T) {
	m := ottutest.NewMerchant()
	for _, c := range []ottutest.Card{
		{Token: "t1", CustomerID: "c1", PGCode: "mpgs"},
		{Token: "t2", CustomerID: "c1", PGCode: "benefit", AgreementID: "a1"},
		{Token: "t3", CustomerID: "c1", PGCode: "mpgs", AgreementID: "a1"},
		{Token: "t4", CustomerID: "c1", PGCode: "mpgs-test", Sandbox: true},
		{Token: "t5", CustomerID: "c2", PGCode: "mpgs"},
	} {
		m.AddCard(c)
	}
	for body, want := range map[string]string{
		`{"customer_id":"c1","type":"production"}`:                         "t1 t2 t3",
		`{"customer_id":"c1","type":"sandbox"}`:                            "t4",
		`{"customer_id":"c1","type":"production","pg_codes":["mpgs"]}`:     "t1 t3",
		`{"customer_id":"c1","type":"production","agreement_id":"a1"}`:     "t2",
		`{"customer_id":"c1","type":"production","agreement_id":"nobody"}`: "",
		`{"customer_id":"c3","type":"production"}`:                         "",
	} {
		if got := listCards(t, m, body); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
	m.SetKey("scoped", ottutest.Grant{PGCodes: []string{"benefit"}})
	a := send(t, m, http.MethodPost, ottutest.PathCards, "Api-Key scoped", "application/json",
		`{"customer_id":"c1","type":"production"}`)
	if strings.Count(a.text, `"token"`) != 1 || !strings.Contains(a.text, `"t2"`) {
		t.Errorf("a scoped key sees the cards of its gateways: %s", a.text)
	}
	call(t, m, http.MethodPost, ottutest.PathCards, `{"type":"x"}`).wantError(t, http.StatusBadRequest,
		`{"customer_id":["This field is required."],"type":["\"x\" is not a valid choice."]}`)
	for _, tt := range []struct {
		path   string
		status int
		text   string
	}{
		{"t1/?customer_id=c2&type=production", 404, `{"detail":"Not found."}`},
		{"t1/?customer_id=c1&type=sandbox", 404, `{"detail":"Not found."}`},
		{"t1/?customer_id=c1", 400, `{"type":["This field is required."]}`},
		{"t1/?customer_id=c1&type=production", 204, ""},
		{"t1/?customer_id=c1&type=production", 404, `{"detail":"Not found."}`},
	} {
		call(t, m, http.MethodDelete, ottutest.PathCards+tt.path, "").wantError(t, tt.status, tt.text)
	}
	if got := listCards(t, m, `{"customer_id":"c1","type":"production"}`); got != "t2 t3" {
		t.Errorf("got %q", got)
	}
	for method, path := range map[string]string{"POST": ottutest.PathCards, "DELETE": ottutest.PathCards + "t2/"} {
		if a := send(t, m, method, path, basic(ottutest.DefaultUser, ottutest.DefaultPassword), "", ""); a.status != 403 {
			t.Errorf("%s by a user, whom cards refuse: got %d", method, a.status)
		}
	}
}

func TestACardExpiresAfterItsMonth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock starts in January 2000
		m := ottutest.NewMerchant()
		m.AddCard(ottutest.Card{Token: "t1", CustomerID: "c1", PGCode: "mpgs", ExpiryMonth: "02", ExpiryYear: "00"})
		for _, tt := range []struct {
			at   time.Time
			want string
		}{
			{time.Date(2000, 1, 15, 0, 0, 0, 0, time.UTC), `"is_expired":false`},
			{time.Date(2000, 2, 15, 0, 0, 0, 0, time.UTC), `"will_expire_soon":true`},
			{time.Date(2000, 2, 29, 23, 59, 0, 0, time.UTC), `"is_expired":false`},
			{time.Date(2000, 3, 1, 0, 0, 0, 0, time.UTC), `"is_expired":true`},
		} {
			time.Sleep(time.Until(tt.at))
			a := call(t, m, http.MethodPost, ottutest.PathCards, `{"customer_id":"c1","type":"production"}`)
			if !strings.Contains(a.text, tt.want) {
				t.Errorf("%s: no %s in %s", tt.at, tt.want, a.text)
			}
		}
	})
}

// startSession makes an auto-debit session of customer c1 for the agreement, and returns its ID.
func startSession(t *testing.T, m *ottutest.Merchant, agreementID string, codes ...string) string {
	t.Helper()
	a := call(t, m, http.MethodPost, ottutest.PathCheckout, order(fieldsOf{"payment_type": "auto_debit",
		"currency_code": "BHD", "customer_id": "c1", "pg_codes": codes,
		"agreement": merge(agreement, fieldsOf{"id": agreementID})}))
	id, _ := a.body["session_id"].(string)
	if id == "" {
		t.Fatal(a.text)
	}
	return id
}

func TestASubscriptionIsRenewedWithTheCardOfItsFirstPayment(t *testing.T) {
	m := ottutest.NewMerchant()
	if err := m.MarkPaid(startSession(t, m, "a1", "mpgs"), ""); err != nil {
		t.Fatal(err)
	}
	token := listCards(t, m, `{"customer_id":"c1","type":"production","agreement_id":"a1"}`)
	debit := func(path, session, token, idempotency string) answer {
		r := newQuestion(t.Context(), "https://shop.example")
		r.URL.Path = path
		r.Body = http.NoBody
		if session != "" {
			r.Body = io.NopCloser(strings.NewReader(`{"session_id":"` + session + `","token":"` + token + `"}`))
		}
		if idempotency != "" {
			r.Header.Set("Idempotency-Key", idempotency)
		}
		return do(t, m.Transport(), r)
	}
	for i, path := range []string{ottutest.PathAutoDebit, ottutest.PathPaymentAutoDebit} {
		idempotency := []string{"k1", "k2"}[i]
		a := debit(path, startSession(t, m, "a1", "mpgs"), token, idempotency)
		if a.status != 200 || a.body["state"] != "paid" || a.body["gateway_account"] != "mpgs" {
			t.Errorf("%s: got %d %s", path, a.status, a.text)
		}
		debit(path, "", "", idempotency).wantError(t, http.StatusConflict,
			`{"detail":"Duplicate request detected. Idempotency-Key already used.","result":"failed"}`)
	}

	const noSession = `{"session_id":["There is no unpaid auto-debit session with this ID."]}`
	const noCard = `{"token":["This customer has no card with this token for the gateways of the session."]}`
	path := ottutest.PathAutoDebit
	debit(path, "", "", "").wantError(t, 400,
		`{"session_id":["This field is required."],"token":["This field is required."]}`)
	debit(path, "nobody", token, "").wantError(t, 400, noSession)
	debit(path, startSession(t, m, "a1", "mpgs"), "nobody", "").wantError(t, 400, noCard)
	debit(path, startSession(t, m, "a1", "mpgs-auth"), token, "").wantError(t, 400, noCard)
	debit(path, startSession(t, m, "a2", "mpgs"), token, "").wantError(t, 400,
		`{"token":["The card was saved for another agreement."]}`)
}

func TestACardThatCannotBeChargedIsAFailedOperation(t *testing.T) {
	for token, tt := range map[string]struct {
		card ottutest.Card
		want string
	}{
		"cvv":     {ottutest.Card{PGCode: "mpgs", CVVRequired: true}, "The card needs its CVV."},
		"expired": {ottutest.Card{PGCode: "mpgs", ExpiryMonth: "12", ExpiryYear: "20"}, "The card has expired."},
		"off":     {ottutest.Card{PGCode: "benefit"}, `\"benefit\" cannot charge cards without the shopper.`},
		"gateway": {ottutest.Card{PGCode: "mpgs-auth"}, `\"mpgs-auth\" cannot charge cards without the shopper.`},
	} {
		tt.card.Token, tt.card.CustomerID, tt.card.AgreementID = token, "c1", "a1"
		m := ottutest.NewMerchant()
		m.AddCard(tt.card)
		id := startSession(t, m, "a1", tt.card.PGCode)
		if err := m.UpdateMID("benefit", func(mid *ottutest.MID) { mid.Inactive = true }); err != nil {
			t.Fatal(err)
		}
		call(t, m, http.MethodPost, ottutest.PathAutoDebit, `{"session_id":"`+id+`","token":"`+token+`"}`).
			wantError(t, http.StatusBadRequest, `{"detail":"`+tt.want+`","failed_provider":"`+tt.card.PGCode+
				`","pg_response":{},"result":"failed","rollback":false}`)
	}
}
