package ottutest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// simulator is where the control API answers.
const simulator = "http://localhost:8080"

// curl sends a body as curl -d does.
func curl(t *testing.T, m *ottutest.Merchant, method, path, body string) answer {
	t.Helper()
	return send(t, m, method, simulator+"/_sim/"+path, "", "application/x-www-form-urlencoded", body)
}

func TestTheControlAPIBreaksAndHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ottutest.NewMerchant(ottutest.WithControl())
		do := func(method, path, body string) {
			t.Helper()
			if a := curl(t, m, method, path, body); a.status != http.StatusNoContent {
				t.Errorf("%s %s %s: got %d %s", method, path, body, a.status, a.text)
			}
		}
		do("POST", "fail", `{"status":503,"shape":"typed","times":1,"retry_after":"2s"}`)
		do("POST", "slow", `{"delay":"300ms","path":"/b/pbl/"}`)
		a := ask(t, m, question)
		if a.status != 503 || a.header.Get("Retry-After") != "2" || !strings.Contains(a.text, `"type"`) {
			t.Errorf("got %d %s", a.status, a.text)
		}
		start := time.Now()
		if ask(t, m, question).codes(t); time.Since(start) != 300*time.Millisecond {
			t.Errorf("slow: took %s", time.Since(start))
		}
		do("POST", "heal", "")
		if ask(t, m, question).codes(t); time.Since(start) != 300*time.Millisecond {
			t.Error("still slow")
		}
		do("POST", "limit", `{"requests":1,"window":"1m"}`)
		if ask(t, m, question); ask(t, m, question).status != 429 {
			t.Error("no limit")
		}
		do("POST", "limit", `{"requests":0}`)

		do("POST", "mid/kpay", `{"is_active":false}`)
		if got := ask(t, m, question).codes(t); got != "" {
			t.Errorf("switched off: got %s", got)
		}
		do("POST", "mid/kpay", `{"is_active":true,"code":"knet","accepted_currencies":["KWD","USD"]}`)
		if got := ask(t, m, question); got.codes(t) != "knet" || !strings.Contains(got.text, `["KWD","USD"]`) {
			t.Errorf("renamed: got %s", got.text)
		}
		do("POST", "mid/kpay2", `{"accepted_currencies":["KWD"],"connector":{"identifier":"kpay"}}`)
		do("POST", "mid/knet", `{"displayable":false}`)
		if got := ask(t, m, question).codes(t); got != "kpay2" {
			t.Errorf("added: got %s", got)
		}
		do("DELETE", "mid/kpay2", "")
		do("POST", "payment", `{"customer_id":"c1","pg_code":"kpay"}`)
		do("POST", "balance", `{"customer_id":"c1","currency":"KWD","balance":"5.000"}`)
		a = ask(t, m, `{"plugin":"e_commerce","customer_id":"c1","pg_names":["kpay","ottu_wallet"],"type":"production"}`)
		if a.codes(t) != "m-wallet" || a.past() != "kpay" {
			t.Errorf("got %s", a.text)
		}
		id := call(t, m, http.MethodPost, ottutest.PathCheckout, order(nil)).body["session_id"].(string)
		do("POST", "paid", `{"session_id":"`+id+`"}`)
		if got := call(t, m, http.MethodGet, ottutest.PathCheckout+id+"/", "").body["state"]; got != "paid" {
			t.Errorf("got %v", got)
		}
		if a := curl(t, m, "GET", "requests", ""); !strings.Contains(a.text, `"principal":"key:1"`) {
			t.Errorf("got %s", a.text)
		}
		do("DELETE", "requests", "")
		if a := curl(t, m, "GET", "requests", ""); a.text != "[]" {
			t.Errorf("got %s", a.text)
		}
		do("POST", "shape", `{"shape":"pg_codes"}`)
		do("POST", "reset", "")
		if got := ask(t, m, question).codes(t); got != "kpay" {
			t.Errorf("reset: got %s", got)
		}
		if a := curl(t, m, "GET", "mids", ""); !strings.Contains(a.text, `"is_active":false,"displayable":true`) {
			t.Errorf("got %s", a.text)
		}
	})
}

