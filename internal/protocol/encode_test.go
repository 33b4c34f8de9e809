package protocol

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// maker makes values for the tests below, the same in every run.
type maker struct{ *rand.Rand }

// pieces hold what JSON has to treat apart, beside ordinary text.
var pieces = []string{
	"Good morning", " ", "\"", "\\", "/", "<b>&amp;</b>", "\x00", "\x1f", "\x7f", "\b\f\n\r\t", "é", "\u2028", "\u2029", "\u202a",
	"صباح", "母", "👩‍👩‍👧", "\xff", "\xed\xa0\x80", "\xe2\x80", "\ufffd", "\U0010FFFF", "12345678", strings.Repeat("ward ", 9),
}

func (m maker) text() string {
	var b strings.Builder
	for range m.IntN(6) {
		b.WriteString(pieces[m.IntN(len(pieces))])
	}
	return b.String()
}

func (m maker) whole() int64 {
	return []int64{0, 1, -1, 42, 1 << 53, 1<<63 - 1, -1 << 63}[m.IntN(7)]
}

func (m maker) time() Time {
	if m.IntN(9) == 0 {
		return Time{}
	}
	t := time.Unix(m.Int64N(1<<33), m.Int64N(1e9))
	if m.IntN(2) == 0 {
		return Time{t} // as nobody should make it: with a zone and nanoseconds
	}
	return At(t)
}

func (m maker) message() Message {
	v := Message{
		Conversation: m.text(), Seq: m.whole(), ID: m.text(), Sender: m.text(), Text: m.text(), Kind: m.text(),
		ReplyTo: m.whole(), CreatedAt: m.time(), Version: m.whole(),
	}
	v.CorrectedAt, v.RetractedAt = maybe(m, m.time), maybe(m, m.time)
	return v
}

func (m maker) member() Member {
	p := Person{ID: m.text(), Kind: m.text(), Handle: m.text(), Name: m.text(), Role: m.text()}
	return Member{Conversation: m.text(), Person: p, State: m.text(), Read: m.whole(), Delivered: m.whole(), Version: m.whole()}
}

func (m maker) conversation() Conversation {
	v := Conversation{ID: m.text(), Kind: m.text(), Title: m.text(), LastSeq: m.whole(), Unread: m.whole(), Version: m.whole()}
	v.Patient = maybe(m, func() Subject { return Subject{ID: m.text(), Name: m.text()} })
	v.Last = maybe(m, m.message)
	for range m.IntN(4) {
		v.Members = append(v.Members, m.member())
	}
	return v
}

func (m maker) change() Change {
	v := Change{Version: m.whole(), Type: m.text(), Conversation: m.text(), Patient: m.text()}
	v.Message, v.Member, v.Details = maybe(m, m.message), maybe(m, m.member), maybe(m, m.conversation)
	return v
}

func (m maker) ephemeral() Ephemeral {
	return Ephemeral{Type: m.text(), Person: m.text(), Conversation: m.text(), State: m.text()}
}

func maybe[T any](m maker, one func() T) *T {
	if m.IntN(2) == 0 {
		return nil
	}
	v := one()
	return &v
}

func each(t *testing.T, rounds int, check func(t *testing.T, m maker)) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	for range rounds {
		if check(t, m); t.Failed() {
			return
		}
	}
}

// same compares what an Append function wrote after what was there with what encoding/json writes for v.
func same(t *testing.T, got []byte, v any) {
	t.Helper()
	want, err := marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("before:"+string(want), string(got)); d != "" {
		t.Errorf("-encoding/json +ours:\n%s", d)
	}
}

func before() []byte { return []byte("before:") }

// The types below have the fields of the real ones but not their MarshalJSON, so that encoding/json is the judge.
type (
	plainConversation Conversation
	plainChange       struct {
		Version      int64              `json:"version"`
		Type         string             `json:"type"`
		Conversation string             `json:"conversation,omitempty"`
		Message      *Message           `json:"message,omitempty"`
		Member       *Member            `json:"member,omitempty"`
		Details      *plainConversation `json:"details,omitempty"`
		Patient      string             `json:"patient,omitempty"`
	}
	plainPage struct {
		Cursor    string        `json:"cursor"`
		Head      int64         `json:"head"`
		Changes   []plainChange `json:"changes"`
		Ephemeral []Ephemeral   `json:"ephemeral"`
		More      bool          `json:"more"`
	}
	plainSnapshot struct {
		Conversations []plainConversation `json:"conversations"`
		Cursor        string              `json:"cursor"`
	}
)

func plain(c *Conversation) *plainConversation {
	if c == nil {
		return nil
	}
	p := plainConversation(*c)
	p.Members = present(p.Members)
	return &p
}

