package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	pairBuffer = 16 << 10
	drainTime  = 30 * time.Second // for what is under way at the end; what doesn't come by then is lost
)

// Pairs is a closed loop: in each pair one writes and one reads, and the writer's next message leaves when the server has
// acknowledged an earlier one.
type Pairs struct {
	Pairs    int           // conversations
	InFlight int           // messages of a writer that aren't acknowledged
	WarmUp   time.Duration // before measuring
	For      time.Duration // measured
	Messages int           // of each writer, in place of WarmUp and For, unless 0
}

// Run measures.
func (o Pairs) Run(ctx context.Context, t *Target, say Say) (Result, error) {
	r := Result{Work: "pairs", Setting: fmt.Sprintf("%d × %d", o.Pairs, o.InFlight), Target: t.Name, latency: new(recorder)}
	pairs, err := openPairs(ctx, t, o.Pairs, say)
	defer closePairs(pairs)
	if err != nil {
		return r, err
	}
	run := &pairRun{limit: int64(o.Messages), inFlight: o.InFlight, told: r.latency}
	if o.Messages > 0 {
		o.WarmUp, o.For = 0, 0
	}
	say("%d pairs write", o.Pairs)
	m, err := run.measure(ctx, t, pairs, o)
	if err != nil {
		return r, err
	}
	n := 0.0
	for _, p := range pairs {
		n += float64(p.inWindow)
		r.Faults.Add(p.ledger.end(p.sent))
	}
	r.add("messages", "1/s", n/m.seconds)
	r.addLatency("end to end", r.latency)
	l := run.acks.latency()
	r.add("ack p50", "ms", l.P50)
	r.add("ack p99", "ms", l.P99)
	r.add("server CPU", "s/1000 messages", 1000*m.server.cpu/n)
	r.add("generator CPU", "µs/message", 1e6*m.own/n)
	m.addMemory(&r)
	return r, nil
}

// pairRun is what the goroutines of one run share.
type pairRun struct {
	limit      int64
	inFlight   int
	w          window
	told, acks *recorder
}

// pair is a conversation with one who writes and one who reads.
type pair struct {
	writer, reader *conn
	conversation   string
	template       *template
	left           times

	// Of the writing goroutine.
	sent, acked int64
	out         []byte

	// Of the reading goroutine.
	ledger   ledger
	inWindow int64

	came  atomic.Int64
	final atomic.Int64 // how many were sent, once that is known; -1 before
	once  sync.Once
	all   chan struct{} // closed when as many came as were sent
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
		pairs[i] = &pair{all: make(chan struct{}), ledger: ledger{fill: fill, place: uint32(i)}} //nolint:gosec // a count
		pairs[i].final.Store(-1)
	}
	say("connecting %d", 2*n)
	return pairs, each(ctx, n, callers, func(ctx context.Context, i int) error {
		p, from, to := pairs[i], people[2*i], people[2*i+1]
		p.conversation, err = t.direct(ctx, t.node(i), from, to)
		if err != nil {
			return err
		}
		p.template = newTemplate(fill, uint32(i), p.conversation) //nolint:gosec // a count
		if p.writer, err = dial(ctx, t.node(i), from.token, "", pairBuffer); err != nil {
			return err
		}
		p.reader, err = dial(ctx, t.node(i+1), to.token, "", pairBuffer)
		return err
	})
}

func closePairs(pairs []*pair) {
	for _, p := range pairs {
		if p.writer != nil {
			p.writer.close()
		}
		if p.reader != nil {
			p.reader.close()
		}
	}
}

// measure runs the pairs to their end, watched by a meter. When one fails, all are cut.
func (run *pairRun) measure(ctx context.Context, t *Target, pairs []*pair, o Pairs) (m metered, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { closePairs(pairs) })()
	var writers, readers errgroup.Group
	start := func(g *errgroup.Group, fn func() error) {
		g.Go(func() error {
			err := fn()
			if err != nil {
				cancel()
			}
			return err
		})
	}
	run.acks = new(recorder)
	run.w = begin(o.WarmUp, o.For)
	for _, p := range pairs {
		start(&writers, func() error { return p.write(run) })
		start(&readers, func() error { return p.read(run) })
	}
	start(&writers, func() (err error) {
		m, err = meter(ctx, t, run.w)
		return err
	})
	if err = writers.Wait(); err == nil {
		err = drain(ctx, pairs)
	}
	if o.For == 0 && err == nil {
		err = m.finish(ctx, t, run.w)
	}
	closePairs(pairs) // readers end
	return m, errors.Join(err, readers.Wait())
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

// write sends, and sends again as acknowledgements come, until the window ends or the limit is reached.
func (p *pair) write(run *pairRun) error {
	if err := p.post(run, run.inFlight); err != nil {
		return err
	}
	for free := 0; p.acked < p.sent || free > 0; {
		if p.acked < p.sent {
			acked, err := p.ack(run)
			if err != nil {
				return err
			}
			free += acked
		}
		if free > 0 && (p.acked == p.sent || !p.writer.whole()) { // all that came is answered with one write
			if err := p.post(run, free); err != nil {
				return err
			}
			free = 0
		}
	}
	p.final.Store(p.sent)
	p.check()
	return nil
}

// ack reads a frame and returns how many messages it acknowledges: one or none.
func (p *pair) ack(run *pairRun) (int, error) {
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
	p.acked++
	if run.w.has(left) {
		run.acks.add(run.w.now() - left)
	}
	return 1, nil
}

// post sends the next n messages with one write, fewer or none at the end.
func (p *pair) post(run *pairRun, n int) error {
	now := run.w.now()
	if run.limit > 0 {
		n = int(min(int64(n), run.limit-p.sent))
	}
	if n <= 0 || now >= run.w.to {
		return nil
	}
	p.out = p.out[:0]
	for range n {
		p.left.add(now)
		p.out = p.template.append(p.out, p.writer.masks.key(), p.sent)
		p.sent++
	}
	if _, err := p.writer.nc.Write(p.out); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// read verifies what comes until the connection is closed, which is an error only before all has come.
func (p *pair) read(run *pairRun) error {
	for {
		f, err := p.reader.next()
		if err != nil {
			return p.ended(err)
		}
		now := run.w.now()
		for i := range f.messages {
			n, fresh := p.ledger.take(&f.messages[i])
			if !fresh {
				continue
			}
			if run.w.has(now) {
				p.inWindow++
			}
			if left, ok := p.left.of(n); ok && run.w.has(left) {
				run.told.add(now - left)
			}
		}
		if len(f.messages) > 0 {
			p.came.Store(p.ledger.came)
			p.check()
		}
	}
}

// ended passes a reading error over where nothing more was to be read.
func (p *pair) ended(err error) error {
	if p.final.Load() >= 0 {
		return nil
	}
	return fmt.Errorf("read messages: %w", err)
}

// check tells whoever waits when as many came as were sent. Both goroutines call it after their own step.
func (p *pair) check() {
	if p.final.Load() == p.came.Load() {
		p.once.Do(func() { close(p.all) })
	}
}
