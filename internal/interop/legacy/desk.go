package legacy

import (
	"sync"
	"time"

	"kinward/internal/id"
)

// reading is whose messages are told and under which cursor.
type reading struct {
	person id.Person
	cursor string
}

// The cursors.
const (
	flaskCursor   = "flask"   // polling, long-polling and /legacy/socket
	articleCursor = "article" // /legacy/article
)

// desks seat the readers of this process, so that no message is told to two of them. The zero value is ready.
type desks struct {
	mu sync.Mutex
	by map[reading]*desk
}

// desk is where the readers of one reading sit. It goes with the last of them.
type desk struct {
	seats map[*seat]struct{}
	turn  *seat // who tells now
	live  int   // how many seats are live
}

// seat is one reader: a request that polls, or a WebSocket.
type seat struct {
	desks *desks
	of    reading
	at    *desk
	wake  func()
	live  bool

	writing bool        // live, and what it tells has not left yet
	limit   *time.Timer // of waiting for others to have written; nil where there was nothing to wait for
	hasty   bool        // it has waited long enough
}

// settleTimeout is how long a new live seat waits for what the others are writing. One of them may be the same page's last
// connection, closed a moment ago: what that was told must not come again. One that is stuck must not mute the new one.
const settleTimeout = time.Second

// sit adds a reader. wake is called when it may be able to tell something that it was kept from telling; it must return at
// once and not call back. Leave the seat in the end.
func (d *desks) sit(of reading, wake func()) *seat {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.by == nil {
		d.by = map[reading]*desk{}
	}
	if d.by[of] == nil {
		d.by[of] = &desk{seats: map[*seat]struct{}{}}
	}
	s := &seat{desks: d, of: of, at: d.by[of], wake: wake}
	s.at.seats[s] = struct{}{}
	return s
}

// turn is what take answers.
type turn int

const (
	mine      turn = iota // nobody else tells until release
	occupied              // another one tells and is done soon
	elsewhere             // live sockets are told everything
)

// take asks for the turn.
func (s *seat) take() turn {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	switch {
	case s.at.live > 0:
		return elsewhere
	case s.at.turn != nil:
		return occupied
	}
	s.at.turn = s
	return mine
}

// release ends a turn.
func (s *seat) release() {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	s.releaseLocked()
}

func (s *seat) releaseLocked() {
	if s.at.turn == s {
		s.at.turn = nil
		s.at.wakeLocked(s)
	}
}

// goLive makes the seat one that is told everything, beside others like it; nobody takes a turn from then on. False while
// one that was taken before goes on, or other live seats are writing: call again when woken.
func (s *seat) goLive() bool {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	if !s.live {
		s.live = true
		s.at.live++
	}
	return s.at.turn == nil && (s.hasty || !s.awaitLocked())
}

// awaitLocked reports whether another live seat is writing, and sees to it that the wait for it ends.
func (s *seat) awaitLocked() bool {
	for o := range s.at.seats {
		if o == s || !o.writing {
			continue
		}
		if s.limit == nil {
			s.limit = time.AfterFunc(settleTimeout, s.hurry)
		}
		return true
	}
	return false
}

func (s *seat) hurry() {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	s.hasty = true
	s.wake()
}

// write says that a live seat tells something; settle that it has left and was noted.
func (s *seat) write() {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	s.writing = true
}

func (s *seat) settle() {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	s.settleLocked()
}

func (s *seat) settleLocked() {
	if !s.writing {
		return
	}
	s.writing = false
	for o := range s.at.seats {
		if o.limit != nil && o != s {
			o.wake()
		}
	}
}

// leave gives the seat up, with the turn if it has it.
func (s *seat) leave() {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	s.releaseLocked()
	s.settleLocked()
	if s.limit != nil {
		s.limit.Stop()
	}
	delete(s.at.seats, s)
	if s.live {
		s.at.live--
		if s.at.live == 0 {
			s.at.wakeLocked(s)
		}
	}
	if len(s.at.seats) == 0 {
		delete(s.desks.by, s.of)
	}
}

func (d *desk) wakeLocked(not *seat) {
	for s := range d.seats {
		if s != not {
			s.wake()
		}
	}
}
