// Package start is what the example programs share around their shops: settings from the environment, the simulated
// merchant of the demo, and a server that ends cleanly.
package start

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// Setup is what a shop needs of its surroundings.
type Setup struct {
	Client      *ottu.Client
	Environment resolver.Environment
	// Demo is the simulated merchant, and nil where the shop talks to a real Ottu.
	Demo *ottutest.Server
	// Addr is where to listen.
	Addr string
	// PublicURL is how shoppers reach the shop, without a slash at its end: Ottu sends them back there. It is a setting,
	// since the Host header of a request is whatever a stranger writes into it.
	PublicURL string
}

// FromEnv reads
//
//	OTTU_URL, OTTU_API_KEY, …   see ottu.FromEnv
//	OTTU_ENVIRONMENT            sandbox or production: whose gateways to show. No default
//	PORT                        the port to listen on; defaultPort where not set
//	PUBLIC_URL                  how shoppers reach the shop; http://127.0.0.1:PORT where not set
//	TENDER_DEMO=1               a simulated merchant in this process, in place of the OTTU variables
//
// and reports all mistakes at once, each a *resolver.ConfigError. A demo listens on the loopback interface only: its
// credentials are public. The caller must Close the Setup.
func FromEnv(defaultPort string) (*Setup, error) {
	s := &Setup{}
	var mistakes []error
	bad := func(problem, fix string) {
		mistakes = append(mistakes, &resolver.ConfigError{Package: "start", Problem: problem, Fix: fix})
	}

	demo := os.Getenv("TENDER_DEMO")
	switch {
	case demo != "" && demo != "0" && demo != "1":
		bad(fmt.Sprintf("TENDER_DEMO is %q", demo), "set it to 1, or not at all")
	case demo == "1" && os.Getenv("OTTU_URL") != "":
		bad("TENDER_DEMO=1 and OTTU_URL are both set", "unset one: a demo shows switches that no real shop may show")
	case demo == "1":
		s.Environment = resolver.Production // of the simulated merchant: no money moves
	default:
		client, err := ottu.FromEnv("OTTU")
		if err != nil {
			mistakes = append(mistakes, err)
		}
		s.Client, s.Environment = client, resolver.Environment(os.Getenv("OTTU_ENVIRONMENT"))
		if s.Environment != resolver.Sandbox && s.Environment != resolver.Production {
			bad(fmt.Sprintf("OTTU_ENVIRONMENT is %q", s.Environment), "set it to sandbox or production, whose gateways to show")
		}
	}

	port := os.Getenv("PORT")
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		bad(fmt.Sprintf("PORT is %q", port), "set it to a number from 1 to 65535")
	}
	s.Addr = ":" + port
	if demo == "1" {
		s.Addr = "127.0.0.1:" + port
	}
	s.PublicURL = strings.TrimRight(os.Getenv("PUBLIC_URL"), "/")
	if s.PublicURL == "" {
		s.PublicURL = "http://127.0.0.1:" + port
	} else if !isBase(s.PublicURL) {
		bad(fmt.Sprintf("PUBLIC_URL is %q", s.PublicURL), `set it to the shop's address, such as "https://shop.example"`)
	}

	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	if demo == "1" {
		return s, s.startDemo()
	}
	return s, nil
}

// Close ends the simulated merchant, if there is one.
func (s *Setup) Close() {
	if s.Demo != nil {
		s.Demo.Close()
	}
}

// startDemo starts a merchant who knows the pretended customers of package web already.
func (s *Setup) startDemo() (err error) {
	s.Demo = ottutest.NewServer()
	for _, code := range []string{"mpgs", "tabby"} {
		s.Demo.RecordPayment("demo-returning", code)
	}
	for _, card := range []ottutest.Card{
		{PGCode: "mpgs", Number: "**** 1234"},
		{PGCode: "mpgs", Number: "**** 9876", ExpiryMonth: "08", ExpiryYear: "24"}, // expired: no page shows it
		{PGCode: "checkoutcom", Brand: "MASTERCARD", Number: "**** 4444"},
	} {
		card.CustomerID = "demo-returning"
		s.Demo.AddCard(card)
	}
	for _, currency := range []string{"KWD", "BHD", "SAR", "USD"} {
		s.Demo.SetBalance("demo-wallet", currency, "250.00")
	}
	s.Client, err = ottu.New(s.Demo.URL, ottu.APIKey(s.Demo.APIKey()))
	return err
}

func isBase(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		u.Path == "" && u.RawQuery == "" && u.Fragment == ""
}
