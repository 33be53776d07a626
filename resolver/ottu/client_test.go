package ottu_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

func TestTheBaseURLIsNormalised(t *testing.T) {
	for raw, want := range map[string]string{
		"https://shop.ottu.net":            "https://shop.ottu.net",
		"https://shop.ottu.net/":           "https://shop.ottu.net",
		"HTTPS://Shop.Ottu.NET:443":        "https://shop.ottu.net",
		"https://pay.shop.test:8443/ottu/": "https://pay.shop.test:8443/ottu",
		"https://pay.shop.test/a%20b//":    "https://pay.shop.test/a%20b",
		"http://localhost:9090":            "http://localhost:9090",
		"http://127.1.2.3:80/":             "http://127.1.2.3",
		"http://[::1]:9090":                "http://[::1]:9090",
	} {
		client, err := ottu.New(raw, ottu.APIKey(secret))
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if got := client.Identity().Origin; got != want {
			t.Errorf("%s became %s, want %s", raw, got, want)
		}
	}
}

func TestABaseURLThatCannotBeUsedIsAMistakeThatHidesIt(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                   "not an absolute https URL",
		"shop.ottu.net":                      "not an absolute https URL",
		"https://":                           "not an absolute https URL",
		"ftp://shop.ottu.net":                "not an absolute https URL",
		"https://shop.ottu.net:hunter2":      "not an absolute https URL",
		"https://shop\n.ottu.net":            "not an absolute https URL",
		"https://me:hunter2@shop.ottu.net":   "user information",
		"https://shop.ottu.net?key=hunter2":  "user information",
		"https://shop.ottu.net?":             "user information",
		"https://shop.ottu.net#hunter2":      "user information",
		"https://shop.ottu.net#":             "user information",
		"http://shop.ottu.net":               `plain http to "shop.ottu.net"`,
		"http://localhost.shop.test":         "plain http",
		"http://127.0.0.1.shop.test/hunter2": "plain http",
	} {
		_, err := ottu.New(raw, ottu.APIKey(secret))
		if !errors.Is(err, resolver.ErrInvalidConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", raw, err, want)
			continue
		}
		leaks(t, raw, everyVerb(err), "hunter2")
	}
	if _, err := ottu.New("http://shop.ottu.net", ottu.APIKey(secret), ottu.DangerouslyAllowHTTP()); err != nil {
		t.Errorf("with the option: %v", err)
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	_, err := ottu.New("http://shop.test?x", ottu.Credential{}, nil, ottu.WithTimeout(-time.Second),
		ottu.WithHTTPClient(nil), ottu.WithLogger(nil), ottu.WithUserAgent("a\nb"))
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got %v", err)
	}
	if got := len(joined.Unwrap()); got != 8 {
		t.Errorf("%d mistakes, want 8:\n%v", got, err)
	}
	for _, mistake := range joined.Unwrap() {
		if c, ok := errors.AsType[*resolver.ConfigError](mistake); !ok || c.Package != "ottu" || c.Fix == "" {
			t.Errorf("%v is no ConfigError of ottu with a fix", mistake)
		}
	}
}

func TestACredentialThatCannotBeSentIsAMistake(t *testing.T) {
	token := func(context.Context) (string, error) { return "t", nil }
	for name, credential := range map[string]ottu.Credential{
		"empty key":            ottu.APIKey(""),
		"key with a newline":   ottu.APIKey(secret + "\n"),
		"key with a space":     ottu.APIKey("Api-Key " + secret),
		"empty user":           ottu.BasicAuth("", secret),
		"user with a colon":    ottu.BasicAuth("a:b", secret),
		"empty password":       ottu.BasicAuth("admin", ""),
		"password with a line": ottu.BasicAuth("admin", secret+"\r\n"),
		"no label":             ottu.TokenFunc("", token),
		"blank label":          ottu.TokenFunc(" ", token),
		"no function":          ottu.TokenFunc("shop", nil),
	} {
		_, err := ottu.New("https://shop.ottu.test", credential)
		if !errors.Is(err, resolver.ErrInvalidConfig) {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		leaks(t, name, everyVerb(err), secret)
	}
}

func TestEachCredentialIsSentAsOttuWantsIt(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("admin:pä:ss"))
	for want, credential := range map[string]ottu.Credential{
		"Api-Key " + secret: ottu.APIKey(secret),
		basic:               ottu.BasicAuth("admin", "pä:ss"),
		"Bearer t1":         ottu.TokenFunc("shop", func(context.Context) (string, error) { return "t1", nil }),
	} {
		var got http.Header
		rt := transport(func(req *http.Request, _ []byte) (*http.Response, error) {
			got = req.Header
			return response(200, `{"payment_methods":[]}`), nil
		})
		client, err := ottu.New("https://shop.ottu.test", credential, ottu.WithUserAgent("shop/1.0"),
			ottu.WithHTTPClient(&http.Client{Transport: rt}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.PaymentMethods(t.Context(), sandboxKWD); err != nil {
			t.Fatal(err)
		}
		if got.Get("Authorization") != want || got.Get("User-Agent") != "shop/1.0" {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestARotatedTokenIsUsedAtOnceAndKeepsTheIdentity(t *testing.T) {
	token, sent := "t1", []string{}
	rt := transport(func(req *http.Request, _ []byte) (*http.Response, error) {
		sent = append(sent, req.Header.Get("Authorization"))
		return response(200, `{"payment_methods":[]}`), nil
	})
	client, err := ottu.New("https://shop.ottu.test", ottu.TokenFunc("shop", func(context.Context) (string, error) {
		return token, nil
	}), ottu.WithHTTPClient(&http.Client{Transport: rt}))
	if err != nil {
		t.Fatal(err)
	}
	before := client.Identity()
	for _, token = range []string{"t1", "t2"} {
		if _, err := client.PaymentMethods(t.Context(), sandboxKWD); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Join(sent, ",") != "Bearer t1,Bearer t2" || client.Identity() != before ||
		before.Principal != "label:shop" {
		t.Errorf("sent %q as %v, then %v", sent, before, client.Identity())
	}
}

func TestTwoKeysAreTwoPrincipalsAndNoneIsReadable(t *testing.T) {
	principal := func(c ottu.Credential) string {
		client, err := ottu.New("https://shop.ottu.test", c)
		if err != nil {
			t.Fatal(err)
		}
		return client.Identity().Principal
	}
	one, again := principal(ottu.APIKey(secret)), principal(ottu.APIKey(secret))
	other := principal(ottu.APIKey(secret + "0"))
	if one != again || one == other || !strings.HasPrefix(one, "key:") || len(one) != len("key:")+32 {
		t.Errorf("got %q, %q, %q", one, again, other)
	}
	if user := principal(ottu.BasicAuth("admin", secret)); user != "user:admin" {
		t.Errorf("got %q", user)
	}
}

func TestTheCallersHTTPClientIsCopied(t *testing.T) {
	theirs := &http.Client{Transport: always(200, `{"payment_methods":[]}`)}
	client, err := ottu.New("https://shop.ottu.test", ottu.APIKey(secret), ottu.WithHTTPClient(theirs))
	if err != nil {
		t.Fatal(err)
	}
	if theirs.CheckRedirect != nil {
		t.Error("New changed the caller's client")
	}
	theirs.Transport = always(500, "")
	if _, err := client.PaymentMethods(t.Context(), sandboxKWD); err != nil {
		t.Errorf("a later change reached the Client: %v", err)
	}
}
