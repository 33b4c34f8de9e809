package kinwardtest

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"kinward/internal/account"
)

// TestFamily_scopes: whoever gets updates reads, hears and marks, and doesn't write; two relatives hear each other.
func TestFamily_scopes(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	talk := f.rosa.Conversation
	ana, bea := f.Relative(f.doctor, f.rosa, "Ana", "two-way"), f.Relative(f.doctor, f.rosa, "Bea", "updates")
	cy := f.Relative(f.doctor, f.rosa, "Cy", "two-way")
	var devices []*device
	for i, p := range []Person{ana, bea, cy, f.doctor} {
		devices = append(devices, newDevice(t, f.URL, p, transports[i], f.present(p)))
	}
	for i := range 6 {
		f.say([]Person{f.doctor, ana, cy}[i%3], talk, fmt.Sprint("number ", i))
	}
	for i, d := range devices {
		d.check(t, transports[i], talk, f.history(bea, talk))
	}
	f.Must(http.StatusNoContent, bea.Token, "PUT", "/conversations/"+talk+"/marks", object{"read": 6}, nil)
	if c := f.conversation(bea, talk); c.Unread != 0 || len(c.Members) != 4 {
		t.Errorf("Bea has %d unread among %d members", c.Unread, len(c.Members))
	}
	f.refused(f.Call(bea.Token, "POST", messagesOf(talk), object{"id": newMessageID(), "text": "x"}), 403, "forbidden")
	opened, err := stranger(t, f.Server, bea).openSocket(limited(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer opened.hangUp()
	c := &cast{Server: f.Server}
	got := c.errorTo(limited(t), opened.(*socketLine), object{"op": "send", "ref": "7", "conversation": talk, "message": object{"id": newMessageID(), "text": "x"}})
	if got.Op != "error" || got.Code != "forbidden" || got.Ref != "7" {
		t.Errorf("a frame of Bea's: %+v", got)
	}
	if n := len(f.history(f.doctor, talk)); n != 6 {
		t.Errorf("%d messages, want 6", n)
	}
}

// TestFamily_second_doctor sees the whole history, hears what comes, and answers; each message names its author (N1).
func TestFamily_second_doctor(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	talk := f.rosa.Conversation
	ana, second := f.Relative(f.doctor, f.rosa, "Ana", ""), f.Person(account.Staff, "costa")
	for i := range 4 {
		f.say([]Person{ana, f.doctor}[i%2], talk, fmt.Sprint("before ", i))
	}
	f.shut(second, f.rosa)
	hers, relatives := newDevice(t, f.URL, second, "sse", f.present(second)), newDevice(t, f.URL, ana, "websocket", f.present(ana))
	f.join(second, nil)
	if got := f.history(second, talk); len(got) != 4 || !slices.Equal(got, f.history(f.doctor, talk)) {
		t.Errorf("the second doctor reads %+v", got)
	}
	f.say(ana, talk, "who is there now?")
	f.say(second, talk, "I am, good evening")
	eventually(t, "both to hear both", func() bool { return len(hers.in(talk)) >= 2 && len(relatives.in(talk)) == 2 })
	if last := relatives.in(talk)[1]; last.Sender != second.ID || last.Seq != 6 {
		t.Errorf("the relative is told %+v", last)
	}
	if m := markOf(f.conversation(ana, talk), second); m.Person.Name != second.Name || m.Person.Kind != "staff" {
		t.Errorf("the relative sees the second doctor as %+v", m)
	}
	var team []string
	for _, m := range f.patients(second, "")[0].Team {
		team = append(team, m.Name)
	}
	if len(team) != 2 || !slices.Contains(team, second.Name) || !slices.Contains(team, f.doctor.Name) {
		t.Errorf("the team is %v", team)
	}
}

// TestFamily_assignment_ends: by its own time or by hand, and either way on every route and every live line at once.
func TestFamily_assignment_ends(t *testing.T) {
	t.Parallel()
	for name, byHand := range map[string]bool{"by_hand": true, "by_time": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFamily(t)
			talk := f.rosa.Conversation
			nurse := f.Person(account.Staff, "nurse")
			sentinel := f.direct(f.doctor, nurse)
			var devices []*device
			for _, transport := range transports {
				devices = append(devices, newDevice(t, f.URL, nurse, transport, f.present(nurse)))
			}
			heard := 0
			if byHand {
				assignment := f.join(nurse, nil)
				f.say(nurse, talk, "while in")
				heard = 1
				for _, d := range devices {
					eventually(t, "the nurse to hear", func() bool { return len(d.in(talk)) == heard })
				}
				f.Must(http.StatusNoContent, f.doctor.Token, "DELETE", "/patients/"+f.rosa.ID+"/assignments/"+assignment, nil, nil)
			} else {
				end := time.Now().Add(1500 * time.Millisecond)
				f.join(nurse, object{"until": end.UTC().Format(time.RFC3339Nano)})
				f.Must(http.StatusOK, nurse.Token, "GET", "/feed?cursor="+f.present(nurse)+"&wait=2", nil, nil)
				_ = rest(t.Context(), time.Until(end)+20*time.Millisecond) // not a moment longer than was said
			}
			f.say(f.doctor, talk, "after that")
			f.shut(nurse, f.rosa)
			f.say(f.doctor, sentinel, "come for tea")
			for i, d := range devices {
				eventually(t, transports[i]+" to hear what came later", func() bool { return len(d.in(sentinel)) == 1 })
				eventually(t, transports[i]+" to hear of the end", func() bool { return d.state(talk, nurse) == "left" })
				if got := d.in(talk); len(got) != heard {
					t.Errorf("%s was told %+v", transports[i], got)
				}
			}
		})
	}
}

// TestFamily_waiting: the list shows since when a family has had no answer, and leads to the conversation.
func TestFamily_waiting(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	ana, nurse := f.Relative(f.doctor, f.rosa, "Ana", ""), f.Person(account.Staff, "nurse")
	f.join(nurse, nil)
	wants := func(what string, p Person, unread int64, since string) {
		t.Helper()
		got := f.patients(p, "")
		if len(got) != 1 || got[0].Conversation != f.rosa.Conversation || got[0].Unread != unread {
			t.Fatalf("%s: %s's patients are %+v, want %d unread", what, p.Handle, got, unread)
		}
		told := ""
		if got[0].WaitingSince != nil {
			text, _ := got[0].WaitingSince.MarshalText() // never fails
			told = string(text)
		}
		if told != since {
			t.Errorf("%s: %s waits since %q, want %q", what, p.Handle, told, since)
		}
	}
	wants("at first", f.doctor, 0, "")
	f.say(f.doctor, f.rosa.Conversation, "she slept well")
	wants("an update", nurse, 1, "")
	question := f.say(ana, f.rosa.Conversation, "did she eat?")
	f.say(ana, f.rosa.Conversation, "and drink?")
	for i, p := range []Person{f.doctor, nurse} {
		wants("a question", p, int64(2+i), question.CreatedAt)
	}
	f.Must(http.StatusNoContent, nurse.Token, "PUT", "/conversations/"+f.rosa.Conversation+"/marks", object{"read": 3}, nil)
	wants("reading is no answer", nurse, 0, question.CreatedAt)
	f.say(nurse, f.patients(nurse, "")[0].Conversation, "both, yes")
	wants("an answer", f.doctor, 3, "")
	again := f.say(ana, f.rosa.Conversation, "thanks, and now?")
	wants("another question", nurse, 1, again.CreatedAt)
	if p := f.familySees(ana)[0]; p["unread"] != 0.0 {
		t.Errorf("ana has %v unread", p["unread"])
	}
}
