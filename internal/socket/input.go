package socket

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/gobwas/ws"
)

const (
	inputSize  = 4 << 10  // holds a burst of chat messages
	maxMessage = 64 << 10 // larger message buffers go to the garbage collector: they are rare, and pools keep the largest
)

var (
	inputs   = sync.Pool{New: func() any { return new([inputSize]byte) }}
	messages = sync.Pool{New: func() any { return new([]byte) }}
)

// input is the receiving state of a connection. Between frames it holds no buffer, and between messages neither a
// message.
type input struct {
	first   [16]byte         // what the idle read goes into: a header and some, all of a pong
	pending []byte           // received and not yet read: of first, of buf, or come with the upgrade
	buf     *[inputSize]byte // pooled
	msg     *[]byte          // pooled; the message being put together

	left       int64 // bytes of the current frame's payload that are not yet read
	fragmented bool  // msg goes on in a continuation frame
	closed     bool  // the client's close frame was read

	last   time.Time // when a frame was last read
	pinged bool      // a ping was owed since then

	head [ws.MaxHeaderSize]byte // header bytes; on the stack they would escape
}

// rest gives the buffer back if all of it was read.
func (in *input) rest() {
	if len(in.pending) > 0 {
		return
	}
	in.pending = nil
	if in.buf != nil {
		inputs.Put(in.buf)
		in.buf = nil
	}
}

// drop gives the message's buffer back.
func (in *input) drop() {
	if in.msg == nil {
		return
	}
	if cap(*in.msg) <= maxMessage {
		*in.msg = (*in.msg)[:0]
		messages.Put(in.msg)
	}
	in.msg = nil
}

// release gives everything back.
func (in *input) release() {
	in.pending = nil
	in.rest()
	in.drop()
}

// stream is a Conn as a reader of the bytes received. Short reads take all that is there into a buffer.
type stream Conn

func (s *stream) Read(p []byte) (int, error) {
	in := &s.in
	if len(in.pending) == 0 {
		if len(p) >= inputSize {
			return s.receive(p)
		}
		if in.buf == nil {
			in.buf = inputs.Get().(*[inputSize]byte)
		}
		n, err := s.receive(in.buf[:])
		if n == 0 {
			return 0, err
		}
		in.pending = in.buf[:n]
	}
	n := copy(p, in.pending)
	in.pending = in.pending[n:]
	return n, nil
}

// receive reads from the connection and, when the read deadline passes, asks what that means.
func (s *stream) receive(p []byte) (int, error) {
	for {
		n, err := s.conn.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if err := (*Conn)(s).overdue(); err != nil {
			return 0, err
		}
	}
}

// overdue is called when the read deadline has passed. It sets the next one and returns nil, or the reason why the
// client is given up. The deadline is not moved with each frame: when it passes is soon enough to see that frames
// have come. The client is pinged half the idle time after its last frame, and given up another half later.
func (c *Conn) overdue() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.end != nil {
		if now.Before(c.end.by) {
			return nil // Close has just set it
		}
		return os.ErrDeadlineExceeded
	}
	next := c.in.last.Add(c.idle / 2)
	if !now.Before(next) {
		if c.in.pinged {
			return ErrSilent
		}
		c.in.pinged, c.pingOwed = true, true
		c.out.Wake()
		next = now.Add(c.idle - c.idle/2) // from now: a slow handle may be why nothing was read
	}
	return c.conn.SetReadDeadline(next)
}
