package socket

import (
	"net"
	"sync"
	"syscall"
)

// Waiter waits for a connection that it does not read from.
type Waiter interface {
	// Readable says that there may be something to read: bytes, the end or an error. It may be called once too often, and
	// must return at once.
	Readable()
}

// Watch tells when connections that wait have something to read, on Linux with one goroutine for all of them, which saves the
// stack of one for each. Bytes stay where they are. Make one with NewWatch, run Run on a goroutine, then Close it.
type Watch struct {
	system watchSystem

	mu    sync.Mutex
	last  uint64
	waits map[uint64]Waiter
}

// NewWatch makes a Watch. It starts nothing.
func NewWatch() (*Watch, error) {
	w := &Watch{waits: map[uint64]Waiter{}}
	return w, w.system.open()
}

// Watched is a connection that is watched.
type Watched struct {
	raw syscall.RawConn
	key uint64
}

// Add has w told once when conn has something to read. Closing conn does not: whoever closes it has to Forget it.
func (w *Watch) Add(conn net.Conn, waiter Waiter) (Watched, error) {
	raw := rawOf(conn)
	if raw == nil {
		return Watched{}, syscall.EINVAL
	}
	w.mu.Lock()
	w.last++
	watched := Watched{raw, w.last}
	w.waits[watched.key] = waiter
	w.mu.Unlock()
	if err := w.system.add(w, watched); err != nil {
		w.Forget(watched)
		return Watched{}, err
	}
	return watched, nil
}

// Again has the waiter told once more.
func (w *Watch) Again(watched Watched) error { return w.system.again(w, watched) }

// Forget ends the watching of a connection. A call of Readable that is under way may still come.
func (w *Watch) Forget(watched Watched) {
	w.mu.Lock()
	_, known := w.waits[watched.key]
	delete(w.waits, watched.key)
	w.mu.Unlock()
	if known {
		w.system.forget(watched)
	}
}

// tell calls the waiter of a key, if it still waits.
func (w *Watch) tell(key uint64) {
	w.mu.Lock()
	waiter := w.waits[key]
	w.mu.Unlock()
	if waiter != nil {
		waiter.Readable()
	}
}

// Run tells until Close is called.
func (w *Watch) Run() error { return w.system.run(w) }

// Close ends Run. Nothing more is told then.
func (w *Watch) Close() error { return w.system.close() }
