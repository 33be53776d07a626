package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/tendergo/tender/examples/internal/web"
)

type sessionKey struct{}

// open finds the visitor of a request for a page, and refuses forms that were not made for the visitor.
func (s *club) open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := s.sessions.Open(w, r)
		r = r.WithContext(context.WithValue(r.Context(), sessionKey{}, session))
		if r.Method == http.MethodPost && !session.Checks(r) {
			s.message(w, r, http.StatusForbidden, "This form has expired", "Please go back, reload the page and try again.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sessionOf is for handlers behind open.
func sessionOf(r *http.Request) *web.Session[visitor] {
	return r.Context().Value(sessionKey{}).(*web.Session[visitor]) //nolint:forcetypeassert // open put it there
}

// view is what every page needs, and in Body what one page does.
type view struct {
	Title, Path, CSRF, Currency, Customer string
	Currencies                            []string
	Demo                                  bool
	Body                                  any
}

func (s *club) show(w http.ResponseWriter, r *http.Request, status int, page, title string, body any) {
	session := sessionOf(r)
	me := session.Get()
	customer, _ := web.FindCustomer(me.Customer)
	v := view{Title: title, Path: r.URL.Path, CSRF: session.CSRF(), Currency: me.Currency, Customer: customer.Label,
		Currencies: currencies, Demo: s.Demo != nil, Body: body}
	if err := s.pages.Write(w, status, page, v); err != nil {
		slog.ErrorContext(r.Context(), "a page could not be shown", "page", page, "error", err)
	}
}

// message is a page of a few words.
func (s *club) message(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	s.show(w, r, status, "message.html", title, text)
}
