package ottu

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/tendergo/tender/resolver"
)

const (
	// maxBody is how much of an answer is read. A merchant's list is some kilobytes.
	maxBody = 4 << 20
	// maxErrorBody is the same for a refusal, whose body only explains it.
	maxErrorBody = 64 << 10
	// longestWait is how long a call waits before a further attempt at most. Beyond it, the wait is the caller's.
	longestWait = 30 * time.Second
)

// backoff is what Ottu's page "API Fundamentals" asks for before each further attempt.
var backoff = [...]time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

// request is one call of the API.
type request struct {
	name         string // for errors and logs
	method, path string
	body         any    // nil for none
	read         bool   // changes nothing, so it may be sent again
	key          string // of a charge, which must not arrive twice: its Idempotency-Key
}

// call sends a request until it is answered, as often as it may be, and has the answer decoded. What decode returns is
// shown, so it must not quote the answer.
func (c *Client) call(ctx context.Context, rq request, decode func(body []byte) error) error {
	var body []byte
	if rq.body != nil {
		var err error
		if body, err = json.Marshal(rq.body); err != nil {
			return &Error{call: rq.name, problem: "not sent: it cannot be written as JSON"}
		}
	}
	for tried := 0; ; tried++ {
		start := time.Now()
		failed := c.attempt(ctx, rq, body, decode)
		if failed == nil {
			c.log.LogAttrs(ctx, slog.LevelDebug, "ottu: answered", slog.String("call", rq.name),
				slog.Int("attempt", tried+1), slog.Duration("took", time.Since(start)))
			return nil
		}
		failed.charge = rq.key != ""
		c.log.LogAttrs(ctx, slog.LevelDebug, "ottu: failed", slog.String("call", rq.name), slog.Int("attempt", tried+1),
			slog.Duration("took", time.Since(start)), slog.Int("status", failed.Status), slog.Any("error", failed))
		if !rq.read || !failed.again || tried == len(backoff) || !waitTurn(ctx, backoff[tried], failed.retryAfter) {
			if err := ctx.Err(); err != nil && failed.cause == nil {
				failed.cause = quiet{err}
			}
			return failed
		}
	}
}

// waitTurn waits before a further attempt. It is false, at once where that can be told, if there shall be none.
func waitTurn(ctx context.Context, base, retryAfter time.Duration) bool {
	wait := max(base, retryAfter) + rand.N(base/4) //nolint:gosec // jitter
	deadline, ok := ctx.Deadline()
	if wait > longestWait || ok && time.Until(deadline) <= wait || ctx.Err() != nil || !resolver.MayRetry(ctx) {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attempt sends a request once.
func (c *Client) attempt(ctx context.Context, rq request, body []byte, decode func([]byte) error) *Error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	authorization, err := c.credential.header(ctx)
	if err != nil {
		failed := unreachable(rq.name, "the token function failed", err)
		failed.again, failed.unsent = false, true
		return failed
	}
	req, err := http.NewRequestWithContext(ctx, rq.method, c.base+rq.path, bytes.NewReader(body))
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		failed := unreachable(rq.name, "the request cannot be made", err)
		failed.unsent = true
		return failed
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", authorization)
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if rq.key != "" {
		req.Header.Set("Idempotency-Key", rq.key)
		req.GetBody = nil // net/http sends a request with that header again by itself, if it can
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unreachable(rq.name, "no answer", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return refusal(rq.name, resp)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return unreachable(rq.name, "the answer broke off", err)
	}
	if len(answer) > maxBody {
		return unreadable(rq.name, resp, len(answer), fmt.Sprintf("it is longer than %d bytes", maxBody))
	}
	if err := decode(answer); err != nil {
		return unreadable(rq.name, resp, len(answer), jsonProblem(err))
	}
	return nil
}

// refusal reads an answer that is no success.
func refusal(call string, resp *http.Response) *Error {
	e := &Error{Status: resp.StatusCode, call: call}
	if resp.StatusCode < 400 {
		e.problem = "a redirect that is not followed"
		if to, err := resp.Location(); err == nil {
			e.problem = fmt.Sprintf("a redirect to %q that is not followed", clip(to.Scheme+"://"+to.Host))
		}
		return e
	}
	e.retryAfter = readRetryAfter(resp.Header.Get("Retry-After"), time.Now())
	e.again = e.Status == http.StatusTooManyRequests || e.Status >= 500
	if body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody+1)); err == nil && len(body) <= maxErrorBody {
		e.readError(body)
	}
	return e
}

// sameOriginOnly follows a redirect only if it repeats the same request (307, 308) to the same scheme, host and port:
// any other would show the credential to somebody else, or turn a POST into a GET.
func sameOriginOnly(req *http.Request, via []*http.Request) error {
	status := req.Response.StatusCode
	repeats := status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
	if repeats && len(via) <= 3 && origin(req.URL) == origin(via[0].URL) {
		return nil
	}
	return http.ErrUseLastResponse
}
