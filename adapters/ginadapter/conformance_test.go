package ginadapter_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/adapters/ginadapter"
	"github.com/tendergo/tender/adapters/internal/conformance"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

func mounted(r conformance.Route) http.Handler { return engine(r, nil) }

func submitted(r conformance.Route, choose conformance.Choose) http.Handler {
	if choose == nil {
		return engine(r, ginadapter.Submit(nil))
	}
	return engine(r, ginadapter.Submit(func(c *gin.Context) (middleware.Choice, error) { return choose(c.Request) }))
}

func engine(r conformance.Route, more ginadapter.Option) http.Handler {
	var cart func(*gin.Context) (resolver.Cart, error)
	if r.Cart != nil {
		cart = func(c *gin.Context) (resolver.Cart, error) { return r.Cart(c.Request) }
	}
	var hook func(*gin.Context, *middleware.Failure)
	if r.OnFailure != nil {
		hook = func(c *gin.Context, f *middleware.Failure) { r.OnFailure(c.Writer, c.Request, f) }
	}
	router := gin.New()
	adapter := ginadapter.Handler(r.Middleware, cart, more, ginadapter.OnFailure(hook))
	router.Any("/*path", adapter, gin.WrapH(r.Handler))
	return router
}

func TestTheAdapterConforms(t *testing.T) { conformance.Run(t, mounted) }

func TestAHitCostsTwoAllocations(t *testing.T) { conformance.RunAllocations(t, mounted) }

func TestASubmitConforms(t *testing.T) { conformance.RunSubmits(t, submitted) }
