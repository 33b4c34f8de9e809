package store

import (
	"bytes"
	"context"
	"slices"
	"time"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
)

const (
	conversationColumns = `c.id, c.kind, c.title, c.patient, c.creator, c.created_at, c.version`
	memberColumns       = `m.conversation, m.person, m.state, m.read_only, m.until_at, m.read, m.delivered, m.version`
	profileColumns      = `p.id, p.kind, p.name, p.role`
	// liveMember is the SQL half of chat.Member.Live, for finding conversations; its argument is the time now.
	liveMember = `me.state = 'active' AND (me.until_at IS NULL OR me.until_at > ?)`
)

func scanConversation(r row, more ...any) (chat.Conversation, error) {
	var c chat.Conversation
	err := r.Scan(append([]any{&c.ID, (*string)(&c.Kind), &c.Title, &c.Patient, &c.Creator, at{&c.CreatedAt}, &c.Version}, more...)...)
	return c, err
}

func scanMember(r row, more ...any) (chat.Member, error) {
	var m chat.Member
	err := r.Scan(append([]any{&m.Conversation, &m.Person, (*string)(&m.State), &m.ReadOnly, at{&m.Until}, &m.Read, &m.Delivered, &m.Version}, more...)...)
	return m, err
}

func scanMemberView(r row) (chat.MemberView, error) {
	var v chat.MemberView
	var err error
	p := &v.Profile
	v.Member, err = scanMember(r, &p.ID, (*string)(&p.Kind), &p.Name, &p.Role)
	return v, err
}

// Member implements chat.Store.
func (s *Store) Member(ctx context.Context, place chat.Place) (chat.Member, error) {
	var m chat.Member
	err := s.single(ctx, func(q querier) (err error) {
		m, err = scanMember(q.QueryRowContext(ctx, `SELECT `+memberColumns+` FROM members m WHERE m.conversation = ? AND m.person = ?`,
			place.Conversation, place.Person))
		return err
	})
	if err = s.wrap("read member", err); problem.Is(err, problem.NotFound) {
		return chat.Member{}, nil
	}
	return m, err
}

// Snapshot implements chat.Store.
func (s *Store) Snapshot(ctx context.Context, person id.Person, now time.Time) (views []chat.View, head int64, err error) {
	err = s.read(ctx, func(q querier) error {
		if err := q.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&head); err != nil {
			return err
		}
		cs, err := collect(ctx, q, func(r row) (chat.Conversation, error) { return scanConversation(r) },
			`SELECT `+conversationColumns+` FROM members me JOIN conversations c ON c.id = me.conversation
			WHERE me.person = ? AND `+liveMember, person, now.UnixMilli())
		if err != nil {
			return err
		}
		for _, c := range cs {
			v, err := s.view(ctx, q, c, person)
			if err != nil {
				return err
			}
			views = append(views, v)
		}
		return nil
	})
	slices.SortFunc(views, func(a, b chat.View) int { return newest(b).Compare(newest(a)) })
	return views, head, err
}

func newest(v chat.View) time.Time {
	if v.Last != nil {
		return v.Last.CreatedAt
	}
	return v.CreatedAt
}

// View implements chat.Store.
func (s *Store) View(ctx context.Context, place chat.Place) (v chat.View, err error) {
	err = s.read(ctx, func(q querier) error {
		c, err := scanConversation(q.QueryRowContext(ctx, `SELECT `+conversationColumns+` FROM conversations c WHERE c.id = ?`, place.Conversation))
		if err != nil {
			return s.wrap("read conversation", err)
		}
		v, err = s.view(ctx, q, c, place.Person)
		return err
	})
	return v, err
}

