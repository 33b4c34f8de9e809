package server

import (
	"encoding/json"
	"net/http"
	"time"

	"kinward/internal/account"
	"kinward/internal/feed"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// writeTimeout is how long a reader may take for one write before the connection is given up. It comes back and catches up.
const writeTimeout = 10 * time.Second

// maxEventPage bounds the changes of one page event.
const maxEventPage = 200

// events serves the feed as server-sent events (WHATWG HTML, section 9.2). The id of each event is the cursor, so that the
// browser's own reconnect resumes.
func (s *Server) events(w http.ResponseWriter, r *http.Request, actor account.Actor) {
	cursor := r.URL.Query().Get("cursor")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		cursor = last
	}
	position, err := s.position(r.Context(), cursor)
	if err != nil && !problem.Is(err, problem.Reset) {
		s.fail(w, r, err)
		return
	}
	if err == nil {
		if cursor != "" {
			s.received(r.Context(), actor, position)
		}
		if s.streamApart(w, r, actor, position) {
			return
		}
	}
	stream := &eventStream{s: s, w: w, to: http.NewResponseController(w)}
	setEventHeaders(w.Header())
	w.WriteHeader(http.StatusOK)
	if err != nil {
		stream.write(protocol.AppendEvent(nil, "reset", "", []byte(`{"code":"reset"}`)))
		return
	}
	stream.run(r, actor, position)
}

func setEventHeaders(h http.Header) {
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
}

// appendEvents appends a page as events. The first page is told even when it is empty, so that the client has a cursor.
func (s *Server) appendEvents(dst []byte, page feed.Page, first bool) []byte {
	if page.End != "" {
		b, _ := json.Marshal(protocol.ServerFrame{Op: "bye", Code: byeCode(page.End), RetryAfterMS: int(comeBack / time.Millisecond)})
		return protocol.AppendEvent(dst, "bye", "", b)
	}
	for len(page.Events) > maxEventPage {
		part := page
		part.Events, part.Ephemeral, part.More = page.Events[:maxEventPage], nil, true
		part.Cursor = part.Events[maxEventPage-1].Version
		dst = protocol.AppendEvent(dst, "page", s.cursor(part.Cursor), s.pageBody(part))
		page.Events = page.Events[maxEventPage:]
	}
	cursor := s.cursor(page.Cursor)
	if first || tells(page) {
		dst = protocol.AppendEvent(dst, "page", cursor, s.pageBody(page))
	}
	if page.Beat {
		dst = protocol.AppendEvent(dst, "head", cursor, protocol.AppendHead(nil, page.Head))
	}
	return dst
}

// eventStream is a stream on net/http's goroutine, where streamApart can't be: HTTP/2, say.
type eventStream struct {
	s  *Server
	w  http.ResponseWriter
	to *http.ResponseController
}

func (e *eventStream) run(r *http.Request, actor account.Actor, position int64) {
	ready := make(chan struct{}, 1)
	sub := e.s.o.Hub.Subscribe(actor.Person, actor.Session, position, signal(ready))
	defer sub.Close()
	if end := endOf(e.s.stillSignedIn(r)); end != "" {
		e.write(e.s.appendEvents(nil, feed.Page{End: end}, true))
		return
	}
	long := false
	defer e.s.written(&long)
	for first := true; ; first = false {
		page, err := e.s.takePage(r.Context(), sub, &long)
		if err != nil {
			return // the client comes back with its last id
		}
		if (first || !page.Empty()) && (!e.write(e.s.appendEvents(nil, page, first)) || page.End != "") {
			return
		}
		e.s.written(&long)
		if page.More {
			continue
		}
		select {
		case <-ready:
		case <-r.Context().Done():
			return
		}
	}
}

func (e *eventStream) write(events []byte) bool {
	if err := e.to.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return false
	}
	if _, err := e.w.Write(events); err != nil { //nolint:gosec // JSON in events and said to be
		return false
	}
	return e.to.Flush() == nil
}

// endOf is how a stream ends that can't begin: only a session that has ended is a reason not to come back.
func endOf(err error) feed.Reason {
	switch {
	case err == nil:
		return ""
	case problem.Is(err, problem.Unauthenticated):
		return feed.SignedOut
	}
	return feed.Restarting
}

// byeCode is the code that clients are told when the server ends a connection.
func byeCode(why feed.Reason) string {
	if why == feed.SignedOut {
		return string(problem.Unauthenticated)
	}
	return string(why)
}
