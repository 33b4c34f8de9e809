package server

import (
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"

	"kinward/internal/account"
	"kinward/internal/feed"
	"kinward/internal/socket"
)

// liveStream is server-sent events on a connection taken from net/http: one goroutine, in a read that notices the client
// going away, and a flusher that runs while there is something to write.
type liveStream struct {
	taken
	s     *Server
	sub   *feed.Subscription
	out   *socket.Flusher
	ended atomic.Bool // all is said
	first [1]byte     // what the idle read goes into

	// Owned by Fill.
	begun bool
	said  bool        // ended, and the client knows
	end   feed.Reason // known before the first page
}

// streamApart serves a stream on its connection alone; false if that can't be done and nothing was answered.
func (s *Server) streamApart(w http.ResponseWriter, r *http.Request, actor account.Actor, position int64) bool {
	if !mayTake(r) || !s.enter() {
		return false
	}
	t, err := s.take(w, r, http.StatusOK)
	if err != nil {
		s.live.Done()
		return false
	}
	e := &liveStream{taken: t, s: s, out: socket.NewFlusher(t.conn, nil, writeTimeout)}
	s.join(e)
	e.sub = s.o.Hub.Subscribe(actor.Person, actor.Session, position, e.out.Wake)
	e.end = endOf(s.stillSignedIn(r))
	e.out.Start(e)
	go e.run()
	return true
}

// rouse implements guest: the hub tells streams.
func (e *liveStream) rouse() {}

// run waits until the client goes away, the flusher fails or all is said and read. A stream goes one way: a client that
// sends something wants another answer, which it gets on another connection.
func (e *liveStream) run() {
	for len(e.early) == 0 {
		if _, err := e.conn.Read(e.first[:]); err != nil || !e.ended.Load() {
			break
		}
	}
	e.leave()
}

func (e *liveStream) leave() {
	defer e.s.part(e)
	e.cut()
	e.sub.Close()
	_ = e.out.Stop() // the connection is gone, whatever the reason
}

// Fill implements socket.Source.
func (e *liveStream) Fill(dst [][]byte) (filled [][]byte) {
	defer e.s.caught(func() {
		e.cut()
		filled = nil
	})
	if e.ended.Load() { // and written
		if !e.said {
			e.said = true
			e.closeWrite()
		}
		return dst
	}
	page := feed.Page{End: e.end}
	for first := true; e.end == "" && (first || page.More && page.Empty()); first = false {
		var err error
		if page, err = e.sub.Take(e.s.liveCtx, maxEventPage); err != nil {
			return append(dst, e.chunk(nil, true)) // the client comes back with its last id
		}
	}
	if e.begun && page.Empty() {
		return dst
	}
	return append(dst, e.chunk(&page, page.End != ""))
}

// chunk is a page as it is written: as a chunk of an answer of unknown length, or with HTTP/1.0 as it is.
func (e *liveStream) chunk(page *feed.Page, last bool) []byte {
	var out []byte
	first := !e.begun
	if e.begun = true; first {
		h := http.Header{"Connection": {"close"}}
		setEventHeaders(h)
		if !e.old {
			h.Set("Transfer-Encoding", "chunked")
		}
		out = e.appendHead(nil, http.StatusOK, h)
	}
	const size = 10 // 8 digits and the end of their line, written when the length is known
	at := len(out)
	out = append(out, make([]byte, size)...)
	if page != nil {
		out = e.s.appendEvents(out, *page, first)
	}
	length := len(out) - at - size
	switch {
	case e.old || length == 0:
		out = slices.Delete(out, at, at+size)
	default:
		line := strconv.AppendInt(make([]byte, 0, size), int64(length), 16)
		copy(out[at+size-len(line)-2:], append(line, "\r\n"...))
		out = append(slices.Delete(out, at, at+size-len(line)-2), "\r\n"...)
	}
	if last {
		e.ended.Store(true)
		if !e.old {
			out = append(out, "0\r\n\r\n"...)
		}
	}
	return out
}
