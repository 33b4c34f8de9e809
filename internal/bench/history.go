package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// History is somebody who scrolls back through a long conversation.
type History struct {
	Messages int
	Page     int
}

// Run measures.
func (o History) Run(ctx context.Context, t *Target, say Say) (Result, error) {
	r := Result{Work: "history", Setting: fmt.Sprintf("%d in pages of %d", o.Messages, o.Page), Target: t.Name, latency: new(recorder)}
	if o.Messages < 1 || o.Page < 1 {
		return r, errors.New("a history needs messages and pages")
	}
	people, err := t.people(ctx, 2)
	if err != nil {
		return r, err
	}
	conversation, err := t.direct(ctx, t.node(0), people[0], people[1])
	if err != nil {
		return r, err
	}
	fill := newFilling()
	say("writing %d messages", o.Messages)
	if err := write(ctx, t, 0, people[0], newTemplate(fill, 0, conversation), o.Messages); err != nil {
		return r, err
	}
	say("paging back")
	before, err := t.usage(ctx)
	if err != nil {
		return r, err
	}
	took, faults, err := o.pageBack(ctx, t, people[1], conversation, fill, r.latency)
	if err != nil {
		return r, err
	}
	after, err := t.usage(ctx)
	if err != nil {
		return r, err
	}
	r.Faults = faults
	tenth := (len(took) + 9) / 10
	r.add("newest tenth", "ms/page", median(took[:tenth:tenth]))
	r.add("oldest tenth", "ms/page", median(took[len(took)-tenth:]))
	r.addLatency("page", r.latency)
	r.add("server CPU", "ms/page", 1e3*(after.cpu-before.cpu)/float64(len(took)))
	return r, nil
}

// pageBack reads from the newest page to the oldest and returns what each took, in milliseconds.
func (o History) pageBack(ctx context.Context, t *Target, who person, conversation string, fill *filling, rec *recorder) (took []float64, faults Faults, err error) {
	type row struct {
		Seq  int64
		Text string
	}
	next := int64(o.Messages) // the seq that should come next, going down
	path := "/conversations/" + conversation + "/messages?limit=" + strconv.Itoa(o.Page)
	for before := ""; ; {
		var page struct {
			Messages []row
			More     bool
		}
		start := time.Now()
		if err := t.call(ctx, t.node(0), who.token, http.MethodGet, path+before, nil, &page); err != nil {
			return nil, faults, err
		}
		d := time.Since(start)
		rec.add(d)
		took = append(took, d.Seconds()*1000)
		for i := len(page.Messages) - 1; i >= 0; i-- {
			m := page.Messages[i]
			if n, ok := fill.number([]byte(m.Text), 0); !ok || n != m.Seq-1 {
				faults.Damaged++
			}
			if m.Seq != next {
				faults.Misnumbered++
			}
			next = m.Seq - 1
		}
		if !page.More || len(page.Messages) == 0 {
			faults.Lost += next
			return took, faults, nil
		}
		before = "&before=" + strconv.FormatInt(page.Messages[0].Seq, 10)
	}
}
