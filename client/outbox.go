package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// EntryState is how far a message in an Outbox has got.
type EntryState string

// A message waits until the server has answered. Failed is final until Retry or Discard: the server refused it.
const (
	Waiting EntryState = "waiting"
	Sent    EntryState = "sent"
	Failed  EntryState = "failed"
)

// Entry is one message on its way out.
type Entry struct {
	ID           string     `json:"id"` // the message's id, the same in every try
	Conversation string     `json:"conversation"`
	Text         string     `json:"text"`
	ReplyTo      int64      `json:"reply_to,omitempty"`
	CreatedAt    Time       `json:"created_at"`
	State        EntryState `json:"state"`
	Tries        int        `json:"tries,omitempty"`
	Message      *Message   `json:"-"` // as stored, when Sent
	Err          error      `json:"-"` // what the last try met; *Error when the server refused
}

// OutboxOptions of an Outbox. Sender is the only field that must be set.
type OutboxOptions struct {
	Sender interface {
		Send(ctx context.Context, conversation string, m NewMessage) (Message, error)
	} // usually a *Client
	Store  OutboxStore      // default: memory only
	Notify func(e Entry)    // told of every change of an entry, one at a time, by Run's goroutine
	Logger *slog.Logger     // default: none
	Now    func() time.Time // default time.Now
	Rand   func() float64   // [0,1), for jitter; default math/rand/v2
}

// Outbox sends messages reliably: each keeps its id through all tries, those of one conversation leave in the order in
// which they were added, and one that has failed holds up the later ones of its own conversation only.
//
// Add, Retry, Discard and Entries may be called from anywhere, before and while Run runs.
type Outbox struct {
	opts OutboxOptions
	wake chan struct{} // holds one note: the queue has changed, or tries shall be made now

	mu      sync.Mutex // guards the fields below
	queue   []*queued
	hurry   bool // pauses are to be cut short
	running bool
}

// queued is an entry with what Run must know of it.
type queued struct {
	Entry
	backoff backoff
	due     time.Time // the earliest next try
	sending bool
}

// sendersAtOnce bounds the requests under way; within a conversation there is one.
const sendersAtOnce = 4

// OpenOutbox reads what an earlier run left in the store; entries that were waiting will be tried again under their ids.
func OpenOutbox(opts OutboxOptions) (*Outbox, error) {
	defaults := withDefaults(Options{Logger: opts.Logger, Now: opts.Now, Rand: opts.Rand})
	opts.Logger, opts.Now, opts.Rand = defaults.Logger, defaults.Now, defaults.Rand
	if opts.Store == nil {
		opts.Store = &MemoryStore{}
	}
	if opts.Notify == nil {
		opts.Notify = func(Entry) {}
	}
	entries, err := opts.Store.Load()
	if err != nil {
		return nil, fmt.Errorf("open outbox: %w", err)
	}
	o := &Outbox{opts: opts, wake: make(chan struct{}, 1)}
	for _, e := range entries {
		o.queue = append(o.queue, &queued{Entry: e})
	}
	return o, nil
}

// Add queues a message and returns once the store has it: from then on it will be sent, whatever happens to this process.
func (o *Outbox) Add(conversation, text string, replyTo int64) (Entry, error) {
	id, err := NewID()
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		ID: id, Conversation: conversation, Text: text, ReplyTo: replyTo, State: Waiting,
		CreatedAt: Time{Time: o.opts.Now().UTC().Truncate(time.Millisecond)},
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = append(o.queue, &queued{Entry: e})
	if err := o.saveLocked(); err != nil {
		o.queue = o.queue[:len(o.queue)-1]
		return Entry{}, err
	}
	o.nudge()
	return e, nil
}

// Entries lists what hasn't been sent, in the order of adding.
func (o *Outbox) Entries() []Entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.entriesLocked()
}

func (o *Outbox) entriesLocked() []Entry {
	list := make([]Entry, len(o.queue))
	for i, q := range o.queue {
		list[i] = q.Entry
	}
	return list
}

// Retry makes a failed message wait again, to be tried at once.
func (o *Outbox) Retry(id string) error {
	return o.edit(id, func(i int, q *queued) {
		if q.State == Failed {
			q.State, q.Err, q.due, q.backoff = Waiting, nil, time.Time{}, backoff{}
		}
	})
}

// Discard takes a message out. If a try of it is under way or went unanswered it may have been sent all the same.
func (o *Outbox) Discard(id string) error {
	return o.edit(id, func(i int, q *queued) { o.queue = slices.Delete(o.queue, i, i+1) })
}

// TryNow ends the pauses between tries, as when the network has come back.
func (o *Outbox) TryNow() {
	o.mu.Lock()
	o.hurry = true
	o.mu.Unlock()
	o.nudge()
}

// ErrNoEntry tells that the outbox doesn't hold the message: it was sent or discarded.
var ErrNoEntry = errors.New("no such message in the outbox")

func (o *Outbox) edit(id string, change func(i int, q *queued)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.queue, func(q *queued) bool { return q.ID == id })
	if i < 0 {
		return ErrNoEntry
	}
	change(i, o.queue[i])
	o.nudge()
	return o.saveLocked()
}

func (o *Outbox) saveLocked() error {
	if err := o.opts.Store.Save(o.entriesLocked()); err != nil {
		return fmt.Errorf("save outbox: %w", err)
	}
	return nil
}

func (o *Outbox) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}
