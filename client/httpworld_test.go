package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kinward/internal/protocol"
)

// served is a world behind real HTTP, speaking the four transports as the public contract writes them. Who asks is in the
// token: "Bearer ana" is ana.
type served struct {
	*world
	*httptest.Server
	beat    time.Duration
	refuse  atomic.Int32 // the status of every answer, 0 for none
	lastIDs sync.Map     // Last-Event-ID values seen
	sockets sync.Map     // open WebSockets, which httptest no longer knows
}

// drop cuts all connections.
func (s *served) drop() {
	s.CloseClientConnections()
	s.sockets.Range(func(conn, _ any) bool { return conn.(*websocket.Conn).CloseNow() == nil })
}

func serve(t *testing.T) *served {
	s := &served{world: newWorld(), beat: 50 * time.Millisecond}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/conversations", s.list)
	mux.HandleFunc("POST /api/v1/conversations/{id}/messages", s.post)
	mux.HandleFunc("GET /api/v1/feed", s.poll)
	mux.HandleFunc("GET /api/v1/feed/events", s.events)
	mux.HandleFunc("GET /api/v1/feed/socket", s.socket)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := s.refuse.Load(); status != 0 {
			problem(w, &Error{Status: int(status), Code: "refused"})
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// client is somebody's client of s.
func (s *served) client(t *testing.T, who string) *Client {
	c, err := New(Options{Server: s.URL, Token: who, PollInterval: 20 * time.Millisecond, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func problem(w http.ResponseWriter, err error) {
	e := &Error{Status: http.StatusInternalServerError, Code: "internal"}
	_ = errors.As(err, &e)
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(e.RetryAfter/time.Second)))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	answer(w, e.Status, protocol.Problem{Status: e.Status, Code: e.Code, Title: e.Title, Detail: e.Detail, Field: e.Field})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *served) list(w http.ResponseWriter, r *http.Request) {
	v, _ := s.snapshot(r.Context())
	answer(w, 200, v)
}

func (s *served) post(w http.ResponseWriter, r *http.Request) {
	var n NewMessage
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		problem(w, &Error{Status: 400, Code: "malformed"})
		return
	}
	m, repeated := s.say(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), n)
	status := 201
	if repeated {
		status = 200
	}
	answer(w, status, protocol.OneMessage{Message: m})
}

func (s *served) poll(w http.ResponseWriter, r *http.Request) {
	seconds, _ := strconv.Atoi(r.URL.Query().Get("wait"))
	ctx, cancel := context.WithTimeout(r.Context(), time.Duration(seconds)*time.Second)
	defer cancel()
	cursor := r.URL.Query().Get("cursor")
	s.ack(cursor)
	for {
		page, changed, err := s.page(cursor, 50)
		if err != nil {
			problem(w, err)
			return
		}
		if len(page.Changes) > 0 || ctx.Err() != nil || seconds == 0 {
			answer(w, 200, page)
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// follow calls tell with each page after cursor and beat with each heartbeat, until one of them or ctx ends it.
func (s *served) follow(ctx context.Context, cursor string, tell func(Page) error, beat func(head int64) error) error {
	for {
		page, changed, err := s.page(cursor, 7)
		if err == nil && page.Cursor != cursor {
			cursor, err = page.Cursor, tell(page)
		}
		if err != nil {
			return err
		}
		if page.More {
			continue
		}
		timer := time.NewTimer(s.beat)
		select {
		case <-changed:
		case <-timer.C:
			err = beat(page.Head)
		case <-ctx.Done():
			err = ctx.Err()
		}
		timer.Stop()
		if err != nil {
			return err
		}
	}
}

func (s *served) events(w http.ResponseWriter, r *http.Request) {
	cursor := r.URL.Query().Get("cursor")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		s.lastIDs.Store(last, true)
		cursor = last
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	send := func(event, id string, v any) error {
		b, _ := json.Marshal(v)
		if _, err := fmt.Fprintf(w, "event: %s\nid: %s\ndata: %s\n\n", event, id, b); err != nil {
			return err
		}
		return out.Flush()
	}
	_ = out.Flush()
	err := s.follow(r.Context(), cursor,
		func(p Page) error { return send("page", p.Cursor, p) },
		func(head int64) error { return send("head", cursor, map[string]int64{"head": head}) })
	if errors.Is(err, ErrReset) {
		_ = send("reset", "", struct{}{})
	}
}

func (s *served) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	s.sockets.Store(conn, true)
	defer s.sockets.Delete(conn)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	send := func(f protocol.ServerFrame) error {
		b, _ := json.Marshal(f)
		return conn.Write(ctx, websocket.MessageText, b)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { s.listen(ctx, cancel, conn) })
	cursor := r.URL.Query().Get("cursor")
	if err := send(protocol.ServerFrame{Op: "ready", Cursor: cursor, Head: s.now(), HeartbeatS: 1}); err != nil {
		return
	}
	err = s.follow(ctx, cursor,
		func(p Page) error {
			return send(protocol.ServerFrame{Op: "changes", Cursor: p.Cursor, Changes: p.Changes})
		},
		func(head int64) error { return send(protocol.ServerFrame{Op: "head", Head: head}) })
	if errors.Is(err, ErrReset) {
		_ = send(protocol.ServerFrame{Op: "bye", Code: CodeReset})
		_ = conn.Close(protocol.CloseReset, "")
	}
	cancel()
}

func (s *served) listen(ctx context.Context, cancel func(), conn *websocket.Conn) {
	defer cancel()
	for {
		_, b, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var f protocol.ClientFrame
		if json.Unmarshal(b, &f) == nil && f.Op == "ack" {
			s.ack(f.Cursor)
		}
	}
}
