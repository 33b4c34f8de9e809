package store

import (
	"container/list"
	"sync"

	"kinward/internal/feed"
	"kinward/internal/id"
)

// recent remembers which conversations the last commits changed, so that whoever has nearly everything is asked about those
// few and not about each of theirs. It knows nothing of what other processes write, and knows that it doesn't: versions have
// no gaps, so a commit that doesn't follow on the one before begins anew.
type recent struct {
	mu       sync.Mutex
	from, to int64      // it knows what was changed by the versions beyond from, up to to
	order    *list.List // of change, the latest first, each conversation once
	at       map[id.Conversation]*list.Element
}

type change struct {
	conversation id.Conversation
	version      int64 // it was changed by none after this one
}

// maxRecent bounds the memory, about 150 bytes for each.
const maxRecent = 32_768

func newRecent() *recent {
	return &recent{order: list.New(), at: map[id.Conversation]*list.Element{}}
}

// begin forgets all and knows what follows on head.
func (r *recent) begin(head int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beginLocked(head)
}

func (r *recent) beginLocked(head int64) {
	r.from, r.to = head, head
	r.order.Init()
	clear(r.at)
}

// note takes in a commit. The order in which commits of several goroutines come does not matter: the worst is to begin anew.
func (r *recent) note(c feed.Commit) {
	if c.Head == c.Base {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.Base != r.to {
		r.beginLocked(c.Base)
	}
	r.to = c.Head
	for i := range c.Messages {
		r.changedLocked(c.Messages[i].Conversation)
	}
	for i := range c.Members {
		r.changedLocked(c.Members[i].Conversation)
	}
	for _, t := range c.Touched {
		r.changedLocked(t)
	}
	for r.order.Len() > maxRecent {
		oldest := r.order.Remove(r.order.Back()).(change)
		delete(r.at, oldest.conversation)
		r.from = max(r.from, oldest.version)
	}
}

func (r *recent) changedLocked(c id.Conversation) {
	e := r.at[c]
	if e == nil {
		r.at[c] = r.order.PushFront(change{c, r.to})
		return
	}
	if e.Value.(change).version < r.to {
		e.Value = change{c, r.to}
		r.order.MoveToFront(e)
	}
}

// since lists the conversations changed after a version, among them all that were up to head; ok is false where it doesn't
// know or where there are more than limit.
func (r *recent) since(after, head int64, limit int) (changed []id.Conversation, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if after < r.from || head > r.to {
		return nil, false
	}
	for e := r.order.Front(); e != nil && e.Value.(change).version > after; e = e.Next() {
		if len(changed) == limit {
			return nil, false
		}
		changed = append(changed, e.Value.(change).conversation)
	}
	return changed, true
}
