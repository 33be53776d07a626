package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tendergo/tender/examples/internal/browser"
	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestAChoiceThatIsNotEligibleIsAnsweredWithTheOthers(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	w.Get("/checkout")
	w.Post("/checkout", "").Must(t, http.StatusBadRequest, "choose a way to pay", `role="alert"`, "Pay KWD 3.750")
	for _, code := range []string{"kpay-test", "mpgs-auth", "benefit", "<script>"} {
		p := w.Post("/checkout", "pg_code="+code).Must(t, http.StatusUnprocessableEntity, "cannot be used", `role="alert"`)
		if !slices.Contains(p.Choices(), "kpay") || strings.Contains(p.Body, "<script>") {
			t.Errorf("%q: the page is %s", code, p.Body)
		}
	}
	if all := w.sessions(); len(all) != 0 {
		t.Errorf("sessions were created: %v", all)
	}
}

func TestAGatewayThatWasSwitchedOffMeanwhileIsNoLongerOffered(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	w.Get("/checkout")
	w.switchOff(t, "kpay")
	if p := w.Get("/checkout"); !slices.Contains(p.Choices(), "kpay") {
		t.Fatal("the shop knows already, and this test shows nothing")
	}
	left := []string{"mpgs", "tabby", "tamara", "cod"}
	p := w.Post("/checkout", "pg_code=kpay").Must(t, http.StatusUnprocessableEntity, "switched off a moment ago")
	if !slices.Equal(p.Choices(), left) {
		t.Errorf("choices are %v", p.Choices())
	}
	asked := w.ottu.Count(ottutest.PathPaymentMethods)
	next := browser.Visit(t, w.URL) // the shop knows now, for everybody
	next.Get("/")
	next.Post("/cart", "product=hail").MustLead(t, "/cart")
	if p := next.Get("/checkout"); !slices.Equal(p.Choices(), left) || w.ottu.Count(ottutest.PathPaymentMethods) != asked {
		t.Errorf("choices of the next visitor are %v", p.Choices())
	}
	w.Get("/checkout")
	w.Post("/checkout", "pg_code=mpgs").MustLead(t, w.ottu.URL)
}

func TestAPageThatIsOutOfDateIsShownAgainAndNothingIsCharged(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	w.signIn(t, "demo-new")
	for name, change := range map[string]func(){
		"other prices":   func() { w.Post("/currency", "currency=SAR") },
		"other things":   func() { w.Post("/cart", "product=dallah") },
		"another method": func() { w.switchOff(t, "tabby"); w.Post("/ops", "do=refresh") },
	} {
		w.Get("/checkout")
		tab := w.Hidden()
		change()
		p := w.PostRaw("/checkout", "pg_code=mpgs&"+tab).Must(t, http.StatusConflict, "have changed", `role="alert"`)
		if all := w.sessions(); len(all) != 0 {
			t.Errorf("%s: sessions were created: %v, and the page is %s", name, all, p.Body)
		}
	}
}

func TestAMethodThatNobodyCanConfirmIsNotLeftToCheckout(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	w.Get("/checkout")
	w.ottu.Break(ottutest.Fault{Path: ottutest.PathPaymentMethods, Status: http.StatusServiceUnavailable})
	w.signIn(t, "demo-returning") // whose own answer cannot be had now
	w.Get("/checkout").Must(t, http.StatusOK, "everybody")
	p := w.Post("/checkout", "pg_code=mpgs-test").Must(t, http.StatusServiceUnavailable, "cannot confirm")
	if p.Header.Get("Retry-After") == "" || len(w.sessions()) != 0 {
		t.Errorf("headers are %v, and sessions %v", p.Header, w.sessions())
	}
	w.Post("/checkout", "pg_code=mpgs").MustLead(t, w.ottu.URL) // what everybody may use is known
}

func TestAnOutageOfCheckoutKeepsTheCart(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	w.Get("/checkout")
	w.ottu.Break(ottutest.Fault{Path: ottutest.PathCheckout, Status: http.StatusServiceUnavailable, Times: 1})
	p := w.Post("/checkout", "pg_code=kpay")
	p.Must(t, http.StatusServiceUnavailable, "Nothing was charged", `value="kpay" required checked`)
	if p.Header.Get("Retry-After") == "" {
		t.Error("there is no Retry-After")
	}
	w.Post("/checkout", "pg_code=kpay").MustLead(t, w.ottu.URL)
}

func TestWithoutAnyAnswerPagesAreFriendlyAndTheAPISaysProblem(t *testing.T) {
	w := open(t, true)
	w.ottu.Break(ottutest.Fault{Status: http.StatusServiceUnavailable})
	w.put(t, "qahwa")
	p := w.Get("/checkout").Must(t, http.StatusServiceUnavailable, "cannot take payments right now", "<main")
	api := w.Get("/api/checkout").Must(t, http.StatusServiceUnavailable, `"code":"unavailable"`)
	if p.Header.Get("Retry-After") == "" || api.Header.Get("Retry-After") == "" {
		t.Errorf("headers are %v and %v", p.Header, api.Header)
	}
	if kind := api.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("the API answers %s", kind)
	}
}

func TestAFormOfAnotherSiteDoesNothing(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	for _, form := range []string{"product=hail", "product=hail&csrf=guess"} {
		w.PostRaw("/cart", form).Must(t, http.StatusForbidden, "expired")
	}
	if p := w.Get("/cart"); strings.Contains(p.Body, "cardamom") {
		t.Error("the cart was changed")
	}
}

