package resolver_test

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/tendergo/tender/resolver"
)

func TestACartThatMakesNoSenseIsRefusedWithItsReason(t *testing.T) {
	good := resolver.Cart{CustomerID: "c1", Currency: "KWD", Type: resolver.OneOff, Amount: "12.500", Country: "KW"}
	cases := []struct {
		name   string
		change func(*resolver.Cart)
		code   resolver.CartCode
	}{
		{"no type", func(c *resolver.Cart) { c.Type = "" }, resolver.CartTypeMissing},
		{"a type of nobody", func(c *resolver.Cart) { c.Type = "gift" }, resolver.CartTypeUnknown},
		{"no currency", func(c *resolver.Cart) { c.Currency = "" }, resolver.CartCurrencyMissing},
		{"a currency in small letters", func(c *resolver.Cart) { c.Currency = "kwd" }, resolver.CartCurrencyUnknown},
		{"gold", func(c *resolver.Cart) { c.Currency = "XAU" }, resolver.CartCurrencyUnknown},
		{"a currency that is not sold in", func(c *resolver.Cart) { c.Currency = "EUR" }, resolver.CartCurrencyNotSold},
		{"an exponent", func(c *resolver.Cart) { c.Amount = "1e9" }, resolver.CartAmountMalformed},
		{"a negative amount", func(c *resolver.Cart) { c.Amount = "-1" }, resolver.CartAmountMalformed},
		{"a country in small letters", func(c *resolver.Cart) { c.Country = "kw" }, resolver.CartCountryMalformed},
		{"a country by its name", func(c *resolver.Cart) { c.Country = "Kuwait" }, resolver.CartCountryMalformed},
		{"a customer with a line break", func(c *resolver.Cart) { c.CustomerID = "c\n1" }, resolver.CartCustomerMalformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := scripted(lists("kpay"))
				r := open(t, src)
				cart := good
				c.change(&cart)
				e := &resolver.Eligibility{}
				err := r.ResolveTo(t.Context(), &cart, e)
				var bad *resolver.CartError
				if !errors.As(err, &bad) || bad.Code != c.code || !errors.Is(err, resolver.ErrInvalidCart) || bad.Detail == "" {
					t.Fatalf("got %v", err)
				}
				equal(t, "the Eligibility after an error", e.String(), (&resolver.Eligibility{}).String())
				equal(t, "calls", src.calls(), 0)
				want(t, r, good, "kpay")
			})
		})
	}
}

// A value of a megabyte must not become a log line of a megabyte.
func TestAnErrorShowsOnlyTheBeginningOfAForeignValue(t *testing.T) {
	r := open(t, scripted(lists("kpay")))
	long := strings.Repeat("x", 1<<20)
	for _, cart := range []resolver.Cart{
		{Type: resolver.CartType(long)},
		{Type: resolver.OneOff, Currency: long},
		{Type: resolver.OneOff, Currency: "KWD", Amount: long},
		{Type: resolver.OneOff, Currency: "KWD", Country: long},
	} {
		if _, err := r.Resolve(t.Context(), cart); err == nil || len(err.Error()) > 250 {
			t.Errorf("%s: an error of %d bytes", cart, len(err.Error()))
		}
	}
}

func TestMinorUnitsAreExact(t *testing.T) {
	cases := []struct {
		amount, currency string
		units            int64
	}{
		{"12.5", "KWD", 12500}, {"12.500", "KWD", 12500}, {"0.001", "KWD", 1}, {"0", "KWD", 0}, {"007", "KWD", 7000},
		{"12.5", "USD", 1250}, {"12", "USD", 1200}, {"0.07", "USD", 7}, {"12", "JPY", 12}, {"1.5", "BHD", 1500},
		{"99999999999999.9999", "CLF", 999999999999999999}, {"99999999999999", "JPY", 99999999999999},
	}
	for _, c := range cases {
		got, err := resolver.MinorUnits(c.amount, c.currency)
		if err != nil || got != c.units {
			t.Errorf("%s %s: %d, %v", c.amount, c.currency, got, err)
		}
	}
	for _, bad := range []struct{ amount, currency string }{
		{"", "USD"}, {".", "USD"}, {"1.", "USD"}, {".5", "USD"}, {"1.234", "USD"}, {"1.0", "JPY"}, {"-1", "USD"},
		{"+1", "USD"}, {"1e3", "USD"}, {"0x10", "USD"}, {"1,5", "USD"}, {"1 000", "USD"}, {"１", "USD"}, {"1.2.3", "USD"},
		{" 1", "USD"},
		{"100000000000000", "USD"}, {"NaN", "USD"}, {"1\x00", "USD"},
	} {
		_, err := resolver.MinorUnits(bad.amount, bad.currency)
		var e *resolver.CartError
		if !errors.As(err, &e) || e.Code != resolver.CartAmountMalformed {
			t.Errorf("%q %s: %v", bad.amount, bad.currency, err)
		}
	}
}

