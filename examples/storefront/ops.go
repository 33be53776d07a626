package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu/ottutest"
)

// operation is the operators' page: what tender knows, and switches that break the simulated merchant. It exists in the
// demo alone. A shop's own would show State too, to its staff.
type operation struct {
	resolver.State
	MIDs  []ottutest.MID
	Asked int
	Done  string
}

func (s *shop) showOps(c *gin.Context) { s.operate(c, "") }

func (s *shop) operate(c *gin.Context, done string) {
	s.show(c, http.StatusOK, "ops.html", "Operators", operation{State: s.res.State(), MIDs: s.realMIDs(), Done: done,
		Asked: s.Demo.Count(ottutest.PathPaymentMethods)})
}

// realMIDs are those of the environment that the demo shows.
func (s *shop) realMIDs() (mids []ottutest.MID) {
	for _, mid := range s.Demo.MIDs() {
		if !mid.Sandbox && !mid.Hidden {
			mids = append(mids, mid)
		}
	}
	return mids
}

// explain says of every gateway of the merchant whether the visitor's own cart may be paid with it, and every reason
// why not. It is for staff: a checkout neither waits for it nor shows its words.
func (s *shop) explain(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 5*time.Second)
	defer cancel()
	cart, err := sessionOf(c).Get().cart()
	if err != nil {
		s.fail(c, err)
		return
	}
	why, err := s.res.Explain(ctx, cart)
	if err != nil {
		slog.WarnContext(ctx, "no explanation", "error", err)
		s.message(c, http.StatusServiceUnavailable, "Ottu does not say right now", "Repair it, and try again.")
		return
	}
	s.show(c, http.StatusOK, "why.html", "Why is it not shown?", struct {
		*resolver.Explanation
		Cart resolver.Cart
	}{why, cart})
}

func (s *shop) changeOps(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 5*time.Second)
	defer cancel()
	var done string
	switch c.PostForm("do") {
	case "fail":
		s.Demo.Break(ottutest.Fault{Status: http.StatusServiceUnavailable})
		done = "The simulated Ottu answers 503 to everything."
	case "heal":
		s.Demo.Heal()
		done = "The simulated Ottu works again."
	case "refresh":
		result, err := s.res.Refresh(ctx, resolver.Scope{})
		done = "Every answer was fetched anew."
		if err != nil {
			slog.WarnContext(ctx, "not everything was refreshed", "refreshed", result.Refreshed, "failed", result.Failed)
			done = "Not every answer could be fetched anew. Those of before are still served."
		}
	case "purge":
		if _, err := s.res.Purge(resolver.Scope{}); err != nil {
			s.fail(c, err)
			return
		}
		done = "Every answer was dropped: the next request waits for a new one."
	case "switch":
		code := c.PostForm("code")
		if err := s.Demo.UpdateMID(code, func(m *ottutest.MID) { m.Inactive = !m.Inactive }); err != nil {
			s.message(c, http.StatusBadRequest, "There is no such gateway", "")
			return
		}
		done = "The gateway " + code + " was switched. The shop notices at its next refresh, or when Checkout refuses it."
	default:
		s.message(c, http.StatusBadRequest, "There is no such switch", "")
		return
	}
	s.operate(c, done)
}
