package ottu

import (
	"context"
	"net/http"
	"net/url"
)

const (
	sessionsPath = "/b/checkout/v1/pymt-txn/"
	maxSessionID = 128
)

// CreateSession creates a Checkout session. It is sent once and never again, for each one that arrives is a payment of
// its own: after a network failure there may be a session that nobody knows. A request that cannot be right is not
// sent.
//
// Every error is an *[Error], and also a [resolver.ErrMethodRejected] where Ottu refused methods that were eligible a
// moment ago: see [resolver.Resolver.Pay].
func (c *Client) CreateSession(ctx context.Context, r SessionRequest) (*Session, error) {
	const name = "create session"
	if err := r.complaints().err(name); err != nil {
		return nil, err
	}
	return c.session(ctx, request{name: name, method: http.MethodPost, path: sessionsPath, body: r})
}

// UpdateSession changes a session that nobody has paid yet, such as its amount after the cart changed. It is sent once.
// Its errors are those of [Client.CreateSession]; a session that is not there is [ErrNotFound].
func (c *Client) UpdateSession(ctx context.Context, id string, u SessionUpdate) (*Session, error) {
	const name = "update session"
	wrong := u.complaints()
	checkSessionID(wrong, id)
	if err := wrong.err(name); err != nil {
		return nil, err
	}
	return c.session(ctx, request{name: name, method: http.MethodPatch, path: sessionPath(id), body: u})
}

// Session retrieves a session by its ID, with the retries of [Client.PaymentMethods]. Every error is an *[Error].
func (c *Client) Session(ctx context.Context, id string) (*Session, error) {
	const name = "retrieve session"
	wrong := complaints{}
	checkSessionID(wrong, id)
	if err := wrong.err(name); err != nil {
		return nil, err
	}
	return c.session(ctx, request{name: name, method: http.MethodGet, path: sessionPath(id), read: true})
}

func sessionPath(id string) string { return sessionsPath + url.PathEscape(id) + "/" }

func (c *Client) session(ctx context.Context, rq request) (s *Session, err error) {
	err = c.call(ctx, rq, func(answer []byte) (err error) {
		s, err = decodeSession(answer)
		return err
	})
	return s, err
}
