package ottutest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
)

// Server is a [Merchant] behind a free port of the loopback interface, for a test over real sockets.
type Server struct {
	// URL is the base URL to give to a client, without a slash at its end.
	URL string
	*Merchant
	server *httptest.Server
}

// NewServer starts a Server. The caller should Close it. Like [httptest.NewServer], it panics on a machine that has no
// loopback port to give.
func NewServer(opts ...Option) *Server {
	m := NewMerchant(opts...)
	s := httptest.NewServer(m)
	return &Server{URL: s.URL, Merchant: m, server: s}
}

// Close ends the requests that are delayed or hang, and shuts the server down. It returns when all of its goroutines
// have ended.
func (s *Server) Close() {
	s.Merchant.Close()
	s.server.CloseClientConnections()
	s.server.Close()
}

// Transport returns a RoundTripper that answers for every host without a socket or a goroutine: RoundTrip runs the
// Merchant in its caller's goroutine and returns the complete answer. That makes it fit for a testing/synctest bubble,
// where delays and hanging requests cost no time.
func (m *Merchant) Transport() http.RoundTripper { return transport{m} }

type transport struct{ m *Merchant }

func (t transport) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	ctx := r.Context()
	in := r.Clone(ctx)
	in.RequestURI = r.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:1"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if r.Body == nil {
		in.Body = http.NoBody
	}
	defer in.Body.Close()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	if cut := t.serve(rec, in); cut {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, errDropped
	}
	answer = rec.Result()
	answer.Request = r
	if answer.ContentLength > int64(rec.Body.Len()) {
		answer.Body = io.NopCloser(io.MultiReader(rec.Body, cutReader{}))
		return answer, nil
	}
	answer.ContentLength = int64(rec.Body.Len())
	return answer, nil
}

var errDropped = errors.New("ottutest: the connection was dropped without an answer")

// serve tells whether the Merchant cut the connection, as net/http would.
func (t transport) serve(w http.ResponseWriter, r *http.Request) (cut bool) {
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler { //nolint:errorlint // net/http compares in the same way
				panic(p)
			}
			cut = true
		}
	}()
	t.m.ServeHTTP(w, r)
	return false
}

// cutReader is where an answer ends too early.
type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
