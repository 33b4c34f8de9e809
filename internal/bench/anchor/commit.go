package anchor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"kinward/internal/seal"
	"kinward/internal/store"
)

const (
	maxBatch    = 1024
	moveLog     = time.Second // how often the write-ahead log is moved, beside the commits, as Kinward does
	queuedSends = 64 << 10
)

// posted is a message on its way.
type posted struct {
	from *client
	room *room
	seq  int64
	sending
	key     uuid.UUID
	sender  uuid.UUID
	version int64
}

// keep copies what the connection's buffer will lose.
func (p *posted) keep(s sending) {
	b := slices.Concat(s.ref, s.id, s.text)
	p.ref, p.id, p.text = b[:len(s.ref)], b[len(s.ref):len(s.ref)+len(s.id)], b[len(s.ref)+len(s.id):]
	p.key, _ = uuid.ParseBytes(p.id) // the generator's are right
	p.sender, _ = uuid.Parse(p.from.person)
}

// committer writes what has queued while the last commit ran, in one transaction.
type committer struct {
	db      *sql.DB
	queue   chan *posted
	inserts map[int]*sql.Stmt // by number of rows; of the committing goroutine
	head    *sql.Stmt
	version int64
}

func openCommitter(ctx context.Context, dir string) (*committer, error) {
	path := filepath.Join(dir, "anchor.db")
	if err := migrate(ctx, path); err != nil {
		return nil, err
	}
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)", "wal_autocheckpoint(0)", "cache_size(-65536)"}}
	db, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open the anchor's database: %w", err)
	}
	c := &committer{db: db, queue: make(chan *posted, queuedSends), inserts: map[int]*sql.Stmt{}}
	c.head, err = db.PrepareContext(ctx, `UPDATE head SET version = ?`)
	if err == nil {
		err = db.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&c.version)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the anchor's database: %w", err), db.Close())
	}
	return c, nil
}

// migrate makes the tables, as Kinward makes them.
func migrate(ctx context.Context, path string) error {
	master, err := seal.NewMaster(make([]byte, seal.KeySize)) // nothing is sealed here
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Path: path, Master: master, Now: time.Now})
	if err != nil {
		return err
	}
	return s.Close()
}

func (c *committer) close() error { return c.db.Close() }

func (c *committer) submit(p *posted) { c.queue <- p }

// run commits until ctx ends. Deliveries are made by a second goroutine while the next batch commits.
func (c *committer) run(ctx context.Context) {
	committed := make(chan []*posted, 1)
	var others sync.WaitGroup
	others.Go(func() { deliver(committed) })
	others.Go(func() { c.moveLog(ctx) })
	for {
		batch := c.take(ctx)
		if batch == nil {
			break
		}
		if err := c.commit(ctx, batch); err != nil {
			break // senders wait in vain, and the load says so
		}
		committed <- batch
	}
	close(committed)
	others.Wait()
}

// take waits for one message and takes all that are there with it.
func (c *committer) take(ctx context.Context) []*posted {
	var batch []*posted
	select {
	case p := <-c.queue:
		batch = append(batch, p)
	case <-ctx.Done():
		return nil
	}
	for len(batch) < maxBatch {
		select {
		case p := <-c.queue:
			batch = append(batch, p)
		default:
			return batch
		}
	}
	return batch
}

func (c *committer) commit(ctx context.Context, batch []*posted) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	now := time.Now().UnixMilli()
	for rest := batch; len(rest) > 0; { // powers of two, so that few statements are prepared
		n := 1
		for 2*n <= len(rest) {
			n *= 2
		}
		insert, err := c.insert(ctx, n)
		if err != nil {
			return err
		}
		args := make([]any, 0, 10*n)
		for _, p := range rest[:n] {
			c.version++
			p.version = c.version
			args = append(args, p.room.key[:], p.seq, p.key[:], p.sender[:], "text", 0, p.text, now, p.version, p.version)
		}
		if _, err := tx.StmtContext(ctx, insert).ExecContext(ctx, args...); err != nil { //nolint:sqlclosecheck // the transaction closes it
			return err
		}
		rest = rest[n:]
	}
	if _, err := tx.StmtContext(ctx, c.head).ExecContext(ctx, c.version); err != nil { //nolint:sqlclosecheck // as above
		return err
	}
	return tx.Commit()
}

// deliver acknowledges and tells, with one write a connection for all of a batch.
func deliver(committed <-chan []*posted) {
	var dirty []*client
	gather := func(c *client, frames []byte) {
		if len(c.out) == 0 {
			dirty = append(dirty, c)
		}
		c.out = append(c.out, frames...)
	}
	for batch := range committed {
		for _, p := range batch {
			body := p.appendMessage(nil, p.room, p.from.person, p.seq, p.version)
			p.from.s.tell(p, appendSent(nil, p.ref, body), appendChanges(nil, p.version, body), gather)
		}
		for _, c := range dirty {
			c.write(c.out)
			c.out = c.out[:0]
		}
		dirty = dirty[:0]
	}
}
