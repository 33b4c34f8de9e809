package kinwardtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/protocol"
)

// reading is what a person's marks must be, counted beside the server.
type reading struct {
	*Server
	people        []Person
	second        map[string]string // person → the token of another device
	conversations []string
	members       map[string]map[string]bool  // conversation → persons
	last          map[string]int64            // conversation → messages
	read          map[string]map[string]int64 // conversation → person → mark
	luck          *rand.Rand
}

// TestM21_unread: after whatever happened, for everybody and on each of their devices, unread is the number of messages behind
// their own read mark.
func TestM21_unread(t *testing.T) {
	t.Parallel()
	s := Start(t)
	r := &reading{
		Server: s, second: map[string]string{}, members: map[string]map[string]bool{}, last: map[string]int64{},
		read: map[string]map[string]int64{}, luck: rand.New(rand.NewPCG(21, 21)),
	}
	doctor := s.Person(account.Staff, "doctor")
	patient := s.Admit(care.Patient{FirstName: "Rosa"}, nil, doctor)
	r.people = []Person{doctor, s.Person(account.Staff, "nurse"), s.Person(account.Member, "ana"), s.Relative(doctor, patient, "Bea", "two-way")}
	for _, p := range r.people {
		token, err := s.App.Accounts.OpenSession(context.Background(), parsePerson(t, p), "second")
		if err != nil {
			t.Fatal(err)
		}
		r.second[p.ID] = token
	}
	r.knows(patient.Conversation, r.people[0], r.people[3])
	r.knows(s.direct(r.people[0], r.people[1]), r.people[0], r.people[1])
	r.knows(s.group("All", r.people[2], r.people[0], r.people[1]), r.people[:3]...)
	for step := range 160 {
		r.step()
		if step%20 == 19 {
			r.verify(t)
		}
	}
	s.Restart()
	r.verify(t)
	var list protocol.PatientList
	s.Must(http.StatusOK, doctor.Token, "GET", "/patients", nil, &list)
	if want := r.last[patient.Conversation] - r.read[patient.Conversation][doctor.ID]; list.Patients[0].Unread != want {
		t.Errorf("in the list of patients unread is %d, want %d", list.Patients[0].Unread, want)
	}
}

func (r *reading) knows(conversation string, people ...Person) {
	r.conversations = append(r.conversations, conversation)
	r.members[conversation], r.read[conversation] = map[string]bool{}, map[string]int64{}
	for _, p := range people {
		r.members[conversation][p.ID] = true
	}
}

// step does one thing at random, from one of the person's two devices.
func (r *reading) step() {
	c := r.conversations[r.luck.IntN(len(r.conversations))]
	p := r.people[r.luck.IntN(len(r.people))]
	if r.luck.IntN(2) == 0 {
		p.Token = r.second[p.ID]
	}
	if !r.members[c][p.ID] {
		r.comeOrGo(p)
		return
	}
	switch n := r.luck.IntN(10); {
	case n < 5:
		r.say(p, c, fmt.Sprint("words ", r.luck.Int()))
		r.last[c]++
		r.read[c][p.ID] = r.last[c]
	case n < 8:
		mark := r.luck.Int64N(r.last[c] + 1)
		r.Must(http.StatusNoContent, p.Token, "PUT", "/conversations/"+c+"/marks", object{"read": mark}, nil)
		r.read[c][p.ID] = max(r.read[c][p.ID], mark)
	case n < 9:
		for _, m := range r.history(p, c) {
			if m.Sender == p.ID && m.RetractedAt == "" {
				r.Call(p.Token, []string{"PATCH", "DELETE"}[r.luck.IntN(2)], fmt.Sprint(messagesOf(c), "/", m.Seq), object{"text": "other words"})
				break
			}
		}
	default:
		r.comeOrGo(p)
	}
}

// comeOrGo lets somebody leave the group or come back; the first person of the group never leaves.
func (r *reading) comeOrGo(p Person) {
	group, maker := r.conversations[2], r.people[2]
	switch {
	case p.ID == maker.ID || p.ID == r.people[3].ID:
	case r.members[group][p.ID]:
		r.Must(http.StatusNoContent, p.Token, "DELETE", "/conversations/"+group+"/members/me", nil, nil)
		delete(r.members[group], p.ID)
	default:
		r.Must(http.StatusNoContent, maker.Token, "POST", "/conversations/"+group+"/members", object{"person": p.ID}, nil)
		r.members[group][p.ID] = true
	}
}

func (r *reading) verify(t *testing.T) {
	t.Helper()
	for _, p := range r.people {
		for _, token := range []string{p.Token, r.second[p.ID]} {
			seen := 0
			for _, c := range r.snapshot(Person{Token: token}).Conversations {
				seen++
				want := r.last[c.ID] - r.read[c.ID][p.ID]
				if c.LastSeq != r.last[c.ID] || c.Unread != want || markOf(c, p).Read != r.read[c.ID][p.ID] {
					t.Errorf("%s in the %s: last %d, unread %d, read %d, want %d, %d, %d", p.Handle, c.Kind, c.LastSeq, c.Unread, markOf(c, p).Read,
						r.last[c.ID], want, r.read[c.ID][p.ID])
				}
			}
			for _, c := range r.conversations {
				if r.members[c][p.ID] {
					seen--
				}
			}
			if seen != 0 {
				t.Errorf("%s sees %d conversations too many", p.Handle, seen)
			}
		}
	}
}
