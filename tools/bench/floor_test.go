package bench

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
)

// answerKey is where the floor and the rivals keep an answer in a context.
type answerKey struct{}

// constant is what the floor injects.
var constant = &answer{codes: []string{"knet"}}

// readAnswer is the handler behind the floor and the rivals. It is a variable of an interface type, so that no compiler
// sees through it and drops the request's copy.
var readAnswer http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if a, _ := r.Context().Value(answerKey{}).(*answer); a != nil {
		w.(*writer).seen++
	}
})

// bareFloor is the least that injecting costs: a context node and a copy of the request.
func bareFloor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), answerKey{}, constant)))
	})
}

// cartFloor reads the cart too, with the function that all contenders use.
func cartFloor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := cartOf(r); err != nil {
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), answerKey{}, constant)))
	})
}

// ginFloor is the same behind Gin's router.
func ginFloor(readCart bool) http.Handler {
	return ginChain(
		func(c *gin.Context) {
			if readCart {
				if _, err := cartOf(c.Request); err != nil {
					c.Abort()
					return
				}
			}
			c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), answerKey{}, constant))
		},
		func(c *gin.Context) bool {
			a, _ := c.Request.Context().Value(answerKey{}).(*answer)
			return a != nil
		})
}

// ginChain is a Gin router with one route, one middleware, and a handler that looks for the answer.
func ginChain(inject gin.HandlerFunc, found func(*gin.Context) bool) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.POST("/checkout", inject, func(c *gin.Context) {
		if !found(c) {
			c.AbortWithStatus(http.StatusInternalServerError)
		}
	})
	return e
}
