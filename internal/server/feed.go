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
	page, err := s.pollPage(r, actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	events := make([][]byte, len(page.Events))
	for i, e := range page.Events {
		events[i] = e.JSON
	}
	signs := make([]protocol.Ephemeral, len(page.Ephemeral))
	for i, e := range page.Ephemeral {
		signs[i] = wireEphemeral(e)
	}
	body := protocol.AppendPage(nil, s.cursor(page.Cursor), page.Head, events, signs, page.More)
	s.answer(w, r, http.StatusOK, json.RawMessage(body), nil)
}

func (s *Server) pollPage(r *http.Request, actor account.Actor) (feed.Page, error) {
	ctx, q := r.Context(), r.URL.Query()
	wait, err := number(r, "wait", 0, 0, protocol.MaxWait)
	if err != nil {
		return feed.Page{}, err
	}
	limit, err := number(r, "limit", protocol.DefaultFeedLimit, 1, protocol.MaxFeedLimit)
	if err != nil {
		return feed.Page{}, err
	}
	position, err := s.position(ctx, q.Get("cursor"))
	if err != nil {
		return feed.Page{}, err
	}
	if q.Get("cursor") == "" {
		return feed.Page{Cursor: position, Head: position}, nil
	}
	s.received(ctx, actor, position)
	if wait == 0 {
		return s.o.Hub.Read(ctx, actor.Person, position, int(limit))
	}
	return s.hold(r, actor, position, int(limit), time.Duration(wait)*time.Second)
}

// hold waits until there is something to tell or the time is up.
func (s *Server) hold(r *http.Request, actor account.Actor, position int64, limit int, wait time.Duration) (feed.Page, error) {
	ctx := r.Context()
	ready := make(chan struct{}, 1)
	sub := s.o.Hub.Subscribe(actor.Person, actor.Session, position, signal(ready))
	defer sub.Close()
	if err := s.stillSignedIn(r); err != nil {
		return feed.Page{}, err
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		page, err := sub.Take(ctx, limit)
		switch {
		case err != nil:
			return page, err
		case page.End == feed.SignedOut:
			return page, problem.New(problem.Unauthenticated, "this session has ended; sign in again")
		case page.End != "":
			return page, &problem.Error{Code: problem.Unavailable, Detail: "the server restarts; come back in a moment", RetryAfter: time.Second}
		case len(page.Events) > 0 || len(page.Ephemeral) > 0:
			return page, nil
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
