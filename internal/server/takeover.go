package server

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unique"
)

// net/http keeps a large stack and some 20 KiB of buffers for each request that waits. Streams and held polls therefore take
// their connection from it and wait with one small goroutine. What is below is what they share.

// lingering is how long a client has to read the end of an answer before its connection is closed; net/http waits as long.
// Closing with bytes unread has the kernel reset the connection, which may cost the client the answer.
const lingering = 500 * time.Millisecond

// past is a deadline that ends a read at once.
var past = time.Unix(1, 0)

// guest is a connection that was taken from net/http, for Stop.
type guest interface {
	rouse() // the server stops: whoever is not told so by the hub shall look
	cut()   // end now
}

// taken is a connection, and what has to be known of the request that it came with.
type taken struct {
	conn   net.Conn
	early  []byte                // what the client has sent behind its request
	common unique.Handle[string] // the headers that every answer has, as lines
	old    bool                  // HTTP/1.0
	last   bool                  // nothing may follow this request's answer
}

// mayTake says whether the connection of a request may be taken: not of HTTP/2, nor under TLS of our own, which net/http has
// to know of; and not with a body, which would be read as the next request.
func mayTake(r *http.Request) bool {
	return r.Method == http.MethodGet && r.ProtoMajor == 1 && r.TLS == nil && r.ContentLength == 0 &&
		len(r.TransferEncoding) == 0 && r.Header.Get("Expect") == ""
}

// take takes a request's connection from net/http. The caller has asked enter before, and returns from the handler after it,
// which frees what net/http keeps. The request is counted with status, or by the caller later if that is 0.
func (s *Server) take(w http.ResponseWriter, r *http.Request, status int) (taken, error) {
	t := taken{common: unique.Make(lines(w.Header())), old: !r.ProtoAtLeast(1, 1)}
	t.last = r.Close || t.old
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return t, fmt.Errorf("take a connection: %w", err)
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
	return t, nil
}

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

// closeWrite says that nothing more will come, and lets the client read what has. Reads end soon.
func (t *taken) closeWrite() {
	_ = t.conn.SetReadDeadline(time.Now().Add(lingering)) // fails on a closed connection only
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
