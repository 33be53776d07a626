// Simulator serves a simulated merchant's Ottu alone, for clients in any language and for breaking things by hand.
//
// ADDR is where it listens, 127.0.0.1:9090 by default. The documentation of package ottutest lists what it answers and
// the commands under /_sim/ that break it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Getenv("ADDR"), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "simulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, addr string, out io.Writer) error {
	if addr == "" {
		addr = "127.0.0.1:9090"
	}
	if err := checkLoopback(addr); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("%w (set ADDR to another address of this machine)", err)
	}
	merchant := ottutest.NewMerchant(ottutest.WithControl())
	server := &http.Server{Handler: merchant, ReadHeaderTimeout: 10 * time.Second}
	greet(out, "http://"+listener.Addr().String())

	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	merchant.Close() // ends the requests that hang
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// checkLoopback refuses addresses that others could reach: the credentials are public, and /_sim/ has none.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("ADDR %q is not host:port: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("ADDR %q is not an address of the loopback interface (use 127.0.0.1:9090 or [::1]:9090)", addr)
	}
	return nil
}

func greet(out io.Writer, url string) {
	_, _ = fmt.Fprintf(out, `A simulated Ottu merchant listens at %[1]s

  API key     %[2]s
  public key  %[3]s (refused, since it is for browsers)
  Basic user  %[4]s
  password    %[5]s

Ask for payment methods:

  curl -s %[1]s%[6]s -H 'Authorization: Api-Key %[2]s' -H 'Content-Type: application/json' \
    -d '{"plugin":"e_commerce","currencies":["KWD"],"operation":"purchase","type":"production"}'

Break the next three requests, and heal:

  curl -s %[1]s/_sim/fail -d '{"status":503,"times":3,"retry_after":"2s"}'
  curl -s -X POST %[1]s/_sim/heal

Ctrl-C ends it.
`, url, ottutest.DefaultAPIKey, ottutest.DefaultPublicKey, ottutest.DefaultUser, ottutest.DefaultPassword,
		ottutest.PathPaymentMethods)
}
