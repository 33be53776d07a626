package ottu

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode/utf8"
	"unique"
)

// CardToken is what a saved card is charged with: as secret as a password. It prints as "[card token]" with every verb
// of fmt and in slog, and cannot be marshalled: a shop that stores it calls Reveal and encrypts. Two CardTokens are
// equal where their values are. The zero CardToken is none.
type CardToken struct {
	// A handle is a pointer, which fmt does not follow where this is an unexported field of another struct.
	value unique.Handle[string]
}

// NewCardToken makes a CardToken of a value that Reveal gave.
func NewCardToken(value string) CardToken {
	if value == "" {
		return CardToken{}
	}
	return CardToken{unique.Make(value)}
}

// Reveal returns the token itself, or "" for none.
func (t CardToken) Reveal() string {
	if t == (CardToken{}) {
		return ""
	}
	return t.value.Value()
}

// String shows nothing of the token.
func (CardToken) String() string { return "[card token]" }

// Format writes String, whatever the verb.
func (t CardToken) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, t.String()) }

// LogValue is String for slog.
func (t CardToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText refuses: a token that is written somewhere unasked is a leak, and one that is redacted there is lost.
func (CardToken) MarshalText() ([]byte, error) {
	return nil, errors.New("ottu: a card token is not marshalled (store what Reveal returns, encrypted)")
}

// check complains of a token that cannot be sent. Ottu's OpenAPI file allows 50 characters.
func (t CardToken) check(wrong complaints) {
	switch value := t.Reveal(); {
	case value == "":
		wrong.add("token", "is missing")
	case utf8.RuneCountInString(value) > 50 || strings.Trim(value, ".") == "" || !utf8.ValidString(value):
		wrong.add("token", "is not 1 to 50 characters that name a card")
	}
}
