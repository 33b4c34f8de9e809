package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"kinward/internal/chat"
	"kinward/internal/problem"
)

const (
	// maxBatch bounds one transaction: large enough that a commit's cost is spread thin, small enough that it stays short.
	maxBatch = 1024
	// maxQueued bounds, in bytes, what waits for a commit; whoever comes later waits for room.
	maxQueued = 32 << 20
	// entryCost is charged for an entry beside its text.
	entryCost = 512
	// peekEvery is how often an idle journal looks whether another process has written.
	peekEvery = 200 * time.Millisecond
)

// Publisher is told each commit, in order, by one goroutine.
type Publisher interface {
	// Publish queues a commit for its readers before its entries are answered.
	Publish(ctx context.Context, c Commit)
	// Settle is called when they have been answered: it wakes the readers and those of the answered who asked for it (Nudge),
	// each of them once.
	Settle()
}

// Journal is the one writer of this process. Its methods may be called concurrently once Run runs.
type Journal struct {
	store Store
	to    Publisher
	bus   Bus
	log   *slog.Logger
	room  *semaphore.Weighted
	wake  chan struct{} // something is queued
	heard chan struct{} // another node has written
	tasks chan task     // committed batches on their way to the deliverer

	mu     sync.Mutex
	queue  []entry
	closed bool
}

// entry is one Send, Marking or Change with its callback.
type entry struct {
	send   *Send
	mark   *Marking
	change *Change
	cost   int64
	done   func(error) // the batch's error; the entry's own outcome is in it
}

// task is a batch after its commit.
type task struct {
	entries []entry
	commit  Commit
	err     error
}

// NewJournal makes a journal that writes to store and tells to and the bus.
func NewJournal(store Store, to Publisher, bus Bus, log *slog.Logger) *Journal {
	return &Journal{
		store: store, to: to, bus: bus, log: log, room: semaphore.NewWeighted(maxQueued),
		wake: make(chan struct{}, 1), heard: make(chan struct{}, 1), tasks: make(chan task, 1),
	}
}

// Send implements chat.Journal.
func (j *Journal) Send(ctx context.Context, d chat.Draft) (m chat.Message, repeated bool, err error) {
	answer := make(chan struct{})
	submitErr := j.Submit(ctx, d, func(got chat.Message, again bool, e error) {
		m, repeated, err = got, again, e
		close(answer)
	})
	if submitErr != nil {
		return chat.Message{}, false, submitErr
	}
	<-answer // a queued draft is decided soon in any case; leaving earlier would make its outcome unknown
	return m, repeated, err
}

// Submit implements chat.Journal.
func (j *Journal) Submit(ctx context.Context, d chat.Draft, done func(chat.Message, bool, error)) error {
	if err := j.store.Prepare(ctx, &d); err != nil {
		return err
	}
	s := &Send{Draft: d}
	return j.enqueue(ctx, entry{send: s, cost: entryCost + int64(len(d.Text)), done: func(err error) {
		if err == nil {
			err = s.Err
		}
		if err != nil {
			done(chat.Message{}, false, err)
			return
		}
		done(s.Message, s.Repeated, nil)
	}})
}

// Mark implements chat.Journal.
func (j *Journal) Mark(ctx context.Context, mark chat.Mark, done func(error)) error {
	return j.raise(ctx, &Marking{Marks: []chat.Mark{mark}}, done)
}

// Deliver implements chat.Journal.
func (j *Journal) Deliver(ctx context.Context, marks []chat.Mark, done func(error)) error {
	return j.raise(ctx, &Marking{Marks: marks, Lenient: true}, done)
}

func (j *Journal) raise(ctx context.Context, m *Marking, done func(error)) error {
	return j.enqueue(ctx, entry{mark: m, cost: entryCost, done: func(err error) {
		if err == nil {
			err = m.Err
		}
		done(err)
	}})
}

// Change runs fn in the journal's transaction. When it returns nil, what fn wrote is durable; otherwise nothing of it is.
// fn may run again if the batch it was in could not be committed, so it must set its results afresh.
func (j *Journal) Change(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	c := &Change{Apply: fn}
	return j.wait(ctx, entry{change: c, cost: entryCost}, &c.Err)
}

