package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/examples/internal/web"
)

// visit opens a session, with the cookie of an earlier one or without.
func visit(s *web.Sessions[int], cookie *http.Cookie) (*web.Session[int], *http.Cookie) {
	r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	if cookie != nil {
		r.AddCookie(cookie)
	}
	session := s.Open(w, r)
	for _, set := range w.Result().Cookies() {
		cookie = set
	}
	return session, cookie
}

func TestASessionIsRememberedForTwoHoursAfterItsLastUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := web.NewSessions("session", "http://shop.example", func() int { return 1 })
		first, cookie := visit(s, nil)
		first.Change(func(n *int) { *n = 7 })
		for range 3 {
			time.Sleep(119 * time.Minute)
			if again, _ := visit(s, cookie); again.Get() != 7 {
				t.Fatal("it was forgotten while in use")
			}
		}
		time.Sleep(121 * time.Minute)
		if later, _ := visit(s, cookie); later.Get() != 1 {
			t.Error("it is remembered after two idle hours")
		}
	})
}

func TestOnlySoManySessionsAreKeptAndTheOldestGoesFirst(t *testing.T) {
	s := web.NewSessions("session", "http://shop.example", func() int { return 1 })
	old, oldCookie := visit(s, nil)
	used, usedCookie := visit(s, nil)
	for range 9_998 {
		visit(s, nil)
	}
	visit(s, usedCookie)
	visit(s, nil) // one too many
	if again, _ := visit(s, usedCookie); again != used {
		t.Error("one in use was forgotten")
	}
	if again, _ := visit(s, oldCookie); again == old {
		t.Error("nothing was forgotten")
	}
}

func TestTheCookieOfAnHTTPSShopIsBoundToIt(t *testing.T) {
	for url, name := range map[string]string{
		"https://shop.example": "__Host-session", "http://127.0.0.1:8080": "session",
	} {
		_, cookie := visit(web.NewSessions("session", url, func() int { return 0 }), nil)
		if cookie.Name != name || cookie.Secure != (name != "session") || !cookie.HttpOnly ||
			cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("%s: the cookie is %v", url, cookie)
		}
	}
}
