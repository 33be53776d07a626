package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/tendergo/tender/resolver"
)

// demoSource stands for an ottu.Client.
func demoSource() resolver.Source {
	id := resolver.Identity{Origin: "https://shop.example", Principal: "label:demo"}
	return resolver.SourceFunc(id, func(_ context.Context, f resolver.Filters) (resolver.Catalog, error) {
		methods := []resolver.PaymentMethod{
			{Code: "kpay", Name: "KNET", Sandbox: resolver.No, Tokenizable: resolver.No, Operation: resolver.Purchase},
			{Code: "mpgs", Name: "Cards", Sandbox: resolver.No, Tokenizable: resolver.Yes, Operation: resolver.Purchase},
			{Code: "cod", Name: "Cash", Sandbox: resolver.No, Tokenizable: resolver.No, Operation: resolver.Purchase},
		}
		if f.Tokenizable == resolver.Yes {
			methods = methods[1:2]
		}
		c := resolver.Catalog{Methods: methods}
		if f.CustomerID != "" {
			c.Past = []string{"mpgs"}
		}
		return c, nil
	})
}

func Example() {
	res, err := resolver.New(demoSource(), resolver.Production, []string{"KWD", "USD"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Close()

	eligible, err := res.Resolve(context.Background(), resolver.Cart{Currency: "KWD", Type: resolver.OneOff})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(eligible.PGCodes())

	eligible, err = res.Resolve(context.Background(), resolver.Cart{Currency: "KWD", Type: resolver.Subscription, CustomerID: "c1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(eligible.PGCodes(), eligible.PastPGCodes())
	// Output:
	// [kpay mpgs cod]
	// [mpgs] [mpgs]
}

func ExampleNew_mistakes() {
	_, err := resolver.New(demoSource(), "live", []string{"kwd"}, resolver.WithFreshness(48, 24))
	fmt.Println(errors.Is(err, resolver.ErrInvalidConfig))
	fmt.Println(err)
	// Output:
	// true
	// resolver: environment "live" is neither production nor sandbox (pass resolver.Production or resolver.Sandbox)
	// resolver: "kwd" is not a currency (use ISO 4217 codes in capitals, such as KWD)
	// resolver: soft age 48ns exceeds hard age 24ns (set WithFreshness)
}

func ExampleWithProfile() {
	res, err := resolver.New(demoSource(), resolver.Production, []string{"KWD"},
		// Debit cards only; a wallet's top-up; a kiosk; and a subscription that also asks for auto_debit.
		resolver.WithProfile("debit", func(p *resolver.Profile) { p.Filters.PGNames = []string{"kpay", "benefit"} }),
		resolver.WithProfile("top_up", func(p *resolver.Profile) { p.Filters.PaymentServices = []string{"wallet"} }),
		resolver.WithProfile("kiosk", func(p *resolver.Profile) { p.Filters.Tags = []string{"pos"} }),
		resolver.WithProfile(resolver.Subscription, func(p *resolver.Profile) { p.Filters.AutoDebit = resolver.Yes }),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Close()
	fmt.Println(res.Knows("debit"), res.Knows("lottery"))
	// Output: true false
}

func ExampleWithRules() {
	var cardsDown atomic.Bool
	res, err := resolver.New(demoSource(), resolver.Production, []string{"KWD"},
		resolver.WithRules(resolver.OneOff,
			resolver.AmountRange(resolver.Range{Currency: "KWD", Max: "100"}).Only(resolver.Codes("cod")),
			resolver.KillSwitch("cards", &cardsDown).Only(resolver.Codes("mpgs")),
		))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Close()

	cart := resolver.Cart{Currency: "KWD", Type: resolver.OneOff, Amount: "250.000"}
	for _, down := range []bool{false, true} {
		cardsDown.Store(down)
		eligible, err := res.Resolve(context.Background(), cart)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(eligible.PGCodes())
		for _, x := range eligible.Excluded() {
			fmt.Println(" ", x.Method.Code, x.Reasons[0].Message)
		}
	}
	// Output:
	// [kpay mpgs]
	//   cod the amount is not in any to 100 KWD
	// [kpay]
	//   mpgs switched off
	//   cod the amount is not in any to 100 KWD
}

func ExampleEligibility_Require() {
	res, err := resolver.New(demoSource(), resolver.Production, []string{"KWD"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Close()
	eligible, err := res.Resolve(context.Background(), resolver.Cart{Currency: "KWD", Type: resolver.Subscription})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = eligible.Require("kpay")
	fmt.Println(errors.Is(err, resolver.ErrNotEligible))
	fmt.Println(err)
	// Output:
	// true
	// resolver: payment method not eligible: "kpay": Ottu does not offer it for this cart
}

func ExampleResolver_Refresh() {
	res, err := resolver.New(demoSource(), resolver.Production, []string{"KWD"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Close()
	_ = res.Warm(context.Background(), resolver.Cart{Currency: "KWD", Type: resolver.OneOff})
	// A MID was changed in Ottu's admin panel: ask anew, and serve the old answers until the new ones are there.
	done, err := res.Refresh(context.Background(), resolver.Scope{Currency: "KWD"})
	fmt.Println(done.Refreshed, err)
	// Output: 1 <nil>
}
