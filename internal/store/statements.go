package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"iter"
	"math/bits"
	"slices"
	"strings"

	"kinward/internal/id"
)

// session is one connection with its prepared statements: parsing costs more than most of our queries do. It is used by one
// goroutine at a time.
type session struct {
	conn    *sql.Conn
	dialect dialect
	stmts   map[string]*sql.Stmt
	sets    map[setKey]string // set-based queries by their number of rows
	args    []any             // room for the arguments of a set, used again for each
}

type setKey struct {
	query string
	rows  int
}

func openSession(ctx context.Context, db *sql.DB, d dialect) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, dialect: d, stmts: map[string]*sql.Stmt{}, sets: map[setKey]string{}}, nil
}

func (c *session) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := c.stmts[query]; st != nil {
		return st, nil
	}
	st, err := c.conn.PrepareContext(ctx, c.dialect.write(query))
	if err == nil {
		c.stmts[query] = st
	}
	return st, err
}

// QueryContext, QueryRowContext and ExecContext are those of database/sql, prepared.
func (c *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// QueryRowContext is QueryContext for one row.
func (c *session) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := c.stmt(ctx, query)
	if err != nil {
		return c.conn.QueryRowContext(ctx, query, args...) // the row carries the same error
	}
	return st.QueryRowContext(ctx, args...)
}

// ExecContext is QueryContext for statements without rows.
func (c *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// set fills a set-based query in with as many rows of placeholders.
func (c *session) set(query string, rows, columns int) string {
	key := setKey{query, rows}
	if q, ok := c.sets[key]; ok {
		return q
	}
	q := strings.Replace(query, "{set}", values(rows, columns), 1)
	c.sets[key] = q
	return q
}

func (c *session) close() error {
	var errs []error
	for _, st := range c.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, c.conn.Close())...)
}

// maxChunk bounds the rows of one writing statement.
const maxChunk = 256

// chunks cuts n rows into pieces of powers of two, the largest first, and yields where each begins and how long it is: a
// handful of prepared statements serves every size, and no row is written that is none.
func chunks(n int) iter.Seq2[int, int] {
	return func(yield func(lo, n int) bool) {
		for lo := 0; lo < n; {
			size := min(maxChunk, 1<<(bits.Len(uint(n-lo))-1))
			if !yield(lo, size) {
				return
			}
			lo += size
		}
	}
}

// values writes the rows of a set-based statement: "(?,?),(?,?)". Sets that are only looked up are padded with rows of NULL to
// a power of two, so that a handful of prepared statements serves every size of batch.
func values(rows, columns int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}

// padded is the number of rows that a set of n is padded to.
func padded(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}

// setArgs lays out the rows of a padded set.
type setArgs struct {
	columns int
	args    []any
}

func newSet(columns, rows int) *setArgs {
	return &setArgs{columns: columns, args: make([]any, 0, columns*padded(rows))}
}

func (a *setArgs) add(row ...any) { a.args = append(a.args, row...) }

// padded fills up with NULLs.
func (a *setArgs) padded() []any { return a.args[:a.columns*padded(len(a.args)/a.columns)] }

func (a *setArgs) rows() int { return padded(len(a.args) / a.columns) }

// collectSet reads all rows of a query whose set is ids.
func collectSet[T any, I any](ctx context.Context, q querier, scan func(row) (T, error), query string, ids []I, more ...any) (out []T, err error) {
	err = collectSetInto(ctx, q, &out, scan, query, ids, more...)
	return out, err
}

// collectSetInto is collectSet behind what there is.
func collectSetInto[T any, I any](ctx context.Context, q querier, out *[]T, scan func(row) (T, error), query string, ids []I, more ...any) error {
	if len(ids) == 0 {
		return nil
	}
	set := newSet(1, len(ids))
	for _, v := range ids {
		set.add(v)
	}
	return collectInto(ctx, q, out, scan, q.set(query, set.rows(), 1), append(set.padded(), more...)...)
}

// distinct sorts conversations and leaves each of them once.
func distinct(all []id.Conversation) []id.Conversation {
	slices.SortFunc(all, func(a, b id.Conversation) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(all)
}
