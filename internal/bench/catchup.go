package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// CatchUp is one person who was away while many wrote.
type CatchUp struct {
	Messages      int // waiting, in all
	Conversations int // they are in
	Transports    []Transport
	Times         int // each; the median counts
}

// Run measures.
func (o CatchUp) Run(ctx context.Context, t *Target, say Say) (Result, error) {
	r := Result{Work: "catchup", Setting: fmt.Sprintf("%d in %d", o.Messages, o.Conversations), Target: t.Name, latency: new(recorder)}
	if o.Messages < 1 || o.Conversations < 1 || o.Times < 1 {
		return r, errors.New("catching up needs messages, conversations and times")
	}
	a, err := o.prepare(ctx, t, say)
	if err != nil {
		return r, err
	}
	for _, over := range o.Transports {
		say("catching up over %s", over)
		var firsts, alls []float64
		before, err := t.usage(ctx)
		if err != nil {
			return r, err
		}
		for range o.Times {
			began, took, err := a.catchUp(ctx, t, over)
			if err != nil {
				return r, fmt.Errorf("%s: %w", over, err)
			}
			firsts, alls = append(firsts, began.Seconds()*1000), append(alls, took.Seconds()*1000)
			r.latency.add(took)
		}
		after, err := t.usage(ctx)
		if err != nil {
			return r, err
		}
		r.add(string(over)+" first", "ms", median(firsts))
		r.add(string(over)+" all", "ms", median(alls))
		r.add(string(over)+" server CPU", "ms", 1000*(after.cpu-before.cpu)/float64(o.Times))
	}
	r.Faults = a.faults
	return r, nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// absent is somebody who was away, and what waits for them.
type absent struct {
	person person
	cursor string
	fill   *filling
	places map[string]uint32 // by conversation
	counts []int             // messages in each place
	total  int
	faults Faults
}

func (o CatchUp) prepare(ctx context.Context, t *Target, say Say) (*absent, error) {
	say("making %d people", o.Conversations+1)
	people, err := t.people(ctx, o.Conversations+1)
	if err != nil {
		return nil, err
	}
	a := &absent{person: people[0], fill: newFilling(), places: map[string]uint32{}, counts: make([]int, o.Conversations), total: o.Messages}
	conversations := make([]string, o.Conversations)
	err = each(ctx, o.Conversations, callers, func(ctx context.Context, i int) (err error) {
		conversations[i], err = t.direct(ctx, t.node(i), people[1+i], a.person)
		return err
	})
	if err != nil {
		return nil, err
	}
	present, err := dial(ctx, t.node(0), a.person.token, "", idleBuffer)
	if err != nil {
		return nil, err
	}
	a.cursor = present.ready
	present.close()
	for i, c := range conversations {
		a.places[c] = uint32(i)
		a.counts[i] = o.Messages / o.Conversations
		if i < o.Messages%o.Conversations {
			a.counts[i]++
		}
	}
	say("writing %d messages", o.Messages)
	return a, each(ctx, o.Conversations, callers, func(ctx context.Context, i int) error {
		return write(ctx, t, i, people[1+i], newTemplate(a.fill, uint32(i), conversations[i]), a.counts[i]) //nolint:gosec // a count
	})
}

// write sends the first n messages of a template and waits until they are acknowledged.
func write(ctx context.Context, t *Target, node int, who person, text *template, n int) error {
	const atOnce = 64
	c, err := dial(ctx, t.node(node), who.token, "", pairBuffer)
	if err != nil {
		return err
	}
	defer c.close()
	defer context.AfterFunc(ctx, c.close)()
	for sent, acked := 0, 0; acked < n; {
		if sent == acked {
			var out []byte
			for ; sent < min(n, acked+atOnce); sent++ {
				out = text.append(out, c.masks.key(), int64(sent))
			}
			if _, err := c.nc.Write(out); err != nil {
				return fmt.Errorf("send: %w", err)
			}
		}
		f, err := c.next()
		if err != nil {
			return fmt.Errorf("read acknowledgements: %w", err)
		}
		if err := f.trouble(); err != nil {
			return err
		}
		if string(f.op) == "sent" {
			acked++
		}
	}
	return nil
}

// catchUp dials and reads until all that waits has come: how long to the first message, and to the last.
func (a *absent) catchUp(ctx context.Context, t *Target, over Transport) (began, took time.Duration, err error) {
	ledgers := make([]ledger, len(a.counts))
	for i := range ledgers {
		ledgers[i] = ledger{fill: a.fill, place: uint32(i)}
	}
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	start := time.Now()
	f, err := openFeed(ctx, over, t.node(0), a.person.token, a.cursor, 64<<10)
	if err != nil {
		return 0, 0, err
	}
	defer f.close()
	defer context.AfterFunc(ctx, f.close)()
	for came := 0; came < a.total; {
		page, err := f.next()
		if err == nil {
			err = page.trouble()
		}
		if err != nil {
			return 0, 0, fmt.Errorf("%d of %d came: %w", came, a.total, err)
		}
		if came == 0 && len(page.messages) > 0 {
			began = time.Since(start)
		}
		for i := range page.messages {
			m := &page.messages[i]
			place, ok := a.places[string(m.conversation)]
			if !ok {
				a.faults.Damaged++
				continue
			}
			if _, fresh := ledgers[place].take(m); fresh {
				came++
			}
		}
	}
	took = time.Since(start)
	for i := range ledgers {
		a.faults.Add(ledgers[i].end(int64(a.counts[i])))
	}
	return began, took, nil
}
