// Storefront is a shop on Gin. Its checkout shows the payment methods that tender finds for each visitor, and sends the
// one that was chosen to Ottu's payment page.
//
//	TENDER_DEMO=1 go run ./storefront        with a simulated merchant, at http://127.0.0.1:8080
//	OTTU_URL=https://… OTTU_API_KEY=… OTTU_ENVIRONMENT=sandbox go run ./storefront
//
// PORT and PUBLIC_URL say where it listens and how shoppers reach it. The demo has a page for operators, /ops, that
// breaks the simulated merchant and tells why a gateway is not shown, and its /api/checkout takes ?currency= and
// ?cart_type=.
package main

import (
	"context"
	"fmt"
	"io"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/examples/internal/start"
	"github.com/tendergo/tender/resolver"
)

func main() { start.Main("storefront", run) }

func run(ctx context.Context, out io.Writer) (err error) {
	gin.SetMode(gin.ReleaseMode)
	setup, err := start.FromEnv("8080")
	if err != nil {
		return err
	}
	defer setup.Close()
	res, err := resolver.New(setup.Client, setup.Environment, currencies, rules)
	if err != nil {
		return err
	}
	defer func() {
		if closed := res.Close(); err == nil && closed != nil {
			err = fmt.Errorf("closing the resolver: %w", closed)
		}
	}()
	handler, err := newShop(setup, res)
	if err != nil {
		return err
	}
	go start.Warm(ctx, res, carts()...)
	return setup.Serve(ctx, out, handler)
}

// carts are one of each kind that the shop has.
func carts() (all []resolver.Cart) {
	for _, currency := range currencies {
		for _, t := range []resolver.CartType{resolver.OneOff, resolver.Subscription} {
			all = append(all, resolver.Cart{Currency: currency, Type: t})
		}
	}
	return all
}
