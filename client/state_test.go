package client

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func msg(seq, version int64, sender string) *Message {
	return &Message{Conversation: "c", Seq: seq, Sender: sender, Version: version, Kind: MessageText}
}

func member(person string, version, read, delivered int64) *Member {
	return &Member{Conversation: "c", Person: Person{ID: person}, State: MemberActive, Read: read, Delivered: delivered, Version: version}
}

func told(m *Message) Change {
	return Change{Version: m.Version, Type: ChangeMessage, Conversation: m.Conversation, Message: m}
}

func moved(m *Member) Change {
	return Change{Version: m.Version, Type: ChangeMember, Conversation: m.Conversation, Member: m}
}

func begin() State {
	return NewState("me").Reset(Snapshot{Cursor: "e.10", Conversations: []Conversation{{
		ID: "c", Kind: KindDirect, Title: "Ana", Version: 3, LastSeq: 4, Unread: 2, Last: msg(4, 9, "ana"),
		Members: []Member{*member("me", 2, 2, 4), *member("ana", 2, 4, 4)},
	}}})
}

func TestState_Apply(t *testing.T) {
	left := member("me", 12, 2, 4)
	left.State = MemberLeft
	tests := map[string]struct {
		changes []Change
		check   func(t *testing.T, c Conversation)
	}{
		"a_message": {[]Change{told(msg(5, 11, "ana"))}, func(t *testing.T, c Conversation) {
			want(t, "unread", c.Unread, 3)
			want(t, "last", c.Last.Seq, 5)
			want(t, "sender's read", c.Members[1].Read, 5)
			want(t, "own read", c.Members[0].Read, 2)
		}},
		"an_own_message_reads_all": {[]Change{told(msg(5, 11, "me"))}, func(t *testing.T, c Conversation) {
			want(t, "unread", c.Unread, 0)
			want(t, "own read", c.Members[0].Read, 5)
			want(t, "own delivered", c.Members[0].Delivered, 5)
		}},
		"own_mark_from_another_device": {[]Change{moved(member("me", 11, 3, 4))}, func(t *testing.T, c Conversation) {
			want(t, "unread", c.Unread, 1)
		}},
		"marks_never_fall": {[]Change{told(msg(5, 11, "ana")), moved(member("ana", 12, 3, 3))}, func(t *testing.T, c Conversation) {
			want(t, "read", c.Members[1].Read, 5)
			want(t, "version", c.Members[1].Version, 12)
		}},
		"an_older_member_row": {[]Change{moved(member("ana", 1, 9, 9))}, func(t *testing.T, c Conversation) {
			want(t, "version", c.Members[1].Version, 2)
			want(t, "read", c.Members[1].Read, 9)
		}},
		"a_correction_of_the_last": {[]Change{told(&Message{Conversation: "c", Seq: 4, Sender: "ana", Text: "new", Version: 11})}, func(t *testing.T, c Conversation) {
			if c.Last.Text != "new" || c.Unread != 2 {
				t.Errorf("%+v", c)
			}
		}},
		"a_correction_of_an_older_one": {[]Change{told(msg(3, 11, "ana"))}, func(t *testing.T, c Conversation) {
			want(t, "last", c.Last.Seq, 4)
		}},
		"a_new_member": {[]Change{moved(member("bo", 11, 0, 0))}, func(t *testing.T, c Conversation) {
			want(t, "members", int64(len(c.Members)), 3)
		}},
		"a_new_title": {[]Change{{Version: 11, Type: ChangeConversation, Details: &Conversation{ID: "c", Title: "Bo", Version: 11, LastSeq: 4, Unread: 2}}}, func(t *testing.T, c Conversation) {
			if c.Title != "Bo" || len(c.Members) != 2 || c.Last == nil {
				t.Errorf("%+v", c)
			}
		}},
		"an_old_row": {[]Change{{Version: 2, Type: ChangeConversation, Details: &Conversation{ID: "c", Title: "Old", Version: 2}}}, func(t *testing.T, c Conversation) {
			if c.Title != "Ana" || c.LastSeq != 4 {
				t.Errorf("%+v", c)
			}
		}},
		"unknown_types": {[]Change{{Version: 11, Type: "reaction", Conversation: "c"}, {Version: 12, Type: "weather"}}, func(t *testing.T, c Conversation) {
			want(t, "unread", c.Unread, 2)
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := begin()
			once := before.Apply(tt.changes)
			c, ok := once.Conversation("c")
			if !ok {
				t.Fatal("the conversation is gone")
			}
			tt.check(t, c)
			if diff := cmp.Diff(once, once.Apply(tt.changes), opt); diff != "" {
				t.Errorf("a second time alters: %s", diff)
			}
			if diff := cmp.Diff(before, begin(), opt); diff != "" {
				t.Errorf("the old state was altered: %s", diff)
			}
		})
	}
	gone := begin().Apply([]Change{moved(left)})
	if _, ok := gone.Conversation("c"); ok || len(gone.Conversations()) != 0 || gone.Unread() != 0 {
		t.Error("a conversation that one has left is still listed")
	}
}

var opt = cmp.AllowUnexported(State{}, view{})

func want(t *testing.T, what string, got, want int64) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %d, want %d", what, got, want)
	}
}

// TestState_rows_before_their_conversation: the feed tells final rows in version order, so a message may come before the
// conversation that it belongs to.
func TestState_rows_before_their_conversation(t *testing.T) {
	s := NewState("me").Apply([]Change{told(msg(1, 5, "ana")), moved(member("me", 6, 0, 1))})
	if len(s.Conversations()) != 0 {
		t.Error("listed without knowing what it is")
	}
	s = s.Apply([]Change{{Version: 7, Type: ChangeConversation, Details: &Conversation{ID: "c", Kind: KindDirect, Title: "Ana", Version: 7, LastSeq: 1, Unread: 1}}})
	c, ok := s.Conversation("c")
	if !ok || c.Title != "Ana" || c.Unread != 1 || c.Last.Seq != 1 || len(c.Members) != 1 {
		t.Errorf("%v %+v", ok, c)
	}
	want(t, "unread in all", s.Unread(), 1)
	want(t, "unread after reading", s.MarkRead("c", 1).Unread(), 0)
}

// TestState_pages: however a history is cut into pages and whatever is repeated, the outcome is the same.
func TestState_pages(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 5))
		people := []string{"me", "ana", "bo"}
		var all []Change
		seq := int64(4)
		for v := int64(11); v < 60; v++ {
			who := people[rng.IntN(3)]
			if rng.IntN(2) == 0 {
				seq++
				all = append(all, told(msg(seq, v, who)))
			} else {
				all = append(all, moved(member(who, v, rng.Int64N(seq+1), rng.Int64N(seq+1))))
			}
		}
		whole := begin().Apply(all)
		pieces := begin()
		for at := 0; at < len(all); {
			n := min(1+rng.IntN(8), len(all)-at)
			pieces = pieces.Apply(all[at : at+n])
			at += n
			if rng.IntN(3) == 0 {
				at = max(0, at-rng.IntN(6))
			}
		}
		if diff := cmp.Diff(whole, pieces, opt); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}
