package socket

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// mailbox is a Source over a queue in memory.
type mailbox struct {
	mu     sync.Mutex
	frames [][]byte
}

func (m *mailbox) put(frames ...[]byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.frames = append(m.frames, frames...)
}

func (m *mailbox) Fill(dst [][]byte) [][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	dst = append(dst, m.frames...)
	m.frames = m.frames[:0]
	return dst
}

func ignore([]byte) error { return nil }

// peer is the client's end of a connection under test, at the level of frames.
type peer struct {
	t      *testing.T
	net    net.Conn // the client's end
	conn   *Conn    // the server's
	result chan error
}

// serve runs Serve on one end of a pipe and returns the other. The connection is ended with the test.
func serve(ctx context.Context, t *testing.T, o Options, src Source, handle func([]byte) error) *peer {
	t.Helper()
	client, server := net.Pipe()
	return serveOn(ctx, t, client, server, o, src, handle)
}

func serveOn(ctx context.Context, t *testing.T, client, server net.Conn, o Options, src Source, handle func([]byte) error) *peer {
	t.Helper()
	p := &peer{t: t, net: client, conn: newConn(server, nil, "", o.withDefaults()), result: make(chan error, 1)}
	go func() { p.result <- p.conn.Serve(ctx, src, handle) }()
	t.Cleanup(func() {
		client.Close()
		_ = p.wait()
	})
	return p
}

// wait returns Serve's result.
func (p *peer) wait() error {
	err := <-p.result
	p.result <- err // for whoever asks again
	return err
}

func (p *peer) write(frames ...[]byte) {
	p.t.Helper()
	for _, f := range frames {
		if _, err := p.net.Write(f); err != nil {
			p.t.Fatalf("write: %v", err)
		}
	}
}

// read returns the next frame as told by describe.
func (p *peer) read() string {
	p.t.Helper()
	op, payload, err := readFrame(p.net)
	if err != nil {
		return err.Error()
	}
	return describe(op, payload)
}

func (p *peer) expect(want ...string) {
	p.t.Helper()
	for _, w := range want {
		if got := p.read(); got != w {
			p.t.Fatalf("read %q, want %q", got, w)
		}
	}
}

// readFrame reads a frame of a server and checks that it is one.
func readFrame(r io.Reader) (ws.OpCode, []byte, error) {
	h, err := ws.ReadHeader(r)
	if err != nil {
		return 0, nil, err
	}
	if err := ws.CheckHeader(h, ws.StateClientSide); err != nil {
		return 0, nil, fmt.Errorf("bad frame from the server: %w", err)
	}
	if !h.Fin {
		return 0, nil, errors.New("fragmented frame from the server")
	}
	payload := make([]byte, h.Length)
	_, err = io.ReadFull(r, payload)
	return h.OpCode, payload, err
}

func describe(op ws.OpCode, payload []byte) string {
	switch op {
	case ws.OpText:
		return "text " + string(payload)
	case ws.OpPing:
		return "ping " + string(payload)
	case ws.OpPong:
		return "pong " + string(payload)
	case ws.OpClose:
		if len(payload) < 2 {
			return fmt.Sprintf("close %q", payload)
		}
		return fmt.Sprintf("close %d %s", binary.BigEndian.Uint16(payload), payload[2:])
	default:
		return fmt.Sprintf("opcode %d", op)
	}
}

var mask = [4]byte{0xde, 0xad, 0xbe, 0xef}

// masked is a client's frame; fin false makes it a fragment.
func masked(op ws.OpCode, fin bool, payload string) []byte {
	return ws.MustCompileFrame(ws.MaskFrameWith(ws.NewFrame(op, fin, []byte(payload)), mask))
}

func text(payload string) []byte { return masked(ws.OpText, true, payload) }

func closing(code uint16, reason string) []byte {
	return masked(ws.OpClose, true, string(ws.NewCloseFrameBody(ws.StatusCode(code), reason)))
}

// loopback returns the two ends of a TCP connection, closed with the test.
func loopback(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	// A test that hangs shall fail by itself.
	if err := client.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return client, server
}
