package kinwardtest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"kinward/internal/account"
)

// longest are texts of exactly 16,000 characters.
func longest() map[string]string {
	family := "\U0001F468\u200d\U0001F469\u200d\U0001F467" // one picture of five characters
	return map[string]string{
		"letters":    strings.Repeat("a", 16000),
		"cjk":        strings.Repeat("\u4f60", 16000),
		"four_bytes": strings.Repeat("\U0001F600", 16000),
		"families":   strings.Repeat(family, 3200),
		"marks":      strings.Repeat("e\u0301", 8000), // not composed into 8,000
		"lines":      strings.Repeat("\r\n", 7999) + "x\n",
		"spaces":     " \t\u3000" + strings.Repeat("b ", 7998) + "\n",
		"quotes":     strings.Repeat(`"\`, 8000),
		"controls":   strings.Repeat("\u0001", 15999) + "x",
	}
}

// TestM13_nothing_is_cut: 16,000 characters come back as they were, over each way in and out; 16,001 are refused.
func TestM13_nothing_is_cut(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	reader := newDevice(t, s.URL, bo, "websocket", s.present(bo))
	writer := newDevice(t, s.URL, ana, "websocket", s.present(ana))
	eventually(t, "the socket", func() bool { return writer.socket() != nil })
	ctx := limited(t)
	var want []wireMessage
	for name, text := range longest() {
		if n := utf8.RuneCountInString(text); n != 16000 {
			t.Fatalf("%s has %d characters", name, n)
		}
		m, err := writer.send(ctx, talk, text)
		if err != nil {
			t.Errorf("%s over the socket: %v", name, err)
			continue
		}
		over := s.say(ana, talk, text)
		want = append(want, m, over)
		if m.Text != text || over.Text != text {
			t.Errorf("%s: changed on its way in", name)
		}
		message := object{"id": newMessageID(), "text": text + "x"}
		if p := s.refused(s.Call(ana.Token, "POST", messagesOf(talk), message), 422, "invalid"); p.Field != "text" {
			t.Errorf("%s and one more: field %q", name, p.Field)
		}
		f, err := writer.socket().ask(ctx, object{"op": "send", "conversation": talk, "message": message})
		if err != nil || f.Op != "error" || f.Code != "invalid" || f.Field != "message.text" {
			t.Errorf("%s and one more over the socket: %v %+v", name, err, f)
		}
		if p := s.refused(s.Call(ana.Token, "PATCH", messagesOf(talk)+"/1", object{"text": text + "x"}), 422, "invalid"); p.Field != "text" {
			t.Errorf("%s and one more as a correction: field %q", name, p.Field)
		}
	}
	reader.check(t, "bo", talk, want)
	for i, m := range s.history(bo, talk) {
		if m != want[i] {
			t.Errorf("in the history, %d is changed", m.Seq)
		}
	}
}
