package middleware_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

const customer = "cust_S3CRET"

func anybody(*http.Request) error { return nil }

// purge makes a request of JSON.
func purge(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/admin/purge", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return r
}

func newPurgeHandler(t *testing.T, res *resolver.Resolver) http.Handler {
	t.Helper()
	h, err := middleware.PurgeHandler(res, anybody)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// filled returns a Resolver that knows four base answers, and two of each of two customers, and the count of questions.
func filled(t *testing.T) (*resolver.Resolver, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	res := newResolver(t, func(context.Context, resolver.Filters) (resolver.Catalog, error) {
		asked.Add(1)
		return answer("mpgs")
	})
	for _, id := range []string{"", customer, "another"} {
		for _, c := range []resolver.Cart{
			{CustomerID: id, Type: resolver.OneOff, Currency: "KWD"},
			{CustomerID: id, Type: resolver.OneOff, Currency: "USD"},
			{CustomerID: id, Type: resolver.Subscription, Currency: "KWD"},
			{CustomerID: id, Type: resolver.Subscription, Currency: "USD"},
		} {
			if _, err := res.Resolve(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	asked.Store(0)
	return res, &asked
}

func TestEachScopeReachesExactlyItsAnswers(t *testing.T) {
	const id = `"customer_id":"` + customer + `"`
	for fields, want := range map[string]resolver.Purged{
		`"action":"purge","scope":"all"`:                                               {Base: 4, Customers: 8},
		`"action":"purge","scope":"cart_type","cart_type":"one_off"`:                   {Base: 2, Customers: 4},
		`"action":"purge","scope":"currency","currency":"USD"`:                         {Base: 2, Customers: 4},
		`"action":"purge","scope":"customer",` + id:                                    {Customers: 4},
		`"action":"purge","scope":"customer","customer_id":"nobody"`:                   {},
		`"action":"purge","scope":"cart","cart_type":"one_off","currency":"KWD",` + id: {Customers: 1},
		`"action":"refresh","scope":"all"`:                                             {Refreshed: 4, Customers: 8},
		`"action":"refresh","scope":"cart_type","cart_type":"subscription"`:            {Refreshed: 2, Customers: 4},
		`"action":"refresh","scope":"customer",` + id:                                  {Customers: 4},
	} {
		t.Run(fields, func(t *testing.T) {
			res, _ := filled(t)
			w := httptest.NewRecorder()
			newPurgeHandler(t, res).ServeHTTP(w, purge("{"+fields+"}"))
			if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" ||
				w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("status %d %v: %s", w.Code, w.Header(), w.Body)
			}
			var got struct {
				resolver.Purged
				Reach string
			}
			if strings.Contains(w.Body.String(), customer) {
				t.Errorf("the answer names the customer: %s", w.Body)
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Purged != want || got.Reach != "this process" {
				t.Errorf("%+v, want %+v, %v", got, want, err)
			}
		})
	}
}

func TestAPurgeThatMakesNoSenseIsRefusedAndDropsNothing(t *testing.T) {
	res, asked := filled(t)
	h := newPurgeHandler(t, res)
	long := `{"action":"purge","scope":"all","currency":"` + strings.Repeat("K", 5000) + `"}`
	header := func(contentType string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Content-Type", contentType) }
	}
	const all, who = `{"action":"purge","scope":"all"}`, `"customer_id":"` + customer + `"`
	for name, c := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
		code   string // empty: invalid_purge
	}{
		"GET":               {all, func(r *http.Request) { r.Method = http.MethodGet }, 405, "method_not_allowed"},
		"a query":           {all, func(r *http.Request) { r.URL.RawQuery = "customer_id=" + customer }, 400, ""},
		"a form":            {`action=purge&scope=all`, header("application/x-www-form-urlencoded"), 415, "not_json"},
		"text/plain":        {all, header("text/plain"), 415, "not_json"},
		"no content type":   {all, header(""), 415, "not_json"},
		"too large":         {long, nil, 413, "body_too_large"},
		"padded":            {all + strings.Repeat(" ", 5000), nil, 413, "body_too_large"},
		"nothing":           {``, nil, 400, ""},
		"null":              {`null`, nil, 400, ""},
		"an array":          {`[]`, nil, 400, ""},
		"cut off":           {`{"action":"purge","scope":"all"`, nil, 400, ""},
		"two objects":       {all + `{}`, nil, 400, ""},
		"no action":         {`{"scope":"all"}`, nil, 400, ""},
		"unknown action":    {`{"action":"drop","scope":"all"}`, nil, 400, ""},
		"no scope":          {`{"action":"purge"}`, nil, 400, ""},
		"unknown scope":     {`{"action":"purge","scope":"everything"}`, nil, 400, ""},
		"all and more":      {`{"action":"purge","scope":"all","currency":"KWD"}`, nil, 400, ""},
		"all and a blank":   {`{"action":"purge","scope":"all","customer_id":""}`, nil, 400, ""},
		"a misspelt field":  {`{"action":"purge","scope":"all","customer":"` + customer + `"}`, nil, 400, ""},
		"no customer":       {`{"action":"purge","scope":"customer"}`, nil, 400, ""},
		"a blank customer":  {`{"action":"purge","scope":"customer","customer_id":""}`, nil, 400, ""},
		"a number":          {`{"action":"purge","scope":"customer","customer_id":12}`, nil, 400, ""},
		"a cart of half":    {`{"action":"purge","scope":"cart","cart_type":"one_off",` + who + `}`, nil, 400, ""},
		"a guest's cart":    {`{"action":"purge","scope":"cart","cart_type":"one_off","currency":"KWD"}`, nil, 400, ""},
		"unknown cart type": {`{"action":"purge","scope":"cart_type","cart_type":"gift"}`, nil, 400, ""},
		"currency not sold": {`{"action":"refresh","scope":"currency","currency":"EUR"}`, nil, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := purge(c.body)
			if c.change != nil {
				c.change(r)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if c.code == "" {
				c.code = "invalid_purge"
			}
			wantRefusal(t, w, c.status, c.code)
		})
	}
	cart := resolver.Cart{CustomerID: customer, Type: resolver.OneOff, Currency: "KWD"}
	if _, err := res.Resolve(t.Context(), cart); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d answers had to be fetched again", n)
	}
}

func TestAStrangerIsRefusedBeforeTheBodyIsRead(t *testing.T) {
	res, _ := filled(t)
	h, err := middleware.PurgeHandler(res, func(r *http.Request) error {
		if r.Header.Get("Authorization") != "Bearer staff" {
			return errors.New("token of " + customer + " is no staff")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{`{"action":"purge","scope":"all"}`, `nonsense`} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, purge(body))
		wantRefusal(t, w, http.StatusForbidden, "forbidden")
	}
	r := purge(`{"action":"purge","scope":"all"}`)
	r.Header.Set("Authorization", "Bearer staff")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"base":4`) {
		t.Errorf("staff: %d %s", w.Code, w.Body)
	}
}

func TestAPurgeHandlerNeedsAResolverAndAnAuthorisation(t *testing.T) {
	h, err := middleware.PurgeHandler(nil, nil)
	joined, ok := err.(interface{ Unwrap() []error })
	if h != nil || !ok || len(joined.Unwrap()) != 2 || !errors.Is(err, resolver.ErrInvalidConfig) {
		t.Errorf("%v, %v", h, err)
	}
}

// wantRefusal checks a problem that names nobody.
func wantRefusal(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" ||
		w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, want %d: %v", w.Code, status, w.Header())
	}
	if (w.Header().Get("Allow") == http.MethodPost) != (status == http.StatusMethodNotAllowed) {
		t.Errorf("Allow: %q", w.Header().Get("Allow"))
	}
	var body struct {
		Code, Detail string
		Status       int
	}
	err := json.Unmarshal(w.Body.Bytes(), &body)
	if err != nil || body.Code != code || body.Status != status || body.Detail == "" {
		t.Errorf("%+v, want %s, %v", body, code, err)
	}
	if strings.Contains(w.Body.String(), customer) {
		t.Errorf("the refusal names the customer: %s", w.Body)
	}
}
