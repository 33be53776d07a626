package ginadapter_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/adapters/ginadapter"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

// source stands in for the ottu.Client of a shop.
var source = resolver.SourceFunc(resolver.Identity{}, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
	return resolver.Catalog{Methods: []resolver.PaymentMethod{
		{Code: "knet", Sandbox: resolver.No}, {Code: "mpgs", Sandbox: resolver.No},
	}}, nil
})

// A shop reads the cart from what it trusts, mounts the middleware on its checkout, and uses the codes.
func Example() {
	res, err := resolver.New(source, resolver.Production, []string{"KWD", "USD"})
	if err != nil {
		panic(err)
	}
	defer res.Close()
	m, err := middleware.New(res)
	if err != nil {
		panic(err)
	}
	cart := func(*gin.Context) (resolver.Cart, error) { // in a shop: from the session and the order
		return resolver.Cart{CustomerID: "cust_1", Currency: "KWD", Type: resolver.OneOff}, nil
	}

	gin.SetMode(gin.TestMode)
	r := gin.New()
	r.POST("/checkout", ginadapter.Handler(m, cart), func(c *gin.Context) {
		eligible, err := ginadapter.FromContext(c)
		if err != nil {
			_ = c.AbortWithError(http.StatusInternalServerError, err)
			return
		}
		c.JSON(http.StatusOK, gin.H{"pg_codes": eligible.PGCodes()})
	})

	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/checkout", nil))
	fmt.Println(w.Body)
	// Output: {"pg_codes":["knet","mpgs"]}
}

// A shop with an error page of its own answers through a hook. Behind it nothing more is written.
func ExampleOnFailure() {
	res, _ := resolver.New(source, resolver.Production, []string{"KWD"})
	defer res.Close()
	m, _ := middleware.New(res)
	cart := func(*gin.Context) (resolver.Cart, error) {
		return resolver.Cart{}, fmt.Errorf("the basket is empty: %w", resolver.ErrInvalidCart)
	}
	page := func(c *gin.Context, f *middleware.Failure) {
		c.String(f.Status, "Sorry: %s", f.Code)
	}

	gin.SetMode(gin.TestMode)
	r := gin.New()
	r.POST("/checkout", ginadapter.Handler(m, cart, ginadapter.OnFailure(page)))

	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/checkout", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 400 Sorry: invalid_cart
}

// A handler of net/http behind gin.WrapH finds the answer in its request's context.
func ExampleHandler_wrapH() {
	res, _ := resolver.New(source, resolver.Production, []string{"KWD"})
	defer res.Close()
	m, _ := middleware.New(res)
	cart := func(*gin.Context) (resolver.Cart, error) {
		return resolver.Cart{Currency: "KWD", Type: resolver.OneOff}, nil
	}

	gin.SetMode(gin.TestMode)
	r := gin.New()
	r.POST("/signup", ginadapter.Handler(m, cart), gin.WrapF(func(w http.ResponseWriter, r *http.Request) {
		eligible, err := middleware.FromContext(r.Context())
		fmt.Fprintln(w, eligible.PGCodes(), err)
	}))

	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/signup", nil))
	fmt.Print(w.Body)
	// Output: [knet mpgs] <nil>
}

// Passing a *gin.Context to middleware.FromContext is the common mistake: Gin does not look into the request's context
// unless the engine's ContextWithFallback is set. ginadapter.FromContext does.
func ExampleFromContext_incorrect() {
	res, _ := resolver.New(source, resolver.Production, []string{"KWD"})
	defer res.Close()
	m, _ := middleware.New(res)
	cart := func(*gin.Context) (resolver.Cart, error) {
		return resolver.Cart{Currency: "KWD", Type: resolver.OneOff}, nil
	}

	gin.SetMode(gin.TestMode)
	r := gin.New()
	r.GET("/checkout", ginadapter.Handler(m, cart), func(c *gin.Context) {
		_, err := middleware.FromContext(c) // wrong
		fmt.Println(err)
		eligible, err := ginadapter.FromContext(c) // right
		fmt.Println(eligible.PGCodes(), err)
	})
	r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/checkout", nil))
	// Output:
	// middleware: tender is not mounted on this route, as far as a *gin.Context can tell (use ginadapter.FromContext(c), or pass c.Request.Context())
	// [knet mpgs] <nil>
}
