package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
)

const messageColumns = `m.conversation, m.seq, m.id, m.sender, m.kind, m.reply_to, m.body, m.created_at, m.corrected_at, m.retracted_at, m.version`

// sealedMessage is a message row whose text has not been opened yet.
type sealedMessage struct {
	chat.Message
	body []byte
}

func scanMessage(r row) (m sealedMessage, err error) {
	err = scanSealed(r, &m.Message, &m.body)
	return m, err
}

// scanSealed scans a row, its sealed text apart.
func scanSealed(r row, m *chat.Message, body any) error {
	return r.Scan(&m.Conversation, &m.Seq, &m.ID, &m.Sender, (*string)(&m.Kind), &m.ReplyTo, body,
		at{&m.CreatedAt}, at{&m.CorrectedAt}, at{&m.RetractedAt}, &m.Version)
}

// reveal decrypts a row's text for readers: a retracted message has none for any of them.
func (s *Store) reveal(ctx context.Context, q querier, m *chat.Message, body []byte) (err error) {
	if m.RetractedAt.IsZero() {
		m.Text, err = s.text(ctx, q, m, body)
	}
	return err
}

func (s *Store) text(ctx context.Context, q querier, m *chat.Message, body []byte) (string, error) {
	k, err := s.key(ctx, q, m.Conversation)
	if err != nil {
		return "", err
	}
	text, err := k.Open(body, place(m.Conversation, m.Sender, m.ID))
	if err != nil {
		return "", fmt.Errorf("open message %s/%d: %w", m.Conversation, m.Seq, err)
	}
	return text, nil
}

