package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tendergo/tender/resolver"
)

func TestASubmitFetchesAnAnswerOlderThanFifteenMinutesAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(numbered)
		r := open(t, src)
		want(t, r, guest, "v1")
		pass(15*time.Minute - time.Second)
		confirmed(t, r, guest, "v1")
		pass(time.Second)
		want(t, r, guest, "v1")
		confirmed(t, r, guest, "v2")
		want(t, r, guest, "v2")
	})
}

func TestASubmitGetsTheOldAnswerWhileTheSourceIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src)
		want(t, r, guest, "kpay")
		for name, down := range map[string]reply{"failing": fails(errDown), "hanging": hangs} {
			src.script(down)
			pass(time.Hour)
			began := time.Now()
			confirmed(t, r, guest, "kpay")
			within(t, name+": waited", time.Since(began), 0, 3*time.Second)
		}
	})
}

func TestASubmitWaitsForTheCustomersOwnAnswerLongerThanAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(split(lists("kpay"), after(2500*time.Millisecond, lists("kpay", "wallet"))))
		r := open(t, src)
		want(t, r, guest, "kpay")
		want(t, r, cartOf("c"), "kpay") // the page waits for a second only
		pass(time.Minute * 20)
		confirmed(t, r, cartOf("c"), "kpay", "wallet")
	})
}

func confirmed(t *testing.T, r *resolver.Resolver, cart resolver.Cart, these ...string) {
	t.Helper()
	e, err := r.Confirm(t.Context(), cart)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(e.PGCodes(), these) {
		t.Fatalf("confirmed %v, want %v", e.PGCodes(), these)
	}
}

func TestTheVersionChangesWithTheCartTheCustomerAndTheListAndWithNothingElse(t *testing.T) {
	src := scripted(lists("kpay", "mpgs"))
	r := open(t, src)
	full := resolver.Cart{
		CustomerID: "c", Currency: "KWD", Type: resolver.OneOff, Amount: "1.5", Country: "KW",
		Attributes: map[string]string{"a": "b", "c": "d"},
	}
	first := resolve(t, r, full).Version()
	equal(t, "the same cart again", resolve(t, r, full).Version(), first)
	equal(t, "the same cart in another process", resolve(t, open(t, src), full).Version(), first)
	changes := map[string]func(*resolver.Cart){
		"customer": func(c *resolver.Cart) { c.CustomerID = "d" }, "guest": func(c *resolver.Cart) { c.CustomerID = "" },
		"currency": func(c *resolver.Cart) { c.Currency = "USD"; c.Amount = "1.5" }, "type": func(c *resolver.Cart) { c.Type = resolver.PaymentRequest },
		"amount": func(c *resolver.Cart) { c.Amount = "1.6" }, "country": func(c *resolver.Cart) { c.Country = "SA" },
		"attributes":    func(c *resolver.Cart) { c.Attributes = map[string]string{"a": "bc", "c": "d"} },
		"no attributes": func(c *resolver.Cart) { c.Attributes = nil },
	}
	seen := map[string]string{first: "the first"}
	for name, change := range changes {
		cart := full
		change(&cart)
		v := resolve(t, r, cart).Version()
		if other, ok := seen[v]; ok {
			t.Errorf("%s has the version of %s", name, other)
		}
		seen[v] = name
	}
	src.script(lists("kpay"))
	if _, err := r.Refresh(t.Context(), resolver.Scope{}); err != nil {
		t.Fatal(err)
	}
	if resolve(t, r, full).Version() == first {
		t.Error("another list has the same version")
	}
	if strings.Contains(first, "c") && len(first) != 22 {
		t.Errorf("version %q is not 16 bytes in base64url", first)
	}
}

var errRejected = fmt.Errorf("400: %w", resolver.ErrMethodRejected)

