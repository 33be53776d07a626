// Package resolver is the domain and the engine of tender: it turns a cart into filters, asks a source such as Ottu's
// Payment Methods API which payment methods pass them, and keeps the answers so well that shoppers do not wait for the
// source and an outage of it does not empty a checkout. It knows neither HTTP requests nor Ottu's wire format.
//
//	client, err := ottu.New("https://shop.ottu.net", ottu.APIKey(key))
//	res, err := resolver.New(client, resolver.Production, []string{"KWD", "USD"})
//	eligible, err := res.Resolve(ctx, resolver.Cart{Currency: "KWD", Type: resolver.OneOff})
//
// # Answers and their ages
//
// There is one slot for each cart type and currency, which holds the base answer, and one for each customer who is
// signed in, which holds the customer's own. A fresh answer is served from memory. Past its soft age it is still served,
// and refreshed behind; past its hard age it is not used any more. A base slot that was ever asked is refreshed by its
// age, whether or not shoppers come. One question at a time is under way for a slot, on a context of its own: whoever
// needs the answer waits for the same one, and leaves when its own context ends.
//
// Nothing bad overwrites something good: a timeout, an error, garbage or an empty list leaves the old answer in place,
// and the next try waits twice as long as the one before. An answer that lists no methods is believed when a second one
// says the same. When the source refuses the credential, old answers are withdrawn after a grace.
//
// # What is eligible
//
// Ottu's answer, less what guards take out (a gateway of the other environment, one that denies what the cart type
// needs, a second wallet of the same provider), less what the shop's own rules take out (see [Rule]). Nothing is ever
// added: a list that nobody asked Ottu for is a failed payment. [Eligibility.Excluded] and [Resolver.Explain] give the
// reasons.
//
// # Where it comes from
//
// The facts about Ottu are those of its public documents (docs.ottu.com) and of its OpenAPI file of June 2026; where
// these disagree, the reading that protects the shopper was taken, and the comment at the place says so.
package resolver
