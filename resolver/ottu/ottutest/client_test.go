package ottutest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestTheClientOfThisModuleAgrees(t *testing.T) {
	srv := ottutest.NewServer()
	defer srv.Close()
	client, err := ottu.New(srv.URL, ottu.APIKey(srv.APIKey()))
	if err != nil {
		t.Fatal(err)
	}
	f := resolver.Filters{Plugin: "e_commerce", Environment: resolver.Production, Currencies: []string{"BHD"},
		Operation: resolver.Purchase, Tokenizable: resolver.Yes, CustomerID: "c1"}
	srv.RecordPayment("c1", "gone")
	for _, shape := range []ottutest.Shape{ottutest.ShapeFull, ottutest.ShapeOpenAPI, ottutest.ShapeMWallet,
		ottutest.ShapeSDK, ottutest.ShapeCodes} {
		srv.SetShape(shape)
		catalog, err := client.PaymentMethods(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, m := range catalog.Methods {
			codes = append(codes, m.Code)
		}
		if got := strings.Join(codes, " ") + " past " + strings.Join(catalog.Past, " "); got != "mpgs benefit past gone" {
			t.Errorf("%s: got %s", shape, got)
		}
		if len(catalog.Dropped) > 0 {
			t.Errorf("%s: dropped %v", shape, catalog.Dropped)
		}
	}
}

func TestTheClientOfThisModuleMakesSessions(t *testing.T) {
	srv := ottutest.NewServer()
	defer srv.Close()
	client, err := ottu.New(srv.URL, ottu.BasicAuth(ottutest.DefaultUser, ottutest.DefaultPassword))
	if err != nil {
		t.Fatal(err)
	}
	request := ottu.SessionRequest{Type: "e_commerce", Amount: "12.5", Currency: "KWD", PGCodes: []string{"mpgs", "kpay"}}
	created, err := client.CreateSession(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.MarkPaid(created.ID, "kpay"); err != nil {
		t.Fatal(err)
	}
	paid, err := client.Session(t.Context(), created.ID)
	if err != nil || paid.State != "paid" || paid.Amount != "12.500" || len(paid.Methods) != 2 {
		t.Errorf("%+v, %v", paid, err)
	}
	request.PGCodes = []string{"paypal"}
	if _, err := client.CreateSession(t.Context(), request); !errors.Is(err, resolver.ErrMethodRejected) {
		t.Errorf("paypal takes no KWD: %v", err)
	}
}

func TestTheClientOfThisModuleTellsFailuresApart(t *testing.T) {
	for name, tt := range map[string]struct {
		fault ottutest.Fault
		want  error
	}{
		"denied":      {ottutest.Fault{Status: 403}, resolver.ErrDenied},
		"typed":       {ottutest.Fault{Status: 401, Shape: ottutest.ErrorTyped}, resolver.ErrDenied},
		"rejected":    {ottutest.Fault{Status: 400, Shape: ottutest.ErrorFields}, resolver.ErrRejected},
		"throttled":   {ottutest.Fault{Status: 429}, resolver.ErrRateLimited},
		"unavailable": {ottutest.Fault{Status: 503, Shape: ottutest.ErrorOperation}, ottu.ErrUnavailable},
		"truncated":   {ottutest.Fault{Body: ottutest.BodyTruncated}, ottu.ErrUnavailable},
		"oversized":   {ottutest.Fault{Body: ottutest.BodyOversized}, ottu.ErrUnavailable},
		"wrong types": {ottutest.Fault{Body: ottutest.BodyWrongTypes}, ottu.ErrUnavailable},
		"html":        {ottutest.Fault{Body: ottutest.BodyHTML}, ottu.ErrUnavailable},
		"empty":       {ottutest.Fault{Body: ottutest.BodyEmpty}, ottu.ErrUnavailable},
		"dropped":     {ottutest.Fault{Drop: true}, ottu.ErrUnavailable},
		"hanging":     {ottutest.Fault{Hang: true}, ottu.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := ottutest.NewMerchant()
				m.Break(tt.fault)
				client, err := ottu.New("https://shop.example", ottu.APIKey(m.APIKey()),
					ottu.WithHTTPClient(&http.Client{Transport: m.Transport()}))
				if err != nil {
					t.Fatal(err)
				}
				_, err = client.PaymentMethods(t.Context(), resolver.Filters{Plugin: "e_commerce", Environment: resolver.Sandbox})
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}
