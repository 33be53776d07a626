package middleware

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/tendergo/tender/resolver"
)

// purgeBodyMax is far above the largest body that makes sense.
const purgeBodyMax = 4 << 10

// PurgeHandler returns a handler through which staff, a deploy or an admin panel tells the shop that the merchant
// changed something at Ottu, which sends no webhook for it. It takes a POST of a JSON object:
//
//	{"action":"refresh","scope":"all"}
//
// The action "refresh" fetches the answers anew while the old ones are served; "purge" drops them, and the next shopper
// waits. Each scope takes exactly its own fields, so that a slip never reaches further than was meant:
//
//	scope      fields                              reaches
//	all                                            every answer
//	cart_type  cart_type                           the answers of one cart type, customers' own included
//	currency   currency                            the answers in one currency, customers' own included
//	customer   customer_id                         one customer's own answers
//	cart       cart_type, currency, customer_id    one customer's own answer for one cart
//
// authorize says who may do this: nil lets the request through, any error is answered 403. It is required, and tells
// its own log; its error reaches nobody. A customer's ID belongs into the body: a URL is logged by every proxy, so a
// request with a query is refused. A form of another site cannot send the content type application/json, which is
// required.
//
// The answer is [resolver.Purged] with "reach":"this process": other instances have to be told too. Where at least one
// answer could not be refreshed, which is then served as before, the status is 502 and the counts are in the problem.
// Refusals are problem+json too: 400, 403, 405, 413, 415. No response names a customer.
//
// A refresh answers when the last flight landed: give its route a longer write timeout than [resolver.WithFlightTimeout].
func PurgeHandler(res *resolver.Resolver, authorize func(*http.Request) error) (http.Handler, error) {
	var c config
	if res == nil {
		c.bad("PurgeHandler got no Resolver", "pass the one that resolver.New returned")
	}
	if authorize == nil {
		c.bad("PurgeHandler got no authorisation function", "pass one that returns an error to everybody but your staff")
	}
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			refuse(w, http.StatusMethodNotAllowed, "method_not_allowed", "Send a POST.")
			return
		}
		if authorize(r) != nil {
			refuse(w, http.StatusForbidden, "forbidden", "This request is not authorised to change what the shop remembers.")
			return
		}
		if command := readPurge(w, r); command != nil {
			command.carryOut(w, r, res)
		}
	}), nil
}

// purgeCommand is the body. Its fields are pointers, so that an empty customer ID, from a script whose variable is not
// set, is a mistake and not a wider scope.
type purgeCommand struct {
	Action     string             `json:"action"`
	Scope      string             `json:"scope"`
	CartType   *resolver.CartType `json:"cart_type"`
	Currency   *string            `json:"currency"`
	CustomerID *string            `json:"customer_id"`
}

// readPurge returns the command of a request, or answers it and returns nil.
func readPurge(w http.ResponseWriter, r *http.Request) *purgeCommand {
	if r.URL.RawQuery != "" {
		refuse(w, http.StatusBadRequest, "invalid_purge", "The URL has a query. Put everything into the body.")
		return nil
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "not_json", "Set the Content-Type to application/json.")
		return nil
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, purgeBodyMax))
	dec.DisallowUnknownFields()
	var command purgeCommand
	err := dec.Decode(&command)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			err = errors.New("more than one value")
		}
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "body_too_large", "The body is larger than a command can be.")
	case err != nil: // its text can repeat the body
		refuse(w, http.StatusBadRequest, "invalid_purge",
			"The body is not one JSON object with strings for action, scope, cart_type, currency and customer_id.")
	case command.Action != "purge" && command.Action != "refresh":
		refuse(w, http.StatusBadRequest, "invalid_purge", "Set action to purge or refresh.")
	case !command.fieldsFit():
		refuse(w, http.StatusBadRequest, "invalid_purge", "Set scope to all, without more fields; to cart_type, currency or "+
			"customer, with cart_type, currency or customer_id; or to cart, with all three. No field may be empty.")
	default:
		return &command
	}
	return nil
}

// fieldsFit tells whether the command has the fields of its scope and no other.
func (c *purgeCommand) fieldsFit() bool {
	if c.CartType != nil && *c.CartType == "" || c.Currency != nil && *c.Currency == "" ||
		c.CustomerID != nil && *c.CustomerID == "" {
		return false
	}
	has := [...]bool{c.CartType != nil, c.Currency != nil, c.CustomerID != nil}
	switch c.Scope {
	case "all":
		return has == [...]bool{false, false, false}
	case "cart_type":
		return has == [...]bool{true, false, false}
	case "currency":
		return has == [...]bool{false, true, false}
	case "customer":
		return has == [...]bool{false, false, true}
	case "cart":
		return has == [...]bool{true, true, true}
	default:
		return false
	}
}

// reach is said with every success.
type reach struct {
	resolver.Purged
	Reach string `json:"reach"`
}

func (c *purgeCommand) carryOut(w http.ResponseWriter, r *http.Request, res *resolver.Resolver) {
	var s resolver.Scope
	if c.CartType != nil {
		s.CartType = *c.CartType
	}
	if c.Currency != nil {
		s.Currency = *c.Currency
	}
	if c.CustomerID != nil {
		s.CustomerID = *c.CustomerID
	}
	var (
		done resolver.Purged
		err  error
	)
	if c.Action == "purge" {
		done, err = res.Purge(s)
	} else {
		done, err = res.Refresh(r.Context(), s)
	}
	result := reach{done, "this process"}
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, "application/json", result)
	case errors.Is(err, resolver.ErrInvalidCart):
		refuse(w, http.StatusBadRequest, "invalid_purge", "The shop has no such cart type or does not sell in this currency.")
	default: // the Resolver's log has the detail
		p := newProblem(http.StatusBadGateway, "refresh_failed", "Not every answer could be refreshed",
			"The old ones are served on. The Resolver's log says why; try again when Ottu answers.")
		writeJSON(w, p.Status, problemJSON, struct {
			problem
			reach
		}{p, result})
	}
}

func refuse(w http.ResponseWriter, status int, code, detail string) {
	writeJSON(w, status, problemJSON, newProblem(status, code, "The command was refused", detail))
}
