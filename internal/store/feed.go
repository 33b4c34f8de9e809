package store

import (
	"context"
	"slices"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// firstWindow and its growth bound the work of one page: versions are looked through in windows that widen until the page
// is full or the head is reached, so that a page costs what it holds and not what lies behind it.
const (
	firstWindow  = 4096
	windowGrowth = 8
)

// Since implements feed.Store.
func (s *Store) Since(ctx context.Context, person id.Person, after int64, limit int) (entries []feed.Entry, head int64, more bool, err error) {
	err = s.read(ctx, func(q querier) error {
		if err := q.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&head); err != nil {
			return err
		}
		window := int64(firstWindow)
		for from := after; from < head && len(entries) <= limit; window *= windowGrowth {
			to := head
			if head-from > window {
				to = from + window
			}
			part, err := s.between(ctx, q, person, from, to, limit+1-len(entries))
			if err != nil {
				return err
			}
			entries = append(entries, part...)
			from = to
		}
		if more = len(entries) > limit; more {
			entries = entries[:limit]
		}
		return s.fillViews(ctx, q, person, entries)
	})
	return entries, head, more, err
}

// between lists up to limit entries with from < version <= to.
func (s *Store) between(ctx context.Context, q querier, person id.Person, from, to int64, limit int) ([]feed.Entry, error) {
	now := s.o.Now().UnixMilli()
	rows, err := collect(ctx, q, scanMessage, newsQuery, from, to, from, to, person, now, from, to, person, now, limit)
	if err != nil {
		return nil, err
	}
	entries := make([]feed.Entry, 0, len(rows))
	messages := make([]chat.Message, len(rows))
	for i, r := range rows {
		if messages[i], err = s.reveal(ctx, q, r); err != nil {
			return nil, err
		}
		entries = append(entries, feed.Entry{Version: r.Version, Conversation: r.Conversation, Message: &messages[i]})
	}
	// One's own place is told even when it is lost, which is how a device learns that it is.
	members, err := collect(ctx, q, scanMemberView, `SELECT `+memberColumns+`, `+profileColumns+` FROM members me
		JOIN members m ON m.conversation = me.conversation AND m.version > ? AND m.version <= ?
		JOIN conversations c ON c.id = m.conversation JOIN people p ON p.id = m.person
		WHERE me.person = ? AND (m.person = me.person OR c.size <= ? AND `+liveMember+`) ORDER BY m.version LIMIT ?`,
		from, to, person, chat.QuietAbove, now, limit)
	if err != nil {
		return nil, err
	}
	for i := range members {
		entries = append(entries, feed.Entry{Version: members[i].Version, Conversation: members[i].Conversation, Member: &members[i]})
	}
	others, err := collect(ctx, q, scanOther, `SELECT c.version, c.id, NULL FROM members me
		JOIN conversations c ON c.id = me.conversation AND c.version > ? AND c.version <= ?
		WHERE me.person = ? AND `+liveMember+`
		UNION ALL SELECT t.version, c.id, t.id FROM members me
		JOIN conversations c ON c.id = me.conversation
		JOIN patients t ON t.id = c.patient AND t.version > ? AND t.version <= ?
		WHERE me.person = ? AND `+liveMember+` ORDER BY 1 LIMIT ?`, from, to, person, now, from, to, person, now, limit)
	if err != nil {
		return nil, err
	}
	entries = append(entries, others...)
	slices.SortFunc(entries, func(a, b feed.Entry) int { return int(a.Version - b.Version) })
	return entries[:min(len(entries), limit)], nil
}

// newsQuery finds a person's messages by version: those that are as they were sent, which stand in their conversation in the
// order of their versions, so that an entry for every sixteenth (messages_stride) leads to where they begin and end; and
// those that were changed, by an index of their own. CROSS JOIN keeps SQLite from looking through messages first.
const newsQuery = `SELECT ` + messageColumns + ` FROM members me CROSS JOIN messages m ON m.conversation = me.conversation
	AND m.seq > COALESCE((SELECT x.seq FROM messages x WHERE x.conversation = me.conversation AND x.seq % 16 = 0
		AND x.sent_version <= ? ORDER BY x.sent_version DESC LIMIT 1), 0)
	AND m.seq < COALESCE((SELECT x.seq FROM messages x WHERE x.conversation = me.conversation AND x.seq % 16 = 0
		AND x.sent_version > ? ORDER BY x.sent_version LIMIT 1), 9223372036854775807)
	AND m.version > ? AND m.version <= ? AND m.version = m.sent_version
	WHERE me.person = ? AND ` + liveMember + `
	UNION ALL SELECT ` + messageColumns + ` FROM members me CROSS JOIN messages m ON m.conversation = me.conversation
	AND m.version > ? AND m.version <= ? AND m.version > m.sent_version
	WHERE me.person = ? AND ` + liveMember + ` ORDER BY 11 LIMIT ?`

func scanOther(r row) (feed.Entry, error) {
	var e feed.Entry
	return e, r.Scan(&e.Version, &e.Conversation, &e.Patient)
}

// fillViews adds to the entries about conversations what the reader sees of them.
func (s *Store) fillViews(ctx context.Context, q querier, person id.Person, entries []feed.Entry) error {
	for i := range entries {
		e := &entries[i]
		if e.Message != nil || e.Member != nil || !e.Patient.IsZero() {
			continue
		}
		c, err := scanConversation(q.QueryRowContext(ctx, `SELECT `+conversationColumns+` FROM conversations c WHERE c.id = ?`, e.Conversation))
		if err != nil {
			return err
		}
		v, err := s.view(ctx, q, c, person)
		if err != nil {
			return err
		}
		e.View = &v
	}
	return nil
}

// Places implements feed.Store.
func (s *Store) Places(ctx context.Context, person id.Person, limit int) (out []id.Conversation, err error) {
	err = s.read(ctx, func(q querier) error {
		out, err = collect(ctx, q, func(r row) (id.Conversation, error) {
			var c id.Conversation
			return c, r.Scan(&c)
		}, `SELECT conversation FROM members WHERE person = ? AND state = 'active' LIMIT ?`, person, limit)
		return err
	})
	return out, err
}

// EndedSessions finds those of the sessions that are no more, or whose person's account is closed.
func (s *Store) EndedSessions(ctx context.Context, sessions []id.Session) (ended []id.Session, err error) {
	const atOnce = 1024
	for len(sessions) > 0 && err == nil {
		n := min(len(sessions), atOnce)
		set := newSet(1, n)
		for _, v := range sessions[:n] {
			set.add(v)
		}
		sessions = sessions[n:]
		err = s.read(ctx, func(q querier) error {
			part, err := collect(ctx, q, func(r row) (id.Session, error) {
				var v id.Session
				return v, r.Scan(&v)
			}, q.set(endedQuery, set.rows(), 1), set.padded()...)
			ended = append(ended, part...)
			return err
		})
	}
	return ended, err
}

const endedQuery = `SELECT d.column1 FROM (VALUES {set}) AS d WHERE d.column1 IS NOT NULL AND NOT EXISTS (
	SELECT 1 FROM sessions s JOIN people p ON p.id = s.person AND p.disabled_at IS NULL WHERE s.id = d.column1)`
