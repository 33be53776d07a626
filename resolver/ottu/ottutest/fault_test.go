package ottutest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

const question = `{"plugin":"e_commerce","pg_names":["kpay"],"type":"production"}`

func TestEveryErrorShape(t *testing.T) {
	for shape, want := range map[ottutest.ErrorShape]string{
		"":                   `{"detail":"Too Many Requests"}`,
		ottutest.ErrorDetail: `{"detail":"Too Many Requests"}`,
		ottutest.ErrorFields: `{"non_field_errors":["Too Many Requests"]}`,
		ottutest.ErrorTyped: `{"error":{"code":"too_many_requests","message":"Too Many Requests",` +
			`"type":"rate_limit_error"}}`,
		ottutest.ErrorOperation: `{"detail":"Too Many Requests","failed_provider":"mpgs","pg_response":{},` +
			`"result":"failed","rollback":false}`,
	} {
		m := ottutest.NewMerchant()
		m.Break(ottutest.Fault{Status: 429, Shape: shape, RetryAfter: 1500 * time.Millisecond})
		a := ask(t, m, question)
		a.wantError(t, 429, want)
		if got := a.header.Get("Retry-After"); got != "2" {
			t.Errorf("Retry-After: %q, want whole seconds, rounded up", got)
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	whole := func(is func(text string) bool) func(string, error) bool {
		return func(text string, err error) bool { return err == nil && is(text) }
	}
	for body, check := range map[ottutest.Body]func(text string, err error) bool{
		ottutest.BodyEmpty:     whole(func(s string) bool { return s == "" }),
		ottutest.BodyGarbage:   whole(func(s string) bool { return !json.Valid([]byte(s)) }),
		ottutest.BodyHTML:      whole(func(s string) bool { return strings.HasPrefix(s, "<!DOCTYPE") }),
		ottutest.BodyTruncated: func(s string, err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) && s != "" },
		ottutest.BodyOversized: whole(func(s string) bool { return len(s) > 8<<20 && json.Valid([]byte(s)) }),
		ottutest.BodyWrongTypes: whole(func(s string) bool {
			return json.Valid([]byte(s)) && strings.Contains(s, `"payment_methods":[7,null`)
		}),
	} {
		t.Run(string(body), func(t *testing.T) {
			srv := ottutest.NewServer()
			defer srv.Close()
			for name, transport := range map[string]http.RoundTripper{"socket": &http.Transport{}, "none": srv.Transport()} {
				srv.Break(ottutest.Fault{Body: body, Times: 1})
				res, err := transport.RoundTrip(newQuestion(t.Context(), srv.URL))
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK || !check(string(text), err) {
					t.Errorf("%s: status %d, error %v, %.80q", name, res.StatusCode, err, text)
				}
			}
		})
	}
}

func newQuestion(ctx context.Context, url string) *http.Request {
	url += ottutest.PathPaymentMethods
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(question))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", key)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func TestABrokenBodyKeepsItsStatus(t *testing.T) {
	m := ottutest.NewMerchant()
	m.Break(ottutest.Fault{Status: 502, Body: ottutest.BodyHTML})
	a := ask(t, m, question)
	if a.status != 502 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("got %d %s", a.status, a.header)
	}
}

func TestFaultsApplyInTheirOrderAndRunOut(t *testing.T) {
	m := ottutest.NewMerchant()
	m.Break(ottutest.Fault{Status: 500, Times: 2})
	m.Break(ottutest.Fault{Status: 429, Times: 1, Path: ottutest.PathPaymentMethods})
	m.Break(ottutest.Fault{Status: 503, Path: ottutest.PathCards})
	got := []int{}
	for range 4 {
		got = append(got, ask(t, m, question).status)
	}
	for range 2 {
		got = append(got, call(t, m, http.MethodPost, ottutest.PathCards, `{}`).status)
	}
	m.Heal()
	got = append(got, call(t, m, http.MethodPost, ottutest.PathCards, `{}`).status)
	for i, want := range []int{500, 500, 429, 200, 503, 503, 400} {
		if got[i] != want {
			t.Fatalf("got %v", got)
		}
	}
}

func TestADelayThenTheNextFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ottutest.NewMerchant()
		m.Break(ottutest.Fault{Delay: 3 * time.Second})
		m.Break(ottutest.Fault{Status: 503, Delay: 2 * time.Second, Times: 1})
		for _, want := range []struct {
			status int
			after  time.Duration
		}{{503, 5 * time.Second}, {200, 3 * time.Second}} {
			start := time.Now()
			if a := ask(t, m, question); a.status != want.status || time.Since(start) != want.after {
				t.Errorf("got %d after %s, want %+v", a.status, time.Since(start), want)
			}
		}
	})
}

func TestADelayedOrHangingRequestEndsWithItsClient(t *testing.T) {
	for _, f := range []ottutest.Fault{{Delay: time.Hour}, {Hang: true}} {
		synctest.Test(t, func(t *testing.T) {
			m := ottutest.NewMerchant()
			m.Break(f)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			_, err := m.Transport().RoundTrip(newQuestion(ctx, "https://shop.example"))
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("%v after %s", err, time.Since(start))
			}
		})
	}
}

func TestCloseEndsWhatIsDelayedOrHangs(t *testing.T) {
	for _, f := range []ottutest.Fault{{Delay: time.Hour}, {Hang: true}} {
		synctest.Test(t, func(t *testing.T) {
			m := ottutest.NewMerchant()
			m.Break(f)
			time.AfterFunc(time.Second, m.Close)
			start := time.Now()
			r := newQuestion(t.Context(), "https://shop.example")
			_, err := m.Transport().RoundTrip(r)
			if err == nil || time.Since(start) != time.Second {
				t.Errorf("%v after %s", err, time.Since(start))
			}
			m.Heal()
			if _, err := m.Transport().RoundTrip(r); err == nil {
				t.Error("a closed merchant answered")
			}
		})
	}
}

func TestADroppedConnectionIsAnErrorWithoutAnAnswer(t *testing.T) {
	srv := ottutest.NewServer()
	defer srv.Close()
	srv.Break(ottutest.Fault{Drop: true})
	for name, transport := range map[string]http.RoundTripper{"socket": &http.Transport{}, "none": srv.Transport()} {
		if res, err := transport.RoundTrip(newQuestion(t.Context(), srv.URL)); err == nil {
			_ = res.Body.Close()
			t.Errorf("%s: got %d", name, res.StatusCode)
		}
	}
}

func TestTheRateIsLimitedPerCredentialAndWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ottutest.NewMerchant()
		m.SetKey("other", ottutest.Grant{})
		m.LimitRate(2, time.Minute)
		for i, want := range []int{200, 200, 429} {
			if got := ask(t, m, question).status; got != want {
				t.Errorf("request %d: got %d, want %d", i, got, want)
			}
		}
		time.Sleep(18 * time.Second)
		a := ask(t, m, question)
		a.wantError(t, 429, `{"detail":"Request was throttled. Expected available in 42 seconds."}`)
		if got := a.header.Get("Retry-After"); got != "42" {
			t.Errorf("Retry-After: %q", got)
		}
		a = send(t, m, "POST", ottutest.PathPaymentMethods, "Api-Key other", "application/json", question)
		if a.status != 200 {
			t.Errorf("another key shares no limit: %d", a.status)
		}
		time.Sleep(42 * time.Second)
		if got := ask(t, m, question).status; got != 200 {
			t.Errorf("a new window: got %d", got)
		}
		for _, none := range []struct {
			n      int
			window time.Duration
		}{{0, 0}, {0, time.Minute}, {-1, time.Minute}, {1, 0}, {1, -time.Minute}} {
			m.LimitRate(none.n, none.window)
			for range 3 {
				if got := ask(t, m, question).status; got != 200 {
					t.Errorf("%d in %s is no limit: got %d", none.n, none.window, got)
				}
			}
		}
	})
}

func TestTheTransportLeavesTheRequestAsItIs(t *testing.T) {
	m := ottutest.NewMerchant()
	r := newQuestion(t.Context(), "https://shop.example")
	r.Host = "" // the URL's
	closed := false
	r.Body = closer{bytes.NewReader([]byte(question)), &closed}
	res, err := m.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if !strings.Contains(string(text), "https://shop.example/media/") {
		t.Errorf("logos lead elsewhere: %s", text)
	}
	if !closed || r.RequestURI != "" || r.RemoteAddr != "" || r.Header.Get("Authorization") != key || res.Request != r {
		t.Errorf("closed %v, request %+v", closed, r)
	}
}

type closer struct {
	io.Reader
	closed *bool
}

func (c closer) Close() error { *c.closed = true; return nil }
