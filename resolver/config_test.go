package resolver_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

// mistakes are the parts of a joined configuration error.
func mistakes(t *testing.T, err error) (all []*resolver.ConfigError) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("not joined: %v", err)
	}
	for _, e := range joined.Unwrap() {
		var c *resolver.ConfigError
		if !errors.As(e, &c) || !errors.Is(e, resolver.ErrInvalidConfig) {
			t.Fatalf("not a ConfigError: %v", e)
		}
		if c.Package != "resolver" || c.Problem == "" || c.Fix == "" || !strings.Contains(c.Error(), c.Fix) {
			t.Fatalf("a mistake without a problem or a fix: %+v", c)
		}
		all = append(all, c)
	}
	return all
}

func TestNewReportsEveryMistakeAtOnce(t *testing.T) {
	profile := func(change func(*resolver.Profile)) resolver.Option { return resolver.WithProfile("p", change) }
	cases := map[string]resolver.Option{
		"an option is nil":                  nil,
		"soft age 0s is not positive":       resolver.WithFreshness(0, time.Hour),
		"soft age 48h0m0s exceeds hard age": resolver.WithFreshness(48*time.Hour, 24*time.Hour),
		"customers' answers 2h0m0s":         resolver.WithCustomerFreshness(2*time.Hour, time.Hour),
		"customers' answers -1s":            resolver.WithCustomerFreshness(-2*time.Second, -time.Second),
		"maximum wait":                      resolver.WithMaxWait(0),
		"flight timeout":                    resolver.WithFlightTimeout(-1),
		"a wait or a grace is negative":     resolver.WithPersonalWait(-1),
		"grace is negative":                 resolver.WithDeniedGrace(-1),
		"first backoff":                     resolver.WithBackoff(0, time.Minute),
		"longest backoff 1s is shorter":     resolver.WithBackoff(time.Minute, time.Second),
		"0 customers":                       resolver.WithCustomers(0),
		"0 flights":                         resolver.WithMaxFlights(0),
		"quota of -2":                       resolver.WithDailyQuota(-2),
		"quota of 0":                        resolver.WithDailyQuota(0),
		"logger is nil":                     resolver.WithLogger(nil),
		"no cart type or no function":       resolver.WithProfile("", func(*resolver.Profile) {}),
		"or no function":                    resolver.WithProfile("p", nil),
		"name a customer":                   profile(func(p *resolver.Profile) { p.Filters.CustomerID = "c1" }),
		"an environment or c":               profile(func(p *resolver.Profile) { p.Filters.Environment = resolver.Sandbox }),
		"currencies":                        profile(func(p *resolver.Profile) { p.Filters.Currencies = []string{"KWD"} }),
		"asks for the operation":            profile(func(p *resolver.Profile) { p.Filters.Operation = resolver.Authorize }),
		"needs what it filters out": profile(func(p *resolver.Profile) {
			p.Filters.AutoDebit, p.Needs.AutoDebit = resolver.No, true
		}),
		"an empty item":     profile(func(p *resolver.Profile) { p.Filters.Tags = []string{"retail", ""} }),
		"Plugin is not one": profile(func(p *resolver.Profile) { p.Filters.Plugin = strings.Repeat("p", 51) }),
		"its Plugin":        profile(func(p *resolver.Profile) { p.Filters.Plugin = "" }),
		"its Operation":     profile(func(p *resolver.Profile) { p.Filters.Operation, p.Needs = "refund", resolver.Needs{} }),
		"cart type \"p\": it": profile(func(p *resolver.Profile) {
			p.Filters.Tokenizable, p.Needs.Tokenizable = resolver.No, true
		}),
	}
	for problem, opt := range cases {
		t.Run(problem, func(t *testing.T) {
			_, err := resolver.New(nil, "staging", []string{"KWD", "kwd", "XXX"}, opt)
			all := mistakes(t, err)
			text := err.Error()
			for _, part := range []string{problem, "source is nil", `"staging"`, `"kwd"`, `"XXX"`} {
				if !strings.Contains(text, part) {
					t.Errorf("%q is not in:\n%s", part, text)
				}
			}
			if len(all) < 5 {
				t.Errorf("%d mistakes:\n%s", len(all), text)
			}
			if strings.Contains(text, "c1") {
				t.Errorf("a customer is shown:\n%s", text)
			}
		})
	}
	if _, err := resolver.New(scripted(lists()), resolver.Sandbox, nil); len(mistakes(t, err)) != 1 {
		t.Errorf("no currency: %v", err)
	}
}

func TestOnlyMoneyThatAShopCanSellInIsACurrency(t *testing.T) {
	cases := map[string]bool{
		"KWD": true, "USD": true, "SAR": true, "JPY": true, "XOF": true, "XAF": true, "XPF": true, "XCD": true,
		"XXX": false, "XTS": false, "XAU": false, "XAG": false, "XDR": false, "XBA": false, "XSU": false, "XUA": false,
		"CLF": false, "CHW": false, "USN": false, "kwd": false, "Kwd": false, "KW": false, "KWDD": false, "": false,
		"ABC": false, " KWD": false, "KW\u0130": false,
	}
	for code, ok := range cases {
		r, err := resolver.New(scripted(lists()), resolver.Sandbox, []string{code, code})
		if (err == nil) != ok {
			t.Errorf("%q: %v", code, err)
		}
		if err == nil {
			equal(t, "slots of a currency that is given twice", len(r.State().Slots), 6)
		}
	}
}

