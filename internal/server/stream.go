package server

import (
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"kinward/internal/account"
	"kinward/internal/feed"
	"kinward/internal/socket"
)

// liveStream is server-sent events on a connection taken from net/http. While it waits it has neither goroutine nor buffer: a
// flusher runs while there is something to write, and the watch tells when the client goes away.
type liveStream struct {
	taken
	s   *Server
	sub *feed.Subscription
	out *socket.Flusher

	// Owned by Fill.
	begun bool
	end   feed.Reason // known before the first page
	long  bool        // see takePage

	mu    sync.Mutex
	ready bool // the fields above may be used
	asked bool // Readable was called before
	ended bool // all is said; what the client still sends is dropped
	left  bool
	timer *time.Timer // the end of reading what was said
}

// streamApart serves a stream on its connection alone; false if that can't be done and nothing was answered.
func (s *Server) streamApart(w http.ResponseWriter, r *http.Request, actor account.Actor, position int64) bool {
	if !s.mayTake(r) || !s.enter() {
		return false
	}
	e := &liveStream{s: s}
	var err error
	if e.taken, err = s.take(w, r, http.StatusOK, e); err != nil {
		s.live.Done()
		return e.conn != nil // then it is closed
	}
	e.out = socket.NewFlusher(flushed{e.conn, e}, nil, writeTimeout)
	e.sub = s.o.Hub.Subscribe(actor.Person, actor.Session, position, e.out.Wake)
	e.end = endOf(s.stillSignedIn(r))
	s.join(e)
	e.out.Start(e)
	e.open()
	return true
}

// flushed is the flusher's connection: it closes the connection after a failed write, which has to be noticed.
type flushed struct {
	net.Conn
	e *liveStream
}

func (f flushed) Close() error {
	f.e.cut()
	return nil
}

// rouse implements guest: the hub tells streams.
func (e *liveStream) rouse() {}

// cut implements guest.
func (e *liveStream) cut() {
	e.taken.cut()
	e.Readable()
}

// Readable implements socket.Waiter.
func (e *liveStream) Readable() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asked = true; e.ready && !e.left {
		e.s.live.Go(e.heard) // live counts the stream, so Stop can't be past waiting
	}
}

// open lets Readable do something.
func (e *liveStream) open() {
	e.mu.Lock()
	e.ready = true
	asked := e.asked || len(e.early) > 0
	e.mu.Unlock()
	if asked {
		e.Readable()
	}
}

// heard ends the stream if the client is gone, or sends something: a stream goes one way, and who wants another answer gets it
// on another connection. Once all is said the client has some time to read it.
func (e *liveStream) heard() {
	e.mu.Lock()
	ended := e.ended
	e.mu.Unlock()
	if !ended || e.drop() != nil || e.watchOn() != nil {
		e.leave()
	}
}

// drop reads something and drops it.
func (e *liveStream) drop() error {
	_ = e.conn.SetReadDeadline(time.Now().Add(readable)) // fails on a closed connection only, as the read will
	_, err := e.conn.Read(make([]byte, 512))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

func (e *liveStream) leave() {
	e.mu.Lock()
	again := e.left
	e.left = true
	if e.timer != nil {
		e.timer.Stop()
	}
	e.mu.Unlock()
	if again {
		return
	}
	e.forget()
	e.taken.cut()
	e.sub.Close()
	_ = e.out.Stop() // the connection is gone, whatever the reason
	e.s.written(&e.long)
	e.s.part(e)
}

// Fill implements socket.Source.
func (e *liveStream) Fill(dst [][]byte) (filled [][]byte) {
	defer e.s.caught(func() {
		e.cut()
		filled = nil
	})
	if e.closed() {
		return dst
	}
	page := feed.Page{End: e.end}
	for first := true; e.end == "" && (first || page.More && page.Empty()); first = false {
		var err error
		if page, err = e.s.takePage(e.s.liveCtx, e.sub, &e.long); err != nil {
			return append(dst, e.chunk(nil, true)) // the client comes back with its last id
		}
	}
	if e.begun && page.Empty() {
		return dst
	}
	return append(dst, e.chunk(&page, page.End != ""))
}

// closed says goodbye when all is said and, since Fill is called again, written.
func (e *liveStream) closed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended && e.timer == nil {
		e.closeWrite()
		e.timer = time.AfterFunc(lingering, e.cut)
	}
	return e.ended
}

// chunk is a page as it is written: as a chunk of an answer of unknown length, or with HTTP/1.0 as it is. The first has the
// head of the answer before it.
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
		e.mu.Lock()
		e.ended = true
		e.mu.Unlock()
		if !e.old {
			out = append(out, "0\r\n\r\n"...)
		}
	}
	return out
}