func TestACookieFromBeforeTheSignInIsWorthNothing(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	before := w.Cookies()
	w.signIn(t, "demo-returning")
	thief := browser.Visit(t, w.URL)
	thief.SetCookies(before)
	if p := thief.Get("/cart").Must(t, http.StatusOK, "nothing in it yet"); strings.Contains(p.Body, "Returning") {
		t.Error("the planted cookie is signed in")
	}
	w.Get("/cart").Must(t, http.StatusOK, "Qahwa blend", "Returning customer")
}

func TestTheAPIAnswersForTheVisitor(t *testing.T) {
	w := open(t, true)
	var guest, customer apiAnswer
	read := func(into *apiAnswer, path string) string {
		t.Helper()
		p := w.Get(path).Must(t, http.StatusOK)
		if err := json.Unmarshal([]byte(p.Body), into); err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("Set-Cookie") != "" {
			t.Errorf("headers are %v", p.Header)
		}
		return p.Body
	}
	body := read(&guest, "/api/checkout")
	if !strings.Contains(body, `"past_pg_codes":null`) || guest.Currency != "KWD" || guest.CartType != resolver.OneOff ||
		!guest.Fresh || !guest.Personal || !slices.Equal(guest.PGCodes, []string{"kpay", "mpgs", "tabby", "tamara", "cod"}) {
		t.Errorf("the guest's answer is %s", body)
	}
	if m := guest.Methods; len(m) != 5 || m[0].Code != "kpay" || m[0].Name != "KNET" ||
		!strings.HasPrefix(m[0].Logo, w.ottu.URL) {
		t.Errorf("methods are %v", m)
	}
	w.put(t, "monthly")
	w.signIn(t, "demo-returning")
	body = read(&customer, "/api/checkout?currency=BHD")
	if customer.Currency != "BHD" || customer.CartType != resolver.Subscription ||
		strings.Contains(body, "demo-returning") ||
		!slices.Equal(customer.PastPGCodes, []string{"mpgs"}) || !slices.Equal(customer.PGCodes, []string{"mpgs", "benefit"}) {
		t.Errorf("the customer's answer is %s", body)
	}
}

func TestTheAPIRefusesCartsThatMakeNoSense(t *testing.T) {
	w := open(t, true)
	for _, query := range []string{"currency=XQQ", "currency=EUR", "currency=kwd", "currency=", "cart_type=nonsense",
		"cart_type="} {
		p := w.Get("/api/checkout?"+query).Must(t, http.StatusBadRequest, `"code":"invalid_cart"`)
		if kind := p.Header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: the content type is %s", query, kind)
		}
	}
	if n := w.ottu.Count(""); n != 0 {
		t.Errorf("Ottu was asked %d times", n)
	}
}

func TestOutsideOfTheDemoThereAreNoSwitches(t *testing.T) {
	w := open(t, false)
	w.Get("/api/checkout?currency=USD&cart_type=renewal").Must(t, http.StatusOK, `"currency":"KWD","cart_type":"one_off"`)
	w.Get("/ops").Must(t, http.StatusNotFound)
	w.Post("/ops", "do=purge").Must(t, http.StatusNotFound)
	if p := w.Get("/"); strings.Contains(p.Body, "A demo") {
		t.Error("the page says that it is a demo")
	}
}

func TestTheShopIsReadyOnceItWasWarmed(t *testing.T) {
	w := open(t, true)
	w.Get("/readyz").Must(t, http.StatusServiceUnavailable, "warming")
	if err := w.res.Warm(t.Context(), carts()...); err != nil {
		t.Fatal(err)
	}
	w.Get("/readyz").Must(t, http.StatusOK, "ready")
}

func TestOperatorsBreakAndRepairTheDemo(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	w.Get("/checkout").Must(t, http.StatusOK)
	w.Get("/ops").Must(t, http.StatusOK, "one_off KWD", "fresh", "stc-pay")
	w.Post("/ops", "do=switch&code=kpay").Must(t, http.StatusOK, "kpay was switched")
	w.Post("/ops", "do=fail").Must(t, http.StatusOK, "answers 503")
	w.Post("/ops", "do=refresh").Must(t, http.StatusOK, "Those of before are still served")
	w.Get("/checkout").Must(t, http.StatusOK, "KNET")
	w.Post("/ops", "do=purge").Must(t, http.StatusOK, "Every answer was dropped")
	w.Get("/checkout").Must(t, http.StatusServiceUnavailable)
	w.Get("/ops/why").Must(t, http.StatusServiceUnavailable, "does not say right now")
	w.Post("/ops", "do=heal").Must(t, http.StatusOK, "works again")
	w.Post("/ops", "do=refresh").Must(t, http.StatusOK, "fetched anew")
	if p := w.Get("/checkout").Must(t, http.StatusOK); slices.Contains(p.Choices(), "kpay") {
		t.Errorf("choices are %v", p.Choices())
	}
	w.Get("/ops/why").Must(t, http.StatusOK, "one_off", "KWD 3.750", "paypal", "accepts USD, and not KWD", "kpay-test",
		"environment", "not\u00a0shown")
	w.Post("/ops", "do=switch&code=none").Must(t, http.StatusBadRequest)
	w.Post("/ops", "do=dance").Must(t, http.StatusBadRequest)
}
