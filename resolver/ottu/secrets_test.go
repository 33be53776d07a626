package ottu_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu"
)

// everyVerb prints v in every way that a careless line would, and what is within an error too.
func everyVerb(v any) string {
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
		fmt.Fprintf(&b, verb+"\n", struct{ V any }{v})
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("text", "v", v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("json", "v", v)
	switch e := v.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			b.WriteString(everyVerb(inner))
		}
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			b.WriteString(everyVerb(inner))
		}
	}
	return b.String()
}

// leaks are the forms in which a secret may show.
func leaks(t *testing.T, what, text string, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s)), fmt.Sprintf("%x", s)} {
			if strings.Contains(text, form) {
				t.Errorf("%s shows a secret: %s", what, text)
			}
		}
	}
}

func TestNoCredentialShowsWhenItOrItsClientIsPrinted(t *testing.T) {
	token := func(context.Context) (string, error) { return secret, nil }
	for name, credential := range map[string]ottu.Credential{
		"key":   ottu.APIKey(secret),
		"user":  ottu.BasicAuth("admin", secret),
		"token": ottu.TokenFunc("shop", token),
	} {
		t.Run(name, func(t *testing.T) {
			client, err := ottu.New("https://shop.ottu.test", credential)
			if err != nil {
				t.Fatal(err)
			}
			type holder struct{ c ottu.Credential } // fmt asks no method of an unexported field
			marshalled, _ := json.Marshal([]any{credential, client})
			text := everyVerb(credential) + everyVerb(client) + string(marshalled) +
				fmt.Sprintf("%+v %#v", holder{credential}, holder{credential}) + client.Identity().Principal
			leaks(t, "a print", text, secret, "admin:"+secret)
		})
	}
}

func TestATransportThatEchoesTheRequestDoesNotReachAnError(t *testing.T) {
	echo := func(req *http.Request, body []byte) (*http.Response, error) {
		return nil, fmt.Errorf("cannot send %v to %s: %s: %w", req.Header, req.URL, body, io.ErrNoProgress)
	}
	var log bytes.Buffer
	client := newClient(t, transport(echo), ottu.WithLogger(slog.New(slog.NewTextHandler(&log,
		&slog.HandlerOptions{Level: slog.LevelDebug}))))
	_, err := client.CreateSession(t.Context(), order())
	if !errors.Is(err, io.ErrNoProgress) || !errors.Is(err, ottu.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	leaks(t, "the error", everyVerb(err), secret, shopper)
	leaks(t, "the log", log.String(), secret, shopper)
	if !strings.Contains(log.String(), "create session") {
		t.Errorf("the log does not name the call: %s", log.String())
	}
	_, err = client.Session(shortContext(t), "sess_secret")
	leaks(t, "the error", everyVerb(err), secret, "sess_secret")
}

func TestAFailingTokenFunctionFailsTheCallWithoutItsText(t *testing.T) {
	cause := errors.New("refresh token " + secret + " expired")
	for name, token := range map[string]func(context.Context) (string, error){
		"error":    func(context.Context) (string, error) { return "", cause },
		"empty":    func(context.Context) (string, error) { return "", nil },
		"two line": func(context.Context) (string, error) { return secret + "\r\nX-Admin: 1", nil },
	} {
		t.Run(name, func(t *testing.T) {
			rt := transport(func(*http.Request, []byte) (*http.Response, error) {
				t.Error("a request was sent")
				return nil, io.EOF
			})
			client, err := ottu.New("https://shop.ottu.test", ottu.TokenFunc("shop", token),
				ottu.WithHTTPClient(&http.Client{Transport: rt}))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.PaymentMethods(t.Context(), sandboxKWD)
			if !errors.Is(err, ottu.ErrUnavailable) || name == "error" && !errors.Is(err, cause) {
				t.Fatalf("got %v", err)
			}
			leaks(t, "the error", everyVerb(err), secret)
		})
	}
}

func TestASessionRequestShowsNothingOfTheCustomer(t *testing.T) {
	r := order()
	leaks(t, "a request", everyVerb(r)+everyVerb(&r), shopper, r.CustomerID, r.CustomerPhone)
}

func TestWhatTellsOfAPaymentShowsNothingThatOpensIt(t *testing.T) {
	method := ottu.SessionMethod{Code: "kpay", RedirectURL: "https://pay.test/hidden-url"}
	session := ottu.Session{ID: "hidden-id", CheckoutURL: "https://pay.test/hidden-url", ShortURL: "hidden-url",
		OrderNo: "hidden-order", State: "created", Methods: []ottu.SessionMethod{method}}
	charge := ottu.Charge{SessionID: "hidden-id", State: "paid", PGCode: "mpgs"}
	request := ottu.AutoDebitRequest{SessionID: "hidden-id", Token: ottu.NewCardToken("hidden-token"),
		IdempotencyKey: "hidden-key"}
	renewal := ottu.Renewal{PGCode: "mpgs", CustomerID: "hidden-customer", OrderNo: "hidden-order",
		IdempotencyKey: "hidden-key", WebhookURL: "hidden-url", Agreement: ottu.Agreement{ID: "hidden-agreement"}}
	for shown, v := range map[string][2]any{
		`ottu.SessionMethod("kpay" "")`:     {method, &method},
		`ottu.Session("created" "", 1 meth`: {session, &session},
		`ottu.Charge("paid" "" by "mpgs")`:  {charge, &charge},
		`ottu.AutoDebitRequest`:             {request, &request},
		`ottu.Renewal("mpgs" "")`:           {renewal, &renewal},
	} {
		for _, v := range v {
			text := everyVerb(v)
			leaks(t, shown, text, "hidden")
			if !strings.Contains(text, shown) {
				t.Errorf("%s is not in %s", shown, text)
			}
		}
	}
}

func TestACopyOfAClientShowsNoUser(t *testing.T) {
	client, err := ottu.New("https://shop.ottu.test", ottu.BasicAuth("hidden-user", secret))
	if err != nil {
		t.Fatal(err)
	}
	leaks(t, "a copy", everyVerb(*client), "hidden-user", secret)
}
