package feed

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kinward/internal/chat"
	"kinward/internal/id"
)

// HubOptions are what a Hub needs; all are required.
type HubOptions struct {
	Store  Store
	Encode func(e *Entry) []byte // an entry as JSON
	Now    func() time.Time
	Log    *slog.Logger
	// Foreign is called when another process has written: it returns those of the sessions that have ended.
	Foreign func(ctx context.Context, sessions []id.Session) (ended []id.Session)
	// Beat is how often each subscription has a heartbeat.
	Beat time.Duration
}

// Hub knows who is connected to this node and tells them what was committed. Its methods may be called concurrently;
// Publish, Settle and Subscription.Nudge by one goroutine only.
type Hub struct {
	o HubOptions

	// head is the newest version that has been told: everything up to it is in the queues of those whom it concerns.
	head  atomic.Int64
	woken []*Subscription // to be woken when the batch is settled; of the publishing goroutine

	mu       sync.Mutex
	people   map[id.Person][]*Subscription
	audience map[id.Conversation][]chat.MemberView // active members, as far as loaded
	forgets  int                                   // how often Publish has dropped audiences
	typing   map[id.Conversation]map[id.Person]time.Time
	presence presence
	stopping bool
}

const maxAudiences = 50_000

// NewHub makes a hub for a database that is at head.
func NewHub(o HubOptions, head int64) *Hub {
	h := &Hub{
		o: o, people: map[id.Person][]*Subscription{}, audience: map[id.Conversation][]chat.MemberView{},
		typing: map[id.Conversation]map[id.Person]time.Time{}, presence: newPresence(),
	}
	h.head.Store(head)
	return h
}

// Subscribe registers a device that has its feed up to position. wake is called whenever Take may have something, from any
// goroutine and while the hub is locked: it must return at once and not call back. It is called once right away.
func (h *Hub) Subscribe(person id.Person, session id.Session, position int64, wake func()) *Subscription {
	s := &Subscription{hub: h, person: person, session: session, position: position, wake: wake, behind: true}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopping {
		s.end = Restarting
	}
	h.people[person] = append(h.people[person], s)
	if len(h.people[person]) == 1 {
		h.presence.arrived(person)
	}
	wake()
	return s
}

func (h *Hub) leave(s *Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	rest := slices.DeleteFunc(h.people[s.person], func(o *Subscription) bool { return o == s })
	if len(rest) > 0 {
		h.people[s.person] = rest
		return
	}
	delete(h.people, s.person)
	h.presence.left(s.person, h.o.Now())
}

// Head is the newest version that this node has told.
func (h *Hub) Head() int64 { return h.head.Load() }

// Connections counts live subscriptions.
func (h *Hub) Connections() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, subs := range h.people {
		n += len(subs)
	}
	return n
}

