package store

import (
	"context"

	"kinward/internal/id"
)

// spot is a conversation in which a person has or had a place.
type spot struct {
	conversation id.Conversation
	live         bool // they may see it at this moment
}

func scanSpot(r row) (p spot, err error) { return p, r.Scan(&p.conversation, &p.live) }

// setAtOnce bounds the set of one reading statement.
const setAtOnce = 1024

// fewAtAll is how many conversations are asked about without a look at how many the person has.
const fewAtAll = 32

// changed finds those of a person's conversations in which something has a version after the given one, and maybe others. It
// asks about the ones that changed lately, if those are known and few; else about each of the person's.
func (s *Store) changed(ctx context.Context, q querier, person id.Person, after, head int64) ([]spot, error) {
	now := s.o.Now().UnixMilli()
	lately, known, err := s.lately(ctx, q, person, after, head)
	if err != nil {
		return nil, err
	}
	if !known {
		return collect(ctx, q, scanSpot, changedQuery, now, person, after, after, after, after, after)
	}
	if len(lately) == 0 {
		return nil, nil
	}
	set := newSet(1, len(lately))
	for _, c := range lately {
		set.add(c)
	}
	args := append([]any{now}, set.padded()...)
	return collect(ctx, q, scanSpot, q.set(spotsQuery, set.rows(), 1), append(args, person)...)
}

// lately lists the conversations, of whomever, in which something has a version after the given one, and maybe others; known
// is false where that is not remembered, or where they are more than those of the person.
func (s *Store) lately(ctx context.Context, q querier, person id.Person, after, head int64) (all []id.Conversation, known bool, err error) {
	all, known = s.recent.since(after, head, setAtOnce)
	if known && len(all) > fewAtAll {
		var own int
		err = q.QueryRowContext(ctx, ownQuery, person, len(all)).Scan(&own)
		known = own == len(all)
	}
	return all, known, err
}

const (
	ownQuery = `SELECT COUNT(*) FROM (SELECT 1 FROM members WHERE person = ? LIMIT ?) AS own`

	spotsQuery = `SELECT me.conversation, ` + liveMember + ` FROM (VALUES {set}) AS d CROSS JOIN members me
	WHERE me.conversation = d.column1 AND me.person = ?`

	// changedQuery asks five short questions about each place: of the conversation itself, its last message, its changed
	// messages, its members and its patient. The row of the place is read only where one is answered.
	changedQuery = `SELECT me.conversation, ` + liveMember + ` FROM members own
	CROSS JOIN conversations c CROSS JOIN members me
	WHERE own.person = ? AND c.id = own.conversation AND (c.version > ?
		OR (SELECT x.sent_version FROM messages x WHERE x.conversation = c.id ORDER BY x.seq DESC LIMIT 1) > ?
		OR EXISTS (SELECT 1 FROM members m WHERE m.conversation = c.id AND m.version > ?)
		OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation = c.id AND m.version > ? AND m.version > m.sent_version)
		OR EXISTS (SELECT 1 FROM patients t WHERE t.id = c.patient AND t.version > ?))
	AND me.conversation = own.conversation AND me.person = own.person`
)
