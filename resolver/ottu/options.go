package ottu

import (
	"log/slog"
	"net/http"
	"time"
)

// Option changes a default of a [Client].
type Option func(*config)

type config struct {
	http      http.Client
	timeout   time.Duration
	userAgent string
	log       *slog.Logger
	allowHTTP bool
	mistakes  []error
}

func (c *config) bad(problem, fix string) { c.mistakes = append(c.mistakes, configError(problem, fix)) }

// WithHTTPClient sends requests with a copy of client: its transport, cookie jar and timeout are used, its
// CheckRedirect is not. The default uses [http.DefaultTransport].
func WithHTTPClient(client *http.Client) Option {
	return func(c *config) {
		if client == nil {
			c.bad("the HTTP client is nil", "leave WithHTTPClient out")
			return
		}
		c.http = *client
	}
}

// WithTimeout bounds each attempt, body included; 10 s by default. What bounds a whole call, its retries included, is
// the caller's context.
func WithTimeout(d time.Duration) Option {
	return func(c *config) {
		if d <= 0 {
			c.bad("the timeout "+d.String()+" is not positive", "set WithTimeout, or leave it out for 10s")
		}
		c.timeout = d
	}
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(name string) Option {
	return func(c *config) {
		if name == "" || !printable(name, true) {
			c.bad("the user agent is empty or not printable ASCII", "name your shop, such as \"shop/1.0\"")
		}
		c.userAgent = name
	}
}

// WithLogger logs each attempt at debug level: the call, the status, the time it took, and the error. Nothing is logged
// by default.
func WithLogger(log *slog.Logger) Option {
	return func(c *config) {
		if log == nil {
			c.bad("the logger is nil", "leave WithLogger out")
		}
		c.log = log
	}
}

// DangerouslyAllowHTTP takes a base URL of plain http for hosts other than this machine. Everybody on the way can then
// read the credential: it is for a test network only.
func DangerouslyAllowHTTP() Option {
	return func(c *config) { c.allowHTTP = true }
}
