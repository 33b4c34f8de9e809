// Package server is Kinward over HTTP: the routes, the four transports of the feed, and the translation between the wire
// (internal/protocol) and the domain. It decides nothing: rules are chat's, care's and account's. routes.go shows every
// route, errors.go every error; a file per resource holds its handlers, which are parse, call, answer.
//
// WebSockets, streams and held polls take their connections from net/http (takeover.go), since those are many and idle. The
// server owns their goroutines: Stop tells clients when to come back and waits for them.
// Tests speak HTTP and WebSocket to a whole app (internal/kinwardtest).
package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/protocol"
	"kinward/internal/socket"
)

// Options are what a Server needs; all are required but the switches.
type Options struct {
	Accounts *account.Service
	Chat     *chat.Service
	Care     *care.Service
	Hub      *feed.Hub
	Epoch    string
	Head     func(ctx context.Context) (int64, error) // the newest version in the database
	Ready    func(ctx context.Context) error          // whether the database answers
	Legacy   http.Handler                             // the protocols under /legacy
	Basic    http.Handler                             // the pages without JavaScript, under /basic, and that of no page
	Log      *slog.Logger
	Metrics  *prometheus.Registry

	EmbedSites     []string // origins whose pages may frame the client
	PublicURL      string   // scheme and host that invitations name; "" for what the request came by
	BehindProxy    bool     // trust X-Forwarded-For and X-Forwarded-Proto
	LiftRateLimits bool
	About          protocol.About // what is said to everybody; Build is added here
}

// Server is the HTTP side of the app. Make one with New, serve its Handler, then Stop it.
type Server struct {
	o         Options
	limits    *limits
	presented presented
	metrics   metrics
	origin    *http.CrossOriginProtection
	longPages *semaphore.Weighted // see takePage

	liveMu   sync.Mutex
	live     sync.WaitGroup // connections taken from net/http; liveMu keeps one from coming while Stop waits
	guests   map[guest]struct{}
	stopped  bool
	liveCtx  context.Context
	cutConns context.CancelFunc
	stopping chan struct{}
	stopOnce sync.Once
	returns  *returns
	watch    atomic.Pointer[socket.Watch] // nil until Run
}

// New makes a Server. It starts nothing.
func New(o Options) *Server {
	s := &Server{
		o: o, limits: newLimits(o.LiftRateLimits), metrics: newMetrics(o.Metrics, o.Hub),
		origin: http.NewCrossOriginProtection(), stopping: make(chan struct{}),
		longPages: semaphore.NewWeighted(maxLongPages), guests: map[guest]struct{}{}, returns: newReturns(),
	}
	if o.PublicURL != "" { // our own pages, also behind a proxy that rewrites Host
		if err := s.origin.AddTrustedOrigin(strings.ToLower(o.PublicURL)); err != nil {
			o.Log.Warn("pages of the public URL count as another site's", "error", err)
		}
	}
	s.liveCtx, s.cutConns = context.WithCancel(context.Background())
	return s
}

// Stop tells every connection that the server restarts, waits until they have ended or ctx does, and cuts the rest.
// Requests that are held are answered. Stop the http.Server after it.
func (s *Server) Stop(ctx context.Context) {
	s.stopOnce.Do(func() { close(s.stopping) })
	s.liveMu.Lock()
	s.stopped = true
	s.liveMu.Unlock()
	s.o.Hub.EndAll()
	s.each(guest.rouse)
	done := make(chan struct{})
	go func() {
		s.live.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.cutConns()
	s.each(guest.cut)
	<-done
}

// enter counts a connection that Stop waits for; false once the server is stopping.
func (s *Server) enter() bool {
	s.liveMu.Lock()
	defer s.liveMu.Unlock()
	if !s.stopped {
		s.live.Add(1)
	}
	return !s.stopped
}

// comeBack is when a client is asked to return after a restart; the client adds its own jitter.
const comeBack = 500 * time.Millisecond
