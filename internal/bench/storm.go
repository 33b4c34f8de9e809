package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	stormWriters = 64 // who write the messages that wait
	firstPause   = time.Second
	lastPause    = 16 * time.Second
)

// Storm is everybody coming back at once, as after a network that was down, each with a cursor and one message waiting.
type Storm struct {
	Connections int
	Transport   Transport
	People      *Roll
}

// Run measures.
func (o Storm) Run(ctx context.Context, t *Target, say Say) (Result, error) {
	r := Result{Work: "storm", Setting: fmt.Sprintf("%d × %s", o.Connections, o.Transport), Target: t.Name, latency: new(recorder)}
	if o.Connections < 1 {
		return r, errors.New("a storm needs connections")
	}
	s, err := o.prepare(ctx, t, say)
	if err != nil {
		return r, err
	}
	before, err := t.usage(ctx)
	if err != nil {
		return r, err
	}
	say("%d come back", o.Connections)
	own, start := ownCPU(), time.Now()
	err = s.burst(ctx, t, o.Transport, r.latency)
	took := time.Since(start)
	own = ownCPU() - own
	after, usageErr := t.usage(ctx)
	if err := first(ctx, err, usageErr); err != nil {
		return r, err
	}
	n := float64(o.Connections)
	r.Faults = Faults{Lost: int64(o.Connections) - s.came.Load(), Damaged: s.damaged.Load()}
	r.add("all caught up", "s", took.Seconds())
	r.addLatency("caught up", r.latency)
	r.add("dialled again", "times", float64(s.again.Load()))
	r.add("server CPU", "ms/client", 1e3*(after.cpu-before.cpu)/n)
	r.add("generator CPU", "ms/client", 1e3*own/n)
	(&metered{server: after}).addMemory(&r)
	return r, nil
}

// storm is people who were away, each with a conversation of their own in which one message waits.
type storm struct {
	people  []person
	cursors []string
	places  []uint32
	fill    *filling

	came, damaged, again atomic.Int64
}

func (o Storm) prepare(ctx context.Context, t *Target, say Say) (*storm, error) {
	people, err := o.People.of(ctx, t, o.Connections, say)
	if err != nil {
		return nil, err
	}
	s := &storm{people: people, places: make([]uint32, len(people)), fill: newFilling()}
	writers, err := t.people(ctx, min(stormWriters, len(people)))
	if err != nil {
		return nil, err
	}
	say("opening %d conversations", len(people))
	conversations := make([]string, len(people))
	err = each(ctx, len(people), callers, func(ctx context.Context, i int) (err error) {
		conversations[i], err = t.direct(ctx, t.node(i), writers[i%len(writers)], people[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	if s.cursors, err = t.cursors(ctx, people); err != nil {
		return nil, err
	}
	say("writing %d messages", len(people))
	return s, each(ctx, len(writers), callers, func(ctx context.Context, i int) error {
		return s.write(ctx, t, i, writers, conversations)
	})
}

// write sends the messages of one writer.
func (s *storm) write(ctx context.Context, t *Target, i int, writers []person, conversations []string) error {
	c, err := dial(ctx, t.node(i), writers[i].token, "", pairBuffer)
	if err != nil {
		return err
	}
	defer c.close()
	defer context.AfterFunc(ctx, c.close)()
	for at := i; at < len(conversations); at += len(writers) {
		s.places[at] = uint32(at) //nolint:gosec // a count
		text := newTemplate(s.fill, s.places[at], conversations[at])
		if _, err := c.nc.Write(text.append(nil, c.masks.key(), 0)); err != nil {
			return fmt.Errorf("send: %w", err)
		}
		for acked := false; !acked; {
			f, err := c.next()
			if err == nil {
				err = f.trouble()
			}
			if err != nil {
				return fmt.Errorf("read an acknowledgement: %w", err)
			}
			acked = string(f.op) == "sent"
		}
	}
	return nil
}

// burst has everybody dial at the same moment and read until their message has come.
func (s *storm) burst(ctx context.Context, t *Target, over Transport, rec *recorder) error {
	ctx, cancel := context.WithTimeout(ctx, 2*dialTimeout)
	defer cancel()
	feeds := make([]feed, len(s.people))
	defer func() { // all stay until the last is there, as people do
		for _, f := range feeds {
			if f != nil {
				f.close()
			}
		}
	}()
	g, ctx := errgroup.WithContext(ctx)
	gate := make(chan struct{})
	for i := range s.people {
		g.Go(func() (err error) {
			<-gate
			start := time.Now()
			if feeds[i], err = s.comeBack(ctx, t, over, i); err != nil {
				return err
			}
			err = s.catchUp(ctx, feeds[i], s.places[i])
			rec.add(time.Since(start))
			return err
		})
	}
	close(gate)
	return g.Wait()
}

// comeBack dials, and again after a pause where the machine or the server had no room for one more at that moment, as
// clients do.
func (s *storm) comeBack(ctx context.Context, t *Target, over Transport, i int) (feed, error) {
	for w, pause := (window{start: time.Now()}), firstPause; ; pause *= 2 {
		f, err := openFeed(ctx, over, t.node(i), s.people[i].token, s.cursors[i], idleBuffer)
		if err == nil || ctx.Err() != nil || pause > lastPause {
			return f, err
		}
		s.again.Add(1)
		if until(ctx, w, w.now()+time.Duration((0.5+rand.Float64()/2)*float64(pause))) != nil { //nolint:gosec // jitter
			return nil, err
		}
	}
}

// catchUp reads until the message has come.
func (s *storm) catchUp(ctx context.Context, f feed, place uint32) error {
	defer context.AfterFunc(ctx, f.close)()
	for {
		page, err := f.next()
		if err == nil {
			err = page.trouble()
		}
		if err != nil {
			return fmt.Errorf("read what waits: %w", err)
		}
		for i := range page.messages {
			if n, ok := s.fill.number(page.messages[i].text, place); !ok || n != 0 {
				s.damaged.Add(1)
			}
			s.came.Add(1)
			return nil
		}
	}
}
