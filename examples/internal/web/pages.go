package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
)

//go:embed static
var static embed.FS

// Shared serves the look that both shops share, under /shared/.
func Shared() http.Handler { return Static(static, "/shared/") }

// Static serves the folder "static" of files, and nothing else of them, under a prefix. Browsers keep it for an hour.
func Static(files fs.FS, prefix string) http.Handler {
	folder, err := fs.Sub(files, "static")
	if err != nil { // the name is a constant that makes sense
		return http.NotFoundHandler()
	}
	serve := http.StripPrefix(prefix, http.FileServerFS(folder))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		serve.ServeHTTP(w, r)
	})
}

// Pages are a shop's pages: each template of a folder, within the one called layout.html.
type Pages map[string]*template.Template

// ParsePages reads the folder "templates" of files.
func ParsePages(files fs.FS) (Pages, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := Pages{}
	for _, name := range names {
		if path.Base(name) == "layout.html" {
			continue
		}
		page, err := template.ParseFS(files, "templates/layout.html", name)
		if err != nil {
			return nil, err
		}
		pages[path.Base(name)] = page
	}
	return pages, nil
}

// Write answers with the page of that name. Nothing is sent before the whole page is made.
func (p Pages) Write(w http.ResponseWriter, status int, name string, view any) error {
	page := p[name]
	if page == nil {
		return fmt.Errorf("there is no page %q", name)
	}
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, "layout.html", view); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-store") // each page shows a visitor's own cart
	w.WriteHeader(status)
	_, err := body.WriteTo(w)
	return err
}

// Policy is the Content-Security-Policy of the shop's pages. Logos come from wherever Ottu says. Forms go to the shop,
// and with pay also to Ottu: a browser applies form-action to the redirect that answers a form, and a merchant's payment
// page may be on a domain of its own.
func Policy(ottuURL string, pay bool) string {
	ottu := ""
	if u, err := url.Parse(ottuURL); err == nil {
		ottu = " https: " + u.Scheme + "://" + u.Host
	}
	forms := "'self'"
	if pay {
		forms += ottu
	}
	return "default-src 'none'; style-src 'self'; img-src 'self'" + ottu + "; form-action " + forms +
		"; base-uri 'none'; frame-ancestors 'none'"
}

// Secure sets strict headers on every answer of h.
func Secure(ottuURL string, h http.Handler) http.Handler {
	policy := Policy(ottuURL, false)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Security-Policy", policy)
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		head.Set("Referrer-Policy", "same-origin")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		h.ServeHTTP(w, r)
	})
}
