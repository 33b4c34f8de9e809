package kinwardtest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"kinward/internal/account"
	"kinward/internal/care"
)

// What strangers to the code have found; each of it happened.

// TestFound_bad_cursor: a socket whose cursor can't be read does not half begin, and takes nothing down with it.
func TestFound_bad_cursor(t *testing.T) {
	t.Parallel()
	s := Start(t)
	a, b := s.Person(account.Member, "ana"), s.Person(account.Member, "ben")
	c := s.direct(a, b)
	s.refused(s.Call(a.Token, "GET", "/feed?cursor=x", nil), http.StatusUnprocessableEntity, "invalid")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	url := strings.Replace(s.URL, "http", "ws", 1) + "/feed/socket"
	if _, res, err := websocket.Dial(ctx, url+"?cursor=x", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + a.Token}}}); err == nil ||
		res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a socket with a bad cursor: %v", err)
	}
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	send := object{"op": "send", "ref": "1", "conversation": c, "message": object{"id": newMessageID(), "text": "x"}}
	for _, try := range []struct {
		frame object
		op    string
	}{
		{object{"op": "auth", "token": a.Token, "cursor": "x"}, "error"},
		{object{"op": "auth", "token": a.Token}, "ready"},
		{send, "sent"},
	} {
		if err := wsjson.Write(ctx, conn, try.frame); err != nil {
			t.Fatal(err)
		}
		for got := (frame{}); got.Op != try.op; {
			if err := wsjson.Read(ctx, conn, &got); err != nil {
				t.Fatalf("after %v: %v", try.frame["op"], err)
			}
		}
	}
}

// TestFound_search_leaks_nothing: a relative's search can't spell out what they are not told.
func TestFound_search_leaks_nothing(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor := s.Person(account.Staff, "doctor")
	p := s.Admit(care.Patient{Name: "Rosa Ziegler", FirstName: "Rosa", FamilyName: "Ziegler", BirthDate: "1931-07-19", Ward: "4", Bed: "12"},
		[]care.Identifier{{System: "mrn", Value: "7700"}}, doctor)
	ana := s.Relative(doctor, p, "Ana", "two-way")
	for query, want := range map[string]int{"query=ros": 1, "": 1, "query=zieg": 0, "query=77": 0, "query=12": 0, "ward=4": 0, "ward=5": 0} {
		var got struct{ Patients []struct{ Name string } }
		s.Must(http.StatusOK, ana.Token, "GET", "/patients?"+query, nil, &got)
		if len(got.Patients) != want {
			t.Errorf("%q found %d", query, len(got.Patients))
		}
	}
	var got struct{ Patients []map[string]any }
	s.Must(http.StatusOK, doctor.Token, "GET", "/patients?query=ziegler,+rosa", nil, &got)
	if len(got.Patients) != 1 || got.Patients[0]["room"] != "" {
		t.Errorf("the doctor found %v", got.Patients)
	}
}

// TestFound_authors_who_left can still be named.
func TestFound_authors_who_left(t *testing.T) {
	t.Parallel()
	s := Start(t)
	a, b, c := s.Person(account.Member, "ana"), s.Person(account.Member, "ben"), s.Person(account.Member, "cem")
	g := s.group("g", a, b, c)
	s.say(c, g, "hello")
	s.Must(http.StatusNoContent, a.Token, "DELETE", "/conversations/"+g+"/members/"+c.ID, nil, nil)
	states := map[string]string{}
	for _, m := range s.conversation(b, g).Members {
		states[m.Person.Name] = m.State
	}
	if states[c.Name] != "left" || states[a.Name] != "active" {
		t.Errorf("members %v", states)
	}
}
