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
// next request, it has one goroutine, in a read, and no buffer. The read ends for each reason that there is to do something:
// the client says something or goes away, the time is up (the read deadline), or wake sets that deadline to the past.
type heldPoll struct {
	taken
	s     *Server
	route string
	limit int
	until time.Time

	// Owned by run's goroutine and those that it waits for.
	sub     *feed.Subscription // nil once the poll is answered
	closing bool               // all is said; what the client still sends is dropped
	over    bool
	first   [16]byte // what an idle read goes into
	aside   sync.WaitGroup

	mu    sync.Mutex
	woken bool // since the subscription was last asked
	armed bool // run reads: the read deadline is what wakes it
}

// holdApart holds a poll on its connection alone; false if that can't be done and nothing was answered. What is ready at once
// is answered in the ordinary way.
func (s *Server) holdApart(w http.ResponseWriter, r *http.Request, actor account.Actor, q question) bool {
	if !mayTake(r) || !s.returns.serving.Load() || !s.enter() {
		return false
	}
	p := &heldPoll{s: s, route: r.Pattern, limit: q.limit, until: time.Now().Add(q.wait)}
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
		if p.taken, err = s.take(w, r, 0); err == nil {
			s.join(p)
			go p.run()
			return true
		}
	}
	p.sub.Close()
	s.live.Done()
	if errors.Is(err, http.ErrNotSupported) {
		return false
	}
	s.answerPage(w, r, page, err)
	return true
}

// wake has the subscription asked.
func (p *heldPoll) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.woken = true
	if p.armed {
		_ = p.conn.SetReadDeadline(past) // fails on a closed connection only, where the read has ended
	}
}

// rouse implements guest.
func (p *heldPoll) rouse() { p.wake() }

func (p *heldPoll) run() {
	defer p.s.part(p)
	p.apart(p.look)
	for !p.over {
		n, err := p.conn.Read(p.first[:])
		p.apart(func() { p.heard(n, err) })
	}
}

// apart runs f on a goroutine of its own and waits for it, so that the waiting one keeps its first 2 KiB of stack.
func (p *heldPoll) apart(f func()) {
	p.aside.Go(func() {
		defer p.s.caught(p.quit)
		f()
	})
	p.aside.Wait()
}

// heard goes on from a read of n bytes into first.
func (p *heldPoll) heard(n int, err error) {
	switch {
	case p.closing:
		if err != nil {
			p.quit()
		}
		return
	case n > 0:
		p.early = append(p.early, p.first[:n]...)
		if p.sub == nil {
			p.handBack()
		} else if len(p.early) > maxEarly {
			p.until = time.Time{}
			p.look()
		}
		return
	case p.sub == nil: // gone, or silent for too long, or the server stops
		p.quit()
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.look()
	default:
		p.s.metrics.note(p.route, clientGone)
		p.quit()
	}
}

// look answers if there is something to tell or the time is up, and waits on if not.
func (p *heldPoll) look() {
	for {
		page, err := p.sub.Take(p.s.liveCtx, p.limit)
		if err == nil {
			err = ending(page.End)
		}
		switch {
		case err != nil:
			p.fail(err)
			return
		case tells(page) || !page.More && !time.Now().Before(p.until):
			p.answer(http.StatusOK, http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}, p.s.pageBody(page))
			return
		case !page.More && p.wait(p.until):
			return
		}
	}
}

// wait sets when the read ends by itself; false if wake was called meanwhile.
func (p *heldPoll) wait(until time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.woken {
		p.woken = false
		return false
	}
	p.armed = true
	_ = p.conn.SetReadDeadline(until) // fails on a closed connection only, as the read will
	return true
}

// fail answers with a problem.
func (p *heldPoll) fail(err error) {
	h := http.Header{}
	told, status := p.s.explainOf(p.s.liveCtx, http.MethodGet, p.route, err)
	body := describe(h, told, status)
	p.answer(status, h, body)
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
	p.rest()
}

// rest waits for the next request, with which the connection goes back to net/http.
func (p *heldPoll) rest() {
	switch {
	case p.last:
		p.mu.Lock()
		p.closing, p.armed = true, false
		p.mu.Unlock()
		p.closeWrite()
	case len(p.early) > 0:
		p.handBack()
	default:
		for !p.wait(time.Now().Add(restFor)) {
			if p.s.isStopping() {
				p.quit()
				return
			}
		}
	}
}

func (p *heldPoll) handBack() {
	_ = p.conn.SetReadDeadline(time.Time{}) // fails on a closed connection only, as net/http's reads will
	if p.s.returns.give(&returned{p.conn, p.early}) {
		p.over = true
		return
	}
	p.quit()
}

func (p *heldPoll) unsubscribe() {
	if p.sub != nil {
		p.sub.Close() // nothing is woken afterwards
		p.sub = nil
	}
}

func (p *heldPoll) quit() {
	p.over = true
	p.unsubscribe()
	p.cut()
}
