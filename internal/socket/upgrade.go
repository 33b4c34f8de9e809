package socket

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gobwas/ws"
)

// Options of a connection. The zero value stands for the defaults.
type Options struct {
	// Subprotocols that the server speaks. The first one that the client offers and that is in the list is chosen; a
	// client that offers none of them is served without.
	Subprotocols []string
	// MaxMessage is the longest message accepted, in bytes, 320 KiB by default: a request body of 256 KiB as JSON in
	// an envelope. A longer one closes with 1009.
	MaxMessage int
	// WriteTimeout is how long one write may take, 10 s by default. Then the connection is cut: see [ErrSlow].
	WriteTimeout time.Duration
	// IdleTimeout is how long the client may be silent, 60 s by default. At half of it the client is pinged, at the
	// end the connection is cut: see [ErrSilent]. A frame must arrive whole in that time.
	IdleTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.MaxMessage <= 0 {
		o.MaxMessage = 320 << 10
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = 10 * time.Second
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = time.Minute
	}
	return o
}

// choose returns the listed subprotocol that is offered.
func (o Options) choose(offered string) (protocol string, ok bool) {
	i := slices.Index(o.Subprotocols, offered)
	if i < 0 {
		return "", false
	}
	// Ours and not the client's equal one, which would keep the request's memory alive.
	return o.Subprotocols[i], true
}

var errHTTP1 = errors.New("WebSocket needs HTTP/1.1")

// Upgrade answers the opening handshake in r and takes the connection over; the handler must return then and
// [Conn.Serve] must be run. Whether the origin of r may connect is the caller's to check before.
//
// On an error the client was answered, with 400, 405, 426, 500 or 505 and a line of plain text, and the handler must
// only return. Except for the last two the answer goes past w, so that a wrapped w sees no status.
func Upgrade(w http.ResponseWriter, r *http.Request, o Options) (*Conn, error) {
	if r.ProtoMajor != 1 {
		http.Error(w, errHTTP1.Error(), http.StatusHTTPVersionNotSupported)
		return nil, fmt.Errorf("upgrade: %w", errHTTP1)
	}
	o = o.withDefaults()
	var protocol string
	upgrader := ws.HTTPUpgrader{
		Timeout: o.WriteTimeout,
		Protocol: func(offered string) (ok bool) {
			protocol, ok = o.choose(offered)
			return ok
		},
	}
	conn, rw, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	return newConn(conn, early(rw.Reader), protocol, o), nil
}

// early returns a copy of what the client sent behind its request without waiting for the answer. A copy, because the
// reader is net/http's and its 4 KiB shall not live as long as the connection.
func early(r *bufio.Reader) []byte {
	p, _ := r.Peek(r.Buffered()) // can't fail: no more than there is
	if len(p) == 0 {
		return nil
	}
	return bytes.Clone(p)
}