func (s *Store) openAll(ctx context.Context, q querier, rows []sealedMessage) ([]chat.Message, error) {
	in := make([]id.Conversation, len(rows))
	for i := range rows {
		in[i] = rows[i].Conversation
	}
	if err := s.load(ctx, q, in); err != nil {
		return nil, err
	}
	out := make([]chat.Message, len(rows))
	for i, r := range rows {
		out[i] = r.Message
		if err := s.reveal(ctx, q, &out[i], r.body); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Prepare seals a draft's text; it implements feed.Store.
func (s *Store) Prepare(ctx context.Context, d *chat.Draft) error {
	k := s.keys.get(d.Conversation)
	var err error
	if k == nil {
		err = s.single(ctx, func(q querier) (err error) {
			k, err = s.key(ctx, q, d.Conversation)
			return err
		})
	}
	if problem.Is(err, problem.NotFound) {
		return problem.New(problem.NotFound, "there is no such conversation, or you are not in it")
	}
	if err != nil {
		return err
	}
	d.Sealed = k.Seal(d.Text, place(d.Conversation, d.Sender, d.ID))
	return nil
}

// History implements chat.Store.
func (s *Store) History(ctx context.Context, conversation id.Conversation, r chat.Range) ([]chat.Message, bool, error) {
	order := "DESC"
	if r.Forward() {
		order = "ASC"
	}
	var messages []chat.Message
	err := s.read(ctx, func(q querier) error {
		rows, err := collect(ctx, q, scanMessage, `SELECT `+messageColumns+` FROM messages m
			WHERE m.conversation = ? AND m.seq < ? AND m.seq > ? ORDER BY m.seq `+order+` LIMIT ?`,
			conversation, r.Before, r.After, r.Limit+1)
		if err != nil {
			return err
		}
		messages, err = s.openAll(ctx, q, rows)
		return err
	})
	more := len(messages) > r.Limit
	if more {
		messages = messages[:r.Limit]
	}
	if !r.Forward() {
		slices.Reverse(messages)
	}
	return messages, more, err
}

// Undelivered implements chat.Store. It looks at the messages beyond the delivered mark only, and of conversations that changed
// after the version which has been noted.
func (s *Store) Undelivered(ctx context.Context, person id.Person, after, version int64) (marks []chat.Mark, err error) {
	scan := func(r row) (chat.Mark, error) {
		m := chat.Mark{Person: person}
		return m, r.Scan(&m.Conversation, &m.Delivered)
	}
	now := s.o.Now().UnixMilli()
	err = s.read(ctx, func(q querier) error {
		head := int64(0)
		if err := q.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&head); err != nil {
			return err
		}
		lately, known, err := s.lately(ctx, q, person, after, head)
		if err != nil {
			return err
		}
		if known {
			marks, err = collectSet(ctx, q, scan, undeliveredLatelyQuery, lately, version, person, now)
		} else {
			marks, err = collect(ctx, q, scan, undeliveredQuery, version, person, now)
		}
		return err
	})
	return marks, err
}

const (
	beyondDelivered = ` m.seq = (SELECT x.seq FROM messages x WHERE x.conversation = me.conversation
	AND x.seq > me.delivered AND x.version <= ? ORDER BY x.seq DESC LIMIT 1) AND me.person = ? AND ` + liveMember

	undeliveredQuery = `SELECT m.conversation, m.seq FROM members me CROSS JOIN messages m
	WHERE m.conversation = me.conversation AND` + beyondDelivered

	undeliveredLatelyQuery = `SELECT m.conversation, m.seq FROM (VALUES {set}) AS d CROSS JOIN members me CROSS JOIN messages m
	WHERE me.conversation = d.column1 AND m.conversation = me.conversation AND` + beyondDelivered
)

// Message implements chat.Tx.
func (t *Tx) Message(ctx context.Context, conversation id.Conversation, seq int64) (chat.Message, error) {
	m, err := scanMessage(t.QueryRowContext(ctx, `SELECT `+messageColumns+` FROM messages m WHERE m.conversation = ? AND m.seq = ?`, conversation, seq))
	if err != nil {
		err = t.s.wrap("read message", err)
		if problem.Is(err, problem.NotFound) {
			err = problem.New(problem.NotFound, "there is no message %d in this conversation", seq)
		}
		return chat.Message{}, err
	}
	err = t.s.reveal(ctx, t, &m.Message, m.body)
	return m.Message, err
}

// Correct implements chat.Tx.
func (t *Tx) Correct(ctx context.Context, m chat.Message, text string, when time.Time) (chat.Message, error) {
	k, err := t.s.key(ctx, t, m.Conversation)
	if err != nil {
		return chat.Message{}, err
	}
	if _, err := t.ExecContext(ctx, `INSERT INTO revisions (conversation, seq, n, body, until_at)
		SELECT conversation, seq, (SELECT COUNT(*) FROM revisions r WHERE r.conversation = ? AND r.seq = ?), body, ?
		FROM messages WHERE conversation = ? AND seq = ?`, m.Conversation, m.Seq, moment(when), m.Conversation, m.Seq); err != nil {
		return chat.Message{}, t.s.wrap("keep earlier text", err)
	}
	m.Text, m.CorrectedAt, m.Version = text, when, t.next()
	_, err = t.ExecContext(ctx, `UPDATE messages SET body = ?, corrected_at = ?, version = ? WHERE conversation = ? AND seq = ?`,
		k.Seal(text, place(m.Conversation, m.Sender, m.ID)), moment(when), m.Version, m.Conversation, m.Seq)
	t.commit.Messages = append(t.commit.Messages, m)
	return m, t.s.wrap("correct message", err)
}

// Retract implements chat.Tx. The sealed text stays in the row for the record; reveal never shows it again.
func (t *Tx) Retract(ctx context.Context, m chat.Message, when time.Time) (chat.Message, error) {
	m.Text, m.RetractedAt, m.Version = "", when, t.next()
	_, err := t.ExecContext(ctx, `UPDATE messages SET retracted_at = ?, version = ? WHERE conversation = ? AND seq = ?`,
		moment(when), m.Version, m.Conversation, m.Seq)
	t.commit.Messages = append(t.commit.Messages, m)
	return m, t.s.wrap("retract message", err)
}
