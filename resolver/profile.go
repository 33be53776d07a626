package resolver

import "slices"

// Profile is what a [CartType] means: the filters sent to the source, and what every method must then be able to do.
type Profile struct {
	// Filters are sent as they are; the engine adds the environment, the cart's currency and its customer, which must be
	// empty here.
	Filters Filters
	// Needs is checked on every method of the answer.
	Needs Needs
	// WithoutCustomer asks without the cart's customer, whose past methods are then not known. It is for work that runs
	// over many customers at once and must not eat the quota.
	WithoutCustomer bool
	// Order is the order of the methods that a shop shows; by default the merchant's.
	Order Order

	rules    []Rule
	isStatic bool // the same answer gives every request the same methods
}

// Needs is what a payment method must not deny. A method whose answer does not say is let through: Ottu was asked with
// the same wish as a filter, and older answers carry no flags.
type Needs struct {
	Tokenizable bool
	AutoDebit   bool
	// Operation, where not empty, is what the method must do with the payment.
	Operation Operation
}

// DefaultProfile returns the profile of one of the cart types of this package, and false for any other.
//
//	type             filters, besides type, currencies and customer_id           needs
//	one_off          plugin e_commerce, operation purchase                       operation purchase
//	subscription     plugin e_commerce, operation purchase, tokenizable true     tokenisation, operation purchase
//	renewal          plugin e_commerce, operation purchase, tokenizable true,    tokenisation, auto-debit,
//	                 never a customer_id                                         operation purchase
//	save_card        plugin e_commerce, tokenizable true                         tokenisation
//	pre_order        plugin e_commerce, operation authorize                      operation authorize
//	payment_request  plugin payment_request, operation purchase                  operation purchase
//
// None sends auto_debit: Ottu describes it with the same words as tokenizable. A shop that wants it adds it with
// [WithProfile].
func DefaultProfile(t CartType) (Profile, bool) {
	shop := Filters{Plugin: "e_commerce", Operation: Purchase}
	keep := Filters{Plugin: "e_commerce", Operation: Purchase, Tokenizable: Yes}
	switch t {
	case OneOff:
		return Profile{Filters: shop, Needs: Needs{Operation: Purchase}}, true
	case Subscription:
		return Profile{Filters: keep, Needs: Needs{Tokenizable: true, Operation: Purchase}}, true
	case Renewal:
		needs := Needs{Tokenizable: true, AutoDebit: true, Operation: Purchase}
		return Profile{Filters: keep, Needs: needs, WithoutCustomer: true}, true
	case SaveCard:
		return Profile{Filters: Filters{Plugin: "e_commerce", Tokenizable: Yes}, Needs: Needs{Tokenizable: true}}, true
	case PreOrder:
		f := Filters{Plugin: "e_commerce", Operation: Authorize}
		return Profile{Filters: f, Needs: Needs{Operation: Authorize}}, true
	case PaymentRequest:
		f := Filters{Plugin: "payment_request", Operation: Purchase}
		return Profile{Filters: f, Needs: Needs{Operation: Purchase}}, true
	default:
		return Profile{}, false
	}
}

func defaultProfiles() map[CartType]Profile {
	profiles := map[CartType]Profile{}
	for _, t := range []CartType{OneOff, Subscription, Renewal, SaveCard, PreOrder, PaymentRequest} {
		profiles[t], _ = DefaultProfile(t)
	}
	return profiles
}

// problems are the mistakes of a profile, each with its fix.
func (p Profile) problems(t CartType) (errs []error) {
	bad := func(problem, fix string) {
		errs = append(errs, configError("profile of cart type \""+clip(string(t))+"\": "+problem, fix))
	}
	f := p.Filters
	if f.CustomerID != "" || f.Environment != "" || len(f.Currencies) > 0 {
		bad("its filters name a customer, an environment or currencies", "leave them empty: they come from the cart and from New")
	}
	switch p.Needs.Operation {
	case "", Purchase, Authorize:
	default:
		bad("it needs the operation "+clip(string(p.Needs.Operation))+", which is none", "use Purchase or Authorize")
	}
	if f.Operation != "" && p.Needs.Operation != "" && f.Operation != p.Needs.Operation {
		bad("it asks for the operation "+string(f.Operation)+" and needs "+string(p.Needs.Operation), "make both the same")
	}
	if f.Tokenizable == No && p.Needs.Tokenizable || f.AutoDebit == No && p.Needs.AutoDebit {
		bad("it needs what it filters out", "set the filter to Yes, or drop the need")
	}
	for _, r := range p.rules {
		switch {
		case r.admits == nil:
			bad("a rule is empty", "make it with a function of this package, such as Deny")
		case r.problem != "":
			bad("rule \""+clip(r.reason.Rule)+"\": "+r.problem, "correct it")
		}
	}
	for _, set := range [][]string{f.PGNames, f.Tags, f.PaymentServices} {
		if slices.Contains(set, "") {
			bad("a list of its filters has an empty item", "remove it")
		}
	}
	for _, field := range invalidFields(profileFilters{f.Plugin, string(f.Operation)}) {
		bad("its "+field+" is not one that the API takes", "plugin: 1 to 50 characters; operation: purchase, authorize or none")
	}
	return errs
}
