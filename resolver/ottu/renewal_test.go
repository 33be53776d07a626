package ottu_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// subscribed is a merchant whose customer subscribed with mpgs, and the renewal that is due.
func subscribed(t *testing.T) (*ottutest.Merchant, *ottu.Client, *resolver.Resolver, ottu.Renewal) {
	t.Helper()
	m := ottutest.NewMerchant()
	client, err := ottu.New("https://shop.example", ottu.APIKey(m.APIKey()),
		ottu.WithHTTPClient(&http.Client{Transport: m.Transport()}))
	if err != nil {
		t.Fatal(err)
	}
	res, err := resolver.New(client, resolver.Production, []string{"BHD"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Close() })
	r := ottu.Renewal{PGCode: "mpgs", CustomerID: "cust_77f0", Amount: "5.000", Currency: "BHD", IdempotencyKey: "sub-1/2",
		Agreement: ottu.Agreement{ID: "sub-1", Type: "recurring", Frequency: "monthly", AmountVariability: "fixed",
			ExpiryDate: "2039-01-01", CycleIntervalDays: 30, TotalCycles: 12}}
	first, err := client.CreateSession(t.Context(), ottu.SessionRequest{Type: "e_commerce", PaymentType: "auto_debit",
		Amount: "5.000", Currency: "BHD", PGCodes: []string{"mpgs"}, CustomerID: r.CustomerID, Agreement: &r.Agreement})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.MarkPaid(first.ID, "mpgs"); err != nil {
		t.Fatal(err)
	}
	m.ForgetRequests()
	return m, client, res, r
}

func TestARenewalIsPreparedAndChargedOnce(t *testing.T) {
	m, client, res, r := subscribed(t)
	due, err := client.PrepareRenewal(t.Context(), res, r)
	if err != nil {
		t.Fatal(err)
	}
	if n := m.Count(ottutest.PathAutoDebit); n != 0 {
		t.Fatalf("%d charges while it was prepared", n)
	}
	charge, err := client.AutoDebit(t.Context(), due)
	if err != nil || !charge.Paid() || charge.PGCode != "mpgs" || charge.SessionID != due.SessionID {
		t.Fatalf("got %+v, %v", charge, err)
	}
	if _, err := client.AutoDebit(t.Context(), due); !errors.Is(err, ottu.ErrDuplicate) {
		t.Errorf("the same key again: %v", err)
	}
	again, err := client.PrepareRenewal(t.Context(), res, r) // a job that ran twice
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AutoDebit(t.Context(), again); !errors.Is(err, ottu.ErrDuplicate) {
		t.Errorf("the same cycle in another session: %v", err)
	}
	asked := m.Requests()
	if asked[0].Path != ottutest.PathPaymentMethods || asked[0].Body["customer_id"] != nil {
		t.Errorf("first asked %s %s", asked[0].Path, asked[0].Body)
	}
}

func TestARenewalThatCannotBeChargedSaysWhyAndMakesNoSession(t *testing.T) {
	update := func(change func(*ottutest.MID)) func(*ottutest.Merchant, *ottu.Renewal) error {
		return func(m *ottutest.Merchant, _ *ottu.Renewal) error { return m.UpdateMID("mpgs", change) }
	}
	dropCard := func(m *ottutest.Merchant, card ottutest.Card) error {
		card.CustomerID, card.PGCode, card.AgreementID = "cust_77f0", "mpgs", "sub-2"
		m.AddCard(card)
		return nil
	}
	reasons := func(err error) (all []string) {
		if e, ok := errors.AsType[*resolver.NotEligibleError](err); ok {
			for _, r := range e.Reasons {
				all = append(all, string(r.Code))
			}
		}
		if e, ok := errors.AsType[*ottu.NoCardError](err); ok {
			for _, r := range e.Refused {
				all = append(all, string(r.Reason))
			}
		}
		return all
	}
	for name, test := range map[string]struct {
		change func(*ottutest.Merchant, *ottu.Renewal) error
		want   []string
		text   string
	}{
		"gateway gone": {update(func(mid *ottutest.MID) { mid.Inactive = true }), []string{"not_offered"}, `"mpgs"`},
		"no auto-debit": {update(func(mid *ottutest.MID) { mid.AutoDebit = false }), []string{"no_auto_debit"},
			"without the shopper"},
		"renamed": {update(func(mid *ottutest.MID) { mid.Code = "cards" }), []string{"not_offered"}, `"mpgs"`},
		"no card": {func(_ *ottutest.Merchant, r *ottu.Renewal) error {
			r.Agreement.ID = "sub-9"
			return nil
		}, nil, "there is none for the agreement"},
		"expired card": {func(m *ottutest.Merchant, r *ottu.Renewal) error {
			r.Agreement.ID = "sub-2"
			return dropCard(m, ottutest.Card{ExpiryMonth: "01", ExpiryYear: "20"})
		}, []string{"expired"}, "expired"},
		"card with CVV": {func(m *ottutest.Merchant, r *ottu.Renewal) error {
			r.Agreement.ID = "sub-2"
			return dropCard(m, ottutest.Card{CVVRequired: true})
		}, []string{"cvv_required"}, "cvv_required"},
	} {
		t.Run(name, func(t *testing.T) {
			m, client, res, r := subscribed(t)
			if err := test.change(m, &r); err != nil {
				t.Fatal(err)
			}
			due, err := client.PrepareRenewal(t.Context(), res, r)
			if err == nil || !slices.Equal(reasons(err), test.want) || !strings.Contains(err.Error(), test.text) ||
				due != (ottu.AutoDebitRequest{}) {
				t.Errorf("got %v with %v, want %v", err, reasons(err), test.want)
			}
			if n := m.Count(ottutest.PathCheckout); n != 0 {
				t.Errorf("%d sessions were made", n)
			}
			leaks(t, "the error", everyVerb(err), r.CustomerID)
		})
	}
}

