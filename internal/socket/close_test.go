package socket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

func TestConn_closeFlushes(t *testing.T) {
	var box mailbox
	p := serve(t.Context(), t, Options{}, &box, ignore)
	for i := range 100 {
		box.put(Frame(fmt.Append(nil, i)))
	}
	p.conn.Close(4001, "restarting")
	p.conn.Close(4999, "a second call changes nothing")
	for i := range 100 {
		p.expect(fmt.Sprintf("text %d", i))
	}
	p.expect("close 4001 restarting")
	box.put(Frame([]byte("too late")))
	p.conn.Wake()
	p.write(text("dropped"), closing(4001, ""))
	p.expect("EOF")
	if err := p.wait(); err != nil {
		t.Error(err)
	}
}

// Frames that were added before Close go before the close frame even if the flusher has just found the source empty.
func TestConn_closeWhileFilling(t *testing.T) {
	asked, answer := make(chan bool), make(chan [][]byte)
	p := serve(t.Context(), t, Options{}, fillFunc(func(dst [][]byte) [][]byte {
		asked <- true
		return append(dst, <-answer...)
	}), ignore)
	<-asked
	p.conn.Close(4001, "")
	answer <- nil
	<-asked
	answer <- [][]byte{Frame([]byte("bye"))}
	p.expect("text bye")
	<-asked
	answer <- nil
	p.expect("close 4001 ")
}

func TestConn_closeIsBounded(t *testing.T) {
	tests := []struct {
		name   string
		source Source
		client func(p *peer)
	}{
		{"no answer", &mailbox{}, func(p *peer) { p.read() }},
		{"no reader", &mailbox{}, func(*peer) {}},
		{"endless source", endless, func(*peer) {}},
		{"chatter", &mailbox{}, func(p *peer) {
			p.read()
			for {
				<-time.After(closeTimeout / 10)
				if _, err := p.net.Write(text("still here")); err != nil {
					return
				}
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := serve(t.Context(), t, Options{}, tt.source, func([]byte) error {
					t.Error("message after Close")
					return nil
				})
				start := time.Now()
				p.conn.Close(4001, "")
				var client sync.WaitGroup
				client.Go(func() { tt.client(p) })
				if err := p.wait(); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took != closeTimeout {
					t.Errorf("took %v, want %v", took, closeTimeout)
				}
				client.Wait()
			})
		})
	}
}

// endless is a source that always has something.
var endless = fillFunc(func(dst [][]byte) [][]byte { return append(dst, Frame([]byte("more"))) })

// A client that closes, or answers our close frame before it has seen it, is not sent the rest.
func TestServe_clientClosesFirst(t *testing.T) {
	tests := []struct {
		name   string
		ours   bool // Close is called too
		before []byte
	}{
		{name: "alone"},
		{name: "with Close under way", ours: true},
		{name: "behind a message", ours: true, before: text("dropped")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := serve(t.Context(), t, Options{}, endless, ignore)
			p.expect("text more")
			if tt.ours {
				p.conn.Close(4001, "")
			}
			go writeChunks(p.net, [][]byte{tt.before, closing(4001, "")}, 1000)
			got := p.readToClose()
			if last := got[len(got)-1]; last != "close 4001 " {
				t.Errorf("the last of %d frames is %q", len(got), last)
			}
		})
	}
}

// What a client sends before it has seen the close frame is skipped, and its answer recognised behind that.
func TestServe_waitsForAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serve(t.Context(), t, Options{}, &mailbox{}, ignore)
		start := time.Now()
		p.write(masked(ws.OpBinary, true, "x"))
		p.expect("close 1003 binary message")
		p.write(text("with \x88\x80 inside"), masked(ws.OpBinary, true, "y"), closing(1003, ""))
		p.expect("EOF")
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v", took)
		}
	})
}

// What expires when Close is called is not taken for the end of the closing handshake.
func TestConn_closeAtPingTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serve(t.Context(), t, Options{IdleTimeout: time.Minute}, &mailbox{}, ignore)
		go func() {
			<-time.After(30 * time.Second)
			p.conn.Close(4001, "")
		}()
		got := p.read()
		if got == "ping " {
			got = p.read()
		}
		if got != "close 4001 " {
			t.Errorf("read %q", got)
		}
	})
}

