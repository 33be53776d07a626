package ottu_test

import (
	"errors"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// list shortens ListOf.
func list(items ...string) resolver.List[string] { return resolver.ListOf(items...) }

// catalogs are the answers that make sense. Dropped is compared by its number.
var catalogs = map[string]struct {
	methods []resolver.PaymentMethod
	past    []string
	dropped int
}{
	"methods_openapi.json": {methods: []resolver.PaymentMethod{{
		Code: "mpgs", Name: "Cards", Logo: "https://shop.ottu.test/media/mpgs.svg", Sandbox: resolver.No,
		DefaultCurrency: "KWD", Currencies: list("KWD", "SAR", "USD"), Operation: resolver.Authorize,
		Operations: list("refund", "void"), Tokenizable: resolver.Yes, AutoDebit: resolver.No,
		Wallets: list("ApplePay", "GooglePay"), Tags: list("e_commerce", "retail"),
		Services: resolver.ListOf(resolver.PaymentService{Code: "apple_pay", Name: "Apple Pay", NameAr: "أبل باي"}),
	}}},
	"methods_wallet_page.json": {methods: []resolver.PaymentMethod{{
		Code: "ottu-sandbox", Name: "Ottu Sandbox", Sandbox: resolver.Yes, DefaultCurrency: "KWD",
		Currencies: list("KWD", "SAR", "AED", "USD", "BHD"), Operation: resolver.Purchase, Operations: list("refund"),
		Tokenizable: resolver.Yes, AutoDebit: resolver.Yes, Tags: list("e_commerce", "demo"),
		Services: resolver.ListOf(resolver.PaymentService{Code: "wallet"}),
	}}},
	"methods_wallet_entry.json": {past: []string{"kpay"}, methods: []resolver.PaymentMethod{
		{Code: "kpay", Name: "KNET", NameAr: "كي نت", Sandbox: resolver.No, Type: "payment"},
		{Code: "m-wallet", Name: "Wallet", NameAr: "المحفظة", Sandbox: resolver.No, Type: "wallet",
			Services: resolver.ListOf(resolver.PaymentService{Code: "wallet"})},
	}},
	"methods_ottu_py.json": {past: []string{"auto-debit", "ottu_pg_kwd_tkn"}, methods: []resolver.PaymentMethod{{
		Code: "ottu_pg_kwd_tkn", PG: "Ottu PG", Sandbox: resolver.Yes,
		Logo:            "https://beta.ottu.net/media/gateway/settings/logos/Visa-MasterCard002_WIcgTQz.png",
		DefaultCurrency: "KWD", Currencies: list("KWD", "SAR", "BHD"),
		Operation: resolver.Purchase, Operations: list("refund"),
	}}},
	"methods_connector.json": {methods: []resolver.PaymentMethod{
		{Code: "kpay-prod", Connector: resolver.Connector{Identifier: "kpay", Processor: "knet"}}}},
	"methods_pg_codes.json":     {methods: []resolver.PaymentMethod{{Code: "kpay"}}},
	"methods_null_lists.json":   {methods: []resolver.PaymentMethod{{Code: "kpay"}, {Code: "mpgs"}}},
	"methods_past_objects.json": {methods: []resolver.PaymentMethod{{Code: "kpay"}}, past: []string{"kpay", "mpgs"}},
	"methods_unknown.json": {methods: []resolver.PaymentMethod{
		{Code: "kpay", Operation: "quasi_cash", Tags: list("test", "moon_base"), Wallets: list("NewPay")}}},
	"methods_empty.json": {},
	"methods_some_wrong.json": {dropped: 11, past: []string{"kpay"}, methods: []resolver.PaymentMethod{
		{Code: "kpay", Tags: list("demo"), Services: resolver.ListOf(resolver.PaymentService{Code: "wallet"})},
		{Code: "null-flags"},
	}},
}

// refusals are the bodies of errors: what is decoded from each.
var refusals = map[string]ottu.Error{
	"error_fields.json": {Fields: map[string][]string{
		"amount": {"This field is required."}, "currency_code": {"This field is required."}}},
	"error_fields_nested.json": {Fields: map[string][]string{
		"agreement.id": {"This field is required."}, "items.0.price": {"Not a number."}}},
	"error_wallet_set.json": {Fields: map[string][]string{
		"pg_codes": {"Multiple wallets of the same provider are available for this currency across the selected payment " +
			"gateways. Only one wallet per provider may be available for a transaction."}}},
	"error_detail.json": {Message: "Authentication credentials were not provided."},
	"error_object.json": {Code: "invalid_api_key", Message: "Invalid API key provided"},
	"error_object_field.json": {Code: "invalid", Message: "Not usable",
		Fields: map[string][]string{"pg_codes": {"Not usable"}}},
	"error_operation.json": {Message: "Card was declined", Result: "failed", FailedProvider: "mpgs"},
	"error_duplicate.json": {Message: "Duplicate request detected. Idempotency-Key already used.", Result: "failed"},
	"error_page.html":      {},
}

var sessions = map[string]ottu.Session{
	"session_wallet_page.json": {ID: "sess_9f8e7d6c5b4a", CheckoutURL: "https://shop.ottu.test/checkout/sess_9f8e7d6c5b4a",
		ShortURL: "https://shop.ottu.test/c/sess_9f8e7d6c5b4a", Expiration: "00:30:00"},
	"session_payment_url.json": {ID: "sess_9f8e7d6c5b4a",
		CheckoutURL: "https://shop.ottu.test/checkout/sess_9f8e7d6c5b4a"},
	"session_openapi.json": {ID: "bb7fca4e0f1a5c2f1d3e7a9b0c8d6e5f4a3b2c1d",
		CheckoutURL: "https://shop.ottu.test/b/checkout/redirect/start/?session_id=bb7fca4e0f1a5c2f1d3e7a9b0c8d6e5f4a3b2c1d",
		State:       "created", Amount: "12.500", Currency: "KWD", OrderNo: "A-17", Methods: []ottu.SessionMethod{
			{Code: "kpay", Name: "كي نت", Type: "sandbox", Amount: "12.750", Currency: "KWD", Fee: "0.250",
				FeeDescription: "Gateway fee", Icon: "https://shop.ottu.test/kpay.svg", Flow: "redirect"},
			{Code: "mpgs", Amount: "12.500", Fee: "0.000"}}},
}

// unreadable are what the error says of each body that makes no sense.
var unreadable = map[string]string{
	"bad_neither_list.json":       "it has neither payment_methods nor pg_codes",
	"bad_both_null.json":          "it has neither payment_methods nor pg_codes",
	"bad_list_is_object.json":     "payment_methods is of type object",
	"bad_none_left.json":          "none of its 2 methods makes sense",
	"bad_top_level_list.json":     "it is of type array",
	"bad_trailing.json":           "it is no JSON from byte 39 on",
	"bad_truncated.json":          "it is no JSON from byte 40 on",
	"bad_empty.json":              "it is no JSON from byte 0 on",
	"bad_page.html":               "it is no JSON from byte 1 on",
	"bad_session_without_id.json": "it has no session_id",
	"bad_cards_none_left.json":    "none of its 3 cards makes sense",
	"bad_cards_of_another.json":   "it has a card of another customer",
}

func TestEveryFileOfTheFolderIsDecodedAndHasASource(t *testing.T) {
	covered := slices.Concat(slices.Collect(maps.Keys(catalogs)), slices.Collect(maps.Keys(refusals)),
		slices.Collect(maps.Keys(sessions)), slices.Collect(maps.Keys(cards)),
		slices.Collect(maps.Keys(charges)), slices.Collect(maps.Keys(unreadable)))
	index := readData(t, "README.md")
	files, err := os.ReadDir(dataDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Name() == "README.md" {
			continue
		}
		if !slices.Contains(covered, file.Name()) {
			t.Errorf("%s is decoded by no test", file.Name())
		}
		if !strings.Contains(index, "`"+file.Name()+"`") {
			t.Errorf("%s has no source in README.md", file.Name())
		}
	}
	if len(files)-1 != len(covered) {
		t.Errorf("%d files, %d are covered", len(files)-1, len(covered))
	}
}

func TestEveryShapeOfAnAnswerIsRead(t *testing.T) {
	for name, want := range catalogs {
		t.Run(name, func(t *testing.T) {
			got, err := newClient(t, always(200, readData(t, name))).PaymentMethods(t.Context(), sandboxKWD)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got.Methods, want.methods, resolver.PaymentMethod.Equal) {
				t.Errorf("methods\n got %+v\nwant %+v", got.Methods, want.methods)
			}
			if !slices.Equal(got.Past, want.past) {
				t.Errorf("past %q, want %q", got.Past, want.past)
			}
			if len(got.Dropped) != want.dropped {
				t.Errorf("%d dropped, want %d: %v", len(got.Dropped), want.dropped, got.Dropped)
			}
		})
	}
}

