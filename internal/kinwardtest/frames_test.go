package kinwardtest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"kinward/internal/account"
)

// openFrames is a socket that tells no feed but what happens from now on.
func openFrames(t *testing.T, s *Server, p Person) *socketLine {
	t.Helper()
	opened, err := stranger(t, s, p).openSocket(limited(t), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.hangUp)
	return opened.(*socketLine)
}

// answered writes a frame and returns the one answer to it, which may come after that to a later ping.
func answered(t *testing.T, l *socketLine, text string) (answer frame) {
	t.Helper()
	ctx := limited(t)
	for _, put := range []string{text, `{"op":"ping"}`} {
		if err := l.put(ctx, put); err != nil {
			t.Fatal(err)
		}
	}
	for pong := false; !pong || answer.Op == ""; {
		f, err := l.frame(ctx)
		switch {
		case err != nil:
			t.Fatalf("%.100s ended the socket: %v", text, err)
		case f.Op == "pong":
			pong = true
		case f.Op == "error" || f.Op == "sent":
			answer = f
		}
	}
	return answer
}

// TestInput_frames: a frame is read as strictly as a body; each refusal names its ref and its field, and the socket stays.
func TestInput_frames(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	l := openFrames(t, s, ana)
	send := func(message string) string {
		return `{"op":"send","ref":"r","conversation":"` + talk + `","message":` + message + `}`
	}
	text := func(text string) string { return send(`{"id":"` + newMessageID() + `","text":"` + text + `"}`) }
	for _, tt := range []struct{ frame, ref, code, field string }{
		{"", "", "malformed", ""},
		{"{", "", "malformed", ""},
		{"[]", "", "malformed", ""},
		{"null", "", "malformed", ""},
		{"hello", "", "malformed", ""},
		{`{"op":"ping"}{}`, "", "malformed", ""},
		{text("x") + "x", "", "malformed", ""},
		{`{"op":"ping","ref":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "", "malformed", ""},
		{`{}`, "", "invalid", "op"},
		{`{"op":"shout","ref":"r"}`, "r", "invalid", "op"},
		{`{"op":7,"ref":"r"}`, "r", "invalid", "op"},
		{`{"op":"Ping","ref":"r"}`, "r", "invalid", "op"},
		{`{"op":"auth","ref":"r","token":"` + bo.Token + `"}`, "r", "invalid", "op"},
		{`{"op":"send","ref":"r","surprise":1}`, "r", "invalid", "surprise"},
		{`{"op":"send","OP":"send","ref":"r"}`, "r", "invalid", "OP"},
		{`{"op":"send","op":"ping","ref":"r"}`, "r", "invalid", "op"},
		{`{"op":"ping","ref":7}`, "", "invalid", "ref"},
		{`{"op":"send","ref":"r"}`, "r", "invalid", "conversation"},
		{`{"op":"send","ref":"r","conversation":"x"}`, "r", "invalid", "conversation"},
		{`{"op":"send","ref":"r","conversation":"` + nowhere() + `","message":{"id":"` + newMessageID() + `","text":"x"}}`, "r", "not_found", ""},
		{`{"op":"send","ref":"r","conversation":"` + talk + `"}`, "r", "invalid", "message"},
		{send(`"x"`), "r", "invalid", "message"},
		{send(`null`), "r", "invalid", "message"},
		{send(`{"text":"x"}`), "r", "invalid", "message.id"},
		{send(`{"id":"1","text":"x"}`), "r", "invalid", "message.id"},
		{send(`{"id":"` + newMessageID() + `"}`), "r", "invalid", "message.text"},
		{send(`{"id":"` + newMessageID() + `","text":7}`), "r", "invalid", "message.text"},
		{send(`{"id":"` + newMessageID() + `","text":"x","reply_to":9}`), "r", "invalid", "message.reply_to"},
		{send(`{"id":"` + newMessageID() + `","text":"x","reply_to":"1"}`), "r", "invalid", "message.reply_to"},
		{send(`{"id":"` + newMessageID() + `","text":"x","surprise":1}`), "r", "invalid", "message.surprise"},
		{text(""), "r", "invalid", "message.text"},
		{text(` \n\u00a0`), "r", "invalid", "message.text"},
		{text(`\ud800`), "r", "invalid", "message.text"},
		{text(strings.Repeat("😀", 16_001)), "r", "invalid", "message.text"},
		{`{"op":"mark","ref":"r","conversation":"` + talk + `","read":9}`, "r", "invalid", "read"},
		{`{"op":"mark","ref":"r","conversation":"` + talk + `","read":-1}`, "r", "invalid", "read"},
		{`{"op":"mark","ref":"r","conversation":"` + talk + `","read":"1"}`, "r", "invalid", "read"},
		{`{"op":"mark","ref":"r","conversation":"x"}`, "r", "invalid", "conversation"},
		{`{"op":"mark","ref":"r","conversation":"` + nowhere() + `","read":1}`, "r", "not_found", ""},
		{`{"op":"typing","ref":"r"}`, "r", "invalid", "conversation"},
		{`{"op":"ack","ref":"r"}`, "r", "invalid", "cursor"},
		{`{"op":"ack","ref":"r","cursor":"x"}`, "r", "invalid", "cursor"},
	} {
		f := answered(t, l, tt.frame)
		if f.Op != "error" || f.Ref != tt.ref || f.Code != tt.code || f.Field != tt.field || f.Detail == "" {
			t.Errorf("%.200s is answered %+v, want %v", tt.frame, f, []string{tt.ref, tt.code, tt.field})
		}
	}
	if f := answered(t, l, text("it still serves")); f.Op != "sent" || f.Ref != "r" || f.Message.Seq != 1 {
		t.Errorf("after all that: %+v", f)
	}
	if all := s.history(bo, talk); len(all) != 1 || all[0].Text != "it still serves" {
		t.Errorf("stored are %+v", all)
	}
}

// TestInput_frames_texts: a frame carries texts as exactly as a body.
func TestInput_frames_texts(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	from, to := openFrames(t, s, ana), openFrames(t, s, bo)
	for name, text := range exact {
		ctx := limited(t)
		if err := from.put(ctx, object{"op": "send", "ref": name, "conversation": talk, "message": object{"id": newMessageID(), "text": text}}); err != nil {
			t.Fatal(err)
		}
		answer := next(ctx, t, from, "sent")
		if answer.Ref != name || answer.Message.Text != text {
			t.Errorf("%s: the answer is %s %.200q", name, answer.Ref, answer.Message.Text)
		}
		told := ""
		if err := until(ctx, to, func(p wirePage) bool {
			told = strings.Join(textsOf(p.Changes), "")
			return told != ""
		}); err != nil || told != text {
			t.Errorf("%s: told was %.200q, %v", name, told, err)
		}
	}
}

// next reads up to a frame of one kind.
func next(ctx context.Context, t *testing.T, l *socketLine, op string) frame {
	t.Helper()
	for {
		f, err := l.frame(ctx)
		if err != nil || f.Op == "error" {
			t.Fatalf("instead of %s: %+v, %v", op, f, err)
		}
		if f.Op == op {
			return f
		}
	}
}

// TestInput_frames_that_end_the_socket: too large, no text, no Unicode, or one after another that can't be read.
func TestInput_frames_that_end_the_socket(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	write := func(kind websocket.MessageType, times int, payload string) func(context.Context, *socketLine) error {
		return func(ctx context.Context, l *socketLine) (err error) {
			for range times {
				err = l.conn.Write(ctx, kind, []byte(payload))
			}
			return err
		}
	}
	for name, tt := range map[string]struct {
		write func(context.Context, *socketLine) error
		code  int
	}{
		"oversized":  {write(websocket.MessageText, 1, `{"op":"ping","ref":"`+strings.Repeat("x", 400<<10)+`"}`), 1009},
		"binary":     {write(websocket.MessageBinary, 1, `{"op":"ping"}`), 1003},
		"no_unicode": {write(websocket.MessageText, 1, "{\"op\":\"\xff\"}"), 1007},
		"unreadable": {write(websocket.MessageText, 17, "{"), 4500},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, l := limited(t), openFrames(t, s, ana)
			_ = tt.write(ctx, l) // the end may come before all of it is written
			refused := 0
			for {
				f, err := l.frame(ctx)
				if f.Op == "error" {
					refused++
				}
				if e := (*ended)(nil); errors.As(err, &e) && (e.status != tt.code || tt.code == 4500 && (refused != 16 || e.code != "malformed")) {
					t.Errorf("ended with %v after %d refusals, want %d", e, refused, tt.code)
				} else if err != nil && e == nil {
					t.Errorf("ended without a code: %v", err)
				}
				if err != nil {
					break
				}
			}
			s.Must(http.StatusOK, ana.Token, "GET", "/me", nil, nil)
		})
	}
}

// TestInput_frames_unread_in_a_row: only frames that can't be read count, and one that can begins the count anew.
func TestInput_frames_unread_in_a_row(t *testing.T) {
	t.Parallel()
	s := Start(t)
	l, ctx := openFrames(t, s, s.Person(account.Member, "ana")), limited(t)
	for _, run := range []struct {
		times int
		frame string
	}{{16, "{"}, {40, `{"op":"ping","surprise":1}`}, {16, "[]"}, {1, `{"op":"ping"}`}, {16, ""}} {
		for range run.times {
			if err := l.put(ctx, run.frame); err != nil {
				t.Fatal(err)
			}
			want := "error"
			if run.frame == `{"op":"ping"}` {
				want = "pong"
			}
			for f, err := l.frame(ctx); f.Op != want; f, err = l.frame(ctx) {
				if err != nil {
					t.Fatalf("%q: %v", run.frame, err)
				}
			}
		}
	}
}
