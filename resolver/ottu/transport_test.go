package ottu_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"github.com/tendergo/tender/resolver/ottu"
)

func TestAFailureOfTheNetworkIsNamedAndItsCauseIsKept(t *testing.T) {
	for want, cause := range map[string]error{
		"connection refused":                     &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"the host name is not known":             &net.DNSError{Err: "no such host", Name: "shop.ottu.test"},
		"the connection was closed early":        io.EOF,
		"timed out":                              context.DeadlineExceeded,
		"canceled":                               context.Canceled,
		"an error of type *errors.errorString (": errors.New("what a transport says"),
	} {
		rt := transport(func(*http.Request, []byte) (*http.Response, error) { return nil, cause })
		_, err := newClient(t, rt).CreateSession(t.Context(), order())
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), "no answer: "+want) {
			t.Errorf("got %v, want %q", err, want)
		}
		_, want := errors.AsType[*net.OpError](cause)
		if _, got := errors.AsType[*net.OpError](err); got != want {
			t.Errorf("errors.As(%v) is %v, want %v", err, got, want)
		}
	}
}

func TestAnAnswerThatIsTooLongOrBreaksOffIsRefused(t *testing.T) {
	long := `{"payment_methods":[],"x":"` + strings.Repeat("x", 4<<20) + `"}`
	_, err := newClient(t, always(200, long)).PaymentMethods(t.Context(), sandboxKWD)
	if !errors.Is(err, ottu.ErrUnavailable) || !strings.Contains(err.Error(), "longer than 4194304 bytes") {
		t.Errorf("got %v", err)
	}
	_, err = newClient(t, always(200, "", "Content-Type", "; ;")).PaymentMethods(t.Context(), sandboxKWD)
	if err == nil || !strings.Contains(err.Error(), `(0 bytes of "unknown type")`) {
		t.Errorf("got %v", err)
	}
	broken := transport(func(*http.Request, []byte) (*http.Response, error) {
		resp := response(200, "")
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), errReader{}))
		return resp, nil
	})
	if _, err := newClient(t, broken).CreateSession(t.Context(), order()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)
	for _, body := range []string{
		deep, `{"payment_methods":` + deep + `}`, `{"payment_methods":[{"code":"a","connector":` + deep + `}]}`,
	} {
		_, err := newClient(t, always(200, body)).PaymentMethods(t.Context(), sandboxKWD)
		if !errors.Is(err, ottu.ErrUnavailable) {
			t.Errorf("deep nesting: %v", err)
		}
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestACredentialFollowsNoRedirectAway(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		to     string
		follow bool
	}{
		"same origin, 307":          {307, "/elsewhere/", true},
		"same origin, 308":          {308, "https://shop.ottu.test:443/elsewhere/", true},
		"same origin, a POST lost":  {302, "/elsewhere/", false},
		"same origin, 301":          {301, "/elsewhere/", false},
		"same origin, 303":          {303, "/elsewhere/", false},
		"another host":              {307, "https://evil.test/?k=hunter2", false},
		"a host below":              {308, "https://a.shop.ottu.test/", false},
		"a very long host":          {308, "https://" + strings.Repeat("a", 500) + ".test/", false},
		"another port":              {307, "https://shop.ottu.test:8443/", false},
		"http":                      {308, "http://shop.ottu.test/", false},
		"user information":          {302, "https://me:hunter2@shop.ottu.test/", false},
		"back to itself, for ever":  {307, "/b/checkout/v1/pymt-txn/", false},
		"not a redirect, no target": {304, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			var bodies []string
			rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
				if host := req.URL.Hostname(); host != "shop.ottu.test" || req.URL.Scheme != "https" {
					t.Errorf("%s was asked", req.URL)
				}
				bodies = append(bodies, req.Method+string(body))
				if req.URL.Path == "/elsewhere/" {
					return response(201, `{"session_id":"s"}`), nil
				}
				return response(test.status, "", "Location", test.to), nil
			})
			_, err := newClient(t, rt).CreateSession(t.Context(), order())
			if test.follow {
				if err != nil || len(bodies) != 2 || bodies[0] != bodies[1] {
					t.Errorf("%v, sent %q", err, bodies)
				}
				return
			}
			e, ok := errors.AsType[*ottu.Error](err)
			if !ok || e.Status != test.status || !errors.Is(err, ottu.ErrUnavailable) || len(bodies) > 4 {
				t.Fatalf("got %v after %d requests", err, len(bodies))
			}
			if strings.Contains(test.to, "evil") && !strings.Contains(err.Error(), "evil.test") {
				t.Errorf("%v does not name the target", err)
			}
			leaks(t, "the error", everyVerb(err), "hunter2", secret, strings.Repeat("a", 100))
		})
	}
}

func TestOverARealConnection(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/prefix/b/pbl/v2/payment-methods/" || r.Header.Get("Authorization") != "Api-Key "+secret {
			http.Error(w, "no", http.StatusTeapot)
			return
		}
		_, _ = io.WriteString(w, `{"payment_methods":[{"code":"kpay"}]}`)
	}))
	defer srv.Close()
	client, err := ottu.New(srv.URL+"/prefix/", ottu.APIKey(secret), ottu.WithHTTPClient(srv.Client()))
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := client.PaymentMethods(t.Context(), sandboxKWD)
	if err != nil || len(catalog.Methods) != 1 || catalog.Methods[0].Code != "kpay" {
		t.Errorf("got %v, %v", catalog, err)
	}
	untrusting, err := ottu.New(srv.URL, ottu.APIKey(secret))
	if err != nil {
		t.Fatal(err)
	}
	_, err = untrusting.PaymentMethods(t.Context(), sandboxKWD)
	if err == nil || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("got %v", err)
	}
	srv.Close()
	if _, err = client.PaymentMethods(shortContext(t), sandboxKWD); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v", err)
	}
}
