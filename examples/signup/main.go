// Signup sells a subscription with nothing but net/http. It offers only gateways that can keep a card, and starts an
// agreement for the later charges.
//
//	TENDER_DEMO=1 go run ./signup        with a simulated merchant, at http://127.0.0.1:8081
//	OTTU_URL=https://… OTTU_API_KEY=… OTTU_ENVIRONMENT=sandbox go run ./signup
//
// PORT and PUBLIC_URL say where it listens and how customers reach it.
package main

import (
	"context"
	"fmt"
	"io"

	"github.com/tendergo/tender/examples/internal/start"
	"github.com/tendergo/tender/resolver"
)

func main() { start.Main("signup", run) }

func run(ctx context.Context, out io.Writer) (err error) {
	setup, err := start.FromEnv("8081")
	if err != nil {
		return err
	}
	defer setup.Close()
	res, err := resolver.New(setup.Client, setup.Environment, currencies)
	if err != nil {
		return err
	}
	defer func() {
		if closed := res.Close(); err == nil && closed != nil {
			err = fmt.Errorf("closing the resolver: %w", closed)
		}
	}()
	handler, err := newClub(setup, res)
	if err != nil {
		return err
	}
	go start.Warm(ctx, res, carts()...)
	return setup.Serve(ctx, out, handler)
}

func carts() (all []resolver.Cart) {
	for _, currency := range currencies {
		all = append(all, resolver.Cart{Currency: currency, Type: resolver.Subscription})
	}
	return all
}
