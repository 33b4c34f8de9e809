package socket

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Source gives a flusher what to write.
type Source interface {
	// Fill appends whole frames to dst and returns it; nothing appended means that there is nothing now, and a Wake
	// after that makes the flusher ask again. The frames are shared: nobody changes their bytes any more, and dst's
	// backing array belongs to the flusher. Fill is called by one goroutine at a time and without locks held. It may
	// block, on a database say, but must return by itself: Serve and Stop wait for it.
	Fill(dst [][]byte) [][]byte
}

// joinSize is what small frames are joined up to for one write. Copying costs the same as writev up to hundreds of
// 400-byte frames (measured), works on every net.Conn, gives TLS one full record (16 KiB) instead of one a frame, and
// lets the write timeout count headway; writev would leave an array of up to 16 KiB on each connection it was used on.
const joinSize = 16 << 10

// maxBatch bounds the slices kept for the next flush; a catch-up of thousands of frames is rare.
const maxBatch = 1024

var (
	joins   = sync.Pool{New: func() any { return new([joinSize]byte) }}
	batches = sync.Pool{New: func() any { return new([][]byte) }}
)

// Prompt is a Source that can often tell at once what it has. It makes [Flusher.Now] worth calling.
type Prompt interface {
	// FillNow is Fill if that takes no waiting; otherwise ready is false and nothing has been taken.
	FillNow(dst [][]byte) (frames [][]byte, ready bool)
}

// Flusher writes what a Source has to a connection, on a goroutine that exists only while there is something to
// write. It serves WebSocket connections and, on its own, any other stream on a hijacked connection, such as
// server-sent events. A write that fails closes the connection, so that whoever reads from it notices. Somebody
// should: nothing else notices a client that goes away while there is nothing to write.
type Flusher struct {
	conn    net.Conn
	raw     syscall.RawConn // of conn; nil where it has none, as with TLS
	timeout time.Duration
	dated   bool   // a write deadline of ours is set; owned by the running flush
	rest    []byte // what the running flush writes before it asks src

	mu      sync.Mutex
	src     Source // nil until Start; unchanged then
	running bool
	again   bool // woken since the running flush last asked src
	stopped bool
	limit   time.Time // no write lasts beyond it, if set
	err     error     // of the write that failed

	flush sync.WaitGroup // the running one
}

// NewFlusher returns a flusher of src to conn. Each write, of one frame or of small ones joined up to 16 KiB, must
// end within timeout. The flusher owns conn's write deadline and writes nothing before the first Wake. With a nil src it
// writes nothing before Start.
func NewFlusher(conn net.Conn, src Source, timeout time.Duration) *Flusher {
	return &Flusher{conn: conn, raw: rawOf(conn), src: src, timeout: timeout}
}

// Wake says that the source has something. It doesn't block and may be called from any goroutine, also from Fill.
func (f *Flusher) Wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped || f.src == nil {
		return
	}
	if f.running {
		f.again = true
		return
	}
	f.running = true
	f.flush.Add(1)
	go f.run()
}

// Now is Wake for a caller who can spare the time of a few copies and one write that doesn't wait: what a Prompt source has
// ready and the kernel takes at once is written on the caller's goroutine, which for a small frame to each of many
// connections costs less than a goroutine for each. All else is left to one. It must not be called from Fill.
func (f *Flusher) Now() {
	f.mu.Lock()
	if f.stopped || f.src == nil || f.running {
		f.again = true
		f.mu.Unlock()
		return
	}
	f.running, f.again = true, false
	f.flush.Add(1)
	prompt, ok := f.src.(Prompt)
	f.mu.Unlock()
	if !ok || !f.now(prompt) {
		go f.run()
		return
	}
	f.flush.Done()
}

// now reports whether all was written that there was; the rest is for run.
func (f *Flusher) now(src Prompt) bool {
	kept := batches.Get().(*[][]byte)
	defer batches.Put(kept)
	batch, ready := src.FillNow((*kept)[:0])
	defer clear(batch)
	*kept = batch[:0]
	if len(batch) > 0 {
		rest, err := f.writeNow(batch)
		if err != nil {
			f.fail(err)
			return true
		}
		if len(rest) > 0 {
			f.rest = rest
			return false
		}
	}
	return ready && f.settle()
}

