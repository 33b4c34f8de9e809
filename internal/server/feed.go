package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"kinward/internal/account"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

var errReset = problem.New(problem.Reset, "this cursor belongs to another state of the database: fetch GET /conversations and go on from its cursor")

// position reads a cursor and checks that it can be resumed. Without one the feed begins now.
func (s *Server) position(ctx context.Context, text string) (int64, error) {
	if text == "" {
		return s.o.Head(ctx)
	}
	c, err := protocol.ParseCursor(text)
	if err != nil {
		return 0, err
	}
	if c.Epoch != s.o.Epoch {
		return 0, errReset
	}
	if c.Version > s.o.Hub.Head() { // another node may be ahead of us; the database knows
		head, err := s.o.Head(ctx)
		if err != nil {
			return 0, err
		}
		if c.Version > head {
			return 0, errReset
		}
	}
	return c.Version, nil
}

// received takes a presented cursor as the word that everything up to it has arrived. That this can't be noted is no
// reason to keep anyone from reading: on a full disk reading goes on.
func (s *Server) received(ctx context.Context, actor account.Actor, version int64) {
	before, rises := s.presented.rises(actor.Person, version)
	if !rises {
		return
	}
	if err := s.o.Chat.Received(ctx, actor, before, version); err != nil {
		s.presented.forget(actor.Person)
		s.o.Log.Debug("a delivered mark could not be noted", "error", err)
	}
}

// presented remembers the highest version that a person has presented, so that an idle poll costs no search for marks, and
// any other only a search in what came since.
type presented struct {
	mu sync.Mutex
	by map[id.Person]int64
}

// rises notes a version that is higher than the one before, which it returns; zero if there was none.
func (p *presented) rises(person id.Person, version int64) (before int64, rises bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil || len(p.by) > 100_000 {
		p.by = map[id.Person]int64{}
	}
	before, known := p.by[person]
	if known && before >= version {
		return before, false
	}
	p.by[person] = version
	return before, true
}

func (p *presented) forget(person id.Person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.by, person)
}

// poll serves polling and long-polling: one page, at once or as soon as there is something.
func (s *Server) poll(w http.ResponseWriter, r *http.Request, actor account.Actor) {
	q, err := s.question(r)
	switch {
	case err != nil:
		s.fail(w, r, err)
	case r.URL.Query().Get("cursor") == "":
		s.answerPage(w, r, feed.Page{Cursor: q.position, Head: q.position}, nil)
	case q.wait == 0:
		s.received(r.Context(), actor, q.position)
		page, err := s.o.Hub.Read(r.Context(), actor.Person, q.position, q.limit)
		s.answerPage(w, r, page, err)
	default:
		s.received(r.Context(), actor, q.position)
		if s.holdApart(w, r, actor, q) {
			return
		}
		page, err := s.hold(r, actor, q)
		s.answerPage(w, r, page, err)
	}
}

// question is what a poll asks for.
type question struct {
	position int64
	limit    int
	wait     time.Duration
}

func (s *Server) question(r *http.Request) (q question, err error) {
	wait, err := number(r, "wait", 0, 0, protocol.MaxWait)
	if err != nil {
		return q, err
	}
	limit, err := number(r, "limit", protocol.DefaultFeedLimit, 1, protocol.MaxFeedLimit)
	if err != nil {
		return q, err
	}
	position, err := s.position(r.Context(), r.URL.Query().Get("cursor"))
	return question{position, int(limit), time.Duration(wait) * time.Second}, err
}

func (s *Server) answerPage(w http.ResponseWriter, r *http.Request, page feed.Page, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, http.StatusOK, json.RawMessage(s.pageBody(page)), nil)
}

// pageBody is a page as JSON.
func (s *Server) pageBody(page feed.Page) []byte {
	changes := make([][]byte, len(page.Events))
	size := 256
	for i, e := range page.Events {
		changes[i] = e.JSON
		size += len(e.JSON) + 1
	}
	signs := make([]protocol.Ephemeral, len(page.Ephemeral))
	for i, e := range page.Ephemeral {
		signs[i] = wireEphemeral(e)
	}
	return protocol.AppendPage(make([]byte, 0, size), s.cursor(page.Cursor), page.Head, changes, signs, page.More)
}

const (
	// shortPage is how many changes a stream takes at once when many others have much to write.
	shortPage = 256
	// longPage is how many it takes otherwise: whoever was away reads them in one go, which costs the database a third of what
	// four times as many pages cost.
	longPage = 1000
	// maxLongPages bounds the memory that they take while they wait for slow readers: some 1.5 MB each of ordinary messages.
	maxLongPages = 32
)

// takePage takes the next page for a stream, which has written the one before. long is whether that was a long one; the
// stream keeps it, and calls written when it ends.
func (s *Server) takePage(ctx context.Context, sub *feed.Subscription, long *bool) (feed.Page, error) {
	s.written(long)
	limit := shortPage
	if *long = s.longPages.TryAcquire(1); *long {
		limit = longPage
	}
	page, err := sub.Take(ctx, limit)
	if len(page.Events) <= shortPage {
		s.written(long)
	}
	return page, err
}

// written lets others have a long page.
func (s *Server) written(long *bool) {
	if *long {
		*long = false
		s.longPages.Release(1)
	}
}

// tells reports whether a page has something to tell.
func tells(page feed.Page) bool { return len(page.Events) > 0 || len(page.Ephemeral) > 0 }

// ending is what a held poll is answered when its subscription has ended; nil if it has not.
func ending(why feed.Reason) error {
	switch why {
	case "":
		return nil
	case feed.SignedOut:
		return problem.New(problem.Unauthenticated, "this session has ended; sign in again")
	}
	return &problem.Error{Code: problem.Unavailable, Detail: "the server restarts; come back in a moment", RetryAfter: time.Second}
}

// hold waits on net/http's goroutine until there is something to tell or the time is up, where holdApart can't.
func (s *Server) hold(r *http.Request, actor account.Actor, q question) (feed.Page, error) {
	ctx := r.Context()
	ready := make(chan struct{}, 1)
	sub := s.o.Hub.Subscribe(actor.Person, actor.Session, q.position, signal(ready))
	defer sub.Close()
	if err := s.stillSignedIn(r); err != nil {
		return feed.Page{}, err
	}
	timeout := time.NewTimer(q.wait)
	defer timeout.Stop()
	for {
		page, err := sub.Take(ctx, q.limit)
		if err == nil {
			err = ending(page.End)
		}
		if err != nil || tells(page) {
			return page, err
		}
		if page.More {
			continue
		}
		select {
		case <-ready:
		case <-timeout.C:
			return page, nil
		case <-ctx.Done():
			return page, ctx.Err()
		}
	}
}

// stillSignedIn asks again after a subscription is registered: a session that ended between the first look and the
// registration would otherwise live on in it.
func (s *Server) stillSignedIn(r *http.Request) error {
	token, _ := s.token(r)
	_, err := s.o.Accounts.Authenticate(r.Context(), token)
	return err
}

// signal makes a wake function that never blocks.
func signal(ready chan struct{}) func() {
	return func() {
		select {
		case ready <- struct{}{}:
		default:
		}
	}
}
