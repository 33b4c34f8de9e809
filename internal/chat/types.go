// Package chat is conversations, messages and marks: their types, the rules of who may do what as plain functions, and the
// use cases. It owns the interfaces through which it reads (Store) and changes (Journal) the database, and promises:
// a message is acknowledged only after it is durable, its seq is dense within its conversation, and a repeated send with
// the same id returns the first message for ever. Tests of the rules are beside the code; what needs a database is tested in
// internal/store and over real sockets in internal/kinwardtest.
package chat

import (
	"math"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
)

// Kind of a conversation.
type Kind string

// The kinds: two people; a patient's care team and family; any people under a title.
const (
	Direct Kind = "direct"
	Family Kind = "family"
	Group  Kind = "group"
)

// Conversation is an ordered list of messages. Its number of messages and its last one are derived from them.
type Conversation struct {
	ID        id.Conversation
	Kind      Kind
	Title     string     // groups only; the others are titled by who is in them
	Patient   id.Patient // family conversations
	Creator   id.Person  // groups: who may remove others
	CreatedAt time.Time
	Version   int64 // of the last change to the conversation itself or to who is in it
}

// State of a member.
type State string

// A member who has left, was removed or lost the assignment or link reads nothing more, but stays as the author of what
// they wrote.
const (
	Active State = "active"
	Left   State = "left"
)

// Member is a person in a conversation with their marks. Marks only rise.
type Member struct {
	Conversation id.Conversation
	Person       id.Person
	State        State
	ReadOnly     bool      // a relative whose link's scope is updates only
	Until        time.Time // when the last live assignment or link ends by itself; zero: open-ended
	Read         int64     // seq up to which the person has read
	Delivered    int64     // seq up to which messages have reached a device of the person
	Version      int64
}

// Live reports whether the member may see the conversation at this moment. It is asked on every read and every delivery,
// so that an assignment that runs out hides the conversation at that moment and not when somebody notices.
func (m Member) Live(now time.Time) bool {
	return m.State == Active && (m.Until.IsZero() || now.Before(m.Until))
}

// MessageKind tells what a message is for.
type MessageKind string

// People write texts; the others are for what later parts of Kinward write.
const (
	Text   MessageKind = "text"
	System MessageKind = "system"
)

// Message is one entry of a conversation.
type Message struct {
	Conversation id.Conversation
	Seq          int64
	ID           id.Message
	Sender       id.Person
	Kind         MessageKind
	Text         string // "" once retracted
	ReplyTo      int64  // seq, 0 for none
	CreatedAt    time.Time
	CorrectedAt  time.Time
	RetractedAt  time.Time
	Version      int64
}

// Profile is how a member is shown to the others.
type Profile struct {
	ID   id.Person
	Kind account.Kind
	Name string
	Role string
}

// View is a conversation as one reader sees it.
type View struct {
	Conversation
	Title       string // the reader's: the peer's name, the patient's name (first name for relatives) or the group's title
	PatientName string
	Members     []MemberView // also those who have left, so that what they wrote can be named
	Last        *Message
	LastSeq     int64
	Unread      int64
}

// MemberView is a member with the profile that goes with it.
type MemberView struct {
	Member
	Profile Profile
}

// Range asks for messages with After < seq < Before.
type Range struct {
	Before int64 // NoBefore: no bound
	After  int64 // NoAfter: no bound
	Limit  int
}

// No bounds.
const (
	NoBefore int64 = math.MaxInt64
	NoAfter  int64 = -1
)

// Forward reports whether the range is read from its beginning: it has one and no end.
func (r Range) Forward() bool { return r.After != NoAfter && r.Before == NoBefore }
