package ottu_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

func TestEachStatusHasOneClass(t *testing.T) {
	classes := []error{ottu.ErrUnauthorized, ottu.ErrForbidden, ottu.ErrRejected, ottu.ErrNotFound, ottu.ErrRateLimited,
		ottu.ErrPaused, ottu.ErrUnavailable, ottu.ErrDeclined, ottu.ErrDuplicate, ottu.ErrOutcomeUnknown}
	theirs := []error{resolver.ErrDenied, resolver.ErrRejected, resolver.ErrRateLimited}
	for status, want := range map[int]struct{ class, also error }{
		400: {ottu.ErrRejected, resolver.ErrRejected},
		401: {ottu.ErrUnauthorized, resolver.ErrDenied},
		403: {ottu.ErrForbidden, resolver.ErrDenied},
		404: {ottu.ErrNotFound, nil},
		409: {ottu.ErrRejected, resolver.ErrRejected},
		408: {ottu.ErrUnavailable, nil},
		415: {ottu.ErrRejected, resolver.ErrRejected},
		422: {ottu.ErrRejected, resolver.ErrRejected},
		423: {ottu.ErrPaused, nil},
		429: {ottu.ErrRateLimited, resolver.ErrRateLimited},
		500: {ottu.ErrUnavailable, nil},
		503: {ottu.ErrUnavailable, nil},
		302: {ottu.ErrUnavailable, nil},
	} {
		_, err := newClient(t, always(status, `{"detail":"no"}`)).CreateSession(t.Context(), order())
		for _, class := range classes {
			if errors.Is(err, class) != errors.Is(want.class, class) {
				t.Errorf("%d: errors.Is(%v, %v) is wrong", status, err, class)
			}
		}
		for _, class := range theirs {
			if errors.Is(err, class) != errors.Is(want.also, class) {
				t.Errorf("%d: errors.Is(%v, %v) is wrong", status, err, class)
			}
		}
	}
}

func TestRetryAfterIsReadAndBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		for header, want := range map[string]time.Duration{
			"":                     0,
			"7":                    7 * time.Second,
			"-7":                   0,
			"soon":                 0,
			"7.5":                  0,
			"999999":               time.Hour,
			"99999999999999999999": 0,
			now.Add(time.Minute).Format(http.TimeFormat):    time.Minute,
			now.Add(-time.Minute).Format(http.TimeFormat):   0,
			now.Add(48 * time.Hour).Format(http.TimeFormat): time.Hour,
		} {
			_, err := newClient(t, always(429, "", "Retry-After", header)).CreateSession(t.Context(), order())
			e, ok := errors.AsType[*ottu.Error](err)
			if !ok || e.RetryAfter() != want {
				t.Errorf("%q: %v, want %v", header, e.RetryAfter(), want)
			}
		}
	})
}

func TestAFieldNameThatIsNoneIsNotShown(t *testing.T) {
	body := `{"amount":["no"],"shopper@example.com":["no"],"` + strings.Repeat("x", 80) + `":["no"]}`
	_, err := newClient(t, always(400, body)).CreateSession(t.Context(), order())
	if !strings.Contains(err.Error(), "fields amount: status 400") || strings.Contains(everyVerb(err), "shopper") {
		t.Errorf("got %v", err)
	}
}

func TestARefusalOfPGCodesIsAMethodRejected(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		want   bool
	}{
		{400, readData(t, "error_wallet_set.json"), true},
		{422, readData(t, "error_object_field.json"), true},
		{400, `{"pg_codes":{"0":["unknown"]}}`, true},
		{400, `{"detail":"no","pg_codes":["unknown"]}`, true},
		{400, `{"error":{"code":"invalid","message":"no"},"pg_codes":["unknown"]}`, true},
		{400, `{"error":{"code":"invalid","message":"no","field":"amount"},"detail":"no","pg_codes":["unknown"]}`, true},
		{400, `{"detail":"no","pg_response":{"pg_codes":["unknown"]}}`, false},
		{400, readData(t, "error_fields.json"), false},
		{401, readData(t, "error_wallet_set.json"), false},
		{400, `{"pg_codes_extra":["no"]}`, false},
	} {
		client := newClient(t, always(test.status, test.body))
		_, created := client.CreateSession(t.Context(), order())
		_, updated := client.UpdateSession(t.Context(), "s1", ottu.SessionUpdate{PGCodes: []string{"kpay"}})
		for _, err := range []error{created, updated} {
			if errors.Is(err, resolver.ErrMethodRejected) != test.want {
				t.Errorf("%d %s: %v", test.status, test.body, err)
			}
		}
	}
	r := order()
	r.PGCodes = nil
	if _, err := newClient(t, always(201, "")).CreateSession(t.Context(), r); errors.Is(err, resolver.ErrMethodRejected) {
		t.Error("what was not sent was not rejected by Checkout")
	}
}

func TestTheJSONOfAnErrorHasNoWordOfOttus(t *testing.T) {
	body := `{"detail":"said-1","code":"said-2","result":"failed","failed_provider":"said-3","amount":["said-4"]}`
	_, err := newClient(t, always(400, body)).CreateSession(t.Context(), order())
	e, ok := errors.AsType[*ottu.Error](err)
	if !ok || e.Message != "said-1" || e.Code != "said-2" || e.FailedProvider != "said-3" ||
		len(e.Fields) != 1 || e.Fields["amount"][0] != "said-4" {
		t.Fatalf("got %v with %q", err, e.Fields)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("failed", "errors", []error{err})
	leaks(t, "the log", log.String(), "said-", "failed_provider", "amount")
	leaks(t, "a value", everyVerb(*e), "said-")
}
