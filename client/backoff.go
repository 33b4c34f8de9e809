package client

import "time"

const (
	backoffBase  = 500 * time.Millisecond
	backoffCap   = 30 * time.Second
	backoffReset = 60 * time.Second // a connection that held this long was no part of the trouble
)

// backoff spreads repeated tries: exponential with full jitter, so that clients thrown out together don't come back
// together. The zero value begins at the shortest pause.
type backoff struct{ tries int }

// next is the pause before the next try. hint is the least that the server asked for, 0 for none; the jitter then goes
// on top of it, never below.
func (b *backoff) next(hint time.Duration, random float64) time.Duration {
	limit := backoffCap
	if b.tries < 6 { // 0.5 s << 6 is beyond the cap
		limit = min(backoffBase<<b.tries, backoffCap)
	}
	b.tries++
	return hint + time.Duration(random*float64(limit))
}

// lived takes note of how long a connection held.
func (b *backoff) lived(d time.Duration) {
	if d >= backoffReset {
		b.tries = 0
	}
}
