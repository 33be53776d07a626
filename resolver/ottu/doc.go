// Package ottu is a client of Ottu's API: it asks which payment methods a merchant offers, as a [resolver.Source], and
// makes Checkout sessions of the pg_codes that came out; lists a customer's saved cards, and charges them.
//
// A [Client] is made once, by [New] or [FromEnv], and is safe for concurrent use. Reads are tried again after 429, 5xx
// and connection failures; what changes something never is. Every failure of a call is an *[Error].
//
// No credential, card token, customer ID, e-mail address or word of Ottu's answers shows when a Client, a [Credential],
// an [Error], a [Card] or a request is printed or logged. The credential goes to the base URL's own origin and follows
// no redirect away from it.
//
// Facts about Ottu are cited from its public documents: its OpenAPI file, and the pages of its documentation by name.
package ottu
