package store

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"kinward/internal/chat"
	"kinward/internal/id"
)

// Readers that keep no cursor of their own (the protocols under /legacy) have it kept here: for each direct conversation the
// seq up to which they have been told. A seq and not a version, because a correction moves a message's version: only the
// seq tells whether what was corrected had been told before. In the table the name is the reader's and the conversation's,
// and the version is that seq.

const (
	// behindAtOnce bounds the set of conversations of one query.
	behindAtOnce = 1024
	// passAfter is how many messages that are not to be told (one's own, retracted ones) may pile up before they are passed:
	// fewer cost less to look through at each poll than to write down.
	passAfter = 256
)

// Told is how far a reader has been told a person's direct conversations. Those that are missing have not begun.
func (s *Store) Told(ctx context.Context, person id.Person, reader string) (map[id.Conversation]int64, error) {
	told := map[id.Conversation]int64{}
	err := s.single(ctx, func(q querier) error {
		_, err := collect(ctx, q, func(r row) (struct{}, error) {
			var name string
			var seq int64
			if err := r.Scan(&name, &seq); err != nil {
				return struct{}{}, err
			}
			c, err := id.Parse[id.Conversation](strings.TrimPrefix(name, reader+" "))
			told[c] = seq
			return struct{}{}, err
		}, `SELECT name, version FROM cursors WHERE person = ? AND name LIKE ?`, person, reader+" %")
		return err
	})
	return told, s.wrap("read cursors", err)
}

// RaiseTold notes how far a reader has been told. It only ever rises, whoever else writes it down at the same time, and
// claims no version: nobody else is told of it.
func (s *Store) RaiseTold(ctx context.Context, person id.Person, reader string, told map[id.Conversation]int64) error {
	return s.write(ctx, func(c *session) error {
		for conversation, seq := range told {
			_, err := c.ExecContext(ctx, `INSERT INTO cursors (person, name, version) VALUES (?, ?, ?)
				ON CONFLICT (person, name) DO UPDATE SET version = excluded.version WHERE cursors.version < excluded.version`,
				person, reader+" "+conversation.String(), seq)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Untold lists what others wrote in a person's direct conversations beyond told, oldest first, up to limit messages of each
// conversation and in all. A message comes in its present text; retracted ones are left out. Within a conversation the order
// is that of seq, always, so that a reader which raises told to each message's seq misses none. passed are ends of
// conversations where nothing is to be told and to which told may be raised, which keeps the next call cheap.
func (s *Store) Untold(ctx context.Context, person id.Person, told map[id.Conversation]int64, limit int) (messages []chat.Message, passed map[id.Conversation]int64, err error) {
	err = s.read(ctx, func(q querier) error {
		behind, err := s.behind(ctx, q, person, told)
		if err != nil {
			return err
		}
		rows, err := untold(ctx, q, person, told, behind, limit)
		if err != nil {
			return err
		}
		passed = passing(told, behind, rows)
		rows = inOrder(rows)
		messages, err = s.openAll(ctx, q, rows[:min(len(rows), limit)])
		return err
	})
	return messages, passed, err
}

// extent is how many messages a conversation has.
type extent struct {
	conversation id.Conversation
	last         int64
}

// behind lists the direct conversations of a person that go on beyond told.
func (s *Store) behind(ctx context.Context, q querier, person id.Person, told map[id.Conversation]int64) ([]extent, error) {
	all, err := collect(ctx, q, func(r row) (e extent, err error) { return e, r.Scan(&e.conversation, &e.last) },
		`SELECT c.id, COALESCE((SELECT MAX(x.seq) FROM messages x WHERE x.conversation = c.id), 0)
		FROM members me JOIN conversations c ON c.id = me.conversation AND c.kind = 'direct'
		WHERE me.person = ? AND `+liveMember, person, s.o.Now().UnixMilli())
	return slices.DeleteFunc(all, func(e extent) bool { return e.last <= told[e.conversation] }), err
}

func untold(ctx context.Context, q querier, person id.Person, told map[id.Conversation]int64, behind []extent, limit int) (rows []sealedMessage, err error) {
	for some := range slices.Chunk(behind, behindAtOnce) {
		set := newSet(2, len(some))
		for _, e := range some {
			set.add(e.conversation, told[e.conversation])
		}
		part, err := collect(ctx, q, scanMessage, q.set(untoldQuery, set.rows(), 2), append(set.padded(), person, limit)...)
		if err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	return rows, nil
}

// CROSS JOIN keeps SQLite from looking through messages first.
const untoldQuery = `SELECT ` + messageColumns + ` FROM (VALUES {set}) AS d CROSS JOIN messages m
	WHERE m.conversation = d.column1 AND m.seq IN (
		SELECT x.seq FROM messages x WHERE x.conversation = d.column1 AND x.seq > d.column2 AND x.sender <> ? AND x.retracted_at IS NULL
		ORDER BY x.seq LIMIT ?)`

// passing finds the conversations of which nothing is to be told and much lies behind told.
func passing(told map[id.Conversation]int64, behind []extent, rows []sealedMessage) map[id.Conversation]int64 {
	found := map[id.Conversation]bool{}
	for i := range rows {
		found[rows[i].Conversation] = true
	}
	passed := map[id.Conversation]int64{}
	for _, e := range behind {
		if !found[e.conversation] && e.last-told[e.conversation] >= passAfter {
			passed[e.conversation] = e.last
		}
	}
	return passed
}

// inOrder sorts messages by version, but none before an earlier one of its conversation: one whose version was moved up by a
// correction takes the place of the message that follows it.
func inOrder(rows []sealedMessage) []sealedMessage {
	slices.SortFunc(rows, func(a, b sealedMessage) int {
		return cmp.Or(bytes.Compare(a.Conversation[:], b.Conversation[:]), cmp.Compare(a.Seq, b.Seq))
	})
	order, place := make([]int, len(rows)), make([]int64, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		order[i], place[i] = i, rows[i].Version
		if i+1 < len(rows) && rows[i+1].Conversation == rows[i].Conversation {
			place[i] = min(place[i], place[i+1])
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(place[i], place[j]) })
	out := make([]sealedMessage, len(rows))
	for n, i := range order {
		out[n] = rows[i]
	}
	return out
}
