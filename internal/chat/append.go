package chat

import (
	"time"

	"kinward/internal/id"
	"kinward/internal/problem"
)

// Draft is a message that waits for its number.
type Draft struct {
	Conversation id.Conversation
	ID           id.Message
	Sender       id.Person
	Kind         MessageKind
	Text         string
	ReplyTo      int64
	Sealed       []byte // the text as the database gets it; filled in by the store before the journal queues the draft
}

// Mark raises a member's marks. Zero leaves a mark alone.
type Mark struct {
	Conversation    id.Conversation
	Person          id.Person
	Read, Delivered int64
}

// Place is one person in one conversation.
type Place struct {
	Conversation id.Conversation
	Person       id.Person
}

// Standing is what the journal's transaction knows about a place: the member (zero if there is none) and how many
// messages the conversation has.
type Standing struct {
	Member  Member
	LastSeq int64
}

// Number gives a draft its seq by the standing that holds inside the transaction; every draft passes here, so a member
// removed a moment ago can't slip a message in.
func Number(d Draft, s Standing, now time.Time) (Message, error) {
	if err := MaySend(s.Member, now); err != nil {
		return Message{}, err
	}
	if d.ReplyTo < 0 || d.ReplyTo > s.LastSeq {
		return Message{}, problem.Field("reply_to", "there is no message %d in this conversation", d.ReplyTo)
	}
	return Message{
		Conversation: d.Conversation, Seq: s.LastSeq + 1, ID: d.ID, Sender: d.Sender, Kind: d.Kind, Text: d.Text,
		ReplyTo: d.ReplyTo, CreatedAt: now,
	}, nil
}

// Repeat decides about a draft whose (sender, id) is already taken: nil if it says the same as the first did, so that the
// first message is the answer; otherwise a conflict. firstText is the text as first sent, before any correction.
func Repeat(d Draft, first Message, firstText string) error {
	if d.Conversation == first.Conversation && d.Text == firstText && d.ReplyTo == first.ReplyTo {
		return nil
	}
	return &problem.Error{
		Code: problem.Conflict, Field: "id",
		Detail: "you have already sent another message with this id; make a new id for a new message",
	}
}

// Raise applies a mark: what the member's marks become, and whether that is a change. Read implies delivered.
func Raise(m Mark, s Standing, now time.Time) (read, delivered int64, changed bool, err error) {
	if err := MayRead(s.Member, now); err != nil {
		return 0, 0, false, err
	}
	if m.Read < 0 || m.Read > s.LastSeq {
		return 0, 0, false, problem.Field("read", "the conversation has %d messages", s.LastSeq)
	}
	read = max(s.Member.Read, m.Read)
	delivered = max(s.Member.Delivered, min(m.Delivered, s.LastSeq), read)
	return read, delivered, read != s.Member.Read || delivered != s.Member.Delivered, nil
}
