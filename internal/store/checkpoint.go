package store

import (
	"context"
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
// The log begins again by itself at the first commit that finds all of it moved, which is none while commits go on: then they
// wait for the little that came while the most was moved. Readers are never waited for, since writers would wait with us.
func (s *Store) Checkpoint(ctx context.Context) error {
	info, err := os.Stat(s.o.Path + "-wal")
	if err != nil || info.Size() < passiveAbove {
		return nil //nolint:nilerr // no log, nothing to move
	}
	for range 2 { // the second time is for what came during the first
		logged, moved, err := s.moveLog(ctx)
		if err != nil || logged*frame < restartAbove || moved < logged { // or a reader still needs the log as it is
			return s.wrap("checkpoint", err)
		}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_, _, err = s.moveLog(ctx)
	return s.wrap("checkpoint", err)
}

// moveLog moves what no reader needs, and returns how many pages the log had when it began and how many of them are moved.
func (s *Store) moveLog(ctx context.Context) (logged, moved int, err error) {
	var busy int
	err = s.one(ctx, `PRAGMA wal_checkpoint(PASSIVE)`, nil, &busy, &logged, &moved)
	return logged, moved, err
}
