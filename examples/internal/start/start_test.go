package start_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tendergo/tender/examples/internal/start"
	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

// clear makes sure that a test sees only its own environment.
func clear(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range []string{"OTTU_URL", "OTTU_API_KEY", "OTTU_USER", "OTTU_PASSWORD", "OTTU_ENVIRONMENT",
		"PORT", "PUBLIC_URL", "TENDER_DEMO"} {
		t.Setenv(name, env[name])
	}
}

func TestEveryMistakeIsReportedAtOnceAndNoSecret(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"nothing is set": {nil, []string{"OTTU_URL is not set", "no credential", `OTTU_ENVIRONMENT is ""`}},
		"an environment that does not exist": {map[string]string{"OTTU_URL": "https://shop.example", "OTTU_API_KEY": "hush",
			"OTTU_ENVIRONMENT": "live"}, []string{`OTTU_ENVIRONMENT is "live"`}},
		"a demo of a real merchant": {map[string]string{"OTTU_URL": "https://shop.example", "TENDER_DEMO": "1"},
			[]string{"TENDER_DEMO=1 and OTTU_URL are both set"}},
		"odd values": {map[string]string{"TENDER_DEMO": "yes", "PORT": "70000", "PUBLIC_URL": "shop.example"},
			[]string{`TENDER_DEMO is "yes"`, `PORT is "70000"`, `PUBLIC_URL is "shop.example"`}},
		"a public URL with a password": {map[string]string{"TENDER_DEMO": "1", "PUBLIC_URL": "https://a:b@shop.example"},
			[]string{"PUBLIC_URL is"}},
	} {
		t.Run(name, func(t *testing.T) {
			clear(t, c.env)
			setup, err := start.FromEnv("8080")
			if err == nil {
				setup.Close()
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
			if !errors.Is(err, resolver.ErrInvalidConfig) || strings.Contains(err.Error(), "hush") {
				t.Errorf("the error is %q", err)
			}
		})
	}
}

func TestARealShopListensEverywhereAndADemoOnThisMachine(t *testing.T) {
	clear(t, map[string]string{"OTTU_URL": "https://shop.example", "OTTU_API_KEY": "k", "OTTU_ENVIRONMENT": "sandbox",
		"PUBLIC_URL": "https://shop.example/"})
	setup, err := start.FromEnv("8080")
	if err != nil {
		t.Fatal(err)
	}
	defer setup.Close()
	if setup.Addr != ":8080" || setup.PublicURL != "https://shop.example" || setup.Demo != nil ||
		setup.Environment != resolver.Sandbox {
		t.Errorf("setup is %+v", setup)
	}
	clear(t, map[string]string{"TENDER_DEMO": "1", "PORT": "8099"})
	demo, err := start.FromEnv("8080")
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Close()
	if demo.Addr != "127.0.0.1:8099" || demo.PublicURL != "http://127.0.0.1:8099" || demo.Demo == nil {
		t.Errorf("demo is %+v", demo)
	}
	c, err := demo.Client.PaymentMethods(t.Context(), resolver.Filters{Plugin: "e_commerce", Environment: demo.Environment,
		Currencies: []string{"KWD"}, CustomerID: "demo-wallet"})
	if err != nil || len(c.Methods) == 0 {
		t.Errorf("the simulated merchant answers %v, %v", c, err)
	}
	cards, err := demo.Client.Cards(t.Context(), ottu.CardsRequest{CustomerID: "demo-returning", Environment: demo.Environment})
	if err != nil || len(cards) != 3 {
		t.Errorf("the returning customer has the cards %v, %v", cards, err)
	}
}

func TestServeLetsRequestsFinishWhenItIsTold(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	setup := &start.Setup{Addr: free.Addr().String(), PublicURL: "http://" + free.Addr().String()}
	if err := setup.Serve(t.Context(), io.Discard, nil); err == nil || !strings.Contains(err.Error(), "set PORT") {
		t.Errorf("a port that is taken gives %v", err)
	}
	_ = free.Close()

	ctx, stop := context.WithCancel(t.Context())
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		_, _ = io.WriteString(w, "done")
	})
	var out bytes.Buffer
	served := make(chan error, 1)
	go func() { served <- setup.Serve(ctx, &out, handler) }()
	var answer *http.Response
	for deadline := time.Now().Add(10 * time.Second); ; { // until it listens
		if answer, err = http.Get(setup.PublicURL); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if err := <-served; err != nil || string(body) != "done" || !strings.Contains(out.String(), setup.PublicURL) {
		t.Errorf("served %q, printed %q, ended with %v", body, out.String(), err)
	}
}
