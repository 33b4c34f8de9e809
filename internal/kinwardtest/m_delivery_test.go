package kinwardtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kinward/internal/account"
)

// TestM7_only_what_is_new: a poll carries what came after its cursor, however long the conversation is.
func TestM7_only_what_is_new(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	flood(t, s, ana, talk, 1000, 200)
	cursor := s.present(bo)
	for i := range 5 {
		a := s.Call(bo.Token, "GET", "/feed?cursor="+cursor, nil)
		var page wirePage
		a.JSON(t, &page)
		if len(textsOf(page.Changes)) != 0 || len(a.Body) > 1500 {
			t.Errorf("with nothing new, %d bytes tell %v", len(a.Body), textsOf(page.Changes))
		}
		s.say(ana, talk, fmt.Sprint("new ", i))
		page = s.poll(bo, page.Cursor)
		if got := textsOf(page.Changes); len(got) != 1 || got[0] != fmt.Sprint("new ", i) {
			t.Errorf("with one new message, told %v", got)
		}
		cursor = page.Cursor
	}
	var page wireHistory
	s.Must(http.StatusOK, bo.Token, "GET", messagesOf(talk), nil, &page)
	if len(page.Messages) != 50 || !page.More || page.Messages[49].Text != "new 4" {
		t.Errorf("the newest page has %d messages, more %v", len(page.Messages), page.More)
	}
	snapshot := s.Call(bo.Token, "GET", "/conversations", nil)
	if len(snapshot.Body) > 4000 {
		t.Errorf("the snapshot has %d bytes", len(snapshot.Body))
	}
}

// TestM8_nothing_overwritten: several people write to one before that one looks, and all of it is there.
func TestM8_nothing_overwritten(t *testing.T) {
	t.Parallel()
	s := Start(t)
	bo := s.Person(account.Member, "bo")
	cursor := s.present(bo)
	want := map[string]int{}
	var wg sync.WaitGroup
	for i := range 5 {
		writer := s.Person(account.Member, fmt.Sprint("writer.", i))
		talk := s.direct(writer, bo)
		for n := range 10 {
			want[fmt.Sprintf("%s %d", writer.ID, n)] = 1
		}
		wg.Go(func() {
			for n := range 10 {
				s.say(writer, talk, fmt.Sprintf("%s %d", writer.ID, n))
			}
		})
	}
	wg.Wait()
	for _, text := range textsOf(s.poll(bo, cursor).Changes) {
		want[text]--
	}
	for text, n := range want {
		if n != 0 {
			t.Errorf("%q is told %d times", text, 1-n)
		}
	}
}

// TestM8_aborted_request: a poll that is torn off in the middle swallows nothing, whatever was on its way.
func TestM8_aborted_request(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	cursor := s.present(bo)
	for i := range 10 {
		n := newNetwork()
		d := dialed{&http.Client{Transport: &http.Transport{DialContext: n.dial}}, s.URL, bo.Token}
		ctx, cancel := context.WithCancel(limited(t))
		s.poll(bo, s.present(bo)) // which raises marks, so that the next poll finds nothing new
		gone, now := make(chan struct{}), s.present(bo)
		go func() {
			defer close(gone)
			res, err := d.get(ctx, "/feed?wait=30&cursor="+now, nil)
			if err == nil {
				_ = res.Body.Close()
			}
		}()
		eventually(t, "the held poll", func() bool { return s.gauge("kinward_feed_subscriptions") > 0 })
		if i%2 == 0 {
			s.say(ana, talk, fmt.Sprint(i)) // in flight, or not quite
		}
		n.cut()
		cancel()
		<-gone
		if i%2 == 1 {
			s.say(ana, talk, fmt.Sprint(i)) // sent to somebody who is just gone
		}
	}
	if got := textsOf(s.poll(bo, cursor).Changes); strings.Join(got, " ") != "0 1 2 3 4 5 6 7 8 9" {
		t.Errorf("afterwards told are %v", got)
	}
	if got := textsOf(s.poll(bo, cursor).Changes); len(got) != 10 { // and again: telling removes nothing
		t.Errorf("asked again, told are %v", got)
	}
}

