package tui

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"kinward/client"
)

func TestClean(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":            {"Did she eat today?", "Did she eat today?"},
		"lines":            {"a\nb\r\nc\rd", "a\nb\nc\nd"},
		"tab":              {"a\tb", "a    b"},
		"escape_sequence":  {"\x1b]0;owned\x07", "␛]0;owned␇"},
		"clear_screen":     {"\x1b[2J", "␛[2J"},
		"c1":               {"\u009b2J\u0085", "\ufffd2J\ufffd"},
		"delete_backspace": {"\x7f\b", "␡␈"},
		"null":             {"a\x00b", "a␀b"},
		"invalid_utf8":     {"a\xff\x9bb", "a\ufffd\ufffdb"},
		"override":         {"abc\u202ecod.exe\u2066x\u200f", "abccod.exex"},
		"byte_order_mark":  {"\ufeffa", "a"},
		"line_separators":  {"a\u2028b\u2029c", "a\nb\nc"},
		"family_emoji":     {"👩‍👩‍👦", "👩‍👩‍👦"},
		"persian":          {"می\u200cخواهم", "می\u200cخواهم"},
		"hebrew":           {"שלום", "שלום"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := clean(tt.in); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if got := clean(clean(tt.in)); got != tt.want {
				t.Errorf("a second time: %q", got)
			}
		})
	}
	if got := line(" a\n b\t\tc\x1b "); got != "a b c␛" {
		t.Errorf("line: %q", got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff")
	f.Fuzz(func(t *testing.T, in string) {
		if out := clean(in); !harmless(strings.ReplaceAll(out, "\n", "")) {
			t.Errorf("%q became %q", in, out)
		}
		if out := line(in); !harmless(out) {
			t.Errorf("%q became %q", in, out)
		}
	})
}

// harmless reports whether a terminal would take s as letters only.
func harmless(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || hidden(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

func TestWrap(t *testing.T) {
	samples := []string{
		"", "a", "Good morning doctor. How was the night?", "one\n\ntwo\n", strings.Repeat("x", 100), "שלום עולם שלום עולם",
		"今日は朝ごはんを半分食べました。熱も下がっています。", "👩‍👩‍👦👍🏽 é ñ 한국어", "  indented   text with   spaces",
	}
	for _, s := range samples {
		for w := 1; w < 40; w++ {
			lines := wrap(s, w)
			for _, l := range lines {
				if width(l) > max(w, 2) {
					t.Errorf("%q at %d: %q takes %d cells", s, w, l, width(l))
				}
			}
			if got, want := squeezed(strings.Join(lines, "")), squeezed(s); got != want {
				t.Errorf("%q at %d lost something: %q", s, w, got)
			}
		}
	}
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

func TestFit(t *testing.T) {
	for _, s := range []string{"", "abc", "陈伟陈伟", "👩‍👩‍👦x", "שלום"} {
		for w := range 12 {
			if got := width(fit(s, w)); got != w {
				t.Errorf("fit(%q, %d) takes %d cells", s, w, got)
			}
			if got := width(spread(s, "12:30", w)); w >= 5 && got != w {
				t.Errorf("spread(%q, %d) takes %d cells", s, w, got)
			}
			if got := width(rule(s, w)); w >= 5 && got != w {
				t.Errorf("rule(%q, %d) takes %d cells", s, w, got)
			}
		}
	}
}

// nasty are pieces of what people, or people who mean harm, put into names and texts.
var nasty = []string{
	"Ana", " ", "\n", "\t", "\x1b[2J", "\x1b]52;c;aGk=\x07", "\u009b31m", "\u202e", "\u2067", "陈伟", "王小明", "שרה כהן", "محمد", "👩‍👩‍👦", "👍🏽", "é", "e\u0301",
	"\x00", "\x7f", "\xff\xfe", strings.Repeat("w", 30), "🏥", "❤️", "한국어", "\r", "ﷺ", "ก็", "नमस्ते", "\u200b", "\u0300\u0301\u0302",
}

func nastyText(rng *rand.Rand) string {
	var b strings.Builder
	for range 1 + rng.IntN(8) {
		b.WriteString(nasty[rng.IntN(len(nasty))])
	}
	return b.String()
}

// TestView_nasty: whatever names and texts hold, in windows of any size, each line has the window's width, and nothing that
// a terminal would obey gets through.
func TestView_nasty(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 7))
		me := client.Person{ID: "silva", Kind: []string{client.PersonStaff, client.PersonFamily, client.PersonMember}[seed%3], Name: nastyText(rng), Role: nastyText(rng)}
		play(t, me, 60+rng.IntN(80), 16+rng.IntN(30), func(s *stage) {
			snapshot := s.fake.admit(me, int64(rng.IntN(5)))
			for i := range snapshot.Conversations {
				c := &snapshot.Conversations[i]
				c.Title = nastyText(rng)
				for n := range c.Members {
					c.Members[n].Person.Name, c.Members[n].Person.Role = nastyText(rng), nastyText(rng)
				}
			}
			for i := range s.fake.patients {
				s.fake.patients[i].Name, s.fake.patients[i].Bed = nastyText(rng), nastyText(rng)
			}
			s.tell(eventMsg{client.Reset{Snapshot: snapshot}}, live)
			for range 30 {
				s.act(rng)
				s.straight()
				if out := strings.ReplaceAll(s.m.View(), "\n", ""); !harmless(out) {
					t.Fatalf("seed %d: the screen holds something a terminal obeys: %q", seed, out)
				}
			}
		})
	}
}

// act does something at random.
func (s *stage) act(rng *rand.Rand) {
	switch rng.IntN(12) {
	case 0:
		s.m.screen.width, s.m.screen.height = 60+rng.IntN(80), 16+rng.IntN(30)
		s.tell(nil)
	case 1:
		s.press("ctrl+k")
		s.typed("a")
		s.pass(300 * time.Millisecond)
	case 2:
		s.m.input.SetValue(nastyText(rng))
		s.tell(nil)
	case 3:
		s.typed("/who\n")
	case 4:
		s.press("pgup")
	case 5:
		s.tell(eventMsg{client.Passing{Signs: []client.Ephemeral{{Type: "typing", Person: "ana", Conversation: "c1"}}}})
	case 6:
		s.m.input.Reset()
		s.typed("/invite " + strings.Join(strings.Fields(nastyText(rng)), " ") + " son\n")
	case 7:
		s.m.complain(nastyText(rng))
		s.tell(nil)
	case 8:
		keys := []string{"esc", "tab", "up", "down", "enter", "alt+down", "alt+shift+down", "f1"}
		s.press(keys[rng.IntN(len(keys))])
	default:
		who := []string{"ana", "silva", "paulo", "nobody"}[rng.IntN(4)]
		m := s.fake.says("c1", who, nastyText(rng), at(21, 9, rng.IntN(14)))
		m.Kind = []string{client.MessageText, client.MessageSystem, client.MessageUpdate, client.MessageNote}[rng.IntN(4)]
		s.fake.messages["c1"][m.Seq-1] = m
		s.tell(changed(m))
	}
}
