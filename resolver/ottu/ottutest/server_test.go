package ottutest_test

import (
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
	"go.uber.org/goleak"
)

func TestClosingTheServerLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t)
	srv := ottutest.NewServer()
	if !strings.HasPrefix(srv.URL, "http://127.0.0.1:") && !strings.HasPrefix(srv.URL, "http://[::1]:") {
		t.Errorf("%s is not a loopback address", srv.URL)
	}
	srv.Break(ottutest.Fault{Hang: true, Times: 2})
	srv.Break(ottutest.Fault{Delay: time.Hour})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if res, err := transport.RoundTrip(newQuestion(t.Context(), srv.URL)); err == nil {
				_ = res.Body.Close()
				t.Error("a hanging request was answered")
			}
		})
	}
	for srv.Count("") < 4 {
		runtime.Gosched()
	}
	srv.Close()
	srv.Close()
	wg.Wait()
}

func TestEverythingMayHappenAtOnce(t *testing.T) {
	m := ottutest.NewMerchant(ottutest.WithControl())
	var wg sync.WaitGroup
	for _, work := range []func(){
		func() { ask(t, m, question) },
		func() { curl(t, m, "POST", "shape", `{"shape":"sdk"}`) },
		func() { curl(t, m, "GET", "requests", "") },
		func() { m.SetMID(ottutest.MID{Code: "new", Currencies: []string{"KWD"}}); _ = m.RemoveMID("new") },
		func() { m.Break(ottutest.Fault{Status: 500, Times: 1}); m.Heal() },
		func() { m.SetKey("k", ottutest.Grant{}); m.Revoke("k"); m.LimitRate(1000, time.Second) },
		func() { m.RecordPayment("c1", "kpay"); m.SetBalance("c1", "KWD", "1"); m.AddCard(ottutest.Card{}) },
		func() { _, _ = m.Requests(), m.Count(""); m.ForgetRequests() },
		m.Reset,
	} {
		for range 2 {
			wg.Go(func() {
				for range 50 {
					work()
				}
			})
		}
	}
	wg.Wait()
	m.Reset()
	if got := ask(t, m, question).codes(t); got != "kpay" {
		t.Errorf("got %s", got)
	}
}
