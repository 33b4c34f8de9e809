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
	stream := &eventStream{s: s, w: w, to: http.NewResponseController(w)}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	if err != nil {
		stream.write("reset", "", []byte(`{"code":"reset"}`))
		return
	}
	if cursor != "" {
		s.received(r.Context(), actor, position)
	}
	stream.run(r, actor, position)
}

type eventStream struct {
	s  *Server
	w  http.ResponseWriter
	to *http.ResponseController
}

func (e *eventStream) run(r *http.Request, actor account.Actor, position int64) {
	ready := make(chan struct{}, 1)
	sub := e.s.o.Hub.Subscribe(actor.Person, actor.Session, position, signal(ready))
	defer sub.Close()
	if e.s.stillSignedIn(r) != nil {
		e.bye(feed.SignedOut)
		return
	}
	for first := true; ; first = false {
		page, err := sub.Take(r.Context(), maxEventPage)
		if err != nil {
			return // the client comes back with its last id
		}
		if (first || !page.Empty()) && !e.tell(page, first) {
			return
		}
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

// tell writes a page; false ends the stream. The first page is told even when it is empty, so that the client has a cursor.
func (e *eventStream) tell(page feed.Page, first bool) bool {
	if page.End != "" {
		e.bye(page.End)
		return false
	}
	cursor := e.s.cursor(page.Cursor)
	if first || len(page.Events) > 0 || len(page.Ephemeral) > 0 {
		changes := make([][]byte, len(page.Events))
		for i, event := range page.Events {
			changes[i] = event.JSON
		}
		signs := make([]protocol.Ephemeral, len(page.Ephemeral))
		for i, sign := range page.Ephemeral {
			signs[i] = wireEphemeral(sign)
		}
		if !e.write("page", cursor, protocol.AppendPage(nil, cursor, page.Head, changes, signs, page.More)) {
			return false
		}
	}
	if page.Beat {
		return e.write("head", cursor, protocol.AppendHead(nil, page.Head))
	}
	return true
}

func (e *eventStream) bye(why feed.Reason) {
	b, _ := json.Marshal(protocol.ServerFrame{Op: "bye", Code: byeCode(why), RetryAfterMS: int(comeBack / time.Millisecond)})
	e.write("bye", "", b)
}

func (e *eventStream) write(event, id string, data []byte) bool {
	if err := e.to.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return false
	}
	if _, err := e.w.Write(protocol.AppendEvent(nil, event, id, data)); err != nil {
		return false
	}
	return e.to.Flush() == nil
}

// byeCode is the code that clients are told when the server ends a connection.
func byeCode(why feed.Reason) string {
	if why == feed.SignedOut {
		return string(problem.Unauthenticated)
	}
	return string(why)
}
