// Package legacy serves the wire protocols of Kinward's predecessors under /legacy: the polling, long-polling and WebSocket of
// the Flask chat (people by id) and the frames of the article (people by handle). They are thin adapters: sending is chat's
// OpenDirect and Send, and what is told comes from the direct conversations that every other client sees too. Group and
// family conversations never appear here, since a bare text doesn't say where it belongs.
//
// Promises. Every message of somebody else is told once: one cursor per person is shared by polling, long-polling and
// /legacy/socket, another one belongs to /legacy/article. A cursor moves when the message has been written to a connection
// that was still there, as far as this side can see, and only ever rises: what a broken connection did not take is told
// again, also when part of it had arrived. The old protocols have no acknowledgement, so a client that vanishes without a
// word, power cut or lost radio, may miss what was on the way; it is in the history of the conversation. In a
// conversation messages are told in order. Retracted ones are not told, corrections of what was told neither. Sockets of one
// person at /legacy/socket are told everything live, each of them; while there is one, polls of that person are told nothing.
//
// Told once holds among the readers of one process. Two processes on one database share the cursors, but may tell a message
// twice if both are asked at the same instant.
//
// A Handler owns the goroutines of its WebSockets: Stop ends them and waits. Its tests are in internal/kinwardtest and speak
// the old protocols over real sockets; docs/protocol/legacy.md describes them for owners of old pages.
package legacy

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// Gate is what the API's server shares: who comes in, how often, and how errors look.
type Gate interface {
	// Enter checks a request's origin, token and rate and bounds its body. The actor is zero where no live token came.
	Enter(w http.ResponseWriter, r *http.Request) (actor account.Actor, token string, err error)
	// Fail answers with a problem.
	Fail(w http.ResponseWriter, r *http.Request, err error)
	// Sends is the bucket that the messages of a session are counted in.
	Sends(session id.Session) *rate.Limiter
}

// Store is the database as this package reads it.
type Store interface {
	Person(ctx context.Context, person id.Person) (account.Person, error)
	PersonByHandle(ctx context.Context, handle string) (account.Person, error)
	// Told is how far a reader has been told a person's direct conversations, as a seq.
	Told(ctx context.Context, person id.Person, reader string) (map[id.Conversation]int64, error)
	// RaiseTold moves what Told answers; it only rises.
	RaiseTold(ctx context.Context, person id.Person, reader string, told map[id.Conversation]int64) error
	// Untold lists up to limit messages that others wrote beyond told, oldest first; passed are ends of conversations that
	// hold nothing to tell.
	Untold(ctx context.Context, person id.Person, told map[id.Conversation]int64, limit int) (messages []chat.Message,
		passed map[id.Conversation]int64, err error)
}

// Options are what a Handler needs; all are required.
type Options struct {
	Gate     Gate
	Accounts *account.Service
	Chat     *chat.Service
	Hub      *feed.Hub
	Store    Store
	Log      *slog.Logger
}

// Handler serves everything under /legacy. Make one with New, and Stop it before the http.Server is shut down.
type Handler struct {
	o     Options
	mux   *http.ServeMux
	desks desks
	told  ledger

	ctx  context.Context // of the WebSockets
	cut  context.CancelFunc
	live sync.WaitGroup // WebSockets

	mu       sync.Mutex
	lines    map[*line]struct{}
	stopping bool
}

// New makes a Handler. It starts nothing.
func New(o Options) *Handler {
	h := &Handler{o: o, mux: http.NewServeMux(), told: ledger{store: o.Store, log: o.Log}, lines: map[*line]struct{}{}}
	h.ctx, h.cut = context.WithCancel(context.Background())
	h.mux.HandleFunc("/legacy/polling/{person}", h.only(h.polling, http.MethodGet, http.MethodPost))
	h.mux.HandleFunc("/legacy/long-polling/{person}", h.only(h.longPolling, http.MethodGet, http.MethodPost))
	h.mux.HandleFunc("/legacy/socket", h.only(h.serveTalk, http.MethodGet))
	h.mux.HandleFunc("/legacy/article", h.only(h.serveArticle, http.MethodGet))
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.o.Gate.Fail(w, r, problem.New(problem.NotFound, "there is nothing at this address"))
	})
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// only lets the methods through that an address takes. HEAD is none of them: telling a message would need a body.
func (h *Handler) only(serve http.HandlerFunc, methods ...string) http.HandlerFunc {
	allow := methods[0]
	for _, m := range methods[1:] {
		allow += ", " + m
	}
	return func(w http.ResponseWriter, r *http.Request) {
		for _, m := range methods {
			if r.Method == m {
				serve(w, r)
				return
			}
		}
		w.Header().Set("Allow", allow)
		h.o.Gate.Fail(w, r, problem.New(problem.MethodNotAllowed, "this address takes %s", allow))
	}
}

// Stop tells every WebSocket to come back, waits until they have ended or ctx does, and cuts the rest. Held polls end with
// the feed's subscriptions.
func (h *Handler) Stop(ctx context.Context) {
	h.mu.Lock()
	h.stopping = true
	for l := range h.lines {
		l.conn.Close(protocol.CloseRestarting, string(feed.Restarting))
	}
	h.mu.Unlock()
	done := make(chan struct{})
	go func() {
		h.live.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	h.cut()
	<-done
}

// sendTimeout is how long a client may take to receive one answer.
const sendTimeout = 10 * time.Second

var (
	errRestarting = &problem.Error{Code: problem.Unavailable, Detail: "the server restarts; come back in a moment", RetryAfter: time.Second}
	errSignedOut  = problem.New(problem.Unauthenticated, "this session has ended; sign in again")
)

// drainAtOnce bounds the changes that are read from a subscription at a time.
const drainAtOnce = 500

// drain empties a subscription, which is only here to wake its reader when something is new. news is whether something may
// be: heartbeats and passing signs wake too, and cost no look into the database. The error is why it ended.
func drain(ctx context.Context, sub *feed.Subscription) (news bool, err error) {
	for {
		page, err := sub.Take(ctx, drainAtOnce)
		news = news || len(page.Events) > 0
		switch {
		case err != nil:
			return news, err
		case page.End == feed.SignedOut:
			return news, errSignedOut
		case page.End != "":
			return news, errRestarting
		case !page.More:
			return news, nil
		}
	}
}
