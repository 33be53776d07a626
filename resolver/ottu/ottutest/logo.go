package ottutest

import (
	"fmt"
	"hash/fnv"
	"html"
	"net/http"
	"net/url"
	"strings"
)

const logoPath = "/media/gateway/logos/"

// logoURL is the MID's own logo, or one that the simulator draws.
func (m MID) logoURL(base string) string {
	if m.Logo != "" {
		return m.Logo
	}
	return base + logoPath + url.PathEscape(m.Code) + ".svg"
}

// serveLogo draws a card in a colour of its own with the name of the gateway, so that pages have something to show.
func (m *Merchant) serveLogo(w http.ResponseWriter, r *http.Request) {
	code := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, logoPath), ".svg")
	m.mu.Lock()
	i := m.indexMID(code)
	name := code
	if i >= 0 {
		name = m.mids[i].PG
	}
	m.mu.Unlock()
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	hue := fnv.New32a()
	_, _ = hue.Write([]byte(name))
	w.Header().Set("Content-Type", "image/svg+xml")
	_, _ = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="48" viewBox="0 0 120 48">`+
		`<rect width="120" height="48" rx="6" fill="hsl(%d,55%%,38%%)"/>`+
		`<text x="60" y="30" fill="#fff" font-family="sans-serif" font-size="15" text-anchor="middle">%s</text></svg>`,
		hue.Sum32()%360, html.EscapeString(name))
}
