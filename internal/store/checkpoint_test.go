package store

import (
	"context"
	"os"
	"strings"
	"testing"
)

// TestCheckpoint: a log that has grown is moved and begins again with the next commit; while a reader needs it, it is left
// alone, and commits go on.
func TestCheckpoint(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 1)[0]
	send := func() {
		t.Helper()
		if _, _, err := j.Send(ctx, draftFor(p, strings.Repeat("x", 16_000))); err != nil {
			t.Fatal(err)
		}
	}
	length := func() int {
		t.Helper()
		logged, _, err := s.moveLog(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return logged
	}
	for size := int64(0); size < restartAbove+1<<20; {
		send()
		info, err := os.Stat(s.o.Path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		size = info.Size()
	}
	grown := restartAbove / frame
	err := s.read(ctx, func(q querier) error {
		var head int64
		if err := q.QueryRowContext(ctx, `SELECT version FROM head`).Scan(&head); err != nil {
			return err
		}
		send()
		if err := s.Checkpoint(ctx); err != nil {
			return err
		}
		send()
		return nil
	})
	if now := length(); err != nil || now < grown {
		t.Fatalf("under a reader the log has %d pages of %d, %v", now, grown, err)
	}
	if err := s.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	send()
	if now := length(); now >= grown/10 {
		t.Errorf("the log still has %d pages of %d", now, grown)
	}
}
