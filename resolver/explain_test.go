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

// merchant answers as Ottu does: it applies the filters to its methods.
func merchant(methods ...resolver.PaymentMethod) reply {
	return func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
		var c resolver.Catalog
		for _, m := range methods {
			switch {
			case len(f.Currencies) > 0 && !slices.ContainsFunc(f.Currencies, m.Currencies.Contains):
			case f.Operation != "" && m.Operation != f.Operation:
			case f.Tokenizable == resolver.Yes && m.Tokenizable != resolver.Yes:
			case (m.Sandbox == resolver.Yes) != (f.Environment == resolver.Sandbox):
			case m.Type == "invoice" && f.Plugin != "payment_request":
			case len(f.Tags) > 0 && !slices.ContainsFunc(f.Tags, m.Tags.Contains):
			case m.Type == "hidden" && len(f.Currencies) > 0:
			default:
				c.Methods = append(c.Methods, m)
			}
		}
		return c, nil
	}
}

func accepting(code string, currencies ...string) resolver.PaymentMethod {
	m := method(code)
	m.Currencies, m.Tokenizable = resolver.ListOf(currencies...), resolver.Yes
	return m
}

func TestExplainSaysOfEveryMethodOfTheMerchantWhyItIsNotShown(t *testing.T) {
	debit := accepting("debit", "KWD")
	debit.Tokenizable = resolver.No
	dollars := accepting("dollars", "USD")
	later := accepting("later", "KWD")
	later.Operation = resolver.Authorize
	hidden := accepting("hidden", "KWD")
	hidden.Type = "hidden"
	denied := accepting("denied", "KWD", "USD")
	invoice, test := accepting("invoice", "KWD"), accepting("test", "USD")
	invoice.Type, test.Sandbox = "invoice", resolver.Yes
	src := scripted(merchant(accepting("cards", "KWD", "USD"), debit, dollars, later, hidden, denied, invoice, test))
	r := open(t, src, resolver.WithRules(resolver.Subscription, resolver.Deny(resolver.Codes("denied", "dollars"))))

	x, err := r.Explain(t.Context(), resolver.Cart{Currency: "KWD", Type: resolver.Subscription})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range x.Verdicts {
		line := fmt.Sprintf("%s %t", v.Method.Code, v.Eligible)
		for _, reason := range v.Reasons {
			line += " " + string(reason.Code)
		}
		got = append(got, line)
	}
	want := []string{
		"cards true", "debit false not_tokenizable", "dollars false currency rule", "later false operation",
		"hidden false ottu", "denied false rule",
		"invoice false plugin", "test false environment currency",
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(x.Findings) > 0 {
		t.Fatalf("findings of a healthy merchant: %v", x.Findings)
	}
}

func TestExplainIsCachedAndAsksOnlyWhenSomebodyDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := scripted(merchant(accepting("cards", "KWD")))
		r := open(t, src)
		for range 10 {
			if _, err := r.Explain(t.Context(), guest); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "calls: the cart's own, and two plugins in two environments", src.calls(), 5)
		pass(16 * time.Minute)
		equal(t, "calls while nobody is curious", src.calls(), 5)
		if _, err := r.Explain(t.Context(), guest); err != nil {
			t.Fatal(err)
		}
		equal(t, "calls", src.calls(), 9)
		_ = r.Close()
	})
}

func TestAnEmptyMerchantGetsADiagnosis(t *testing.T) {
	sandboxed := accepting("cards", "KWD")
	sandboxed.Sandbox = resolver.Yes
	tests := []struct {
		name   string
		source reply
		want   resolver.FindingCode
	}{
		{"nothing anywhere", lists(), resolver.FindingNothing},
		{"the other environment", merchant(sandboxed), resolver.FindingOtherEnvironment},
		{"another plugin", func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
			if f.Plugin != "payment_request" || f.Environment != resolver.Production {
				return resolver.Catalog{}, nil
			}
			return lists("kpay")(ctx, n, f)
		}, resolver.FindingOtherPlugin},
		{"a part that cannot be asked", func(_ context.Context, _ int, f resolver.Filters) (resolver.Catalog, error) {
			if f.Environment == resolver.Sandbox && f.Plugin == "payment_request" {
				return resolver.Catalog{}, errDown
			}
			return resolver.Catalog{}, nil
		}, resolver.FindingIncomplete},
		{"a key without rights", fails(fmt.Errorf("403: %w", resolver.ErrDenied)), resolver.FindingDenied},
		{"filters that Ottu refuses", fails(fmt.Errorf("400: %w", resolver.ErrRejected)), resolver.FindingRejected},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x, err := open(t, scripted(test.source)).Explain(t.Context(), guest)
			if err != nil {
				t.Fatal(err)
			}
			if len(x.Findings) != 1 || x.Findings[0].Code != test.want || x.Findings[0].Message == "" {
				t.Fatalf("findings: %v, want %s", x.Findings, test.want)
			}
		})
	}
}

func TestExplainDoesNotGuessWhileTheSourceIsDown(t *testing.T) {
	src := scripted(lists("kpay"))
	r := open(t, src)
	want(t, r, guest, "kpay")
	src.script(fails(errDown))
	if _, err := r.Explain(t.Context(), guest); !errors.Is(err, resolver.ErrUnavailable) {
		t.Fatalf("err: %v", err)
	}
	if _, err := r.Explain(t.Context(), resolver.Cart{Currency: "EUR", Type: resolver.OneOff}); !errors.Is(err, resolver.ErrInvalidCart) {
		t.Fatalf("err: %v", err)
	}
	want(t, r, guest, "kpay") // and harms no answer
}

func TestExplainSeesWhatAPurgeOrARefreshWasFor(t *testing.T) {
	src := scripted(lists("old"))
	r := open(t, src)
	explained := func(code string) {
		t.Helper()
		x, err := r.Explain(t.Context(), guest)
		if err != nil || len(x.Verdicts) != 1 || x.Verdicts[0].Method.Code != code {
			t.Fatalf("explained %+v, %v, want %s", x, err, code)
		}
	}
	explained("old")
	src.script(lists("new"))
	if _, err := r.Refresh(t.Context(), resolver.Scope{}); err != nil {
		t.Fatal(err)
	}
	explained("new")
	src.script(lists("newest"))
	if _, err := r.Purge(resolver.Scope{}); err != nil {
		t.Fatal(err)
	}
	explained("newest")
}

func TestADeniedQuestionOfAnExplanationIsNoOutage(t *testing.T) {
	src := scripted(func(ctx context.Context, n int, f resolver.Filters) (resolver.Catalog, error) {
		if f.Environment == resolver.Sandbox {
			return resolver.Catalog{}, fmt.Errorf("403: %w", resolver.ErrDenied)
		}
		return lists("kpay")(ctx, n, f)
	})
	r := open(t, src)
	if _, err := r.Explain(t.Context(), guest); err != nil {
		t.Fatal(err)
	}
	if e := resolve(t, r, cartOf("c")); !e.Freshness().Personal {
		t.Fatal("a customer is held back")
	}
}
