package ottu

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// unreachable is the failure of an attempt that brought no answer.
func unreachable(call, problem string, err error) *Error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its text has the URL, which may hold a session ID
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	network, ok := errors.AsType[*net.OpError](err)
	unconnected := ok && (network.Op == "dial" || network.Op == "proxyconnect")
	return &Error{call: call, problem: problem + ": " + describe(err), cause: quiet{err}, again: !untrusted,
		unsent: untrusted || unconnected}
}

// quiet answers errors.Is and errors.As like the error within and hides its text: a transport may write the headers
// that it was given, and a token function the token.
type quiet struct{ err error }

func (q quiet) Error() string              { return describe(q.err) }
func (q quiet) Is(target error) bool       { return errors.Is(q.err, target) }
func (q quiet) As(target any) bool         { return errors.As(q.err, target) }
func (q quiet) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, q.Error()) }

// describe says what kind of failure it is, in words that come from us or from the system.
func describe(err error) string {
	if errors.Is(err, errBadToken) {
		return errBadToken.Error()
	}
	if errors.Is(err, context.Canceled) {
		return "canceled"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "timed out"
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the host name is not known"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the host's certificate is not trusted"
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed early"
	}
	return fmt.Sprintf("an error of type %T", err)
}

// unreadable is the failure of an answer that came and makes no sense.
func unreadable(call string, resp *http.Response, size int, problem string) *Error {
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		media = "unknown type"
	}
	return &Error{Status: resp.StatusCode, call: call,
		problem: fmt.Sprintf("the answer makes no sense: %s (%d bytes of %q)", problem, size, clip(media))}
}

// jsonProblem says where JSON goes wrong, without the text that is there.
func jsonProblem(err error) string {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return "it is no JSON from byte " + strconv.FormatInt(syntax.Offset, 10) + " on"
	}
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(t.Value, " ") // "number 12" shows the number
		if t.Field == "" {
			return "it is of type " + kind
		}
		return t.Field + " is of type " + kind
	}
	return err.Error() // ours
}

// maxRetryAfter bounds what a Retry-After header can ask for: a wrong one must not silence a shop for days.
const maxRetryAfter = time.Hour

// readRetryAfter reads seconds or an HTTP date.
func readRetryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(header, 10, 32); err == nil {
		return min(time.Duration(n)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// readError decodes the body of a refusal. Four shapes are documented: the fields with their complaints; a detail
// alone; an error object with a type, code and message; and the detail of a failed operation, with what the gateway
// said, which is left out. Fields are collected beside any of the others too. A body that is none of them leaves e as
// it is: the status has said enough.
func (e *Error) readError(body []byte) {
	var doc map[string]json.RawMessage
	if json.Unmarshal(body, &doc) != nil {
		return
	}
	fields := map[string][]string{}
	var object struct {
		Code, Message, Field soft[string]
	}
	if json.Unmarshal(doc["error"], &object) == nil && (object.Code.v != "" || object.Message.v != "") {
		e.Code, e.Message = object.Code.v, object.Message.v
		if object.Field.v != "" {
			fields[object.Field.v] = []string{object.Message.v}
		}
		delete(doc, "error")
	}
	var detail string
	if json.Unmarshal(doc["detail"], &detail) == nil {
		e.Message = cmp.Or(e.Message, detail)
		for name, text := range map[string]*string{
			"code": &e.Code, "result": &e.Result, "failed_provider": &e.FailedProvider} {
			_ = json.Unmarshal(doc[name], text)
			delete(doc, name)
		}
		delete(doc, "detail")
		delete(doc, "pg_response")
	}
	for name, raw := range doc {
		flatten(fields, name, raw, 8)
	}
	if len(fields) > 0 {
		e.Fields = fields
	}
}

// flatten collects the strings below raw under the path that leads to them.
func flatten(into map[string][]string, path string, raw json.RawMessage, depth int) {
	var (
		text   string
		list   []json.RawMessage
		object map[string]json.RawMessage
	)
	switch {
	case depth == 0:
	case json.Unmarshal(raw, &text) == nil && text != "":
		into[path] = append(into[path], text)
	case json.Unmarshal(raw, &list) == nil:
		for i, item := range list {
			if len(item) > 0 && item[0] == '{' {
				flatten(into, path+"."+strconv.Itoa(i), item, depth-1)
				continue
			}
			flatten(into, path, item, depth-1)
		}
	case json.Unmarshal(raw, &object) == nil:
		for name, item := range object {
			flatten(into, path+"."+name, item, depth-1)
		}
	}
}
