package middleware

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/tendergo/tender/resolver"
)

// Failure is why a request got no answer, and how it is answered unless a hook does it.
//
//	status  code             when
//	400     invalid_cart     the error wraps resolver.ErrInvalidCart: the cart makes no sense
//	400     no_cart          it wraps resolver.ErrNoCart: a submit without a cart
//	400     no_choice        it wraps ErrNoChoice: a submit without a method
//	409     changed          it wraps ErrChanged: a submit from a page that is out of date
//	422     not_eligible     it wraps resolver.ErrNotEligible: a submit of a method that may not be used
//	503     unconfirmed      it wraps resolver.ErrUnknown: a submit of a method on which the answer at hand cannot say
//	503     unavailable      it wraps resolver.ErrUnavailable: there is no answer; with Retry-After
//	500     misconfigured    it wraps ErrMisconfigured: a mistake of the program
//	500     internal_error   any other error of the shop's functions: nobody knows whose fault it is
type Failure struct {
	Status int
	// Code is a constant for programs, one of the table.
	Code string
	// RetryAfter is when to come back; only with 503.
	RetryAfter time.Duration
	// Err is the whole truth, for logs. It must not reach the client, and is not marshalled.
	Err error `json:"-"`
}

// defaultRetryAfter is said where nobody knows better.
const defaultRetryAfter = 2 * time.Second

func newFailure(err error) *Failure {
	var unavailable *resolver.UnavailableError
	switch {
	case errors.Is(err, resolver.ErrInvalidCart):
		return &Failure{http.StatusBadRequest, "invalid_cart", 0, err}
	case errors.Is(err, resolver.ErrNoCart):
		return &Failure{http.StatusBadRequest, "no_cart", 0, err}
	case errors.Is(err, ErrNoChoice):
		return &Failure{http.StatusBadRequest, "no_choice", 0, err}
	case errors.Is(err, ErrChanged):
		return &Failure{http.StatusConflict, "changed", 0, err}
	case errors.Is(err, resolver.ErrNotEligible):
		return &Failure{http.StatusUnprocessableEntity, "not_eligible", 0, err}
	case errors.Is(err, resolver.ErrUnknown):
		return &Failure{http.StatusServiceUnavailable, "unconfirmed", defaultRetryAfter, err}
	case errors.As(err, &unavailable):
		return &Failure{http.StatusServiceUnavailable, "unavailable", max(unavailable.RetryAfter, defaultRetryAfter), err}
	case errors.Is(err, resolver.ErrUnavailable):
		return &Failure{http.StatusServiceUnavailable, "unavailable", defaultRetryAfter, err}
	case errors.Is(err, ErrMisconfigured):
		return &Failure{http.StatusInternalServerError, "misconfigured", 0, err}
	default:
		return &Failure{http.StatusInternalServerError, "internal_error", 0, err}
	}
}

// problem is the body of RFC 9457. Its words are fixed for each class: the detail is for the log.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

const problemJSON = "application/problem+json"

func newProblem(status int, code, title, detail string) problem {
	return problem{Type: "urn:tender:problem:" + code, Title: title, Status: status, Detail: detail, Code: code}
}

// Write answers a request with the failure, as problem+json that no cache may store.
func (f *Failure) Write(w http.ResponseWriter) {
	title, detail := "The shop has a fault", "Nothing was charged. The shop's staff can see the reason."
	switch f.Code {
	case "invalid_cart":
		title = "The cart cannot be paid for"
		detail = "The currency, the type or another part of the cart is not one that this shop sells in."
	case "no_cart":
		title, detail = "There is nothing to pay for", "Nothing was charged. The cart is empty, or has expired."
	case "unconfirmed":
		title = "This payment method cannot be confirmed right now"
		detail = "Nothing was charged. Please choose another one, or try again in a moment."
	case "no_choice":
		title, detail = "No payment method was chosen", "Nothing was charged. Please choose one."
	case "changed":
		title = "The cart or its payment methods have changed"
		detail = "Nothing was charged. Please load the page again and choose."
	case "not_eligible":
		title, detail = "This payment method cannot be used", "Nothing was charged. Please choose another one."
	case "unavailable":
		title, detail = "Payment methods are not available right now", "Nothing was charged. Please try again in a moment."
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	writeJSON(w, f.Status, problemJSON, newProblem(f.Status, f.Code, title, detail))
}

// writeJSON writes a body of strings and numbers, which always marshals, and that no cache may store.
func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	body, _ := json.Marshal(v)
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have left
}
