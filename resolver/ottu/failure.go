package ottu

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"encoding/json"
)

// unreachable is the failure of an attempt without an answer.
func unreachable(call, problem string, err error) *Error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return &Error{call: call, problem: problem + ": " + describe(err), cause: quiet{err}, again: !untrusted}
}

// quiet answers errors.Is and errors.As like the error within and hides its text: a transport may write the headers that
// it was given, and a token function the token.
type quiet struct{ err error }

func (q quiet) Error() string                 { return describe(q.err) }
func (q quiet) Is(target error) bool          { return errors.Is(q.err, target) }
func (q quiet) As(target any) bool            { return errors.As(q.err, target) }
func (q quiet) Format(w fmt.State, _ rune)    { _, _ = io.WriteString(w, q.Error()) }
