package server

import (
	"net"
	"sync"
	"sync/atomic"
)

// returns is a listener for net/http which accepts the connections that were taken from it and shall be read from again: with
// it a client polls on one connection for as long as it likes.
type returns struct {
	conns   chan net.Conn
	serving atomic.Bool
	close   sync.Once
	closed  chan struct{}
}

func newReturns() *returns { return &returns{conns: make(chan net.Conn), closed: make(chan struct{})} }

// Returns is what the http.Server that serves the Handler has to serve too. Without it long polls stay with net/http.
func (s *Server) Returns() net.Listener { return s.returns }

// give hands a connection to net/http; false if that has stopped.
func (l *returns) give(c net.Conn) bool {
	select {
	case l.conns <- c:
		return true
	case <-l.closed:
		return false
	}
}

func (l *returns) Accept() (net.Conn, error) {
	l.serving.Store(true)
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *returns) Close() error {
	l.close.Do(func() { close(l.closed) })
	return nil
}

func (l *returns) Addr() net.Addr { return returnsAddr{} }

type returnsAddr struct{}

func (returnsAddr) Network() string { return "returns" }
func (returnsAddr) String() string  { return "connections that come back" }

// returned is a connection that goes back to net/http, with what was read of its next request.
type returned struct {
	net.Conn
	early []byte
}

func (c *returned) Read(p []byte) (int, error) {
	if len(c.early) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.early)
	if c.early = c.early[n:]; len(c.early) == 0 {
		c.early = nil
	}
	return n, nil
}

// CloseWrite is how net/http ends an answer that nothing follows.
func (c *returned) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
