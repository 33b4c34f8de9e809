package kinwardtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/server"
)

// The M rows are the defects of Kinward's ancestors (reference/seeds.md, section 7): what must never work again. Here: who may
// do what.

// anyPath fills a route's variables with ids of nothing.
func anyPath(path string) string {
	for _, name := range []string{"conversation", "person", "patient", "invitation", "link", "assignment", "session"} {
		path = strings.ReplaceAll(path, "{"+name+"}", nowhere())
	}
	return strings.ReplaceAll(path, "{seq}", "1")
}

// TestM2_unauthenticated: without a live token every route but the open ones is shut, over every way of bringing one.
func TestM2_unauthenticated(t *testing.T) {
	t.Parallel()
	s := Start(t)
	gone, ana := s.Person(account.Member, "gone"), s.Person(account.Member, "ana")
	s.Must(http.StatusNoContent, gone.Token, "DELETE", "/sessions/current", nil, nil)
	tokens := map[string]http.Header{
		"none":       {},
		"wrong":      {"Authorization": {"Bearer not.a.token"}},
		"cut":        {"Authorization": {"Bearer " + ana.Token[:len(ana.Token)-1]}},
		"other_case": {"Authorization": {"Bearer " + strings.ToUpper(ana.Token)}},
		"signed_out": {"Authorization": {"Bearer " + gone.Token}},
		"basic":      {"Authorization": {"Basic " + ana.Token}},
		"id":         {"Authorization": {"Bearer " + ana.ID}},
		"cookie":     {"Cookie": {"kinward=" + gone.Token}},
		"host":       {"Cookie": {"__Host-kinward=" + ana.Token}}, // counts over TLS only
		"header":     {"X-User": {ana.ID}, "X-Token": {ana.Token}, "Token": {ana.Token}},
	}
	for _, r := range new(server.Server).Routes() {
		for name, header := range tokens {
			if r.Open {
				continue
			}
			path := anyPath(r.Path) + "?token=" + ana.Token + "&access_token=" + ana.Token // tokens never stand in addresses
			a := s.with(header, r.Method, path, "{}")
			if s.refused(a, 401, "unauthenticated"); a.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s with token %s: no WWW-Authenticate", r.Method, r.Path, name)
			}
		}
	}
}

// with is Call with any headers.
func (s *Server) with(header http.Header, method, path, body string) Answer {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if host := header.Get("Host"); host != "" {
		req.Host = host
	}
	a, err := answerOf(caller.Do(req))
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// TestM2_socket: a socket that brings no token hears nothing before auth, and one with a wrong token is told so and ended.
func TestM2_socket(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	d := stranger(t, s, Person{})
	for name, first := range map[string]any{
		"wrong_token": object{"op": "auth", "token": "not.a.token"},
		"no_token":    object{"op": "auth"},
		"ping":        object{"op": "ping"},
		"send":        object{"op": "send", "ref": "1", "conversation": nowhere(), "message": object{"id": newMessageID(), "text": "x"}},
		"ack":         object{"op": "ack", "cursor": s.present(ana)},
	} {
		ctx := limited(t)
		l, err := d.dialSocket(ctx, "?cursor="+s.present(ana), http.Header{})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.put(ctx, first); err != nil {
			t.Fatal(err)
		}
		f, err := l.frame(ctx)
		if err != nil || f.Op != "bye" || f.Code != "unauthenticated" {
			t.Errorf("%s: first %+v, %v, want bye unauthenticated", name, f, err)
		}
		if _, err := l.frame(ctx); err == nil || err.Error() != (&ended{4501, "unauthenticated", 0}).Error() {
			t.Errorf("%s: the end was %v, want 4501", name, err)
		}
		l.hangUp()
	}
	if _, err := d.dialSocket(limited(t), "", http.Header{"Authorization": {"Bearer x"}}); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a wrong token in the handshake: %v, want 401", err)
	}
}

// TestM3_sender: who says something is told by the token alone; a sender in the words is refused by its name.
func TestM3_sender(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	socket := newDevice(t, s.URL, ana, "websocket", s.present(ana))
	eventually(t, "the socket", func() bool { return socket.socket() != nil })
	for _, field := range []string{"sender", "from", "fromUser", "Sender", "author", "person", "user_id", "receiver", "created_at", "seq", "kind"} {
		message := object{"id": newMessageID(), "text": "as bo", field: bo.ID}
		p := s.refused(s.Call(ana.Token, "POST", messagesOf(talk), message), 422, "invalid")
		if p.Field != field {
			t.Errorf("POST: the field is %q, want %q", p.Field, field)
		}
		for want, ask := range map[string]object{
			"message." + field: {"op": "send", "conversation": talk, "message": message},
			field:              {"op": "send", "conversation": talk, "message": object{"id": newMessageID(), "text": "x"}, field: bo.ID},
		} {
			f, err := socket.socket().ask(limited(t), ask)
			if err != nil || f.Op != "error" || f.Code != "invalid" || f.Field != want {
				t.Fatalf("a frame with %s: %+v, %v", want, f, err)
			}
		}
		if err := socket.socket().put(limited(t), object{"op": "ping"}); err != nil { // nothing but faults would end the socket
			t.Fatal(err)
		}
	}
	if got := s.history(bo, talk); len(got) != 0 {
		t.Errorf("%d of them were stored", len(got))
	}
	if m := s.say(ana, talk, "as myself"); m.Sender != ana.ID {
		t.Errorf("the sender is %s", m.Sender)
	}
}

