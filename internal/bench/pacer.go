package bench

import (
	"context"
	"runtime"
	"time"
)

// slot is the least time between two wakings of the pacer: beyond five thousand messages a second, several leave at one
// waking. It costs at most this much latency, and bounds what pacing costs.
const slot = 200 * time.Microsecond

// pace calls due for each moment of a schedule, interval apart from the window's start to its end, or n times if that is
// not 0. It never skips one: where due takes long, the next ones are called at once and told when they should have been,
// so that a server which stalls is charged for everything that waited (no coordinated omission).
//
// It has a thread of its own, that sleeps in the kernel until a moment and not for a while, since the runtime's timers
// are late by up to a millisecond while other goroutines run.
func pace(ctx context.Context, w window, interval time.Duration, n int64, due func(i int64, at time.Duration) error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	wakePrecisely()
	var woken time.Duration
	for i := int64(0); n == 0 || i < n; i++ {
		at := time.Duration(i) * interval
		if at >= w.to {
			return nil
		}
		if w.now() < at {
			for target := max(at, woken+slot); ; {
				left := target - w.now()
				if left <= 0 {
					break
				}
				pause(left)
			}
			woken = w.now()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := due(i, at); err != nil {
			return err
		}
	}
	return nil
}
