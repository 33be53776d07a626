package httpadapter_test

import (
	"net/http"
	"testing"

	"github.com/tendergo/tender/adapters/httpadapter"
	"github.com/tendergo/tender/adapters/internal/conformance"
)

func mounted(r conformance.Route) http.Handler {
	return httpadapter.Wrap(r.Middleware, r.Cart, nil, httpadapter.OnFailure(r.OnFailure))(r.Handler)
}

func submitted(r conformance.Route, choose conformance.Choose) http.Handler {
	return httpadapter.Wrap(r.Middleware, r.Cart, httpadapter.OnFailure(r.OnFailure), httpadapter.Submit(choose))(r.Handler)
}

func TestTheAdapterConforms(t *testing.T) { conformance.Run(t, mounted) }

func TestAHitCostsTwoAllocations(t *testing.T) { conformance.RunAllocations(t, mounted) }

func TestASubmitConforms(t *testing.T) { conformance.RunSubmits(t, submitted) }
