package resolver

import (
	"context"
	"fmt"
)

// Source answers which payment methods pass a set of filters. [github.com/tendergo/tender/resolver/ottu.Client] is the
// one that asks Ottu.
//
// A Source must be safe for concurrent use, must return when its context ends, and must not keep or change f. What it
// returns belongs to the Resolver. An error that wraps [ErrDenied], [ErrRejected] or [ErrRateLimited] is treated as
// such, and one that has a method RetryAfter() time.Duration is not asked again before; any other is an outage.
// A Source that tries again by itself asks [MayRetry] first.
type Source interface {
	PaymentMethods(ctx context.Context, f Filters) (Catalog, error)
	// Identity names the host and the principal. It is asked once, when the Resolver is made, and must stay the same.
	Identity() Identity
}

// Identity is what an answer is bound to besides its filters: where it was asked, and in whose name, since Ottu shows a
// principal only the gateways it may use. Neither part is ever a secret.
type Identity struct {
	// Origin is the base URL.
	Origin string
	// Principal is a user name, a keyed hash of an API key, or a label that stays when a token is rotated.
	Principal string
}

// Catalog is one answer of a Source.
type Catalog struct {
	// Methods are in the merchant's order.
	Methods []PaymentMethod
	// Past are the pg_codes that the customer paid with before. They need not be among Methods.
	Past []string
	// Dropped tells, for each entry that made no sense and was left out, why. It holds no personal data.
	Dropped []error
}

// SourceFunc makes a Source of a function, for tests and for answers that come from elsewhere.
func SourceFunc(id Identity, f func(ctx context.Context, f Filters) (Catalog, error)) Source {
	return &sourceFunc{id, f}
}

type sourceFunc struct {
	id Identity
	f  func(context.Context, Filters) (Catalog, error)
}

func (s *sourceFunc) PaymentMethods(ctx context.Context, f Filters) (Catalog, error) {
	return s.f(ctx, f)
}

func (s *sourceFunc) Identity() Identity { return s.id }

// ask puts the question, and turns a panic of the source into an error: a flight has no caller whose recovery would see
// it, and it would end the shop's process.
func ask(ctx context.Context, s Source, f Filters) (c Catalog, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = Catalog{}, fmt.Errorf("resolver: the source panicked: %T", p)
		}
	}()
	return s.PaymentMethods(ctx, f)
}

type retryKey struct{}

// withRetry marks a flight's context: may is asked before each further attempt.
func withRetry(ctx context.Context, may func() bool) context.Context {
	return context.WithValue(ctx, retryKey{}, may)
}

// MayRetry tells a [Source] whether it may send one more request after a failed one, and counts that request against
// the Resolver's quota. It is false for a refresh in the background, where nobody waits and the Resolver's own backoff
// asks again. Outside of a Resolver it is true.
func MayRetry(ctx context.Context) bool {
	may, ok := ctx.Value(retryKey{}).(func() bool)
	return !ok || may()
}
