package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// errRepeats tells that a batch which was taken for new holds an id that its sender has used before.
var errRepeats = errors.New("a message id of the batch is taken")

// append is the hot path: it numbers and stores a batch's messages and raises its marks with a handful of statements, however
// large the batch. Rules are chat's; this only fetches what they ask about and writes what they decide.
//
// Repeats are rare, so a batch is first taken to have none: nothing is looked up, and if the unique index finds one after
// all, errRepeats has the batch begin again with seek set, which looks for what its ids have stored before.
func (t *Tx) append(ctx context.Context, b *feed.Batch, seek bool) error {
	h := hot{Tx: t, standings: &t.s.known}
	if seek {
		h.prior = map[sent]priorMessage{}
	}
	if err := h.load(ctx, b); err != nil {
		return err
	}
	now := t.s.o.Now()
	for _, send := range b.Sends {
		if err := h.number(ctx, send, now); err != nil {
			return err
		}
	}
	for _, m := range b.Marks {
		h.raise(m, now)
	}
	if err := h.insertMessages(ctx); err != nil {
		return fmt.Errorf("insert messages: %w", err)
	}
	if err := h.updateMembers(ctx); err != nil {
		return fmt.Errorf("update marks: %w", err)
	}
	return nil
}

// hot is the state of one batch.
type hot struct {
	*Tx
	*standings
	moved []*standing           // places whose marks changed, in the order of their first change
	prior map[sent]priorMessage // nil: not looked for
	sends []*feed.Send          // those to insert
}

// sent identifies a message by its sender and the id that the sender gave it.
type sent struct {
	sender id.Person
	id     id.Message
}

type priorMessage struct {
	message   chat.Message
	firstText string
}

func (h *hot) load(ctx context.Context, b *feed.Batch) error {
	var places []chat.Place // those that are not remembered
	add := func(p chat.Place) {
		if _, ok := h.places[p]; !ok {
			h.places[p] = nil
			places = append(places, p)
		}
	}
	for _, s := range b.Sends {
		add(chat.Place{Conversation: s.Draft.Conversation, Person: s.Draft.Sender})
	}
	for _, ms := range b.Marks {
		for _, m := range ms.Marks {
			add(chat.Place{Conversation: m.Conversation, Person: m.Person})
		}
	}
	if err := h.loadPlaces(ctx, places); err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	if h.prior == nil {
		return nil
	}
	if err := h.loadPrior(ctx, b.Sends); err != nil {
		return fmt.Errorf("read earlier sends: %w", err)
	}
	return nil
}

func (h *hot) loadPlaces(ctx context.Context, places []chat.Place) error {
	if len(places) == 0 {
		return nil
	}
	set := newSet(2, len(places))
	for _, p := range places {
		set.add(p.Conversation, p.Person)
	}
	rows, err := h.QueryContext(ctx, h.set(placesQuery, set.rows(), 2), set.padded()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var last int64
		m, err := scanMember(rows, &last)
		if err != nil {
			return err
		}
		h.places[chat.Place{Conversation: m.Conversation, Person: m.Person}] = &standing{Member: m}
		h.last[m.Conversation] = last
	}
	return rows.Err()
}

const placesQuery = `SELECT ` + memberColumns + `, COALESCE((SELECT MAX(x.seq) FROM messages x WHERE x.conversation = m.conversation), 0)
	FROM (VALUES {set}) AS d JOIN members m ON m.conversation = d.column1 AND m.person = d.column2`

