package socket

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

func TestServe_silentClient(t *testing.T) {
	tests := []struct {
		name string
		send []byte // before the silence
	}{
		{"nothing", nil},
		{"message", text("hello")},
		{"half a header", text("hello")[:1]},
		{"half a message", text("hello")[:8]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := serve(t.Context(), t, Options{IdleTimeout: time.Minute}, &mailbox{}, ignore)
				start := time.Now()
				p.write(tt.send)
				p.expect("ping ")
				if d := time.Since(start); d != 30*time.Second {
					t.Errorf("pinged after %v", d)
				}
				p.expect("EOF")
				if d := time.Since(start); d != time.Minute {
					t.Errorf("cut after %v", d)
				}
				if err := p.wait(); !errors.Is(err, ErrSilent) {
					t.Errorf("Serve returned %v, want ErrSilent", err)
				}
			})
		})
	}
}

// Any whole frame is a sign of life, also while the ping is under way and between fragments.
func TestServe_livingClient(t *testing.T) {
	signs := [][]byte{
		masked(ws.OpPong, true, ""), masked(ws.OpText, false, "a"), masked(ws.OpPong, true, "unasked"),
		masked(ws.OpContinuation, true, "b"), text("c"),
	}
	synctest.Test(t, func(t *testing.T) {
		p := serve(t.Context(), t, Options{IdleTimeout: time.Minute}, &mailbox{}, ignore)
		for range 3 {
			for _, sign := range signs {
				p.expect("ping ")
				<-time.After(29 * time.Second)
				p.write(sign)
			}
		}
		for range 10 { // without a ping
			<-time.After(29 * time.Second)
			p.write(text("busy"))
		}
		p.conn.Close(1000, "")
		p.expect("close 1000 ")
	})
}

// A client that was not read from because handle took its time can still answer the ping.
func TestServe_slowHandle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serve(t.Context(), t, Options{IdleTimeout: time.Minute}, &mailbox{}, func([]byte) error {
			<-time.After(2 * time.Minute)
			return nil
		})
		p.write(text("hello"))
		p.expect("ping ")
		<-time.After(29 * time.Second)
		p.write(masked(ws.OpPong, true, ""))
		p.expect("ping ")
	})
}

// A client that sends pings and doesn't read the answers gets one answer, to its last ping, beside the one under way.
func TestServe_pingFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := serve(t.Context(), t, Options{}, &mailbox{}, ignore)
		for i := range 1000 {
			p.write(masked(ws.OpPing, true, fmt.Sprint(i)))
			if i == 0 {
				synctest.Wait() // the flusher is stuck with this one
			}
		}
		synctest.Wait()
		p.expect("pong 0", "pong 999")
		p.conn.Close(1000, "")
		p.expect("close 1000 ")
	})
}

// One client that doesn't read is cut at the write timeout; neither the wakers nor another client notice.
func TestServe_slowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := Options{WriteTimeout: 10 * time.Second}
		var slowBox, box mailbox
		slow := serve(t.Context(), t, o, &slowBox, ignore)
		other := serve(t.Context(), t, o, &box, ignore)
		start := time.Now()
		for i := range 100 {
			frame := Frame(fmt.Append(nil, i))
			slowBox.put(frame)
			slow.conn.Wake()
			box.put(frame)
			other.conn.Wake()
			other.expect(fmt.Sprintf("text %d", i))
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("held up for %v", d)
		}
		if err := slow.wait(); !errors.Is(err, ErrSlow) {
			t.Errorf("Serve returned %v, want ErrSlow", err)
		}
		if d := time.Since(start); d != o.WriteTimeout {
			t.Errorf("cut after %v", d)
		}
	})
}

// A slow handle delays its own client's next message, not what is written to that client.
func TestServe_writesWhileHandling(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	var box mailbox
	p := serve(t.Context(), t, Options{}, &box, func([]byte) error {
		entered <- true
		<-leave
		return nil
	})
	p.write(text("longer than what an idle read takes"))
	<-entered
	if p.conn.in.buf != nil {
		t.Error("the input buffer is held while nothing is read")
	}
	box.put(Frame([]byte("meanwhile")))
	p.conn.Wake()
	p.expect("text meanwhile")
	leave <- true
}

// Between frames a connection holds no buffer and no goroutine but Serve's.
func TestServe_idleHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var box mailbox
		var p *peer
		p = serve(t.Context(), t, Options{}, &box, func(msg []byte) error {
			box.put(Frame(msg))
			p.conn.Wake()
			return nil
		})
		p.write(masked(ws.OpPing, true, "x"))
		p.expect("pong x")
		p.write(text("hello"))
		p.expect("text hello")
		synctest.Wait()
		if in := &p.conn.in; in.buf != nil || in.pending != nil || in.msg != nil {
			t.Error("a buffer is held")
		}
		if p.conn.out.flushing() {
			t.Error("a flusher runs")
		}
	})
}

// What came with the upgrade is read first, also if it ends in the middle of a frame.
func TestServe_early(t *testing.T) {
	all := append(text("one"), text("two")...)
	for n := range all {
		client, server := net.Pipe()
		var got []string
		c := newConn(server, all[:n:n], "", Options{}.withDefaults())
		done := make(chan error)
		go func() {
			done <- c.Serve(t.Context(), &mailbox{}, func(msg []byte) error {
				got = append(got, string(msg))
				return nil
			})
		}()
		if _, err := client.Write(all[n:]); err != nil {
			t.Fatal(err)
		}
		client.Close()
		<-done //nolint:errcheck // how it ends is another test's affair
		if fmt.Sprint(got) != "[one two]" {
			t.Errorf("%d bytes early: %v", n, got)
		}
	}
}
