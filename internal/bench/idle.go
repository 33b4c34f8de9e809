package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	idleBuffer = 1 << 10
	idleDials  = 128 // handshakes at once
	askAgain   = 20 * time.Millisecond
)

// Idle is many people who are there and say nothing.
type Idle struct {
	Connections int
	Transport   Transport
	For         time.Duration // how long they are held
	People      *Roll         // whose connections; nil makes new ones
}

// Run measures.
func (o Idle) Run(ctx context.Context, t *Target, say Say) (Result, error) {
	r := Result{Work: "idle", Setting: fmt.Sprintf("%d × %s", o.Connections, o.Transport), Target: t.Name, latency: new(recorder)}
	if o.Transport == Poll {
		return r, errors.New("whoever polls holds no connection")
	}
	people, err := o.People.of(ctx, t, o.Connections, say)
	if err != nil {
		return r, err
	}
	cursors := make([]string, len(people))
	if o.Transport == LongPoll {
		if cursors, err = t.cursors(ctx, people); err != nil {
			return r, err
		}
	}
	crowd := &crowd{o: o, t: t, people: people, cursors: cursors, feeds: make([]feed, len(people)), rec: r.latency}
	defer crowd.close()
	return r, crowd.measure(ctx, &r, say)
}

// crowd is the connections of idle people.
type crowd struct {
	o       Idle
	t       *Target
	people  []person
	cursors []string
	feeds   []feed
	rec     *recorder
	gone    atomic.Int64
	over    atomic.Bool
}

func (c *crowd) close() {
	c.over.Store(true)
	for _, f := range c.feeds {
		if f != nil {
			f.close()
		}
	}
}

func (c *crowd) measure(outer context.Context, r *Result, say Say) error {
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	before, err := c.t.usage(ctx)
	if err != nil {
		return err
	}
	say("connecting %d", len(c.people))
	start := time.Now()
	own := ownCPU()
	if err := each(ctx, len(c.people), idleDials, c.connect); err != nil {
		return first(outer, err)
	}
	if err := c.held(ctx, before.readers); err != nil {
		return first(outer, err)
	}
	connecting := time.Since(start)
	opened, err := c.t.usage(ctx)
	if err != nil {
		return err
	}
	own = ownCPU() - own
	say("holding them for %s", c.o.For)
	defer context.AfterFunc(ctx, c.close)()
	readers := crew{cancel: cancel}
	for _, f := range c.feeds {
		readers.start(func() error {
			c.hold(f)
			return nil
		})
	}
	err = until(ctx, window{start: time.Now()}, c.o.For)
	after, usageErr := c.t.usage(ctx)
	held := float64(len(c.people)) - float64(c.gone.Load())
	c.close()
	if err := first(outer, err, usageErr, readers.wait()); err != nil {
		return err
	}
	n := float64(len(c.people))
	r.add("held", "connections", held)
	r.add("memory RSS", "KiB/connection", (after.rss-before.rss)/n/1024)
	if after.pss > 0 {
		r.add("memory PSS", "KiB/connection", (after.pss-before.pss)/n/1024)
	}
	r.add("accepted", "1/s", n/connecting.Seconds())
	r.add("server CPU", "ms/connection", 1e3*(opened.cpu-before.cpu)/n)
	r.add("server CPU held", "cores", (after.cpu-opened.cpu)/c.o.For.Seconds())
	r.add("generator CPU", "ms/connection", 1e3*own/n)
	r.addLatency("connecting", c.rec)
	return nil
}

func (c *crowd) connect(ctx context.Context, i int) error {
	start := time.Now()
	f, err := openFeed(ctx, c.o.Transport, c.t.node(i), c.people[i].token, c.cursors[i], idleBuffer)
	if err != nil {
		return err
	}
	c.feeds[i] = f
	if p, ok := f.(*polls); ok {
		err = p.hold()
	}
	c.rec.add(time.Since(start))
	return err
}

// held waits until the server holds all long polls, which tell nothing by themselves.
func (c *crowd) held(ctx context.Context, before float64) error {
	if c.o.Transport != LongPoll {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	for w := (window{start: time.Now()}); ; {
		now, err := c.t.usage(ctx)
		if err != nil || now.readers-before >= float64(len(c.people)) {
			return err
		}
		if err := until(ctx, w, w.now()+askAgain); err != nil {
			return fmt.Errorf("the server holds %.0f of %d polls: %w", now.readers-before, len(c.people), err)
		}
	}
}

// hold reads a connection to its end: heartbeats, and pings that want an answer.
func (c *crowd) hold(f feed) {
	for {
		if _, err := f.next(); err != nil {
			if !c.over.Load() {
				c.gone.Add(1)
			}
			return
		}
	}
}
