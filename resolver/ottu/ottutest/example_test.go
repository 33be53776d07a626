package ottutest_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// A test of a shop gives the shop the server's URL and key in place of the real ones.
func ExampleNewServer() {
	srv := ottutest.NewServer()
	defer srv.Close()

	client, err := ottu.New(srv.URL, ottu.APIKey(srv.APIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	catalog, err := client.PaymentMethods(context.Background(), resolver.Filters{
		Plugin: "e_commerce", Environment: resolver.Production, Currencies: []string{"BHD"}, Operation: resolver.Purchase,
	})
	for _, method := range catalog.Methods {
		fmt.Println(method.Code)
	}
	fmt.Println(err, srv.Count(ottutest.PathPaymentMethods))
	// Output:
	// mpgs
	// benefit
	// <nil> 1
}

// A shop that has an answer goes on selling while Ottu is down.
func ExampleMerchant_Break() {
	merchant := ottutest.NewMerchant()
	client, err := ottu.New("https://shop.example", ottu.APIKey(merchant.APIKey()),
		ottu.WithHTTPClient(&http.Client{Transport: merchant.Transport()}))
	if err != nil {
		fmt.Println(err)
		return
	}
	shop, err := resolver.New(client, resolver.Production, []string{"BHD"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer shop.Close()

	show := func() {
		eligible, err := shop.Resolve(context.Background(), resolver.Cart{Currency: "BHD", Type: resolver.OneOff})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(eligible.PGCodes())
	}
	show()
	merchant.Break(ottutest.Fault{Status: http.StatusServiceUnavailable})
	show()
	// Output:
	// [mpgs benefit]
	// [mpgs benefit]
}

// A merchant switches a gateway off while the shop runs.
func ExampleMerchant_UpdateMID() {
	merchant := ottutest.NewMerchant()
	if err := merchant.UpdateMID("kpay", func(mid *ottutest.MID) { mid.Inactive = true }); err != nil {
		fmt.Println(err)
	}
	fmt.Println(merchant.UpdateMID("knet", func(mid *ottutest.MID) { mid.Inactive = true }))
	// Output: ottutest: there is no MID "knet" (MIDs lists them)
}

// The shopper pays: the session is paid, and the method is among those that the customer used before.
func ExampleMerchant_MarkPaid() {
	srv := ottutest.NewServer()
	defer srv.Close()
	client, err := ottu.New(srv.URL, ottu.APIKey(srv.APIKey()))
	if err != nil {
		fmt.Println(err)
		return
	}
	session, err := client.CreateSession(context.Background(), ottu.SessionRequest{
		Type: "e_commerce", Amount: "12.500", Currency: "KWD", PGCodes: []string{"kpay", "mpgs"}, CustomerID: "c1",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(session.State)
	if err := srv.MarkPaid(session.ID, "kpay"); err != nil {
		fmt.Println(err)
	}
	session, err = client.Session(context.Background(), session.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(session.State)
	// Output:
	// created
	// paid
}