func TestEveryShapeOfARefusalIsReadAndNoneIsShown(t *testing.T) {
	for name, want := range refusals {
		t.Run(name, func(t *testing.T) {
			_, err := newClient(t, always(422, readData(t, name))).PaymentMethods(t.Context(), sandboxKWD)
			got, ok := errors.AsType[*ottu.Error](err)
			if !ok {
				t.Fatalf("%v is no *ottu.Error", err)
			}
			if got.Result != want.Result || got.FailedProvider != want.FailedProvider {
				t.Errorf("got %q of %q, want %q of %q", got.Result, got.FailedProvider, want.Result, want.FailedProvider)
			}
			if got.Status != 422 || got.Code != want.Code || got.Message != want.Message {
				t.Errorf("got %q %q, want %q %q", got.Code, got.Message, want.Code, want.Message)
			}
			if !reflect.DeepEqual(got.Fields, want.Fields) {
				t.Errorf("got fields %q, want %q", got.Fields, want.Fields)
			}
			words := []string{want.Message, want.Code, want.FailedProvider}
			for field, complaints := range want.Fields {
				words = append(words, complaints...)
				if !strings.Contains(err.Error(), field) {
					t.Errorf("%v does not name %s", err, field)
				}
			}
			for _, word := range words {
				if word != "" && strings.Contains(everyVerb(err), word) {
					t.Errorf("the error shows %q: %s", word, everyVerb(err))
				}
			}
		})
	}
}

