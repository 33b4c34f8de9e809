package legacy

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// watched is a client's connection that remembers whether a write has failed. A client that says goodbye isn't asked for
// by Fill any more, so without this nobody would know whether what it was told last had been written.
type watched struct {
	net.Conn
	failed atomic.Bool
}

func (c *watched) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, c.note(err)
}

// SetWriteDeadline is watched too: a write whose deadline can't be set is not tried.
func (c *watched) SetWriteDeadline(t time.Time) error { return c.note(c.Conn.SetWriteDeadline(t)) }

func (c *watched) note(err error) error {
	if err != nil {
		c.failed.Store(true)
	}
	return err
}

// NetConn is what lies below TLS, if there is TLS: package socket cuts connections there.
func (c *watched) NetConn() net.Conn {
	if tls, ok := c.Conn.(interface{ NetConn() net.Conn }); ok {
		return tls.NetConn()
	}
	return c.Conn
}

// takeover is a ResponseWriter whose connection is watched once it has been hijacked.
type takeover struct {
	http.ResponseWriter
	conn *watched // nil before
}

// Hijack implements http.Hijacker.
func (t *takeover) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	t.conn = &watched{Conn: conn}
	return t.conn, rw, nil
}
