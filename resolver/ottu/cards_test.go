package ottu_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

const cardToken = "tok-4242-secret"

var hers = ottu.CardsRequest{CustomerID: "cust_77f0", Environment: resolver.Sandbox}

// cards are the answers of the User Cards API that make sense.
var cards = map[string][]ottu.Card{
	"cards_list.json": {
		{Token: ottu.NewCardToken("6180175987436511"), PGCode: "mpgs", PGName: "MPGS", Brand: "VISA", Number: "**** 0008",
			NameOnCard: "Noor", ExpiryMonth: 1, ExpiryYear: 2039, CVVRequired: resolver.No, Preferred: true,
			AgreementIDs: []string{"sub-1"}},
		{Token: ottu.NewCardToken("tok_2"), PGCode: "benefit", Brand: "MASTERCARD", ExpiryMonth: 5, ExpiryYear: 2026,
			CVVRequired: resolver.Yes, Expired: true},
	},
	"cards_single.json": {{Token: ottu.NewCardToken("tok_1"), PGCode: "mpgs", Brand: "VISA", CVVRequired: resolver.Yes}},
	"cards_ottu_py.json": {{Token: ottu.NewCardToken("tok_3"), PGCode: "ottu_pg_kwd_tkn", Brand: "VISA",
		Number: "**** 1019", NameOnCard: "Noor", ExpiryMonth: 10, ExpiryYear: 2023,
		CVVRequired: resolver.Yes, Preferred: true, Expired: true}},
	"cards_empty.json":      nil,
	"cards_some_wrong.json": {{Token: ottu.NewCardToken("tok_1"), PGCode: "mpgs"}},
}

func TestEveryShapeOfCardsIsRead(t *testing.T) {
	for name, want := range cards {
		t.Run(name, func(t *testing.T) {
			got, err := newClient(t, always(200, readData(t, name))).Cards(t.Context(), hers)
			if err != nil {
				t.Fatal(err)
			}
			type plain ottu.Card // prints its fields
			if !reflect.DeepEqual(got, want) {
				for i := range got {
					t.Errorf("card %d is %+v", i, plain(got[i]))
				}
				t.Errorf("%d cards, want %d", len(got), len(want))
			}
		})
	}
}

func TestCardsAreAskedForWithWhatTheShopSaid(t *testing.T) {
	r := hers
	r.PGCodes, r.AgreementID = []string{"mpgs", "benefit"}, "sub-1"
	const want = `{"customer_id":"cust_77f0","type":"sandbox","pg_codes":["mpgs","benefit"],"agreement_id":"sub-1"}`
	asked := 0
	rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
		asked++
		if req.Method != http.MethodPost || req.URL.RequestURI() != "/b/pbl/v2/card/" || string(body) != want {
			t.Errorf("%s %s %s", req.Method, req.URL, body)
		}
		return response(200, "[]"), nil
	})
	if _, err := newClient(t, rt).Cards(t.Context(), r); err != nil || asked != 1 {
		t.Errorf("%d requests, %v", asked, err)
	}
	r.PGCodes = []string{} // nothing is eligible, so no card is
	if got, err := newClient(t, rt).Cards(t.Context(), r); len(got) > 0 || err != nil || asked != 1 {
		t.Errorf("%d cards of no gateway, %d requests, %v", len(got), asked, err)
	}
}

func TestADeletedCardIsNamedInThePathAndNowhereElse(t *testing.T) {
	var asked string
	rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
		asked = req.Method + " " + req.URL.RequestURI()
		if len(body) > 0 {
			t.Errorf("sent %q", body)
		}
		if strings.Contains(asked, cardToken) {
			return nil, fmt.Errorf("cannot %s", asked)
		}
		return response(204, ""), nil
	})
	for token, want := range map[string]string{
		"tok_1":             "DELETE /b/pbl/v2/card/tok_1/?customer_id=c%261&type=production",
		"../auto-debit?x/#": "DELETE /b/pbl/v2/card/..%2Fauto-debit%3Fx%2F%23/?customer_id=c%261&type=production",
	} {
		err := newClient(t, rt).DeleteCard(t.Context(), "c&1", resolver.Production, ottu.NewCardToken(token))
		if err != nil || asked != want {
			t.Errorf("%v, asked %s", err, asked)
		}
	}
	err := newClient(t, rt).DeleteCard(t.Context(), "cust_77f0", resolver.Production, ottu.NewCardToken(cardToken))
	if !errors.Is(err, ottu.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	leaks(t, "the error", everyVerb(err), cardToken, "cust_77f0")
}