// TestM8_restart: what was said is there after a restart, and an old cursor goes on.
func TestM8_restart(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk, cursor := s.direct(ana, bo), ""
	cursor = s.present(bo)
	for i := range 3 {
		s.say(ana, talk, fmt.Sprint("before ", i))
		s.Restart()
		s.say(ana, talk, fmt.Sprint("after ", i))
	}
	want := "[before 0 after 0 before 1 after 1 before 2 after 2]"
	if got := textsOf(s.poll(bo, cursor).Changes); fmt.Sprint(got) != want {
		t.Errorf("the feed tells %v, want %s", got, want)
	}
	for i, m := range s.history(bo, talk) {
		if m.Seq != int64(i+1) {
			t.Errorf("the %dth message has seq %d", i+1, m.Seq)
		}
	}
}

// TestM9_repeats: the same id is the same message for ever, by whatever way it comes again.
func TestM9_repeats(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	body := object{"id": newMessageID(), "text": "once"}
	var wg sync.WaitGroup
	seen := make([]wireMessage, 20)
	status := make([]int, 20)
	for i := range seen {
		wg.Go(func() {
			var got struct{ Message wireMessage }
			a := s.Call(ana.Token, "POST", messagesOf(talk), body)
			a.JSON(t, &got)
			seen[i], status[i] = got.Message, a.Status
		})
	}
	wg.Wait()
	made := 0
	for i, m := range seen {
		if m != seen[0] || status[i] != 200 && status[i] != 201 {
			t.Errorf("answer %d is %d %+v, the first %+v", i, status[i], m, seen[0])
		}
		if status[i] == 201 {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d answers say that it was made", made)
	}
	socket := newDevice(t, s.URL, ana, "websocket", s.present(ana))
	eventually(t, "the socket", func() bool { return socket.socket() != nil })
	f, err := socket.socket().ask(limited(t), object{"op": "send", "conversation": talk, "message": body})
	if err != nil || f.Op != "sent" || *f.Message != seen[0] {
		t.Errorf("over the socket: %+v %v", f, err)
	}
	socket.stop()
	s.Restart()
	var again struct{ Message wireMessage }
	s.Must(http.StatusOK, ana.Token, "POST", messagesOf(talk), body, &again)
	if again.Message != seen[0] {
		t.Errorf("after a restart: %+v", again.Message)
	}
	s.otherContent(t, ana, bo, talk, body["id"].(string))
	if got := s.history(bo, talk); len(got) != 2 {
		t.Errorf("stored are %+v", got)
	}
}

// otherContent: an id that comes with another content is a mistake of the client, and told as one. Somebody else's message may
// have the same id.
func (s *Server) otherContent(t *testing.T, ana, bo Person, talk, id string) {
	t.Helper()
	cy := s.Person(account.Member, "cy")
	elsewhere := s.direct(ana, cy)
	for what, a := range map[string]Answer{
		"text":         s.Call(ana.Token, "POST", messagesOf(talk), object{"id": id, "text": "twice"}),
		"reply":        s.Call(ana.Token, "POST", messagesOf(talk), object{"id": id, "text": "once", "reply_to": 1}),
		"conversation": s.Call(ana.Token, "POST", messagesOf(elsewhere), object{"id": id, "text": "once"}),
	} {
		if p := s.refused(a, 409, "conflict"); p.Field != "id" {
			t.Errorf("another %s: field %q", what, p.Field)
		}
	}
	s.Must(http.StatusCreated, bo.Token, "POST", messagesOf(talk), object{"id": id, "text": "bo's own"}, nil)
	s.Must(http.StatusOK, ana.Token, "PATCH", messagesOf(talk)+"/1", object{"text": "corrected"}, nil)
	s.Must(http.StatusOK, ana.Token, "POST", messagesOf(talk), object{"id": id, "text": "once"}, nil) // still a repeat of the first try
}

// TestM16_every_device: a second tab, device or transport takes nothing from the first.
func TestM16_every_device(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	other, err := s.App.Accounts.OpenSession(t.Context(), parsePerson(t, bo), "another device")
	if err != nil {
		t.Fatal(err)
	}
	cursor := s.present(bo)
	var devices []*device
	for _, transport := range transports {
		for _, token := range []string{bo.Token, bo.Token, other} {
			devices = append(devices, newDevice(t, s.URL, Person{Token: token}, transport, cursor))
		}
	}
	var sent []wireMessage
	for i := range 20 {
		sent = append(sent, s.say(ana, talk, fmt.Sprint(i)))
	}
	sent = append(sent, s.say(bo, talk, "my own words, on all my devices"))
	for i, d := range devices {
		d.check(t, fmt.Sprint("device ", i), talk, sent)
	}
}
