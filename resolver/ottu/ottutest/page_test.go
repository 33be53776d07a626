package ottutest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// stuckWriter is a client that does not read its answer.
type stuckWriter struct {
	*httptest.ResponseRecorder
	free chan struct{}
}

func (w stuckWriter) Write(b []byte) (int, error) {
	<-w.free
	return w.ResponseRecorder.Write(b)
}

func TestAShopperWhoStallsHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := ottutest.NewMerchant()
		id := call(t, m, http.MethodPost, ottutest.PathCheckout, order(nil)).body["session_id"].(string)

		body, end := io.Pipe()
		post := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/c/"+id, body)
		post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		go m.ServeHTTP(httptest.NewRecorder(), post)
		get := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/c/"+id, nil)
		reader := stuckWriter{httptest.NewRecorder(), make(chan struct{})}
		go m.ServeHTTP(reader, get)
		synctest.Wait() // both are as far as they get

		if got := ask(t, m, question).codes(t); got != "kpay" {
			t.Errorf("got %s", got)
		}
		_, _ = io.WriteString(end, "pg_code=mpgs")
		_ = end.Close()
		close(reader.free)
		synctest.Wait()
		if got := call(t, m, http.MethodGet, ottutest.PathCheckout+id+"/", "").body["state"]; got != "paid" {
			t.Errorf("the stalled payment made it %v", got)
		}
	})
}
