package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
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
		views, err = collect(ctx, q, scanBareView, `SELECT `+conversationColumns+` FROM members me JOIN conversations c ON c.id = me.conversation
			WHERE me.person = ? AND `+liveMember, person, now.UnixMilli())
		if err != nil {
			return err
		}
		return s.fill(ctx, q, views, person)
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
		views, err := s.views(ctx, q, []id.Conversation{place.Conversation}, place.Person)
		if err == nil && len(views) == 0 {
			err = s.wrap("read conversation", sql.ErrNoRows)
		}
		if err == nil {
			v = views[0]
		}
		return err
	})
	return v, err
}

func scanBareView(r row) (v chat.View, err error) {
	v.Conversation, err = scanConversation(r)
	return v, err
}

// views reads conversations as one reader sees them, those that there are, in the order given.
func (s *Store) views(ctx context.Context, q querier, conversations []id.Conversation, reader id.Person) (views []chat.View, err error) {
	for some := range slices.Chunk(conversations, setAtOnce) {
		part, err := collectSet(ctx, q, scanBareView, viewQuery, some)
		if err != nil {
			return nil, err
		}
		views = append(views, part...)
	}
	place := make(map[id.Conversation]int, len(conversations))
	for i, c := range conversations {
		place[c] = i
	}
	slices.SortFunc(views, func(a, b chat.View) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	return views, s.fill(ctx, q, views, reader)
}

const viewQuery = `SELECT ` + conversationColumns + ` FROM (VALUES {set}) AS d CROSS JOIN conversations c WHERE c.id = d.column1`

// fill fills conversations in as one reader sees them: a few statements for each thousand.
func (s *Store) fill(ctx context.Context, q querier, views []chat.View, reader id.Person) error {
	for some := range slices.Chunk(views, setAtOnce) {
		if err := s.fillSome(ctx, q, some, reader); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) fillSome(ctx context.Context, q querier, views []chat.View, reader id.Person) error {
	at := make(map[id.Conversation]*chat.View, len(views))
	all, family := make([]id.Conversation, len(views)), []id.Conversation{}
	for i := range views {
		v := &views[i]
		all[i], at[v.ID] = v.ID, v
		if v.Kind == chat.Family {
			family = append(family, v.ID)
		}
	}
	members, err := collectSet(ctx, q, scanMemberView, membersQuery, all)
	if err != nil {
		return err
	}
	for _, m := range members {
		v := at[m.Conversation]
		v.Members = append(v.Members, m)
	}
	last, err := collectSet(ctx, q, scanMessage, lastQuery, all)
	if err != nil {
		return err
	}
	opened, err := s.openAll(ctx, q, last)
	if err != nil {
		return err
	}
	for i := range opened {
		v := at[opened[i].Conversation]
		v.Last, v.LastSeq = &opened[i], opened[i].Seq
	}
	patients, err := collectSet(ctx, q, scanTitled, titledQuery, family)
	if err != nil {
		return err
	}
	for i := range views {
		title(&views[i], reader)
	}
	for _, p := range patients {
		named(at[p.conversation], p, reader)
	}
	return nil
}

const (
	membersQuery = `SELECT ` + memberColumns + `, ` + profileColumns + ` FROM (VALUES {set}) AS d CROSS JOIN members m
	JOIN people p ON p.id = m.person WHERE m.conversation = d.column1`

	lastQuery = `SELECT ` + messageColumns + ` FROM (VALUES {set}) AS d CROSS JOIN messages m
	WHERE m.conversation = d.column1 AND m.seq = (SELECT MAX(x.seq) FROM messages x WHERE x.conversation = d.column1)`

	titledQuery = `SELECT c.id, t.name, t.first_name FROM (VALUES {set}) AS d CROSS JOIN conversations c
	JOIN patients t ON t.id = c.patient WHERE c.id = d.column1`
)

// title orders the members of a conversation, names it for its reader and counts what they have not read.
func title(v *chat.View, reader id.Person) {
	slices.SortFunc(v.Members, func(a, b chat.MemberView) int { return bytes.Compare(a.Person[:], b.Person[:]) })
	v.Title, v.Unread = v.Conversation.Title, v.LastSeq
	for i := range v.Members {
		m := &v.Members[i]
		if m.Person == reader {
			v.Unread = v.LastSeq - m.Read
		} else if v.Kind == chat.Direct {
			v.Title = m.Profile.Name
		}
	}
}

// titled is a family conversation with the names of its patient.
type titled struct {
	conversation id.Conversation
	name, first  string
}

func scanTitled(r row) (t titled, err error) { return t, r.Scan(&t.conversation, &t.name, &t.first) }

// named names a family conversation after its patient: for staff in full, for everyone else by the first name.
func named(v *chat.View, t titled, reader id.Person) {
	name := t.first
	for i := range v.Members {
		if m := &v.Members[i]; m.Person == reader && m.Profile.Kind == account.Staff {
			name = t.name
		}
	}
	v.Title, v.PatientName = name, name
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
