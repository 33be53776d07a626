package ottu

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

// Credential is how a [Client] shows who it is: an [APIKey], a [BasicAuth] user or a [TokenFunc]. A mistake in it is
// reported by [New]. Printing or logging a Credential shows its kind and nothing else.
type Credential struct {
	kind      string
	principal string
	// header makes the value of the Authorization header. Secrets live in this closure and in no field, because fmt
	// prints unexported fields without asking any method.
	header   func(context.Context) (string, error)
	mistakes []error
}

// APIKey is a merchant's private API key. A public key is refused by the Payment Methods API.
//
// Its principal (see [resolver.Identity]) is a keyed hash of the key: another key shares no answers with it.
func APIKey(key string) Credential { return apiKey("the API key", key) }

// apiKey is APIKey with a name for the mistakes.
func apiKey(name, key string) Credential {
	c := Credential{kind: "API key"}
	if key == "" || !printable(key, false) {
		c.bad(name+" is empty or has spaces, control or non-ASCII characters", "give the private key alone")
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("tender/ottu principal"))
	c.principal = "key:" + hex.EncodeToString(mac.Sum(nil)[:16])
	c.header = fixed("Api-Key " + key)
	return c
}

// BasicAuth is a user of the merchant's dashboard, who sees only the gateways that the user's permissions name. Its
// principal is "user:" and the user name.
func BasicAuth(user, password string) Credential {
	return basicAuth("the user name", user, "the password", password)
}

func basicAuth(userName, user, passwordName, password string) Credential {
	c := Credential{kind: "user", principal: "user:" + user}
	if user == "" || strings.Contains(user, ":") || strings.ContainsFunc(user, unicode.IsControl) {
		c.bad(userName+" is empty or has a colon or a control character", "give the user name alone")
	}
	if password == "" || strings.ContainsFunc(password, unicode.IsControl) {
		c.bad(passwordName+" is empty or has a control character", "give the password alone, without a line break")
	}
	c.header = fixed("Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	return c
}

// TokenFunc asks token for a bearer token before every attempt, so a rotated one is used at once. It must be safe for
// concurrent use and should keep a token for as long as it is valid. The principal is "label:" and the label: name the
// account that the tokens speak for, and change the label when the account changes.
func TokenFunc(label string, token func(context.Context) (string, error)) Credential {
	c := Credential{kind: "token", principal: "label:" + label}
	if strings.TrimSpace(label) == "" || !printable(label, true) {
		c.bad("the label of the token function is empty or not printable ASCII", "name the account that it speaks for")
	}
	if token == nil {
		c.bad("the token function is nil", "pass a function")
		return c
	}
	c.header = func(ctx context.Context) (string, error) {
		t, err := token(ctx)
		if err == nil && (t == "" || !printable(t, false)) {
			err = errBadToken
		}
		return "Bearer " + t, err
	}
	return c
}

var errBadToken = errors.New("the token is empty or has spaces, control or non-ASCII characters")

func fixed(header string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return header, nil }
}

func (c *Credential) bad(problem, fix string) {
	c.mistakes = append(c.mistakes, configError(problem, fix))
}

// String is the kind of the credential.
func (c Credential) String() string { return "ottu.Credential(" + c.kind + ")" }

// Format writes String, whatever the verb.
func (c Credential) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.String()) }

// LogValue is String for slog.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// printable tells whether s is ASCII that may stand in a header, with or without spaces.
func printable(s string, spaces bool) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == ' ' && !spaces })
}
