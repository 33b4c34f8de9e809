package bench

import (
	"sync"
	"time"
)

// times keeps when each message of a conversation left, or was due. The sender adds, readers look up.
type times struct {
	mu sync.Mutex
	at []time.Duration
}

// add notes the next message's moment.
func (t *times) add(at time.Duration) {
	t.mu.Lock()
	t.at = append(t.at, at)
	t.mu.Unlock()
}

// of is when message n left; ok is false for one that didn't yet.
func (t *times) of(n int64) (at time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n < 0 || n >= int64(len(t.at)) {
		return 0, false
	}
	return t.at[n], true
}
