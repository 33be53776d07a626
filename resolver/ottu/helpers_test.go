package ottu_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

const (
	secret  = "sk-live-0123456789abcdef"
	shopper = "shopper@example.com"
	dataDir = "../../testdata/ottu"
)

var sandboxKWD = resolver.Filters{Plugin: "e_commerce", Environment: resolver.Sandbox, Currencies: []string{"KWD"}}

// transport answers in process, so that it works in a synctest bubble. The request's body was read.
type transport func(req *http.Request, body []byte) (*http.Response, error)

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		_ = req.Body.Close()
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	resp, err := t(req, body)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

func response(status int, body string, header ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader([]byte(body)))}
	for i := 0; i < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// always answers every request alike.
func always(status int, body string, header ...string) transport {
	return func(*http.Request, []byte) (*http.Response, error) { return response(status, body, header...), nil }
}

func newClient(t testing.TB, rt http.RoundTripper, opts ...ottu.Option) *ottu.Client {
	t.Helper()
	opts = append(opts, ottu.WithHTTPClient(&http.Client{Transport: rt}))
	client, err := ottu.New("https://shop.ottu.test", ottu.APIKey(secret), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func readData(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dataDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
