package bench

import (
	"time"

	"golang.org/x/sys/unix"
)

// wakePrecisely asks the kernel not to round this thread's sleeps up by its usual 50 µs. Where it refuses they are.
func wakePrecisely() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) }

// pause sleeps at most d; a signal ends it before.
func pause(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&ts, nil) // whoever calls looks at the clock
}
