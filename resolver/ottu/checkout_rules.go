package ottu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/tendergo/tender/resolver"
)

// complaints are what is wrong with a request: Ottu would answer 400 to each.
func (r SessionRequest) complaints() complaints {
	wrong := r.contradictions()
	require := func(field string, there bool, why string) {
		if !there {
			wrong.add(field, "is missing"+why)
		}
	}
	require("type", r.Type != "", "")
	require("amount", r.Amount != "", "")
	require("currency_code", r.Currency != "" || r.Amount != "", "") // contradictions asks for it too
	require("pg_codes", len(r.PGCodes) > 0, "")
	switch r.PaymentType {
	case "":
		if r.Agreement != nil {
			wrong.add("agreement", noAgreement)
		}
	case "auto_debit":
		require("agreement", r.Agreement != nil, ", which auto_debit needs")
		require("customer_id", r.CustomerID != "", ", which auto_debit needs")
	}
	return wrong
}

// complaints are what is wrong with an update, as far as it shows without the session.
func (u SessionUpdate) complaints() complaints {
	wrong := SessionRequest(u).contradictions()
	if body, err := json.Marshal(u); err == nil && string(body) == "{}" {
		wrong.add("update", "changes nothing")
	}
	return wrong
}

// fieldNames are those of a SessionRequest's fields on the wire.
var fieldNames = func() (names []string) {
	for f := range reflect.TypeFor[SessionRequest]().Fields() {
		if name := wireName(f); name != "-" {
			names = append(names, name)
		}
	}
	return names
}()

const noAgreement = "is there, which one_off does not take"

// contradictions are what is wrong with the fields that are there.
func (r SessionRequest) contradictions() complaints {
	wrong := invalid(r)
	checkCodes(wrong, r.PGCodes)
	checkCustomer(wrong, r.CustomerID)
	switch {
	case r.Amount == "" || wrong["currency_code"] != nil:
	case r.Currency == "":
		wrong.add("currency_code", "is missing, which tells how many decimals amount may have")
	default:
		units, err := resolver.MinorUnits(r.Amount, r.Currency)
		if cart, ok := errors.AsType[*resolver.CartError](err); ok {
			wrong.add("amount", "is wrong: "+cart.Detail)
		} else if r.PaymentType == "save_card" && units != 0 {
			wrong.add("amount", "is not 0, which save_card needs")
		}
	}
	if r.PaymentType == "one_off" && r.Agreement != nil {
		wrong.add("agreement", noAgreement)
	}
	for _, name := range fieldNames {
		if _, twice := r.More[name]; twice {
			wrong.add("More", "has "+name+", which has a field of its own")
		}
	}
	if len(r.PaymentInstrument) > 0 {
		if !json.Valid(r.PaymentInstrument) || bytes.TrimSpace(r.PaymentInstrument)[0] != '{' {
			wrong.add("payment_instrument", "is not a JSON object")
		}
		if len(r.PGCodes) > 1 {
			wrong.add("pg_codes", "has more than the one code that payment_instrument takes")
		}
	}
	return wrong
}

func checkSessionID(wrong complaints, id string) {
	if len(id) > maxSessionID || strings.Trim(id, ".") == "" || !utf8.ValidString(id) {
		wrong.add("session_id", fmt.Sprintf("is not 1 to %d characters that name a session", maxSessionID))
	}
}

func checkCustomer(wrong complaints, id string) {
	if !utf8.ValidString(id) {
		wrong.add("customer_id", "is not UTF-8")
	}
}

func checkCodes(wrong complaints, codes []string) {
	for _, code := range codes {
		if !wellFormed(code) {
			wrong.add("pg_codes", "has a code that is not 1 to 50 letters, digits, hyphens and underscores")
			return
		}
	}
}
