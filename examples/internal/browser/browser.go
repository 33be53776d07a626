// Package browser visits an example shop in a test, as far as a browser without scripts does: it keeps cookies, and
// submits forms with the hidden fields of the last page that it read.
package browser

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Browser is one visitor of a shop. Only Post may be called from several goroutines.
type Browser struct {
	t      *testing.T
	client *http.Client
	// URL is the shop's.
	URL    string
	hidden url.Values
}

// Page is an answer.
type Page struct {
	Status int
	Header http.Header
	Body   string
	// Location is where it redirects to; redirects are not followed.
	Location string
}

// Open serves the shop that open makes for its own public URL, until the test ends, and visits it.
func Open(t *testing.T, open func(publicURL string) (http.Handler, error)) *Browser {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	shopURL := "http://" + server.Listener.Addr().String()
	handler, err := open(shopURL)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	return Visit(t, shopURL)
}

// Visit is one more visitor of a shop.
func Visit(t *testing.T, shopURL string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Browser{t: t, client: &http.Client{Jar: jar, CheckRedirect: stay}, URL: shopURL}
}

var hidden = regexp.MustCompile(`name="(csrf|version)" value="([^"]+)"`)

// Get reads a page.
func (b *Browser) Get(path string) Page {
	b.t.Helper()
	p := b.send(http.MethodGet, path, "")
	if found := hidden.FindAllStringSubmatch(p.Body, -1); found != nil {
		b.hidden = url.Values{}
		for _, field := range found {
			b.hidden.Set(field[1], field[2])
		}
	}
	return p
}

// Post submits a form of the last page that Get read, its other fields given as name=value&….
func (b *Browser) Post(path, fields string) Page {
	b.t.Helper()
	return b.PostRaw(path, fields+"&"+b.Hidden())
}

// Hidden are the hidden fields of the last page that Get read, for a form that is submitted later, with PostRaw.
func (b *Browser) Hidden() string { return b.hidden.Encode() }

// PostRaw submits a form without the hidden fields.
func (b *Browser) PostRaw(path, fields string) Page {
	b.t.Helper()
	return b.send(http.MethodPost, path, fields)
}

// SetCookies has the next requests carry other cookies than those that the shop set.
func (b *Browser) SetCookies(cookies []*http.Cookie) {
	u, _ := url.Parse(b.URL)
	b.client.Jar.SetCookies(u, cookies)
}

// Cookies are those that the shop set.
func (b *Browser) Cookies() []*http.Cookie {
	u, _ := url.Parse(b.URL)
	return b.client.Jar.Cookies(u)
}

func (b *Browser) send(method, path, fields string) Page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.URL+path, strings.NewReader(fields))
	if err != nil {
		b.t.Error(err)
		return Page{}
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Error(err)
		return Page{}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Error(err)
	}
	return Page{answer.StatusCode, answer.Header, html.UnescapeString(string(body)), answer.Header.Get("Location")}
}

var choice = regexp.MustCompile(`name="pg_code" value="([^"]+)"`)

// Choices are the pg_codes that the page offers.
func (p Page) Choices() (codes []string) {
	for _, found := range choice.FindAllStringSubmatch(p.Body, -1) {
		codes = append(codes, found[1])
	}
	return codes
}

// Must fails the test unless the page has the status and every text.
func (p Page) Must(t *testing.T, status int, texts ...string) Page {
	t.Helper()
	if p.Status != status {
		t.Fatalf("status is %d and not %d: %.2000s", p.Status, status, p.Body)
	}
	for _, text := range texts {
		if !strings.Contains(p.Body, text) {
			t.Errorf("the page lacks %q: %.4000s", text, p.Body)
		}
	}
	return p
}

// MustLead fails the test unless the page redirects to where.
func (p Page) MustLead(t *testing.T, where string) Page {
	t.Helper()
	if p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, where) {
		t.Fatalf("status is %d and the location %q; want 303 to %q: %.2000s", p.Status, p.Location, where, p.Body)
	}
	return p
}
