package bench

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Rate is an open loop: messages leave at a steady rate, whatever the server does with them, and latency counts from when
// a message was due.
type Rate struct {
	Rate     int // messages a second, of all pairs together
	Pairs    int
	WarmUp   time.Duration
	For      time.Duration
	Messages int // in all, in place of WarmUp and For, unless 0
}

// Run measures.
func (o Rate) Run(ctx context.Context, t *Target, say Say) (Result, error) {
	r := Result{Work: "rate", Setting: fmt.Sprintf("%d/s, %d pairs", o.Rate, o.Pairs), Target: t.Name, latency: new(recorder)}
	if o.Rate < 1 || o.Pairs < 1 {
		return r, errors.New("a rate needs messages and pairs")
	}
	pairs, err := openPairs(ctx, t, o.Pairs, say)
	defer closePairs(pairs)
	if err != nil {
		return r, err
	}
	if o.Messages > 0 {
		o.WarmUp, o.For = 0, 0
	}
	say("%d messages a second", o.Rate)
	acks := new(recorder)
	m, err := o.measure(ctx, t, pairs, r.latency, acks)
	if err != nil {
		return r, err
	}
	n, faults, err := account(pairs)
	r.Faults = faults
	r.add("reached", "1/s", n/m.seconds)
	m.addPairs(&r, n, acks, "cores", m.server.cpu/m.seconds)
	return r, err
}

func (o Rate) measure(outer context.Context, t *Target, pairs []*pair, told, acks *recorder) (m metered, err error) {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	defer context.AfterFunc(ctx, func() { closePairs(pairs) })()
	sending, reading := crew{cancel: cancel}, crew{cancel: cancel}
	w := begin(o.WarmUp, o.For)
	for _, p := range pairs {
		reading.start(func() error { return p.readAcks(w, acks) })
		reading.start(func() error { return p.read(w, told) })
	}
	sending.start(func() error {
		interval := time.Second / time.Duration(o.Rate)
		return pace(ctx, w, interval, int64(o.Messages), func(i int64, at time.Duration) error {
			return pairs[i%int64(len(pairs))].post(1, at)
		})
	})
	sending.start(func() (err error) {
		m, err = meter(ctx, t, w)
		return err
	})
	if err = sending.wait(); err == nil {
		for _, p := range pairs {
			p.finish()
		}
		err = drain(ctx, pairs)
	}
	if w.to == forever && err == nil {
		err = m.finish(ctx, t, w)
	}
	closePairs(pairs) // reading ends
	return m, first(outer, err, reading.wait())
}

// readAcks counts acknowledgements until the connection is closed.
func (p *pair) readAcks(w window, rec *recorder) error {
	for {
		n, err := p.ack(w, rec)
		if err != nil {
			return p.ended(err)
		}
		if n > 0 {
			p.check()
		}
	}
}