func TestPayRepairsTheCacheOnceWhenCheckoutRejectsTheCode(t *testing.T) {
	tests := []struct {
		name     string
		after    []string // what the source lists once the page was shown
		code     string
		results  []error // of the shop's calls
		calls    int
		want     error
		upstream int
	}{
		{"accepted", []string{"kpay", "mpgs"}, "mpgs", []error{nil}, 1, nil, 1},
		{"another error is the shop's", []string{"kpay"}, "mpgs", []error{errDown}, 1, errDown, 1},
		{"not on the page", []string{"kpay"}, "cod", nil, 0, resolver.ErrNotEligible, 1},
		{"the gateway is gone", []string{"kpay"}, "mpgs", []error{errRejected}, 1, resolver.ErrNotEligible, 2},
		{"still there: once more", []string{"kpay", "mpgs"}, "mpgs", []error{errRejected, nil}, 2, nil, 2},
		{"and not a third time", []string{"kpay", "mpgs"}, "mpgs", []error{errRejected, errRejected}, 2, resolver.ErrMethodRejected, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := scripted(lists("kpay", "mpgs"))
			r := open(t, src)
			want(t, r, guest, "kpay", "mpgs")
			src.script(lists(test.after...))
			calls := 0
			err := r.Pay(t.Context(), guest, test.code, func(_ context.Context, e *resolver.Eligibility) error {
				calls++
				if !e.Has(test.code) {
					t.Errorf("call %d got an Eligibility without %s", calls, test.code)
				}
				return test.results[calls-1]
			})
			if !errors.Is(err, test.want) {
				t.Errorf("err: %v, want %v", err, test.want)
			}
			equal(t, "calls of the shop", calls, test.calls)
			equal(t, "calls upstream", src.calls(), test.upstream)
		})
	}
}

func TestPayAsksAnewForTheCustomerWhoseAnswerWasWrong(t *testing.T) {
	src := scripted(lists("kpay", "mpgs"))
	r := open(t, src)
	want(t, r, guest, "kpay", "mpgs")
	want(t, r, cartOf("c"), "kpay", "mpgs")
	src.script(lists("kpay"))
	err := r.Pay(t.Context(), cartOf("c"), "mpgs", func(context.Context, *resolver.Eligibility) error { return errRejected })
	if !errors.Is(err, resolver.ErrNotEligible) || !errors.Is(err, resolver.ErrMethodRejected) {
		t.Fatalf("err: %v", err)
	}
	want(t, r, cartOf("c"), "kpay")
}

func TestPayKeepsTheOldAnswerWhereTheSourceIsDown(t *testing.T) {
	src := scripted(lists("kpay", "mpgs"))
	r := open(t, src)
	want(t, r, guest, "kpay", "mpgs")
	src.script(fails(errDown))
	calls := 0
	err := r.Pay(t.Context(), guest, "mpgs", func(context.Context, *resolver.Eligibility) error { calls++; return errRejected })
	if !errors.Is(err, resolver.ErrMethodRejected) {
		t.Fatalf("err: %v", err)
	}
	equal(t, "calls of the shop", calls, 1)
	want(t, r, guest, "kpay", "mpgs")
}

func TestPayDoesNotTryACodeOnWhichAStaleAnswerCannotSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src)
		want(t, r, guest, "kpay")
		src.script(fails(errDown))
		pass(25 * time.Hour)
		err := r.Pay(t.Context(), guest, "kpay-test", func(context.Context, *resolver.Eligibility) error {
			t.Error("a code that no answer lists was tried")
			return nil
		})
		if !errors.Is(err, resolver.ErrUnknown) {
			t.Fatalf("err: %v", err)
		}
		if err := r.Pay(t.Context(), guest, "kpay", func(context.Context, *resolver.Eligibility) error { return nil }); err != nil {
			t.Fatalf("an outage keeps a listed code from being tried: %v", err)
		}
	})
}

func TestPayBelievesAtOnceThatTheOnlyMethodIsGone(t *testing.T) {
	src := scripted(lists("mpgs"))
	r := open(t, src)
	want(t, r, guest, "mpgs")
	src.script(lists())
	calls := 0
	err := r.Pay(t.Context(), guest, "mpgs", func(context.Context, *resolver.Eligibility) error { calls++; return errRejected })
	if !errors.Is(err, resolver.ErrNotEligible) {
		t.Fatalf("err: %v", err)
	}
	equal(t, "calls of the shop", calls, 1)
	want(t, r, guest)
}

func TestRejectionsWithoutEndDoNotEatTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(lists("kpay"))
		r := open(t, src)
		want(t, r, guest, "kpay")
		for range 100 {
			err := r.Pay(t.Context(), guest, "kpay", func(context.Context, *resolver.Eligibility) error { return errRejected })
			if !errors.Is(err, resolver.ErrMethodRejected) {
				t.Fatalf("err: %v", err)
			}
		}
		equal(t, "calls upstream", src.calls(), 2)
		pass(11 * time.Second)
		_ = r.Pay(t.Context(), guest, "kpay", func(context.Context, *resolver.Eligibility) error { return errRejected })
		equal(t, "calls upstream, later", src.calls(), 3)
	})
}
