package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/examples/internal/web"
	"github.com/tendergo/tender/resolver"
)

// currencies are those that the shop sells in, the first one to visitors who did not choose.
var currencies = []string{"KWD", "BHD", "SAR", "USD"}

// product is one thing on the shelf.
type product struct {
	ID, Name, NameAr, About string
	// Monthly: it is a subscription, and its prices are for a month.
	Monthly bool
	// Prices are the shop's own in each of its currencies, and no rate of the day: decimal strings, no floats.
	Prices map[string]string
}

var products = []product{
	{ID: "qahwa", Name: "Qahwa blend", NameAr: "خلطة القهوة العربية", About: "Lightly roasted beans, 250 g.",
		Prices: map[string]string{"KWD": "3.750", "BHD": "4.600", "SAR": "46.00", "USD": "12.25"}},
	{ID: "hail", Name: "Green cardamom", NameAr: "هيل أخضر", About: "Whole pods, 100 g.",
		Prices: map[string]string{"KWD": "2.250", "BHD": "2.800", "SAR": "27.50", "USD": "7.35"}},
	{ID: "dallah", Name: "Dallah coffee pot", NameAr: "دلة القهوة", About: "Brushed steel, holds one litre.",
		Prices: map[string]string{"KWD": "18.500", "BHD": "22.750", "SAR": "226.00", "USD": "60.25"}},
	{ID: "monthly", Name: "Coffee of the month", NameAr: "قهوة الشهر", About: "A new roast at your door every month.",
		Monthly: true, Prices: map[string]string{"KWD": "5.000", "BHD": "6.150", "SAR": "61.00", "USD": "16.30"}},
}

// months are how many a subscription runs for.
const months = 12

// maxOfOne is how many pieces of one product a cart takes.
const maxOfOne = 9

func findProduct(id string) (product, bool) {
	i := slices.IndexFunc(products, func(p product) bool { return p.ID == id })
	if i < 0 {
		return product{}, false
	}
	return products[i], true
}

// line is one product in a cart. Its price is not kept: it follows the currency.
type line struct {
	Product  string
	Quantity int64
}

// visitor is what the shop remembers of one.
type visitor struct {
	Currency string
	// Customer is the ID of the signed-in one, empty for a guest.
	Customer string
	Lines    []line
	// Orders are the last few, most recent first.
	Orders []till.Order
}

func newVisitor() visitor { return visitor{Currency: currencies[0]} }

// put adds n pieces of a product, or takes them away. Lines are replaced, since other requests may read the old ones.
func (v *visitor) put(id string, n int64) {
	lines := slices.Clone(v.Lines)
	i := slices.IndexFunc(lines, func(l line) bool { return l.Product == id })
	if i < 0 {
		i = len(lines)
		lines = append(lines, line{Product: id})
	}
	lines[i].Quantity = min(lines[i].Quantity+n, maxOfOne)
	v.Lines = slices.DeleteFunc(lines, func(l line) bool { return l.Quantity <= 0 })
}

// keep remembers an order, in the place of an older state of it.
func (v *visitor) keep(o till.Order) {
	const most = 10
	orders := slices.DeleteFunc(slices.Clone(v.Orders), func(old till.Order) bool { return old.No == o.No })
	orders = slices.Insert(orders, 0, o)
	v.Orders = orders[:min(len(orders), most)]
}

// amount is the price of the cart as a decimal string.
func (v visitor) amount() (string, error) {
	var sum int64
	for _, l := range v.Lines {
		units, err := l.cost(v.Currency)
		if err != nil {
			return "", err
		}
		sum += units
	}
	return till.Decimal(sum, v.Currency), nil
}

// cost is the line's price in the currency's smallest unit.
func (l line) cost(currency string) (int64, error) {
	p, ok := findProduct(l.Product)
	if !ok {
		return 0, fmt.Errorf("the cart has a product %q that is not on the shelf", l.Product)
	}
	units, err := resolver.MinorUnits(p.Prices[currency], currency)
	return units * l.Quantity, err
}

// subscribes tells whether there is a subscription in the cart.
func (v visitor) subscribes() bool {
	return slices.ContainsFunc(v.Lines, func(l line) bool {
		p, _ := findProduct(l.Product)
		return p.Monthly
	})
}

// cart is what tender is asked for. One subscription makes the whole cart one, since one payment serves it all. The
// lines are an attribute, so that a checkout page of other things at the same price is out of date too.
func (v visitor) cart() (resolver.Cart, error) {
	customer, _ := web.FindCustomer(v.Customer)
	c := resolver.Cart{CustomerID: v.Customer, Currency: v.Currency, Type: resolver.OneOff, Country: customer.Country,
		Attributes: map[string]string{"lines": fmt.Sprint(v.Lines)}}
	if v.subscribes() {
		c.Type = resolver.Subscription
	}
	var err error
	c.Amount, err = v.amount()
	return c, err
}

// checkShelf reports every product without a price that its currency can express, when the shop opens and not when
// somebody wants to pay.
func checkShelf() error {
	var errs []error
	for _, p := range products {
		for _, currency := range currencies {
			if _, err := resolver.MinorUnits(p.Prices[currency], currency); err != nil {
				errs = append(errs, fmt.Errorf("the price of %q in %s: %w", p.ID, currency, err))
			}
		}
	}
	return errors.Join(errs...)
}
