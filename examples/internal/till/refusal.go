package till

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// Refusal is how a shop answers a choice that did not become a payment.
type Refusal struct {
	// Status is 422 where another choice helps, and 503 where only time does; RetryAfter is then when to come back.
	Status     int
	Message    string
	RetryAfter time.Duration
}

// Refuse explains an error of Open to a shopper.
func Refuse(err error) Refusal {
	var failed *ottu.Error
	switch {
	case errors.Is(err, resolver.ErrNotEligible):
		return Refusal{http.StatusUnprocessableEntity, "This way to pay cannot be used for your cart. Please choose another one.", 0}
	case ottu.RejectedPGCodes(err):
		return Refusal{http.StatusUnprocessableEntity, "This way to pay was switched off a moment ago. Please choose another one.", 0}
	case errors.Is(err, resolver.ErrUnknown):
		// The method may be fine, but nobody can say so now. To let Checkout decide would skip the guards: a test gateway
		// would be as good as a real one.
		return Refusal{http.StatusServiceUnavailable, unconfirmed, 5 * time.Second}
	case errors.As(err, &failed) && failed.RetryAfter() > 0:
		return Refusal{http.StatusServiceUnavailable, unreachable, failed.RetryAfter()}
	default:
		return Refusal{http.StatusServiceUnavailable, unreachable, 5 * time.Second}
	}
}

const (
	unconfirmed = "We cannot confirm this way to pay right now. Please choose another one, or try again in a moment."
	unreachable = "The payment page could not be opened. Nothing was charged. Please try again in a moment."
)

// Choices are the methods to offer after an error of Open. Where Ottu refused a pg_code that it had listed, the list is
// old: no webhook tells of a gateway that was switched off, so this is how a shop finds out, and it asks anew.
func (t *Till) Choices(ctx context.Context, e *resolver.Eligibility, err error) *resolver.Eligibility {
	slog.WarnContext(ctx, "no payment was created", "error", err)
	if !ottu.RejectedPGCodes(err) {
		return e
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	cart := e.Cart()
	if _, err := t.Resolver.Refresh(ctx, resolver.Scope{CartType: cart.Type, Currency: cart.Currency}); err != nil {
		slog.WarnContext(ctx, "the payment methods were not refreshed", "error", err)
	}
	if anew, err := t.Resolver.Resolve(ctx, cart); err == nil {
		return anew
	}
	return e
}
