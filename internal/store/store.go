// Package store is the database: it implements the interfaces that chat, care, account and feed own, over database/sql.
// There is one query set, written with ? and in SQL that SQLite, PostgreSQL and MySQL share; dialect.go holds what differs.
// Queries stand in the file of their noun.
//
// One connection writes (the journal is the only caller of Commit) and a few read; with SQLite in WAL mode neither waits for
// the other. Several processes may use the same database: each transaction takes the write lock before it reads head, so
// versions are given out in commit order. Message texts are sealed here and nowhere else, just before they are written.
// Tests are beside the code and run on a real database.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/seal"
)

// Options are what a Store needs; all are required.
type Options struct {
	Path   string // of the SQLite file
	Master *seal.Master
	Now    func() time.Time
}

// Store is an open database. Its methods may be called concurrently.
type Store struct {
	o       Options
	dialect dialect
	epoch   string
	keys    keyring
	recent  *recent

	known standings // of whoever calls Commit

	handles [2]*sql.DB // of the writer and of the readers
	writing sync.Mutex // guards writer
	writer  *session
	readers chan *session // those that are free
}

// Open opens the database, brings its schema up to date, and refuses one that a newer Kinward has written or that was
// sealed under another master key.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{o: o, dialect: sqliteDialect{}, keys: newKeyring(o.Master), recent: newRecent(), readers: make(chan *session, readers)}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	for i := range s.handles {
		var err error
		if s.handles[i], err = s.dialect.open(s.o.Path, i == 0); err != nil {
			return err
		}
	}
	if err := migrate(ctx, s.handles[0]); err != nil {
		return err
	}
	var err error
	if s.writer, err = openSession(ctx, s.handles[0], s.dialect); err != nil {
		return err
	}
	for range readers {
		c, err := openSession(ctx, s.handles[1], s.dialect)
		if err != nil {
			return err
		}
		s.readers <- c
	}
	return s.begin(ctx)
}

// begin writes the head row of a new database and reads it from one that is there.
func (s *Store) begin(ctx context.Context) error {
	check := s.o.Master.Derive("seal check", nil, 16)
	epoch := id.New[id.Session]().String()
	_, err := s.handles[0].ExecContext(ctx,
		`INSERT INTO head (one, version, epoch, seal) SELECT 1, 0, ?, ? WHERE NOT EXISTS (SELECT 1 FROM head)`,
		epoch[len(epoch)-12:], check)
	if err != nil {
		return s.wrap("begin database", err)
	}
	var have []byte
	var head int64
	if err := s.one(ctx, `SELECT version, epoch, seal FROM head`, nil, &head, &s.epoch, &have); err != nil {
		return s.wrap("read head", err)
	}
	s.recent.begin(head)
	if string(have) != string(check) {
		return errors.New("this database was sealed under another master key; start with the key file that belongs to it")
	}
	return nil
}

// Epoch names this database; it changes when a backup is restored, so that cursors from before are refused.
func (s *Store) Epoch() string { return s.epoch }

// Close waits for readers and closes the database; everything acknowledged is on disk already.
func (s *Store) Close() error {
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.close())
		for range readers {
			if c := <-s.readers; c != nil {
				errs = append(errs, c.close())
			}
		}
	}
	for _, db := range s.handles {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Head is the newest version.
func (s *Store) Head(ctx context.Context) (int64, error) {
	var head int64
	err := s.one(ctx, `SELECT version FROM head`, nil, &head)
	return head, s.wrap("read head", err)
}

// wrap turns driver errors into what the callers decide by: problem.NotFound for no row, problem.StorageFull for a full
// disk; anything else is wrapped with what was tried.
func (s *Store) wrap(doing string, err error) error {
	var p *problem.Error
	switch {
	case err == nil || errors.As(err, &p):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return &problem.Error{Code: problem.NotFound, Err: fmt.Errorf("%s: %w", doing, err)}
	case s.dialect.full(err):
		return &problem.Error{
			Code: problem.StorageFull, Detail: "the server's disk is full: nothing was stored; try again later",
			RetryAfter: 10 * time.Second, Err: fmt.Errorf("%s: %w", doing, err),
		}
	case s.dialect.busy(err):
		return &problem.Error{
			Code: problem.Unavailable, Detail: "the database is busy; try again", RetryAfter: time.Second,
			Err: fmt.Errorf("%s: %w", doing, err),
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// querier is a session: of a reader, or the writer's in a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	set(query string, rows, columns int) string
}

// borrow waits for a free reader; give it back.
func (s *Store) borrow(ctx context.Context) (*session, error) {
	select {
	case c := <-s.readers:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read runs fn on one consistent state of the database.
func (s *Store) read(ctx context.Context, fn func(q querier) error) error {
	c, err := s.borrow(ctx)
	if err != nil {
		return s.wrap("wait for a reader", err)
	}
	defer func() { s.readers <- c }()
	// Beginning waits for nothing. If it could be cancelled, the reader might come back to the others in a transaction.
	if _, err := c.ExecContext(context.WithoutCancel(ctx), `BEGIN`); err != nil {
		return s.wrap("begin reading", err)
	}
	err = fn(c)
	_, end := c.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	return s.wrap("read", errors.Join(err, end))
}

// one reads one row without a transaction.
func (s *Store) one(ctx context.Context, query string, args []any, into ...any) error {
	c, err := s.borrow(ctx)
	if err != nil {
		return err
	}
	defer func() { s.readers <- c }()
	return c.QueryRowContext(ctx, query, args...).Scan(into...)
}

// single runs fn, which is one query, without a transaction.
func (s *Store) single(ctx context.Context, fn func(q querier) error) error {
	c, err := s.borrow(ctx)
	if err != nil {
		return err
	}
	defer func() { s.readers <- c }()
	return fn(c)
}

// write runs fn in a transaction of the writer. The lock is taken before the first read.
func (s *Store) write(ctx context.Context, fn func(c *session) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_, err := s.writer.ExecContext(ctx, s.dialect.begin())
	if err == nil {
		err = fn(s.writer)
	}
	if err == nil {
		_, err = s.writer.ExecContext(context.WithoutCancel(ctx), `COMMIT`) // whose outcome must be known
	}
	if err != nil {
		// A cancelled beginning may have begun all the same. After some errors the database has rolled back by itself and
		// says so here.
		_, _ = s.writer.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	}
	return s.wrap("write", err)
}

// collect reads all rows of a query through scan.
func collect[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) (out []T, err error) {
	err = collectInto(ctx, q, &out, scan, query, args...)
	return out, err
}

// collectInto is collect behind what there is.
func collectInto[T any](ctx context.Context, q querier, out *[]T, scan func(row) (T, error), query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		*out = append(*out, v)
	}
	return rows.Err()
}

// row is one row of a result, *sql.Row or *sql.Rows.
type row interface{ Scan(dest ...any) error }

// moment stores a time as milliseconds; the zero time is NULL.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// at scans what moment stored.
type at struct{ t *time.Time }

func (a at) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*a.t = time.Time{}
	case int64:
		*a.t = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("scan time: %T is not an integer", src)
	}
	return nil
}
