package legacy

import (
	"context"
	"log/slog"
	"maps"
	"sync"

	"kinward/internal/id"
)

// ledger knows how far everyone has been told. That is in the store; what can't be written there, on a full disk, is kept
// here until it can, so that reading goes on and nobody is told the same again and again.
type ledger struct {
	store Store
	log   *slog.Logger

	mu   sync.Mutex
	owed map[reading]map[id.Conversation]int64
}

func (l *ledger) read(ctx context.Context, of reading) (map[id.Conversation]int64, error) {
	told, err := l.store.Told(ctx, of.person, of.cursor)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	raise(told, l.owed[of])
	return told, nil
}

// raise notes that everything up to told was told. It is not given up when the one who was told goes away.
func (l *ledger) raise(ctx context.Context, of reading, told map[id.Conversation]int64) {
	if len(told) == 0 {
		return
	}
	l.mu.Lock()
	all := maps.Clone(told)
	raise(all, l.owed[of])
	l.mu.Unlock()
	err := l.store.RaiseTold(context.WithoutCancel(ctx), of.person, of.cursor, all)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		maps.DeleteFunc(l.owed[of], func(c id.Conversation, seq int64) bool { return seq <= all[c] })
		if len(l.owed[of]) == 0 {
			delete(l.owed, of)
		}
		return
	}
	l.log.Error("what was told can't be noted; it is kept in memory", "person", of.person, "error", err)
	if l.owed == nil {
		l.owed = map[reading]map[id.Conversation]int64{}
	}
	raise(all, l.owed[of])
	l.owed[of] = all
}

// raise moves marks up to where others are.
func raise(marks, to map[id.Conversation]int64) {
	for c, seq := range to {
		marks[c] = max(marks[c], seq)
	}
}