// Publish implements Publisher.
func (h *Hub) Publish(ctx context.Context, c Commit) {
	h.mu.Lock()
	foreign, nobody := c.Base > h.Head(), len(h.people) == 0
	for _, t := range c.Touched {
		delete(h.audience, t)
	}
	if foreign || nobody || len(h.audience) > maxAudiences {
		clear(h.audience)
	}
	if foreign || nobody || len(c.Touched) > 0 {
		h.forgets++
	}
	var missing []id.Conversation
	if !nobody {
		missing = h.unknown(c)
	}
	h.mu.Unlock()
	if foreign {
		h.foreign(ctx)
	}
	if err := h.load(ctx, missing, true); err != nil {
		h.o.Log.Error("members can't be read: everyone reads again", "error", err)
		foreign = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if foreign {
		h.rereadAll()
	} else {
		h.tell(c)
	}
	h.head.Store(max(h.Head(), c.Head)) // after the telling: see Subscription.TakeQueued
}

// manyWoken is how many subscriptions are worth another goroutine, where there are cores to spare: about a millisecond's
// writes.
const manyWoken = 128

// Settle implements Publisher.
func (h *Hub) Settle() {
	share := max(manyWoken, 1+len(h.woken)/max(1, runtime.GOMAXPROCS(0)/2))
	var others sync.WaitGroup
	for len(h.woken) > share {
		part := h.woken[:share]
		h.woken = h.woken[share:]
		others.Go(func() { settle(part) })
	}
	settle(h.woken)
	others.Wait()
	h.woken = nil
}

func settle(woken []*Subscription) {
	for _, s := range woken {
		s.nudged = false
		if s.flush != nil {
			s.flush()
		} else {
			s.wake()
		}
	}
}

// unknown lists the conversations of a commit whose members are not remembered. It needs mu.
func (h *Hub) unknown(c Commit) (missing []id.Conversation) {
	look := func(v id.Conversation) {
		if _, known := h.audience[v]; !known {
			missing = append(missing, v)
		}
	}
	for i := range c.Messages {
		look(c.Messages[i].Conversation)
	}
	for i := range c.Members {
		look(c.Members[i].Conversation)
	}
	for _, t := range c.Touched {
		look(t)
	}
	slices.SortFunc(missing, func(a, b id.Conversation) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(missing)
}

// load fetches the members of conversations that are not known yet. Only Publish forgets audiences; what others read beside
// it they keep only if nothing was forgotten meanwhile: it may be from before somebody was removed.
func (h *Hub) load(ctx context.Context, conversations []id.Conversation, publishing bool) error {
	h.mu.Lock()
	forgets := h.forgets
	missing := slices.DeleteFunc(slices.Clone(conversations), func(c id.Conversation) bool {
		_, known := h.audience[c]
		return known
	})
	h.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	found, err := h.o.Store.Audiences(ctx, missing)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !publishing && forgets != h.forgets {
		return nil
	}
	for c, members := range found {
		h.audience[c] = members
	}
	return nil
}

// tell queues a commit's changes for their readers, in version order. It needs mu.
func (h *Hub) tell(c Commit) {
	now := h.o.Now()
	for _, t := range c.Touched {
		for _, m := range h.audience[t] {
			h.reread(m.Person)
		}
	}
	for _, p := range c.Woken {
		h.reread(p)
	}
	messages, members := c.Messages, c.Members
	for len(messages) > 0 || len(members) > 0 {
		if len(members) == 0 || len(messages) > 0 && messages[0].Version < members[0].Version {
			m := &messages[0]
			delete(h.typing[m.Conversation], m.Sender) // whoever has sent is writing no more
			h.push(&Entry{Version: m.Version, Conversation: m.Conversation, Message: m}, now)
			messages = messages[1:]
			continue
		}
		if view := h.noteMarks(members[0]); view != nil {
			h.push(&Entry{Version: view.Version, Conversation: view.Conversation, Member: view}, now)
		}
		members = members[1:]
	}
}

// noteMarks brings what is remembered of a member up to date; nil if the member is not (any more) active.
func (h *Hub) noteMarks(m chat.Member) *chat.MemberView {
	list := h.audience[m.Conversation]
	for i := range list {
		if list[i].Person == m.Person {
			list[i].Member = m
			view := list[i]
			return &view
		}
	}
	return nil
}

func (h *Hub) push(e *Entry, now time.Time) {
	var event *Event
	audience := h.audience[e.Conversation]
	quiet := e.Member != nil && len(audience) > chat.QuietAbove
	for _, m := range audience {
		subs := h.people[m.Person]
		if len(subs) == 0 || !m.Live(now) || quiet && m.Person != e.Member.Person {
			continue
		}
		if event == nil {
			event = newEvent(e, h.o.Encode)
		}
		for _, s := range subs {
			s.push(event)
			s.Nudge()
		}
	}
}

func (h *Hub) reread(person id.Person) {
	for _, s := range h.people[person] {
		s.reread()
	}
}

func (h *Hub) rereadAll() {
	for person := range h.people {
		h.reread(person)
	}
}

// foreign handles what another process may have done: sessions that it ended are cut.
func (h *Hub) foreign(ctx context.Context) {
	h.mu.Lock()
	var sessions []id.Session
	for _, subs := range h.people {
		for _, s := range subs {
			sessions = append(sessions, s.session)
		}
	}
	h.mu.Unlock()
	for _, ended := range h.o.Foreign(ctx, sessions) {
		h.EndSession(ended)
	}
}

// EndSession implements account.Connections.
func (h *Hub) EndSession(session id.Session) {
	h.end(SignedOut, func(s *Subscription) bool { return s.session == session })
}

// EndPerson implements account.Connections.
func (h *Hub) EndPerson(person id.Person, keep id.Session) {
	h.end(SignedOut, func(s *Subscription) bool { return s.person == person && s.session != keep })
}

// EndAll tells every subscription that the server restarts, and those that come later too.
func (h *Hub) EndAll() {
	h.mu.Lock()
	h.stopping = true
	h.mu.Unlock()
	h.end(Restarting, func(*Subscription) bool { return true })
}

func (h *Hub) end(why Reason, match func(*Subscription) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, subs := range h.people {
		for _, s := range subs {
			if match(s) {
				s.stop(why)
			}
		}
	}
}

// Read is one page of a person's feed for those who hold no subscription.
func (h *Hub) Read(ctx context.Context, person id.Person, position int64, limit int) (Page, error) {
	s := &Subscription{hub: h, person: person, position: position, behind: true}
	page := Page{Cursor: position}
	err := s.catchUp(ctx, limit, &page)
	page.Ephemeral = h.TypingFor(person)
	return page, err
}
