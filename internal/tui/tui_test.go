package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"kinward/client"
)

var (
	silva = client.Person{ID: "silva", Kind: client.PersonStaff, Name: "Dr Marta Silva", Role: "attending"}
	okafo = client.Person{ID: "okafor", Kind: client.PersonStaff, Name: "Ngozi Okafor", Role: "nurse"}
	ana   = client.Person{ID: "ana", Kind: client.PersonFamily, Name: "Ana Almeida"}
	paulo = client.Person{ID: "paulo", Kind: client.PersonFamily, Name: "Paulo Almeida"}
	chen  = client.Person{ID: "chen", Kind: client.PersonMember, Name: "陈伟"}
)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

// admit fills the hospital with a ward: one family that waits, one that doesn't, a colleague, a patient without family.
func (h *hospital) admit(me client.Person, read int64) client.Snapshot {
	h.says("c1", "ana", "Good morning doctor. How was the night?", at(20, 7, 41))
	h.says("c1", "silva", "Good morning Ana. Your mother slept well, and the fever has gone down. We will see her again at ten.", at(20, 7, 58))
	h.says("c1", "silva", "Call the ward if anything worries you.", at(20, 7, 59))
	reply := h.says("c1", "ana", "Thank you. Can we visit at 2?", at(21, 8, 12))
	reply.ReplyTo = 2
	h.messages["c1"][3] = reply
	h.says("c1", "paulo", "Did she eat today?", at(21, 8, 13))
	h.says("c2", "silva", "The scan is booked for tomorrow.", at(20, 16, 0))
	h.says("c3", "okafor", "Can you look at bed 4-03 before lunch?", at(21, 8, 50))
	waiting := client.Time{Time: at(21, 8, 12)}
	h.patients = []client.Patient{
		{ID: "p1", Name: "Rosa Almeida", Bed: "4-12", Conversation: "c1", WaitingSince: &waiting, Unread: 2, Family: []client.Relative{
			{Link: "l1", Person: "ana", Name: "Ana Almeida", Relationship: "daughter", State: "active"},
			{Link: "l2", Person: "paulo", Name: "Paulo Almeida", Relationship: "son", State: "active"},
		}},
		{ID: "p2", Name: "Jan Novák", Bed: "4-03", Conversation: "c2", Family: []client.Relative{{Name: "Eva", Relationship: "spouse"}}},
		{ID: "p3", Name: "Mariam Haddad", Bed: "4-07"},
	}
	h.people = []client.Person{okafo, chen, {ID: "petrov", Kind: client.PersonStaff, Name: "Ivan Petrov", Role: "resident"}}
	c1 := h.conversation("c1", client.KindFamily, "Care team", me.ID, read, silva, okafo, ana, paulo)
	c1.Patient = &client.Subject{ID: "p1", Name: "Rosa"}
	c2 := h.conversation("c2", client.KindFamily, "Care team", me.ID, 1, silva, client.Person{ID: "eva", Kind: client.PersonFamily, Name: "Eva Nováková"})
	c3 := h.conversation("c3", client.KindDirect, "Ngozi Okafor", me.ID, 1, silva, okafo)
	list := []client.Conversation{c1, c2, c3}
	if me.Kind == client.PersonFamily {
		list = list[:1]
	}
	return client.Snapshot{Conversations: list, Cursor: "e.100"}
}

var live = eventMsg{client.Status{State: client.Live, Transport: client.WebSocket, Auto: true}}

func doctor(t *testing.T, w, h int, fn func(s *stage)) {
	t.Helper()
	play(t, silva, w, h, func(s *stage) {
		s.tell(eventMsg{client.Reset{Snapshot: s.fake.admit(silva, 3)}}, live)
		fn(s)
	})
}

