package main

import (
	"slices"

	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/examples/internal/web"
	"github.com/tendergo/tender/resolver"
)

// currencies are those that the club sells in, the first one to visitors who did not choose.
var currencies = []string{"KWD", "SAR", "USD"}

// plan is one way to subscribe.
type plan struct {
	ID, Name, About, Unit string
	// Frequency, Days and Cycles go into the agreement: how often the card is charged, and how many times.
	Frequency    string
	Days, Cycles int
	// Prices are decimal strings of one cycle.
	Prices map[string]string
}

var plans = []plan{
	{ID: "monthly", Name: "Month by month", About: "Two bags every month, for a year.", Unit: "a month",
		Frequency: "monthly", Days: 30, Cycles: 12,
		Prices: map[string]string{"KWD": "6.500", "SAR": "79.50", "USD": "21.20"}},
	{ID: "yearly", Name: "Year by year", About: "The same, with two months for free.", Unit: "a year",
		Frequency: "yearly", Days: 365, Cycles: 5,
		Prices: map[string]string{"KWD": "65.000", "SAR": "795.00", "USD": "212.00"}},
}

func findPlan(id string) (plan, bool) {
	i := slices.IndexFunc(plans, func(p plan) bool { return p.ID == id })
	if i < 0 {
		return plan{}, false
	}
	return plans[i], true
}

// visitor is what the club remembers of one.
type visitor struct {
	Currency string
	// Plan is the ID of the chosen one, and Customer of the signed-in one. Both may be empty.
	Plan, Customer string
	// Order is the last one.
	Order till.Order
}

func newVisitor() visitor { return visitor{Currency: currencies[0]} }

// cart is what tender is asked for. The route says that it is a subscription. The plan is an attribute, so that a page
// of another plan is out of date even where the price is the same.
func (v visitor) cart() (resolver.Cart, error) {
	p, ok := findPlan(v.Plan)
	if !ok || v.Customer == "" {
		return resolver.Cart{}, resolver.ErrNoCart
	}
	customer, _ := web.FindCustomer(v.Customer)
	return resolver.Cart{CustomerID: v.Customer, Currency: v.Currency, Amount: p.Prices[v.Currency],
		Country: customer.Country, Attributes: map[string]string{"plan": p.ID}}, nil
}
