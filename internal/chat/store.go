package chat

import (
	"context"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
)

// Store reads conversations. Every answer is one consistent state of the database.
type Store interface {
	// Member is a person's place in a conversation; the zero Member where there is none.
	Member(ctx context.Context, place Place) (Member, error)
	// Snapshot is every conversation in which the person is live, newest message first, and the head it is true at.
	Snapshot(ctx context.Context, person id.Person, now time.Time) (views []View, head int64, err error)
	// View is one conversation as the person sees it, whether or not they are still live in it.
	View(ctx context.Context, place Place) (View, error)
	// History is up to r.Limit messages of the range, ordered by seq: the newest ones, or the oldest ones of a forward range;
	// more says that the direction asked has others.
	History(ctx context.Context, conversation id.Conversation, r Range) (messages []Message, more bool, err error)
	// Undelivered lists the marks that a person's having everything up to version raises; that they have everything up to
	// after is known to have been noted.
	Undelivered(ctx context.Context, person id.Person, after, version int64) ([]Mark, error)
}

// Tx is what a change to conversations may do inside the journal's transaction. Writes claim their own versions.
type Tx interface {
	Conversation(ctx context.Context, conversation id.Conversation) (Conversation, error)
	// DirectBetween finds the direct conversation of two people; problem.NotFound if they have none.
	DirectBetween(ctx context.Context, a, b id.Person) (Conversation, error)
	// InsertConversation stores c; peers are the two people of a direct one, else zero.
	InsertConversation(ctx context.Context, c Conversation, peers [2]id.Person) error
	Standing(ctx context.Context, place Place) (Standing, error)
	CountMembers(ctx context.Context, conversation id.Conversation) (int, error)
	// PutMember stores a member's state, until and read-only; marks of a row that is already there stay. It also moves the
	// conversation's version, so that everyone in it re-reads who is in it.
	PutMember(ctx context.Context, m Member) error
	Message(ctx context.Context, conversation id.Conversation, seq int64) (Message, error)
	// Correct keeps the earlier text for the record and stores the new one.
	Correct(ctx context.Context, m Message, text string, at time.Time) (Message, error)
	// Retract hides the text from every reader and keeps it for the record.
	Retract(ctx context.Context, m Message, at time.Time) (Message, error)
	Person(ctx context.Context, person id.Person) (account.Person, error)
}

// Journal is the one writer. When a method returns nil the change is durable; when it returns an error, nothing of it was
// stored. Sends of one caller in one conversation are numbered in the order in which they were submitted.
type Journal interface {
	// Send numbers and stores a draft; repeated says that it was there already.
	Send(ctx context.Context, d Draft) (m Message, repeated bool, err error)
	// Submit is Send for callers that have many under way: it returns as soon as the draft is queued, and calls done exactly
	// once, on a goroutine that must not be held up. An error means that the draft was not queued and done is not called.
	Submit(ctx context.Context, d Draft, done func(m Message, repeated bool, err error)) error
	// Mark raises marks; those that don't rise cost nothing. It returns as Submit does.
	Mark(ctx context.Context, m Mark, done func(error)) error
	// Deliver raises delivered marks and passes over those that break a rule. It returns as Submit does.
	Deliver(ctx context.Context, marks []Mark, done func(error)) error
	Change(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Announcer tells people who are connected about passing things.
type Announcer interface {
	Typing(conversation id.Conversation, person id.Person)
}
