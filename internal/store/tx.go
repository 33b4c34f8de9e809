package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kinward/internal/feed"
	"kinward/internal/id"
)

// Tx is the journal's transaction. It implements the Tx interfaces of chat, care and account.
type Tx struct {
	*session
	s       *Store
	version int64 // the last one given out
	commit  feed.Commit
}

// next claims a version. They are written to head once, at the end of the batch.
func (t *Tx) next() int64 {
	t.version++
	return t.version
}

// touch notes that everyone in a conversation has to read again.
func (t *Tx) touch(c id.Conversation) {
	if !slices.Contains(t.commit.Touched, c) {
		t.commit.Touched = append(t.commit.Touched, c)
	}
}

// Commit implements feed.Store.
func (s *Store) Commit(ctx context.Context, b *feed.Batch) (feed.Commit, error) {
	done, err := s.commit(ctx, b, false)
	if errors.Is(err, errRepeats) {
		b.Reset()
		done, err = s.commit(ctx, b, true)
	}
	if err == nil {
		s.recent.note(done)
	}
	return done, err
}

func (s *Store) commit(ctx context.Context, b *feed.Batch, seek bool) (feed.Commit, error) {
	var done feed.Commit
	err := s.write(ctx, func(c *session) error {
		t := &Tx{session: c, s: s}
		if err := t.apply(ctx, b, seek); err != nil {
			return err
		}
		done = t.commit
		done.Head = t.version
		return nil
	})
	if err != nil {
		s.known = standings{}
		return feed.Commit{}, err
	}
	s.known.at = done.Head
	return done, nil
}

func (t *Tx) apply(ctx context.Context, b *feed.Batch, seek bool) error {
	if err := t.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&t.version); err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	t.commit.Base = t.version
	t.s.known.begin(t.version)
	for _, c := range b.Changes {
		if err := t.change(ctx, c); err != nil {
			return err
		}
	}
	if len(b.Changes) > 0 {
		t.s.known.forget(t.version)
	}
	if len(b.Sends)+len(b.Marks) > 0 {
		if err := t.append(ctx, b, seek); err != nil {
			return err
		}
	}
	if t.version == t.commit.Base {
		return nil
	}
	_, err := t.ExecContext(ctx, `UPDATE head SET version = ?`, t.version)
	return err
}

// change runs one use case in a savepoint. Its own error stays with it; only a broken transaction fails the batch.
func (t *Tx) change(ctx context.Context, c *feed.Change) error {
	if _, err := t.ExecContext(ctx, `SAVEPOINT change`); err != nil {
		return err
	}
	version, commit := t.version, t.commit
	c.Err = c.Apply(ctx, t)
	if c.Err == nil {
		_, err := t.ExecContext(ctx, `RELEASE SAVEPOINT change`)
		return err
	}
	t.version, t.commit = version, commit
	if t.s.dialect.full(c.Err) { // SQLite may have rolled the whole transaction back
		return c.Err
	}
	if _, err := t.ExecContext(ctx, `ROLLBACK TO SAVEPOINT change`); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `RELEASE SAVEPOINT change`)
	return err
}