func TestACommandThatMakesNoSenseSaysSo(t *testing.T) {
	m := ottutest.NewMerchant(ottutest.WithControl())
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "fail", `{}`, 400, "say what to do"},
		{"POST", "fail", `{"statuss":503}`, 400, "unknown field"},
		{"POST", "fail", `{"status":99}`, 400, "status 99"},
		{"POST", "fail", `{"status":500,"shape":"x"}`, 400, `shape \"x\"`},
		{"POST", "fail", `{"body":"x"}`, 400, `body \"x\"`},
		{"POST", "slow", `{"delay":"-1s"}`, 400, "negative"},
		{"POST", "slow", `{"delay":"soon"}`, 400, "invalid duration"},
		{"POST", "shape", `{"shape":"x"}`, 400, `shape \"x\"`},
		{"POST", "fail", `{"status":500,"times":-1}`, 400, "times -1 is negative"},
		{"POST", "limit", `{"requests":1}`, 400, "needs a window"},
		{"POST", "limit", `{"requests":-1,"window":"1m"}`, 400, "requests -1 is negative"},
		{"POST", "mid/new", `{}`, 400, "has no currency"},
		{"POST", "mid/kpay", `{"accepted_currencies":[]}`, 400, "has no currency"},
		{"POST", "mid/kpay", `{"accepted_currencies":["KWD","XXQ"]}`, 400, `currency \"XXQ\"`},
		{"POST", "mid/kpay", `{"default_currency":"kwd"}`, 400, `currency \"kwd\"`},
		{"POST", "mid/kpay", `{"code":"k pay"}`, 400, `code \"k pay\"`},
		{"POST", "mid/a/b", `{"accepted_currencies":["KWD"]}`, 400, `code \"a/b\"`},
		{"POST", "payment", `{"pg_code":"kpay"}`, 400, "needs customer_id"},
		{"POST", "balance", `{"customer_id":"c1","currency":"KWD","balance":"x"}`, 400, "a decimal number"},
		{"POST", "paid", `{"session_id":"x"}`, 400, "there is no session"},
		{"POST", "mid/kpay", `{"is_activ":false}`, 400, "unknown field"},
		{"POST", "mid/kpay", `{"code":"mpgs"}`, 400, "already"},
		{"DELETE", "mid/nobody", ``, 400, "there is no MID"},
		{"POST", "nothing", `{}`, 404, "no such command"},
		{"GET", "fail", ``, 404, "no such command"},
		{"PUT", "mid/kpay", `{}`, 404, "no such command"},
	} {
		a := curl(t, m, tt.method, tt.path, tt.body)
		if a.status != tt.status || !strings.Contains(a.text, tt.want) {
			t.Errorf("%s %s %s: got %d %s", tt.method, tt.path, tt.body, a.status, a.text)
		}
	}
	if got := ask(t, m, question).codes(t); got != "kpay" {
		t.Errorf("something changed: got %s", got)
	}
}

func TestTheControlAPIIsForThisMachineAndOnlyWhenAskedFor(t *testing.T) {
	if a := curl(t, ottutest.NewMerchant(), "GET", "mids", ""); a.status != http.StatusNotFound {
		t.Errorf("without the option: got %d", a.status)
	}
	m := ottutest.NewMerchant(ottutest.WithControl())
	for remote, want := range map[string]int{"127.0.0.1:5": 204, "[::1]:5": 204, "192.0.2.1:5": 403, "": 403} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, simulator+"/_sim/heal", nil)
		r.RemoteAddr = remote
		w := httptest.NewRecorder()
		if m.ServeHTTP(w, r); w.Code != want {
			t.Errorf("from %q: got %d, want %d", remote, w.Code, want)
		}
	}
	for host, want := range map[string]int{
		"localhost": 204, "LOCALHOST:8080": 204, "127.0.0.1:8080": 204, "[::1]:8080": 204, "[::1]": 204,
		"rebound.example:8080": 403, "127.0.0.1.example": 403, "localhost.example": 403, "192.0.2.1": 403, "": 403,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/_sim/heal", nil)
		r.RemoteAddr, r.Host = "127.0.0.1:5", host
		w := httptest.NewRecorder()
		if m.ServeHTTP(w, r); w.Code != want {
			t.Errorf("to %q: got %d, want %d", host, w.Code, want)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, simulator+"/_sim/heal", nil)
	r.RemoteAddr = "127.0.0.1:5"
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if m.ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Errorf("from a page of another site: got %d", w.Code)
	}
}
