package ottu

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/tendergo/tender/resolver"
)

// Card is a card that a customer saved with one gateway. Printing or logging it shows its gateway and brand, and
// nothing of the customer.
type Card struct {
	Token CardToken
	// PGCode is the only pg_code that the card can be charged with. PGName is the gateway's name.
	PGCode, PGName string
	// Brand is such as "VISA". Number is masked, such as "**** 0008".
	Brand, Number, NameOnCard string
	// ExpiryMonth is 1 to 12 and ExpiryYear has four digits. Both are 0 where Ottu did not say.
	ExpiryMonth, ExpiryYear int
	// Expired and ExpiresSoon are Ottu's own opinion.
	Expired, ExpiresSoon bool
	// CVVRequired: the card can be charged by the shopper only. Where it is No, auto-debit can use the card.
	CVVRequired resolver.Flag
	Preferred   bool
	// AgreementIDs are the agreements that the card was saved for.
	AgreementIDs []string
}

// String names the gateway and the brand.
func (c Card) String() string { return fmt.Sprintf("ottu.Card(%q %q)", clip(c.PGCode), clip(c.Brand)) }

// Format writes String, whatever the verb.
func (c Card) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.String()) }

// LogValue is String for slog.
func (c Card) LogValue() slog.Value { return slog.StringValue(c.String()) }

// expiredAt tells whether the card's last month is over.
func (c Card) expiredAt(now time.Time) bool {
	if c.ExpiryYear == 0 {
		return c.Expired
	}
	end := time.Date(c.ExpiryYear, time.Month(c.ExpiryMonth)+1, 1, 0, 0, 0, 0, now.Location())
	return c.Expired || !now.Before(end)
}

// card is one entry of an answer. What decides whether it may be charged is strict, the rest soft.
type card struct {
	Token       string       `json:"token"`
	PGCode      string       `json:"pg_code"`
	CustomerID  *string      `json:"customer_id"`
	CVVRequired *bool        `json:"cvv_required"`
	Expired     bool         `json:"is_expired"`
	ExpiryMonth soft[digits] `json:"expiry_month"`
	ExpiryYear  soft[digits] `json:"expiry_year"`
	ExpiresSoon soft[bool]   `json:"will_expire_soon"`
	Preferred   soft[bool]   `json:"is_preferred"`
	PGName      soft[string] `json:"pg_name"`
	Brand       soft[string] `json:"brand"`
	Number      soft[string] `json:"number"`
	NameOnCard  soft[string] `json:"name_on_card"`
	Agreements  softStrings  `json:"agreements"`
}

// decodeCards reads an answer of the User Cards API: a list, or the single card that Ottu's OpenAPI file shows. Its
// errors quote nothing of it.
func decodeCards(body []byte, customer string) ([]Card, error) {
	var entries []json.RawMessage
	if err := json.Unmarshal(body, &entries); err != nil {
		var one map[string]json.RawMessage
		if json.Unmarshal(body, &one) != nil {
			return nil, err
		}
		entries = []json.RawMessage{body}
	}
	var cards []Card
	for _, entry := range entries {
		var c card
		if json.Unmarshal(entry, &c) != nil || c.Token == "" || !wellFormed(c.PGCode) {
			continue
		}
		if c.CustomerID != nil && *c.CustomerID != customer {
			return nil, errors.New("it has a card of another customer")
		}
		cards = append(cards, c.public())
	}
	if len(entries) > 0 && len(cards) == 0 {
		return nil, fmt.Errorf("none of its %d cards makes sense", len(entries))
	}
	return cards, nil
}

func (c card) public() Card {
	out := Card{Token: NewCardToken(c.Token), PGCode: c.PGCode, PGName: c.PGName.v, Brand: c.Brand.v, Number: c.Number.v,
		NameOnCard: c.NameOnCard.v, Expired: c.Expired, ExpiresSoon: c.ExpiresSoon.v, CVVRequired: flag(c.CVVRequired),
		Preferred: c.Preferred.v, AgreementIDs: stringsOf(c.Agreements)}
	if month, year := int(c.ExpiryMonth.v), int(c.ExpiryYear.v); month >= 1 && month <= 12 && year > 0 {
		if year < 100 {
			year += 2000 // Ottu writes two digits
		}
		out.ExpiryMonth, out.ExpiryYear = month, year
	}
	return out
}

// digits reads a count of at most four digits, from a string such as "05" or from a number.
type digits uint16

func (d *digits) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	n, err := strconv.ParseUint(s, 10, 16)
	if len(s) > 4 {
		err = strconv.ErrRange
	}
	*d = digits(n)
	return err
}
