package resolver

import "fmt"

// guard tells why a method may not be used for the carts of this slot, whatever Ottu's answer says. It only removes.
func (b *base) guard(m *PaymentMethod) (reasons []Reason) {
	add := func(code ReasonCode, format string, args ...any) {
		reasons = append(reasons, Reason{Code: code, Message: fmt.Sprintf(format, args...)})
	}
	switch sandbox := b.resolver.environment == Sandbox; {
	case m.Sandbox == Unset:
		if !sandbox && !b.resolver.trustUnmarked {
			add(ReasonEnvironmentUnknown, "the answer does not say whether %s is a sandbox gateway, and this is production", m.Code)
		}
	case (m.Sandbox == Yes) != sandbox:
		add(ReasonEnvironment, "%s is not a %s gateway", m.Code, b.resolver.environment)
	}
	needs := b.profile.Needs
	if needs.Tokenizable && m.Tokenizable == No {
		add(ReasonNotTokenizable, "%s cannot keep a card, which %s needs", m.Code, b.cartType)
	}
	if needs.AutoDebit && m.AutoDebit == No {
		add(ReasonNoAutoDebit, "%s cannot charge without the shopper, which %s needs", m.Code, b.cartType)
	}
	if needs.Operation != "" && m.Operation != "" && m.Operation != needs.Operation {
		add(ReasonOperation, "%s does %s, and %s needs %s", m.Code, clip(string(m.Operation)), b.cartType, needs.Operation)
	}
	if needs.Operation == Authorize && isWallet(m) {
		add(ReasonOperation, "%s is a stored-balance wallet, which Ottu does not offer for authorize", m.Code)
	}
	return reasons
}

// isWallet tells a method that carries a balance kept at a provider. Apple, Google and Samsung Pay carry cards.
func isWallet(m *PaymentMethod) bool { return m.Type == "wallet" || m.HasService("wallet") }

// sameProvider tells whether two wallets are of one provider; where that cannot be told, they are not.
func sameProvider(a, b *PaymentMethod) bool {
	if a.Connector.Processor != "" && b.Connector.Processor != "" {
		return a.Connector.Processor == b.Connector.Processor
	}
	if a.Connector.Identifier != "" && b.Connector.Identifier != "" {
		return a.Connector.Identifier == b.Connector.Identifier
	}
	return a.PG != "" && a.PG == b.PG
}

// walletRival returns the method among those kept whose stored-balance wallet is of m's provider: Ottu's Checkout refuses
// a session that names both, so the merchant's first one stays.
func walletRival(kept []*PaymentMethod, m *PaymentMethod) *PaymentMethod {
	if !isWallet(m) {
		return nil
	}
	for _, k := range kept {
		if isWallet(k) && sameProvider(k, m) {
			return k
		}
	}
	return nil
}
