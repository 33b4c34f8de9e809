package kinwardtest

import (
	"fmt"
	"net/http"
	"testing"

	"kinward/internal/account"
)

// TestMarks_delivered_rises_by_presenting: being told is not enough, since the line may have broken; the next cursor that a
// device presents is the word that everything before it has arrived.
func TestMarks_delivered_rises_by_presenting(t *testing.T) {
	t.Parallel()
	s := Start(t)
	present := map[string]func(t *testing.T, d dialed, cursor string){
		"poll": func(t *testing.T, d dialed, cursor string) {
			s.For(t).Must(http.StatusOK, d.token, "GET", "/feed?cursor="+cursor, nil, nil)
		},
		"long-poll": func(t *testing.T, d dialed, cursor string) {
			s.For(t).Must(http.StatusOK, d.token, "GET", "/feed?wait=1&cursor="+cursor, nil, nil)
		},
		"last_event_id": func(t *testing.T, d dialed, cursor string) { brief(t, d, "sse", cursor) },
		"socket_cursor": func(t *testing.T, d dialed, cursor string) { brief(t, d, "websocket", cursor) },
		"ack": func(t *testing.T, d dialed, cursor string) {
			ctx := limited(t)
			l, err := d.openSocket(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			defer l.hangUp()
			if err := l.(*socketLine).put(ctx, object{"op": "ack", "cursor": cursor}); err != nil {
				t.Fatal(err)
			}
			// The answer to a ping comes after the ack was taken.
			if err := l.(*socketLine).put(ctx, object{"op": "ping"}); err != nil {
				t.Fatal(err)
			}
			if err := until(ctx, l, func(p wirePage) bool { return p.Head > 0 }); err != nil {
				t.Fatal(err)
			}
		},
	}
	for how, do := range present {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := s.For(t)
			ana, bo := s.Person(account.Member, "ana."+how), s.Person(account.Member, "bo."+how)
			talk := s.direct(ana, bo)
			before := s.present(bo)
			for i := range 3 {
				s.say(ana, talk, fmt.Sprint(i))
			}
			witness := newDevice(t, s.URL, ana, "websocket", s.present(ana))
			var page wirePage // bo is told, and the line breaks: nothing was presented yet
			s.Must(http.StatusOK, bo.Token, "GET", "/feed?cursor="+before, nil, &page)
			if got := markOf(s.conversation(ana, talk), bo).Delivered; got != 0 {
				t.Errorf("delivered is %d although nothing was presented", got)
			}
			do(t, stranger(t, s, bo), page.Cursor)
			eventually(t, "the mark to rise", func() bool { return markOf(s.conversation(ana, talk), bo).Delivered == 3 })
			eventually(t, "the mark to be told", func() bool { return witness.delivered(talk, bo.ID) == 3 })
			do(t, stranger(t, s, bo), before) // an old cursor is no reason to fall
			if m := markOf(s.conversation(ana, talk), bo); m.Delivered != 3 || m.Read != 0 {
				t.Errorf("then delivered is %d and read %d, want 3 and 0", m.Delivered, m.Read)
			}
		})
	}
}

// brief opens a stream and leaves it at once.
func brief(t *testing.T, d dialed, transport, cursor string) {
	t.Helper()
	ctx := limited(t)
	l, err := d.open(ctx, transport, cursor)
	if err != nil {
		t.Fatal(err)
	}
	l.hangUp()
}

// markOf is somebody's member row.
func markOf(c wireConversation, p Person) wireMember {
	for _, m := range c.Members {
		if m.Person.ID == p.ID {
			return m
		}
	}
	return wireMember{Read: -1, Delivered: -1}
}

// TestMarks_read only rises, over both ways, and reaches the others.
func TestMarks_read(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	for i := range 5 {
		s.say(ana, talk, fmt.Sprint(i))
	}
	marks := "/conversations/" + talk + "/marks"
	for _, step := range []struct{ mark, read int64 }{{2, 2}, {1, 2}, {0, 2}, {5, 5}, {3, 5}} {
		s.Must(http.StatusNoContent, bo.Token, "PUT", marks, object{"read": step.mark}, nil)
		if c := s.conversation(bo, talk); markOf(c, bo).Read != step.read || c.Unread != 5-step.read {
			t.Errorf("after marking %d: read %d, unread %d", step.mark, markOf(c, bo).Read, c.Unread)
		}
	}
	for _, beyond := range []int64{6, -1, 1 << 40} {
		p := s.refused(s.Call(bo.Token, "PUT", marks, object{"read": beyond}), 422, "invalid")
		if p.Field != "read" {
			t.Errorf("marking %d: field %q", beyond, p.Field)
		}
	}
	ctx := limited(t)
	l, err := stranger(t, s, bo).openSocket(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	defer l.hangUp()
	s.say(ana, talk, "one more")
	socket := l.(*socketLine)
	if err := socket.put(ctx, object{"op": "mark", "conversation": talk, "read": 6}); err != nil {
		t.Fatal(err)
	}
	var h heard
	seen := func(p wirePage) bool { h.note("websocket", p); return h.members[talk+bo.ID].Read == 6 }
	if err := until(ctx, l, seen); err != nil {
		t.Errorf("the mark did not come back: %v", err)
	}
	if c := s.conversation(ana, talk); markOf(c, bo).Read != 6 {
		t.Errorf("ana sees that bo has read %d", markOf(c, bo).Read)
	}
}
