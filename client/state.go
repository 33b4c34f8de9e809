package client

import (
	"cmp"
	"maps"
	"slices"
)

// State is what a person's conversations look like after a snapshot and the changes since. It is a value: Reset and Apply
// return a new State and leave the old one as it is, so a State may be handed to another goroutine and kept. Applying
// changes a second time, or changes that a snapshot already holds, alters nothing.
//
// State keeps the newest message of each conversation only; Transcript keeps a conversation's messages.
type State struct {
	me    string
	views map[string]view
}

// view is a conversation with what the wire doesn't tell by itself.
type view struct {
	Conversation
	read   int64 // own read mark, also where the snapshot doesn't list oneself as a member
	listed bool  // the conversation's own row has been told, not only rows that belong to it
}

// NewState is the State of a person (their id) before anything is known.
func NewState(me string) State { return State{me: me} }

// Me is the id of the person whose State it is.
func (s State) Me() string { return s.me }

// Reset is the State that a snapshot tells, whatever was known before.
func (s State) Reset(snapshot Snapshot) State {
	next := State{me: s.me, views: make(map[string]view, len(snapshot.Conversations))}
	for _, c := range snapshot.Conversations {
		next.views[c.ID] = view{}.details(s.me, c)
	}
	return next
}

// Apply is the State after changes, as Changes events tell them.
func (s State) Apply(changes []Change) State {
	next := State{me: s.me, views: maps.Clone(s.views)}
	if next.views == nil {
		next.views = map[string]view{}
	}
	for _, c := range changes {
		id := conversationOf(c)
		if id == "" {
			continue
		}
		v := next.views[id]
		v.ID = id
		next.views[id] = v.apply(s.me, c)
	}
	return next
}

// Learn is the State after messages of History have been read: their senders have read up to them, which the marks that a
// snapshot tells need not know.
func (s State) Learn(messages []Message) State {
	changes := make([]Change, len(messages))
	for i, m := range messages {
		changes[i] = Change{Version: m.Version, Type: ChangeMessage, Conversation: m.Conversation, Message: &m}
	}
	return s.Apply(changes)
}

// Conversation is one conversation; ok is false when the person isn't (or is no longer) in it.
func (s State) Conversation(id string) (c Conversation, ok bool) {
	v, ok := s.views[id]
	return v.Conversation, ok && v.shown(s.me)
}

// Conversations lists those that the person is in, the one with the newest message first.
func (s State) Conversations() []Conversation {
	list := make([]Conversation, 0, len(s.views))
	for _, v := range s.views {
		if v.shown(s.me) {
			list = append(list, v.Conversation)
		}
	}
	slices.SortFunc(list, func(a, b Conversation) int {
		return cmp.Or(newest(b).Compare(newest(a).Time), cmp.Compare(b.Version, a.Version), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func newest(c Conversation) Time {
	if c.Last == nil {
		return Time{}
	}
	return c.Last.CreatedAt
}

// Unread is the number of unread messages over all conversations.
func (s State) Unread() int64 {
	n := int64(0)
	for _, v := range s.views {
		if v.shown(s.me) {
			n += v.Unread
		}
	}
	return n
}

// MarkRead is the State after the person has read a conversation up to seq, before the server confirms it.
func (s State) MarkRead(conversation string, seq int64) State {
	v, ok := s.views[conversation]
	if !ok || seq <= v.read {
		return s
	}
	next := State{me: s.me, views: maps.Clone(s.views)}
	v.read = min(seq, v.LastSeq)
	next.views[conversation] = v.count(s.me)
	return next
}

// shown reports whether the view belongs in the person's list.
func (v view) shown(me string) bool {
	m, member := find(v.Members, me)
	return v.listed && (!member || m.State != MemberLeft)
}

func conversationOf(c Change) string {
	switch {
	case c.Conversation != "":
		return c.Conversation
	case c.Message != nil:
		return c.Message.Conversation
	case c.Member != nil:
		return c.Member.Conversation
	case c.Details != nil:
		return c.Details.ID
	}
	return ""
}

func (v view) apply(me string, c Change) view {
	switch {
	case c.Type == ChangeMessage && c.Message != nil:
		v = v.message(*c.Message)
	case c.Type == ChangeMember && c.Member != nil:
		v = v.member(*c.Member)
	case c.Type == ChangeConversation && c.Details != nil:
		return v.details(me, *c.Details)
	}
	return v.count(me)
}

// details takes a conversation's own row, from a snapshot or a change. What it says about members and messages counts by
// their own versions and marks, since the row may be older or newer than those.
func (v view) details(me string, c Conversation) view {
	if !v.listed || c.Version >= v.Version {
		v.ID, v.Kind, v.Title, v.Patient, v.Version = c.ID, c.Kind, c.Title, c.Patient, c.Version
		v.read = max(v.read, c.LastSeq-c.Unread)
	}
	v.listed = true
	v.LastSeq = max(v.LastSeq, c.LastSeq)
	for _, m := range c.Members {
		v = v.member(m)
	}
	if c.Last != nil {
		v = v.message(*c.Last)
	}
	return v.count(me)
}

// message takes a message: the newest one becomes Last, and its sender has read and received up to it.
func (v view) message(m Message) view {
	if v.Last == nil || m.Seq > v.Last.Seq || m.Seq == v.Last.Seq && m.Version >= v.Last.Version {
		v.Last = &m
	}
	v.LastSeq = max(v.LastSeq, m.Seq)
	if i := slices.IndexFunc(v.Members, func(o Member) bool { return o.Person.ID == m.Sender }); i >= 0 {
		v.Members = slices.Clone(v.Members)
		v.Members[i] = raised(v.Members[i], m.Seq, m.Seq)
	}
	return v
}

// member takes a member's row. Marks only rise, also against a row that doesn't know yet what the member has sent.
func (v view) member(m Member) view {
	i := slices.IndexFunc(v.Members, func(o Member) bool { return o.Person.ID == m.Person.ID })
	v.Members = slices.Clone(v.Members)
	if i < 0 {
		v.Members = append(v.Members, m)
		return v
	}
	old := v.Members[i]
	if m.Version < old.Version {
		m, old = old, m
	}
	v.Members[i] = raised(m, old.Read, old.Delivered)
	return v
}

// count brings unread up to date.
func (v view) count(me string) view {
	if m, ok := find(v.Members, me); ok {
		v.read = max(v.read, m.Read)
	}
	v.Unread = max(0, v.LastSeq-v.read)
	return v
}

func find(members []Member, person string) (Member, bool) {
	for _, m := range members {
		if m.Person.ID == person {
			return m, true
		}
	}
	return Member{}, false
}

// raised is m with marks of at least read and delivered; what is read has been delivered.
func raised(m Member, read, delivered int64) Member {
	m.Read = max(m.Read, read)
	m.Delivered = max(m.Delivered, delivered, m.Read)
	return m
}
