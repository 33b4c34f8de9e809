package anchor

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/google/uuid"
)

// insert is the statement for n messages.
func (c *committer) insert(ctx context.Context, n int) (*sql.Stmt, error) {
	if s := c.inserts[n]; s != nil {
		return s, nil
	}
	rows := strings.TrimSuffix(strings.Repeat("(?,?,?,?,?,?,?,?,?,?),", n), ",")
	s, err := c.db.PrepareContext(ctx, `INSERT INTO messages (conversation, seq, id, sender, kind, reply_to, body, created_at, sent_version, version) VALUES `+rows) //nolint:gosec // question marks
	if err == nil {
		c.inserts[n] = s
	}
	return s, err
}

// join stores who is in a room.
func (c *committer) join(ctx context.Context, r *room) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	for _, member := range r.members {
		person, err := uuid.Parse(member)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO members (conversation, person, state, version) VALUES (?, ?, 'active', 1)`, r.key[:], person[:])
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// since is one frame with all messages after a version that a person may see.
func (c *committer) since(ctx context.Context, who string, after int64) ([]byte, error) {
	person, err := uuid.Parse(who)
	if err != nil {
		return nil, err
	}
	rows, err := c.db.QueryContext(ctx, `SELECT m.conversation, m.seq, m.id, m.sender, m.body, m.version FROM members me
		JOIN messages m ON m.conversation = me.conversation AND m.version > ? WHERE me.person = ? AND me.state = 'active' ORDER BY m.version`, after, person[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	frame := []byte(`{"op":"changes","cursor":"a.0","changes":[`)
	for first := true; rows.Next(); first = false {
		var conversation, id, sender uuid.UUID
		var seq, version int64
		var s sending
		if err := rows.Scan(&conversation, &seq, &id, &sender, &s.text, &version); err != nil {
			return nil, err
		}
		if !first {
			frame = append(frame, ',')
		}
		s.id = []byte(id.String())
		frame = append(frame, `{"version":1,"type":"message","message":`...)
		frame = s.appendMessage(frame, &room{id: conversation.String()}, sender.String(), seq, version)
		frame = append(frame, '}')
	}
	return appendFrame(nil, append(frame, "]}"...)), rows.Err()
}

// moveLog moves the write-ahead log into the database from time to time.
func (c *committer) moveLog(ctx context.Context) {
	tick := time.NewTicker(moveLog)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			var busy, logged, moved int
			_ = c.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &logged, &moved) // the next one will
		case <-ctx.Done():
			return
		}
	}
}