func TestEveryShapeOfASessionIsRead(t *testing.T) {
	for name, want := range sessions {
		t.Run(name, func(t *testing.T) {
			got, err := newClient(t, always(200, readData(t, name))).Session(t.Context(), "sess_9f8e7d6c5b4a")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("\n got %+v\nwant %+v", *got, want)
			}
		})
	}
}

func TestAnAnswerThatMakesNoSenseIsAnErrorThatDoesNotQuoteIt(t *testing.T) {
	for name, want := range unreadable {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, always(200, readData(t, name)))
			_, err := client.PaymentMethods(t.Context(), sandboxKWD)
			switch {
			case strings.Contains(name, "session"):
				_, err = client.Session(t.Context(), "id")
			case strings.Contains(name, "cards"):
				_, err = client.Cards(t.Context(), hers)
			}
			if !errors.Is(err, ottu.ErrUnavailable) || !strings.Contains(err.Error(), want) {
				t.Fatalf("got %v, want ErrUnavailable with %q", err, want)
			}
			if !strings.Contains(err.Error(), "application/json") || !strings.Contains(err.Error(), "bytes") {
				t.Errorf("%v does not say the type and size of the answer", err)
			}
			if strings.Contains(everyVerb(err), "shopper") {
				t.Errorf("the error quotes the answer: %v", err)
			}
		})
	}
}
