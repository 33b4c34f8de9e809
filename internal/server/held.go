package server

import (
	"errors"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"kinward/internal/account"
	"kinward/internal/feed"
)

const (
	// restFor is how long a connection may wait for its next request, as under net/http (app.Run).
	restFor = 120 * time.Second
	// maxEarly bounds what is kept of requests that come before the poll is answered; beyond it the poll is answered.
	maxEarly = 4 << 10
	// clientGone stands in the figures for an answer that nobody waited for.
	clientGone = 499
)

// heldPoll is a long poll on a connection taken from net/http. While it waits, for something to tell and afterwards for the
// next request, it has neither goroutine nor buffer. Whatever happens meanwhile (the feed wakes it, the client says something
// or goes away, the time is up, the server stops) has it act, on a goroutine that ends when there is nothing more to do.
type heldPoll struct {
	taken
	s     *Server
	route string
	limit int

	// Owned by act.
	sub     *feed.Subscription // nil once the poll is answered
	until   time.Time          // the end of holding, resting or closing
	timer   *time.Timer
	closing bool // all is said; what the client still sends is dropped
	over    bool

	mu     sync.Mutex
	acting bool
	again  bool // something has happened since act last looked
	heard  bool // the client may have said something
}

// holdApart holds a poll on its connection alone; false if that can't be done and nothing was answered. What is ready at once
// is answered in the ordinary way.
func (s *Server) holdApart(w http.ResponseWriter, r *http.Request, actor account.Actor, q question) bool {
	if !s.mayTake(r) || !s.returns.serving.Load() || !s.enter() {
		return false
	}
	p := &heldPoll{s: s, route: r.Pattern, limit: q.limit, until: time.Now().Add(q.wait), acting: true}
	p.sub = s.o.Hub.Subscribe(actor.Person, actor.Session, q.position, p.wake)
	err := s.stillSignedIn(r)
	var page feed.Page
	for page.More = true; page.More && err == nil && !tells(page); {
		page, err = p.sub.Take(r.Context(), q.limit)
	}
	if err == nil {
		err = ending(page.End)
	}
	if err == nil && !tells(page) {
		if p.taken, err = s.take(w, r, 0, p); err == nil {
			p.timer = time.AfterFunc(q.wait, p.wake)
			s.join(p)
			p.act()
			return true
		}
	}
	p.sub.Close()
	s.live.Done()
	if errors.Is(err, errNotTaken) {
		return p.conn != nil // then it is closed
	}
	s.answerPage(w, r, page, err)
	return true
}

// wake has p act.
func (p *heldPoll) wake() { p.happened(false) }

// Readable implements socket.Waiter.
func (p *heldPoll) Readable() { p.happened(true) }

// rouse implements guest.
func (p *heldPoll) rouse() { p.wake() }

// cut implements guest.
func (p *heldPoll) cut() {
	p.taken.cut()
	p.Readable()
}

func (p *heldPoll) happened(heard bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.again = true
	p.heard = p.heard || heard
	if !p.acting {
		p.acting = true
		go p.act()
	}
}

// act does what there is to do. It runs once at a time; Stop waits for the poll, and so for it.
func (p *heldPoll) act() {
	for !p.over {
		heard, any := p.news()
		if !any {
			return
		}
		p.step(heard)
	}
	p.s.part(p) // acting stays: nothing begins any more
}

// news is what has happened since it was last asked. If that is nothing act has to end.
func (p *heldPoll) news() (heard, any bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	heard, any = p.heard, p.again
	p.heard, p.again = false, false
	p.acting = any
	return heard, any
}

func (p *heldPoll) step(heard bool) {
	defer p.s.caught(p.quit)
	if heard && !p.read() {
		return
	}
	switch {
	case p.sub != nil:
		p.look()
	case p.closing && !p.timeUp(): // reads on
	case !p.closing && len(p.early) > 0:
		p.handBack()
	case p.timeUp() || p.s.isStopping():
		p.quit()
	}
	if heard && !p.over && p.watchOn() != nil {
		p.quit()
	}
}

func (p *heldPoll) timeUp() bool { return !time.Now().Before(p.until) }

// read takes what the client has sent; false if it is gone.
func (p *heldPoll) read() bool {
	buf := make([]byte, 1024)
	_ = p.conn.SetReadDeadline(time.Now().Add(readable)) // fails on a closed connection only, as the read will
	n, err := p.conn.Read(buf)
	switch {
	case n > 0 && !p.closing:
		p.early = append(p.early, buf[:n]...)
	case n > 0 || errors.Is(err, os.ErrDeadlineExceeded):
	default:
		if p.sub != nil {
			p.s.metrics.note(p.route, clientGone)
		}
		p.quit()
		return false
	}
	return true
}

// look answers if there is something to tell or the time is up.
func (p *heldPoll) look() {
	for {
		page, err := p.sub.Take(p.s.liveCtx, p.limit)
		if err == nil {
			err = ending(page.End)
		}
		switch {
		case err != nil:
			h := http.Header{}
			told, status := p.s.explainOf(p.s.liveCtx, http.MethodGet, p.route, err)
			body := describe(h, told, status)
			p.answer(status, h, body)
			return
		case tells(page) || !page.More && (p.timeUp() || len(p.early) > maxEarly):
			h := http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}
			p.answer(http.StatusOK, h, p.s.pageBody(page))
			return
		case !page.More:
			return
		}
	}
}

// answer writes the answer, then waits for the next request or says goodbye.
func (p *heldPoll) answer(status int, h http.Header, body []byte) {
	p.unsubscribe()
	p.last = p.last || p.s.isStopping()
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if p.last {
		h.Set("Connection", "close")
	}
	p.s.metrics.note(p.route, status)
	_ = p.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) // fails on a closed connection only, as the write will
	if _, err := p.conn.Write(append(p.appendHead(nil, status, h), body...)); err != nil {
		p.quit()
		return
	}
	_ = p.conn.SetWriteDeadline(time.Time{})
	switch {
	case p.last:
		p.closing = true
		p.closeWrite()
		p.stay(lingering)
	case len(p.early) > 0:
		p.handBack()
	default:
		p.stay(restFor)
	}
}

// stay gives what comes now a time.
func (p *heldPoll) stay(d time.Duration) {
	p.until = time.Now().Add(d)
	p.timer.Reset(d)
}

// handBack lets net/http read the next request.
func (p *heldPoll) handBack() {
	p.leave()
	_ = p.conn.SetReadDeadline(time.Time{}) // fails on a closed connection only, as net/http's reads will
	if !p.s.returns.give(&returned{p.conn, p.early}) {
		p.taken.cut()
	}
}

func (p *heldPoll) quit() {
	p.leave()
	p.taken.cut()
}

func (p *heldPoll) leave() {
	p.over = true
	p.unsubscribe()
	p.timer.Stop()
	p.forget()
}

func (p *heldPoll) unsubscribe() {
	if p.sub != nil {
		p.sub.Close() // nothing is woken afterwards
		p.sub = nil
	}
}
