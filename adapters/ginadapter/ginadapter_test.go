package ginadapter_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/adapters/ginadapter"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

func mount(t *testing.T) *middleware.Middleware {
	t.Helper()
	src := resolver.SourceFunc(resolver.Identity{}, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
		return resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "mpgs", Sandbox: resolver.No}}}, nil
	})
	res, err := resolver.New(src, resolver.Production, []string{"KWD"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Close() })
	m, err := middleware.New(res, middleware.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func kwd(*gin.Context) (resolver.Cart, error) {
	return resolver.Cart{Currency: "KWD", Type: resolver.OneOff}, nil
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// has tells whether the answer was there.
func has(e *resolver.Eligibility, err error) string {
	if err != nil {
		return err.Error()
	}
	return strings.Join(e.PGCodes(), " ")
}

// The scar: a value set on the request is invisible through gin.Context.
func TestEveryWayToTheAnswerFindsItOrNamesTheFix(t *testing.T) {
	for _, fallback := range []bool{false, true} {
		engine := gin.New()
		engine.ContextWithFallback = fallback
		engine.Use(ginadapter.Handler(mount(t), kwd))
		engine.GET("/own", func(c *gin.Context) { c.String(200, has(ginadapter.FromContext(c))) })
		engine.GET("/request", func(c *gin.Context) { c.String(200, has(middleware.FromContext(c.Request.Context()))) })
		engine.GET("/wrapped", gin.WrapF(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, has(middleware.FromContext(r.Context())))
		}))
		engine.GET("/gin", func(c *gin.Context) { c.String(200, has(middleware.FromContext(c))) })
		engine.GET("/derived", func(c *gin.Context) {
			c.String(200, has(middleware.FromContext(context.WithoutCancel(c))))
		})
		for _, path := range []string{"/own", "/request", "/wrapped", "/gin", "/derived"} {
			want := "mpgs"
			if !fallback && (path == "/gin" || path == "/derived") {
				want = "ginadapter.FromContext(c)"
			}
			if got := get(engine, path).Body.String(); !strings.Contains(got, want) {
				t.Errorf("fallback %t, %s: %q, want %q", fallback, path, got, want)
			}
		}
	}
}

// keyed answers for one key, as a *gin.Context does.
type keyed struct {
	context.Context
	key any
}

func (k keyed) Value(key any) any {
	if key == k.key {
		return k
	}
	return k.Context.Value(key)
}

func TestTheCoreKnowsTheKeyUnderWhichGinReturnsItself(t *testing.T) {
	_, err := middleware.FromContext(keyed{t.Context(), gin.ContextKey})
	if !errors.Is(err, middleware.ErrNotMounted) || !strings.Contains(err.Error(), "ginadapter.FromContext") {
		t.Errorf("middleware.ginContextKey is no longer gin.ContextKey: %v", err)
	}
}

func TestWithoutARequestThereIsAnErrorAndNoPanic(t *testing.T) {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	for _, c := range []*gin.Context{nil, c} {
		if _, err := ginadapter.FromContext(c); !errors.Is(err, middleware.ErrNotMounted) {
			t.Errorf("%v", err)
		}
	}
}

