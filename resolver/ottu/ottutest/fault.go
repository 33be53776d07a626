package ottutest

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is one way in which the merchant's Ottu is broken. Set Status, Body, Hang or Drop, or a Delay alone, after
// which the request goes on: to the next Fault that concerns it, or to its usual answer.
type Fault struct {
	// Path is the beginning of the paths that it concerns, such as [PathPaymentMethods]; empty means the whole API.
	Path string
	// Times is how many requests it concerns; zero means all of them until [Merchant.Heal].
	Times int
	// Delay is waited for first.
	Delay time.Duration
	// Status, from 200 to 599, is answered with an error in Shape, [ErrorDetail] where empty, or with Body.
	Status int
	Shape  ErrorShape
	// RetryAfter is sent in whole seconds with any status, where more than zero.
	RetryAfter time.Duration
	// Body sends something that is no answer, with status 200 unless Status says otherwise.
	Body Body
	// Hang answers nothing until the client leaves or the Merchant is closed.
	Hang bool
	// Drop closes the connection without an answer.
	Drop bool
}

// ErrorShape is one of the four forms in which Ottu's documents show an error.
type ErrorShape string

// The shapes of errors, with their JSON.
const (
	ErrorDetail    ErrorShape = "detail"    // {"detail": "…"}
	ErrorFields    ErrorShape = "fields"    // {"field": ["…"]}
	ErrorTyped     ErrorShape = "typed"     // {"error": {"type": "…", "code": "…", "message": "…"}}
	ErrorOperation ErrorShape = "operation" // {"detail": "…", "result": "failed", "failed_provider": "…", …}
)

var errorShapes = []ErrorShape{ErrorDetail, ErrorFields, ErrorTyped, ErrorOperation}

// Body is something that is no answer.
type Body string

// The bodies of a [Fault].
const (
	BodyEmpty      Body = "empty"
	BodyGarbage    Body = "garbage"     // bytes that are no JSON, under a JSON content type
	BodyHTML       Body = "html"        // a proxy's error page
	BodyTruncated  Body = "truncated"   // half of an answer, then the connection ends
	BodyOversized  Body = "oversized"   // 8 MiB of white space, then a proper answer
	BodyWrongTypes Body = "wrong_types" // JSON whose values have other types than documented
)

var bodies = []Body{BodyEmpty, BodyGarbage, BodyHTML, BodyTruncated, BodyOversized, BodyWrongTypes}

// Break adds a Fault. Faults apply in the order in which they were added: three that each concern one request give
// three requests a different failure each.
func (m *Merchant) Break(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, &f)
}

// Heal takes all Faults away. Requests that are delayed or hang already are not released by it.
func (m *Merchant) Heal() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = nil
}

func (f Fault) breaks() bool { return f.Status != 0 || f.Body != "" || f.Hang || f.Drop }

// status is the one that is answered with; zero where there is no answer.
func (f Fault) status() int {
	if f.Status == 0 && f.Body != "" {
		return http.StatusOK
	}
	return f.Status
}

// takeFaults counts a request against the faults that concern it: delays, up to and with the first that breaks it.
func (s *state) takeFaults(path string) (taken []Fault) {
	left := s.faults[:0:0]
	broken := false
	for _, f := range s.faults {
		concerns := !broken && strings.HasPrefix(path, f.Path)
		if concerns {
			taken = append(taken, *f)
			broken = f.breaks()
		}
		if concerns && f.Times == 1 {
			continue
		}
		if concerns && f.Times > 1 {
			f.Times--
		}
		left = append(left, f)
	}
	s.faults = left
	return taken
}

// sleep waits, and tells whether the client is still there afterwards.
func (m *Merchant) sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-m.closed:
	}
	return false
}

// serveFault breaks one request, its delay being over.
func (m *Merchant) serveFault(w http.ResponseWriter, r *http.Request, f Fault, raw []byte) {
	if f.Hang {
		select {
		case <-r.Context().Done():
		case <-m.closed:
		}
	}
	if f.Hang || f.Drop {
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
	}
	if f.Body == "" {
		reply{status: f.Status, body: f.Shape.body(f.Status)}.write(w)
		return
	}
	body, length := m.brokenBody(r, f.Body, raw)
	w.Header().Set("Content-Type", "application/json")
	if f.Body == BodyHTML {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(f.status())
	_, _ = w.Write(body) // net/http closes the connection after fewer bytes than the length
}

// brokenBody makes a body, and the length that the answer claims.
func (m *Merchant) brokenBody(r *http.Request, b Body, raw []byte) (body []byte, length int) {
	proper := func() []byte {
		m.mu.Lock()
		defer m.mu.Unlock()
		return marshal(m.answer(r, raw).body)
	}
	switch b {
	case BodyGarbage:
		body = []byte("\x00\xff\xfe{]!,\"payment_methods\":")
	case BodyHTML:
		body = []byte("<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>")
	case BodyTruncated:
		full := proper()
		return full[:len(full)/2], len(full)
	case BodyOversized:
		body = append(bytes.Repeat([]byte(" "), 8<<20), proper()...)
	case BodyWrongTypes:
		body = []byte(`{"customer_payment_methods":{"kpay":true},"payment_methods":[7,null,"kpay",` +
			`{"code":{"value":"kpay"},"is_sandbox":"maybe","accepted_currencies":"KWD","payment_services":3}]}`)
	}
	return body, len(body)
}

// body is an error of a status in this shape.
func (s ErrorShape) body(status int) any {
	message := http.StatusText(status)
	switch s {
	case ErrorFields:
		return map[string]any{"non_field_errors": []string{message}}
	case ErrorTyped:
		kind := map[int]string{400: "validation_error", 401: "authentication_error", 403: "permission_error",
			422: "validation_error", 429: "rate_limit_error"}[status]
		code := strings.ReplaceAll(strings.ToLower(message), " ", "_")
		if kind == "" {
			kind = "api_error"
		}
		return map[string]any{"error": map[string]any{"type": kind, "code": code, "message": message}}
	case ErrorOperation:
		return map[string]any{"detail": message, "result": "failed", "failed_provider": "mpgs",
			"pg_response": map[string]any{}, "rollback": false}
	}
	return map[string]any{"detail": message}
}
