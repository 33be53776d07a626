package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/examples/internal/browser"
	"github.com/tendergo/tender/examples/internal/start"
	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	m.Run()
}

type world struct {
	*browser.Browser
	ottu *ottutest.Server
	res  *resolver.Resolver
}

// open opens the shop as a demo, or as one that thinks that its Ottu is real.
func open(t *testing.T, demo bool) world {
	t.Helper()
	merchant := ottutest.NewServer()
	t.Cleanup(merchant.Close)
	merchant.RecordPayment("demo-returning", "mpgs")
	client, err := ottu.New(merchant.URL, ottu.APIKey(merchant.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	res, err := resolver.New(client, resolver.Production, currencies, rules, resolver.WithMaxWait(500*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := res.Close(); err != nil {
			t.Error(err)
		}
	})
	b := browser.Open(t, func(publicURL string) (http.Handler, error) {
		setup := &start.Setup{Client: client, Environment: resolver.Production, PublicURL: publicURL}
		if demo {
			setup.Demo = merchant
		}
		return newShop(setup, res)
	})
	return world{b, merchant, res}
}

func (w world) put(t *testing.T, products ...string) {
	t.Helper()
	w.Get("/")
	for _, id := range products {
		w.Post("/cart", "product="+id).MustLead(t, "/cart")
	}
}

func (w world) signIn(t *testing.T, customer string) {
	t.Helper()
	w.Get("/sign-in")
	w.Post("/sign-in", "customer="+customer).MustLead(t, "/")
}

func (w world) switchOff(t *testing.T, code string) {
	t.Helper()
	if err := w.ottu.UpdateMID(code, func(m *ottutest.MID) { m.Inactive = true }); err != nil {
		t.Fatal(err)
	}
}

// sessions are the bodies of the Checkout requests.
func (w world) sessions() (bodies []map[string]any) {
	for _, r := range w.ottu.Requests() {
		if r.Method == http.MethodPost && r.Path == ottutest.PathCheckout {
			bodies = append(bodies, r.Body)
		}
	}
	return bodies
}

func TestThePagesShowUpWithStrictHeaders(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	for path, text := range map[string]string{"/": "دلة القهوة", "/cart": "KWD 3.750", "/sign-in": "Returning customer",
		"/checkout": "Pay KWD 3.750", "/ops": "Break Ottu"} {
		p := w.Get(path).Must(t, http.StatusOK, text, "<main", "A demo")
		policy := p.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") ||
			p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers are %v", path, p.Header)
		}
		if pays := strings.Contains(policy, "form-action 'self' https: "+w.ottu.URL+";"); pays != (path == "/checkout") {
			t.Errorf("%s: the policy is %s", path, policy)
		}
	}
	w.Get("/nothing").Must(t, http.StatusNotFound, "There is no such page")
	for _, path := range []string{"/shared/style.css", "/shared/icon.svg", "/static/hail.svg"} {
		w.Get(path).Must(t, http.StatusOK)
	}
	w.Get("/static/../templates/home.html").Must(t, http.StatusNotFound)
}

func TestPricesAndMethodsFollowTheCurrency(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	for currency, want := range map[string][]string{"BHD": {"mpgs", "benefit"}, "USD": {"mpgs", "paypal", "checkoutcom"}} {
		w.Post("/currency", "back=/checkout&currency="+currency).MustLead(t, "/checkout")
		p := w.Get("/checkout").Must(t, http.StatusOK, "Pay "+currency+" "+products[0].Prices[currency])
		if !slices.Equal(p.Choices(), want) {
			t.Errorf("choices in %s are %v", currency, p.Choices())
		}
	}
	w.Post("/currency", "currency=EUR").Must(t, http.StatusBadRequest, "do not sell in this currency")
	if p := w.Post("/currency", "currency=USD&back=https://example.com"); p.Location != "/" {
		t.Errorf("a form of somebody else leads to %q", p.Location)
	}
}

func TestAnEmptyCartHasNoCheckout(t *testing.T) {
	w := open(t, true)
	w.Get("/checkout").MustLead(t, "/cart")
	w.Get("/cart").Must(t, http.StatusOK, "nothing in it yet")
	w.Post("/checkout", "pg_code=mpgs").MustLead(t, "/cart")
	if n := w.ottu.Count(""); n != 0 {
		t.Errorf("Ottu was asked %d times", n)
	}
}

func TestTheCheckoutMarksWhatTheCustomerPaidWithBefore(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa")
	if p := w.Get("/checkout"); strings.Contains(p.Body, "Used before") {
		t.Error("a guest has a past")
	}
	w.signIn(t, "demo-returning")
	p := w.Get("/checkout").Must(t, http.StatusOK, "Returning customer", "this customer")
	if strings.Count(p.Body, "Used before") != 1 ||
		!slices.Equal(p.Choices(), []string{"kpay", "mpgs", "tabby", "tamara", "cod"}) {
		t.Errorf("choices are %v: %s", p.Choices(), p.Body)
	}
	w.Post("/sign-out", "").MustLead(t, "/")
	if p := w.Get("/cart").Must(t, http.StatusOK, "nothing in it yet"); strings.Contains(p.Body, "Returning customer") {
		t.Error("the customer is still signed in")
	}
}

func TestPayingCreatesASessionWithTheChosenMethodAlone(t *testing.T) {
	w := open(t, true)
	w.put(t, "qahwa", "qahwa")
	w.signIn(t, "demo-new")
	w.Get("/checkout")
	paying := w.Post("/checkout", "pg_code=kpay").MustLead(t, w.ottu.URL)

	all := w.sessions()
	if len(all) != 1 {
		t.Fatalf("%d sessions were created", len(all))
	}
	body := all[0]
	back, _ := body["redirect_url"].(string)
	for field, want := range map[string]any{"type": "e_commerce", "amount": "7.500", "currency_code": "KWD",
		"customer_id": "demo-new", "payment_type": nil, "agreement": nil} {
		if body[field] != want {
			t.Errorf("%s is %v, not %v", field, body[field], want)
		}
	}
	if codes, _ := body["pg_codes"].([]any); len(codes) != 1 || codes[0] != "kpay" {
		t.Errorf("pg_codes are %v", body["pg_codes"])
	}

	order := strings.TrimPrefix(back, w.URL)
	w.Get(order).Must(t, http.StatusOK, "not finished", paying.Location)
	browser.Visit(t, w.URL).Get(order).Must(t, http.StatusNotFound) // somebody else's
	_, id, _ := strings.Cut(paying.Location, "session_id=")
	if err := w.ottu.MarkPaid(id, "kpay"); err != nil {
		t.Fatal(err)
	}
	w.ottu.Break(ottutest.Fault{Status: http.StatusBadRequest, Times: 1})
	if p := w.Get(order).Must(t, http.StatusServiceUnavailable, "We are still asking"); p.Header.Get("Retry-After") == "" {
		t.Error("there is no Retry-After")
	}
	w.Get(order).Must(t, http.StatusOK, "Thank you", "KWD 7.500")
	w.Get("/cart").Must(t, http.StatusOK, "nothing in it yet")
	w.put(t, "hail")
	w.Get("/checkout").Must(t, http.StatusOK, "Used before") // the order page had the customer asked for anew
	w.Get(order)
	w.Get("/cart").Must(t, http.StatusOK, "Green cardamom") // what was bought since stays
}

func TestManyClicksMakeOnePayment(t *testing.T) {
	w := open(t, true)
	w.put(t, "hail")
	w.Get("/checkout")
	w.ottu.Break(ottutest.Fault{Path: ottutest.PathCheckout, Delay: 50 * time.Millisecond})
	var mu sync.Mutex
	to := map[string]int{}
	var clicks sync.WaitGroup
	for range 5 {
		clicks.Go(func() {
			p := w.Post("/checkout", "pg_code=mpgs")
			mu.Lock()
			defer mu.Unlock()
			to[p.Location]++
		})
	}
	clicks.Wait()
	if n := len(w.sessions()); n != 1 || len(to) != 1 {
		t.Errorf("%d sessions were created, and the clicks lead to %v", n, to)
	}
	w.Post("/checkout", "pg_code=kpay").MustLead(t, w.ottu.URL)
	w.put(t, "hail")
	w.Get("/checkout")
	w.Post("/checkout", "pg_code=kpay").MustLead(t, w.ottu.URL)
	if n := len(w.sessions()); n != 3 {
		t.Errorf("%d sessions, where another method and another cart should have made 3", n)
	}
}

func TestASubscriptionIsPaidByACustomerWithAGatewayThatKeepsCards(t *testing.T) {
	w := open(t, true)
	w.put(t, "monthly", "hail")
	p := w.Get("/checkout").Must(t, http.StatusOK, "Sign in to pay", "Then KWD 5.000 every month", "KWD 7.250")
	if !slices.Equal(p.Choices(), []string{"mpgs"}) {
		t.Errorf("choices are %v", p.Choices())
	}
	w.Post("/checkout", "pg_code=mpgs").MustLead(t, "/sign-in")
	w.Get("/sign-in")
	w.Post("/sign-in", "customer=demo-new").MustLead(t, "/checkout")
	w.Get("/checkout").Must(t, http.StatusOK, "Pay KWD 7.250")
	w.Post("/checkout", "pg_code=kpay").Must(t, http.StatusUnprocessableEntity, "cannot be used for your cart")
	w.Post("/checkout", "pg_code=mpgs").MustLead(t, w.ottu.URL)
	all := w.sessions()
	if len(all) != 1 || all[0]["payment_type"] != "auto_debit" || all[0]["customer_id"] != "demo-new" {
		t.Fatalf("sessions are %v", all)
	}
	agreement, _ := all[0]["agreement"].(map[string]any)
	if agreement["id"] == "" || agreement["frequency"] != "monthly" || agreement["type"] != "recurring" {
		t.Errorf("the agreement is %v", agreement)
	}
}
