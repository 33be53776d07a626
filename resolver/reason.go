package resolver

// ReasonCode is why a payment method is not eligible.
type ReasonCode string

// The reasons.
const (
	// ReasonNotOffered: Ottu's answer to the cart's filters does not list the method.
	ReasonNotOffered ReasonCode = "not_offered"
	// ReasonEnvironment: the method belongs to the other environment.
	ReasonEnvironment ReasonCode = "environment"
	// ReasonEnvironmentUnknown: the answer does not say which environment the method belongs to, and in production that
	// is not good enough (see [DangerouslyTrustUnmarked]).
	ReasonEnvironmentUnknown ReasonCode = "environment_unknown"
	// ReasonNotTokenizable: the cart type needs a gateway that can keep a card, and this one says that it cannot.
	ReasonNotTokenizable ReasonCode = "not_tokenizable"
	// ReasonNoAutoDebit: the cart type needs a gateway that can charge without the shopper; this one says it cannot.
	ReasonNoAutoDebit ReasonCode = "no_auto_debit"
	// ReasonOperation: the cart type needs another operation than the one that the method does.
	ReasonOperation ReasonCode = "operation"
	// ReasonCurrency: Ottu was asked for the cart's currency, and the method does not list it.
	ReasonCurrency ReasonCode = "currency"
	// ReasonPlugin: Ottu lists the method for another plugin than the profile's.
	ReasonPlugin ReasonCode = "plugin"
	// ReasonFilter: the profile asks for certain gateways, tags or payment services, and the method has none of them.
	ReasonFilter ReasonCode = "filter"
	// ReasonOttu: Ottu left the method out for what only Ottu knows.
	ReasonOttu ReasonCode = "ottu"
	// ReasonWalletConflict: another eligible method carries a stored-balance wallet of the same provider, and Ottu refuses
	// a session with both.
	ReasonWalletConflict ReasonCode = "wallet_conflict"
	// ReasonNotPast: the profile shows only methods that the customer paid with before, and there are some.
	ReasonNotPast ReasonCode = "not_past"
	// ReasonRule: a rule of the shop.
	ReasonRule ReasonCode = "rule"
	// ReasonRuleFailed: a rule of the shop failed or panicked.
	ReasonRuleFailed ReasonCode = "rule_failed"
)

// Reason is one reason why a method is not eligible.
type Reason struct {
	Code ReasonCode
	// Rule names the shop's rule, for ReasonRule and ReasonRuleFailed.
	Rule string
	// Message is for the merchant's people. What a shopper reads is the shop's to decide.
	Message string
}

// Exclusion is a method of Ottu's answer that may not be used, with every reason.
type Exclusion struct {
	Method  PaymentMethod
	Reasons []Reason
}
