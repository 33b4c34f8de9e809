package store

import (
	"context"
	"errors"
	"os"
)

const (
	// passiveAbove bytes of write-ahead log are moved into the database beside the writers.
	passiveAbove = 8 << 20
	// restartAbove bytes make the log begin again; a long one makes every read slower.
	restartAbove = 32 << 20
	// frame is what a page takes in the log.
	frame = 4096 + 24
)

// Checkpoint moves the write-ahead log into the database when it has grown. It is called from time to time, never in the
// path of a commit; the log keeps its size, since writing over blocks is cheaper than appending.
//
// The log can only begin again when all of it is moved and nobody reads it, which is never while commits go on. So when it is
// long, commits wait for the little that came while the most was moved and for those who read just then, but not for long: for
// a reader that takes its time it is tried again later.
func (s *Store) Checkpoint(ctx context.Context) error {
	info, err := os.Stat(s.o.Path + "-wal")
	if err != nil || info.Size() < passiveAbove {
		return nil //nolint:nilerr // no log, nothing to move
	}
	for range 2 { // the second time is for what came during the first
		logged, moved, err := s.moveLog(ctx)
		if err != nil || logged*frame < restartAbove || (logged-moved)*frame > restartAbove {
			return s.wrap("checkpoint", err)
		}
	}
	return s.wrap("restart log", s.restartLog(ctx))
}

// moveLog moves what no reader needs, and returns how many pages the log had when it began and how many of them are moved.
func (s *Store) moveLog(ctx context.Context) (logged, moved int, err error) {
	var busy int
	err = s.one(ctx, `PRAGMA wal_checkpoint(PASSIVE)`, nil, &busy, &logged, &moved)
	return logged, moved, err
}

// restartLog makes the next commit begin the log again if those who read it are done soon.
func (s *Store) restartLog(ctx context.Context) error {
	c, err := s.borrow(ctx)
	if err != nil {
		return err
	}
	defer func() { s.readers <- c }()
	s.writing.Lock()
	defer s.writing.Unlock()
	ctx = context.WithoutCancel(ctx) // or the connection would stay impatient
	var busy, logged, moved, was int
	// A timeout is set while the statement is parsed, so these are not kept prepared.
	err = c.conn.QueryRowContext(ctx, `PRAGMA busy_timeout = 50`).Scan(&was)
	if err == nil {
		err = c.conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(RESTART)`).Scan(&busy, &logged, &moved)
	}
	return errors.Join(err, c.conn.QueryRowContext(ctx, `PRAGMA busy_timeout = 15000`).Scan(&was))
}
