package feed

import (
	"context"
	"sync"
	"sync/atomic"

	"kinward/internal/id"
)

// Event is an entry encoded once for all its readers.
type Event struct {
	Version      int64
	JSON         []byte
	Conversation id.Conversation
	Seq          int64 // of a message, else 0
	frame        atomic.Pointer[[]byte]
}

func newEvent(e *Entry, encode func(*Entry) []byte) *Event {
	event := &Event{Version: e.Version, JSON: encode(e), Conversation: e.Conversation}
	if e.Message != nil {
		event.Seq = e.Message.Seq
	}
	return event
}

// Frame is the event as a transport writes it, made by whichever connection asks first and the same bytes for all.
func (e *Event) Frame(build func(e *Event) []byte) []byte {
	if f := e.frame.Load(); f != nil {
		return *f
	}
	f := build(e)
	e.frame.Store(&f)
	return f
}

// Ephemeral is a passing sign: typing or presence. It is shed first.
type Ephemeral struct {
	Type         string // typing or presence
	Person       id.Person
	Conversation id.Conversation // typing
	State        string          // presence: online or offline
}

// Reason tells why the server ends a subscription.
type Reason string

// Why subscriptions end.
const (
	SignedOut  Reason = "signed_out"
	Restarting Reason = "restarting"
)

// Page is a piece of a person's feed.
type Page struct {
	Events    []*Event
	Ephemeral []Ephemeral
	Cursor    int64 // everything that the person may see up to here has been taken
	Head      int64
	More      bool   // another page is ready
	Beat      bool   // time for a heartbeat
	End       Reason // not empty: nothing more will come
}

// Empty reports whether there is nothing to tell.
func (p Page) Empty() bool {
	return len(p.Events) == 0 && len(p.Ephemeral) == 0 && !p.Beat && p.End == ""
}

const (
	// queueBytes bounds what waits for one reader. A reader that falls further behind reads from the database instead.
	queueBytes     = 256 << 10
	eventCost      = 64 // charged beside the JSON
	queueEphemeral = 16
	// pageBytes is about what a page that is read holds, if its changes are many and long.
	pageBytes = 1 << 20
)

// Subscription is one device's reading of a person's feed. Take is for one goroutine at a time.
type Subscription struct {
	hub     *Hub
	person  id.Person
	session id.Session
	wake    func()

	position int64  // owned by Take
	fit      int    // owned by Take: about how many changes pageBytes have room for, once a page had more; 0 before
	nudged   bool   // in hub.woken; owned by the publishing goroutine
	flush    func() // in place of wake when a batch is settled; set once, under the hub's lock

	mu        sync.Mutex
	queue     []*Event
	bytes     int
	behind    bool // the queue does not follow on the position: read from the database
	beat      bool
	ephemeral []Ephemeral
	end       Reason
}

// Promptly gives the subscription another way to be woken when a batch is settled: flush may take its time, but must not
// wait for the reader. It is called before anything else is done with the subscription.
func (s *Subscription) Promptly(flush func()) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.flush = flush
}

// Nudge has the subscription woken when the batch that is being published is settled, once however often it is nudged. It
// is for the goroutine that publishes: in the answers to a batch's entries.
func (s *Subscription) Nudge() {
	if !s.nudged {
		s.nudged = true
		s.hub.woken = append(s.hub.woken, s)
	}
}

// push queues an event, or drops the queue of a reader that is too slow. It never blocks and wakes nobody.
func (s *Subscription) push(e *Event) {
	s.mu.Lock()
	switch {
	case s.behind:
	case s.bytes+len(e.JSON)+eventCost > queueBytes:
		s.fallBehind()
	default:
		s.queue = append(s.queue, e)
		s.bytes += len(e.JSON) + eventCost
	}
	s.mu.Unlock()
}

// fallBehind needs mu.
func (s *Subscription) fallBehind() { s.queue, s.bytes, s.behind = nil, 0, true }

func (s *Subscription) reread() {
	s.mu.Lock()
	s.fallBehind()
	s.mu.Unlock()
	s.wake()
}

