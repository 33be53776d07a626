package main

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/examples/internal/web"
)

// shelved is a product with its price in the visitor's currency; in a cart, with the price of all pieces.
type shelved struct {
	product
	Price    string
	Quantity int64
	Full     bool
}

func (s *shop) home(c *gin.Context) {
	me := sessionOf(c).Get()
	var shelf []shelved
	for _, p := range products {
		shelf = append(shelf, shelved{product: p, Price: p.Prices[me.Currency]})
	}
	s.show(c, http.StatusOK, "home.html", "Coffee and what goes with it", shelf)
}

// basket is a cart on a page.
type basket struct {
	Lines []shelved
	Total string
	// Monthly is what the subscriptions cost from the second month on, empty where there are none.
	Monthly string
}

func (v visitor) basket() (basket, error) {
	var b basket
	var monthly int64
	for _, l := range v.Lines {
		units, err := l.cost(v.Currency)
		if err != nil {
			return b, err
		}
		p, _ := findProduct(l.Product)
		if p.Monthly {
			monthly += units
			b.Monthly = till.Decimal(monthly, v.Currency)
		}
		b.Lines = append(b.Lines, shelved{p, till.Decimal(units, v.Currency), l.Quantity, l.Quantity == maxOfOne})
	}
	var err error
	b.Total, err = v.amount()
	return b, err
}

func (s *shop) showCart(c *gin.Context) {
	b, err := sessionOf(c).Get().basket()
	if err != nil {
		s.fail(c, err)
		return
	}
	s.show(c, http.StatusOK, "cart.html", "Your cart", b)
}

// changeCart adds one piece of a product to the cart, or takes one away.
func (s *shop) changeCart(c *gin.Context) {
	p, ok := findProduct(c.PostForm("product"))
	if !ok {
		s.message(c, http.StatusBadRequest, "There is no such product", "")
		return
	}
	n := int64(1)
	if c.PostForm("change") == "remove" {
		n = -1
	}
	sessionOf(c).Change(func(v *visitor) { v.put(p.ID, n) })
	c.Redirect(http.StatusSeeOther, "/cart")
}

func (s *shop) changeCurrency(c *gin.Context) {
	currency := c.PostForm("currency")
	if !slices.Contains(currencies, currency) {
		s.message(c, http.StatusBadRequest, "We do not sell in this currency", "")
		return
	}
	sessionOf(c).Change(func(v *visitor) { v.Currency = currency })
	to := c.PostForm("back")
	if to != "/cart" && to != "/checkout" && to != "/ops/why" { // never where a stranger's link says
		to = "/"
	}
	c.Redirect(http.StatusSeeOther, to)
}

func (s *shop) showSignIn(c *gin.Context) {
	s.show(c, http.StatusOK, "signin.html", "Sign in", web.Customers)
}

// signIn has the customer's own payment methods fetched, so that they are there when the checkout asks.
func (s *shop) signIn(c *gin.Context) {
	customer, ok := web.FindCustomer(c.PostForm("customer"))
	if !ok {
		s.message(c, http.StatusBadRequest, "There is no such customer", "")
		return
	}
	session := s.sessions.Renew(c.Writer, sessionOf(c))
	session.Change(func(v *visitor) { v.Customer = customer.ID })
	me := session.Get()
	cart, err := me.cart()
	if err == nil {
		err = s.res.Prefetch(c.Request.Context(), cart)
	}
	if err != nil { // signing in does not depend on it
		slog.WarnContext(c.Request.Context(), "payment methods were not prefetched", "error", err)
	}
	to := "/"
	if len(me.Lines) > 0 {
		to = "/checkout"
	}
	c.Redirect(http.StatusSeeOther, to)
}

// signOut ends the session: the cart of a customer is not the next visitor's.
func (s *shop) signOut(c *gin.Context) {
	session := s.sessions.Renew(c.Writer, sessionOf(c))
	session.Change(func(v *visitor) { *v = visitor{Currency: v.Currency} })
	c.Redirect(http.StatusSeeOther, "/")
}