func TestScreens(t *testing.T) {
	for _, size := range []struct{ w, h int }{{110, 32}, {80, 24}, {60, 16}} {
		name := fmt.Sprintf("%dx%d", size.w, size.h)
		doctor(t, size.w, size.h, func(s *stage) { s.golden("staff_" + name) })
		play(t, ana, size.w, size.h, func(s *stage) {
			s.tell(eventMsg{client.Reset{Snapshot: s.fake.admit(ana, 5)}}, live)
			s.golden("family_" + name)
		})
	}
	doctor(t, 100, 24, func(s *stage) {
		s.press("f1")
		s.golden("help")
		s.press("esc", "ctrl+k")
		s.typed("4-0")
		s.pass(time.Second)
		s.golden("search")
	})
	play(t, silva, 80, 20, func(s *stage) { s.golden("beginning") })
}

func TestReading(t *testing.T) {
	doctor(t, 80, 24, func(s *stage) {
		s.shows("2 new messages", "2 unread", "waits 1 h 02")
		s.pass(300 * time.Millisecond)
		if len(s.fake.marks) != 0 {
			t.Error("read before anybody could have read it")
		}
		s.pass(time.Second)
		if s.fake.marks["c1"] != 5 {
			t.Errorf("marks: %v", s.fake.marks)
		}
		s.shows("2 new messages") // the line stays for the visit
		s.hides("unread")
		s.tell(tea.BlurMsg{}, changed(s.fake.says("c1", "ana", "Hello?", at(21, 9, 14))))
		s.pass(2 * time.Second)
		s.shows("1 unread")
		s.tell(tea.FocusMsg{})
		s.pass(time.Second)
		s.hides("unread")
		if s.fake.marks["c1"] != 6 {
			t.Errorf("marks: %v", s.fake.marks)
		}
	})
}

func TestSending(t *testing.T) {
	doctor(t, 80, 24, func(s *stage) {
		s.typed("Half of her breakfast.")
		if s.fake.typed != 1 {
			t.Errorf("told %d times to be typing", s.fake.typed)
		}
		s.press("alt+enter")
		s.typed("And tea.\n")
		if len(s.fake.entries) != 1 || s.fake.entries[0].Text != "Half of her breakfast.\nAnd tea." {
			t.Fatalf("%+v", s.fake.entries)
		}
		s.shows("And tea.", "Sending…")
		s.hides("2 new messages")
		e := s.fake.entries[0]
		e.Tries, e.Err = 1, fmt.Errorf("no network")
		s.tell(entryMsg{e})
		s.shows("Not sent yet, trying again…")
		stored := s.fake.says("c1", "silva", e.Text, at(21, 9, 15))
		stored.ID = e.ID
		e.State, e.Message = client.Sent, &stored
		s.tell(entryMsg{e}, changed(stored))
		s.hides("trying again", "Sending")
		s.shows("Sent", "You: Half of h")
		s.hides("waits") // the family has its answer
		if n := strings.Count(s.screen(), "And tea."); n != 1 {
			t.Errorf("shown %d times:\n%s", n, s.screen())
		}
		member := client.Member{Conversation: "c1", Person: ana, State: client.MemberActive, Delivered: 6, Version: 900}
		s.tell(eventMsg{client.Changes{Changes: []client.Change{{Version: 900, Type: client.ChangeMember, Conversation: "c1", Member: &member}}}})
		s.shows("Delivered")
		member.Read, member.Version = 6, 901
		s.tell(eventMsg{client.Changes{Changes: []client.Change{{Version: 901, Type: client.ChangeMember, Conversation: "c1", Member: &member}}}})
		s.shows("Read by Ana")
	})
}

func TestSending_refused(t *testing.T) {
	doctor(t, 80, 24, func(s *stage) {
		s.typed("Too late.\n")
		e := s.fake.entries[0]
		e.State, e.Err = client.Failed, &client.Error{Status: 403, Detail: "This family's conversation is closed."}
		s.tell(entryMsg{e})
		s.shows("Not sent: This family's conversation is", "/retry or /discard")
		s.typed("/discard\n")
		s.hides("Too late.", "Not sent")
		if len(s.fake.entries) != 0 {
			t.Error("still in the outbox")
		}
	})
}

