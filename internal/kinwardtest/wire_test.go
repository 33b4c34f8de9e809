package kinwardtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"kinward/internal/id"
)

// The shapes of the contract as somebody outside would write them from docs/protocol, not those of internal/protocol.
type (
	wireMessage struct {
		Conversation string `json:"conversation"`
		Seq          int64  `json:"seq"`
		ID           string `json:"id"`
		Sender       string `json:"sender"`
		Text         string `json:"text"`
		Kind         string `json:"kind"`
		ReplyTo      int64  `json:"reply_to"`
		CreatedAt    string `json:"created_at"`
		CorrectedAt  string `json:"corrected_at"`
		RetractedAt  string `json:"retracted_at"`
		Version      int64  `json:"version"`
	}
	wirePerson struct {
		ID     string `json:"id"`
		Kind   string `json:"kind"`
		Handle string `json:"handle"`
		Name   string `json:"name"`
		Role   string `json:"role"`
	}
	wireMember struct {
		Conversation string     `json:"conversation"`
		Person       wirePerson `json:"person"`
		State        string     `json:"state"`
		Read         int64      `json:"read"`
		Delivered    int64      `json:"delivered"`
		Version      int64      `json:"version"`
	}
	wireConversation struct {
		ID      string                     `json:"id"`
		Kind    string                     `json:"kind"`
		Title   string                     `json:"title"`
		Patient *struct{ ID, Name string } `json:"patient"`
		Members []wireMember               `json:"members"`
		Last    *wireMessage               `json:"last"`
		LastSeq int64                      `json:"last_seq"`
		Unread  int64                      `json:"unread"`
		Version int64                      `json:"version"`
	}
	wireChange struct {
		Version      int64             `json:"version"`
		Type         string            `json:"type"`
		Conversation string            `json:"conversation"`
		Message      *wireMessage      `json:"message"`
		Member       *wireMember       `json:"member"`
		Details      *wireConversation `json:"details"`
		Patient      string            `json:"patient"`
	}
	wireSign struct {
		Type         string `json:"type"`
		Person       string `json:"person"`
		Conversation string `json:"conversation"`
		State        string `json:"state"`
	}
	wirePage struct {
		Cursor    string       `json:"cursor"`
		Head      int64        `json:"head"`
		Changes   []wireChange `json:"changes"`
		Ephemeral []wireSign   `json:"ephemeral"`
		More      bool         `json:"more"`
	}
	wireSnapshot struct {
		Conversations []wireConversation `json:"conversations"`
		Cursor        string             `json:"cursor"`
	}
	wireProblem struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
		Field  string `json:"field"`
	}
	wireHistory struct {
		Messages []wireMessage `json:"messages"`
		More     bool          `json:"more"`
	}
)

type object = map[string]any

func newMessageID() string { return uuid.Must(uuid.NewV7()).String() }

// nowhere is the id of nothing.
func nowhere() string { return uuid.NewString() }

func messagesOf(conversation string) string { return "/conversations/" + conversation + "/messages" }

// Direct opens the direct conversation of two people.
func (s *Server) direct(a, b Person) string {
	s.t.Helper()
	return s.open(a, object{"kind": "direct", "with": b.ID})
}

// group opens a group made by the first of them.
func (s *Server) group(title string, maker Person, others ...Person) string {
	s.t.Helper()
	ids := []string{}
	for _, p := range others {
		ids = append(ids, p.ID)
	}
	return s.open(maker, object{"kind": "group", "title": title, "members": ids})
}

func (s *Server) open(by Person, body object) string {
	s.t.Helper()
	var made struct{ Conversation wireConversation }
	s.Must(http.StatusCreated, by.Token, "POST", "/conversations", body, &made)
	return made.Conversation.ID
}

// say sends a message over HTTP.
func (s *Server) say(by Person, conversation, text string) wireMessage {
	s.t.Helper()
	var made struct{ Message wireMessage }
	s.Must(http.StatusCreated, by.Token, "POST", messagesOf(conversation), object{"id": newMessageID(), "text": text}, &made)
	return made.Message
}

// snapshot is everything that somebody is in.
func (s *Server) snapshot(p Person) wireSnapshot {
	s.t.Helper()
	var all wireSnapshot
	s.Must(http.StatusOK, p.Token, "GET", "/conversations", nil, &all)
	return all
}

// conversation finds one conversation in somebody's snapshot.
func (s *Server) conversation(p Person, conversation string) wireConversation {
	s.t.Helper()
	all := s.snapshot(p).Conversations
	i := slices.IndexFunc(all, func(c wireConversation) bool { return c.ID == conversation })
	if i < 0 {
		s.t.Fatalf("%s is not in %s", p.Handle, conversation)
	}
	return all[i]
}

// history is a whole conversation, read page by page.
func (s *Server) history(p Person, conversation string) []wireMessage {
	s.t.Helper()
	var all []wireMessage
	for after := int64(0); ; {
		var page wireHistory
		s.Must(http.StatusOK, p.Token, "GET", fmt.Sprintf("%s?limit=200&after=%d", messagesOf(conversation), after), nil, &page)
		all = append(all, page.Messages...)
		if !page.More {
			return all
		}
		after = all[len(all)-1].Seq
	}
}

// poll is one page after a cursor.
func (s *Server) poll(p Person, cursor string) wirePage {
	s.t.Helper()
	var page wirePage
	s.Must(http.StatusOK, p.Token, "GET", "/feed?cursor="+cursor, nil, &page)
	return page
}

// present is the cursor of now.
func (s *Server) present(p Person) string {
	s.t.Helper()
	var page wirePage
	s.Must(http.StatusOK, p.Token, "GET", "/feed", nil, &page)
	return page.Cursor
}

// refused checks that an answer is a problem of this status and code and returns it.
func (s *Server) refused(a Answer, status int, code string) wireProblem {
	s.t.Helper()
	var p wireProblem
	if a.Status != status || a.Header.Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("answered %d %s, want the problem %d %s: %.300s", a.Status, a.Header.Get("Content-Type"), status, code, a.Body)
		return p
	}
	a.JSON(s.t, &p)
	if p.Code != code || p.Status != status || p.Title == "" || p.Type == "" {
		s.t.Errorf("the problem is %+v, want %d %s", p, status, code)
	}
	return p
}

// textsOf are the messages of changes.
func textsOf(changes []wireChange) (texts []string) {
	for _, c := range changes {
		if c.Message != nil {
			texts = append(texts, c.Message.Text)
		}
	}
	return texts
}

// patience is how long anything may take on a machine that others use too. Nothing here asserts speed.
const patience = 60 * time.Second

// eventually waits until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("waited too long for %s", what)
		}
	}
}

func splitLines(text []byte) []string { return strings.Split(string(text), "\n") }

// dial is a server's clock that a test sets.
type dial struct{ ms atomic.Int64 }

func (d *dial) set(t time.Time) { d.ms.Store(t.UnixMilli()) }
func (d *dial) read() time.Time { return time.UnixMilli(d.ms.Load()).UTC() }

func parsePerson(t testing.TB, p Person) id.Person {
	t.Helper()
	v, err := id.Parse[id.Person](p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