func (s *Subscription) sign(e Ephemeral) {
	s.mu.Lock()
	if len(s.ephemeral) < queueEphemeral {
		s.ephemeral = append(s.ephemeral, e)
	}
	s.mu.Unlock()
	s.wake()
}

func (s *Subscription) heartbeat() {
	s.mu.Lock()
	s.beat = true
	s.mu.Unlock()
	s.wake()
}

// stop makes the next Take tell why.
func (s *Subscription) stop(why Reason) {
	s.mu.Lock()
	s.end = why
	s.fallBehind()
	s.mu.Unlock()
	s.wake()
}

// Take returns what is ready, up to limit changes; an empty page means that wake will be called when there is something. It
// blocks only for a read of the database. An error of the database leaves the position where it was.
func (s *Subscription) Take(ctx context.Context, limit int) (Page, error) {
	page, ready := s.TakeQueued(limit)
	if ready {
		return page, nil
	}
	s.mu.Lock()
	page = Page{Ephemeral: s.ephemeral, Beat: s.beat, End: s.end, Cursor: s.position}
	s.ephemeral, s.beat = nil, false
	if s.end != "" {
		s.mu.Unlock()
		return page, nil
	}
	s.behind = false // from here on the queue follows what the read will see
	s.mu.Unlock()
	err := s.catchUp(ctx, limit, &page)
	return page, err
}

// TakeQueued is Take where nothing has to be read and nothing ends; otherwise it takes nothing and ready is false.
func (s *Subscription) TakeQueued(limit int) (page Page, ready bool) {
	head := s.hub.Head() // first: what is told up to it has been queued, or is being taken now
	s.mu.Lock()
	if s.behind || s.end != "" {
		s.mu.Unlock()
		return Page{}, false
	}
	page = Page{Ephemeral: s.ephemeral, Beat: s.beat}
	s.ephemeral, s.beat = nil, false
	page.Events, page.More = s.dequeue(limit)
	s.mu.Unlock()
	s.advance(&page, head)
	return page, true
}

// dequeue needs mu.
func (s *Subscription) dequeue(limit int) (events []*Event, more bool) {
	if len(s.queue) <= limit {
		events, s.queue, s.bytes = s.queue, nil, 0
		return events, false
	}
	events, s.queue = s.queue[:limit:limit], s.queue[limit:]
	for _, e := range events {
		s.bytes -= len(e.JSON) + eventCost
	}
	return events, true
}

// advance drops what a read has told already and moves the position; without anything left in the queue it is at the head.
func (s *Subscription) advance(page *Page, head int64) {
	for len(page.Events) > 0 && page.Events[0].Version <= s.position {
		page.Events = page.Events[1:]
	}
	if n := len(page.Events); n > 0 {
		s.position = page.Events[n-1].Version
	}
	if !page.More {
		s.position = max(s.position, head)
	}
	page.Cursor, page.Head = s.position, max(s.position, head)
}

// catchUp reads a page of up to limit changes, fewer where they are long.
func (s *Subscription) catchUp(ctx context.Context, limit int, page *Page) error {
	if s.fit > 0 {
		limit = min(limit, s.fit)
		s.fit += s.fit/4 + 1
	}
	entries, head, more, err := s.hub.o.Store.Since(ctx, s.person, s.position, limit)
	if err != nil {
		s.mu.Lock()
		s.fallBehind()
		s.mu.Unlock()
		return err
	}
	page.Events = make([]*Event, 0, len(entries))
	for i, size := 0, 0; i < len(entries); i++ {
		e := newEvent(&entries[i], s.hub.o.Encode)
		page.Events = append(page.Events, e)
		if size += len(e.JSON); size > pageBytes && i+1 < len(entries) {
			more, s.fit = true, i+1
			break
		}
	}
	s.position = max(s.position, head)
	if more {
		s.position = page.Events[len(page.Events)-1].Version
		s.mu.Lock()
		s.fallBehind()
		s.mu.Unlock()
	}
	page.Cursor, page.Head, page.More = s.position, head, more
	return nil
}

// Close ends the subscription; nothing is woken afterwards.
func (s *Subscription) Close() { s.hub.leave(s) }
