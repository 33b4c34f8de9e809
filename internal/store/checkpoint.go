package store

import (
	"context"
	"os"
)

const (
	// passiveAbove bytes of write-ahead log are moved into the database beside the writers.
	passiveAbove = 8 << 20
	// restartAbove bytes make the log begin again, which holds writers up for the little that passive ones left.
	restartAbove = 64 << 20
)

// Checkpoint moves the write-ahead log into the database when it has grown. It is called from time to time, never in the
// path of a commit; the log keeps its size, since writing over blocks is cheaper than appending.
func (s *Store) Checkpoint(ctx context.Context) error {
	info, err := os.Stat(s.o.Path + "-wal")
	if err != nil || info.Size() < passiveAbove {
		return nil //nolint:nilerr // no log, nothing to move
	}
	mode := "PASSIVE"
	if info.Size() > restartAbove {
		mode = "RESTART"
	}
	var busy, logged, moved int
	err = s.one(ctx, `PRAGMA wal_checkpoint(`+mode+`)`, nil, &busy, &logged, &moved)
	return s.wrap("checkpoint", err)
}
