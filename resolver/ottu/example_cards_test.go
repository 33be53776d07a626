package ottu_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// shop is a merchant with two saved cards of one customer, its client and its resolver. A shop writes
// ottu.New("https://shop.ottu.net", ottu.APIKey(key)).
func shop() (*ottu.Client, *resolver.Resolver, error) {
	m := ottutest.NewMerchant()
	m.AddCard(ottutest.Card{CustomerID: "c1", PGCode: "mpgs", Number: "**** 0008", AgreementID: "sub-1"})
	m.AddCard(ottutest.Card{CustomerID: "c1", PGCode: "mpgs", Number: "**** 1019", ExpiryMonth: "01", ExpiryYear: "20"})
	client, err := ottu.New("https://shop.example", ottu.APIKey(m.APIKey()),
		ottu.WithHTTPClient(&http.Client{Transport: m.Transport()}))
	if err != nil {
		return nil, nil, err
	}
	res, err := resolver.New(client, resolver.Production, []string{"BHD"})
	return client, res, err
}

// A checkout shows the saved cards that can pay for this cart, and says what is wrong with the others.
func ExampleUsableCards() {
	client, res, err := shop()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Close()
	ctx := context.Background()

	eligible, err := res.Resolve(ctx, resolver.Cart{CustomerID: "c1", Currency: "BHD", Type: resolver.OneOff})
	if err != nil {
		fmt.Println(err)
		return
	}
	cards, err := client.Cards(ctx, ottu.CardsRequest{CustomerID: "c1", Environment: res.Environment(),
		PGCodes: eligible.PGCodes()})
	if err != nil {
		fmt.Println(err)
		return
	}
	usable, refused := ottu.UsableCards(cards, eligible, time.Now())
	for _, card := range usable {
		fmt.Println("pay with", card.Brand, card.Number)
	}
	for _, r := range refused {
		fmt.Println("not with", r.Card.Brand, r.Card.Number+":", r.Reason)
	}
	// Output:
	// pay with VISA **** 0008
	// not with VISA **** 1019: expired
}

// A nightly job charges what is due. What it keeps before each charge tells, whatever happens, what to ask for later.
func ExampleClient_PrepareRenewal() {
	client, res, err := shop()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Close()
	ctx := context.Background()

	due, err := client.PrepareRenewal(ctx, res, ottu.Renewal{
		PGCode: "mpgs", CustomerID: "c1", Amount: "5.000", Currency: "BHD",
		Agreement: ottu.Agreement{ID: "sub-1", Frequency: "monthly", AmountVariability: "fixed",
			ExpiryDate: "2039-01-01", CycleIntervalDays: 30, TotalCycles: 12},
		IdempotencyKey: "sub-1/2",
	})
	if err != nil {
		fmt.Println(err) // the gateway is gone, or the card has expired: the error says which
		return
	}
	// keep due.SessionID with the cycle, then:
	charge, err := client.AutoDebit(ctx, due)
	switch {
	case errors.Is(err, ottu.ErrOutcomeUnknown), errors.Is(err, ottu.ErrDuplicate):
		fmt.Println("client.Session says what became of it")
	case err != nil:
		fmt.Println(err) // not charged
	default:
		fmt.Println(charge.State, charge.PGCode, charge.Amount, charge.Currency)
	}
	// Output: paid mpgs 5.000 BHD
}

// A shop that stores a card stores what Reveal returns, encrypted. Nothing else shows it.
func ExampleCardToken() {
	token := ottu.NewCardToken("6180175987436511")
	fmt.Printf("%v %+v %#v\n", token, struct{ Token ottu.CardToken }{token}, token)
	fmt.Println(token.Reveal() == "6180175987436511")
	// Output:
	// [card token] {Token:[card token]} [card token]
	// true
}
