package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/examples/internal/web"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// cart is the visitor's, for tender: from the session, and never from what a browser sent.
func (s *club) cart(r *http.Request) (resolver.Cart, error) { return sessionOf(r).Get().cart() }

// choice is all that is taken from the form.
func choice(r *http.Request) (middleware.Choice, error) {
	return middleware.Choice{PGCode: r.PostFormValue("pg_code"), Version: r.PostFormValue("version")}, nil
}

// offer is the page that takes the signup.
type offer struct {
	Plan     plan
	Eligible *resolver.Eligibility
	Past     []string
	// Choice is what was chosen before, and Problem why that did not work.
	Choice, Problem string
}

// Price is what is charged now and in each cycle.
func (o offer) Price() string { return o.Eligible.Cart().Amount }

func (o offer) IsPast(code string) bool { return slices.Contains(o.Past, code) }

// methods returns the eligible methods of a request, or sends a visitor without a plan or a name to where they are
// chosen.
func (s *club) methods(w http.ResponseWriter, r *http.Request) (*resolver.Eligibility, bool) {
	eligible, err := middleware.FromContext(r.Context())
	if err == nil {
		return eligible, true
	}
	to := "/" // resolver.ErrNoCart: nothing else gets here
	if sessionOf(r).Get().Plan != "" {
		to = "/sign-in"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil, false
}

func (s *club) signup(w http.ResponseWriter, r *http.Request) {
	if eligible, ok := s.methods(w, r); ok {
		s.showOffer(w, r, http.StatusOK, eligible, "")
	}
}

func (s *club) showOffer(w http.ResponseWriter, r *http.Request, status int, e *resolver.Eligibility, problem string) {
	p, _ := findPlan(e.Cart().Attributes["plan"])
	w.Header().Set("Content-Security-Policy", web.Policy(s.ottuURL(), true))
	s.show(w, r, status, "signup.html", "Sign up", offer{p, e, e.PastPGCodes(), r.PostFormValue("pg_code"), problem})
}

// showFailure answers a submit that was refused, with the methods of now to choose from again, and every request where
// there are none.
func (s *club) showFailure(w http.ResponseWriter, r *http.Request, f *middleware.Failure) {
	if errors.Is(f.Err, resolver.ErrNoCart) {
		s.methods(w, r) // sends the visitor to where the cart is made
		return
	}
	if eligible, err := middleware.FromContext(r.Context()); err == nil {
		s.offerAgain(w, r, eligible, f.Err)
		return
	}
	title, text := web.FailureText(w.Header(), f)
	s.message(w, r, f.Status, title, text)
}

func (s *club) offerAgain(w http.ResponseWriter, r *http.Request, e *resolver.Eligibility, err error) {
	refusal := till.Refuse(err)
	web.RetryAfter(w.Header(), refusal.RetryAfter)
	s.showOffer(w, r, refusal.Status, e, refusal.Message)
}

// pay sends the visitor to Ottu's payment page with the one method that was chosen, which the submit check let through.
// The card is kept there, and charged in later cycles by a job of the club's own: with the same pg_code, customer and
// agreement.
func (s *club) pay(w http.ResponseWriter, r *http.Request) {
	eligible, ok := s.methods(w, r)
	if !ok {
		return
	}
	session := sessionOf(r)
	session.Paying.Lock()
	defer session.Paying.Unlock()

	code := r.PostFormValue("pg_code")
	if last := session.Get().Order; last.Reusable(till.Bought(eligible, code)) {
		http.Redirect(w, r, last.PayURL, http.StatusSeeOther)
		return
	}
	p, _ := findPlan(eligible.Cart().Attributes["plan"])
	order, err := s.till.Open(r.Context(), eligible, code, till.Agreement(p.Frequency, p.Days, p.Cycles))
	if err != nil {
		s.offerAgain(w, r, s.till.Choices(r.Context(), eligible, err), err)
		return
	}
	session.Change(func(v *visitor) { v.Order = order })
	http.Redirect(w, r, order.PayURL, http.StatusSeeOther)
}

// showOrder is where Ottu sends the visitor back to. Coming back proves nothing, so it asks what became of the payment.
func (s *club) showOrder(w http.ResponseWriter, r *http.Request) {
	session := sessionOf(r)
	order := session.Get().Order
	if order.No == "" || order.No != r.PathValue("no") {
		s.message(w, r, http.StatusNotFound, "There is no such order", "It may belong to another visit.")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	settled, err := s.till.Settle(ctx, order)
	if err != nil {
		slog.WarnContext(ctx, "the state of an order is not known", "error", err)
		web.RetryAfter(w.Header(), 5*time.Second)
		s.show(w, r, http.StatusServiceUnavailable, "order.html", "We are still asking", order)
		return
	}
	session.Change(func(v *visitor) {
		if v.Order.No == settled.No {
			v.Order = settled
		}
	})
	s.show(w, r, http.StatusOK, "order.html", settled.Title(), settled)
}