func asPlain(c Change) plainChange {
	return plainChange{c.Version, c.Type, c.Conversation, c.Message, c.Member, plain(c.Details), c.Patient}
}

func TestAppend_equals_encoding_json(t *testing.T) {
	t.Run("string", func(t *testing.T) {
		each(t, 5000, func(t *testing.T, m maker) { s := m.text(); same(t, AppendString(before(), s), s) })
	})
	t.Run("every_rune", func(t *testing.T) {
		for r := rune(0); r <= 0x10FFFF; r++ {
			if s := string(r) + "7 bytes" + string(r); r < 0x3000 || r%251 == 0 {
				same(t, AppendString(before(), s), s)
			}
		}
	})
	t.Run("every_byte_and_place", func(t *testing.T) {
		for c := range 256 {
			for i := range 20 {
				b := []byte("abcdefghijklmnopqrst")
				b[i] = byte(c)
				same(t, AppendString(before(), string(b)), string(b))
			}
		}
	})
	t.Run("message", func(t *testing.T) {
		each(t, 2000, func(t *testing.T, m maker) { v := m.message(); same(t, AppendMessage(before(), &v), v) })
	})
	t.Run("member", func(t *testing.T) {
		each(t, 2000, func(t *testing.T, m maker) { v := m.member(); same(t, AppendMember(before(), &v), v) })
	})
	t.Run("conversation", func(t *testing.T) {
		each(t, 2000, func(t *testing.T, m maker) {
			v := m.conversation()
			same(t, AppendConversation(before(), &v), plain(&v))
		})
	})
	t.Run("change", func(t *testing.T) {
		each(t, 2000, func(t *testing.T, m maker) { v := m.change(); same(t, AppendChange(before(), &v), asPlain(v)) })
	})
	t.Run("page", func(t *testing.T) { each(t, 500, checkPage) })
}

func checkPage(t *testing.T, m maker) {
	p := Page{Cursor: m.text(), Head: m.whole(), More: m.IntN(2) == 0}
	want := plainPage{p.Cursor, p.Head, []plainChange{}, []Ephemeral{}, p.More}
	for range m.IntN(4) {
		p.Changes = append(p.Changes, m.change())
		want.Changes = append(want.Changes, asPlain(p.Changes[len(p.Changes)-1]))
	}
	for range m.IntN(3) {
		p.Ephemeral = append(p.Ephemeral, m.ephemeral())
		want.Ephemeral = append(want.Ephemeral, p.Ephemeral[len(p.Ephemeral)-1])
	}
	same(t, AppendPage(before(), p.Cursor, p.Head, encodeChanges(p.Changes), p.Ephemeral, p.More), want)
	own, err := marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	same(t, append(before(), own...), want)
}

// Every frame must read back, whatever texts it holds, as encoding/json would have written it.
func TestAppend_frames_read_back(t *testing.T) {
	each(t, 500, func(t *testing.T, m maker) {
		msg, change, e := m.message(), m.change(), m.ephemeral()
		for _, f := range []ServerFrame{
			{Op: "ready", Cursor: m.text(), Head: m.whole(), HeartbeatS: 15},
			{Op: "changes", Cursor: m.text(), Changes: []Change{change, change}},
			{Op: "head", Head: m.whole()},
			{Op: "pong", Head: m.whole()},
			{Op: "ephemeral", Type: e.Type, Person: e.Person, Conversation: e.Conversation, State: e.State},
			{Op: "sent", Ref: m.text(), Message: &msg},
			{Op: "error", Ref: m.text(), Code: m.text(), Detail: m.text(), Field: m.text()},
			{Op: "bye", Code: m.text(), RetryAfterMS: 1500},
		} {
			var got, want ServerFrame
			b, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(buildFrame(&f), &got); err != nil {
				t.Fatalf("%s: %v", f.Op, err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", f.Op, d)
			}
		}
	})
}

func TestAppendHead(t *testing.T) {
	var got ServerFrame
	if err := json.Unmarshal(AppendHead(nil, 1<<62), &got); err != nil || got.Head != 1<<62 {
		t.Errorf("read %d, %v", got.Head, err)
	}
}

func TestAppend_allocates_nothing(t *testing.T) {
	c, dst := benchChange(), make([]byte, 0, 4096)
	change := AppendChange(nil, c)
	for name, write := range map[string]func(){
		"change":  func() { AppendChange(dst, c) },
		"changes": func() { AppendChangesFrame(dst, "k7Q2.118", change) },
		"sent":    func() { AppendSentFrame(dst, "7", c.Message) },
		"cursor":  func() { Cursor{"k7Q2", 118}.appendWire(dst) },
	} {
		if n := testing.AllocsPerRun(100, write); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
