package store

import (
	"context"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// SessionsExpire implements account.Store.
func (s *Store) SessionsExpire(ctx context.Context, now time.Time) (due bool, err error) {
	err = s.one(ctx, `SELECT EXISTS (SELECT 1 FROM sessions WHERE expires_at <= ?)`, []any{moment(now)}, &due)
	return due, s.wrap("look for expired sessions", err)
}

// ExtendSession implements account.Tx.
func (t *Tx) ExtendSession(ctx context.Context, session id.Session, until time.Time) error {
	res, err := t.ExecContext(ctx, `UPDATE sessions SET expires_at = ? WHERE id = ? AND expires_at IS NOT NULL`, moment(until), session)
	if err != nil {
		return t.s.wrap("extend session", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return problem.New(problem.NotFound, "this session is not one of an embedded page")
	}
	return nil
}

// DeleteExpired implements account.Tx. It moves the persons' versions, so that other processes on this database notice.
func (t *Tx) DeleteExpired(ctx context.Context, now time.Time) ([]id.Session, error) {
	found, err := collect(ctx, t, func(r row) (v account.Session, err error) {
		err = r.Scan(&v.ID, &v.Person)
		return v, err
	}, `SELECT id, person FROM sessions WHERE expires_at <= ?`, moment(now))
	if err != nil {
		return nil, t.s.wrap("read expired sessions", err)
	}
	ended := make([]id.Session, 0, len(found))
	for _, v := range found {
		if _, err := t.ExecContext(ctx, `UPDATE people SET version = ? WHERE id = ?`, t.next(), v.Person); err != nil {
			return nil, t.s.wrap("move person", err)
		}
		if _, err := t.ExecContext(ctx, `DELETE FROM sessions WHERE id = ?`, v.ID); err != nil {
			return nil, t.s.wrap("delete expired session", err)
		}
		ended = append(ended, v.ID)
	}
	_, err = t.ExecContext(ctx, `DELETE FROM embed_tokens WHERE until <= ?`, moment(now))
	return ended, t.s.wrap("forget used embed tokens", err)
}

// SpendEmbedToken implements account.Tx.
func (t *Tx) SpendEmbedToken(ctx context.Context, jti string, until time.Time) error {
	_, err := t.ExecContext(ctx, `INSERT INTO embed_tokens (jti, until) VALUES (?, ?)`, jti, moment(until))
	if err != nil && t.s.dialect.taken(err) {
		return &problem.Error{Code: problem.Conflict, Field: "token", Detail: "this token was used before", Err: err}
	}
	return t.s.wrap("note used embed token", err)
}
