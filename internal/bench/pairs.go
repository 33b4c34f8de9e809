package bench

import (
	"context"
	"fmt"
	"time"
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
	if o.Messages > 0 {
		o.WarmUp, o.For = 0, 0
	}
	say("%d pairs write", o.Pairs)
	run := &pairRun{o: o, told: r.latency, acks: new(recorder)}
	m, err := run.measure(ctx, t, pairs)
	if err != nil {
		return r, err
	}
	n, faults, err := account(pairs)
	r.Faults = faults
	r.add("messages", "1/s", n/m.seconds)
	m.addPairs(&r, n, run.acks, "s/1000 messages", 1000*m.server.cpu/n)
	return r, err
}

// pairRun is what the goroutines of one run share.
type pairRun struct {
	o          Pairs
	w          window
	told, acks *recorder
}

// measure runs the pairs to their end, watched by a meter. When one fails, all are cut.
func (run *pairRun) measure(outer context.Context, t *Target, pairs []*pair) (m metered, err error) {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	defer context.AfterFunc(ctx, func() { closePairs(pairs) })()
	writers, readers := crew{cancel: cancel}, crew{cancel: cancel}
	run.w = begin(run.o.WarmUp, run.o.For)
	for _, p := range pairs {
		if run.w.to != forever { // an acknowledgement that never comes must not hold the run for ever
			_ = p.writer.nc.SetReadDeadline(run.w.start.Add(run.w.to + drainTime))
		}
		writers.start(func() error { return p.write(run) })
		readers.start(func() error { return p.read(run.w, run.told) })
	}
	writers.start(func() (err error) {
		m, err = meter(ctx, t, run.w)
		return err
	})
	if err = writers.wait(); err == nil {
		err = drain(ctx, pairs)
	}
	if run.w.to == forever && err == nil {
		err = m.finish(ctx, t, run.w)
	}
	closePairs(pairs) // readers end
	return m, first(outer, err, readers.wait())
}

// write sends, and sends again as acknowledgements come, until the window ends or the limit is reached.
func (p *pair) write(run *pairRun) error {
	if err := p.fill(run, run.o.InFlight); err != nil {
		return err
	}
	for free, acked := 0, int64(0); acked < p.sent; {
		n, err := p.ack(run.w, run.acks)
		if err != nil {
			return err
		}
		free += n
		acked += int64(n)
		if free > 0 && (acked == p.sent || !p.writer.whole()) { // all that came is answered with one write
			if err := p.fill(run, free); err != nil {
				return err
			}
			free = 0
		}
	}
	p.finish()
	return nil
}

// fill sends the next n messages, fewer or none at the end.
func (p *pair) fill(run *pairRun, n int) error {
	now := run.w.now()
	if run.o.Messages > 0 {
		n = int(min(int64(n), int64(run.o.Messages)-p.sent))
	}
	if n <= 0 || now >= run.w.to {
		return nil
	}
	return p.post(n, now)
}