// The scar: a Gin bridge writes two JSON bodies in one response.
func TestOneFailureIsOneBodyAndOneAbort(t *testing.T) {
	refuse := func(c *gin.Context) (resolver.Cart, error) { return resolver.Cart{}, errors.New("no session") }
	for name, c := range map[string]struct {
		cart   func(*gin.Context) (resolver.Cart, error)
		opts   []ginadapter.Option
		status int
		body   string
	}{
		"the adapter answers": {cart: refuse, status: 500, body: `{"type":"urn:tender:problem:internal_error"`},
		"the hook answers": {
			cart: refuse, status: 418, body: `{"by":"hook"}`,
			opts: []ginadapter.Option{ginadapter.OnFailure(func(c *gin.Context, _ *middleware.Failure) {
				if !c.IsAborted() {
					t.Error("the hook came before the abort")
				}
				c.JSON(http.StatusTeapot, gin.H{"by": "hook"})
			})},
		},
		"the cart function answers and aborts": {status: 401, body: `{"by":"cart"}`,
			cart: func(c *gin.Context) (resolver.Cart, error) {
				c.AbortWithStatusJSON(http.StatusUnauthorized, gin.H{"by": "cart"})
				return resolver.Cart{}, errors.New("no session")
			}},
		"the cart function aborts, sets a status and returns an error": {status: 401, body: ``,
			cart: func(c *gin.Context) (resolver.Cart, error) {
				c.Abort()
				c.Status(http.StatusUnauthorized) // written by Gin when the chain has ended
				return resolver.Cart{}, errors.New("no session")
			}},
		"the cart function aborts and returns a cart": {status: 401, body: ``,
			cart: func(c *gin.Context) (resolver.Cart, error) {
				c.AbortWithStatus(http.StatusUnauthorized)
				return kwd(c)
			}},
		"the choice function answers and aborts": {cart: kwd, status: 401, body: `{"by":"choice"}`,
			opts: []ginadapter.Option{ginadapter.Submit(func(c *gin.Context) (middleware.Choice, error) {
				c.AbortWithStatusJSON(http.StatusUnauthorized, gin.H{"by": "choice"})
				return middleware.Choice{PGCode: "mpgs"}, nil
			})}},
		"the cart function answers and forgets to abort": {status: 401, body: `{"by":"cart"}`,
			cart: func(c *gin.Context) (resolver.Cart, error) {
				c.JSON(http.StatusUnauthorized, gin.H{"by": "cart"})
				return resolver.Cart{}, errors.New("no session")
			}},
	} {
		t.Run(name, func(t *testing.T) {
			aborted := 0
			engine := gin.New()
			engine.Use(func(c *gin.Context) {
				c.Next()
				if c.IsAborted() {
					aborted++
				}
			})
			engine.GET("/", ginadapter.Handler(mount(t), c.cart, c.opts...), func(c *gin.Context) {
				c.JSON(http.StatusOK, gin.H{"by": "handler"})
			})
			w := get(engine, "/")
			if w.Code != c.status || !strings.HasPrefix(w.Body.String(), c.body) || aborted != 1 {
				t.Errorf("status %d, aborted %d times: %s", w.Code, aborted, w.Body)
			}
			if n := strings.Count(w.Body.String(), "{"); n > 1 || (n == 0) != (c.body == "") {
				t.Errorf("%d JSON bodies: %s", n, w.Body)
			}
		})
	}
}

// The scar: a pooled gin.Context is used after its request.
func TestACopyOfTheContextAndTheAnswerOutliveTheRequest(t *testing.T) {
	engine := gin.New()
	type kept struct {
		c *gin.Context
		e *resolver.Eligibility
	}
	ended, result := make(chan struct{}), make(chan string, 2)
	engine.GET("/", ginadapter.Handler(mount(t), kwd), func(c *gin.Context) {
		e, err := ginadapter.FromContext(c)
		if err != nil {
			t.Error(err)
			return
		}
		k := kept{c.Copy(), e}
		go func() {
			<-ended
			result <- has(ginadapter.FromContext(k.c))
			result <- has(k.e, nil)
		}()
	})
	engine.GET("/other", func(*gin.Context) {})
	get(engine, "/")
	get(engine, "/other") // the pool gives the first request's context to the second
	close(ended)
	for range 2 {
		if got := <-result; got != "mpgs" {
			t.Errorf("after the request: %q", got)
		}
	}
}

func TestGroupsNoRouteAndPathParameters(t *testing.T) {
	engine := gin.New()
	m := mount(t)
	tell := func(c *gin.Context) { c.String(200, has(ginadapter.FromContext(c))) }
	shop := engine.Group("/shop/:currency", ginadapter.Handler(m, func(c *gin.Context) (resolver.Cart, error) {
		return resolver.Cart{Currency: strings.ToUpper(c.Param("currency")), Type: resolver.OneOff}, nil
	}))
	shop.GET("/checkout", tell)
	engine.GET("/about", tell)
	engine.NoRoute(ginadapter.Handler(m, kwd), tell)
	for path, want := range map[string]string{
		"/shop/kwd/checkout": "mpgs", "/shop/eur/checkout": "invalid_cart",
		"/about": middleware.ErrNotMounted.Error(), "/nowhere": "mpgs",
	} {
		if got := get(engine, path).Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
