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

// TestConversations_snapshot: what a snapshot holds and what the feed tells from its cursor on are together everything, once:
// no gap between the two and no overlap, at whatever moment it is taken.
func TestConversations_snapshot(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	writer := newDevice(t, s.URL, ana, "websocket", s.present(ana))
	done := make(chan []wireMessage)
	go func() { done <- sayTogether(t, talk, 300, writer) }()
	var taken []wireSnapshot
	eventually(t, "snapshots in between", func() bool {
		taken = append(taken, s.snapshot(bo))
		return taken[len(taken)-1].Conversations[0].LastSeq == 300
	})
	sent := <-done
	for i, snapshot := range taken {
		if i%(len(taken)/15+1) > 0 && i < len(taken)-1 {
			continue
		}
		c := snapshot.Conversations[0]
		if c.Unread != c.LastSeq || c.LastSeq > 0 && c.Last.Seq != c.LastSeq {
			t.Errorf("a snapshot has unread %d, last %+v, last seq %d", c.Unread, c.Last, c.LastSeq)
		}
		next := c.LastSeq
		for _, change := range s.poll(bo, snapshot.Cursor).Changes {
			if m := change.Message; m != nil {
				if next++; m.Seq != next {
					t.Fatalf("after a snapshot at %d the feed tells %d, want %d", c.LastSeq, m.Seq, next)
				}
			}
		}
		if next != int64(len(sent)) {
			t.Errorf("after a snapshot at %d the feed ends at %d", c.LastSeq, next)
		}
	}
}

// TestConversations_direct: two people have one conversation, whoever opens it, also when both do so at the same moment.
func TestConversations_direct(t *testing.T) {
	t.Parallel()
	s := Start(t)
	for i := range 5 {
		ana, bo := s.Person(account.Member, fmt.Sprint("ana.", i)), s.Person(account.Staff, fmt.Sprint("bo.", i))
		var mu sync.Mutex
		var wg sync.WaitGroup
		ids, made := map[string]bool{}, 0
		for n := range 8 {
			wg.Go(func() {
				by, with := ana, bo
				if n%2 == 0 {
					by, with = bo, ana
				}
				a := s.Call(by.Token, "POST", "/conversations", object{"kind": "direct", "with": with.ID})
				var got struct{ Conversation wireConversation }
				a.JSON(t, &got)
				mu.Lock()
				defer mu.Unlock()
				ids[got.Conversation.ID] = true
				if a.Status == http.StatusCreated {
					made++
				}
				if got.Conversation.Title != with.Name {
					t.Errorf("for %s it is called %q", by.Handle, got.Conversation.Title)
				}
			})
		}
		wg.Wait()
		if len(ids) != 1 || made != 1 {
			t.Errorf("there are %v, %d of them made", ids, made)
		}
	}
	ana := s.Person(account.Member, "ana")
	s.refused(s.Call(ana.Token, "POST", "/conversations", object{"kind": "direct", "with": ana.ID}), 422, "invalid")
}

// TestConversations_history: pages by seq, exclusive at both ends, and more speaks of the direction asked.
func TestConversations_history(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	flood(t, s, ana, talk, 120, 10)
	for _, tt := range []struct {
		query       string
		first, last int64 // 0: an empty page
		more        bool
	}{
		{"", 71, 120, true},
		{"?limit=10", 111, 120, true},
		{"?limit=200", 1, 120, false},
		{"?limit=120", 1, 120, false},
		{"?limit=119", 2, 120, true},
		{"?limit=1000", 1, 120, false},
		{"?before=71", 21, 70, true},
		{"?before=21", 1, 20, false},
		{"?before=21&limit=20", 1, 20, false},
		{"?before=22&limit=20", 2, 21, true},
		{"?before=1", 0, 0, false},
		{"?before=2", 1, 1, false},
		{"?before=9999", 71, 120, true},
		{"?after=0", 1, 50, true},
		{"?after=50", 51, 100, true},
		{"?after=100", 101, 120, false},
		{"?after=70&limit=50", 71, 120, false},
		{"?after=69&limit=50", 70, 119, true},
		{"?after=120", 0, 0, false},
		{"?after=9999", 0, 0, false},
		{"?after=10&before=21", 11, 20, false},
		{"?after=20&before=21", 0, 0, false},
		{"?after=30&before=10", 0, 0, false},
	} {
		var page wireHistory
		s.Must(http.StatusOK, bo.Token, "GET", messagesOf(talk)+tt.query, nil, &page)
		first, last := int64(0), int64(0)
		for i, m := range page.Messages {
			if i == 0 {
				first = m.Seq
			} else if m.Seq != last+1 {
				t.Errorf("%s: %d comes after %d", tt.query, m.Seq, last)
			}
			last = m.Seq
		}
		if first != tt.first || last != tt.last || page.More != tt.more {
			t.Errorf("%s: %d to %d, more %v; want %d to %d, %v", tt.query, first, last, page.More, tt.first, tt.last, tt.more)
		}
	}
}

