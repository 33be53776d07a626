package ottutest

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sameProvider is Ottu's own wording, since a shop may have to recognise it.
const sameProvider = "Multiple wallets of the same provider are available for this currency across the selected " +
	"payment gateways. Only one wallet per provider may be available for a transaction."

// What Checkout takes besides the fields that readTerms reads one by one: texts with their greatest length, booleans,
// and objects whose contents are taken as they are.
var (
	sessionTexts = map[string]int{"customer_email": 128, "customer_first_name": 64, "customer_last_name": 64,
		"customer_phone": 16, "order_no": 128, "product_type": 128, "vendor_name": 64, "expiration_time": 32, "unit_code": 64}
	sessionFlags   = []string{"include_sdk_setup_preload", "preload_checkout_page", "generate_qr_code"}
	sessionObjects = []string{"shipping_address", "billing_address", "notifications", "branding_options",
		"payment_instrument", "autopay", "extra"}
	sessionOthers = []string{"type", "amount", "currency_code", "pg_codes", "payment_type", "customer_id", "redirect_url",
		"webhook_url", "language", "agreement", "card_acceptance_criteria", "loyalty"}
)

// known returns the fields that a session keeps. All others are ignored, as the API's framework does.
func (in *input) known() map[string]any {
	names := slices.Concat(slices.Collect(maps.Keys(sessionTexts)), sessionFlags, sessionObjects, sessionOthers)
	kept := map[string]any{}
	for _, name := range names {
		v := in.fields[name]
		if form, ok := v.(formValues); ok {
			v = form[len(form)-1]
			if name == "pg_codes" {
				v = form
			}
		}
		if v != nil {
			kept[name] = v
		}
	}
	return kept
}

// readTerms checks a session's fields and the rules that hold between them.
func (m *Merchant) readTerms(c *call) terms {
	in := c.in
	in.require("type", "amount", "currency_code", "pg_codes")
	t := terms{
		plugin:      in.choice("type", "e_commerce", "payment_request"),
		paymentType: in.choice("payment_type", "one_off", "auto_debit", "save_card", "auto_pay"),
		currency:    in.text("currency_code", 3),
		customerID:  in.text("customer_id", 64),
		redirectURL: in.link("redirect_url"),
		codes:       in.list("pg_codes", anything),
	}
	if t.paymentType == "" {
		t.paymentType = "one_off"
	}
	if t.currency != "" && checkCurrency(t.currency) != "" {
		in.fail("currency_code", checkCurrency(t.currency))
	}
	t.amount = in.amount("amount", t.currency)
	in.link("webhook_url")
	in.choice("language", "en", "ar")
	for name, most := range sessionTexts {
		in.text(name, most)
	}
	for _, name := range sessionFlags {
		in.flag(name)
	}
	for _, name := range sessionObjects {
		in.object(name)
	}
	if loyalty, ok := in.object("loyalty"); ok {
		loyalty.flag("enabled")
		loyalty.text("reference", 128)
		in.adopt("loyalty", loyalty)
	}
	if card, ok := in.object("card_acceptance_criteria"); ok {
		if days, ok := card.value("min_expiry_time"); ok {
			if n, err := strconv.Atoi(fmt.Sprint(days)); err != nil || n < 1 || n > 365 {
				card.fail("min_expiry_time", "Ensure this value is from 1 to 365.")
			}
		}
		in.adopt("card_acceptance_criteria", card)
	}
	t.agreementID = in.agreement(t.paymentType)
	if t.paymentType == "auto_debit" {
		in.require("customer_id")
	}
	if t.paymentType == "save_card" && strings.Trim(t.amount, "0.") != "" {
		in.fail("amount", "The amount must be zero where a card is saved.")
	}
	m.checkCodes(c, t)
	return t
}

