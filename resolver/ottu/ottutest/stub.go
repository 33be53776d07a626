package ottutest

import "net/http"

const (
	controlPath = "/_sim/"
	pagePath    = "/b/checkout/redirect/start/"
)

type session struct{}
type Card struct{}

func (m *Merchant) serveControl(w http.ResponseWriter, r *http.Request) {}
func (m *Merchant) servePage(w http.ResponseWriter, r *http.Request)    {}
