package ottutest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// answer is what a request brought back, its JSON decoded.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// send puts one request to the merchant without a socket. A credential is the value of the Authorization header.
func send(t *testing.T, m *ottutest.Merchant, method, path, credential, contentType, body string) answer {
	t.Helper()
	if strings.HasPrefix(path, "/") {
		path = "https://shop.example" + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", credential)
	r.Header.Set("Content-Type", contentType)
	return do(t, m.Transport(), r)
}

func do(t *testing.T, transport http.RoundTripper, r *http.Request) answer {
	t.Helper()
	res, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.body) // some answers are no objects, and some no JSON
	return a
}

const key = "Api-Key " + ottutest.DefaultAPIKey

// call puts a JSON request with the default API key.
func call(t *testing.T, m *ottutest.Merchant, method, path, body string) answer {
	t.Helper()
	return send(t, m, method, path, key, "application/json", body)
}

// ask puts a question for payment methods.
func ask(t *testing.T, m *ottutest.Merchant, body string) answer {
	t.Helper()
	return call(t, m, http.MethodPost, ottutest.PathPaymentMethods, body)
}

// codes are the pg_codes of an answer, in its order.
func (a answer) codes(t *testing.T) string {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("status %d: %s", a.status, a.text)
	}
	var codes []string
	list, _ := a.body["payment_methods"].([]any)
	for _, entry := range list {
		codes = append(codes, entry.(map[string]any)["code"].(string))
	}
	return strings.Join(codes, " ")
}

func (a answer) past() string {
	var codes []string
	list, _ := a.body["customer_payment_methods"].([]any)
	for _, code := range list {
		codes = append(codes, code.(string))
	}
	return strings.Join(codes, " ")
}

// wantError checks a status and the exact JSON.
func (a answer) wantError(t *testing.T, status int, text string) {
	t.Helper()
	if a.status != status || a.text != text {
		t.Errorf("got  %d %s\nwant %d %s", a.status, a.text, status, text)
	}
}

func keys(m map[string]any) string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
