package conformance

import (
	"net/http"
	"testing"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// RunAllocations holds a hit to the request's copy and the context's node. It is for an adapter without a router that
// allocates too.
func RunAllocations(t *testing.T, mount Mount) {
	if raceEnabled {
		t.Skip("the race detector allocates, and empties pools")
	}
	s := newShop(t, nil, "mpgs")
	h := mount(Route{s.middleware(t), cartOf, nil, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := middleware.FromContext(r.Context()); err != nil {
			t.Error(err)
		}
	})})
	for _, id := range []string{"", customer} {
		r, w := request(http.MethodPost, id, "KWD", resolver.OneOff), discard{http.Header{}}
		if n := testing.AllocsPerRun(500, func() { h.ServeHTTP(&w, r) }); n != 2 {
			t.Errorf("customer %t: %v allocations, want 2", id != "", n)
		}
	}
}

// discard is a ResponseWriter that allocates nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header       { return d.header }
func (*discard) Write(p []byte) (int, error) { return len(p), nil }
func (*discard) WriteHeader(int)             {}
