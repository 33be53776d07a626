package main

import (
	"testing"

	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/resolver"
)

func TestEveryProductHasAPriceThatItsCurrencyCanExpress(t *testing.T) {
	if err := checkShelf(); err != nil {
		t.Error(err)
	}
	odd := map[string]string{"KWD": "1.5", "BHD": "1", "SAR": "1.555", "USD": "1"}
	products = append(products, product{ID: "odd", Prices: odd})
	defer func() { products = products[:len(products)-1] }()
	if err := checkShelf(); err == nil {
		t.Error("three decimals of SAR pass")
	}
}

func TestTheAmountOfACartHasNoFloatsInIt(t *testing.T) {
	v := newVisitor()
	for range 3 {
		v.put("hail", 1)
	}
	v.put("qahwa", 1)
	for currency, want := range map[string]string{"KWD": "10.500", "USD": "34.30"} {
		v.Currency = currency
		if got, err := v.amount(); err != nil || got != want {
			t.Errorf("amount in %s is %q (%v), not %q", currency, got, err, want)
		}
	}
}

func TestACartTakesNineOfAProductAndForgetsThoseWithNone(t *testing.T) {
	v := newVisitor()
	for range 20 {
		v.put("dallah", 1)
	}
	if len(v.Lines) != 1 || v.Lines[0].Quantity != maxOfOne {
		t.Errorf("lines are %v", v.Lines)
	}
	old := v.Lines
	v.put("dallah", -maxOfOne)
	v.put("hail", -1)
	if len(v.Lines) != 0 || old[0].Quantity != maxOfOne {
		t.Errorf("lines are %v, and the old ones %v", v.Lines, old)
	}
}

func TestOneSubscriptionMakesTheCartOne(t *testing.T) {
	v := newVisitor()
	v.put("qahwa", 1)
	if c, _ := v.cart(); c.Type != resolver.OneOff {
		t.Errorf("type is %s", c.Type)
	}
	v.put("monthly", 1)
	if c, _ := v.cart(); c.Type != resolver.Subscription || c.Amount != "8.750" {
		t.Errorf("type is %s and the amount %s", c.Type, c.Amount)
	}
}

func TestOnlyTheLastTenOrdersAreRemembered(t *testing.T) {
	v := newVisitor()
	for i := range 12 {
		v.keep(till.Order{No: string(rune('a' + i))})
	}
	v.keep(till.Order{No: "k", State: "paid"})
	if len(v.Orders) != 10 || v.Orders[0].State != "paid" || v.Orders[1].No != "l" {
		t.Errorf("orders are %+v", v.Orders)
	}
}
