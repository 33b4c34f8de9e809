package socket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// echo is an HTTP server whose connections get their own messages back.
type echo struct {
	*httptest.Server
	serving sync.WaitGroup
	options Options
}

func newEcho(t *testing.T, o Options, start func(*httptest.Server)) *echo {
	e := &echo{options: o}
	ctx, cancel := context.WithCancel(context.Background())
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Counted before Upgrade answers: net/http doesn't wait for this handler any more when the client knows.
		e.serving.Add(1)
		c, err := Upgrade(w, r, e.options)
		if err != nil {
			e.serving.Done()
			return
		}
		go func() {
			defer e.serving.Done()
			_ = c.echo(ctx)
		}()
	}))
	start(e.Server)
	t.Cleanup(func() {
		cancel()
		e.serving.Wait()
		e.Close()
	})
	return e
}

// echo serves c; the message "close" closes it.
func (c *Conn) echo(ctx context.Context) error {
	var box mailbox
	return c.Serve(ctx, &box, func(msg []byte) error {
		if string(msg) == "close" {
			c.Close(4321, "as you wish")
			return nil
		}
		box.put(Frame(msg))
		c.Wake()
		return nil
	})
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func (e *echo) dial(t *testing.T, subprotocols ...string) *websocket.Conn {
	t.Helper()
	c, resp, err := websocket.Dial(testContext(t), e.URL, &websocket.DialOptions{
		Subprotocols: subprotocols, HTTPClient: e.Client(), CompressionMode: websocket.CompressionContextTakeover,
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		resp.Body.Close()
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	c.SetReadLimit(1 << 20)
	return c
}

// An independent client, over TCP and over TLS.
func TestUpgrade_client(t *testing.T) {
	for name, start := range map[string]func(*httptest.Server){
		"tcp": (*httptest.Server).Start, "tls": (*httptest.Server).StartTLS,
	} {
		t.Run(name, func(t *testing.T) {
			e := newEcho(t, Options{}, start)
			ctx := testContext(t)
			c := e.dial(t)
			for _, n := range []int{0, 1, 125, 126, 4096, 65536, 320 << 10} {
				sent := strings.Repeat("ä", n/2)
				if err := c.Write(ctx, websocket.MessageText, []byte(sent)); err != nil {
					t.Fatal(err)
				}
				kind, got, err := c.Read(ctx)
				if err != nil || kind != websocket.MessageText || string(got) != sent {
					t.Fatalf("echo of %d bytes: %d bytes, %v, %v", n, len(got), kind, err)
				}
			}
			reading := c.CloseRead(ctx)
			if err := c.Ping(ctx); err != nil {
				t.Errorf("ping: %v", err)
			}
			if err := c.Write(ctx, websocket.MessageText, []byte("close")); err != nil {
				t.Fatal(err)
			}
			<-reading.Done()
		})
	}
}

func TestUpgrade_closeCodes(t *testing.T) {
	e := newEcho(t, Options{}, (*httptest.Server).Start)
	ctx := testContext(t)
	t.Run("ours", func(t *testing.T) {
		c := e.dial(t)
		if err := c.Write(ctx, websocket.MessageText, []byte("close")); err != nil {
			t.Fatal(err)
		}
		_, _, err := c.Read(ctx)
		var got websocket.CloseError
		if !errors.As(err, &got) || got.Code != 4321 || got.Reason != "as you wish" {
			t.Errorf("client got %v", err)
		}
	})
	t.Run("theirs", func(t *testing.T) {
		if err := e.dial(t).Close(4000, "enough"); err != nil {
			t.Errorf("client got %v", err)
		}
	})
	t.Run("too big", func(t *testing.T) {
		c := e.dial(t)
		if err := c.Write(ctx, websocket.MessageText, make([]byte, 320<<10+1)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Read(ctx); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
			t.Errorf("client got %v", err)
		}
	})
}

func TestUpgrade_subprotocol(t *testing.T) {
	tests := []struct {
		name           string
		speaks, offers []string
		want           string
	}{
		{"none", nil, nil, ""},
		{"not offered", []string{"kinward.v1"}, nil, ""},
		{"unknown", []string{"kinward.v1"}, []string{"chat"}, ""},
		{"one", []string{"kinward.v1"}, []string{"kinward.v1"}, "kinward.v1"},
		{"client's first", []string{"kinward.v1", "kinward.v2"}, []string{"x", "kinward.v2", "kinward.v1"}, "kinward.v2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEcho(t, Options{Subprotocols: tt.speaks}, (*httptest.Server).Start)
			if got := e.dial(t, tt.offers...).Subprotocol(); got != tt.want {
				t.Errorf("chosen %q, want %q", got, tt.want)
			}
		})
	}
}

const (
	handshake = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" // RFC 6455, 1.3
)

func TestUpgrade_handshake(t *testing.T) {
	e := newEcho(t, Options{}, (*httptest.Server).Start)
	tests := []struct {
		name, old, new string
		want           int
	}{
		{"good", "", "", 101},
		{"method", "GET", "POST", 405},
		{"old HTTP", "HTTP/1.1", "HTTP/1.0", 505},
		{"no upgrade", "Upgrade: websocket\r\n", "", 400},
		{"other upgrade", "Upgrade: websocket", "Upgrade: h2c", 400},
		{"no connection", "Connection: keep-alive, Upgrade\r\n", "", 400},
		{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400},
		{"short key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhl", 400},
		{"no version", "Sec-WebSocket-Version: 13\r\n", "", 400},
		{"old version", "Version: 13", "Version: 8", 426},
		{"bad subprotocol", "\r\n\r\n", "\r\nSec-WebSocket-Protocol: a b,,\x7f(\r\n\r\n", 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, r := e.request(t, strings.Replace(handshake, tt.old, tt.new, 1))
			resp, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.want {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.want)
			}
			if tt.want == 101 {
				if got := resp.Header.Get("Sec-WebSocket-Accept"); got != accept {
					t.Errorf("accept key %q", got)
				}
				conn.Close()
				return
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil || len(body) == 0 || len(body) > 100 {
				t.Errorf("body %q, %v", body, err)
			}
			if tt.want == 426 && resp.Header.Get("Sec-WebSocket-Version") != "13" {
				t.Error("the version spoken is not told")
			}
			if _, err := r.ReadByte(); err == nil {
				t.Error("connection left open")
			}
		})
	}
}

// request writes raw bytes to the server.
func (e *echo) request(t *testing.T, bytes string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", e.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, bytes); err != nil {
		t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

// Frames in the same packet as the request are not lost in net/http's buffer, and the rest of a frame that is half in
// there is read from the connection.
func TestUpgrade_pipelined(t *testing.T) {
	e := newEcho(t, Options{}, (*httptest.Server).Start)
	frames := append(text("one"), text("two")...)
	for _, n := range []int{1, 2, 6, len(frames) - 1, len(frames)} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			conn, r := e.request(t, handshake+string(frames[:n]))
			resp, err := http.ReadResponse(r, nil)
			if err != nil || resp.StatusCode != 101 {
				t.Fatal(resp, err)
			}
			if _, err := conn.Write(frames[n:]); err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"text one", "text two"} {
				op, payload, err := readFrame(r)
				if err != nil || describe(op, payload) != want {
					t.Errorf("read %q, %v, want %q", describe(op, payload), err, want)
				}
			}
		})
	}
}

func TestUpgrade_notHTTP1(t *testing.T) {
	e := newEcho(t, Options{}, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	})
	req, err := http.NewRequestWithContext(testContext(t), http.MethodGet, e.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := e.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.ProtoMajor != 2 || resp.StatusCode != 505 || string(body) != "WebSocket needs HTTP/1.1\n" {
		t.Errorf("answer %s %s %q, %v", resp.Proto, resp.Status, body, err)
	}
}

func TestUpgrade_notHijackable(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if _, err := Upgrade(w, r, Options{}); err == nil {
		t.Error("no error")
	}
	if w.Code != 500 || w.Body.Len() == 0 {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
}
