package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	pairBuffer = 16 << 10
	drainTime  = 30 * time.Second // for what is under way at the end; what doesn't come by then is lost
)

// pair is a conversation with one who writes and one who reads.
type pair struct {
	writer   *conn
	reader   listener
	template *template
	left     times
	sent     int64 // of whoever posts
	out      []byte

	acked, came atomic.Int64
	final       atomic.Int64 // how many were sent, once that is known; -1 before
	once        sync.Once
	all         chan struct{} // closed when as many were acknowledged and came as were sent
}

// openPairs makes people and conversations and connects them. It returns those that are connected with an error too.
func openPairs(ctx context.Context, t *Target, n int, say Say) ([]*pair, error) {
	say("making %d people", 2*n)
	people, err := t.people(ctx, 2*n)
	if err != nil {
		return nil, err
	}
	fill := newFilling()
	pairs := make([]*pair, n)
	for i := range pairs {
		p := &pair{all: make(chan struct{})}
		p.reader = listener{left: &p.left, ledger: ledger{fill: fill, place: uint32(i)}}
		p.final.Store(-1)
		pairs[i] = p
	}
	say("connecting %d", 2*n)
	return pairs, each(ctx, n, callers, func(ctx context.Context, i int) error {
		p, from, to := pairs[i], people[2*i], people[2*i+1]
		conversation, err := t.direct(ctx, t.node(i), from, to)
		if err != nil {
			return err
		}
		p.template = newTemplate(fill, uint32(i), conversation) //nolint:gosec // a count
		if p.writer, err = dial(ctx, t.node(i), from.token, "", pairBuffer); err != nil {
			return err
		}
		p.reader.c, err = dial(ctx, t.node(i+1), to.token, "", pairBuffer)
		return err
	})
}

func closePairs(pairs []*pair) {
	for _, p := range pairs {
		if p.writer != nil {
			p.writer.close()
		}
		if p.reader.c != nil {
			p.reader.c.close()
		}
	}
}

// drain waits until all that was sent has come, or time is up.
func drain(ctx context.Context, pairs []*pair) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	for _, p := range pairs {
		select {
		case <-p.all:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil // the ledger counts what is missing
			}
			return ctx.Err()
		}
	}
	return nil
}

// account is how it went with all pairs: messages in the window, faults, and an error where acknowledgements are missing.
func account(pairs []*pair) (n float64, faults Faults, err error) {
	missing := int64(0)
	for _, p := range pairs {
		n += float64(p.reader.inWindow)
		faults.Add(p.reader.ledger.end(p.sent))
		missing += p.sent - p.acked.Load()
	}
	if missing != 0 {
		err = fmt.Errorf("%d messages were not acknowledged: %s", missing, faults)
	}
	return n, faults, err
}

// addPairs adds what pairs tell beside how many messages came, n: the server's time in a unit of the work's own.
func (m *metered) addPairs(r *Result, n float64, acks *recorder, unit string, cpu float64) {
	r.addLatency("end to end", r.latency)
	l := acks.latency()
	r.add("ack p50", "ms", l.P50)
	r.add("ack p99", "ms", l.P99)
	r.add("server CPU", unit, cpu)
	r.add("generator CPU", "µs/message", 1e6*m.own/n)
	m.addMemory(r)
}

// post sends n messages that left, or were due, at a moment, with one write.
func (p *pair) post(n int, at time.Duration) error {
	p.out = p.out[:0]
	for range n {
		p.left.add(at)
		p.out = p.template.append(p.out, p.writer.masks.key(), p.sent)
		p.sent++
	}
	if _, err := p.writer.nc.Write(p.out); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// ack reads a frame and returns how many messages it acknowledged: one or none.
func (p *pair) ack(w window, rec *recorder) (int, error) {
	f, err := p.writer.next()
	if err != nil {
		return 0, fmt.Errorf("read acknowledgements: %w", err)
	}
	if err := f.trouble(); err != nil || string(f.op) != "sent" {
		return 0, err
	}
	n, ok := digits(f.ref)
	left, was := p.left.of(n)
	if !ok || !was {
		return 0, fmt.Errorf("the server acknowledged %q, which was not sent", f.ref)
	}
	p.acked.Add(1)
	if w.has(left) {
		rec.add(w.now() - left)
	}
	return 1, nil
}

// read verifies what comes until the connection is closed, which is an error only before all has come.
func (p *pair) read(w window, rec *recorder) error {
	for {
		fresh, err := p.reader.step(w, rec)
		if err != nil {
			return p.ended(err)
		}
		if fresh > 0 {
			p.came.Store(p.reader.ledger.came)
			p.check()
		}
	}
}

// ended passes a reading error over where all was sent: what didn't come is counted.
func (p *pair) ended(err error) error {
	if p.final.Load() >= 0 {
		return nil
	}
	return err
}

// finish says that no more will be sent.
func (p *pair) finish() {
	p.final.Store(p.sent)
	p.check()
}

// check tells whoever waits when as many were acknowledged and came as were sent. Whoever counts calls it after counting.
func (p *pair) check() {
	if sent := p.final.Load(); p.came.Load() == sent && p.acked.Load() == sent {
		p.once.Do(func() { close(p.all) })
	}
}