func (j *Journal) wait(ctx context.Context, e entry, own *error) error {
	answer := make(chan error, 1)
	e.done = func(err error) { answer <- err }
	if err := j.enqueue(ctx, e); err != nil {
		return err
	}
	if err := <-answer; err != nil {
		return err
	}
	return *own
}

var errStopping = &problem.Error{Code: problem.Unavailable, Detail: "the server is stopping; send again in a moment", RetryAfter: time.Second}

func (j *Journal) enqueue(ctx context.Context, e entry) error {
	if err := j.room.Acquire(ctx, e.cost); err != nil {
		return &problem.Error{Code: problem.Unavailable, Detail: "the server is overloaded; send again in a moment", RetryAfter: time.Second, Err: err}
	}
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		j.room.Release(e.cost)
		return errStopping
	}
	j.queue = append(j.queue, e)
	j.mu.Unlock()
	signal(j.wake)
	return nil
}

// Peek makes the journal look soon for what other processes have written. It never blocks.
func (j *Journal) Peek() { signal(j.heard) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run is called once. It commits until ctx ends; then it refuses new entries, commits what is queued, and returns when every entry has had its
// answer.
func (j *Journal) Run(ctx context.Context) error {
	work := context.WithoutCancel(ctx) // a transaction under way is finished, not torn
	var g errgroup.Group
	g.Go(func() error {
		j.deliver(work)
		return nil
	})
	g.Go(func() error {
		defer close(j.tasks)
		j.commitUntil(ctx, work)
		return nil
	})
	return g.Wait()
}

func (j *Journal) commitUntil(ctx, work context.Context) {
	idle := time.NewTicker(peekEvery)
	defer idle.Stop()
	for {
		select {
		case <-j.wake:
		case <-j.heard:
			j.peek(work)
		case <-idle.C:
			j.peek(work)
		case <-ctx.Done():
		}
		stopping := ctx.Err() != nil
		if stopping {
			j.refuse() // before the queue is emptied for the last time
		}
		for batch := j.take(); len(batch) > 0; batch = j.take() {
			j.commit(work, batch)
		}
		if stopping {
			return
		}
	}
}

func (j *Journal) refuse() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
}

// take removes up to a batch's worth from the queue.
func (j *Journal) take() []entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := min(len(j.queue), maxBatch)
	if n == 0 {
		return nil
	}
	batch := j.queue[:n:n]
	j.queue = j.queue[n:]
	return batch
}

// peek tells the publisher when the head has moved without this journal.
func (j *Journal) peek(ctx context.Context) {
	head, err := j.store.Head(ctx)
	if err != nil {
		j.log.Warn("the journal can't read the head", "error", err)
		return
	}
	j.tasks <- task{commit: Commit{Base: head, Head: head}}
}

func (j *Journal) commit(ctx context.Context, entries []entry) {
	c, err := j.store.Commit(ctx, batchOf(entries))
	if err != nil && len(entries) > 1 && problem.CodeOf(err) == problem.Internal {
		// Something in the batch can't be stored. Each entry by itself, so that it fails alone.
		j.log.Error("a batch failed and is committed one by one", "entries", len(entries), "error", err)
		for i := range entries {
			c, err := j.store.Commit(ctx, batchOf(entries[i:i+1]))
			j.tasks <- task{entries[i : i+1], c, err}
		}
		return
	}
	j.tasks <- task{entries, c, err}
}

func batchOf(entries []entry) *Batch {
	b := &Batch{}
	for _, e := range entries {
		switch {
		case e.send != nil:
			b.Sends = append(b.Sends, e.send)
		case e.mark != nil:
			b.Marks = append(b.Marks, e.mark)
		default:
			b.Changes = append(b.Changes, e.change)
		}
	}
	b.Reset()
	return b
}

// deliver publishes and answers while the next batch is committed.
func (j *Journal) deliver(ctx context.Context) {
	for t := range j.tasks {
		if t.err == nil {
			j.to.Publish(ctx, t.commit)
		}
		cost := int64(0)
		for _, e := range t.entries {
			e.done(t.err)
			cost += e.cost
		}
		j.to.Settle()
		j.room.Release(cost)
		if t.err == nil && t.commit.Head > t.commit.Base {
			j.bus.Publish(Hint{First: t.commit.Base + 1, Last: t.commit.Head})
		}
	}
}
