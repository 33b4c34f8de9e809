package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/gobwas/ws"
)

// Conn is one WebSocket connection, made by [Upgrade].
type Conn struct {
	// Static.
	conn     net.Conn
	protocol string
	max      int
	idle     time.Duration

	// Set by Serve before anything runs.
	src    Source
	handle func(msg []byte) error

	// Owned by Serve's goroutine and those that it waits for.
	aside  sync.WaitGroup
	in     input
	detach func() // from the context
	over   bool   // nothing more is to be received
	result error

	// Guards itself. Its lock may be taken under mu, never the other way round.
	out Flusher

	mu       sync.Mutex
	pong     []byte  // the frame that answers the newest ping
	pingOwed bool    // a ping of ours is to be written
	end      *ending // nil until closing begins
}

func newConn(conn net.Conn, early []byte, protocol string, o Options) *Conn {
	return &Conn{
		conn: conn, protocol: protocol, max: o.MaxMessage, idle: o.IdleTimeout,
		in:  input{pending: early},
		out: Flusher{conn: conn, raw: rawOf(conn), timeout: o.WriteTimeout},
	}
}

// Subprotocol returns the subprotocol agreed on, "" if none.
func (c *Conn) Subprotocol() string { return c.protocol }

// Serve reads until the client closes, Close is called, ctx ends (the client is told 1001), handle returns an error
// or the connection breaks, and calls handle for each whole text message. msg is valid during the call only. Serve
// is called once. When it returns, the closing handshake is done or was given up, the flusher has ended and the
// connection is closed.
//
// The result is nil after a closing begun by either side, whether or not the other took part in it; the error of
// handle, unchanged; a [*CloseError] if the client broke the protocol; [ErrSlow], [ErrSilent], or what the network
// said. An error of handle closes with the code of the CloseError in it, or with 1011, after what src still has.
func (c *Conn) Serve(ctx context.Context, src Source, handle func(msg []byte) error) error {
	c.src, c.handle = src, handle
	c.apart(func() { c.begin(ctx) })
	for !c.over {
		n, err := c.conn.Read(c.in.first[:])
		c.apart(func() { c.heard(n, err) })
	}
	c.apart(c.finish)
	return c.result
}

// apart runs f on a goroutine of its own and waits for it. A stack that has grown beyond 2 KiB doesn't shrink to that
// again while its goroutine waits in a read, and handle would make ten thousand of them grow. So Serve's goroutine
// reads and does nothing else. The other one costs about a microsecond for each burst of frames.
func (c *Conn) apart(f func()) {
	c.aside.Go(f)
	c.aside.Wait()
}

// Wake says that src has frames: they are written soon, on a goroutine that ends when there are no more. It doesn't
// block and may be called from any goroutine, also before Serve and after it.
func (c *Conn) Wake() { c.out.Wake() }

// Now is Wake that writes on the caller's goroutine what can be written without waiting; see [Flusher.Now].
func (c *Conn) Now() { c.out.Now() }

// Close begins the closing handshake: what src still has is written, then the close frame, then the client's answer
// is awaited, all within a second, after which the connection is cut. Messages that arrive meanwhile are dropped. It
// doesn't wait for any of that: Serve does. Only the first call counts. reason is cut to 123 bytes; a code that must
// not be sent (RFC 6455, 7.4) becomes 1011.
func (c *Conn) Close(code uint16, reason string) {
	c.beginClose(code, reason, false)
}

func (c *Conn) begin(ctx context.Context) {
	c.out.Start((*outbox)(c))
	c.detach = c.closeAfter(ctx)
	c.in.last = time.Now()
	err := c.overdue() // sets the first deadline
	if err == nil {
		err = c.burst() // what came with the upgrade
	}
	c.settle(err)
}

// closeAfter closes the connection when ctx ends. After detach has returned it won't, and isn't just doing so.
func (c *Conn) closeAfter(ctx context.Context) (detach func()) {
	var closing sync.WaitGroup
	closing.Add(1)
	stop := context.AfterFunc(ctx, func() {
		defer closing.Done()
		c.Close(uint16(ws.StatusGoingAway), "")
	})
	return func() {
		if stop() {
			closing.Done()
		}
		closing.Wait()
	}
}

// heard goes on from a read of n bytes into in.first.
func (c *Conn) heard(n int, err error) {
	switch {
	case n > 0 || err == nil:
		c.in.pending = c.in.first[:n]
		err = c.burst()
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = c.broken(c.overdue())
	default:
		err = c.broken(fmt.Errorf("read: %w", err))
	}
	c.settle(err)
}

// settle ends the receiving if err is not nil.
func (c *Conn) settle(err error) {
	if err == nil {
		return
	}
	c.over = true
	if !errors.Is(err, errClosing) {
		c.result = err
	}
}

// broken returns why reading ends if it failed with err, and tells the client if that was its fault. What src has is
// of no use to a client that errs.
func (c *Conn) broken(err error) error {
	if err == nil {
		return nil
	}
	if c.closing() {
		return errClosing
	}
	if failed := c.out.failure(); failed != nil {
		return failed // the flusher closed the connection under the reader
	}
	if fault, ok := errors.AsType[*CloseError](err); ok {
		c.beginClose(fault.Code, fault.Reason, true)
	}
	return err
}
