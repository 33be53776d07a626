package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// newResolver makes a Resolver that sells in KWD and USD and is silent.
func newResolver(t *testing.T, ask func(context.Context, resolver.Filters) (resolver.Catalog, error)) *resolver.Resolver {
	t.Helper()
	res, err := resolver.New(resolver.SourceFunc(resolver.Identity{}, ask), resolver.Production, []string{"KWD", "USD"},
		resolver.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Close() })
	return res
}

func answer(code string) (resolver.Catalog, error) {
	return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: code, Sandbox: resolver.No}}}, nil
}

func mpgs(context.Context, resolver.Filters) (resolver.Catalog, error) { return answer("mpgs") }

func TestNewReportsEveryMistakeAtOnce(t *testing.T) {
	m, err := middleware.New(nil, nil, middleware.ChooseResolver(nil), middleware.WithLogger(nil))
	if m != nil || !errors.Is(err, resolver.ErrInvalidConfig) {
		t.Fatalf("%v, %v", m, err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 4 {
		t.Fatalf("want 4 mistakes: %v", err)
	}
	for _, e := range joined.Unwrap() {
		var c *resolver.ConfigError
		if !errors.As(e, &c) || c.Package != "middleware" || c.Problem == "" || c.Fix == "" {
			t.Errorf("%#v", e)
		}
	}
}

func TestForLeavesTheMiddlewareItCameFromAsItWas(t *testing.T) {
	m, err := middleware.New(newResolver(t, mpgs))
	if err != nil {
		t.Fatal(err)
	}
	m.For(resolver.Subscription)
	cart := resolver.Cart{Currency: "KWD", Type: resolver.OneOff}
	if _, failure := m.Resolve(t.Context(), &cart, nil); failure != nil {
		t.Error(failure.Err)
	}
	if _, failure := m.For(resolver.Subscription).For(resolver.OneOff).Resolve(t.Context(), &cart, nil); failure != nil {
		t.Errorf("the last For counts: %v", failure.Err)
	}
}

func TestFromContextNamesTheFixWhereNothingIsMounted(t *testing.T) {
	_, err := middleware.FromContext(t.Context())
	if !errors.Is(err, middleware.ErrNotMounted) || !strings.Contains(err.Error(), "httpadapter.Wrap") {
		t.Error(err)
	}
}

func TestNewContextCarriesAnEligibility(t *testing.T) {
	res := newResolver(t, mpgs)
	e, err := res.Resolve(t.Context(), resolver.Cart{Currency: "KWD", Type: resolver.OneOff})
	if err != nil {
		t.Fatal(err)
	}
	got, err := middleware.FromContext(middleware.NewContext(t.Context(), e))
	if err != nil || !got.Has("mpgs") {
		t.Errorf("%v, %v", got, err)
	}
	_, err = middleware.FromContext(middleware.NewContext(t.Context(), nil))
	if !errors.Is(err, middleware.ErrMisconfigured) {
		t.Errorf("of nil: %v", err)
	}
}

func TestAFailureOfAClientThatLeftIsNoWarning(t *testing.T) {
	var buf bytes.Buffer
	res := newResolver(t, func(ctx context.Context, _ resolver.Filters) (resolver.Catalog, error) {
		<-ctx.Done()
		return resolver.Catalog{}, ctx.Err()
	})
	m, err := middleware.New(res, middleware.WithLogger(slog.New(slog.NewTextHandler(&buf, nil))))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, failure := m.Resolve(ctx, &resolver.Cart{Currency: "KWD", Type: resolver.OneOff}, nil)
	if failure == nil || failure.Status != 503 || !errors.Is(failure.Err, context.Canceled) {
		t.Fatalf("%+v", failure)
	}
	if !strings.Contains(buf.String(), "level=INFO") {
		t.Errorf("log: %s", buf.String())
	}
}

func TestRetryAfterIsRoundedUpAndNeverZero(t *testing.T) {
	m, err := middleware.New(newResolver(t, mpgs), middleware.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	for wait, want := range map[time.Duration]string{
		0: "2", -time.Second: "2", time.Millisecond: "2", 2*time.Second + 1: "3", time.Minute: "60",
	} {
		_, failure := m.Resolve(t.Context(), &resolver.Cart{}, &resolver.UnavailableError{RetryAfter: wait})
		w := httptest.NewRecorder()
		failure.Write(w)
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%s: Retry-After %q, want %s", wait, got, want)
		}
	}
	_, failure := m.Resolve(t.Context(), &resolver.Cart{}, resolver.ErrUnavailable)
	if failure.Status != 503 || failure.RetryAfter == 0 {
		t.Errorf("a bare ErrUnavailable: %+v", failure)
	}
}
