package ottutest_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestACredentialDecides(t *testing.T) {
	const missing = `{"detail":"Authentication credentials were not provided."}`
	const denied = `{"detail":"You do not have permission to perform this action."}`
	m := ottutest.NewMerchant()
	m.SetKey("scoped", ottutest.Grant{PGCodes: []string{"mpgs"}})
	m.SetKey("nothing", ottutest.Grant{PGCodes: []string{}})
	m.SetKey("blind", ottutest.Grant{NoView: true})
	m.SetUser("clerk", "pass:word", ottutest.Grant{PGCodes: []string{"kpay", "tabby"}})
	m.SetUser("trainee", "x", ottutest.Grant{NoView: true})
	m.SetToken("sso", "jwt", ottutest.Grant{})
	m.SetKey("old", ottutest.Grant{})
	m.Revoke("old")
	for name, tt := range map[string]struct {
		credential string
		status     int
		want       string // pg_codes, or the error
	}{
		"API key":            {key, 200, "kpay mpgs tabby tamara cod"},
		"scheme in any case": {"api-key " + ottutest.DefaultAPIKey, 200, "kpay mpgs tabby tamara cod"},
		"scoped key":         {"Api-Key scoped", 200, "mpgs"},
		"key without MIDs":   {"Api-Key nothing", 200, ""},
		"key without view":   {"Api-Key blind", 403, denied},
		"public key":         {"Api-Key " + ottutest.DefaultPublicKey, 401, missing},
		"unknown key":        {"Api-Key nobody", 401, missing},
		"revoked key":        {"Api-Key old", 401, missing},
		"no credential":      {"", 401, missing},
		"key as a token": {"Bearer " + ottutest.DefaultAPIKey, 401,
			`{"detail":"Given token not valid for any token type"}`},
		"user":                {basic("clerk", "pass:word"), 200, "kpay tabby"},
		"user without view":   {basic("trainee", "x"), 403, denied},
		"wrong password":      {basic("clerk", "wrong"), 401, `{"detail":"Invalid username/password."}`},
		"user of the default": {basic(ottutest.DefaultUser, ottutest.DefaultPassword), 200, "kpay mpgs tabby tamara cod"},
		"token":               {"Bearer jwt", 200, "kpay mpgs tabby tamara cod"},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, m, http.MethodPost, ottutest.PathPaymentMethods, tt.credential, "application/json",
				`{"plugin":"e_commerce","currencies":["KWD"],"operation":"purchase","type":"production"}`)
			if tt.status != 200 {
				a.wantError(t, tt.status, tt.want)
			} else if got := a.codes(t); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if challenge := a.header.Get("Www-Authenticate"); (challenge != "") != (tt.status == 401) {
				t.Errorf("WWW-Authenticate: %q", challenge)
			}
		})
	}
}

func TestWhatAKeyMayDoCanBeChanged(t *testing.T) {
	m := ottutest.NewMerchant()
	for _, code := range []string{"kpay", "mpgs"} {
		m.SetKey(ottutest.DefaultAPIKey, ottutest.Grant{PGCodes: []string{code}})
		if got := ask(t, m, `{"plugin":"e_commerce"}`).codes(t); got != code {
			t.Errorf("got %q, want %q", got, code)
		}
	}
	for _, r := range m.Requests() {
		if r.Principal != "key:1" {
			t.Errorf("its label became %q", r.Principal)
		}
	}
}

func TestAPasswordCanBeChanged(t *testing.T) {
	m := ottutest.NewMerchant()
	m.SetUser("clerk", "old", ottutest.Grant{})
	m.SetUser("clerk", "new", ottutest.Grant{})
	for password, want := range map[string]int{"old": 401, "new": 400} {
		a := send(t, m, http.MethodPost, ottutest.PathPaymentMethods, basic("clerk", password), "", "")
		if a.status != want {
			t.Errorf("password %s: got %d, want %d", password, a.status, want)
		}
	}
}

func TestAKeyThatIsKnownTakesNoNewNumber(t *testing.T) {
	m := ottutest.NewMerchant()
	for _, name := range []string{ottutest.DefaultAPIKey, "b", "b", "c"} {
		m.SetKey(name, ottutest.Grant{})
	}
	for i, name := range []string{"b", "c"} {
		send(t, m, http.MethodPost, ottutest.PathPaymentMethods, "Api-Key "+name, "application/json", question)
		if got, want := m.Requests()[i].Principal, []string{"key:2", "key:3"}[i]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