// TestConversations_corrections reach everybody over each transport, as states: who was away is told the last one, once. The
// text of a retracted message is told to nobody any more.
func TestConversations_corrections(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	start := s.present(bo)
	var devices []*device
	for _, transport := range transports {
		devices = append(devices, newDevice(t, s.URL, bo, transport, start))
	}
	s.say(ana, talk, "first words")
	s.say(ana, talk, "secondmarker words")
	for i, d := range devices {
		eventually(t, transports[i], func() bool { return d.count() == 2 })
	}
	one, two := messagesOf(talk)+"/1", messagesOf(talk)+"/2"
	for _, text := range []string{"better words", "the best words"} {
		s.Must(http.StatusOK, ana.Token, "PATCH", one, object{"text": text}, nil)
	}
	for range 2 { // the second time changes nothing
		s.Must(http.StatusOK, ana.Token, "DELETE", two, nil, nil)
	}
	s.refused(s.Call(ana.Token, "PATCH", two, object{"text": "too late"}), 409, "conflict")
	for i, d := range devices {
		last := func() bool { got := d.in(talk); return got[len(got)-1].RetractedAt != "" }
		eventually(t, transports[i]+" to hear of the retraction", last)
		got := d.in(talk)
		if m := got[len(got)-1]; m.Text != "" || m.Seq != 2 {
			t.Errorf("%s was told %+v", transports[i], m)
		}
		if m := got[len(got)-2]; m.Text != "the best words" || m.Seq != 1 || m.CorrectedAt == "" {
			t.Errorf("%s was told %+v", transports[i], m)
		}
	}
	var away []wireMessage
	for _, c := range s.poll(bo, start).Changes {
		if c.Message != nil {
			away = append(away, *c.Message)
		}
	}
	if len(away) != 2 || away[0].Text != "the best words" || away[1].Text != "" || away[1].RetractedAt == "" {
		t.Errorf("who was away is told %+v", away)
	}
	for _, path := range []string{messagesOf(talk), "/conversations", "/conversations/" + talk, "/feed?cursor=" + start} {
		for _, p := range []Person{ana, bo} {
			if a := s.Call(p.Token, "GET", path, nil); strings.Contains(string(a.Body), "secondmarker") {
				t.Errorf("GET %s still tells it to %s", path, p.Handle)
			}
		}
	}
}

// TestConversations_replies name a message that is there.
func TestConversations_replies(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	s.say(ana, talk, "a question")
	var made struct{ Message wireMessage }
	s.Must(http.StatusCreated, bo.Token, "POST", messagesOf(talk), object{"id": newMessageID(), "text": "an answer", "reply_to": 1}, &made)
	if got := s.history(ana, talk); made.Message.ReplyTo != 1 || got[1].ReplyTo != 1 {
		t.Errorf("the answer is %+v", got[1])
	}
	for _, to := range []int64{3, -1, 1 << 50} {
		p := s.refused(s.Call(bo.Token, "POST", messagesOf(talk), object{"id": newMessageID(), "text": "x", "reply_to": to}), 422, "invalid")
		if p.Field != "reply_to" {
			t.Errorf("to %d: field %q", to, p.Field)
		}
	}
}

// TestConversations_newcomer to a group sees all of its history, has nothing unread, and is told of the group on each line.
func TestConversations_newcomer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo, cy := s.Person(account.Member, "ana"), s.Person(account.Member, "bo"), s.Person(account.Member, "cy")
	group := s.group("Night shift", ana, bo)
	for i := range 3 {
		s.say(bo, group, fmt.Sprint("before ", i))
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	now := s.present(cy)
	told := make(chan string, len(transports))
	for _, transport := range transports {
		l, err := stranger(t, s, cy).open(ctx, transport, now)
		if err != nil {
			t.Fatal(err)
		}
		defer l.hangUp()
		go func() {
			title := ""
			_ = until(ctx, l, func(p wirePage) bool { // no title then
				for _, c := range p.Changes {
					if c.Type == "conversation" && c.Conversation == group && c.Details != nil {
						title = c.Details.Title
					}
				}
				return title != ""
			})
			told <- transport + " " + title
		}()
	}
	s.Must(http.StatusNoContent, bo.Token, "POST", "/conversations/"+group+"/members", object{"person": cy.ID}, nil)
	for range transports {
		if got := <-told; !strings.HasSuffix(got, " Night shift") {
			t.Errorf("told: %s", got)
		}
	}
	if c := s.conversation(cy, group); c.Unread != 0 || c.LastSeq != 3 || len(c.Members) != 3 {
		t.Errorf("the newcomer sees %+v", c)
	}
	if got := s.history(cy, group); len(got) != 3 || got[0].Text != "before 0" {
		t.Errorf("the newcomer reads %+v", got)
	}
}