// view fills in a conversation as one reader sees it.
func (s *Store) view(ctx context.Context, q querier, c chat.Conversation, reader id.Person) (chat.View, error) {
	v := chat.View{Conversation: c, Title: c.Title}
	var err error
	v.Members, err = collect(ctx, q, scanMemberView, `SELECT `+memberColumns+`, `+profileColumns+`
		FROM members m JOIN people p ON p.id = m.person WHERE m.conversation = ? ORDER BY m.person`, c.ID)
	if err != nil {
		return v, err
	}
	last, err := collect(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM messages m WHERE m.conversation = ? ORDER BY m.seq DESC LIMIT 1`, c.ID)
	if err != nil {
		return v, err
	}
	if len(last) > 0 {
		m, err := s.reveal(ctx, q, last[0])
		if err != nil {
			return v, err
		}
		v.Last, v.LastSeq = &m, m.Seq
	}
	return v, s.title(ctx, q, &v, reader)
}

// title names a conversation for its reader and counts what they have not read.
func (s *Store) title(ctx context.Context, q querier, v *chat.View, reader id.Person) error {
	v.Unread = v.LastSeq
	kind := account.Kind("")
	for _, m := range v.Members {
		if m.Person == reader {
			v.Unread, kind = v.LastSeq-m.Read, m.Profile.Kind
		} else if v.Kind == chat.Direct {
			v.Title = m.Profile.Name
		}
	}
	if v.Kind != chat.Family {
		return nil
	}
	var name, first string
	err := q.QueryRowContext(ctx, `SELECT name, first_name FROM patients WHERE id = ?`, v.Patient).Scan(&name, &first)
	if kind != account.Staff {
		name = first
	}
	v.Title, v.PatientName = name, name
	return err
}

// Audiences implements feed.Store.
func (s *Store) Audiences(ctx context.Context, conversations []id.Conversation) (map[id.Conversation][]chat.MemberView, error) {
	out := make(map[id.Conversation][]chat.MemberView, len(conversations))
	set := newSet(1, len(conversations))
	for _, c := range conversations {
		out[c] = nil
		set.add(c)
	}
	err := s.read(ctx, func(q querier) error {
		members, err := collect(ctx, q, scanMemberView, q.set(audienceQuery, set.rows(), 1), set.padded()...)
		for _, m := range members {
			out[m.Conversation] = append(out[m.Conversation], m)
		}
		return err
	})
	return out, err
}

const audienceQuery = `SELECT ` + memberColumns + `, ` + profileColumns + ` FROM (VALUES {set}) AS d
	JOIN members m ON m.conversation = d.column1 JOIN people p ON p.id = m.person WHERE m.state = 'active'`

// Conversation implements chat.Tx.
func (t *Tx) Conversation(ctx context.Context, conversation id.Conversation) (chat.Conversation, error) {
	c, err := scanConversation(t.QueryRowContext(ctx, `SELECT `+conversationColumns+` FROM conversations c WHERE c.id = ?`, conversation))
	return c, t.s.wrap("read conversation", err)
}

// DirectBetween implements chat.Tx.
func (t *Tx) DirectBetween(ctx context.Context, a, b id.Person) (chat.Conversation, error) {
	c, err := scanConversation(t.QueryRowContext(ctx, `SELECT `+conversationColumns+` FROM conversations c WHERE c.peers = ?`, peersKey(a, b)))
	return c, t.s.wrap("read direct conversation", err)
}

func peersKey(a, b id.Person) any {
	if a.IsZero() {
		return nil
	}
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return append(a[:], b[:]...)
}

// InsertConversation implements chat.Tx. The conversation gets its own key here.
func (t *Tx) InsertConversation(ctx context.Context, c chat.Conversation, peers [2]id.Person) error {
	_, wrapped, err := t.s.keys.master.NewKey(c.ID[:])
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO conversations (id, kind, title, patient, peers, creator, key, created_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ID, string(c.Kind), c.Title, c.Patient, peersKey(peers[0], peers[1]), c.Creator, wrapped, moment(c.CreatedAt), t.next())
	t.touch(c.ID)
	return t.s.wrap("insert conversation", err)
}

// Standing implements chat.Tx.
func (t *Tx) Standing(ctx context.Context, place chat.Place) (chat.Standing, error) {
	var st chat.Standing
	var err error
	st.Member, err = scanMember(t.QueryRowContext(ctx, `SELECT `+memberColumns+`,
		COALESCE((SELECT MAX(x.seq) FROM messages x WHERE x.conversation = m.conversation), 0)
		FROM members m WHERE m.conversation = ? AND m.person = ?`, place.Conversation, place.Person), &st.LastSeq)
	if err = t.s.wrap("read member", err); problem.Is(err, problem.NotFound) {
		return chat.Standing{}, nil
	}
	return st, err
}

// CountMembers implements chat.Tx.
func (t *Tx) CountMembers(ctx context.Context, conversation id.Conversation) (int, error) {
	var n int
	err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM members WHERE conversation = ? AND state = 'active'`, conversation).Scan(&n)
	return n, t.s.wrap("count members", err)
}

// PutMember implements chat.Tx. Somebody who comes in has everything that is there delivered and, so that history does not
// count as unread, read.
func (t *Tx) PutMember(ctx context.Context, m chat.Member) error {
	_, err := t.ExecContext(ctx, `INSERT INTO members (conversation, person, state, read_only, until_at, read, delivered, version)
		SELECT ?, ?, ?, ?, ?, COALESCE(MAX(seq), 0), COALESCE(MAX(seq), 0), ? FROM messages WHERE conversation = ?
		ON CONFLICT (conversation, person) DO UPDATE SET state = excluded.state, read_only = excluded.read_only,
			until_at = excluded.until_at, version = excluded.version`,
		m.Conversation, m.Person, string(m.State), m.ReadOnly, moment(m.Until), t.next(), m.Conversation)
	if err != nil {
		return t.s.wrap("put member", err)
	}
	t.commit.Woken = append(t.commit.Woken, m.Person)
	_, err = t.ExecContext(ctx, `UPDATE conversations SET version = ?,
		size = (SELECT COUNT(*) FROM members m WHERE m.conversation = conversations.id AND m.state = 'active') WHERE id = ?`,
		t.next(), m.Conversation)
	t.touch(m.Conversation)
	return t.s.wrap("move conversation", err)
}
