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
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

func shortContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// script answers one request after the other and tells when each came, since the first.
func script(answers ...func() (*http.Response, error)) (transport, *[]time.Duration) {
	var start time.Time
	came := &[]time.Duration{}
	return func(*http.Request, []byte) (*http.Response, error) {
		if len(*came) == 0 {
			start = time.Now()
		}
		*came = append(*came, time.Since(start))
		return answers[min(len(*came), len(answers))-1]()
	}, came
}

func answer(status int, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return response(status, `{"payment_methods":[]}`, header...), nil }
}

func refused() (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}

// atAbout tells whether each came at its time or up to a quarter of a backoff later.
func atAbout(came []time.Duration, want ...time.Duration) bool {
	if len(came) != len(want) {
		return false
	}
	for i, at := range came {
		if at < want[i] || at > want[i]+2*time.Second {
			return false
		}
	}
	return true
}

func TestAReadIsTriedAgainOnlyWhereThatCanHelp(t *testing.T) {
	const s = time.Second
	type answers = []func() (*http.Response, error)
	type times = []time.Duration // of the requests
	for name, test := range map[string]struct {
		answers answers
		want    times
		err     error
	}{
		"answered":          {answers{answer(200)}, times{0}, nil},
		"503 once":          {answers{answer(503), answer(200)}, times{0, s}, nil},
		"429 then 500":      {answers{answer(429), answer(500), answer(200)}, times{0, s, 3 * s}, nil},
		"refused":           {answers{refused, answer(200)}, times{0, s}, nil},
		"always 502":        {answers{answer(502)}, times{0, s, 3 * s, 7 * s}, ottu.ErrUnavailable},
		"Retry-After":       {answers{answer(429, "Retry-After", "9"), answer(200)}, times{0, 9 * s}, nil},
		"short Retry-After": {answers{answer(429, "Retry-After", "0"), answer(200)}, times{0, s}, nil},
		"long Retry-After":  {answers{answer(429, "Retry-After", "31")}, times{0}, ottu.ErrRateLimited},
		"400":               {answers{answer(400)}, times{0}, ottu.ErrRejected},
		"401":               {answers{answer(401)}, times{0}, ottu.ErrUnauthorized},
		"403":               {answers{answer(403)}, times{0}, ottu.ErrForbidden},
		"404":               {answers{answer(404)}, times{0}, ottu.ErrNotFound},
		"423":               {answers{answer(423)}, times{0}, ottu.ErrPaused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rt, came := script(test.answers...)
				_, err := newClient(t, rt).PaymentMethods(t.Context(), sandboxKWD)
				if !errors.Is(err, test.err) {
					t.Errorf("got %v, want %v", err, test.err)
				}
				if !atAbout(*came, test.want...) {
					t.Errorf("requests at %v, want about %v", *came, test.want)
				}
			})
		})
	}
}

func TestACreateIsSentOnce(t *testing.T) {
	for name, first := range map[string]func() (*http.Response, error){
		"503": answer(503), "429": answer(429), "refused": refused,
	} {
		t.Run(name, func(t *testing.T) {
			rt, came := script(first)
			if _, err := newClient(t, rt).CreateSession(t.Context(), order()); err == nil || len(*came) != 1 {
				t.Errorf("%d requests, %v", len(*came), err)
			}
		})
	}
}

func TestNobodyWaitsForAnAttemptThatWouldComeTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt, came := script(answer(503, "Retry-After", "5"))
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		start := time.Now()
		_, err := newClient(t, rt).PaymentMethods(ctx, sandboxKWD)
		e, ok := errors.AsType[*ottu.Error](err)
		if !ok || e.RetryAfter() != 5*time.Second || len(*came) != 1 || time.Since(start) != 0 {
			t.Errorf("%v after %v and %d requests", err, time.Since(start), len(*came))
		}
	})
}

func TestACallerWhoLeavesBetweenTwoAttemptsLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt, came := script(answer(503))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(300*time.Millisecond, cancel)
		start := time.Now()
		_, err := newClient(t, rt).PaymentMethods(ctx, sandboxKWD)
		if !errors.Is(err, context.Canceled) || time.Since(start) != 300*time.Millisecond || len(*came) != 1 {
			t.Errorf("%v after %v and %d requests", err, time.Since(start), len(*came))
		}
	})
}

func TestARefreshInTheBackgroundIsLeftToTheResolversOwnBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := func() (*http.Response, error) { return response(200, `{"payment_methods":[{"code":"kpay"}]}`), nil }
		rt, came := script(answer(503), good, answer(503))
		res, err := resolver.New(newClient(t, rt), resolver.Sandbox, []string{"KWD"},
			resolver.WithBackoff(time.Hour, time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = res.Resolve(t.Context(), resolver.Cart{Currency: "KWD", Type: resolver.OneOff}); err != nil {
			t.Errorf("a shopper waits, so a second attempt is right: %v", err)
		}
		time.Sleep(26 * time.Hour)
		if err := res.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(*came) < 3 {
			t.Fatalf("requests at %v: no refresh", *came)
		}
		for i, at := range (*came)[2:] {
			if at-(*came)[i+1] < 10*time.Minute {
				t.Errorf("requests at %v: a refresh was tried again by the client", *came)
			}
		}
	})
}

func TestAHangingAttemptEndsByItsOwnTimeoutAndByTheCallers(t *testing.T) {
	hang := transport(func(req *http.Request, _ []byte) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := newClient(t, hang, ottu.WithTimeout(3*time.Second)).CreateSession(t.Context(), order())
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		start = time.Now()
		_, err = newClient(t, hang).PaymentMethods(ctx, sandboxKWD)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

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