// socket is the device's socket, while one is open.
func (d *device) socket() *socketLine {
	d.pos.Lock()
	defer d.pos.Unlock()
	l, _ := d.now.(*socketLine)
	return l
}

// TestM4_other_peoples_conversations don't exist: over each route and frame the answer is, to the byte, that for an id of
// nothing.
func TestM4_other_peoples_conversations(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	for _, actor := range []string{"outsider", "peer", "otherDoctor", "otherRelative", "endedDoctor", "admin"} {
		p := c.by[actor]
		for name, conversation := range map[string]string{"group": c.group, "family": c.family} {
			for _, request := range []struct {
				method, path string
				body         any
			}{
				{"GET", "/conversations/{c}", nil},
				{"GET", "/conversations/{c}/messages", nil},
				{"GET", "/conversations/{c}/messages?before=2&limit=1", nil},
				{"POST", "/conversations/{c}/messages", object{"id": newMessageID(), "text": "x"}},
				{"POST", "/conversations/{c}/messages", object{"id": newMessageID(), "text": "x", "reply_to": 1}},
				{"PATCH", "/conversations/{c}/messages/1", object{"text": "x"}},
				{"DELETE", "/conversations/{c}/messages/1", nil},
				{"PUT", "/conversations/{c}/marks", object{"read": 1}},
				{"PUT", "/conversations/{c}/marks", object{"read": 1 << 40}},
				{"POST", "/conversations/{c}/members", object{"person": p.ID}},
				{"DELETE", "/conversations/{c}/members/me", nil},
				{"DELETE", "/conversations/{c}/members/" + c.by["member"].ID, nil},
				{"POST", "/conversations/{c}/typing", nil},
			} {
				theirs := c.Call(p.Token, request.method, strings.Replace(request.path, "{c}", conversation, 1), request.body)
				nothing := c.Call(p.Token, request.method, strings.Replace(request.path, "{c}", nowhere(), 1), request.body)
				if c.refused(theirs, 404, "not_found"); string(theirs.Body) != string(nothing.Body) {
					t.Errorf("%s %s of the %s as %s: %s, and of nothing: %s", request.method, request.path, name, actor, theirs.Body, nothing.Body)
				}
			}
			c.strangeFrames(t, p, name, conversation)
		}
	}
	if n := len(c.history(c.by["doctor"], c.family)); n != 3 {
		t.Errorf("the family's conversation has %d messages, want 3", n)
	}
}

func (c *cast) strangeFrames(t *testing.T, p Person, name, conversation string) {
	t.Helper()
	ctx := limited(t)
	opened, err := stranger(t, c.Server, p).openSocket(ctx, c.start)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.hangUp()
	for _, op := range []string{"send", "mark", "typing"} {
		var answers []frame
		for _, id := range []string{conversation, nowhere()} {
			f := object{"op": op, "conversation": id}
			switch op {
			case "send":
				f["ref"], f["message"] = "r", object{"id": newMessageID(), "text": "x"}
			case "mark":
				f["read"] = 1
			}
			answers = append(answers, c.errorTo(ctx, opened.(*socketLine), f))
		}
		if a, b := fmt.Sprint(answers[0]), fmt.Sprint(answers[1]); a != b || answers[0].Code != "not_found" {
			t.Errorf("%s to the %s as %s: %s, and to nothing: %s", op, name, p.Handle, a, b)
		}
	}
}

// errorTo sends a frame and reads up to the error that it gets.
func (c *cast) errorTo(ctx context.Context, l *socketLine, v object) frame {
	c.t.Helper()
	if err := l.put(ctx, v); err != nil {
		c.t.Fatal(err)
	}
	for {
		f, err := l.frame(ctx)
		if err != nil {
			c.t.Fatal(err)
		}
		if f.Op == "error" || f.Op == "sent" {
			return f
		}
	}
}

// TestM4_after_leaving: who has left a group hears and reads nothing more of it, and is told so once.
func TestM4_after_leaving(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo, cy := s.Person(account.Member, "ana"), s.Person(account.Member, "bo"), s.Person(account.Member, "cy")
	group := s.group("Night shift", ana, bo, cy)
	devices := map[string]*device{}
	for _, transport := range transports {
		devices[transport] = newDevice(t, s.URL, cy, transport, s.present(cy))
	}
	s.say(ana, group, "while in")
	for transport, d := range devices {
		eventually(t, transport+" to hear", func() bool { return d.count() == 1 })
	}
	s.Must(http.StatusNoContent, cy.Token, "DELETE", "/conversations/"+group+"/members/me", nil, nil)
	s.say(ana, group, "after that")
	for transport, d := range devices {
		left := func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.members[group+cy.ID].State == "left"
		}
		eventually(t, transport+" to hear of the leaving", left)
	}
	talk := s.direct(ana, cy)
	s.say(ana, talk, "come back")
	for transport, d := range devices {
		eventually(t, transport+" to hear what came later", func() bool { return d.count() >= 2 })
		if got := d.in(group); len(got) != 1 {
			t.Errorf("%s told %d messages of the group", transport, len(got))
		}
	}
	s.refused(s.Call(cy.Token, "GET", messagesOf(group), nil), 404, "not_found")
}
