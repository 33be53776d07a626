package middleware_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// server serves a checkout, which answers with its codes, and the purge handler.
func server(t *testing.T, res *resolver.Resolver) (checkout func() string, post func(body string) (int, string)) {
	t.Helper()
	m, err := middleware.New(res)
	if err != nil {
		t.Fatal(err)
	}
	cart := func(*http.Request) (resolver.Cart, error) {
		return resolver.Cart{Type: resolver.OneOff, Currency: "KWD"}, nil
	}
	mux := http.NewServeMux()
	mux.Handle("/purge", newPurgeHandler(t, res))
	mux.Handle("/checkout", httpadapter.Wrap(m, cart)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, _ := middleware.FromContext(r.Context())
		_, _ = io.WriteString(w, strings.Join(e.PGCodes(), " "))
	})))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	send := func(path, body string) (int, string) {
		r, err := srv.Client().Post(srv.URL+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		return r.StatusCode, string(b)
	}
	return func() string { _, b := send("/checkout", ""); return b },
		func(body string) (int, string) { return send("/purge", body) }
}

func TestWhatAPurgedFlightBringsBackIsNeverServed(t *testing.T) {
	for _, action := range []string{"purge", "refresh"} {
		t.Run(action, func(t *testing.T) {
			var asked atomic.Int64
			started, release := make(chan struct{}), make(chan struct{})
			res := newResolver(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
				if asked.Add(1) == 1 {
					close(started)
					<-release // a source that does not even heed its context
					return answer("before")
				}
				return answer("after")
			})
			checkout, post := server(t, res)
			shopper := make(chan string, 1)
			go func() { shopper <- checkout() }()
			<-started
			if status, body := post(`{"action":"` + action + `","scope":"all"}`); status != http.StatusOK {
				t.Errorf("%d %s", status, body)
			}
			close(release)
			if got := <-shopper; got != "after" {
				t.Errorf("who waited got %q", got)
			}
			for range 100 {
				if got := checkout(); got != "after" {
					t.Fatalf("afterwards somebody got %q", got)
				}
			}
		})
	}
}

func TestARefreshThatFailsSaysSoAndTheShopServesOn(t *testing.T) {
	var down atomic.Bool
	res := newResolver(t, func(_ context.Context, f resolver.Filters) (resolver.Catalog, error) {
		if down.Load() && f.Currencies[0] == "KWD" {
			return resolver.Catalog{}, errors.New("no route to upstream.internal")
		}
		return answer("mpgs")
	})
	checkout, post := server(t, res)
	if got := checkout(); got != "mpgs" {
		t.Fatalf("%q", got)
	}
	if _, err := res.Resolve(t.Context(), resolver.Cart{Type: resolver.OneOff, Currency: "USD"}); err != nil {
		t.Fatal(err)
	}
	down.Store(true)
	status, body := post(`{"action":"refresh","scope":"all"}`)
	var got struct {
		Code              string
		Refreshed, Failed int
		Reach             string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if status != http.StatusBadGateway || got.Code != "refresh_failed" || got.Refreshed != 1 || got.Failed != 1 ||
		got.Reach != "this process" || strings.Contains(body, "upstream.internal") {
		t.Errorf("%d %s", status, body)
	}
	if got := checkout(); got != "mpgs" {
		t.Errorf("after a failed refresh the checkout shows %q", got)
	}
}
