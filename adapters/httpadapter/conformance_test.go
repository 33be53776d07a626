package httpadapter_test

import (
	"net/http"
	"testing"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/adapters/internal/conformance"
)

func TestTheAdapterConforms(t *testing.T) {
	conformance.Run(t, func(r conformance.Route) http.Handler {
		return httpadapter.Wrap(r.Middleware, r.Cart, nil, httpadapter.OnFailure(r.OnFailure))(r.Handler)
	})
}