// agreement reads the agreement, which a payment without an agreement must not have.
func (in *input) agreement(paymentType string) (id string) {
	if paymentType == "auto_debit" {
		in.require("agreement")
	}
	a, ok := in.object("agreement")
	if !ok {
		return ""
	}
	if paymentType == "one_off" {
		in.fail("agreement", "An agreement cannot be part of a one-off payment.")
		return ""
	}
	a.require("id", "frequency")
	switch a.choice("type", "recurring", "unscheduled", "installment", "other") {
	case "", "recurring":
		a.require("amount_variability", "expiry_date", "cycle_interval_days", "total_cycles")
	case "installment":
		a.require("amount_variability", "expiry_date", "cycle_interval_days", "total_cycles", "seller")
	}
	id = a.text("id", 64)
	in.adopt("agreement", a)
	return id
}

// checkCodes checks that the pg_codes can serve this session, alone and together. It reports the first mistake.
func (m *Merchant) checkCodes(c *call, t terms) {
	no := func(format string, args ...any) { c.in.fail("pg_codes", fmt.Sprintf(format, args...)) }
	if c.in.has("pg_codes") && len(t.codes) == 0 {
		no("This list may not be empty.")
	}
	if c.in.has("payment_instrument") && len(t.codes) != 1 {
		no("A payment in one step takes exactly one gateway.")
	}
	var mids []MID
	for _, code := range t.codes {
		i := m.indexMID(code)
		if i < 0 || m.mids[i].Inactive || !c.who.grant.allows(code) {
			no("%q is not a gateway that you can use.", code)
			continue
		}
		mid := m.mids[i]
		switch {
		case len(mid.Plugins) > 0 && !slices.Contains(mid.Plugins, t.plugin):
			no("%q cannot be used for %s.", code, t.plugin)
		case !slices.Contains(mid.Currencies, t.currency):
			no("%q does not accept %s.", code, t.currency)
		case t.paymentType != "one_off" && !mid.Tokenizable:
			no("%q does not support tokenization.", code)
		case mid.Type == "wallet" && !m.hasBalance(t.customerID, t.currency):
			no("%q needs a customer with a balance in %s.", code, t.currency)
		}
		mids = append(mids, mid)
	}
	providers := map[string]bool{}
	for _, mid := range mids {
		if mid.Sandbox != mids[0].Sandbox {
			no("Sandbox and production gateways cannot be used together.")
		}
		if mid.Operation == "authorize" && slices.ContainsFunc(mids, func(m MID) bool { return m.Type == "wallet" }) {
			no("A wallet cannot be used together with a gateway that authorizes.")
		}
		if mid.WalletProvider != "" && providers[mid.WalletProvider] {
			no(sameProvider)
		}
		providers[mid.WalletProvider] = true
	}
}

// link reads an absolute URL of a page.
func (in *input) link(name string) string {
	s := in.text(name, 2000)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		in.fail(name, "Enter a valid URL.")
	}
	return s
}

var plainNumber = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// amount reads a decimal number, and writes it with the decimals of its currency.
func (in *input) amount(name, currency string) string {
	s := in.text(name, 24)
	_, fraction, _ := strings.Cut(s, ".")
	switch {
	case s == "":
		return ""
	case !plainNumber.MatchString(s):
		in.fail(name, "A valid number is required.")
	case strings.HasPrefix(s, "-"):
		in.fail(name, "Ensure this value is greater than or equal to 0.")
	case len(fraction) > decimals(currency):
		in.fail(name, fmt.Sprintf("Ensure that there are no more than %d decimal places.", decimals(currency)))
	}
	return formatAmount(s, currency)
}

func formatAmount(s, currency string) string {
	whole, fraction, _ := strings.Cut(s, ".")
	n := decimals(currency)
	if n == 0 {
		return whole
	}
	return whole + "." + fraction + strings.Repeat("0", max(0, n-len(fraction)))
}

// decimals are those that the page on Checkout names. It is a table of the simulator's own, so that a client's mistake
// is not repeated here.
func decimals(currency string) int {
	switch currency {
	case "KWD", "BHD", "OMR", "IQD", "JOD", "LYD":
		return 3
	case "JPY", "KRW":
		return 0
	}
	return 2
}
