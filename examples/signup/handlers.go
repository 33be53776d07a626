package main

import (
	"embed"
	"log/slog"
	"net/http"
	"slices"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/examples/internal/start"
	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/examples/internal/web"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

//go:embed templates
var files embed.FS

// club is the website.
type club struct {
	*start.Setup
	res      *resolver.Resolver
	till     *till.Till
	sessions *web.Sessions[visitor]
	pages    web.Pages
}

func newClub(setup *start.Setup, res *resolver.Resolver) (http.Handler, error) {
	pages, err := web.ParsePages(files)
	if err != nil {
		return nil, err
	}
	m, err := middleware.New(res)
	if err != nil {
		return nil, err
	}
	s := &club{Setup: setup, res: res, pages: pages, sessions: web.NewSessions("signup", setup.PublicURL, newVisitor),
		till: &till.Till{Client: setup.Client, Resolver: res, PublicURL: setup.PublicURL}}

	mux := http.NewServeMux()
	mux.Handle("GET /shared/", web.Shared())
	mux.HandleFunc("GET /readyz", s.ready)
	page := func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, s.open(h)) }
	page("GET /{$}", s.home)
	page("GET /sign-in", s.showSignIn)
	page("GET /orders/{no}", s.showOrder)
	page("POST /plan", s.changePlan)
	page("POST /currency", s.changeCurrency)
	page("POST /sign-in", s.signIn)
	page("/", s.missing)

	// Only gateways that keep a card: that is what the route is for, whatever a cart says.
	m, answer := m.For(resolver.Subscription), httpadapter.OnFailure(s.showFailure)
	offered := httpadapter.Wrap(m, s.cart, answer)
	chosen := httpadapter.Wrap(m, s.cart, answer, httpadapter.Submit(choice))
	mux.Handle("GET /signup", s.open(offered(http.HandlerFunc(s.signup))))
	mux.Handle("POST /signup", s.open(chosen(http.HandlerFunc(s.pay))))
	return web.Secure(s.ottuURL(), mux), nil
}

func (s *club) ottuURL() string { return s.Client.Identity().Origin }

// ready is for a load balancer: an outage of Ottu does not make the club unready, for it serves what it remembers.
func (s *club) ready(w http.ResponseWriter, _ *http.Request) {
	if !s.res.Ready() {
		http.Error(w, "warming", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

func (s *club) home(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "home.html", "", plans)
}

func (s *club) missing(w http.ResponseWriter, r *http.Request) {
	s.message(w, r, http.StatusNotFound, "There is no such page", "")
}

func (s *club) showSignIn(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "signin.html", "Sign in", web.Customers)
}

func (s *club) changePlan(w http.ResponseWriter, r *http.Request) {
	p, ok := findPlan(r.PostFormValue("plan"))
	if !ok {
		s.message(w, r, http.StatusBadRequest, "There is no such plan", "")
		return
	}
	sessionOf(r).Change(func(v *visitor) { v.Plan = p.ID })
	http.Redirect(w, r, "/signup", http.StatusSeeOther)
}

func (s *club) changeCurrency(w http.ResponseWriter, r *http.Request) {
	currency := r.PostFormValue("currency")
	if !slices.Contains(currencies, currency) {
		s.message(w, r, http.StatusBadRequest, "We do not sell in this currency", "")
		return
	}
	sessionOf(r).Change(func(v *visitor) { v.Currency = currency })
	to := "/"
	if r.PostFormValue("back") == "/signup" {
		to = "/signup"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// signIn has the customer's own payment methods fetched, so that they are there when the next page asks.
func (s *club) signIn(w http.ResponseWriter, r *http.Request) {
	customer, ok := web.FindCustomer(r.PostFormValue("customer"))
	if !ok {
		s.message(w, r, http.StatusBadRequest, "There is no such customer", "")
		return
	}
	session := s.sessions.Renew(w, sessionOf(r))
	session.Change(func(v *visitor) { v.Customer = customer.ID })
	cart := resolver.Cart{CustomerID: customer.ID, Currency: session.Get().Currency, Type: resolver.Subscription}
	if err := s.res.Prefetch(r.Context(), cart); err != nil { // signing in does not depend on it
		slog.WarnContext(r.Context(), "payment methods were not prefetched", "error", err)
	}
	http.Redirect(w, r, "/signup", http.StatusSeeOther)
}
