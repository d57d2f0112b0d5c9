package tiktokshoptest

import (
	"net/http"
	"sync"
	"time"
)

// App is an app of the Partner Center: it signs the calls, and TikTok Shop signs
// the pushes with the same pair.
type App struct{ Key, Secret string }

// Server is TikTok Shop, with the shops and orders that a test gives it. It
// serves the paths of the API and of the authorisation, whatever the host.
//
// It is safe for concurrent use. Its fields are set before that, or while no
// call is under way.
type Server struct {
	// Rate is how many calls of one API a shop may make in a second; 50, as
	// documented, unless set.
	Rate int
	// TokenLife is how long an access token is good: 7 days, the documented
	// default. AuthorizationLife is that of an authorisation and its refresh
	// tokens, which the seller chooses: a year.
	TokenLife, AuthorizationLife time.Duration
	// RotateAtOnce ends the access and the refresh token with their refresh.
	// Nothing is documented: without it an access token is good until it expires,
	// and a refresh token until the access token after it was used once.
	RotateAtOnce bool
	// MaxPage, unless 0, is how many rows a page has at most, however many were
	// asked for.
	MaxPage int
	// CountedPages makes page tokens count rows. Then a row that moves to the end
	// of a list hides another one; without it they name the last row. Nothing is
	// documented.
	CountedPages bool
	// Lag is how late a search shows a change. A detail shows it at once.
	Lag time.Duration
	// Touch moves an order's update_time with every change, not only with that of
	// its status.
	Touch bool
	// Fail, unless nil, says what goes wrong with the n-th call, beginning at 1.
	// Nil: nothing.
	Fail func(n int, r *http.Request) *Failure
	// OnPush, unless nil, gets each push, after the change that it tells of was
	// made. It may call the server. Without it pushes wait for Pushes.
	OnPush func(Push)

	app App
	now func() time.Time

	mu       sync.Mutex
	calls    []Call
	served   int // calls, for Fail and request IDs
	recent   map[string][]time.Time
	pushes   []Push
	serial   map[string]int
	shops    map[string]*shop
	orders   map[string]*order
	packages map[string]*pack
	placed   []*order // as they came
	packed   []*pack
	codes    map[string]*authCode
	access   map[string]*pair
	refresh  map[string]*pair
}

var _ http.Handler = (*Server)(nil)

const week = 7 * 24 * time.Hour

// New returns a TikTok Shop without shops, by the clock now.
func New(app App, now func() time.Time) *Server {
	return &Server{
		Rate: 50, TokenLife: week, AuthorizationLife: 365 * 24 * time.Hour,
		app: app, now: now,
		recent: map[string][]time.Time{}, serial: map[string]int{},
		shops: map[string]*shop{}, orders: map[string]*order{}, packages: map[string]*pack{},
		codes: map[string]*authCode{}, access: map[string]*pair{}, refresh: map[string]*pair{},
	}
}

// next counts the things of a kind.
func (s *Server) next(kind string) int {
	s.serial[kind]++
	return s.serial[kind]
}

// second is a time as TikTok Shop gives it: in whole seconds, 0 where there is
// none.
func second(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}
