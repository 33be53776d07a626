package ottutest

import (
	"fmt"
	"net/http"
	"slices"
)

// autoDebit charges a saved card for a session, the shopper being absent.
func (m *Merchant) autoDebit(c *call) reply {
	key := c.Header.Get("Idempotency-Key")
	if key != "" && m.idempotency[c.who.label+" "+key] {
		return reply{status: http.StatusConflict, body: map[string]any{"result": "failed",
			"detail": "Duplicate request detected. Idempotency-Key already used."}}
	}
	c.in.require("session_id", "token")
	s, token := m.sessions[c.in.text("session_id", 128)], c.in.text("token", 50)
	i := slices.IndexFunc(m.cards, func(card Card) bool { return card.Token == token })
	switch {
	case len(c.in.errs) > 0:
	case s == nil || s.state != "created" || s.paymentType != "auto_debit":
		c.in.fail("session_id", "There is no unpaid auto-debit session with this ID.")
	case i < 0 || m.cards[i].CustomerID != s.customerID || !slices.Contains(s.codes, m.cards[i].PGCode):
		c.in.fail("token", "This customer has no card with this token for the gateways of the session.")
	case m.cards[i].AgreementID != s.agreementID:
		c.in.fail("token", "The card was saved for another agreement.")
	}
	if len(c.in.errs) > 0 {
		return fieldErrors(c.in.errs)
	}
	if key != "" {
		m.idempotency[c.who.label+" "+key] = true
	}
	card := m.cards[i]
	problem := ""
	j := m.indexMID(card.PGCode)
	switch {
	case j < 0 || m.mids[j].Inactive || !m.mids[j].AutoDebit || !c.who.grant.allows(card.PGCode):
		problem = fmt.Sprintf("%q cannot charge cards without the shopper.", card.PGCode)
	case card.CVVRequired:
		problem = "The card needs its CVV."
	case card.expired():
		problem = "The card has expired."
	}
	if problem != "" {
		return reply{status: http.StatusBadRequest, body: map[string]any{"detail": problem, "result": "failed",
			"failed_provider": card.PGCode, "pg_response": map[string]any{}, "rollback": false}}
	}
	s.state, s.paidBy = "paid", card.PGCode
	m.recordPayment(s.customerID, card.PGCode)
	body := m.render(s)
	body["result"] = "success"
	return reply{status: http.StatusOK, body: body}
}
