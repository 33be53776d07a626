package resolver_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver"
)

var (
	someID      = resolver.Identity{Origin: "https://shop.example", Principal: "key:1"}
	someFilters = resolver.Filters{
		Plugin: "e_commerce", Environment: resolver.Production, Currencies: []string{"KWD"}, CustomerID: "c1",
		Operation: resolver.Purchase, Tokenizable: resolver.Yes, PGNames: []string{"kpay"}, Tags: []string{"retail"},
		PaymentServices: []string{"wallet"},
	}
)

func TestANamespaceDiffersInEachComponent(t *testing.T) {
	changes := map[string]func(*resolver.Identity, *resolver.Filters){
		"nothing":        func(*resolver.Identity, *resolver.Filters) {},
		"host":           func(id *resolver.Identity, _ *resolver.Filters) { id.Origin = "https://other.example" },
		"principal":      func(id *resolver.Identity, _ *resolver.Filters) { id.Principal = "key:2" },
		"plugin":         func(_ *resolver.Identity, f *resolver.Filters) { f.Plugin = "payment_request" },
		"environment":    func(_ *resolver.Identity, f *resolver.Filters) { f.Environment = resolver.Sandbox },
		"currency":       func(_ *resolver.Identity, f *resolver.Filters) { f.Currencies = []string{"USD"} },
		"no currency":    func(_ *resolver.Identity, f *resolver.Filters) { f.Currencies = nil },
		"two currencies": func(_ *resolver.Identity, f *resolver.Filters) { f.Currencies = []string{"KWD", "USD"} },
		"one joined":     func(_ *resolver.Identity, f *resolver.Filters) { f.Currencies = []string{"KWDUSD"} },
		"customer":       func(_ *resolver.Identity, f *resolver.Filters) { f.CustomerID = "c2" },
		"guest":          func(_ *resolver.Identity, f *resolver.Filters) { f.CustomerID = "" },
		"operation":      func(_ *resolver.Identity, f *resolver.Filters) { f.Operation = resolver.Authorize },
		"no operation":   func(_ *resolver.Identity, f *resolver.Filters) { f.Operation = "" },
		"tokenizable no": func(_ *resolver.Identity, f *resolver.Filters) { f.Tokenizable = resolver.No },
		"tokenizable":    func(_ *resolver.Identity, f *resolver.Filters) { f.Tokenizable = resolver.Unset },
		"auto_debit":     func(_ *resolver.Identity, f *resolver.Filters) { f.AutoDebit = resolver.Yes },
		"auto_debit no":  func(_ *resolver.Identity, f *resolver.Filters) { f.AutoDebit = resolver.No },
		"the flags swap": func(_ *resolver.Identity, f *resolver.Filters) {
			f.Tokenizable, f.AutoDebit = f.AutoDebit, f.Tokenizable
		},
		"gateways":      func(_ *resolver.Identity, f *resolver.Filters) { f.PGNames = append(f.PGNames, "mpgs") },
		"tags":          func(_ *resolver.Identity, f *resolver.Filters) { f.Tags = nil },
		"services":      func(_ *resolver.Identity, f *resolver.Filters) { f.PaymentServices = []string{"apple_pay"} },
		"a tag moves":   func(_ *resolver.Identity, f *resolver.Filters) { f.Tags, f.PGNames = f.PGNames, f.Tags },
		"a longer host": func(id *resolver.Identity, _ *resolver.Filters) { id.Origin += "key:1" },
	}
	seen := map[string]string{}
	for name, change := range changes {
		id, f := someID, someFilters.Normalized()
		change(&id, &f)
		n := resolver.Namespace(id, f)
		if before, ok := seen[n]; ok {
			t.Errorf("%q and %q share a namespace", name, before)
		}
		seen[n] = name
		if len(n) != 64 || strings.Trim(n, "0123456789abcdef") != "" {
			t.Errorf("%q is not 64 hexadecimal digits", n)
		}
	}
	if reflect.TypeFor[resolver.Filters]().NumField() != 10 || reflect.TypeFor[resolver.Identity]().NumField() != 2 {
		t.Error("a new component needs a line in this test, and in Namespace")
	}
}

func TestListsOfANamespaceAreSets(t *testing.T) {
	f := resolver.Filters{Tags: []string{"b", "a", "b"}, Currencies: []string{"USD", "KWD"}, PGNames: []string{}}
	g := resolver.Filters{Tags: []string{"a", "b"}, Currencies: []string{"KWD", "USD", "KWD"}}
	equal(t, "namespace", resolver.Namespace(someID, f), resolver.Namespace(someID, g))
	equal(t, "the caller's list", fmt.Sprint(f.Tags), "[b a b]")
}

// Two questions share a namespace only if they mean the same, however their strings are cut.
func FuzzNamespace(f *testing.F) {
	f.Add("a", "b", "c", "a,b", "c", "", "x", "a", "bc", "", "a,b,c", "", "x", "")
	f.Add("o", "p", "", "", "", "", "", "op", "", "", "", "", "", "")
	f.Add("", "", "", "a,a", "", "", "", "", "", "", "a", "", "", "")
	f.Fuzz(func(t *testing.T, o1, p1, c1, l1, m1, n1, k1, o2, p2, c2, l2, m2, n2, k2 string) {
		list := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, ",")
		}
		id1, f1 := resolver.Identity{Origin: o1, Principal: p1}, resolver.Filters{
			CustomerID: c1, Plugin: k1, Currencies: list(l1), Tags: list(m1), PGNames: list(n1),
		}
		id2, f2 := resolver.Identity{Origin: o2, Principal: p2}, resolver.Filters{
			CustomerID: c2, Plugin: k2, Currencies: list(l2), Tags: list(m2), PGNames: list(n2),
		}
		same := id1 == id2 && reflect.DeepEqual(f1.Normalized(), f2.Normalized())
		if got := resolver.Namespace(id1, f1) == resolver.Namespace(id2, f2); got != same {
			t.Fatalf("%#v %q and %#v %q: shared %t, the same %t", f1, c1, f2, c2, got, same)
		}
	})
}
