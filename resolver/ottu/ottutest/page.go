package ottutest

import (
	"html/template"
	"net/http"
	"strings"
)

const (
	pagePath  = "/b/checkout/redirect/start/"
	shortPath = "/c/"
)

var payPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Simulated payment</title>
<style>body{font:16px sans-serif;max-width:26em;margin:3em auto;padding:0 1em}
button{display:flex;align-items:center;gap:1em;width:100%;margin:.5em 0;padding:.6em;font:inherit}
img{height:2em}</style>
</head><body><h1>{{.Currency}} {{.Amount}}</h1>
{{if .Done}}<p>This payment is {{.Done}}.</p>{{else}}<p>A simulated payment page: no money moves.</p>
<form method="post" action="{{.Action}}"><input type="hidden" name="session_id" value="{{.ID}}">
{{range .Methods}}<button name="pg_code" value="{{.Code}}"><img src="{{.Logo}}" alt="">Pay with {{.Name}}</button>
{{end}}</form>{{end}}{{with .Back}}<p><a href="{{.}}">Back to the shop</a></p>{{end}}</body></html>
`))

type payMethod struct{ Code, Name, Logo string }

// servePage is where checkout_url leads a shopper: a button for each method, which pays and goes to redirect_url.
func (m *Merchant) servePage(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, shortPath)
	if r.URL.Path == pagePath {
		id = r.FormValue("session_id")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[id]
	switch {
	case s == nil:
		http.NotFound(w, r)
		return
	case r.Method == http.MethodPost:
		if err := m.pay(id, r.PostFormValue("pg_code")); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		to := s.redirectURL
		if to == "" {
			to = pagePath + "?session_id=" + id
		}
		http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // to where the shop said, as Ottu does
		return
	}
	data := map[string]any{"ID": id, "Action": pagePath, "Amount": s.amount, "Currency": s.currency, "Back": s.redirectURL}
	if s.state != "created" {
		data["Done"] = s.state
	}
	var methods []payMethod
	for _, code := range s.codes {
		if i := m.indexMID(code); i >= 0 {
			methods = append(methods, payMethod{code, m.mids[i].Name, m.mids[i].logoURL(s.base)})
		}
	}
	data["Methods"] = methods
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = payPage.Execute(w, data)
}
