// Package ottutest simulates a merchant's Ottu for tests and demos, as net/http/httptest simulates a server: payment
// methods with every filter, checkout sessions with a payment page, saved cards, credentials and permissions, and
// whatever can break.
//
//	srv := ottutest.NewServer() // a loopback port; ottutest.NewMerchant().Transport() needs none
//	defer srv.Close()
//	client, err := ottu.New(srv.URL, ottu.APIKey(srv.APIKey()))
//
// It works on the level of the wire and shares no code with the client, so that clients in other languages can be
// tested with it too: examples/simulator serves it alone. It follows Ottu's public documents, and was not compared with
// a live Ottu. It is not for production: its credentials are constants of this package.
//
// # What it answers
//
//	POST       /b/pbl/v2/payment-methods/                  payment methods
//	POST       /b/checkout/v1/pymt-txn/                    create a session
//	GET        /b/checkout/v1/pymt-txn/{session_id}/       retrieve it
//	PUT PATCH  /b/checkout/v1/pymt-txn/{session_id}/       change it
//	POST       /b/pbl/v2/card/                             a customer's cards
//	DELETE     /b/pbl/v2/card/{token}/?customer_id=&type=  forget a card
//	POST       /b/pbl/v2/auto-debit/                       charge a card; also /b/pbl/v2/payment/auto-debit/
//	GET POST   /b/checkout/redirect/start/?session_id=     the payment page: each button pays and goes to redirect_url
//
// Bodies are JSON, application/x-www-form-urlencoded or multipart/form-data.
//
// # Where Ottu's documents leave it open
//
// They do not say what follows, so a shop should not rely on it either.
//
//	several currencies            a MID that accepts any of them is listed
//	tokenizable or auto_debit     asks for the MIDs that cannot; with WithFalseIsNoFilter, the same as absent
//	  false
//	auto_debit true               looks at auto_debit_enabled, and tokenizable at is_tokenizable: each at its own flag
//	customer_payment_methods      every pg_code that the customer paid with, in either environment, whether listed or
//	                              not; [] without a customer_id
//	an M-Wallet                   listed for a customer with a positive balance in one of the currencies
//	order of the list             the merchant's
//	accepted_currencies           without those that a currency exchange would add
//	unknown request fields        ignored
//	unknown plugin or currency    400 with an error of that field
//	a path without its last       404
//	  slash
//	sandbox and production        400: one session has one environment
//	  pg_codes in one session
//	changing a paid session       400
//	GET /b/pbl/v2/card/           405: one page has it, Ottu's OpenAPI file does not
//	a wallet's balance            there is no /b/wallet/ottu/v1/accounts/
//	expiration_time               any text, and no session expires
//	decimals of a currency that   2, so for TND too, whose ISO 4217 number is 3
//	  the documents do not name
//
// # The control API
//
// A Merchant made with [WithControl] can be broken while it runs, by curl. Requests need no credential. They must come
// from this machine, and name it by localhost or a loopback address in their Host header. Durations are written as in
// Go: "300ms", "2s".
//
//	POST   /_sim/fail         {"status":503,"shape":"detail","times":3,"path":"/b/pbl/","retry_after":"2s"}: see Fault;
//	                          also {"body":"html"}, {"hang":true}, {"drop":true}
//	POST   /_sim/slow         {"delay":"300ms","times":3,"path":"/b/pbl/"}
//	POST   /_sim/heal         ends all failing and slowness
//	POST   /_sim/shape        {"shape":"pg_codes"}: see Shape
//	POST   /_sim/limit        {"requests":10,"window":"1m"}; {"requests":0} lifts it
//	GET    /_sim/mids         lists the MIDs
//	POST   /_sim/mid/{code}   {"is_active":false}, {"code":"new-name"} or any field of MID; adds a MID of a new code
//	DELETE /_sim/mid/{code}   removes it
//	POST   /_sim/payment      {"customer_id":"c1","pg_code":"mpgs"}: the customer paid with it
//	POST   /_sim/balance      {"customer_id":"c1","currency":"KWD","balance":"5.000"}: an M-Wallet
//	POST   /_sim/paid         {"session_id":"…","pg_code":"mpgs"}: as a click on the payment page
//	GET    /_sim/requests     what the API was asked; DELETE forgets it
//	POST   /_sim/reset        as newly started
package ottutest
