package ottu

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tendergo/tender/resolver"
)

// Client asks one merchant's Ottu in the name of one principal. Make it with [New] or [FromEnv]. It is safe for
// concurrent use, starts no goroutine and needs no closing.
type Client struct {
	base       string
	credential Credential
	http       http.Client
	timeout    time.Duration
	userAgent  string
	log        *slog.Logger
}

var _ resolver.Source = (*Client)(nil)

// New makes a Client for the Ottu at baseURL, such as "https://shop.ottu.net"; a path in it is kept, with or without
// a slash at its end. It must be https: plain http is taken for loopback hosts only (but see [DangerouslyAllowHTTP]).
// New makes no request. All mistakes are reported at once, each as a *[resolver.ConfigError].
func New(baseURL string, credential Credential, opts ...Option) (*Client, error) {
	return build("the base URL", baseURL, credential, opts, nil)
}

// build makes a Client, unless there are mistakes: its own, and those that the caller found already, which explain an
// empty URL or credential.
func build(urlName, baseURL string, credential Credential, opts []Option, found []error) (*Client, error) {
	cfg := config{timeout: 10 * time.Second, userAgent: "tender (+https://github.com/tendergo/tender)",
		log: slog.New(slog.DiscardHandler)}
	for _, opt := range opts {
		if opt == nil {
			cfg.bad("an option is nil", "leave it out")
			continue
		}
		opt(&cfg)
	}
	var base string
	if baseURL != "" || len(found) == 0 {
		base = cfg.parseBase(urlName, baseURL)
	}
	if credential.kind == "" && len(found) == 0 {
		cfg.bad("there is no credential", "pass APIKey, BasicAuth or TokenFunc")
	}
	if err := errors.Join(slices.Concat(found, cfg.mistakes, credential.mistakes)...); err != nil {
		return nil, err
	}
	c := &Client{base, credential, cfg.http, cfg.timeout, cfg.userAgent, cfg.log}
	c.http.CheckRedirect = sameOriginOnly
	return c, nil
}

// parseBase normalises a base URL: scheme and host in lower case, no default port, no slash at the end. Its mistakes
// show no more of the URL than the host.
func (c *config) parseBase(name, raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		c.bad(name+" is not an absolute https URL", `it looks like "https://shop.ottu.net"`)
		return ""
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(raw, "#") {
		c.bad(name+" has user information, a query or a fragment", "leave it at host and path, and pass a Credential")
	}
	if u.Scheme == "http" && !c.allowHTTP && !isLoopback(u.Hostname()) {
		c.bad(fmt.Sprintf("%s sends the credential over plain http to %q", name, clip(u.Hostname())), "use https")
	}
	return origin(u) + strings.TrimRight(u.EscapedPath(), "/")
}

// origin is the scheme and host of a URL in one canonical form.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != map[string]string{"https": "443", "http": "80"}[u.Scheme] {
		host += ":" + port
	}
	return u.Scheme + "://" + host
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}

// Identity names the base URL, normalised, and the credential's principal. Neither changes when a token is rotated.
func (c *Client) Identity() resolver.Identity {
	return resolver.Identity{Origin: c.base, Principal: c.credential.principal}
}

// String names the base URL, and nothing of the credential.
func (c Client) String() string { return "ottu.Client(" + c.base + ")" }

// Format writes String, whatever the verb.
func (c Client) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.String()) }

// LogValue is String for slog.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

func configError(problem, fix string) error {
	return &resolver.ConfigError{Package: "ottu", Problem: problem, Fix: fix}
}

// clip bounds a foreign value in an error.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
