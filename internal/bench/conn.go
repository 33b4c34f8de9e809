package bench

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it; it protects nothing
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// conn is the client's end of one WebSocket. Reading belongs to one goroutine, writing to one at a time.
type conn struct {
	nc    net.Conn
	buf   []byte // what was read and not looked at yet is buf[r:w]
	r, w  int
	masks masks // of frames that are sent; pongs, which the reader sends, have their own
	pongs masks
	frame frame // the last one, of next
	ready string
}

const dialTimeout = time.Minute // ten thousand handshakes at once take their time

// dial opens the feed of whoever token belongs to at node, from cursor, or from the present if that is "". It returns
// when the server says that it is ready. size is how much the connection reads at once, to begin with.
func dial(ctx context.Context, node *url.URL, token, cursor string, size int) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	nc, err := dialNode(ctx, node)
	if err != nil {
		return nil, err
	}
	c := &conn{nc: nc, buf: make([]byte, size)}
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer stop()
	if err = c.open(node, token, cursor); err != nil {
		_ = nc.Close()
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	return c, nil
}

func dialNode(ctx context.Context, node *url.URL) (net.Conn, error) {
	host := node.Host
	if node.Port() == "" {
		host = net.JoinHostPort(node.Hostname(), node.Scheme)
	}
	if node.Scheme == "https" {
		d := tls.Dialer{Config: &tls.Config{NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}}
		return d.DialContext(ctx, "tcp", host)
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", host)
}

// open makes the opening handshake and waits for ready.
func (c *conn) open(node *url.URL, token, cursor string) error {
	var random [24]byte
	_, _ = rand.Read(random[:]) // never fails
	c.masks = masks(binary.LittleEndian.Uint64(random[16:]))
	c.pongs = c.masks + 1
	key := base64.StdEncoding.EncodeToString(random[:16])
	target := node.Path + "/api/v1/feed/socket"
	if cursor != "" {
		target += "?cursor=" + url.QueryEscape(cursor)
	}
	request := "GET " + target + " HTTP/1.1\r\nHost: " + node.Host + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: kinward.v1\r\nSec-WebSocket-Key: " + key +
		"\r\nAuthorization: Bearer " + token + "\r\n\r\n"
	if _, err := io.WriteString(c.nc, request); err != nil {
		return err
	}
	if err := c.opened(key); err != nil {
		return err
	}
	f, err := c.next()
	if err != nil {
		return err
	}
	if string(f.op) != "ready" {
		return fmt.Errorf("the first frame is %q, not ready: %s", f.op, f.code)
	}
	c.ready = string(f.cursor)
	return nil
}

// opened reads the answer to the handshake. What came behind it stays to be read.
func (c *conn) opened(key string) error {
	in := bufio.NewReaderSize(c.nc, 1024)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	_ = res.Body.Close() // a 101 has none
	if res.StatusCode != http.StatusSwitchingProtocols {
		return refusal(res.StatusCode, "a WebSocket", "")
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see the import
	if res.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) {
		return errors.New("the answer to the handshake has a wrong Sec-WebSocket-Accept")
	}
	behind, _ := in.Peek(in.Buffered()) // what is there can be peeked at
	c.fit(len(behind))
	c.w = copy(c.buf, behind)
	return nil
}

// next reads the next text frame. What it returns is good until the next call. Pings are answered on the way.
func (c *conn) next() (*frame, error) {
	for {
		op, payload, size, err := frameIn(c.buf[c.r:c.w])
		if err != nil {
			return nil, err
		}
		if payload == nil {
			if err := c.more(size); err != nil {
				return nil, err
			}
			continue
		}
		c.r += size
		switch op {
		case opText:
			return &c.frame, c.frame.scan(payload)
		case opPing:
			if _, err := c.nc.Write(appendFrame(nil, opPong, c.pongs.key(), payload)); err != nil {
				return nil, err
			}
		case opClose:
			return nil, closeOf(payload)
		}
	}
}

// whole says whether next will return without waiting for the network.
func (c *conn) whole() bool {
	_, payload, _, err := frameIn(c.buf[c.r:c.w])
	return payload != nil || err != nil
}

// more reads once, after making room for a frame of size bytes.
func (c *conn) more(size int) error {
	if c.r > 0 {
		c.w = copy(c.buf, c.buf[c.r:c.w])
		c.r = 0
	}
	c.fit(max(size, c.w+1))
	n, err := c.nc.Read(c.buf[c.w:])
	c.w += n
	if n > 0 {
		return nil
	}
	return err
}

// fit makes buf at least n bytes long.
func (c *conn) fit(n int) {
	if n <= len(c.buf) {
		return
	}
	grown := make([]byte, max(n, 2*len(c.buf)))
	copy(grown, c.buf[:c.w])
	c.buf = grown
}

func (c *conn) close() { _ = c.nc.Close() }
