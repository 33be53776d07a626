// Package till takes a shopper's choice to Ottu's payment page, and asks afterwards what became of it.
package till

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// Till makes payments of one merchant. It is safe for concurrent use.
type Till struct {
	Client   *ottu.Client
	Resolver *resolver.Resolver
	// PublicURL is the shop's; Ottu sends shoppers back to /orders/{number} there.
	PublicURL string
}

// Order is one payment. A shop keeps it in its database.
type Order struct {
	// No is the shop's own number, which nobody can guess.
	No string
	// Bought is what [Bought] says. Two orders of the same are one click too many.
	Bought  string
	Cart    resolver.Cart
	Created time.Time
	// SessionID and PayURL are Ottu's.
	SessionID, PayURL string
	// State is what Ottu said last; see ottu.Session.
	State string
}

// lifetime of a Checkout session, and for how long a second click leads to the same one.
const (
	lifetime = "00:30:00"
	reusable = 20 * time.Minute
)

// Paid tells whether the shop may deliver.
func (o Order) Paid() bool { return o.State == "paid" || o.State == "authorized" || o.State == "cod" }

// Over tells whether it ended without a payment.
func (o Order) Over() bool {
	switch o.State {
	case "failed", "canceled", "expired", "invalided", "refunded":
		return true
	}
	return false
}

// Title tells a shopper how it stands.
func (o Order) Title() string {
	switch {
	case o.Paid():
		return "Thank you"
	case o.Over():
		return "Your payment did not go through"
	}
	return "Your payment is not finished"
}

// Bought names a purchase and how it is paid: a second click on the same names the same. What is in the cart must be
// among its attributes.
func Bought(e *resolver.Eligibility, code string) string { return e.Version() + " " + code }

// Reusable tells whether a click for the same purchase leads to this order's payment page, in place of a second
// payment.
func (o Order) Reusable(bought string) bool {
	return o.Bought == bought && !o.Paid() && !o.Over() && time.Since(o.Created) < reusable
}

// Open creates a Checkout session for the cart of e that offers the chosen method alone. With an agreement the card is
// kept for later charges.
//
// The submit check of the adapters let the choice through already. Open finds out what no webhook tells: that the
// gateway was switched off. Checkout then refuses it, and resolver.Pay asks for the methods anew.
//
// Open goes on when ctx is cancelled: a shopper who clicks twice leaves the first request, not the payment.
func (t *Till) Open(ctx context.Context, e *resolver.Eligibility, code string, a *ottu.Agreement) (Order, error) {
	cart := e.Cart()
	o := Order{No: rand.Text(), Bought: Bought(e, code), Cart: cart, Created: time.Now(), State: "created"}
	request := ottu.SessionRequest{Type: "e_commerce", Amount: cart.Amount, Currency: cart.Currency,
		PGCodes: []string{code}, CustomerID: cart.CustomerID, OrderNo: o.No, ExpirationTime: lifetime,
		RedirectURL: t.PublicURL + "/orders/" + o.No}
	if a != nil {
		request.PaymentType, request.Agreement = "auto_debit", a
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	err := t.Resolver.Pay(ctx, cart, code, func(ctx context.Context, _ *resolver.Eligibility) error {
		session, err := t.Client.CreateSession(ctx, request)
		if err != nil {
			return err
		}
		if !t.trusts(session.CheckoutURL) {
			return errors.New("till: the session has no checkout_url that a shopper can be sent to")
		}
		o.SessionID, o.PayURL = session.ID, session.CheckoutURL
		return nil
	})
	return o, err
}

// trusts lets shoppers go to https pages, and to Ottu's own host when that is a simulator on this machine.
func (t *Till) trusts(page string) bool {
	to, err := url.Parse(page)
	if err != nil || to.Host == "" {
		return false
	}
	base, err := url.Parse(t.Client.Identity().Origin)
	return to.Scheme == "https" || err == nil && to.Scheme == base.Scheme && to.Host == base.Host
}

// Settle asks Ottu for the order's state. That, or a webhook, is what a shop delivers on: to come back from the payment
// page proves nothing.
func (t *Till) Settle(ctx context.Context, o Order) (Order, error) {
	session, err := t.Client.Session(ctx, o.SessionID)
	if err != nil {
		return o, err
	}
	wasPaid := o.Paid()
	o.State = session.State
	if o.Paid() && !wasPaid && o.Cart.CustomerID != "" {
		// The customer has one more past method now, and maybe less in a wallet.
		if _, err := t.Resolver.Purge(resolver.Scope{CustomerID: o.Cart.CustomerID}); err != nil {
			slog.WarnContext(ctx, "a customer's payment methods were not purged", "error", err)
		}
	}
	return o, nil
}

// Agreement is the consent to a subscription of so many cycles, each of so many days, at a fixed price.
func Agreement(frequency string, days, cycles int) *ottu.Agreement {
	end := time.Now().AddDate(0, 0, days*cycles)
	return &ottu.Agreement{ID: rand.Text(), Type: "recurring", Frequency: frequency, AmountVariability: "fixed",
		ExpiryDate: end.Format(time.DateOnly), CycleIntervalDays: days, TotalCycles: cycles}
}