func TestDecimalsFollowISO4217(t *testing.T) {
	for n, list := range []string{
		"JPY KRW VND CLP ISK XAF XOF XPF RWF UGX PYG GNF KMF DJF BIF VUV", "", "USD EUR SAR AED QAR EGP XCD HUF",
		"KWD BHD OMR IQD JOD LYD TND", "CLF UYW",
	} {
		for _, currency := range strings.Fields(list) {
			equal(t, currency, resolver.Decimals(currency), n)
		}
	}
}

func TestAnAmountWrittenInAnyWayThatIsAllowedIsTheSameNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"JPY", "USD", "KWD", "CLF"}).Draw(t, "currency")
		units := rapid.Int64Range(0, 99_999_999_999_999).Draw(t, "units")
		decimals := resolver.Decimals(currency)
		text := strconv.FormatInt(units, 10)
		for len(text) <= decimals {
			text = "0" + text
		}
		if decimals > 0 {
			text = text[:len(text)-decimals] + "." + text[len(text)-decimals:]
			if rapid.Bool().Draw(t, "short") {
				text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
			}
		}
		got, err := resolver.MinorUnits(text, currency)
		if err != nil || got != units {
			t.Fatalf("%s %s: %d, %v, want %d", text, currency, got, err, units)
		}
	})
}

var plainDecimal = regexp.MustCompile(`^[0-9]{1,14}(\.[0-9]{1,4})?$`)

func FuzzMinorUnits(f *testing.F) {
	for _, amount := range []string{"", "0", "12.500", "1e9", "-1", "99999999999999.9999", "1.", ".1", "１", "0.07"} {
		f.Add(amount, "KWD")
		f.Add(amount, "CLF")
	}
	f.Fuzz(func(t *testing.T, amount, currency string) {
		n, err := resolver.MinorUnits(amount, currency)
		_, fraction, _ := strings.Cut(amount, ".")
		plain := plainDecimal.MatchString(amount) && len(fraction) <= resolver.Decimals(currency)
		if (err == nil) != plain {
			t.Fatalf("%q %q: %d, %v", amount, currency, n, err)
		}
		if err != nil {
			if len(err.Error()) > 500 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		about, _ := strconv.ParseFloat(amount, 64)
		about *= math.Pow10(resolver.Decimals(currency))
		if n < 0 || math.Abs(float64(n)-about) > 1e-9*about+1e-6 {
			t.Fatalf("%q %q: %d is not about %f", amount, currency, n, about)
		}
	})
}

func FuzzCurrency(f *testing.F) {
	for _, code := range []string{"KWD", "kwd", "XXX", "XAU", "XOF", "", "CLF", "KW\xff", "KWD\x00"} {
		f.Add(code)
	}
	src := scripted(lists("kpay"))
	f.Fuzz(func(t *testing.T, code string) {
		r, err := resolver.New(src, resolver.Production, []string{code})
		if err != nil {
			if !errors.Is(err, resolver.ErrInvalidConfig) || len(err.Error()) > 400 {
				t.Fatalf("%q: %v", code, err)
			}
			return
		}
		defer r.Close()
		if len(code) != 3 || strings.ToUpper(code) != code || strings.Contains("XXX XTS XAU XAG XDR", code) {
			t.Fatalf("%q is a currency", code)
		}
		want(t, r, resolver.Cart{Currency: code, Type: resolver.OneOff}, "kpay")
	})
}
