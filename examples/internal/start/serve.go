package start

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tendergo/tender/resolver"
)

// Main runs a program until Ctrl-C or SIGTERM, and tells why it could not start.
func Main(name string, run func(ctx context.Context, out io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	if errors.Is(err, resolver.ErrInvalidConfig) {
		fmt.Fprintln(os.Stderr, "To look around without an Ottu account, start it with TENDER_DEMO=1.")
	}
	os.Exit(1)
}

// Serve answers requests at the Setup's address until ctx ends, then lets those under way finish.
func (s *Setup) Serve(ctx context.Context, out io.Writer, h http.Handler) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("%w (set PORT to a free port)", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10}
	_, _ = fmt.Fprintf(out, "The shop is open at %s", s.PublicURL)
	if s.Demo != nil {
		_, _ = fmt.Fprintf(out, ", with a simulated merchant at %s", s.Demo.URL)
	}
	_, _ = fmt.Fprintln(out, " (Ctrl-C ends it)")

	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Warm has the shop's answers fetched before the first shopper comes. What fails is only logged: it is tried again by
// itself, and an outage must not keep a shop from opening.
func Warm(ctx context.Context, res *resolver.Resolver, carts ...resolver.Cart) {
	if err := res.Warm(ctx, carts...); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "not all payment methods could be fetched yet", "error", err)
	}
}
