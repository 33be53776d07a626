package ottutest

// DefaultMIDs returns the MIDs of a believable merchant in the Gulf: real and test gateways side by side under
// different codes, which is how Ottu tells the environments apart.
//
//	code             sandbox twin       currencies                      notes
//	kpay             kpay-test          KWD                             KNET debit cards: keeps no card
//	mpgs             mpgs-test          KWD BHD QAR OMR AED SAR USD     keeps cards, auto-debit, Apple and Google Pay
//	mpgs-auth        mpgs-auth-test     as mpgs                         authorises; keeps cards
//	benefit          benefit-test       BHD                             keeps cards, auto-debit
//	tabby            tabby-test         KWD AED SAR                     pay later
//	tamara           tamara-test        KWD AED SAR                     pay later
//	checkoutcom      –                  AED SAR USD                     keeps cards, but no auto-debit
//	paypal           paypal-test        USD
//	cod              –                  KWD AED SAR                     cash on delivery: e_commerce only
//	m-wallet         m-wallet-test      KWD SAR AED USD BHD             only for a customer with a balance
//	–                ottu-sandbox       KWD SAR AED USD BHD             keeps cards, auto-debit, carries a wallet
//	stc-pay          –                  SAR                             not active
//	cybs-applepay    –                  KWD SAR                         not displayable: carries Apple Pay
func DefaultMIDs() []MID {
	var (
		gulf     = []string{"KWD", "BHD", "QAR", "OMR", "AED", "SAR", "USD"}
		later    = []string{"KWD", "AED", "SAR"}
		stored   = []string{"KWD", "SAR", "AED", "USD", "BHD"}
		refund   = []string{"refund"}
		capture  = []string{"capture", "void", "refund"}
		applePay = Service{"apple_pay", "Apple Pay", "أبل باي"}
		google   = Service{"google_pay", "Google Pay", "جوجل باي"}
		wallet   = Service{"wallet", "Wallet", "المحفظة"}
		both     = []string{"ApplePay", "GooglePay"}
	)
	twins := []MID{
		{Code: "kpay", Name: "KNET", PG: "KNET", Currencies: []string{"KWD"}, Operations: refund,
			Connector: Connector{"kpay", "knet"}},
		{Code: "mpgs", Name: "Cards", PG: "MPGS", Currencies: gulf, Operations: []string{"refund", "void"},
			Tokenizable: true, AutoDebit: true, Wallets: both, Services: []Service{applePay, google},
			Tags: []string{"subscriptions"}, Connector: Connector{"mpgs", "mpgs"}},
		{Code: "mpgs-auth", Name: "Cards (authorize)", PG: "MPGS", Currencies: gulf, Operation: "authorize",
			Operations: capture, Tokenizable: true, Wallets: both, Services: []Service{applePay, google},
			Connector: Connector{"mpgs", "mpgs"}},
		{Code: "benefit", Name: "BENEFIT", PG: "Benefit", Currencies: []string{"BHD"}, Operations: refund,
			Tokenizable: true, AutoDebit: true, Tags: []string{"subscriptions"}, Connector: Connector{"benefit", "benefit"}},
		{Code: "tabby", Name: "Tabby", PG: "Tabby", Currencies: later, Operations: refund,
			Connector: Connector{"tabby", "tabby"}},
		{Code: "tamara", Name: "Tamara", PG: "Tamara", Currencies: later, Operations: refund,
			Connector: Connector{"tamara", "tamara"}},
		{Code: "paypal", Name: "PayPal", PG: "PayPal", Currencies: []string{"USD"}, Operations: refund,
			Connector: Connector{"paypal", "paypal"}},
		{Code: "m-wallet", Name: "M-Wallet", PG: "M-Wallet", Currencies: stored, Operations: refund, Type: "wallet",
			Services: []Service{wallet}, WalletProvider: "ottu", Connector: Connector{"ottu_wallet", "ottu"}},
	}
	singles := []MID{
		{Code: "checkoutcom", Name: "Checkout.com", PG: "Checkout.com", Currencies: []string{"AED", "SAR", "USD"},
			Operations: []string{"refund", "void"}, Tokenizable: true, Connector: Connector{"checkoutcom", "checkoutcom"}},
		{Code: "cod", Name: "Cash on delivery", PG: "COD", Currencies: later, Plugins: []string{"e_commerce"},
			Connector: Connector{"cod", "cod"}},
		{Code: "stc-pay", Name: "STC Pay", PG: "STC Pay", Currencies: []string{"SAR"}, Operations: refund, Inactive: true,
			Connector: Connector{"stc_pay", "stc_pay"}},
		{Code: "cybs-applepay", Name: "Apple Pay carrier", PG: "CyberSource", Currencies: []string{"KWD", "SAR"},
			Operations: refund, Wallets: []string{"ApplePay"}, Services: []Service{applePay}, Hidden: true,
			Connector: Connector{"csuc", "cybersource"}},
		{Code: "ottu-sandbox", Name: "Ottu Sandbox", PG: "Ottu PG", Currencies: stored, Operations: refund, Sandbox: true,
			Tokenizable: true, AutoDebit: true, Services: []Service{wallet}, WalletProvider: "ottu",
			Connector: Connector{"ottu_sandbox", "ottu"}},
	}
	var mids []MID
	for _, mid := range append(twins, singles...) {
		mid.Tags = append([]string{"e_commerce"}, mid.Tags...)
		if mid.Sandbox {
			mid.Tags = append(mid.Tags, "demo")
		}
		mids = append(mids, mid)
	}
	for _, mid := range mids[:len(twins)] {
		mid.Code += "-test"
		mid.Name += " (test)"
		mid.Sandbox = true
		mid.Tags = append([]string{"demo"}, mid.Tags...)
		mids = append(mids, mid)
	}
	for i, mid := range mids {
		mids[i] = mid.complete()
	}
	return mids
}
