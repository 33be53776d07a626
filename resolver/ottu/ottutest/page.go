package ottutest

import (
	"cmp"
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

type (
	payment struct {
		ID, Action, Currency, Amount string
		Done                         string // the session's state, unless it can be paid
		Back                         string
		Methods                      []payMethod
	}
	payMethod struct{ Code, Name, Logo string }
)

// servePage is where checkout_url leads a shopper: a button for each method, which pays and goes to redirect_url. It
// reads and writes without the Merchant's lock, since a shopper's browser may stall.
func (m *Merchant) servePage(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	id, code := strings.TrimPrefix(r.URL.Path, shortPath), r.PostFormValue("pg_code")
	if r.URL.Path == pagePath {
		id = r.FormValue("session_id")
	}
	p, ok := m.payment(id)
	switch {
	case !ok:
		http.NotFound(w, r)
	case r.Method == http.MethodPost:
		if err := m.MarkPaid(id, code); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		to := cmp.Or(p.Back, pagePath+"?session_id="+id)
		http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // to where the shop said, as Ottu does
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = payPage.Execute(w, p)
	}
}

// payment is what the page shows of a session.
func (m *Merchant) payment(id string) (p payment, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[id]
	if s == nil {
		return payment{}, false
	}
	p = payment{ID: id, Action: pagePath, Currency: s.currency, Amount: s.amount, Back: s.redirectURL}
	if s.state != "created" {
		p.Done = s.state
	}
	for _, code := range s.codes {
		if i := m.indexMID(code); i >= 0 {
			p.Methods = append(p.Methods, payMethod{code, m.mids[i].Name, m.mids[i].logoURL(s.base)})
		}
	}
	return p, true
}
