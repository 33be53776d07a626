package ottutest

// Shape is one of the forms in which Ottu's documents show an answer of the Payment Methods API. A client should read
// them all.
type Shape string

// The shapes, to be set with [Merchant.SetShape].
const (
	// ShapeFull is the default: what Ottu's OpenAPI file requires of an entry, its connector, and the type of an M-Wallet.
	ShapeFull Shape = "full"
	// ShapeOpenAPI is what Ottu's OpenAPI file requires, and nothing else.
	ShapeOpenAPI Shape = "openapi"
	// ShapeMWallet is the example of the page on M-Wallet: services are strings, there is neither logo nor wallets.
	ShapeMWallet Shape = "m-wallet"
	// ShapeSDK is the test fixture of Ottu's Python SDK, an older form: no name, services, flags or tags.
	ShapeSDK Shape = "sdk"
	// ShapeCodes is the form that the page on Payment Methods speaks of: a bare list under "pg_codes".
	ShapeCodes Shape = "pg_codes"
)

var shapes = []Shape{ShapeFull, ShapeOpenAPI, ShapeMWallet, ShapeSDK, ShapeCodes}

// SetShape chooses the form of all further answers of Payment Methods.
func (m *Merchant) SetShape(s Shape) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shape = s
}

// The fields of an entry that each shape shows, where they differ from a MID's own.
type (
	openAPIEntry struct {
		Code             string    `json:"code"`
		Name             string    `json:"name"`
		IsSandbox        bool      `json:"is_sandbox"`
		Logo             string    `json:"logo"`
		Wallets          []string  `json:"wallets"`
		DefaultCurrency  string    `json:"default_currency"`
		Currencies       []string  `json:"accepted_currencies"`
		Operation        string    `json:"operation"`
		Operations       []string  `json:"operations"`
		IsTokenizable    bool      `json:"is_tokenizable"`
		AutoDebitEnabled bool      `json:"auto_debit_enabled"`
		PaymentServices  []Service `json:"payment_services"`
		Tags             []string  `json:"tags"`
	}
	fullEntry struct {
		openAPIEntry
		Type      string    `json:"type,omitempty"`
		Connector Connector `json:"connector"`
	}
	mWalletEntry struct {
		Code             string   `json:"code"`
		Name             string   `json:"name"`
		IsSandbox        bool     `json:"is_sandbox"`
		DefaultCurrency  string   `json:"default_currency"`
		Currencies       []string `json:"accepted_currencies"`
		Operation        string   `json:"operation"`
		Operations       []string `json:"operations"`
		IsTokenizable    bool     `json:"is_tokenizable"`
		AutoDebitEnabled bool     `json:"auto_debit_enabled"`
		PaymentServices  []string `json:"payment_services"`
		Tags             []string `json:"tags"`
	}
	sdkEntry struct {
		Code            string   `json:"code"`
		PG              string   `json:"pg"`
		IsSandbox       bool     `json:"is_sandbox"`
		Logo            string   `json:"logo"`
		Wallets         []string `json:"wallets"`
		DefaultCurrency string   `json:"default_currency"`
		Currencies      []string `json:"accepted_currencies"`
		Operation       string   `json:"operation"`
		Operations      []string `json:"operations"`
	}
)

// render writes an answer: the listed MIDs and the customer's past pg_codes.
func (s Shape) render(listed []MID, past []string, base string) any {
	entries := make([]any, 0, len(listed))
	for _, mid := range listed {
		entries = append(entries, s.entry(mid, base))
	}
	list := "payment_methods"
	if s == ShapeCodes {
		list = "pg_codes"
	}
	return map[string]any{"customer_payment_methods": append([]string{}, past...), list: entries}
}

func (s Shape) entry(m MID, base string) any {
	logo := m.logoURL(base)
	switch s {
	case ShapeCodes:
		return m.Code
	case ShapeSDK:
		return sdkEntry{m.Code, m.PG, m.Sandbox, logo, m.Wallets, m.DefaultCurrency, m.Currencies, m.Operation, m.Operations}
	case ShapeMWallet:
		codes := []string{}
		for _, service := range m.Services {
			codes = append(codes, service.Code)
		}
		return mWalletEntry{m.Code, m.Name, m.Sandbox, m.DefaultCurrency, m.Currencies, m.Operation, m.Operations,
			m.Tokenizable, m.AutoDebit, codes, m.Tags}
	}
	entry := openAPIEntry{m.Code, m.Name, m.Sandbox, logo, m.Wallets, m.DefaultCurrency, m.Currencies, m.Operation,
		m.Operations, m.Tokenizable, m.AutoDebit, m.Services, m.Tags}
	if s == ShapeOpenAPI {
		return entry
	}
	return fullEntry{entry, m.Type, m.Connector}
}