func TestCommands_played(t *testing.T) {
	doctor(t, 90, 24, func(s *stage) {
		s.typed("/reply 5 Half of it.\n")
		if e := s.fake.entries[0]; e.ReplyTo != 5 || e.Text != "Half of it." {
			t.Errorf("%+v", e)
		}
		s.typed("/reply 99 What?\n")
		s.shows("There is no message 99 here.")
		s.press("ctrl+c")
		s.typed("//me waves\n")
		if e := s.fake.entries[1]; e.Text != "/me waves" {
			t.Errorf("%+v", e)
		}
		s.typed("/correct Call us at any time.\n")
		s.shows("Call us at any time.", "corrected 09:14")
		s.typed("/retract\n")
		if len(s.fake.retracted) != 1 || s.fake.retracted[0] != 3 {
			t.Errorf("%v", s.fake.retracted)
		}
		s.typed("/retract 4\n")
		s.shows("Message 4 is not one of yours.")
		s.press("ctrl+c")
		s.typed("/transport long-poll\n")
		if s.fake.transport != client.LongPoll {
			t.Error(s.fake.transport)
		}
		s.tell(eventMsg{client.Status{State: client.Live, Transport: client.LongPoll}})
		s.shows("Live · long polling", "Nothing was lost")
		s.typed("/who\n")
		s.shows("Dr Marta Silva, attending (you)", "Ana Almeida, daughter")
		s.press("esc")
		s.typed("/nonsense\n")
		s.shows("There is no command /nonsense.")
	})
}

func TestInvite(t *testing.T) {
	doctor(t, 100, 30, func(s *stage) {
		s.typed("/invite Luís Almeida son\n")
		s.shows("On what ground", "The patient agreed")
		if len(s.fake.invited) != 0 {
			t.Fatal("invited without a stated consent")
		}
		s.typed("2")
		s.shows("K7QM W3XR", "https://chat.example.org/join/K7QMW3XR", "Tuesday 24 November, 09:14")
		if r := s.fake.invited[0]; r.Name != "Luís Almeida" || r.Relationship != "son" || r.Consent.Basis != "did_not_object" {
			t.Errorf("%+v", r)
		}
	})
	play(t, ana, 80, 24, func(s *stage) {
		s.tell(eventMsg{client.Reset{Snapshot: s.fake.admit(ana, 5)}}, live)
		s.typed("/invite Luís Almeida son\n")
		s.shows("Only staff can invite")
	})
}

func TestSearch(t *testing.T) {
	doctor(t, 90, 24, func(s *stage) {
		s.press("ctrl+k")
		s.typed("mar had")
		s.pass(time.Second)
		s.shows("Mariam Haddad", "4-07")
		s.hides("Rosa Almeida  ")
		s.press("enter")
		s.shows("There is no conversation about Mariam Haddad yet.")
		s.press("ctrl+k")
		s.typed("petr")
		s.pass(time.Second)
		s.press("enter")
		if len(s.fake.opened) != 1 || s.fake.opened[0] != "petrov" {
			t.Errorf("opened %v", s.fake.opened)
		}
		s.press("ctrl+k")
		s.typed("ngo")
		s.pass(time.Second)
		s.press("enter")
		s.shows("Can you look at bed 4-03 before lunch?")
		if len(s.fake.opened) != 1 {
			t.Error("opened anew a conversation that there was")
		}
		for _, q := range s.fake.queries {
			if len(q) < 3 {
				t.Errorf("asked the server at each key: %q", s.fake.queries)
			}
		}
		s.press("ctrl+k")
		s.typed("zzz")
		s.pass(time.Second)
		s.shows("Nobody found.")
	})
}

