package main

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
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

// offer is the checkout page.
type offer struct {
	basket
	Eligible *resolver.Eligibility
	Past     []string
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
	s.showOffer(c, http.StatusOK, eligible, "", "")
}

func (s *shop) showOffer(c *gin.Context, status int, eligible *resolver.Eligibility, choice, problem string) {
	me := sessionOf(c).Get()
	b, err := me.basket()
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Security-Policy", web.Policy(s.ottuURL(), true))
	s.show(c, status, "checkout.html", "Checkout", offer{b, eligible, eligible.PastPGCodes(), choice, problem,
		me.Customer == "" && b.Monthly != ""})
}

// pay sends the visitor to Ottu's payment page with the one method that was chosen.
func (s *shop) pay(c *gin.Context) {
	eligible, err := ginadapter.FromContext(c)
	if err != nil {
		c.Redirect(http.StatusSeeOther, "/cart")
		return
	}
	session := sessionOf(c)
	session.Paying.Lock()
	defer session.Paying.Unlock()

	me, code := session.Get(), c.PostForm("pg_code")
	if code == "" {
		s.showOffer(c, http.StatusUnprocessableEntity, eligible, "", "Please choose a way to pay.")
		return
	}
	if me.Customer == "" && me.subscribes() { // a card is kept for somebody
		c.Redirect(http.StatusSeeOther, "/sign-in")
		return
	}
	if cart, err := me.cart(); err != nil || !reflect.DeepEqual(cart, eligible.Cart()) {
		c.Redirect(http.StatusSeeOther, "/checkout") // another tab changed the cart meanwhile: look at it again
		return
	}
	bought := me.bought(code)
	if i := slices.IndexFunc(me.Orders, func(o till.Order) bool { return o.Reusable(bought) }); i >= 0 {
		c.Redirect(http.StatusSeeOther, me.Orders[i].PayURL)
		return
	}
	var agreement *ottu.Agreement
	if me.subscribes() {
		agreement = till.Agreement("monthly", 30, months)
	}
	order, err := s.till.Open(c.Request.Context(), eligible.Cart(), code, bought, agreement)
	if err != nil {
		refusal := till.Refuse(err)
		web.RetryAfter(c.Writer.Header(), refusal.RetryAfter)
		s.showOffer(c, refusal.Status, s.till.Choices(c.Request.Context(), eligible, err), code, refusal.Message)
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

// showFailure answers for the checkout when there are no payment methods at all.
func (s *shop) showFailure(c *gin.Context, f *middleware.Failure) {
	title, text := web.FailureText(c.Writer.Header(), f)
	s.message(c, f.Status, title, text)
}