func TestARenewalThatCannotBeRightAsksNothing(t *testing.T) {
	for want, change := range map[string]func(*ottu.Renewal){
		"customer_id is missing":     func(r *ottu.Renewal) { r.CustomerID = "" },
		"agreement.id is missing":    func(r *ottu.Renewal) { r.Agreement.ID = "" },
		"pg_codes has a code":        func(r *ottu.Renewal) { r.PGCode = "" },
		"Idempotency-Key is missing": func(r *ottu.Renewal) { r.IdempotencyKey = "" },
		"amount is missing":          func(r *ottu.Renewal) { r.Amount = "" },
	} {
		m, client, res, r := subscribed(t)
		change(&r)
		_, err := client.PrepareRenewal(t.Context(), res, r)
		if !errors.Is(err, ottu.ErrRejected) || !strings.Contains(err.Error(), want) || len(m.Requests()) > 0 {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestARenewalThatOttuDoesNotAnswerIsNotReady(t *testing.T) {
	for _, path := range []string{ottutest.PathPaymentMethods, ottutest.PathCards, ottutest.PathCheckout} {
		m, client, res, r := subscribed(t)
		m.Break(ottutest.Fault{Status: http.StatusForbidden, Path: path})
		due, err := client.PrepareRenewal(t.Context(), res, r)
		if !errors.Is(err, ottu.ErrForbidden) || due != (ottu.AutoDebitRequest{}) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestARenewalOfAGatewayThatNobodyKnowsOfIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, client, res, r := subscribed(t)
		if err := m.UpdateMID("mpgs", func(mid *ottutest.MID) { mid.Inactive = true }); err != nil {
			t.Fatal(err)
		}
		if _, err := res.Resolve(t.Context(), resolver.Cart{Type: resolver.Renewal, Currency: "BHD"}); err != nil {
			t.Fatal(err)
		}
		m.Break(ottutest.Fault{Status: http.StatusServiceUnavailable, Path: ottutest.PathPaymentMethods})
		time.Sleep(25 * time.Hour)
		if _, err := client.PrepareRenewal(t.Context(), res, r); !errors.Is(err, resolver.ErrUnknown) {
			t.Errorf("got %v", err)
		}
		if n := m.Count(ottutest.PathCards); n != 0 {
			t.Errorf("%d requests for cards", n)
		}
	})
}

func TestCardsAreListedAndForgotten(t *testing.T) {
	m, client, _, r := subscribed(t)
	m.AddCard(ottutest.Card{CustomerID: "somebody else", PGCode: "mpgs"})
	mine := ottu.CardsRequest{CustomerID: r.CustomerID, Environment: resolver.Production}
	got, err := client.Cards(t.Context(), mine)
	if err != nil || len(got) != 1 || got[0].PGCode != "mpgs" || !slices.Equal(got[0].AgreementIDs, []string{"sub-1"}) ||
		got[0].CVVRequired != resolver.No || got[0].ExpiryYear < 2029 {
		t.Fatalf("got %v, %v", got, err)
	}
	token := got[0].Token
	if err := client.DeleteCard(t.Context(), r.CustomerID, resolver.Production, token); err != nil {
		t.Fatal(err)
	}
	if got, err := client.Cards(t.Context(), mine); len(got) != 0 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	err = client.DeleteCard(t.Context(), r.CustomerID, resolver.Production, token)
	if !errors.Is(err, ottu.ErrNotFound) {
		t.Errorf("a card forgotten twice: %v", err)
	}
}

func TestAnUpdatedSessionIsPaidWithItsNewAmount(t *testing.T) {
	_, client, _, _ := subscribed(t)
	s, err := client.CreateSession(t.Context(), ottu.SessionRequest{Type: "e_commerce", Amount: "5.000", Currency: "KWD",
		PGCodes: []string{"mpgs", "kpay"}})
	if err != nil {
		t.Fatal(err)
	}
	s, err = client.UpdateSession(t.Context(), s.ID, ottu.SessionUpdate{Amount: "7.5", Currency: "KWD"})
	if err != nil || s.Amount != "7.500" || len(s.Methods) != 2 {
		t.Errorf("got %+v, %v", s, err)
	}
	_, err = client.UpdateSession(t.Context(), s.ID, ottu.SessionUpdate{PGCodes: []string{"paypal"}})
	if !errors.Is(err, resolver.ErrMethodRejected) {
		t.Errorf("paypal takes no KWD: %v", err)
	}
}
