package ottutest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const controlPath = "/_sim/"

// command is the body of a control request. Each command reads the fields that it needs.
type command struct {
	Path       string   `json:"path"`
	Times      int      `json:"times"`
	Delay      duration `json:"delay"`
	Status     int      `json:"status"`
	Shape      string   `json:"shape"`
	RetryAfter duration `json:"retry_after"`
	Body       Body     `json:"body"`
	Hang       bool     `json:"hang"`
	Drop       bool     `json:"drop"`
	Requests   int      `json:"requests"`
	Window     duration `json:"window"`
	CustomerID string   `json:"customer_id"`
	PGCode     string   `json:"pg_code"`
	Currency   string   `json:"currency"`
	Balance    string   `json:"balance"`
	SessionID  string   `json:"session_id"`
}

// duration is written as Go does, such as "300ms".
type duration time.Duration

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err == nil && parsed < 0 {
		err = fmt.Errorf("%s is negative", parsed)
	}
	*d = duration(parsed)
	return err
}

// controlledMID shows the two switches of a MID under the names of the API.
type controlledMID struct {
	*MID
	Active      *bool `json:"is_active"`
	Displayable *bool `json:"displayable"`
}

// serveControl answers the control API to callers on this machine, and never to a page of another site: neither to one
// that says so, nor to one whose host name was made to lead here.
func (m *Merchant) serveControl(w http.ResponseWriter, r *http.Request) {
	from, _, _ := net.SplitHostPort(r.RemoteAddr)
	to := (&url.URL{Host: r.Host}).Hostname()
	if !isLoopback(from) || !isLoopback(to) && !strings.EqualFold(to, "localhost") ||
		http.NewCrossOriginProtection().Check(r) != nil {
		detail(http.StatusForbidden,
			"The control API answers programs on this machine only, under localhost or a loopback address.").write(w)
		return
	}
	body, err := m.command(r)
	switch {
	case errors.Is(err, errNoCommand):
		detail(http.StatusNotFound, err.Error()).write(w)
	case err != nil:
		detail(http.StatusBadRequest, err.Error()).write(w)
	case body == nil:
		reply{status: http.StatusNoContent}.write(w)
	default:
		reply{status: http.StatusOK, body: body}.write(w)
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

var errNoCommand = errors.New("no such command: the documentation of package ottutest lists them")

// command carries out one command; the answer may be nil.
func (m *Merchant) command(r *http.Request) (answer any, err error) {
	name := strings.TrimPrefix(r.URL.Path, controlPath)
	if code, ok := strings.CutPrefix(name, "mid/"); ok {
		return nil, m.commandMID(r, code)
	}
	switch r.Method + " " + name {
	case "GET requests":
		return m.Requests(), nil
	case "GET mids":
		return m.controlledMIDs(), nil
	case "DELETE requests":
		m.ForgetRequests()
		return nil, nil
	case "POST heal":
		m.Heal()
		return nil, nil
	case "POST reset":
		m.Reset()
		return nil, nil
	}
	if r.Method != http.MethodPost {
		return nil, errNoCommand
	}
	var c command
	if err := decodeCommand(r, &c); err != nil {
		return nil, err
	}
	switch name {
	case "fail", "slow":
		f, err := c.fault()
		if err == nil {
			m.Break(f)
		}
		return nil, err
	case "shape":
		if !slices.Contains(shapes, Shape(c.Shape)) {
			return nil, fmt.Errorf("shape %q is none of %q", c.Shape, shapes)
		}
		m.SetShape(Shape(c.Shape))
	case "limit":
		switch {
		case c.Requests < 0:
			return nil, fmt.Errorf("requests %d is negative: 0 lifts the limit", c.Requests)
		case c.Requests > 0 && c.Window == 0:
			return nil, errors.New(`a limit needs a window, such as "1m"`)
		}
		m.LimitRate(c.Requests, time.Duration(c.Window))
	case "payment":
		if c.CustomerID == "" || c.PGCode == "" {
			return nil, errors.New("a payment needs customer_id and pg_code")
		}
		m.RecordPayment(c.CustomerID, c.PGCode)
	case "balance":
		if c.CustomerID == "" || checkCurrency(c.Currency) != "" || !plainNumber.MatchString(c.Balance) {
			return nil, errors.New("a balance needs customer_id, currency and balance, a decimal number in quotes")
		}
		m.SetBalance(c.CustomerID, c.Currency, c.Balance)
	case "paid":
		return nil, m.MarkPaid(c.SessionID, c.PGCode)
	default:
		return nil, errNoCommand
	}
	return nil, nil
}

func decodeCommand(r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the body makes no sense: %w", err)
	}
	return nil
}

// fault checks what a program would get right by its types.
func (c command) fault() (Fault, error) {
	f := Fault{Path: c.Path, Times: c.Times, Delay: time.Duration(c.Delay), Status: c.Status, Shape: ErrorShape(c.Shape),
		RetryAfter: time.Duration(c.RetryAfter), Body: c.Body, Hang: c.Hang, Drop: c.Drop}
	switch {
	case !f.breaks() && f.Delay == 0:
		return f, errors.New(`say what to do: status, body, hang, drop or delay, such as "300ms"`)
	case f.Times < 0:
		return f, fmt.Errorf("times %d is negative: 0 means until it is healed", f.Times)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return f, fmt.Errorf("status %d is none from 200 to 599", f.Status)
	case f.Shape != "" && !slices.Contains(errorShapes, f.Shape):
		return f, fmt.Errorf("shape %q is none of %q", f.Shape, errorShapes)
	case f.Body != "" && !slices.Contains(bodies, f.Body):
		return f, fmt.Errorf("body %q is none of %q", f.Body, bodies)
	}
	return f, nil
}

// commandMID changes, adds or removes one MID.
func (m *Merchant) commandMID(r *http.Request, code string) error {
	switch r.Method {
	case http.MethodDelete:
		return m.RemoveMID(code)
	case http.MethodPost:
	default:
		return errNoCommand
	}
	mid, found := MID{Code: code}, false
	for _, known := range m.MIDs() {
		if known.Code == code {
			mid, found = known, true
		}
	}
	patch := controlledMID{MID: &mid}
	if err := decodeCommand(r, &patch); err != nil {
		return err
	}
	if patch.Active != nil {
		mid.Inactive = !*patch.Active
	}
	if patch.Displayable != nil {
		mid.Hidden = !*patch.Displayable
	}
	if err := mid.check(); err != nil {
		return err
	}
	if !found {
		m.SetMID(mid)
		return nil
	}
	return m.UpdateMID(code, func(old *MID) { *old = mid })
}

func (m *Merchant) controlledMIDs() []controlledMID {
	var all []controlledMID
	for _, mid := range m.MIDs() {
		active, displayable := !mid.Inactive, !mid.Hidden
		all = append(all, controlledMID{&mid, &active, &displayable})
	}
	return all
}