func TestConn_closeFrame(t *testing.T) {
	tests := []struct {
		name         string
		code         uint16
		reason, want string
	}{
		{"application", 4999, "", "close 4999 "},
		{"must not be sent", 1006, "", "close 1011 "},
		{"zero", 0, "", "close 1011 "},
		{"out of range", 5000, "", "close 1011 "},
		{"too long", 4000, strings.Repeat("r", 200), "close 4000 " + strings.Repeat("r", 123)},
		{"cut in a character", 4000, strings.Repeat("€", 50)[1:], "close 4000 " + strings.Repeat("€", 40)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := serve(t.Context(), t, Options{}, &mailbox{}, ignore)
			p.conn.Close(tt.code, tt.reason)
			p.expect(tt.want)
		})
	}
}

func TestConn_closeBeforeServe(t *testing.T) {
	client, server := loopback(t)
	c := newConn(server, nil, "", Options{}.withDefaults())
	box := &mailbox{}
	box.put(Frame([]byte("last")))
	c.Wake()
	c.Close(4001, "")
	if _, err := client.Write(closing(4001, "")); err != nil {
		t.Fatal(err)
	}
	if err := c.Serve(t.Context(), box, ignore); err != nil {
		t.Error(err)
	}
	// The client's close frame was there already, so that "last" may or may not have gone out.
	for {
		op, payload, err := readFrame(client)
		if err != nil {
			t.Fatal(err)
		}
		if op == ws.OpClose {
			if got := describe(op, payload); got != "close 4001 " {
				t.Errorf("read %q", got)
			}
			break
		}
	}
	c.Wake()
	c.Close(4002, "") // nothing is left to happen
}

func TestServe_contextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := serve(ctx, t, Options{}, &mailbox{}, ignore)
	p.write(text("hello"))
	cancel()
	p.expect("close 1001 ")
	p.write(closing(1001, ""))
	if err := p.wait(); err != nil {
		t.Error(err)
	}
}

// watchedContext never ends and counts the functions that wait for it.
type watchedContext struct {
	context.Context
	done    chan struct{}
	waiting int
}

func (c *watchedContext) Done() <-chan struct{} { return c.done }

func (c *watchedContext) AfterFunc(func()) (stop func() bool) {
	c.waiting++
	return func() bool {
		c.waiting--
		return true
	}
}

// A server's context outlives its connections and must not collect them.
func TestServe_leavesContext(t *testing.T) {
	ctx := &watchedContext{Context: t.Context(), done: make(chan struct{})}
	p := serve(ctx, t, Options{}, &mailbox{}, ignore)
	p.net.Close()
	_ = p.wait()
	if ctx.waiting != 0 {
		t.Error("still waiting for the context")
	}
}

func TestServe_handleFails(t *testing.T) {
	errPlain := errors.New("no such table: secrets")
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"plain", errPlain, "close 1011 "},
		{"with a code", &CloseError{Code: 4501, Reason: "signed out"}, "close 4501 signed out"},
		{"wrapped", fmt.Errorf("session: %w", &CloseError{Code: 4501}), "close 4501 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var box mailbox
			p := serve(t.Context(), t, Options{}, &box, func([]byte) error {
				box.put(Frame([]byte("bye")))
				return tt.err
			})
			p.write(text("hello"))
			p.expect("text bye", tt.want)
			p.net.Close()
			if err := p.wait(); !errors.Is(err, tt.err) {
				t.Errorf("Serve returned %v, want %v", err, tt.err)
			}
		})
	}
}

// Everything at once, for the race detector; and nothing may be left running.
func TestConn_concurrently(t *testing.T) {
	for round := range 50 {
		client, server := loopback(t)
		ctx, cancel := context.WithCancel(t.Context())
		var box mailbox
		c := newConn(server, nil, "", Options{}.withDefaults())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := c.Serve(ctx, &box, ignore); err != nil {
				t.Errorf("Serve: %v", err)
			}
			if c.out.flushing() {
				t.Error("a flush runs after Serve")
			}
		})
		for i := range 8 {
			wg.Go(func() {
				for range 20 {
					box.put(Frame([]byte("x")))
					c.Wake()
				}
				switch {
				case i == 0:
					cancel()
				case i < 4:
					c.Close(uint16(4000+round), "")
				}
			})
		}
		for {
			op, _, err := readFrame(client)
			if err != nil {
				t.Fatalf("no close frame: %v", err)
			}
			if op == ws.OpClose {
				break
			}
		}
		client.Close()
		wg.Wait()
		cancel()
	}
}
