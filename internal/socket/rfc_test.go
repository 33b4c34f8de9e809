package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"github.com/google/go-cmp/cmp"
)

const testMax = 70_000

// exchange is what a client sends, in one go, and what must come of it.
type exchange struct {
	name     string
	send     [][]byte
	messages []string // given to handle
	frames   []string // received by the client
	fault    uint16   // code of the CloseError that Serve returns; 0: nil or the end of the stream
}

func exchanges() []exchange {
	const notUTF8 = "close 1007 text is not UTF-8"
	x := []exchange{
		{name: "text", send: [][]byte{text("hello")}, messages: []string{"hello"}},
		{name: "empty text", send: [][]byte{text("")}, messages: []string{""}},
		{name: "several", send: [][]byte{text("a"), text("b"), text("c")}, messages: []string{"a", "b", "c"}},
		{
			name:     "fragments",
			send:     [][]byte{masked(ws.OpText, false, "a"), masked(ws.OpContinuation, false, ""), masked(ws.OpContinuation, true, "b")},
			messages: []string{"ab"},
		},
		{
			name: "control frames between fragments",
			send: [][]byte{
				masked(ws.OpText, false, "a"), masked(ws.OpPong, true, "?"), masked(ws.OpPing, true, "!"),
				masked(ws.OpContinuation, true, "b"), closing(1000, ""),
			},
			messages: []string{"ab"},
			frames:   []string{"pong !", "close 1000 "},
		},
		{name: "unasked pong", send: [][]byte{masked(ws.OpPong, true, "x"), text("a")}, messages: []string{"a"}},
		{
			name:   "longest ping",
			send:   [][]byte{masked(ws.OpPing, true, strings.Repeat("p", 125)), closing(1000, "")},
			frames: []string{"pong " + strings.Repeat("p", 125), "close 1000 "},
		},
		{
			name: "ping too long", send: [][]byte{masked(ws.OpPing, true, strings.Repeat("p", 126))},
			frames: []string{"close 1002 control frame payload limit exceeded"}, fault: 1002,
		},
		{
			name: "fragmented ping", send: [][]byte{masked(ws.OpPing, false, "p")},
			frames: []string{"close 1002 control frame is not final"}, fault: 1002,
		},
		{
			name: "not masked", send: [][]byte{Frame([]byte("hello"))},
			frames: []string{"close 1002 frames from client to server must be masked"}, fault: 1002,
		},
		{
			name: "continuation of nothing", send: [][]byte{masked(ws.OpContinuation, true, "a")},
			frames: []string{"close 1002 unexpected continuation data frame"}, fault: 1002,
		},
		{
			name: "continuation after the end", send: [][]byte{text("a"), masked(ws.OpContinuation, true, "a")},
			messages: []string{"a"}, frames: []string{"close 1002 unexpected continuation data frame"}, fault: 1002,
		},
		{
			name: "text between fragments", send: [][]byte{masked(ws.OpText, false, "a"), text("b")},
			frames: []string{"close 1002 unexpected non-continuation data frame"}, fault: 1002,
		},
		{
			name: "length out of range", send: [][]byte{{0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}},
			frames: []string{"close 1002 length out of range"}, fault: 1002,
		},
		{name: "UTF-8 over fragments", send: split("κόσμε €𐍈", 1), messages: []string{"κόσμε €𐍈"}},
		{name: "not UTF-8", send: [][]byte{text("a\xff")}, frames: []string{notUTF8}, fault: 1007},
		{name: "surrogate", send: [][]byte{text("\xed\xa0\x80")}, frames: []string{notUTF8}, fault: 1007},
		{name: "not UTF-8 over fragments", send: split("κόσμε\xed\xa0\x80edited", 3), frames: []string{notUTF8}, fault: 1007},
		{name: "half a character", send: split("€"[:2], 1), frames: []string{notUTF8}, fault: 1007},
		{
			name: "binary", send: [][]byte{masked(ws.OpBinary, true, "a"), text("b")},
			frames: []string{"close 1003 binary message"}, fault: 1003,
		},
		{
			name: "too big, told by the header", send: [][]byte{{0x81, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 1, 2, 3, 4}},
			frames: []string{"close 1009 message too big"}, fault: 1009,
		},
		{
			name: "too big by one", send: [][]byte{text(strings.Repeat("x", testMax+1))},
			frames: []string{"close 1009 message too big"}, fault: 1009,
		},
		{
			name: "too big over fragments", send: split(strings.Repeat("x", testMax+1), testMax),
			frames: []string{"close 1009 message too big"}, fault: 1009,
		},
		{
			name:     "fragments that are read in odd steps",
			send:     [][]byte{masked(ws.OpText, false, strings.Repeat("a", 513)), masked(ws.OpContinuation, true, strings.Repeat("b", 2000))},
			messages: []string{strings.Repeat("a", 513) + strings.Repeat("b", 2000)},
		},
		{name: "largest over fragments", send: split(strings.Repeat("x", testMax), 999), messages: []string{strings.Repeat("x", testMax)}},
		{name: "nothing after close", send: [][]byte{closing(1000, "bye"), text("late")}, frames: []string{"close 1000 "}},
		{name: "close without a code", send: [][]byte{masked(ws.OpClose, true, "")}, frames: []string{`close ""`}},
		{
			name: "close of one byte", send: [][]byte{masked(ws.OpClose, true, "\x03")},
			frames: []string{"close 1002 close frame of one byte"}, fault: 1002,
		},
		{name: "close reason not UTF-8", send: [][]byte{closing(1000, "\xff")}, frames: []string{notUTF8}, fault: 1007},
		{name: "longest close reason", send: [][]byte{closing(1000, strings.Repeat("r", 123))}, frames: []string{"close 1000 "}},
	}
	for _, n := range []int{1, 125, 126, 127, 65535, 65536, testMax} {
		body := strings.Repeat("n", n)
		x = append(x, exchange{name: fmt.Sprintf("text of %d", n), send: [][]byte{text(body)}, messages: []string{body}})
	}
	for _, code := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		x = append(x, exchange{
			name: fmt.Sprintf("close %d", code), send: [][]byte{closing(code, "why")},
			frames: []string{fmt.Sprintf("close %d ", code)},
		})
	}
	for _, code := range []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		x = append(x, exchange{
			name: fmt.Sprintf("close %d", code), send: [][]byte{closing(code, "why")},
			frames: []string{"close 1002 close code that must not be sent"}, fault: 1002,
		})
	}
	for bit := range 3 {
		f := text("hello")
		f[0] |= 0x10 << bit
		x = append(x, exchange{
			name: fmt.Sprintf("reserved bit %d", 3-bit), send: [][]byte{f},
			frames: []string{"close 1002 non-zero rsv bits with no extension negotiated"}, fault: 1002,
		})
	}
	for _, op := range []ws.OpCode{3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		x = append(x, exchange{
			name: fmt.Sprintf("opcode %#x", byte(op)), send: [][]byte{masked(op, true, "")},
			frames: []string{"close 1002 use of reserved op code"}, fault: 1002,
		})
	}
	return x
}