// loadPrior finds the messages that a send of the batch repeats.
func (h *hot) loadPrior(ctx context.Context, sends []*feed.Send) error {
	if len(sends) == 0 {
		return nil
	}
	set := newSet(2, len(sends))
	for _, s := range sends {
		set.add(s.Draft.ID, s.Draft.Sender)
	}
	found, err := collect(ctx, h, scanMessage, h.set(priorQuery, set.rows(), 2), set.padded()...)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := h.addPrior(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

const priorQuery = `SELECT ` + messageColumns + ` FROM (VALUES {set}) AS d
	JOIN messages m ON m.id = d.column1 AND m.sender = d.column2`

func (h *hot) addPrior(ctx context.Context, f sealedMessage) error {
	first := f.body
	if !f.CorrectedAt.IsZero() {
		err := h.QueryRowContext(ctx, `SELECT body FROM revisions WHERE conversation = ? AND seq = ? AND n = 0`,
			f.Conversation, f.Seq).Scan(&first)
		if err != nil {
			return err
		}
	}
	text, err := h.s.text(ctx, h, &f.Message, first)
	if err != nil {
		return err
	}
	err = h.s.reveal(ctx, h, &f.Message, f.body)
	h.prior[sent{f.Sender, f.ID}] = priorMessage{message: f.Message, firstText: text}
	return err
}

// number decides about one send; only a broken database is an error of the batch.
func (h *hot) number(ctx context.Context, send *feed.Send, now time.Time) error {
	d := send.Draft
	if p, ok := h.prior[sent{d.Sender, d.ID}]; ok {
		return h.repeat(ctx, send, p, now)
	}
	place := h.places[chat.Place{Conversation: d.Conversation, Person: d.Sender}]
	if place == nil {
		place = &standing{}
	}
	m, err := chat.Number(d, chat.Standing{Member: place.Member, LastSeq: h.last[d.Conversation]}, now)
	if err != nil && h.prior == nil {
		return errRepeats // a sender who may no longer write is still told what their repeat had stored
	}
	if err != nil {
		send.Err = err
		return nil
	}
	m.Version = h.next()
	send.Message = m
	h.last[d.Conversation] = m.Seq
	if h.prior != nil {
		h.prior[sent{d.Sender, d.ID}] = priorMessage{m, m.Text}
	}
	h.sends = append(h.sends, send)
	h.commit.Messages = append(h.commit.Messages, m)
	place.Read, place.Delivered = m.Seq, m.Seq // told by the message itself, so the member's version stays
	h.move(place)
	return nil
}

// repeat answers a send that was stored before, in this batch or ever; also to a sender who may no longer write, as the
// message is theirs, but not to one who may no longer read.
func (h *hot) repeat(ctx context.Context, send *feed.Send, p priorMessage, now time.Time) error {
	if send.Err = chat.Repeat(send.Draft, p.message, p.firstText); send.Err != nil {
		return nil
	}
	place := h.places[chat.Place{Conversation: send.Draft.Conversation, Person: send.Draft.Sender}]
	if place == nil {
		place = &standing{}
	}
	if send.Err = chat.MayRead(place.Member, now); send.Err == nil {
		send.Message, send.Repeated = p.message, true
	}
	return nil
}

func (h *hot) move(p *standing) {
	if !p.moved {
		p.moved = true
		h.moved = append(h.moved, p)
	}
}

// raise applies one set of marks, all or none.
func (h *hot) raise(marking *feed.Marking, now time.Time) {
	type raised struct {
		place           *standing
		read, delivered int64
	}
	var all []raised
	for _, m := range marking.Marks {
		place := h.places[chat.Place{Conversation: m.Conversation, Person: m.Person}]
		if place == nil {
			place = &standing{}
		}
		read, delivered, changed, err := chat.Raise(m, chat.Standing{Member: place.Member, LastSeq: h.last[m.Conversation]}, now)
		if err != nil && marking.Lenient {
			continue
		}
		if err != nil {
			marking.Err = err
			return
		}
		if changed {
			all = append(all, raised{place, read, delivered})
		}
	}
	for _, r := range all {
		r.place.Read, r.place.Delivered, r.place.Version = max(r.place.Read, r.read), max(r.place.Delivered, r.delivered), h.next()
		h.commit.Members = append(h.commit.Members, r.place.Member)
		r.place.told = true
		h.move(r.place)
	}
}
