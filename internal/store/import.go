package store

import (
	"context"

	"kinward/internal/care"
)

// What is here and in import_staff.go and stay.go is for the importer.

var _ care.ImportTx = (*Tx)(nil)

// Nested implements care.ImportTx.
func (t *Tx) Nested(ctx context.Context, fn func(ctx context.Context) error) error {
	if _, err := t.ExecContext(ctx, `SAVEPOINT nested`); err != nil {
		return t.s.wrap("begin row", err)
	}
	version, commit := t.version, t.commit
	failed := fn(ctx)
	if failed != nil {
		t.version, t.commit = version, commit
		if t.s.dialect.full(failed) { // SQLite may have rolled the whole transaction back
			return failed
		}
		if _, err := t.ExecContext(ctx, `ROLLBACK TO SAVEPOINT nested`); err != nil {
			return t.s.wrap("take row back", err)
		}
	}
	if _, err := t.ExecContext(ctx, `RELEASE SAVEPOINT nested`); err != nil {
		return t.s.wrap("end row", err)
	}
	return failed
}

// Untold implements care.ImportTx.
func (t *Tx) Untold() { t.commit.Touched, t.commit.Woken = nil, nil }

const keyColumns = `r.ref, r.kind, r.target, COALESCE(p.merged_into, r.target), r.record, r.digest, r.closed`

func scanKey(r row) (care.Key, error) {
	var k care.Key
	err := r.Scan((*string)(&k.Ref), (*string)(&k.Kind), &k.Target, &k.Survivor, (*string)(&k.Record), &k.Digest, &k.Closed)
	return k, err
}

// keysAtOnce bounds the size of one statement.
const keysAtOnce = 512

// Keys implements care.KeyTx.
func (t *Tx) Keys(ctx context.Context, refs []care.Ref) (keys []care.Key, err error) {
	for len(refs) > 0 {
		n := min(len(refs), keysAtOnce)
		set := newSet(1, n)
		for _, r := range refs[:n] {
			set.add(string(r))
		}
		refs = refs[n:]
		part, err := collect(ctx, t, scanKey, t.set(keysQuery, set.rows(), 1), set.padded()...)
		if err != nil {
			return nil, t.s.wrap("read keys", err)
		}
		keys = append(keys, part...)
	}
	return keys, nil
}

const keysQuery = `SELECT ` + keyColumns + ` FROM (VALUES {set}) AS d JOIN refs r ON r.ref = d.column1 LEFT JOIN patients p ON p.id = r.target`

// KeysOf implements care.KeyTx.
func (t *Tx) KeysOf(ctx context.Context, record care.Ref) ([]care.Key, error) {
	keys, err := collect(ctx, t, scanKey, `SELECT `+keyColumns+` FROM refs r LEFT JOIN patients p ON p.id = r.target WHERE r.record = ?`, string(record))
	return keys, t.s.wrap("read keys", err)
}

// PutKey implements care.KeyTx.
func (t *Tx) PutKey(ctx context.Context, k care.Key) error {
	_, err := t.ExecContext(ctx, `INSERT INTO refs (ref, kind, target, record, digest, closed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (ref) DO UPDATE SET kind = excluded.kind, target = excluded.target, record = excluded.record, digest = excluded.digest,
			closed = excluded.closed`,
		string(k.Ref), string(k.Kind), k.Target, string(k.Record), k.Digest, k.Closed)
	return t.s.wrap("put key", err)
}

// DeleteKey implements care.KeyTx.
func (t *Tx) DeleteKey(ctx context.Context, ref care.Ref) error {
	_, err := t.ExecContext(ctx, `DELETE FROM refs WHERE ref = ?`, string(ref))
	return t.s.wrap("delete key", err)
}

// Heard implements care.KeyTx.
func (t *Tx) Heard(ctx context.Context, digest []byte) (bool, error) {
	res, err := t.ExecContext(ctx, `INSERT INTO heard (digest) VALUES (?) ON CONFLICT (digest) DO NOTHING`, digest)
	if err != nil {
		return false, t.s.wrap("note message", err)
	}
	n, err := res.RowsAffected()
	return n == 0, err
}
