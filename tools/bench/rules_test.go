package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/tendergo/tender/resolver"
)

// rules measures what the rules of a shop cost on a hit: they run on every request, over every method.
func (r *report) rules() {
	r.title(2, "A hit with rules")
	r.say("`Resolve` of a guest's cart over twelve methods, with and without five rules: an amount range, a country, a kill " +
		"switch,\na denied gateway, and a function.")
	var rows [][]any
	for _, n := range []int{0, 5} {
		b := testing.Benchmark(func(b *testing.B) { benchmarkRules(b, n) })
		rows = append(rows, []any{n, b.AllocsPerOp(), b.AllocedBytesPerOp(), fmt.Sprint(b.NsPerOp(), " ns")})
	}
	r.table("rules|allocs|bytes|time", rows)
}

func benchmarkRules(b *testing.B, n int) {
	var killed atomic.Bool
	five := []resolver.Rule{
		resolver.AmountRange(resolver.Range{Currency: "KWD", Max: "500"}),
		resolver.Countries("KW", "SA"),
		resolver.KillSwitch("cards", &killed).Only(resolver.Codes("method-3")),
		resolver.Deny(resolver.Gateways("tabby")),
		resolver.RuleFunc("own", func(context.Context, resolver.Cart, resolver.PaymentMethod) (bool, error) { return true, nil }),
	}
	var methods []resolver.PaymentMethod
	for i := range 12 {
		methods = append(methods, resolver.PaymentMethod{Code: fmt.Sprint("method-", i), Sandbox: resolver.No})
	}
	src := resolver.SourceFunc(resolver.Identity{}, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
		return resolver.Catalog{Methods: methods}, nil
	})
	res, err := resolver.New(src, resolver.Production, []string{"KWD"}, resolver.WithRules(resolver.OneOff, five[:n]...))
	if err != nil {
		b.Fatal(err)
	}
	defer res.Close()
	cart := resolver.Cart{Currency: "KWD", Type: resolver.OneOff, Amount: "12.500", Country: "KW"}
	if e, err := res.Resolve(b.Context(), cart); err != nil || len(e.PGCodes()) != 12 {
		b.Fatal("not the twelve methods: ", err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := res.Resolve(b.Context(), cart); err != nil {
			b.Fatal(err)
		}
	}
}
