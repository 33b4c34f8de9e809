package feed_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// memory is a feed.Store in memory: the model that the simulation runs on. It knows conversations with fixed or changing
// members, messages, and a clock's worth of delay in every call, so that a bubble explores other orders with each seed. It
// keeps the contract to the letter; internal/store is held to the same one by its own tests.
type memory struct {
	delay func() // called without locks before every answer

	mu       sync.Mutex
	head     int64
	foreign  int64 // commits made past the journal
	members  map[id.Conversation]map[id.Person]bool
	moved    map[id.Conversation]int64 // version at which the members changed
	messages []chat.Message            // by version
	last     map[id.Conversation]int64
	ids      map[id.Message]chat.Message
	failNext error // the next commit fails with it
	given    int   // entries

	audiencesRead func() // called when members have been read and not been given yet
}

func newMemory(delay func()) *memory {
	return &memory{
		delay: delay, members: map[id.Conversation]map[id.Person]bool{}, moved: map[id.Conversation]int64{},
		last: map[id.Conversation]int64{}, ids: map[id.Message]chat.Message{},
	}
}

// join puts people into a conversation, in place of those who were there.
func (m *memory) join(c id.Conversation, people ...id.Person) {
	m.members[c] = map[id.Person]bool{}
	for _, p := range people {
		m.members[c][p] = true
	}
	m.head++
	m.moved[c] = m.head
}

func (m *memory) Prepare(context.Context, *chat.Draft) error { return nil }

var errBroken = errors.New("the database broke")

func (m *memory) Commit(ctx context.Context, b *feed.Batch) (feed.Commit, error) {
	m.delay()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.failNext; err != nil {
		m.failNext = nil
		return feed.Commit{}, err
	}
	out := feed.Commit{Base: m.head}
	for _, c := range b.Changes {
		c.Err = c.Apply(ctx, &memoryTx{m, &out})
	}
	for _, s := range b.Sends {
		m.send(s, &out)
	}
	out.Head = m.head
	return out, nil
}

func (m *memory) send(s *feed.Send, out *feed.Commit) {
	d := s.Draft
	if have, ok := m.ids[d.ID]; ok {
		s.Message, s.Repeated = have, true
		return
	}
	standing := chat.Standing{LastSeq: m.last[d.Conversation]}
	if m.members[d.Conversation][d.Sender] {
		standing.Member = chat.Member{Conversation: d.Conversation, Person: d.Sender, State: chat.Active}
	}
	msg, err := chat.Number(d, standing, time.Now())
	if err != nil {
		s.Err = err
		return
	}
	m.head++
	msg.Version = m.head
	m.last[d.Conversation] = msg.Seq
	m.ids[d.ID] = msg
	m.messages = append(m.messages, msg)
	s.Message = msg
	out.Messages = append(out.Messages, msg)
}

// memoryTx is what a Change gets.
type memoryTx struct {
	m   *memory
	out *feed.Commit
}

// put adds or removes a member.
func (t *memoryTx) put(c id.Conversation, p id.Person, in bool) {
	t.m.members[c] = maps.Clone(t.m.members[c])
	if in {
		t.m.members[c][p] = true
	} else {
		delete(t.m.members[c], p)
	}
	t.m.head++
	t.m.moved[c] = t.m.head
	t.out.Touched = append(t.out.Touched, c)
	t.out.Woken = append(t.out.Woken, p)
}

func (m *memory) Since(_ context.Context, person id.Person, after int64, limit int) ([]feed.Entry, int64, bool, error) {
	m.delay()
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []feed.Entry
	for i := range m.messages {
		msg := m.messages[i]
		if msg.Version > after && m.members[msg.Conversation][person] {
			out = append(out, feed.Entry{Version: msg.Version, Conversation: msg.Conversation, Message: &msg})
		}
	}
	for c, version := range m.moved {
		if version > after && m.members[c][person] {
			out = append(out, feed.Entry{Version: version, Conversation: c, View: &chat.View{}})
		}
	}
	slices.SortFunc(out, func(a, b feed.Entry) int { return int(a.Version - b.Version) })
	more := len(out) > limit
	m.given += min(limit, len(out))
	return out[:min(limit, len(out))], m.head, more, nil
}

func (m *memory) Audiences(_ context.Context, conversations []id.Conversation) (map[id.Conversation][]chat.MemberView, error) {
	m.delay()
	m.mu.Lock()
	out := map[id.Conversation][]chat.MemberView{}
	for _, c := range conversations {
		out[c] = nil
		for p := range m.members[c] {
			out[c] = append(out[c], chat.MemberView{Member: chat.Member{Conversation: c, Person: p, State: chat.Active}})
		}
	}
	held := m.audiencesRead
	m.mu.Unlock()
	if held != nil {
		held()
	}
	return out, nil
}

func (m *memory) Places(_ context.Context, person id.Person, _ int) ([]id.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []id.Conversation
	for c, people := range m.members {
		if people[person] {
			out = append(out, c)
		}
	}
	return out, nil
}

func (m *memory) Head(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head, nil
}

// write commits a message past the journal, as another process does.
func (m *memory) write(c id.Conversation, p id.Person) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &feed.Send{Draft: chat.Draft{Conversation: c, ID: id.New[id.Message](), Sender: p, Kind: chat.Text, Text: "from elsewhere"}}
	m.send(s, &feed.Commit{})
	m.foreign++
}
