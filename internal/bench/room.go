package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const roomBuffer = 2 << 10

// Room is one group whose members are all online, and one of whom writes.
type Room struct {
	Members  int
	Rate     int // messages a second; 0: the next leaves when the last has reached all
	WarmUp   time.Duration
	For      time.Duration
	Messages int // in place of WarmUp and For, unless 0
}

// Run measures.
func (o Room) Run(ctx context.Context, t *Target, say Say) (Result, error) {
	r := Result{Work: "room", Setting: o.setting(), Target: t.Name, latency: new(recorder)}
	if o.Members < 2 {
		return r, errors.New("a room has two members at least")
	}
	if o.Messages > 0 {
		o.WarmUp, o.For = 0, 0
	}
	room, err := o.open(ctx, t, say)
	defer room.close()
	if err != nil {
		return r, err
	}
	say("somebody writes to %d", o.Members)
	m, err := room.measure(ctx, t, o, r.latency)
	if err != nil {
		return r, err
	}
	n := 0.0
	for _, l := range room.members {
		n += float64(l.inWindow)
		r.Faults.Add(l.ledger.end(room.sent))
	}
	r.add("deliveries", "1/s", n/m.seconds)
	r.addLatency("end to end", r.latency)
	r.add("server CPU", "µs/delivery", 1e6*m.server.cpu/n)
	r.add("generator CPU", "µs/delivery", 1e6*m.own/n)
	r.add("joining", "s", room.joining.Seconds())
	m.addMemory(&r)
	return r, nil
}

func (o Room) setting() string {
	if o.Rate == 0 {
		return fmt.Sprintf("%d members, max", o.Members)
	}
	return fmt.Sprintf("%d members, %d/s", o.Members, o.Rate)
}

// room is a group with its members' connections. The first member writes.
type room struct {
	members  []*listener
	template *template
	left     times
	sent     int64
	joining  time.Duration

	reached atomic.Int64  // deliveries so far
	wanted  atomic.Int64  // deliveries that wake whoever waits
	woken   chan struct{} // a place for one
}

func (o Room) open(ctx context.Context, t *Target, say Say) (*room, error) {
	room := &room{members: make([]*listener, o.Members), woken: make(chan struct{}, 1)}
	say("making %d people", o.Members)
	people, err := t.people(ctx, o.Members)
	if err != nil {
		return room, err
	}
	start := time.Now()
	conversation, err := t.group(ctx, people[0], people[1:])
	if err != nil {
		return room, err
	}
	fill := newFilling()
	room.template = newTemplate(fill, 0, conversation)
	for i := range room.members {
		room.members[i] = &listener{left: &room.left, ledger: ledger{fill: fill}}
	}
	say("connecting %d", o.Members)
	err = each(ctx, o.Members, callers, func(ctx context.Context, i int) (err error) {
		room.members[i].c, err = dial(ctx, t.node(i), people[i].token, "", roomBuffer)
		return err
	})
	room.joining = time.Since(start)
	return room, err
}

func (r *room) close() {
	for _, l := range r.members {
		if l != nil && l.c != nil {
			l.c.close()
		}
	}
}

func (r *room) measure(outer context.Context, t *Target, o Room, rec *recorder) (m metered, err error) {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	defer context.AfterFunc(ctx, r.close)()
	sending, reading := crew{cancel: cancel}, crew{cancel: cancel}
	var over atomic.Bool
	w := begin(o.WarmUp, o.For)
	for _, l := range r.members {
		reading.start(func() error {
			err := r.listen(l, w, rec)
			if over.Load() {
				return nil // it was closed when all had come, or all that would
			}
			return err
		})
	}
	sending.start(func() error { return r.write(ctx, w, o) })
	sending.start(func() (err error) {
		m, err = meter(ctx, t, w)
		return err
	})
	err = sending.wait()
	if err == nil {
		err = r.all(ctx, r.sent)
	}
	if w.to == forever && err == nil {
		err = m.finish(ctx, t, w)
	}
	over.Store(true)
	r.close()
	return m, first(outer, err, reading.wait())
}

// listen counts what a member is told until the connection is closed.
func (r *room) listen(l *listener, w window, rec *recorder) error {
	for {
		fresh, err := l.step(w, rec)
		if err != nil {
			return err
		}
		if fresh > 0 && r.reached.Add(int64(fresh)) >= r.wanted.Load() {
			select {
			case r.woken <- struct{}{}:
			default:
			}
		}
	}
}

func (r *room) write(ctx context.Context, w window, o Room) error {
	if o.Rate > 0 {
		return pace(ctx, w, time.Second/time.Duration(o.Rate), int64(o.Messages), func(_ int64, at time.Duration) error { return r.post(at) })
	}
	for o.Messages == 0 || r.sent < int64(o.Messages) {
		now := w.now()
		if now >= w.to {
			return nil
		}
		if err := r.post(now); err != nil {
			return err
		}
		if err := r.all(ctx, r.sent); err != nil {
			return err
		}
	}
	return nil
}

func (r *room) post(at time.Duration) error {
	writer := r.members[0].c
	r.left.add(at)
	frame := r.template.append(nil, writer.masks.key(), r.sent)
	r.sent++
	if _, err := writer.nc.Write(frame); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// all waits until each member has sent messages, or until no more is to be hoped for: the ledgers count what is missing.
func (r *room) all(ctx context.Context, sent int64) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	want := sent * int64(len(r.members))
	r.wanted.Store(want)
	for r.reached.Load() < want {
		select {
		case <-r.woken:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil
			}
			return ctx.Err()
		}
	}
	return nil
}