// The documented table, and with it every byte that a cart type sends.
func TestEveryCartTypeAsksItsDocumentedQuestion(t *testing.T) {
	shop := resolver.Filters{Plugin: "e_commerce", Environment: resolver.Production, Currencies: []string{"USD"}}
	with := func(change func(*resolver.Filters)) resolver.Filters {
		f := shop
		change(&f)
		return f
	}
	purchase := func(f *resolver.Filters) { f.Operation, f.CustomerID = resolver.Purchase, "c1" }
	questions := map[resolver.CartType]resolver.Filters{
		resolver.OneOff: with(purchase),
		resolver.Subscription: with(func(f *resolver.Filters) {
			purchase(f)
			f.Tokenizable = resolver.Yes
		}),
		resolver.Renewal: with(func(f *resolver.Filters) {
			f.Operation, f.Tokenizable = resolver.Purchase, resolver.Yes
		}),
		resolver.SaveCard:       with(func(f *resolver.Filters) { f.Tokenizable, f.CustomerID = resolver.Yes, "c1" }),
		resolver.PreOrder:       with(func(f *resolver.Filters) { f.Operation, f.CustomerID = resolver.Authorize, "c1" }),
		resolver.PaymentRequest: with(func(f *resolver.Filters) { purchase(f); f.Plugin = "payment_request" }),
	}
	needs := map[resolver.CartType]resolver.Needs{
		resolver.OneOff:         {Operation: resolver.Purchase},
		resolver.Subscription:   {Operation: resolver.Purchase, Tokenizable: true},
		resolver.Renewal:        {Operation: resolver.Purchase, Tokenizable: true, AutoDebit: true},
		resolver.SaveCard:       {Tokenizable: true},
		resolver.PreOrder:       {Operation: resolver.Authorize},
		resolver.PaymentRequest: {Operation: resolver.Purchase},
	}
	for cartType, question := range questions {
		t.Run(string(cartType), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(answers(resolver.Catalog{Methods: []resolver.PaymentMethod{{Code: "m", Sandbox: resolver.No}}}))
				r := open(t, src)
				want(t, r, resolver.Cart{CustomerID: "c1", Currency: "USD", Type: cartType}, "m")
				if got := src.log()[0].filters; !reflect.DeepEqual(got, question) {
					t.Fatalf("asked %#v, %v", got, got.CustomerID)
				}
				p, ok := resolver.DefaultProfile(cartType)
				if !ok || p.Needs != needs[cartType] {
					t.Fatalf("needs %+v", p.Needs)
				}
			})
		})
	}
	equal(t, "cart types", len(open(t, scripted(lists())).State().Slots), 2*len(questions))
	if _, ok := resolver.DefaultProfile("gift"); ok {
		t.Fatal("a cart type of nobody has a profile")
	}
}

func TestAProfileIsChangedOrAddedInOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := []string{"mpgs", "kpay", "mpgs"}
		src := scripted(lists("m"))
		r := open(t, src,
			resolver.WithProfile(resolver.Subscription, func(p *resolver.Profile) { p.Filters.AutoDebit = resolver.Yes }),
			resolver.WithProfile("debit", func(p *resolver.Profile) { p.Filters.PGNames = names }))
		names[0] = "changed later"
		want(t, r, resolver.Cart{Currency: "KWD", Type: resolver.Subscription}, "m")
		want(t, r, resolver.Cart{Currency: "KWD", Type: "debit"}, "m")
		want(t, r, guest, "m")
		log := src.log()
		equal(t, "auto_debit", log[0].filters.AutoDebit, resolver.Yes)
		equal(t, "tokenizable", log[0].filters.Tokenizable, resolver.Yes)
		equal(t, "gateways", strings.Join(log[1].filters.PGNames, " "), "kpay mpgs")
		equal(t, "operation", log[1].filters.Operation, resolver.Purchase)
		equal(t, "another type's", len(log[2].filters.PGNames), 0)
		if p, _ := resolver.DefaultProfile(resolver.Subscription); p.Filters.AutoDebit != resolver.Unset {
			t.Fatal("an option changed the default for everybody")
		}
	})
}

// What is given to New, or to a source, is nobody else's.
func TestNothingIsSharedWithTheCallerOrTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		currencies := []string{"KWD"}
		src := scripted(func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
			defer func() { f.Currencies[0], f.Tags[0] = "EUR", "changed" }()
			return catalog("m"), nil
		})
		r, err := resolver.New(src, resolver.Production, currencies, resolver.WithDailyQuota(100),
			resolver.WithProfile(resolver.OneOff, func(p *resolver.Profile) { p.Filters.Tags = []string{"retail"} }))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		currencies[0] = "USD"
		want(t, r, guest, "m")
		want(t, r, cartOf("c1"), "m")
		src.script(func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
			if f.Currencies[0] != "KWD" || f.Tags[0] != "retail" {
				t.Errorf("asked %s", f)
			}
			return catalog("m"), nil
		})
		refresh(t, r)
		st := r.State()
		st.Slots[0].PGCodes[0] = "changed"
		want(t, r, guest, "m")
	})
}