// TestStart: what the command line asks for is opened if there is no doubt, else offered.
func TestStart(t *testing.T) {
	start := func(with, about string, fn func(s *stage)) {
		play(t, silva, 90, 24, func(s *stage) {
			s.m.with, s.m.about = with, about
			s.tell(eventMsg{client.Reset{Snapshot: s.fake.admit(silva, 3)}}, live)
			s.pass(time.Second)
			fn(s)
		})
	}
	start("ngozi", "", func(s *stage) { s.shows("Can you look at bed 4-03 before lunch?") })
	start("", "4-07", func(s *stage) { s.shows("There is no conversation about Mariam Haddad yet.") })
	start("", "4-0", func(s *stage) { s.shows("Find: 4-0", "Jan Novák", "Mariam Haddad") })
	start("nobody", "", func(s *stage) { s.shows("Nobody found.") })
}

// TestHistory: older messages come in above while the line that is read stays where it is.
func TestHistory(t *testing.T) {
	play(t, silva, 80, 24, func(s *stage) {
		for n := range 300 {
			s.fake.says("c1", "ana", fmt.Sprintf("message number %d", n+1), at(20, 0, 0).Add(time.Duration(n)*time.Minute))
		}
		c := s.fake.conversation("c1", client.KindDirect, "Ana", "silva", 300, silva, ana)
		s.tell(eventMsg{client.Reset{Snapshot: client.Snapshot{Conversations: []client.Conversation{c}}}}, live)
		s.shows("message number 300")
		for range 80 {
			s.press("pgup")
			before := s.m.open().scroll.anchor
			s.shows("")
			if s.m.open().scroll.anchor != before {
				t.Fatal("the view jumped")
			}
		}
		s.shows("message number 1\n", "This is the beginning")
		if n := len(s.fake.asked); n < 6 || n > 8 {
			t.Errorf("asked %d times", n)
		}
		top := strings.Split(s.screen(), "\n")[5]
		s.tell(changed(s.fake.says("c1", "ana", "a new one", at(21, 9, 14))))
		if got := strings.Split(s.screen(), "\n")[5]; got != top {
			t.Errorf("a new message moved what is read: %q to %q", top, got)
		}
		s.shows("1 new message below")
		s.press("ctrl+end")
		s.shows("a new one", "1 new message ─")
	})
}

func TestHistory_fails(t *testing.T) {
	doctor(t, 80, 24, func(s *stage) {
		s.fake.fail = fmt.Errorf("no network")
		s.press("alt+down")
		n := len(s.fake.asked)
		s.shows("Messages could not be loaded")
		s.pass(20 * time.Second)
		if again := len(s.fake.asked) - n; again < 2 || again > 5 {
			t.Errorf("tried %d times in 20 s", again)
		}
		s.fake.fail = nil
		s.pass(10 * time.Second)
		s.shows("Can you look at bed 4-03")
	})
}

func TestMoving(t *testing.T) {
	doctor(t, 90, 24, func(s *stage) {
		s.typed("a draft")
		s.press("alt+down")
		s.shows("Can you look at bed 4-03 before lunch?")
		s.hides("> a draft")
		s.press("esc")
		if s.m.focus != onList {
			t.Fatal("Esc doesn't go to the list")
		}
		s.press("up", "enter")
		s.shows("> a draft")
		s.press("ctrl+c")
		s.press("up")
		s.shows("▸")
		s.press("up", "enter")
		if got := s.m.input.Value(); got != "/reply 4 " {
			t.Errorf("%q", got)
		}
		s.press("ctrl+c", "tab")
		s.typed("x")
		if s.m.input.Value() != "x" || s.m.focus != onComposer {
			t.Error("a letter typed in the list got lost")
		}
		s.press("ctrl+c", "ctrl+c")
		if !s.quit {
			t.Error("Ctrl+C in an empty box doesn't leave")
		}
	})
}

