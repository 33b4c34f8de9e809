package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
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
		if err := q.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&head); err != nil || head <= after {
			return err
		}
		changed, err := s.changed(ctx, q, person, after, head)
		if err != nil {
			return err
		}
		window := int64(firstWindow)
		for from := after; len(changed) > 0 && from < head && len(entries) <= limit; window *= windowGrowth {
			to := head
			if head-from > window {
				to = from + window
			}
			part, err := s.between(ctx, q, person, changed, from, to, limit+1-len(entries))
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

// between lists up to limit entries of the changed conversations with from < version <= to.
func (s *Store) between(ctx context.Context, q querier, person id.Person, changed []spot, from, to int64, limit int) ([]feed.Entry, error) {
	n := news{s: s, q: q, person: person, from: from, to: to, limit: limit}
	for some := range slices.Chunk(changed, setAtOnce) {
		if err := n.add(ctx, some); err != nil {
			return nil, err
		}
	}
	return n.found, nil
}

// news is what is found set by set, the oldest first.
type news struct {
	s        *Store
	q        querier
	person   id.Person
	from, to int64
	limit    int
	found    []feed.Entry
}

// add looks in some conversations.
func (n *news) add(ctx context.Context, some []spot) error {
	var seen []id.Conversation
	live, all := newSet(1, len(some)), newSet(2, len(some))
	for _, c := range some {
		all.add(c.conversation, c.live)
		if c.live {
			live.add(c.conversation)
			seen = append(seen, c.conversation)
		}
	}
	err := collectInto(ctx, n.q, &n.found, scanMemberNews, n.q.set(memberNewsQuery, all.rows(), 2),
		append(all.padded(), n.from, n.to, n.person, chat.QuietAbove, n.limit)...)
	if err == nil && len(seen) > 0 {
		err = collectInto(ctx, n.q, &n.found, scanOther, n.q.set(otherNewsQuery, live.rows(), 1),
			append(live.padded(), n.from, n.to, n.from, n.to, n.limit)...)
		if err == nil {
			err = n.addMessages(ctx, seen)
		}
	}
	slices.SortFunc(n.found, func(a, b feed.Entry) int { return cmp.Compare(a.Version, b.Version) })
	if len(n.found) > n.limit {
		n.found = n.found[:n.limit]
		n.to = n.found[n.limit-1].Version
	}
	return err
}

// addMessages adds the messages up to the limit-th, in any order. Where they may be more, it asks first which conversations
// those are in and how far they go: to sort only that in the database costs half of what sorting the messages there does.
func (n *news) addMessages(ctx context.Context, in []id.Conversation) error {
	to := n.to
	if to-n.from > int64(n.limit) {
		some, err := collectSet(ctx, n.q, func(r row) (c id.Conversation, err error) { return c, r.Scan(&to, &c) },
			newsPlacesQuery, in, n.from, to, n.from, to, n.from, to, n.limit)
		if err != nil {
			return err
		}
		in = distinct(some)
	}
	if err := n.s.load(ctx, n.q, in); err != nil {
		return err
	}
	return collectSetInto(ctx, n.q, &n.found, n.s.scanNews(ctx, n.q), newsQuery, in, n.from, to, n.from, to, n.from, to)
}

// scanNews scans messages and opens them on the way, which saves keeping what is sealed.
func (s *Store) scanNews(ctx context.Context, q querier) func(row) (feed.Entry, error) {
	var body sql.RawBytes
	return func(r row) (feed.Entry, error) {
		m := new(chat.Message)
		err := scanSealed(r, m, &body)
		if err == nil {
			err = s.reveal(ctx, q, m, body)
		}
		return feed.Entry{Version: m.Version, Conversation: m.Conversation, Message: m}, err
	}
}

const (
	// sentNews and changedNews find messages by version: those that are as they were sent, which stand in their conversation in
	// the order of their versions, so that an entry for every sixteenth (messages_stride) leads to where they begin and end; and
	// those that were changed, by an index of their own. CROSS JOIN keeps SQLite from looking through messages first.
	sentNews = ` FROM d CROSS JOIN messages m WHERE m.conversation = d.conversation
	AND m.seq > COALESCE((SELECT x.seq FROM messages x WHERE x.conversation = d.conversation AND x.seq % 16 = 0
		AND x.sent_version <= ? ORDER BY x.sent_version DESC LIMIT 1), 0)
	AND m.seq < COALESCE((SELECT x.seq FROM messages x WHERE x.conversation = d.conversation AND x.seq % 16 = 0
		AND x.sent_version > ? ORDER BY x.sent_version LIMIT 1), 9223372036854775807)
	AND m.version > ? AND m.version <= ? AND m.version = m.sent_version`
	changedNews = ` FROM d CROSS JOIN messages m WHERE m.conversation = d.conversation
	AND m.version > ? AND m.version <= ? AND m.version > m.sent_version`

	newsQuery       = `WITH d (conversation) AS (VALUES {set}) SELECT ` + messageColumns + sentNews + ` UNION ALL SELECT ` + messageColumns + changedNews
	newsPlacesQuery = `WITH d (conversation) AS (VALUES {set}) SELECT m.version, m.conversation` + sentNews +
		` UNION ALL SELECT m.version, m.conversation` + changedNews + ` ORDER BY 1 LIMIT ?`

	// memberNewsQuery tells one's own place also when it is lost, which is how a device learns that it is.
	memberNewsQuery = `SELECT ` + memberColumns + `, ` + profileColumns + ` FROM (VALUES {set}) AS d CROSS JOIN members m
	JOIN conversations c ON c.id = m.conversation JOIN people p ON p.id = m.person
	WHERE m.conversation = d.column1 AND m.version > ? AND m.version <= ?
	AND (m.person = ? OR c.size <= ? AND d.column2) ORDER BY m.version LIMIT ?`

	otherNewsQuery = `WITH d (conversation) AS (VALUES {set}) SELECT c.version, c.id, NULL FROM d CROSS JOIN conversations c
	WHERE c.id = d.conversation AND c.version > ? AND c.version <= ?
	UNION ALL SELECT t.version, c.id, t.id FROM d CROSS JOIN conversations c JOIN patients t ON t.id = c.patient
	WHERE c.id = d.conversation AND t.version > ? AND t.version <= ? ORDER BY 1 LIMIT ?`
)

func scanMemberNews(r row) (feed.Entry, error) {
	m, err := scanMemberView(r)
	return feed.Entry{Version: m.Version, Conversation: m.Conversation, Member: &m}, err
}

func scanOther(r row) (feed.Entry, error) {
	var e feed.Entry
	return e, r.Scan(&e.Version, &e.Conversation, &e.Patient)
}

// fillViews adds to the entries about conversations what the reader sees of them.
func (s *Store) fillViews(ctx context.Context, q querier, person id.Person, entries []feed.Entry) error {
	var about []*feed.Entry
	var conversations []id.Conversation
	for i := range entries {
		if e := &entries[i]; e.Message == nil && e.Member == nil && e.Patient.IsZero() {
			about, conversations = append(about, e), append(conversations, e.Conversation)
		}
	}
	views, err := s.views(ctx, q, conversations, person)
	if err != nil {
		return err
	}
	if len(views) != len(about) {
		return fmt.Errorf("%d of %d conversations are there", len(views), len(about))
	}
	for i := range about {
		about[i].View = &views[i]
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
