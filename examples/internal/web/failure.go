package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/tendergo/tender/middleware"
)

// FailureText is what a page says where there are no payment methods at all, with Retry-After set where that helps. An
// API answers problem+json instead, which is what the adapters do by themselves.
func FailureText(h http.Header, f *middleware.Failure) (title, text string) {
	RetryAfter(h, f.RetryAfter)
	switch f.Status {
	case http.StatusServiceUnavailable:
		return "We cannot take payments right now",
			"What you chose is safe and nothing was charged. Please try again in a moment."
	case http.StatusBadRequest:
		return "This cannot be paid for", "Please look at what you chose again, or choose another currency."
	default:
		return "Something went wrong", "Nothing was charged. Please try again."
	}
}

// RetryAfter tells browsers and programs when to come back, where that is known.
func RetryAfter(h http.Header, d time.Duration) {
	if d > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10))
	}
}
