package ottutest

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxLog is how many requests are kept. Counts go on.
const maxLog = 10_000

// Request is one request to the API as it arrived. It has no credential header; customers, and card
// tokens in paths and bodies, show, since it is for tests.
type Request struct {
	Time   time.Time  `json:"time"`
	Method string     `json:"method"`
	Path   string     `json:"path"`
	Query  url.Values `json:"query,omitempty"`
	// Header is without Authorization, Proxy-Authorization and Cookie.
	Header http.Header `json:"header"`
	// Principal says who asked: "user:" and a name, "key:" and a number, "token:" and a label, "public key", or nothing
	// where no known credential was sent.
	Principal string `json:"principal"`
	// Body is the decoded body; a form field is a list of strings. Nil where there is none, or none that makes sense.
	Body map[string]any `json:"body,omitempty"`
	// Raw is the body as it came. Nil where it was too large to be read.
	Raw []byte `json:"-"`
	// Status is what was answered; zero where nothing was, or not yet.
	Status int `json:"status"`
}

type requestLog struct {
	entries []*Request
	counts  map[string]int // by endpoint, or "" for all
}

// record notes a request on its arrival.
func (s *state) record(r *http.Request, raw []byte) *Request {
	header := r.Header.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
		header.Del(name)
	}
	who, _ := s.authenticate(r)
	entry := &Request{Time: time.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: header,
		Principal: who.label, Raw: raw}
	if len(s.log.entries) == maxLog {
		s.log.entries = slices.Delete(s.log.entries, 0, maxLog/10)
	}
	s.log.entries = append(s.log.entries, entry)
	s.log.counts[""]++
	for _, path := range []string{PathPaymentMethods, PathCheckout, PathCards, PathAutoDebit, PathPaymentAutoDebit} {
		if strings.HasPrefix(r.URL.Path, path) {
			s.log.counts[path]++
		}
	}
	return entry
}

func (m *Merchant) done(entry *Request, status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry.Status = status
}

// Requests returns what the API was asked, oldest first: the caller's own copies of the last 10,000. Requests for
// logos, for pages and to the control API are not among them.
func (m *Merchant) Requests() []Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	copies := make([]Request, 0, len(m.log.entries))
	for _, entry := range m.log.entries {
		r := *entry
		r.Header, r.Query, r.Raw = r.Header.Clone(), maps.Clone(r.Query), bytes.Clone(r.Raw)
		if len(r.Raw) > 0 {
			r.Body, _ = decode(r.Header.Get("Content-Type"), r.Raw)
		}
		for name, v := range r.Body {
			if form, ok := v.(formValues); ok {
				r.Body[name] = []string(form)
			}
		}
		copies = append(copies, r)
	}
	return copies
}

// Count is how many requests there were to one path of the API, such as [PathPaymentMethods], or, for "", to all of it.
// It counts requests on their arrival, the broken and refused ones too.
func (m *Merchant) Count(path string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log.counts[path]
}

// ForgetRequests empties the record and sets all counts to zero.
func (m *Merchant) ForgetRequests() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.log = requestLog{counts: map[string]int{}}
}
