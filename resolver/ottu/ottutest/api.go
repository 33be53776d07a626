package ottutest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reply is one answer of the API.
type reply struct {
	status int
	body   any // a page, or written as JSON; nothing where nil
	header http.Header
}

// page is a body in HTML.
type page string

func detail(status int, message string) reply {
	return reply{status: status, body: map[string]any{"detail": message}}
}

func fieldErrors(errs map[string]any) reply { return reply{status: http.StatusBadRequest, body: errs} }

func (r reply) write(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range r.header {
		h[name] = values
	}
	if r.body == nil {
		w.WriteHeader(r.status)
		return
	}
	h.Set("Content-Type", "application/json")
	var body []byte
	if p, ok := r.body.(page); ok {
		h.Set("Content-Type", "text/html; charset=utf-8")
		body = []byte(p)
	} else {
		body = marshal(r.body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(r.status)
	_, _ = w.Write(body)
}

// marshal writes JSON as the API does: Arabic and "&" as they are.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // every answer is made of maps, slices and strings of our own
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// call is one request that passed authentication, with its decoded body.
type call struct {
	*http.Request
	who  credential
	in   *input
	base string // the URL that the request came to, without a path
	id   string // what follows the endpoint's path: a session, a card
}

// endpoint is one path of the API, and what answers there by method. It runs under the Merchant's lock.
type endpoint struct {
	path    string
	hasID   bool // an ID follows
	methods handlers
}

type handlers map[string]func(*Merchant, *call) reply

var endpoints = []endpoint{
	{PathPaymentMethods, false, handlers{"POST": (*Merchant).paymentMethods}},
	{PathCheckout, false, handlers{"POST": (*Merchant).createSession}},
	{PathCheckout, true, handlers{"GET": (*Merchant).retrieveSession, "PUT": (*Merchant).updateSession,
		"PATCH": (*Merchant).updateSession}},
	{PathCards, false, handlers{"POST": (*Merchant).listCards}},
	{PathCards, true, handlers{"DELETE": (*Merchant).deleteCard}},
	{PathAutoDebit, false, handlers{"POST": (*Merchant).autoDebit}},
	{PathPaymentAutoDebit, false, handlers{"POST": (*Merchant).autoDebit}},
}

// route finds the endpoint of a path. Like Django, it knows a path only with its slash at the end.
func route(path string) (e endpoint, id string, ok bool) {
	for _, e := range endpoints {
		rest, found := strings.CutPrefix(path, e.path)
		switch {
		case !found:
		case !e.hasID && rest == "":
			return e, "", true
		case e.hasID && strings.HasSuffix(rest, "/") && strings.Count(rest, "/") == 1 && len(rest) > 1:
			return e, strings.TrimSuffix(rest, "/"), true
		}
	}
	return endpoint{}, "", false
}

// serveAPI records the request, breaks what it was told to break, and answers.
func (m *Merchant) serveAPI(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		m.refuseBody(w, r, err)
		return
	}
	m.mu.Lock()
	entry := m.record(r, raw)
	faults := m.takeFaults(r.URL.Path)
	m.mu.Unlock()

	for _, f := range faults {
		if !m.sleep(r.Context(), f.Delay) {
			panic(http.ErrAbortHandler)
		}
		if f.breaks() {
			m.done(entry, f.status())
			m.serveFault(w, r, f, raw)
			return
		}
	}
	m.mu.Lock()
	answer := m.answer(r, raw)
	entry.Status = answer.status
	m.mu.Unlock()
	answer.write(w)
}

// refuseBody records a request whose body cannot be read, and answers if somebody waits for it.
func (m *Merchant) refuseBody(w http.ResponseWriter, r *http.Request, err error) {
	m.mu.Lock()
	entry := m.record(r, nil)
	m.mu.Unlock()
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); !tooLarge {
		panic(http.ErrAbortHandler) // it broke off
	}
	m.done(entry, http.StatusRequestEntityTooLarge)
	detail(http.StatusRequestEntityTooLarge, "The request body is too large.").write(w)
}

// answer does what the API does for a request, in the order of its framework: path, credential, quota, method, body.
func (m *Merchant) answer(r *http.Request, raw []byte) reply {
	e, id, ok := route(r.URL.Path)
	if !ok {
		return reply{status: http.StatusNotFound, body: page("<!DOCTYPE html><title>Not Found</title><h1>Not Found</h1>")}
	}
	who, refusal := m.authenticate(r)
	if refusal != nil {
		return *refusal
	}
	if wait, ok := m.limit.take(who.label); !ok {
		return throttled(wait)
	}
	handle := e.methods[r.Method]
	if handle == nil {
		allow := []string{}
		for method := range e.methods {
			allow = append(allow, method)
		}
		slices.Sort(allow)
		no := detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", r.Method))
		no.header = http.Header{"Allow": {strings.Join(allow, ", ")}}
		return no
	}
	fields, refusal := decode(r.Header.Get("Content-Type"), raw)
	if refusal != nil {
		return *refusal
	}
	return handle(m, &call{Request: r, who: who, in: newInput(fields), base: baseURL(r), id: id})
}

func throttled(wait time.Duration) reply {
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	r := detail(http.StatusTooManyRequests, "Request was throttled. Expected available in "+seconds+" seconds.")
	r.header = http.Header{"Retry-After": {seconds}}
	return r
}

// baseURL is where the request came to, so that the URLs in an answer lead back to the simulator.
func baseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