func TestACallOnCardsThatOttuWouldRefuseIsNotMade(t *testing.T) {
	client := newClient(t, transport(func(*http.Request, []byte) (*http.Response, error) {
		t.Error("a request was sent")
		return response(200, "[]"), nil
	}))
	list := func(change func(*ottu.CardsRequest)) error {
		r := hers
		change(&r)
		_, err := client.Cards(t.Context(), r)
		return err
	}
	remove := func(token string) error {
		return client.DeleteCard(t.Context(), "cust_77f0", resolver.Sandbox, ottu.NewCardToken(token))
	}
	for want, err := range map[string]error{
		"customer_id is missing":   list(func(r *ottu.CardsRequest) { r.CustomerID = "" }),
		"customer_id is longer":    list(func(r *ottu.CardsRequest) { r.CustomerID = strings.Repeat("c", 65) }),
		"customer_id is not UTF-8": list(func(r *ottu.CardsRequest) { r.CustomerID = "\xc3" }),
		"type is missing":          list(func(r *ottu.CardsRequest) { r.Environment = "" }),
		"type is none of":          list(func(r *ottu.CardsRequest) { r.Environment = "live" }),
		"pg_codes has a code":      list(func(r *ottu.CardsRequest) { r.PGCodes = []string{"mpgs", shopper} }),
		"token is missing":         remove(""),
		"token is not 1 to 50":     remove(strings.Repeat("t", 51)),
		"token is not 1":           remove(".."),
		"token is not":             remove("\xff"),
	} {
		e, ok := errors.AsType[*ottu.Error](err)
		if !ok || e.Status != 0 || !errors.Is(err, ottu.ErrRejected) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		leaks(t, "the error", everyVerb(err), shopper, "cust_77f0", "tttt")
	}
}

func TestACardTokenShowsNowhere(t *testing.T) {
	token := ottu.NewCardToken(cardToken)
	if token.Reveal() != cardToken || (ottu.CardToken{}).Reveal() != "" || ottu.NewCardToken("") != (ottu.CardToken{}) {
		t.Error("a token does not reveal what it was made of")
	}
	if token != ottu.NewCardToken(cardToken) || token == ottu.NewCardToken("other") {
		t.Error("tokens are not compared by their values")
	}
	type holder struct{ token ottu.CardToken } // fmt asks no method of an unexported field
	card := ottu.Card{Token: token, PGCode: "mpgs", NameOnCard: "Noor Al-Secret", Number: "**** 4242"}
	charge := ottu.AutoDebitRequest{SessionID: "s", Token: token, IdempotencyKey: "k"}
	text := everyVerb(token) + everyVerb(&token) + everyVerb(card) + everyVerb([]ottu.Card{card}) + everyVerb(charge) +
		fmt.Sprintf("%v %+v %#v", holder{token}, holder{token}, holder{token}) +
		everyVerb(hers) + everyVerb(ottu.Renewal{CustomerID: hers.CustomerID}) +
		everyVerb(ottu.SessionUpdate{CustomerEmail: shopper})
	marshalled, err := json.Marshal(card)
	if err == nil {
		t.Error("a card was marshalled with its token")
	}
	text += string(marshalled) + fmt.Sprint(err)
	leaks(t, "a print", text, cardToken, "Noor Al-Secret", "4242", hers.CustomerID, shopper)
}
