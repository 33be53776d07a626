package ottutest

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Card is a card that a customer saved with one MID. [Merchant.AddCard] fills in what is empty.
type Card struct {
	Token      string
	CustomerID string
	PGCode     string
	Sandbox    bool
	Brand      string // VISA
	Number     string // masked
	NameOnCard string
	// ExpiryMonth and ExpiryYear have two digits each.
	ExpiryMonth, ExpiryYear string
	// CVVRequired: the card cannot be charged without the shopper.
	CVVRequired bool
	Preferred   bool
	// AgreementID is the agreement that the card was saved for.
	AgreementID string
}

// AddCard saves a card, and returns it as it was saved.
func (m *Merchant) AddCard(c Card) Card {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.addCard(c)
}

func (s *state) addCard(c Card) Card {
	in3Years := time.Now().AddDate(3, 0, 0)
	c.Token = cmp.Or(c.Token, rand.Text())
	c.Brand = cmp.Or(c.Brand, "VISA")
	c.Number = cmp.Or(c.Number, "**** 0008")
	c.NameOnCard = cmp.Or(c.NameOnCard, "TEST SHOPPER")
	c.ExpiryMonth = cmp.Or(c.ExpiryMonth, in3Years.Format("01"))
	c.ExpiryYear = cmp.Or(c.ExpiryYear, in3Years.Format("06"))
	s.cards = append(s.cards, c)
	return c
}

// ends is the end of the card's last month.
func (c Card) ends() time.Time {
	month, _ := strconv.Atoi(c.ExpiryMonth)
	year, _ := strconv.Atoi(c.ExpiryYear)
	return time.Date(2000+year, time.Month(month)+1, 1, 0, 0, 0, 0, time.UTC)
}

func (c Card) expired() bool { return !time.Now().Before(c.ends()) }

func (c Card) environment() string { return MID{Sandbox: c.Sandbox}.environment() }

// keyOnly refuses everybody but API keys: the calls on cards take nothing else.
func keyOnly(c *call) bool { return c.who.scheme == "api-key" }

// listCards is POST on [PathCards].
func (m *Merchant) listCards(c *call) reply {
	if !keyOnly(c) {
		return forbidden()
	}
	c.in.require("customer_id", "type")
	customer, environment := c.in.text("customer_id", 64), c.in.choice("type", "sandbox", "production")
	codes, agreement := c.in.list("pg_codes", anything), c.in.text("agreement_id", 64)
	if len(c.in.errs) > 0 {
		return fieldErrors(c.in.errs)
	}
	found := []any{}
	for _, card := range m.cards {
		if card.CustomerID != customer || card.environment() != environment || !c.who.grant.allows(card.PGCode) ||
			len(codes) > 0 && !slices.Contains(codes, card.PGCode) || agreement != "" && card.AgreementID != agreement {
			continue
		}
		if agreement == "" || len(found) == 0 { // an agreement has one card
			found = append(found, m.renderCard(card))
		}
	}
	return reply{status: http.StatusOK, body: found}
}

func (m *Merchant) renderCard(c Card) map[string]any {
	agreements := []string{}
	if c.AgreementID != "" {
		agreements = append(agreements, c.AgreementID)
	}
	name := ""
	if i := m.indexMID(c.PGCode); i >= 0 {
		name = m.mids[i].PG
	}
	return map[string]any{
		"token": c.Token, "customer_id": c.CustomerID, "pg_code": c.PGCode, "pg_name": name, "brand": c.Brand,
		"number": c.Number, "name_on_card": c.NameOnCard, "expiry_month": c.ExpiryMonth, "expiry_year": c.ExpiryYear,
		"cvv_required": c.CVVRequired, "is_preferred": c.Preferred, "agreements": agreements,
		"is_expired": c.expired(), "will_expire_soon": time.Until(c.ends()) < 30*24*time.Hour,
	}
}

// deleteCard is DELETE on [PathCards] and a token, with customer_id and type in the query.
func (m *Merchant) deleteCard(c *call) reply {
	if !keyOnly(c) {
		return forbidden()
	}
	for name, values := range c.URL.Query() {
		c.in.fields[name] = formValues(values)
	}
	c.in.require("customer_id", "type")
	customer, environment := c.in.text("customer_id", 64), c.in.choice("type", "sandbox", "production")
	if len(c.in.errs) > 0 {
		return fieldErrors(c.in.errs)
	}
	i := slices.IndexFunc(m.cards, func(card Card) bool {
		return card.Token == c.id && card.CustomerID == customer && card.environment() == environment
	})
	if i < 0 {
		return notFound()
	}
	m.cards = slices.Delete(m.cards, i, i+1)
	return reply{status: http.StatusNoContent}
}
