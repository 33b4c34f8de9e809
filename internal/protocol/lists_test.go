package protocol

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// A new answer with a list needs a MarshalJSON as in lists.go: this test finds the one that was forgotten.
func TestLists_are_never_null(t *testing.T) {
	for name, typ := range answers {
		b, err := json.Marshal(reflect.New(typ).Interface())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "null") {
			t.Errorf("%s: %s", name, b)
		}
	}
}

func TestPatient_lists(t *testing.T) {
	for want, p := range map[string]Patient{
		`{"id":"p","name":"Rosa","birth_date":"","sex":"","ward":"","room":"","bed":"","status":"","conversation":"","unread":0}`: {ID: "p", Name: "Rosa"},
		`{"id":"p","name":"Rosa","birth_date":"","sex":"","identifiers":[],"ward":"","room":"","bed":"","status":"","conversation":"","unread":0,"family":[],"team":[]}`: {
			ID: "p", Name: "Rosa", Identifiers: []Identifier{}, Family: []Relative{}, Team: []TeamMember{},
		},
	} {
		if b, err := marshal(p); err != nil || string(b) != want {
			t.Errorf("got %s, %v; want %s", b, err, want)
		}
	}
}

// Whether < is escaped is for the one who encodes to say, also where a MarshalJSON stands between.
func TestLists_leave_html_to_the_encoder(t *testing.T) {
	p := PeopleList{People: []Person{{Name: "<b>"}}}
	c := Conversation{Title: "<b>"}
	for _, v := range []any{p, c, Snapshot{Conversations: []Conversation{c}}} {
		bare, err := marshal(v)
		if err != nil || !strings.Contains(string(bare), `"<b>"`) {
			t.Errorf("not asked for, but escaped: %s, %v", bare, err)
		}
		if escaped, err := json.Marshal(v); err != nil || strings.Contains(string(escaped), "<") {
			t.Errorf("asked for, but not escaped: %s, %v", escaped, err)
		}
	}
}

func TestSnapshot_equals_encoding_json(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(3, 4))}
	for range 200 {
		s := Snapshot{Cursor: m.text()}
		want := plainSnapshot{Cursor: s.Cursor, Conversations: []plainConversation{}}
		for range m.IntN(3) {
			c := m.conversation()
			s.Conversations = append(s.Conversations, c)
			want.Conversations = append(want.Conversations, *plain(&c))
		}
		got, err := marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		same(t, append(before(), got...), want)
	}
}
