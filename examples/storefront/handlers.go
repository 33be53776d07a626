package main

import (
	"embed"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/tendergo/tender/adapters/ginadapter"
	"github.com/tendergo/tender/examples/internal/start"
	"github.com/tendergo/tender/examples/internal/till"
	"github.com/tendergo/tender/examples/internal/web"
	"github.com/tendergo/tender/middleware"
	"github.com/tendergo/tender/resolver"
)

//go:embed templates static
var files embed.FS

// shop is the website.
type shop struct {
	*start.Setup
	res      *resolver.Resolver
	till     *till.Till
	sessions *web.Sessions[visitor]
	pages    web.Pages
}

func newShop(setup *start.Setup, res *resolver.Resolver) (http.Handler, error) {
	if err := checkShelf(); err != nil {
		return nil, err
	}
	pages, err := web.ParsePages(files)
	if err != nil {
		return nil, err
	}
	m, err := middleware.New(res)
	if err != nil {
		return nil, err
	}
	s := &shop{Setup: setup, res: res, pages: pages, sessions: web.NewSessions("storefront", setup.PublicURL, newVisitor),
		till: &till.Till{Client: setup.Client, Resolver: res, PublicURL: setup.PublicURL}}

	r := gin.New()
	if err := r.SetTrustedProxies(nil); err != nil {
		return nil, err
	}
	r.Use(gin.Recovery())
	r.GET("/static/*file", gin.WrapH(web.Static(files, "/static/")))
	r.GET("/shared/*file", gin.WrapH(web.Shared()))
	r.GET("/readyz", s.ready)
	r.GET("/api/checkout", ginadapter.Handler(m, s.apiCart), s.apiCheckout)

	page := r.Group("", s.open)
	page.GET("/", s.home)
	page.GET("/cart", s.showCart)
	page.GET("/sign-in", s.showSignIn)
	page.GET("/orders/:no", s.showOrder)
	page.POST("/cart", s.changeCart)
	page.POST("/currency", s.changeCurrency)
	page.POST("/sign-in", s.signIn)
	page.POST("/sign-out", s.signOut)

	answer := ginadapter.OnFailure(s.showFailure)
	page.GET("/checkout", ginadapter.Handler(m, s.cart, answer), s.checkout)
	page.POST("/checkout", ginadapter.Handler(m, s.cart, answer, ginadapter.Submit(choice)), s.pay)
	if setup.Demo != nil {
		page.GET("/ops", s.showOps)
		page.GET("/ops/why", s.explain)
		page.POST("/ops", s.changeOps)
	}
	r.NoRoute(s.open, func(c *gin.Context) { s.message(c, http.StatusNotFound, "There is no such page", "") })
	return web.Secure(s.ottuURL(), r), nil
}

func (s *shop) ottuURL() string { return s.Client.Identity().Origin }

// ready is for a load balancer: an outage of Ottu does not make the shop unready, for it serves what it remembers.
func (s *shop) ready(c *gin.Context) {
	if !s.res.Ready() {
		c.String(http.StatusServiceUnavailable, "warming\n")
		return
	}
	c.String(http.StatusOK, "ready\n")
}

const sessionKey = "session"

// open finds the visitor of a request for a page, and refuses forms that were not made for the visitor.
func (s *shop) open(c *gin.Context) {
	session := s.sessions.Open(c.Writer, c.Request)
	c.Set(sessionKey, session)
	if c.Request.Method == http.MethodPost && !session.Checks(c.Request) {
		c.Abort()
		s.message(c, http.StatusForbidden, "This form has expired", "Please go back, reload the page and try again.")
	}
}

// sessionOf is for handlers behind open.
func sessionOf(c *gin.Context) *web.Session[visitor] {
	return c.MustGet(sessionKey).(*web.Session[visitor]) //nolint:forcetypeassert // open put it there
}

// view is what every page needs, and in Body what one page does.
type view struct {
	Title, Path, CSRF, Currency, Customer string
	Currencies                            []string
	Pieces                                int64
	Demo                                  bool
	Body                                  any
}

func (s *shop) show(c *gin.Context, status int, page, title string, body any) {
	session := sessionOf(c)
	me := session.Get()
	customer, _ := web.FindCustomer(me.Customer)
	v := view{Title: title, Path: c.Request.URL.Path, CSRF: session.CSRF(), Currency: me.Currency,
		Customer: customer.Label, Currencies: currencies, Demo: s.Demo != nil, Body: body}
	for _, l := range me.Lines {
		v.Pieces += l.Quantity
	}
	if err := s.pages.Write(c.Writer, status, page, v); err != nil {
		slog.ErrorContext(c.Request.Context(), "a page could not be shown", "page", page, "error", err)
	}
}

// message is a page of a few words.
func (s *shop) message(c *gin.Context, status int, title, text string) {
	s.show(c, status, "message.html", title, text)
}

// fail answers a request that broke: the reason goes to the log.
func (s *shop) fail(c *gin.Context, err error) {
	slog.ErrorContext(c.Request.Context(), "a request failed", "path", c.FullPath(), "error", err)
	s.message(c, http.StatusInternalServerError, "Something went wrong", "Nothing was charged. Please try again.")
}