// split returns a text message as fragments of n bytes.
func split(s string, n int) [][]byte {
	var frames [][]byte
	for op := ws.OpText; ; op = ws.OpContinuation {
		m := min(n, len(s))
		frames = append(frames, masked(op, m == len(s), s[:m]))
		if s = s[m:]; s == "" {
			return frames
		}
	}
}

func TestServe_RFC6455(t *testing.T) {
	for _, x := range exchanges() {
		for _, chunk := range []int{1 << 20, 7, 1} {
			if chunk == 1 && len(x.send[0]) > 1000 {
				continue
			}
			t.Run(fmt.Sprintf("%s/by %d", x.name, chunk), func(t *testing.T) { x.run(t, chunk) })
		}
	}
}

// run sends everything in writes of at most chunk bytes.
func (x exchange) run(t *testing.T, chunk int) {
	var messages []string
	p := serve(t.Context(), t, Options{MaxMessage: testMax}, &mailbox{}, func(msg []byte) error {
		messages = append(messages, string(msg))
		return nil
	})
	received := make(chan []string)
	go func() { received <- p.readToClose() }()
	writeChunks(p.net, x.send, chunk)
	if len(x.frames) == 0 {
		p.net.Close()
	}
	frames := <-received
	err := p.wait()

	if diff := cmp.Diff(x.messages, messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(x.frames, frames); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
	var fault uint16
	if broken, ok := errors.AsType[*CloseError](err); ok {
		fault = broken.Code
	}
	if fault != x.fault {
		t.Errorf("Serve returned %v, want code %d", err, x.fault)
	}
}

// readToClose reads until the server's close frame or the end, and hangs up.
func (p *peer) readToClose() []string {
	defer p.net.Close()
	var got []string
	for {
		op, payload, err := readFrame(p.net)
		if err != nil {
			return got
		}
		got = append(got, describe(op, payload))
		if op == ws.OpClose {
			return got
		}
	}
}

// writeChunks stops when the server does: it need not read on behind a fault.
func writeChunks(conn net.Conn, frames [][]byte, chunk int) {
	var all []byte
	for _, f := range frames {
		all = append(all, f...)
	}
	for len(all) > 0 {
		n, err := conn.Write(all[:min(chunk, len(all))])
		if err != nil {
			return
		}
		all = all[n:]
	}
}

func TestFrame(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
		payload := strings.Repeat("f", n)
		got := AppendFrame([]byte("before"), []byte(payload))
		want := "before" + string(ws.MustCompileFrame(ws.NewTextFrame([]byte(payload))))
		if string(got) != want {
			t.Errorf("frame of %d bytes: header % x, want % x", n, got[6:8], want[6:8])
		}
		if string(Frame([]byte(payload))) != want[6:] {
			t.Errorf("Frame and AppendFrame differ for %d bytes", n)
		}
	}
}

func TestServe_endOfStream(t *testing.T) {
	p := serve(context.Background(), t, Options{}, &mailbox{}, ignore)
	p.write(text("half a frame follows")[:5])
	p.net.Close()
	if err := p.wait(); err == nil {
		t.Error("no error although the client vanished")
	}
}
