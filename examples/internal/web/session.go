// Package web is what the example shops share of their websites: visitors' sessions, templates, strict headers, the
// pretended sign-in and the look.
package web

import (
	"container/list"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	maxSessions = 10_000
	idleSession = 2 * time.Hour
)

// Session is one visitor's, of whom T is what the shop remembers. It is safe for concurrent use.
type Session[T any] struct {
	// Paying is held while a payment is created, so that a second click on the button waits for the first.
	Paying sync.Mutex

	id, csrf string
	used     time.Time // guarded by Sessions.mu
	mu       sync.Mutex
	data     T
}

// Get returns what the shop remembers. Do not write to slices in it: other requests of the visitor read them.
func (s *Session[T]) Get() T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// Change lets f change it. Slices must be replaced and not written to.
func (s *Session[T]) Change(f func(*T)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.data)
}

// CSRF is the token that each form of the visitor carries, in a field of the name "csrf".
func (s *Session[T]) CSRF() string { return s.csrf }

// Checks tells whether a form was made for this visitor, so that no other site can submit it in the visitor's name.
func (s *Session[T]) Checks(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.PostFormValue("csrf")), []byte(s.csrf)) == 1
}

// Sessions keeps visitors in memory: the most recent 10,000, each for two hours after the last request. A shop of more
// than one process keeps them in its database.
type Sessions[T any] struct {
	cookie string // its name
	secure bool
	fresh  func() T

	mu     sync.Mutex
	byID   map[string]*list.Element
	recent *list.List // of *Session[T], most recent first
}

// NewSessions makes a store for a shop at publicURL. The cookie needs a name of its own for each shop on this machine,
// since browsers do not tell ports apart. fresh makes what is remembered of a new visitor.
func NewSessions[T any](cookie, publicURL string, fresh func() T) *Sessions[T] {
	s := &Sessions[T]{cookie: cookie, fresh: fresh, byID: map[string]*list.Element{}, recent: list.New()}
	if strings.HasPrefix(publicURL, "https://") {
		s.cookie, s.secure = "__Host-"+cookie, true
	}
	return s
}

// Find returns the session of a request, or nil where there is none.
func (s *Sessions[T]) Find(r *http.Request) *Session[T] {
	cookie, err := r.Cookie(s.cookie)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	element := s.byID[cookie.Value]
	if element == nil {
		return nil
	}
	session, ok := element.Value.(*Session[T])
	if !ok || time.Since(session.used) > idleSession {
		s.forget(element)
		return nil
	}
	session.used = time.Now()
	s.recent.MoveToFront(element)
	return session
}

// Open returns the session of a request, and starts one where there is none.
func (s *Sessions[T]) Open(w http.ResponseWriter, r *http.Request) *Session[T] {
	if session := s.Find(r); session != nil {
		return session
	}
	return s.start(w, s.fresh())
}

// Renew gives a visitor a new session with the same memory, and ends the old one: at sign-in, so that a cookie that
// somebody planted before is worth nothing.
func (s *Sessions[T]) Renew(w http.ResponseWriter, old *Session[T]) *Session[T] {
	s.mu.Lock()
	if element := s.byID[old.id]; element != nil {
		s.forget(element)
	}
	s.mu.Unlock()
	return s.start(w, old.Get())
}

func (s *Sessions[T]) start(w http.ResponseWriter, data T) *Session[T] {
	session := &Session[T]{id: rand.Text(), csrf: rand.Text(), used: time.Now(), data: data}
	//nolint:gosec // it is Secure wherever the shop is on https
	http.SetCookie(w, &http.Cookie{Name: s.cookie, Value: session.id, Path: "/", HttpOnly: true,
		Secure: s.secure, SameSite: http.SameSiteLaxMode})

	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[session.id] = s.recent.PushFront(session)
	if s.recent.Len() > maxSessions {
		s.forget(s.recent.Back())
	}
	return session
}

func (s *Sessions[T]) forget(element *list.Element) {
	if session, ok := s.recent.Remove(element).(*Session[T]); ok {
		delete(s.byID, session.id)
	}
}
