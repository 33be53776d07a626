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

func TestTheAdapterConforms(t *testing.T) {
	conformance.Run(t, func(r conformance.Route) http.Handler {
		var cart func(*gin.Context) (resolver.Cart, error)
		if r.Cart != nil {
			cart = func(c *gin.Context) (resolver.Cart, error) { return r.Cart(c.Request) }
		}
		var hook func(*gin.Context, *middleware.Failure)
		if r.OnFailure != nil {
			hook = func(c *gin.Context, f *middleware.Failure) { r.OnFailure(c.Writer, c.Request, f) }
		}
		engine := gin.New()
		engine.Any("/*path", ginadapter.Handler(r.Middleware, cart, nil, ginadapter.OnFailure(hook)), gin.WrapH(r.Handler))
		return engine
	})
}
