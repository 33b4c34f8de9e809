package client

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// sending is the result of one try.
type sending struct {
	entry *queued
	msg   Message
	err   error
}

// Run sends until ctx ends (nil) or the server says that this person is signed out (ErrSignedOut): what is left waits for
// a later Run. When it returns nothing of the outbox runs any more. Two Runs at a time are refused.
func (o *Outbox) Run(ctx context.Context) error {
	if !o.begin() {
		return errors.New("the outbox runs already")
	}
	ctx, cancel := context.WithCancel(ctx)
	var (
		wg      sync.WaitGroup
		results = make(chan sending, sendersAtOnce)
		timer   = stopped()
	)
	defer func() {
		cancel()
		wg.Wait()
		timer.Stop()
		o.end()
	}()
	for {
		starts, next := o.schedule()
		for _, q := range starts {
			wg.Go(func() { results <- o.try(ctx, q) })
		}
		timer.Stop()
		if next > 0 {
			timer.Reset(next)
		}
		select {
		case r := <-results:
			if err := o.settle(ctx, r); err != nil {
				return err
			}
		case <-o.wake:
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (o *Outbox) begin() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.running
	o.running = true
	return first
}

func (o *Outbox) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running = false
	for _, q := range o.queue {
		q.sending = false
	}
}

// schedule picks the messages to try now, and says when to look again (0: when something happens). Only the first of a
// conversation may go.
func (o *Outbox) schedule() (starts []*queued, next time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now, free := o.opts.Now(), sendersAtOnce
	for _, q := range o.queue {
		if o.hurry {
			q.due = time.Time{}
		}
		if q.sending {
			free--
		}
	}
	o.hurry = false
	seen := map[string]bool{}
	for _, q := range o.queue {
		if seen[q.Conversation] {
			continue
		}
		seen[q.Conversation] = true
		wait := q.due.Sub(now)
		switch {
		case q.State != Waiting || q.sending:
		case wait > 0:
			if next == 0 || wait < next {
				next = wait
			}
		case free > 0:
			free--
			q.sending = true
			starts = append(starts, q)
		}
	}
	return starts, next
}

func (o *Outbox) try(ctx context.Context, q *queued) sending {
	m, err := o.opts.Sender.Send(ctx, q.Conversation, NewMessage{ID: q.ID, Text: q.Text, ReplyTo: q.ReplyTo})
	return sending{entry: q, msg: m, err: err}
}

// settle records a try's result and tells of it.
func (o *Outbox) settle(ctx context.Context, r sending) error {
	if ctx.Err() != nil && r.err != nil {
		return nil
	}
	e, known := o.record(r)
	if errors.Is(r.err, ErrSignedOut) {
		return ErrSignedOut
	}
	if known {
		o.opts.Notify(e)
	}
	return nil
}

func (o *Outbox) record(r sending) (e Entry, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q := r.entry
	q.sending = false
	i := slices.Index(o.queue, q)
	if errors.Is(r.err, ErrSignedOut) {
		return q.Entry, i >= 0
	}
	q.Tries++
	q.Err = r.err
	switch {
	case r.err == nil:
		q.State, q.Message = Sent, &r.msg
		if i >= 0 {
			o.queue = slices.Delete(o.queue, i, i+1)
		}
	case Temporary(r.err):
		q.due = o.opts.Now().Add(q.backoff.next(retryAfter(r.err), o.opts.Rand()))
		return q.Entry, i >= 0 // nothing that the store would have to know
	default:
		q.State = Failed
	}
	if err := o.saveLocked(); err != nil {
		// What the store holds is older: after a crash this message would be tried again under its id, which is harmless.
		o.opts.Logger.Warn("outbox not saved", "err", err)
	}
	return q.Entry, i >= 0 || r.err == nil
}
