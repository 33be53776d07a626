package ottutest

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// session is one checkout session. Its fields are the request's, checked.
type session struct {
	id     string
	state  string // created, then paid or authorized
	paidBy string // the pg_code
	base   string
	fields map[string]any
	terms
}

// terms are what the rules and the payment read of a session.
type terms struct {
	plugin, paymentType, amount, currency string
	customerID, agreementID, redirectURL  string
	codes                                 []string
}

// createSession is POST on [PathCheckout].
func (m *Merchant) createSession(c *call) reply {
	t := m.readTerms(c)
	if len(c.in.errs) > 0 {
		return fieldErrors(c.in.errs)
	}
	id := make([]byte, 20) // as many hexadecimal digits as a real one
	_, _ = rand.Read(id)
	s := &session{id: hex.EncodeToString(id), state: "created", base: c.base, fields: c.in.known(), terms: t}
	m.sessions[s.id] = s
	return reply{status: http.StatusCreated, body: m.render(s)}
}

func (m *Merchant) retrieveSession(c *call) reply {
	s := m.sessions[c.id]
	if s == nil {
		return notFound()
	}
	return reply{status: http.StatusOK, body: m.render(s)}
}

// updateSession is PUT, which replaces all fields, and PATCH, which keeps those that are not sent. Either needs a
// session that nobody has paid yet.
func (m *Merchant) updateSession(c *call) reply {
	s := m.sessions[c.id]
	if s == nil {
		return notFound()
	}
	if s.state != "created" {
		return detail(http.StatusBadRequest, "A session in the state "+s.state+" cannot be changed.")
	}
	if c.Method == http.MethodPatch {
		fields := maps.Clone(s.fields)
		maps.Copy(fields, c.in.fields)
		c.in.fields = fields
	}
	t := m.readTerms(c)
	if len(c.in.errs) > 0 {
		return fieldErrors(c.in.errs)
	}
	s.fields, s.terms = c.in.known(), t
	return reply{status: http.StatusOK, body: m.render(s)}
}

// render is a session as the API shows it: what was sent, and what became of it.
func (m *Merchant) render(s *session) map[string]any {
	body := maps.Clone(s.fields)
	maps.Copy(body, map[string]any{
		"session_id":         s.id,
		"state":              s.state,
		"amount":             s.amount,
		"payment_type":       s.paymentType,
		"expiration_time":    cmp.Or[any](s.fields["expiration_time"], "24:00:00"),
		"checkout_url":       s.base + pagePath + "?session_id=" + s.id,
		"checkout_short_url": s.base + shortPath + s.id,
	})
	methods := []any{}
	for _, code := range s.codes {
		i := m.indexMID(code)
		if i < 0 {
			continue // removed since
		}
		mid := m.mids[i]
		logo := mid.logoURL(s.base)
		methods = append(methods, map[string]any{
			"code": code, "name": mid.Name, "type": mid.environment(), "amount": s.amount, "currency_code": s.currency,
			"fee": formatAmount("0", s.currency), "fee_description": "", "icon": logo, "icons": []string{logo},
			"pg_icons": []string{logo}, "flow": "redirect",
			"redirect_url": s.base + pagePath + "?session_id=" + s.id + "&pg_code=" + code,
		})
	}
	body["payment_methods"] = methods
	if s.paidBy != "" {
		body["gateway_account"] = s.paidBy
	}
	return body
}

// MarkPaid does what a shopper does on the payment page: it pays the session with one of its pg_codes, the first one
// where pgCode is empty. The customer's past methods then include it, and where the session was to save a card or
// starts an agreement, the customer has a card. With a MID that authorises, the session is authorized instead and
// nothing is paid.
func (m *Merchant) MarkPaid(sessionID, pgCode string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pay(sessionID, pgCode)
}

func (m *Merchant) pay(sessionID, pgCode string) error {
	s := m.sessions[sessionID]
	switch {
	case s == nil:
		return fmt.Errorf("ottutest: there is no session %q", sessionID)
	case s.state != "created":
		return fmt.Errorf("ottutest: session %q is %s already", sessionID, s.state)
	}
	pgCode = cmp.Or(pgCode, s.codes[0])
	i := m.indexMID(pgCode)
	if i < 0 || !slices.Contains(s.codes, pgCode) {
		return fmt.Errorf("ottutest: session %q cannot be paid with %q (it offers %s)",
			sessionID, pgCode, strings.Join(s.codes, ", "))
	}
	mid := m.mids[i]
	s.state, s.paidBy = "paid", pgCode
	if mid.Operation == "authorize" {
		s.state = "authorized"
		return nil
	}
	m.recordPayment(s.customerID, pgCode)
	if s.customerID != "" && s.paymentType != "one_off" && mid.Tokenizable {
		m.addCard(Card{CustomerID: s.customerID, PGCode: pgCode, Sandbox: mid.Sandbox, AgreementID: s.agreementID})
	}
	return nil
}

func notFound() reply { return detail(http.StatusNotFound, "Not found.") }
