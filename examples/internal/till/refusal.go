package till

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// Refusal is how a shop answers a choice that did not become a payment.
type Refusal struct {
	// Status is 400 where nothing was chosen, 409 where the page was out of date, 422 where another choice helps, and 503
	// where only time does; RetryAfter is then when to come back.
	Status     int
	Message    string
	RetryAfter time.Duration
}

// Refuse explains to a shopper an error of Open, or the Err of a middleware.Failure of the submit check.
func Refuse(err error) Refusal {
	var failed *ottu.Error
	switch {
	case errors.Is(err, middleware.ErrNoChoice):
		return Refusal{http.StatusBadRequest, noChoice, 0}
	case errors.Is(err, middleware.ErrChanged):
		return Refusal{http.StatusConflict, changed, 0}
	case errors.Is(err, resolver.ErrMethodRejected):
		return Refusal{http.StatusUnprocessableEntity, switchedOff, 0}
	case errors.Is(err, resolver.ErrNotEligible):
		return Refusal{http.StatusUnprocessableEntity, notEligible, 0}
	case errors.Is(err, resolver.ErrUnknown):
		return Refusal{http.StatusServiceUnavailable, unconfirmed, 5 * time.Second}
	case errors.As(err, &failed) && failed.RetryAfter() > 0:
		return Refusal{http.StatusServiceUnavailable, unreachable, failed.RetryAfter()}
	default:
		return Refusal{http.StatusServiceUnavailable, unreachable, 5 * time.Second}
	}
}

const (
	noChoice    = "Please choose a way to pay."
	changed     = "Your order or the ways to pay for it have changed since you opened this page. Please look at it again."
	switchedOff = "This way to pay was switched off a moment ago. Please choose another one."
	notEligible = "This way to pay cannot be used for your cart. Please choose another one."
	unconfirmed = "We cannot confirm this way to pay right now. Please choose another one, or try again in a moment."
	unreachable = "The payment page could not be opened. Nothing was charged. Please try again in a moment."
)

// Choices are the methods to offer after an error of Open, which may have found out that the ones of before are old.
func (t *Till) Choices(ctx context.Context, before *resolver.Eligibility, err error) *resolver.Eligibility {
	level := slog.LevelWarn
	if errors.Is(err, resolver.ErrNotEligible) && !errors.Is(err, resolver.ErrMethodRejected) { // the shopper's doing
		level = slog.LevelInfo
	}
	slog.Log(ctx, level, "no payment was created", "error", err)
	if now, err := t.Resolver.Resolve(ctx, before.Cart()); err == nil {
		return now
	}
	return before
}
