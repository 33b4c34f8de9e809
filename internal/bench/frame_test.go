package bench

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"kinward/internal/protocol"
	"kinward/internal/socket"
)

var lengths = []int{0, 1, 7, 8, 9, 125, 126, 127, 300, 65535, 65536, 70000}

// TestAppendFrame: another implementation reads what we write.
func TestAppendFrame(t *testing.T) {
	for _, n := range lengths {
		payload := []byte(strings.Repeat("ab€", n)[:n])
		b := appendFrame(nil, opText, 0x01020304, payload)
		h, err := ws.ReadHeader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		got := b[len(b)-n:]
		ws.Cipher(got, h.Mask, 0)
		if !h.Fin || !h.Masked || h.OpCode != ws.OpText || h.Length != int64(n) || !bytes.Equal(got, payload) {
			t.Errorf("%d bytes: %+v", n, h)
		}
	}
}

// TestFrameIn: every prefix of a server's frame is waited for, and the whole is read.
func TestFrameIn(t *testing.T) {
	for _, n := range lengths {
		frame := socket.Frame(bytes.Repeat([]byte("p"), n))
		for cut := range min(len(frame), 20) {
			if _, payload, size, err := frameIn(frame[:cut]); payload != nil || err != nil || size != 0 && size != len(frame) {
				t.Fatalf("%d of %d bytes: %v, %d, %v", cut, len(frame), payload, size, err)
			}
		}
		op, payload, size, err := frameIn(append(frame, "next"...))
		if op != opText || len(payload) != n || size != len(frame) || err != nil {
			t.Errorf("%d bytes: op %d, %d bytes, %d, %v", n, op, len(payload), size, err)
		}
	}
}

func TestFrameIn_refuses(t *testing.T) {
	for name, b := range map[string][]byte{
		"masked":       {0x81, 0x80, 0, 0, 0, 0},
		"fragment":     {0x01, 0},
		"continuation": {0x80, 0},
		"compressed":   {0xc1, 0},
		"huge":         binary.BigEndian.AppendUint64([]byte{0x81, 127}, 1<<40),
		"negative":     binary.BigEndian.AppendUint64([]byte{0x81, 127}, 1<<63),
	} {
		if _, _, _, err := frameIn(b); err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

// FuzzFrameIn: whatever comes, nothing beyond it is read.
func FuzzFrameIn(f *testing.F) {
	f.Add(socket.Frame([]byte("hello")))
	f.Add([]byte{0x81, 126, 0xff})
	f.Add(binary.BigEndian.AppendUint64([]byte{0x81, 127}, 1<<63))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, payload, size, err := frameIn(b)
		if payload != nil && (err != nil || size > len(b) || len(payload) > size) {
			t.Fatalf("%d bytes of %d, %v", len(payload), size, err)
		}
	})
}

// TestTemplate: each frame is what the server's own strict decoder takes, with another id, ref and text.
func TestTemplate(t *testing.T) {
	fill := newFilling()
	const conversation = "01936f1c-7a54-7cc2-9d3e-0a1b2c3d4e5f"
	text := newTemplate(fill, 5, conversation)
	seen := map[string]bool{}
	for n := range int64(300) {
		b := text.append(nil, 0, n)
		var f protocol.ClientFrame
		if err := protocol.Decode(b[len(b)-len(text.payload):], &f); err != nil {
			t.Fatal(err)
		}
		got, ok := fill.number([]byte(f.Message.Text), 5)
		ref, isRef := digits([]byte(f.Ref))
		if f.Op != "send" || f.Conversation != conversation || got != n || !ok || ref != n || !isRef {
			t.Fatalf("message %d: %+v", n, f)
		}
		if id := f.Message.ID; seen[id] || len(id) != 36 || id[14] != '7' {
			t.Fatalf("message %d has the id %s", n, id)
		}
		seen[f.Message.ID] = true
	}
}

func TestTemplate_allocates(t *testing.T) {
	text := newTemplate(newFilling(), 0, "01936f1c-7a54-7cc2-9d3e-0a1b2c3d4e5f")
	out := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { out = text.append(out[:0], 1, 2) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
