package ottutest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// The credentials of every new [Merchant]. They protect nothing.
const (
	DefaultAPIKey   = "ottutest-private-key-that-is-no-secret"
	DefaultUser     = "ottutest-user"
	DefaultPassword = "ottutest-password-that-is-no-secret"
	// DefaultPublicKey is a key for browsers. Every call refuses it with 401, as Ottu's payment methods, cards and
	// auto-debit do.
	DefaultPublicKey = "ottutest-public-key"
)

// Grant is what a credential may do.
type Grant struct {
	// PGCodes are the MIDs that it may see and use: the permission "Can use" of each for a user, the scope of a key. Nil
	// means all of them, and an empty list none.
	PGCodes []string
	// NoView takes the permission to view MIDs away: 403 from Payment Methods.
	NoView bool
}

func (g Grant) allows(pgCode string) bool {
	return g.PGCodes == nil || slices.Contains(g.PGCodes, pgCode)
}

type credential struct {
	scheme string // "api-key", "basic" or "bearer"
	secret string // for basic: user:password
	label  string // what Requests shows
	grant  Grant
	public bool
}

func defaultCredentials() []credential {
	return []credential{
		{scheme: "api-key", secret: DefaultAPIKey, label: "key:1"},
		{scheme: "api-key", secret: DefaultPublicKey, label: "public key", public: true},
		{scheme: "basic", secret: DefaultUser + ":" + DefaultPassword, label: "user:" + DefaultUser},
	}
}

// APIKey is [DefaultAPIKey], which may do everything until it is revoked.
func (m *Merchant) APIKey() string { return DefaultAPIKey }

// SetKey adds a private API key, or changes what it may do. [Request] calls keys "key:1", "key:2" and so on.
func (m *Merchant) SetKey(key string, g Grant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	label := fmt.Sprintf("key:%d", m.keys+2) // the default key is the first
	if m.setCredential(credential{scheme: "api-key", secret: key, label: label, grant: g}) {
		m.keys++
	}
}

// SetUser adds a user for Basic authentication, or changes the password and what the user may do.
func (m *Merchant) SetUser(name, password string, g Grant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	label := "user:" + name
	m.credentials = slices.DeleteFunc(m.credentials, func(c credential) bool { return c.label == label })
	m.setCredential(credential{scheme: "basic", secret: name + ":" + password, label: label, grant: g})
}

// SetToken adds a bearer token under a label that [Request] shows, or changes what it may do.
func (m *Merchant) SetToken(label, token string, g Grant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.setCredential(credential{scheme: "bearer", secret: token, label: "token:" + label, grant: g})
}

// Revoke takes back an API key, a bearer token or, by name, a user. What is not there stays away.
func (m *Merchant) Revoke(keyTokenOrUser string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.credentials = slices.DeleteFunc(m.credentials, func(c credential) bool {
		return c.scheme != "basic" && c.secret == keyTokenOrUser || c.label == "user:"+keyTokenOrUser
	})
}

// setCredential adds a credential, or replaces it under its old label.
func (s *state) setCredential(c credential) (added bool) {
	for i, old := range s.credentials {
		if old.scheme == c.scheme && old.secret == c.secret {
			c.label = old.label
			s.credentials[i] = c
			return false
		}
	}
	s.credentials = append(s.credentials, c)
	return true
}

// authenticate finds the credential of a request. The reply is what to refuse it with.
func (s *state) authenticate(r *http.Request) (credential, *reply) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	scheme = strings.ToLower(scheme)
	if user, password, ok := r.BasicAuth(); ok {
		secret = user + ":" + password
	}
	for _, c := range s.credentials {
		if c.scheme == scheme && c.secret == secret && !c.public {
			return c, nil
		}
	}
	refusal := detail(http.StatusUnauthorized, "Authentication credentials were not provided.")
	switch scheme {
	case "basic":
		refusal = detail(http.StatusUnauthorized, "Invalid username/password.")
	case "bearer":
		refusal = detail(http.StatusUnauthorized, "Given token not valid for any token type")
	}
	refusal.header = http.Header{"Www-Authenticate": {`Basic realm="api"`}}
	return credential{label: s.refusedLabel(secret)}, &refusal
}

// refusedLabel says of a refused credential what may be said.
func (s *state) refusedLabel(secret string) string {
	for _, c := range s.credentials {
		if c.public && c.secret == secret {
			return c.label
		}
	}
	return ""
}