// TestList_stays: while somebody moves in the list, its order stays.
func TestList_stays(t *testing.T) {
	doctor(t, 90, 24, func(s *stage) {
		s.press("esc", "down", "down")
		before, _ := s.m.list.current()
		s.tell(changed(s.fake.says("c2", "eva", "Is he awake?", at(21, 9, 13))))
		if now, _ := s.m.list.current(); now.id() != before.id() || s.m.list.rows[2].id() != before.id() {
			t.Error("a row slipped away under the cursor")
		}
		s.press("esc")
		if s.m.list.rows[1].conversation != "c2" {
			t.Errorf("the order is not brought up to date: %+v", s.m.list.rows)
		}
		s.shows("waits 1 min")
	})
}

func TestTyping(t *testing.T) {
	doctor(t, 90, 24, func(s *stage) {
		s.tell(eventMsg{client.Passing{Signs: []client.Ephemeral{{Type: "typing", Person: "ana", Conversation: "c1"}}}})
		s.shows("Ana is writing…")
		s.pass(10 * time.Second)
		s.hides("is writing")
	})
	play(t, ana, 80, 24, func(s *stage) {
		s.tell(eventMsg{client.Reset{Snapshot: s.fake.admit(ana, 5)}}, live)
		s.tell(eventMsg{client.Passing{Signs: []client.Ephemeral{{Type: "typing", Person: "okafor", Conversation: "c1"}}}})
		s.shows("The care team is writing…")
		s.hides("Ngozi is")
	})
}

func TestConnection(t *testing.T) {
	doctor(t, 100, 24, func(s *stage) {
		s.tell(eventMsg{client.Status{State: client.Reconnecting, Transport: client.SSE, Auto: true, RetryIn: 8 * time.Second, Err: fmt.Errorf("x")}})
		s.shows("Connection lost, next try in 8 s · SSE (automatic)", "Ctrl+R try now")
		s.pass(3 * time.Second)
		s.shows("next try in 5 s")
		s.typed("kept\n")
		s.tell(eventMsg{client.Status{State: client.Offline, Transport: client.SSE, RetryIn: 20 * time.Second}})
		s.shows("Offline: messages are kept, next try in 20 s · 1 message not sent yet", "Ctrl+R try now")
	})
}

func TestQuit_unsent(t *testing.T) {
	doctor(t, 80, 24, func(s *stage) {
		s.typed("not sent yet\n/quit\n")
		s.shows("1 message not sent yet. Leave again")
		if s.quit {
			t.Fatal("left without a warning")
		}
		s.press("ctrl+c", "ctrl+c")
		if !s.quit {
			t.Error("doesn't leave when asked again")
		}
	})
}

// TestReset: after a reset the transcript is loaded anew; the draft stays.
func TestReset(t *testing.T) {
	doctor(t, 80, 24, func(s *stage) {
		s.typed("half a sen")
		s.fake.says("c1", "ana", "said meanwhile", at(21, 9, 0))
		c := s.fake.conversation("c1", client.KindFamily, "Care team", "silva", 3, silva, ana)
		s.tell(eventMsg{client.Reset{Snapshot: client.Snapshot{Conversations: []client.Conversation{c}}}})
		s.shows("said meanwhile", "half a sen", "Did she eat today?")
	})
}

// TestRevoked: a conversation that is no longer one's own can't be read on.
func TestRevoked(t *testing.T) {
	play(t, ana, 80, 24, func(s *stage) {
		s.tell(eventMsg{client.Reset{Snapshot: s.fake.admit(ana, 5)}}, live)
		gone := client.Member{Conversation: "c1", Person: ana, State: client.MemberLeft, Version: 900}
		s.tell(eventMsg{client.Changes{Changes: []client.Change{{Version: 900, Type: client.ChangeMember, Conversation: "c1", Member: &gone}}}})
		s.shows("You are no longer in that conversation.")
		s.hides("Did she eat today?")
	})
}
