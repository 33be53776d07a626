package ottu_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver/ottu"
)

func debt() ottu.AutoDebitRequest {
	return ottu.AutoDebitRequest{SessionID: "sess_9f8e7d6c5b4a", Token: ottu.NewCardToken(cardToken),
		IdempotencyKey: "sub-1/7"}
}

// charges are the answers to an auto-debit.
var charges = map[string]ottu.Charge{
	"charge_paid.json": {SessionID: "sess_9f8e7d6c5b4a", State: "paid", Result: "success", PGCode: "mpgs",
		Amount: "12.500", Currency: "KWD"},
	"charge_pending.json": {SessionID: "sess_9f8e7d6c5b4a", State: "pending", Amount: "12.500", Currency: "KWD"},
}

func TestACardIsChargedOnceWithItsKey(t *testing.T) {
	for name, want := range charges {
		rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
			const wire = `{"session_id":"sess_9f8e7d6c5b4a","token":"` + cardToken + `"}`
			if req.Method != http.MethodPost || req.URL.RequestURI() != "/b/pbl/v2/auto-debit/" || string(body) != wire ||
				req.Header.Get("Idempotency-Key") != "sub-1/7" {
				t.Errorf("%s %s %s %v", req.Method, req.URL, body, req.Header)
			}
			return response(200, readData(t, name)), nil
		})
		got, err := newClient(t, rt).AutoDebit(t.Context(), debt())
		if err != nil || *got != want || got.Paid() != (want.State == "paid") {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestAFailedChargeSaysWhetherTheCardMayHaveBeenCharged(t *testing.T) {
	broken := func(err error) transport {
		return func(*http.Request, []byte) (*http.Response, error) { return nil, err }
	}
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	for name, test := range map[string]struct {
		answer transport
		want   error
	}{
		"declined":           {always(400, readData(t, "error_operation.json")), ottu.ErrDeclined},
		"declined with 200":  {always(200, `{"result":"failed","gateway_account":"mpgs"}`), ottu.ErrDeclined},
		"failed with 200":    {always(200, `{"state":"failed"}`), ottu.ErrDeclined},
		"duplicate":          {always(409, readData(t, "error_duplicate.json")), ottu.ErrDuplicate},
		"bad token":          {always(400, `{"token":["no"]}`), ottu.ErrRejected},
		"no permission":      {always(403, readData(t, "error_detail.json")), ottu.ErrForbidden},
		"no session":         {always(404, ""), ottu.ErrNotFound},
		"too many":           {always(429, ""), ottu.ErrRateLimited},
		"not connected":      {broken(dial), ottu.ErrUnavailable},
		"no answer":          {broken(reset), ottu.ErrOutcomeUnknown},
		"broken off":         {broken(io.ErrUnexpectedEOF), ottu.ErrOutcomeUnknown},
		"503":                {always(503, ""), ottu.ErrOutcomeUnknown},
		"failed with 500":    {always(500, readData(t, "error_operation.json")), ottu.ErrOutcomeUnknown},
		"408":                {always(408, ""), ottu.ErrOutcomeUnknown},
		"redirect":           {always(307, "", "Location", "https://shop.ottu.test/elsewhere"), ottu.ErrOutcomeUnknown},
		"garbage":            {always(200, "<html>"), ottu.ErrOutcomeUnknown},
		"another session":    {always(200, `{"session_id":"s2","state":"paid"}`), ottu.ErrOutcomeUnknown},
		"nothing of a state": {always(200, `{}`), ottu.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			rt := transport(func(req *http.Request, body []byte) (*http.Response, error) {
				calls++
				return test.answer(req, body)
			})
			charge, err := newClient(t, rt).AutoDebit(t.Context(), debt())
			if !errors.Is(err, test.want) || charge != nil || calls != 1 {
				t.Errorf("got %+v, %v after %d requests, want %v", charge, err, calls, test.want)
			}
			if errors.Is(test.want, ottu.ErrOutcomeUnknown) != strings.Contains(err.Error(), "before you charge again") {
				t.Errorf("the advice is wrong: %v", err)
			}
			leaks(t, "the error", everyVerb(err), cardToken, "sub-1/7", "sess_9f8e", "Card was declined", `"05"`)
		})
	}
}

func TestADeclineNamesTheGateway(t *testing.T) {
	_, err := newClient(t, always(400, readData(t, "error_operation.json"))).AutoDebit(t.Context(), debt())
	e, ok := errors.AsType[*ottu.Error](err)
	if !ok || e.FailedProvider != "mpgs" || e.Result != "failed" || e.Message != "Card was declined" {
		t.Errorf("got %#v", e)
	}
}

func TestAChargeThatTimesOutIsUnknownAndOneThatNeverLeftIsNot(t *testing.T) {
	hang := transport(func(req *http.Request, _ []byte) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
	synctest.Test(t, func(t *testing.T) {
		_, err := newClient(t, hang, ottu.WithTimeout(time.Second)).AutoDebit(t.Context(), debt())
		if !errors.Is(err, ottu.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newClient(t, always(200, `{"state":"paid"}`)).AutoDebit(ctx, debt())
	if !errors.Is(err, ottu.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// net/http sends a request with an Idempotency-Key again by itself when a connection that was used before breaks.
func TestAChargeIsNotSentAgainByTheTransport(t *testing.T) {
	var charges atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"session_id":"s"}`)
			return
		}
		charges.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer srv.Close()
	client, err := ottu.New(srv.URL, ottu.APIKey(secret), ottu.WithHTTPClient(srv.Client()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Session(t.Context(), "s"); err != nil { // there is a connection now
		t.Fatal(err)
	}
	_, err = client.AutoDebit(t.Context(), debt())
	if !errors.Is(err, ottu.ErrOutcomeUnknown) || charges.Load() != 1 {
		t.Errorf("%d charges, %v", charges.Load(), err)
	}
}

func TestAChargeThatCannotBeRightIsNotSent(t *testing.T) {
	client := newClient(t, transport(func(*http.Request, []byte) (*http.Response, error) {
		t.Error("a request was sent")
		return response(200, `{"state":"paid"}`), nil
	}))
	for want, change := range map[string]func(*ottu.AutoDebitRequest){
		"session_id is not 1 to 128":          func(r *ottu.AutoDebitRequest) { r.SessionID = "" },
		"token is missing":                    func(r *ottu.AutoDebitRequest) { r.Token = ottu.CardToken{} },
		"Idempotency-Key is missing":          func(r *ottu.AutoDebitRequest) { r.IdempotencyKey = "" },
		"Idempotency-Key has spaces, control": func(r *ottu.AutoDebitRequest) { r.IdempotencyKey = "a\r\nX: b" },
	} {
		r := debt()
		change(&r)
		_, err := client.AutoDebit(t.Context(), r)
		if !errors.Is(err, ottu.ErrRejected) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
