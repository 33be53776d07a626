package main

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/adapters/ginadapter"
	"github.com/tendergo/tender/resolver"
)

// apiCart is the visitor's cart; of somebody without a session, a guest's empty one. In the demo alone the query
// replaces its currency and type: a real shop would let strangers choose their own rules.
func (s *shop) apiCart(c *gin.Context) (resolver.Cart, error) {
	me := newVisitor()
	if session := s.sessions.Find(c.Request); session != nil {
		me = session.Get()
	}
	query := c.Request.URL.Query()
	if s.Demo != nil && query.Has("currency") {
		me.Currency = query.Get("currency")
	}
	cart, err := me.cart()
	if s.Demo != nil && query.Has("cart_type") {
		cart.Type = resolver.CartType(query.Get("cart_type"))
	}
	return cart, err
}

// apiAnswer is what an app of the shop's own would show. Nothing in it names the customer.
type apiAnswer struct {
	PGCodes  []string          `json:"pg_codes"`
	Currency string            `json:"currency"`
	CartType resolver.CartType `json:"cart_type"`
	// Fresh and Personal are as in resolver.Freshness.
	Fresh    bool `json:"fresh"`
	Personal bool `json:"personal"`
	// PastPGCodes is null where it is not known.
	PastPGCodes []string    `json:"past_pg_codes"`
	Methods     []apiMethod `json:"methods"`
}

type apiMethod struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Logo string `json:"logo"`
}

func (s *shop) apiCheckout(c *gin.Context) {
	eligible, err := ginadapter.FromContext(c)
	if err != nil { // the middleware answered every other failure, and apiCart always has a cart
		c.Status(http.StatusInternalServerError)
		return
	}
	cart, freshness := eligible.Cart(), eligible.Freshness()
	answer := apiAnswer{PGCodes: eligible.PGCodes(), Currency: cart.Currency, CartType: cart.Type, Fresh: freshness.Fresh,
		Personal: freshness.Personal, PastPGCodes: eligible.PastPGCodes(), Methods: []apiMethod{}}
	for m := range eligible.Methods() {
		answer.Methods = append(answer.Methods, apiMethod{m.Code, m.Name, m.Logo})
	}
	c.JSON(http.StatusOK, answer)
}
