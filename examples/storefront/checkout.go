package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/adapters/ginadapter"
	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/examples/internal/web"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// cart is the visitor's, for tender: from the session, and never from what a browser sent.
func (s *shop) cart(c *gin.Context) (resolver.Cart, error) {
	me := sessionOf(c).Get()
	if len(me.Lines) == 0 {
		return resolver.Cart{}, resolver.ErrNoCart
	}
	return me.cart()
}

// choice is all that is taken from the form.
func choice(c *gin.Context) (middleware.Choice, error) {
	return middleware.Choice{PGCode: c.PostForm("pg_code"), Version: c.PostForm("version")}, nil
}

// offer is the checkout page.
type offer struct {
	basket
	Eligible *resolver.Eligibility
	Past     []string
	// Cards are the customer's saved ones, by pg_code.
	Cards   map[string][]string
	Missing []missing
	// Choice is what was chosen before, and Problem why that did not work.
	Choice, Problem string
	NeedsSignIn     bool
}

func (o offer) IsPast(code string) bool { return slices.Contains(o.Past, code) }

func (s *shop) checkout(c *gin.Context) {
	eligible, err := ginadapter.FromContext(c)
	if err != nil { // resolver.ErrNoCart: nothing else gets here
		c.Redirect(http.StatusSeeOther, "/cart")
		return
	}
	s.showOffer(c, http.StatusOK, eligible, "")
}

func (s *shop) showOffer(c *gin.Context, status int, eligible *resolver.Eligibility, problem string) {
	me := sessionOf(c).Get()
	b, err := me.basket()
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Security-Policy", web.Policy(s.ottuURL(), true))
	s.show(c, status, "checkout.html", "Checkout", offer{b, eligible, eligible.PastPGCodes(),
		s.savedCards(c.Request.Context(), eligible), missingFrom(eligible.Excluded()), c.PostForm("pg_code"), problem,
		me.Customer == "" && b.Monthly != ""})
}

// showFailure answers a submit that was refused, with the methods of now to choose from again, and every request where
// there are none.
func (s *shop) showFailure(c *gin.Context, f *middleware.Failure) {
	if errors.Is(f.Err, resolver.ErrNoCart) {
		c.Redirect(http.StatusSeeOther, "/cart")
		return
	}
	if eligible, err := ginadapter.FromContext(c); err == nil {
		s.offerAgain(c, eligible, f.Err)
		return
	}
	title, text := web.FailureText(c.Writer.Header(), f)
	s.message(c, f.Status, title, text)
}

func (s *shop) offerAgain(c *gin.Context, eligible *resolver.Eligibility, err error) {
	refusal := till.Refuse(err)
	web.RetryAfter(c.Writer.Header(), refusal.RetryAfter)
	s.showOffer(c, refusal.Status, eligible, refusal.Message)
}

// pay sends the visitor to Ottu's payment page with the one method that was chosen, which the submit check let through.
func (s *shop) pay(c *gin.Context) {
	eligible, err := ginadapter.FromContext(c)
	if err != nil {
		c.Redirect(http.StatusSeeOther, "/cart")
		return
	}
	session := sessionOf(c)
	session.Paying.Lock()
	defer session.Paying.Unlock()

	var agreement *ottu.Agreement
	if cart := eligible.Cart(); cart.Type == resolver.Subscription {
		if cart.CustomerID == "" { // a card is kept for somebody
			c.Redirect(http.StatusSeeOther, "/sign-in")
			return
		}
		agreement = till.Agreement("monthly", 30, months)
	}
	code := c.PostForm("pg_code")
	orders, bought := session.Get().Orders, till.Bought(eligible, code)
	if i := slices.IndexFunc(orders, func(o till.Order) bool { return o.Reusable(bought) }); i >= 0 {
		c.Redirect(http.StatusSeeOther, orders[i].PayURL)
		return
	}
	order, err := s.till.Open(c.Request.Context(), eligible, code, agreement)
	if err != nil {
		s.offerAgain(c, s.till.Choices(c.Request.Context(), eligible, err), err)
		return
	}
	session.Change(func(v *visitor) { v.keep(order) })
	c.Redirect(http.StatusSeeOther, order.PayURL)
}

// showOrder is where Ottu sends the visitor back to. Coming back proves nothing, so it asks what became of the payment.
func (s *shop) showOrder(c *gin.Context) {
	session := sessionOf(c)
	me := session.Get()
	i := slices.IndexFunc(me.Orders, func(o till.Order) bool { return o.No == c.Param("no") })
	if i < 0 {
		s.message(c, http.StatusNotFound, "There is no such order", "It may belong to another visit.")
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), 10*time.Second)
	defer cancel()
	order, err := s.till.Settle(ctx, me.Orders[i])
	if err != nil {
		slog.WarnContext(ctx, "the state of an order is not known", "error", err)
		web.RetryAfter(c.Writer.Header(), 5*time.Second)
		s.show(c, http.StatusServiceUnavailable, "order.html", "We are still asking", me.Orders[i])
		return
	}
	session.Change(func(v *visitor) {
		if order.Paid() && !me.Orders[i].Paid() {
			v.Lines = nil
		}
		v.keep(order)
	})
	s.show(c, http.StatusOK, "order.html", order.Title(), order)
}
