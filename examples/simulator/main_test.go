package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

func TestTheSimulatorAnswersUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, "127.0.0.1:0", in)
		_ = in.Close()
		ended <- err
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal(<-ended)
	}
	_, url, _ := strings.Cut(lines.Text(), "listens at ")
	shown := ""
	for lines.Scan() && lines.Text() != "Ctrl-C ends it." {
		shown += lines.Text() + "\n"
	}
	for _, want := range []string{ottutest.DefaultAPIKey, ottutest.DefaultPublicKey, ottutest.DefaultUser,
		ottutest.DefaultPassword, "curl -s " + url + ottutest.PathPaymentMethods} {
		if !strings.Contains(shown, want) {
			t.Errorf("%s is not shown in %s", want, shown)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/_sim/fail", strings.NewReader(`{"hang":true}`))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		t.Errorf("control API: got %d", res.StatusCode)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAnAddressThatOthersCanReachIsRefused(t *testing.T) {
	const loopback = "not an address of the loopback interface"
	for addr, want := range map[string]string{
		"0.0.0.0:9090": loopback, ":9090": loopback, "192.0.2.1:9090": loopback, "example.com:80": loopback,
		"9090": "not host:port", "127.0.0.1:99999": "set ADDR",
	} {
		if err := run(t.Context(), addr, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", addr, err)
		}
	}
	for _, addr := range []string{"127.0.0.1:9090", "[::1]:9090", "localhost:9090"} {
		if err := checkLoopback(addr); err != nil {
			t.Error(err)
		}
	}
}
