package server

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unique"

	"kinward/internal/socket"
)

// net/http keeps a large stack and some 20 KiB of buffers for each request that waits. Streams and held polls therefore take
// their connection from it; while they wait, socket.Watch tells when the client says something or goes away. What is below is
// what they share.

// lingering is how long a client has to read the end of an answer before its connection is closed; net/http waits as long.
// Closing with bytes unread has the kernel reset the connection, which may cost the client the answer.
const lingering = 500 * time.Millisecond

// readable is how long a read may take of a connection that the watch has said can be read from, in case it was wrong.
const readable = 10 * time.Millisecond

// guest is a connection that was taken from net/http.
type guest interface {
	socket.Waiter
	rouse() // the server stops: whoever is not told so by the hub shall look
	cut()   // end now
}

// taken is a connection, and what has to be known of the request that it came with.
type taken struct {
	conn   net.Conn
	watch  *socket.Watch
	ticket socket.Watched
	early  []byte                // what the client has sent behind its request
	common unique.Handle[string] // the headers that every answer has, as lines
	old    bool                  // HTTP/1.0
	last   bool                  // nothing may follow this request's answer
}

// Run watches the connections that wait until ctx ends, which must be after Stop has returned. Without it they stay with
// net/http.
func (s *Server) Run(ctx context.Context) error {
	watch, err := socket.NewWatch()
	if err != nil {
		s.o.Log.Warn("connections that wait can't be watched and stay with net/http", "error", err)
		return nil
	}
	stop := context.AfterFunc(ctx, func() { _ = watch.Close() }) // of a descriptor that nothing was written to
	defer stop()
	s.watch.Store(watch)
	defer s.watch.Store(nil)
	return watch.Run()
}

// mayTake says whether the connection of a request may be taken: not of HTTP/2, nor under TLS of our own, which net/http has
// to know of; and not with a body, which would be read as the next request.
func (s *Server) mayTake(r *http.Request) bool {
	return s.watch.Load() != nil && r.Method == http.MethodGet && r.ProtoMajor == 1 && r.TLS == nil && r.ContentLength == 0 &&
		len(r.TransferEncoding) == 0 && r.Header.Get("Expect") == ""
}

// errNotTaken is why a request stays with net/http, or why its connection was closed.
var errNotTaken = errors.New("the connection could not be taken")

// take takes a request's connection from net/http for g, which the watch tells from now on: it has to wait until it has what
// take returns, and join. The caller has asked enter before, and returns from the handler soon, which frees what net/http
// keeps. The request is counted with status, or by the caller later if that is 0. On an error the connection is closed if it is
// in what was returned.
func (s *Server) take(w http.ResponseWriter, r *http.Request, status int, g guest) (taken, error) {
	t := taken{watch: s.watch.Load(), common: unique.Make(lines(w.Header())), old: !r.ProtoAtLeast(1, 1)}
	t.last = r.Close || t.old
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return t, errNotTaken
	}
	if counted, ok := w.(*statusWriter); ok {
		counted.status, counted.later = status, status == 0
	}
	buffered, _ := rw.Peek(rw.Reader.Buffered()) // can't fail: no more than there is
	t.early = bytes.Clone(buffered)
	if back, ok := conn.(*returned); ok { // else they would be wrapped in each other, poll after poll
		t.early = append(t.early, back.early...)
		conn = back.Conn
	}
	t.conn = conn
	if t.ticket, err = t.watch.Add(conn, g); err != nil {
		s.o.Log.Warn("a connection can't be watched; the client is cut and comes back", "error", err)
		t.cut()
		return t, errNotTaken
	}
	return t, nil
}

// watchOn has the guest told again when the client says something.
func (t *taken) watchOn() error { return t.watch.Again(t.ticket) }

// forget ends the watching.
func (t *taken) forget() { t.watch.Forget(t.ticket) }

// lines is headers as they are written.
func lines(h http.Header) string {
	var b strings.Builder
	_ = h.Write(&b) // a Builder never fails
	return b.String()
}

// appendHead appends the head of an answer.
func (t *taken) appendHead(dst []byte, status int, h http.Header) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	if t.old {
		dst[len(dst)-2] = '0'
	}
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(append(append(dst, ' '), http.StatusText(status)...), "\r\n"...)
	dst = append(append(dst, t.common.Value()...), lines(h)...)
	dst = time.Now().UTC().AppendFormat(append(dst, "Date: "...), http.TimeFormat)
	return append(dst, "\r\n\r\n"...)
}

// cut closes the connection at once.
func (t *taken) cut() { _ = t.conn.Close() }

// closeWrite says that nothing more will come, and lets the client read what has.
func (t *taken) closeWrite() {
	if half, ok := t.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// caught is deferred where net/http would otherwise recover: one connection must not end the server.
func (s *Server) caught(end func()) {
	if v := recover(); v != nil {
		s.o.Log.Error("a connection made the server stumble", "panic", v, "stack", string(debug.Stack()))
		end()
	}
}

// join makes a guest known to Stop. It was counted by enter.
func (s *Server) join(g guest) {
	s.liveMu.Lock()
	s.guests[g] = struct{}{}
	s.liveMu.Unlock()
	if s.liveCtx.Err() != nil {
		g.cut()
	}
}

// part is the end of a guest.
func (s *Server) part(g guest) {
	s.liveMu.Lock()
	delete(s.guests, g)
	s.liveMu.Unlock()
	s.live.Done()
}

// each calls do for all guests. It must not block.
func (s *Server) each(do func(guest)) {
	s.liveMu.Lock()
	defer s.liveMu.Unlock()
	for g := range s.guests {
		do(g)
	}
}

// isStopping reports whether Stop was called.
func (s *Server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}
