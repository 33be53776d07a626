package resolver

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What went wrong, for errors.Is.
var (
	// ErrInvalidConfig: a configuration contradicts itself. Every mistake is a *[ConfigError].
	ErrInvalidConfig = errors.New("invalid configuration")
	// ErrInvalidCart: the cart makes no sense, or the shop does not sell in it. The error is a *[CartError].
	ErrInvalidCart = errors.New("invalid cart")
	// ErrNoCart is for a shop's cart function to return: this request needs no answer and passes without one.
	ErrNoCart = errors.New("no cart")
	// ErrUnavailable: there is no answer, neither fresh nor stale. The error is an *[UnavailableError].
	ErrUnavailable = errors.New("payment methods unavailable")
	// ErrClosed: the Resolver was closed, and has no answer in memory. It comes with ErrUnavailable.
	ErrClosed = errors.New("resolver closed")
	// ErrNotEligible: this method may not be used for this cart. The error is a *[NotEligibleError].
	ErrNotEligible = errors.New("payment method not eligible")
	// ErrUnknown: the answer at hand does not list the method, but it is stale, or was not asked for this customer, so
	// it cannot say that the method is not eligible.
	ErrUnknown = errors.New("payment method not known")
)

// How a [Source] tells the failures apart that are no outage.
var (
	// ErrDenied: the credential is refused, or lacks the permission (401, 403). The right to old answers may be gone too.
	ErrDenied = errors.New("access denied")
	// ErrRejected: the filters are refused (400, 422). Asking again does not help.
	ErrRejected = errors.New("filters rejected")
	// ErrRateLimited: too many requests (429). It concerns the principal, so every question waits.
	ErrRateLimited = errors.New("rate limited")
)

// What was held back by the Resolver itself and never asked.
var (
	errQuota   = errors.New("the daily quota of upstream requests is used up (set WithDailyQuota)")
	errFlights = errors.New("too many upstream requests at once (set WithMaxFlights)")
	errMaxWait = errors.New("no answer in time (set WithMaxWait)")
	errEmpty   = errors.New("the answer lists no payment methods, which is believed only when a second one says so")
	errRefused = errors.New("no entry of the answer makes sense")
)

// ConfigError is one mistake of a configuration. Constructors report all of them at once, joined.
type ConfigError struct {
	// Package is the package whose constructor found it.
	Package string
	// Problem says what is wrong and with which value, Fix what to do.
	Problem, Fix string
}

func (e *ConfigError) Error() string { return e.Package + ": " + e.Problem + " (" + e.Fix + ")" }

// Is makes errors.Is(err, ErrInvalidConfig) true.
func (e *ConfigError) Is(target error) bool { return target == ErrInvalidConfig }

// CartCode says what is wrong with a cart.
type CartCode string

// The codes of a [CartError].
const (
	CartCurrencyMissing   CartCode = "currency_missing"
	CartCurrencyUnknown   CartCode = "currency_unknown"
	CartCurrencyNotSold   CartCode = "currency_not_sold"
	CartTypeMissing       CartCode = "cart_type_missing"
	CartTypeUnknown       CartCode = "cart_type_unknown"
	CartTypeConflict      CartCode = "cart_type_conflict"
	CartCustomerMalformed CartCode = "customer_id_malformed"
	CartAmountMalformed   CartCode = "amount_malformed"
	CartCountryMalformed  CartCode = "country_malformed"
)

// CartError says why a cart makes no sense. Its message never shows the customer.
type CartError struct {
	Code CartCode
	// Detail says what is wrong, with which value, and what would be right.
	Detail string
}

func (e *CartError) Error() string { return "resolver: " + ErrInvalidCart.Error() + ": " + e.Detail }

// Is makes errors.Is(err, ErrInvalidCart) true.
func (e *CartError) Is(target error) bool { return target == ErrInvalidCart }

// UnavailableError says why there is no answer.
type UnavailableError struct {
	// RetryAfter is how long to wait before asking again; zero where nothing is known.
	RetryAfter time.Duration
	// Cause is what the Source said, or what held the question back.
	Cause error
}

func (e *UnavailableError) Error() string {
	msg := "resolver: " + ErrUnavailable.Error()
	if e.Cause != nil {
		msg += ": " + e.Cause.Error()
	}
	if e.RetryAfter > 0 {
		msg += fmt.Sprintf(" (next try in %s)", e.RetryAfter.Round(time.Millisecond))
	}
	return msg
}

// Is makes errors.Is(err, ErrUnavailable) true.
func (e *UnavailableError) Is(target error) bool { return target == ErrUnavailable }

func (e *UnavailableError) Unwrap() error { return e.Cause }

// NotEligibleError says why a method may not be used.
type NotEligibleError struct {
	// Code is the pg_code that was asked for.
	Code string
	// Reasons are all of them, never empty. Their messages are for the merchant: a shop decides what a shopper reads.
	Reasons []Reason
}

func (e *NotEligibleError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "resolver: %s: %q", ErrNotEligible, clip(e.Code))
	for i, r := range e.Reasons {
		b.WriteString([]string{": ", "; "}[min(i, 1)])
		b.WriteString(r.Message)
	}
	return b.String()
}

// Is makes errors.Is(err, ErrNotEligible) true.
func (e *NotEligibleError) Is(target error) bool { return target == ErrNotEligible }

func configError(problem, fix string) error { return &ConfigError{"resolver", problem, fix} }