// writeNow returns what of the frames the kernel did not take.
func (f *Flusher) writeNow(frames [][]byte) (rest []byte, err error) {
	whole := frames[0]
	if len(frames) > 1 {
		buf := joins.Get().(*[joinSize]byte)
		defer joins.Put(buf)
		whole = buf[:0]
		for _, frame := range frames {
			whole = append(whole, frame...) // grows beyond the buffer where it must
		}
	}
	n := 0
	if f.raw != nil {
		n, err = writeNow(f.raw, whole)
	}
	if n < len(whole) && err == nil {
		rest = bytes.Clone(whole[n:])
	}
	return rest, err
}

// Stop keeps new flushes from starting, waits until the running one has written all that the source has, and returns
// the error of the write that failed, if one did: [ErrSlow] if it took too long. To stop at once close the connection
// first. Not to be called from Fill.
func (f *Flusher) Stop() error {
	f.mu.Lock()
	f.stopped = true
	f.mu.Unlock()
	f.flush.Wait()
	return f.failure()
}

// failure returns the error of the write that failed. It is set before the connection is closed for it.
func (f *Flusher) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Start sets the source of a flusher that was made without one, so that it could be woken before, and wakes it.
func (f *Flusher) Start(src Source) {
	f.mu.Lock()
	f.src = src
	f.mu.Unlock()
	f.Wake()
}

// bound lets no write, the running one included, last beyond t.
func (f *Flusher) bound(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limit = t
	_ = f.conn.SetWriteDeadline(t) // fails on a closed connection only
}

func (f *Flusher) run() {
	defer f.flush.Done()
	kept := batches.Get().(*[][]byte)
	batch := *kept
	if len(f.rest) > 0 {
		err := f.send(f.rest)
		f.rest = nil
		if err != nil {
			f.fail(err)
			return
		}
	}
	for {
		f.heed()
		batch = f.src.Fill(batch[:0])
		if len(batch) == 0 {
			if f.settle() {
				break
			}
			continue
		}
		if err := f.write(batch); err != nil {
			f.fail(err)
			break
		}
		clear(batch) // the frames are somebody's memory
	}
	if cap(batch) <= maxBatch {
		clear(batch)
		*kept = batch[:0]
		batches.Put(kept)
	}
}

// heed forgets the wake-ups that the Fill about to be called will answer.
func (f *Flusher) heed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.again = false
}

// settle ends the flush unless there was a wake-up since Fill was called.
func (f *Flusher) settle() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.again {
		return false
	}
	f.running = false
	if f.dated && f.limit.IsZero() {
		// A deadline left behind would pass in the idle time, where TLS may answer a key update from a read.
		_ = f.conn.SetWriteDeadline(time.Time{})
		f.dated = false
	}
	return true
}

// write writes the frames in order, small ones joined.
func (f *Flusher) write(frames [][]byte) error {
	if len(frames) == 1 {
		return f.send(frames[0])
	}
	buf := joins.Get().(*[joinSize]byte)
	defer joins.Put(buf)
	n := 0
	for _, frame := range frames {
		if n+len(frame) > joinSize {
			if err := f.send(buf[:n]); err != nil {
				return err
			}
			n = 0
		}
		if len(frame) > joinSize {
			if err := f.send(frame); err != nil {
				return err
			}
			continue
		}
		n += copy(buf[n:], frame)
	}
	return f.send(buf[:n])
}

// send writes p. What the kernel takes at once, which is nearly always all of it, needs no deadline.
func (f *Flusher) send(p []byte) error {
	n, err := writeNow(f.raw, p)
	if p = p[n:]; err != nil || len(p) == 0 {
		return err
	}
	f.dated = true
	f.mu.Lock()
	deadline := time.Now().Add(f.timeout)
	if !f.limit.IsZero() && f.limit.Before(deadline) {
		deadline = f.limit
	}
	err = f.conn.SetWriteDeadline(deadline)
	f.mu.Unlock()
	if err == nil {
		_, err = f.conn.Write(p)
	}
	return err
}

func (f *Flusher) fail(err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = ErrSlow
	} else {
		err = fmt.Errorf("write: %w", err)
	}
	f.mu.Lock()
	f.stopped = true
	f.running = false
	f.err = err
	f.mu.Unlock()
	cut(f.conn)
}

// cut closes conn at once. Closing a TLS connection in the regular way tries for five seconds to say goodbye, which a
// client that doesn't read would make us wait for.
func cut(conn net.Conn) {
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		_ = tls.NetConn().Close()
	}
	_ = conn.Close()
}
