package ottu

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tendergo/tender/resolver"
)

// What went wrong, for errors.Is. Every [Error] is exactly one of these.
var (
	// ErrUnauthorized: Ottu does not take the credential, or it is a public key (401). Also a [resolver.ErrDenied].
	ErrUnauthorized error = &class{"unauthorized", resolver.ErrDenied}
	// ErrForbidden: the credential lacks a permission (403). Also a [resolver.ErrDenied].
	ErrForbidden error = &class{"forbidden", resolver.ErrDenied}
	// ErrRejected: the request makes no sense to Ottu (400, 422, and any 4xx that is none of the others), or already here:
	// then it was not sent, and Status is 0. Also a [resolver.ErrRejected].
	ErrRejected error = &class{"request rejected", resolver.ErrRejected}
	// ErrDeclined: the gateway refused the operation, such as a charge of a card (4xx with the result "failed").
	ErrDeclined error = &class{text: "declined"}
	// ErrDuplicate: the Idempotency-Key of a charge was used before (409). What became of that charge, its session tells.
	ErrDuplicate error = &class{text: "duplicate charge"}
	// ErrOutcomeUnknown: a charge was sent and nobody knows what became of it: there was no answer, a 5xx, or one that
	// cannot be read. Retrieve its session before charging again, and then with the same Idempotency-Key.
	ErrOutcomeUnknown error = &class{text: "outcome unknown"}
	// ErrNotFound: there is no such thing at this base URL (404).
	ErrNotFound error = &class{text: "not found"}
	// ErrRateLimited: too many requests (429). Also a [resolver.ErrRateLimited].
	ErrRateLimited error = &class{"rate limited", resolver.ErrRateLimited}
	// ErrPaused: the merchant's installation is paused (423).
	ErrPaused error = &class{text: "installation paused"}
	// ErrUnavailable: no answer, a 5xx, a redirect that is not followed, or an answer that cannot be read. Not of a charge
	// that may have been made.
	ErrUnavailable error = &class{text: "unavailable"}
)

type class struct {
	text string
	also error
}

func (c *class) Error() string { return c.text }
func (c *class) Unwrap() error { return c.also }

// Error is the failure of a call. Its text names the call, the status, the fields that Ottu refused and what to do. It
// shows no word of Ottu's, since those may repeat what was sent: read Message and Fields with that in mind. Its JSON
// is the Status alone, for the same reason.
type Error struct {
	// Status is the HTTP status of the answer, or 0 if there was none.
	Status int
	// Code is the machine-readable code, such as "invalid_api_key". Few answers have one.
	Code string `json:"-"`
	// Message is what Ottu says, or empty.
	Message string `json:"-"`
	// Fields are the complaints about each field of the request. A nested one is named by its path, as in "agreement.id".
	Fields map[string][]string `json:"-"`
	// Result is "failed" where an operation was tried and failed, and FailedProvider then names the gateway, where known.
	Result, FailedProvider string `json:"-"`

	call       string
	problem    string // in our own words
	retryAfter time.Duration
	again      bool // a read may be sent once more
	charge     bool // the call charges a card
	unsent     bool // Ottu cannot have seen the request
	cause      error
}

// RetryAfter is how long Ottu asks to wait before the next request, at most an hour; 0 where it did not say.
func (e *Error) RetryAfter() time.Duration { return e.retryAfter }

// Unwrap returns the class, such as [ErrForbidden]; [resolver.ErrMethodRejected] where Ottu refused the pg_codes, since
// what was offered is no longer what the cache says, or does not go together; and the cause of a network failure, such
// as [context.DeadlineExceeded]. The cause answers errors.Is and errors.As like the original, but does not print its
// text.
func (e *Error) Unwrap() []error {
	_, class := e.class()
	all := []error{class}
	if e.rejectsMethods() {
		all = append(all, resolver.ErrMethodRejected)
	}
	if e.cause != nil {
		all = append(all, e.cause)
	}
	return all
}

func (e *Error) rejectsMethods() bool {
	if e.Status != http.StatusBadRequest && e.Status != http.StatusUnprocessableEntity {
		return false
	}
	for name := range e.Fields {
		if name == "pg_codes" || strings.HasPrefix(name, "pg_codes.") {
			return true
		}
	}
	return false
}

// class is what to do about e, and which of the classes it is.
func (e *Error) class() (advice string, class error) {
	if e.charge && e.Status == http.StatusConflict {
		return "retrieve the session to see what became of the first one", ErrDuplicate
	}
	advice, class = e.classOfStatus()
	if e.charge && !e.unsent && class == ErrUnavailable { //nolint:errorlint // classOfStatus wraps nothing
		return "retrieve the session before you charge again, and then with the same Idempotency-Key", ErrOutcomeUnknown
	}
	return advice, class
}

func (e *Error) classOfStatus() (advice string, class error) {
	switch {
	case e.Status == http.StatusUnauthorized:
		return "use a private API key, or a user and password, of this merchant", ErrUnauthorized
	case e.Status == http.StatusForbidden:
		return "give the API key or user the permission for this call", ErrForbidden
	case e.Status == http.StatusNotFound:
		return "check the base URL, and the ID where the call has one", ErrNotFound
	case e.Status == http.StatusLocked:
		return "ask Ottu why the installation is paused", ErrPaused
	case e.Status == http.StatusTooManyRequests:
		return "wait for RetryAfter, and ask less", ErrRateLimited
	case e.Status == http.StatusRequestTimeout:
		return "try again later", ErrUnavailable
	case e.Result == "failed" && e.Status < 500:
		return "ask for another card or method: Message and FailedProvider say more", ErrDeclined
	case e.Status >= 400 && e.Status < 500, e.Status == 0 && e.cause == nil:
		return "correct the request: Fields has the reasons", ErrRejected
	case e.Status > 0 && e.Status < 400:
		return "check the base URL, and what stands between here and Ottu", ErrUnavailable
	default:
		return "try again later", ErrUnavailable
	}
}

func (e *Error) Error() string {
	advice, class := e.class()
	text := "ottu: " + e.call + ": " + class.Error()
	for _, detail := range []string{e.problem, e.fieldNames()} {
		if detail != "" {
			text += ": " + detail
		}
	}
	if e.Status != 0 {
		text += ": status " + strconv.Itoa(e.Status)
	}
	return text + " (" + advice + ")"
}

// fieldNames lists what Ottu complains about. A name that does not look like one is not shown.
func (e *Error) fieldNames() string {
	names := slices.Sorted(maps.Keys(e.Fields))
	names = slices.DeleteFunc(names, func(s string) bool { return !wellFormed(strings.ReplaceAll(s, ".", "_")) })
	if len(names) == 0 || e.problem != "" { // our own problem names them already
		return ""
	}
	return "fields " + strings.Join(names[:min(len(names), 10)], ", ")
}

// Format writes Error, whatever the verb, so that %#v shows no word of Ottu's either.
func (e Error) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, e.Error()) }

// LogValue is Error for slog.
func (e Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }
