package ottu_test

import (
	"context"
	"errors"
	"net"
	"net/http"
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

func TestWhatChangesSomethingIsSentOnce(t *testing.T) {
	for name, first := range map[string]func() (*http.Response, error){
		"503": answer(503), "429": answer(429), "refused": refused,
	} {
		t.Run(name, func(t *testing.T) {
			rt, came := script(first)
			client := newClient(t, rt)
			_, created := client.CreateSession(t.Context(), order())
			_, updated := client.UpdateSession(t.Context(), "s", ottu.SessionUpdate{Language: "en"})
			deleted := client.DeleteCard(t.Context(), "cust_77f0", resolver.Sandbox, ottu.NewCardToken(cardToken))
			_, charged := client.AutoDebit(t.Context(), debt())
			if created == nil || updated == nil || deleted == nil || charged == nil || len(*came) != 4 {
				t.Errorf("%d requests: %v, %v, %v, %v", len(*came), created, updated, deleted, charged)
			}
		})
	}
}

func TestCardsAreAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := func() (*http.Response, error) { return response(200, `[]`), nil }
		rt, came := script(answer(503), list)
		if _, err := newClient(t, rt).Cards(t.Context(), hers); err != nil || !atAbout(*came, 0, time.Second) {
			t.Errorf("requests at %v, %v", *came, err)
		}
	})
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
