package protocol

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sendFrame is what a client sends 40,000 times a second on a busy day.
const sendFrame = `{"op":"send","ref":"42","conversation":"01936f1c-7a54-7cc2-9d3e-0a1b2c3d4e5f","message":` +
	`{"id":"01936f1c-8b10-7d44-8a5b-1c2d3e4f5a6b","text":"Good morning Ana. Your mother slept well."}}`

const messageBody = `{"id":"01936f1c-8b10-7d44-8a5b-1c2d3e4f5a6b","text":` +
	`"Good morning Ana. Your mother slept well, and she ate half of her breakfast. You can visit from two.","reply_to":7}`

func benchChange() *Change {
	return &Change{
		Version: 123456, Type: "message", Conversation: "01936f1c-7a54-7cc2-9d3e-0a1b2c3d4e5f",
		Message: &Message{
			Conversation: "01936f1c-7a54-7cc2-9d3e-0a1b2c3d4e5f", Seq: 4711, ID: "01936f1c-8b10-7d44-8a5b-1c2d3e4f5a6b",
			Sender: "01936f1c-0000-7d44-8a5b-1c2d3e4f5a6b", Text: strings.Repeat("Good news! ", 10)[:100], Kind: "text",
			CreatedAt: At(time.Date(2026, 11, 21, 9, 14, 3, 217e6, time.UTC)), Version: 123456,
		},
	}
}

func BenchmarkDecode(b *testing.B) {
	arabic := `{"id":"01936f1c-8b10-7d44-8a5b-1c2d3e4f5a6b","text":"` + strings.Repeat("صباح الخير يا آنا ", 6) + `"}`
	for _, c := range []struct {
		name, body string
		into       func() any
	}{
		{"send_frame", sendFrame, func() any { return new(ClientFrame) }},
		{"message", messageBody, func() any { return new(NewMessage) }},
		{"arabic", arabic, func() any { return new(NewMessage) }},
		{"long_message", `{"id":"x","text":"` + strings.Repeat("all is well; ", 1000) + `"}`, func() any { return new(NewMessage) }},
		{"ping", `{"op":"ping"}`, func() any { return new(ClientFrame) }},
	} {
		body := []byte(c.body)
		b.Run(c.name+"/strict", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Decode(body, c.into()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/encoding_json", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := json.Unmarshal(body, c.into()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkChange(b *testing.B) {
	c := benchChange()
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			dst = AppendChange(dst[:0], c)
		}
	})
	b.Run("encoding_json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("frame", func(b *testing.B) {
		b.ReportAllocs()
		change := AppendChange(nil, c)
		var dst []byte
		for b.Loop() {
			dst = AppendChangesFrame(dst[:0], "Zm9vYmFyYmF6.123456", change)
		}
	})
}

func BenchmarkParseCursor(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseCursor("Zm9vYmFyYmF6.123456"); err != nil {
			b.Fatal(err)
		}
	}
}

// Bodies at the limit, made to be slow: the speed in MB/s must not fall from the short to the long one.
func BenchmarkDecode_hostile(b *testing.B) {
	for _, c := range []struct{ name, head, unit, tail string }{
		{"open_lists", `{"members":`, `[`, ``},
		{"names", `{`, `"text":"",`, ``},
		{"escapes", `{"title":"`, `\ud83e\ude7a`, `"}`},
		{"quotes", `{"title":"`, `\"`, `"}`},
		{"items", `{"members":[`, `"",`, `""]}`},
		{"digits", `{"title":`, `1`, `}`},
		{"spaces", `{`, `    `, `}`},
	} {
		for _, size := range []int{MaxBody / 64, MaxBody} {
			body := []byte(c.head + strings.Repeat(c.unit, size/len(c.unit)) + c.tail)
			b.Run(c.name+"/"+strconv.Itoa(size), func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				for b.Loop() {
					_ = Decode(body, new(OpenConversation))
				}
			})
		}
	}
}
