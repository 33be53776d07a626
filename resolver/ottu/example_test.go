package ottu_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// merchant stands in for a merchant's Ottu.
func merchant() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/b/pbl/v2/payment-methods/":
			_, _ = io.WriteString(w, `{"payment_methods":[{"code":"kpay","is_sandbox":true},{"code":"mpgs"}]}`)
		case r.Method == http.MethodPost && r.Header.Get("Authorization") == "Api-Key fake":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"pg_codes":["Not usable."]}`)
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
}

func ExampleNew() {
	srv := merchant() // a shop writes "https://shop.ottu.net"
	defer srv.Close()
	client, err := ottu.New(srv.URL, ottu.APIKey("fake"))
	if err != nil {
		fmt.Println(err)
		return
	}
	catalog, err := client.PaymentMethods(context.Background(), resolver.Filters{
		Plugin: "e_commerce", Environment: resolver.Sandbox, Currencies: []string{"KWD"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range catalog.Methods {
		fmt.Println(m.Code, m.Sandbox, m.Tokenizable)
	}
	// Output:
	// kpay yes unset
	// mpgs unset unset
}

// Every mistake is reported, and none shows a secret.
func ExampleNew_mistakes() {
	_, err := ottu.New("http://me:hunter2@shop.ottu.net", ottu.APIKey("hunter2\n"))
	fmt.Println(err)
	// Output:
	// ottu: the base URL has user information, a query or a fragment (leave it at host and path, and pass a Credential)
	// ottu: the base URL sends the credential over plain http to "shop.ottu.net" (use https)
	// ottu: the API key is empty or has spaces, control or non-ASCII characters (give the private key alone)
}

func ExampleTokenFunc() {
	credential := ottu.TokenFunc("shop-backend", func(context.Context) (string, error) {
		return "the token of the day", nil // wrong: a token has no spaces, so no request is sent
	})
	client, err := ottu.New("https://shop.ottu.net", credential)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Session(context.Background(), "sess_9f8e7d6c5b4a")
	fmt.Println(strings.Contains(err.Error(), "the token is empty or has spaces"))
	// Output: true
}

// The pg_codes of a session were eligible when the shopper saw them. Ottu has the last word.
func ExampleClient_CreateSession_rejected() {
	srv := merchant()
	defer srv.Close()
	client, err := ottu.New(srv.URL, ottu.APIKey("fake"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.CreateSession(context.Background(), ottu.SessionRequest{
		Type: "e_commerce", Amount: "12.500", Currency: "KWD", PGCodes: []string{"kpay"},
	})
	fmt.Println(err)
	fmt.Println(errors.Is(err, resolver.ErrMethodRejected)) // resolver.Resolver.Pay asks anew
	// Output:
	// ottu: create session: request rejected: fields pg_codes: status 400 (correct the request: Fields has the reasons)
	// true
}

func ExampleError() {
	srv := merchant()
	defer srv.Close()
	client, err := ottu.New(srv.URL, ottu.BasicAuth("clerk", "fake"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Session(context.Background(), "sess_9f8e7d6c5b4a")
	if e, ok := errors.AsType[*ottu.Error](err); ok {
		fmt.Println(e.Status, errors.Is(err, ottu.ErrUnauthorized), errors.Is(err, resolver.ErrDenied))
	}
	// Output: 401 true true
}
