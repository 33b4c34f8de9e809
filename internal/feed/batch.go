package feed

import (
	"context"

	"kinward/internal/chat"
	"kinward/internal/id"
)

// Batch is what the journal commits in one transaction. The store fills in each entry's outcome.
type Batch struct {
	Sends   []*Send
	Marks   []*Marking
	Changes []*Change
}

// Reset takes the outcomes back, for a batch that begins again.
func (b *Batch) Reset() {
	for _, s := range b.Sends {
		*s = Send{Draft: s.Draft}
	}
	for _, m := range b.Marks {
		m.Err = nil
	}
	for _, c := range b.Changes {
		c.Err = nil
	}
}

// Send is a draft and, after the commit, what became of it.
type Send struct {
	Draft    chat.Draft
	Message  chat.Message
	Repeated bool
	Err      error
}

// Marking is marks that belong together: one that breaks a rule refuses them all, or, with Lenient, is passed over.
type Marking struct {
	Marks   []chat.Mark
	Lenient bool
	Err     error
}

// Change is a use case's own statements, run in a savepoint of the batch's transaction: one that fails takes nothing else
// with it.
type Change struct {
	Apply func(ctx context.Context, tx Tx) error
	Err   error
}

// Tx is the transaction as a Change gets it. The app hands it on as the interface that the domain package owns.
type Tx any

// Commit tells what a batch did. Versions Base+1 to Head are its changes, with no gap between them; Base differs from the
// Head before when another process or node wrote in between.
type Commit struct {
	Base, Head int64
	Messages   []chat.Message    // new, corrected and retracted
	Members    []chat.Member     // raised marks
	Touched    []id.Conversation // whose members changed, or that changed themselves: everyone in them reads again
	Woken      []id.Person       // people who read again although they may be in no touched conversation any more
}

// Entry is one change as a reader is told it; exactly one of the pointers is set, or Patient.
type Entry struct {
	Version      int64
	Conversation id.Conversation
	Message      *chat.Message
	Member       *chat.MemberView
	View         *chat.View // the conversation as this reader sees it
	Patient      id.Patient
}

// Store is the database as the journal and the subscriptions use it.
type Store interface {
	// Prepare does on the caller's goroutine what needs no transaction: sealing.
	Prepare(ctx context.Context, d *chat.Draft) error
	// Commit applies the batch in one transaction. When it returns an error nothing of the batch is stored and the entries'
	// outcomes mean nothing; otherwise everything whose outcome has no error is durable.
	Commit(ctx context.Context, b *Batch) (Commit, error)
	// Since lists up to limit entries that the person may see with version > after, oldest first, and the head that the answer
	// is true at. With more, the next page begins after the last entry.
	Since(ctx context.Context, person id.Person, after int64, limit int) (entries []Entry, head int64, more bool, err error)
	// Audiences lists the members of conversations with their profiles.
	Audiences(ctx context.Context, conversations []id.Conversation) (map[id.Conversation][]chat.MemberView, error)
	// Places lists up to limit conversations in which a person is active.
	Places(ctx context.Context, person id.Person, limit int) ([]id.Conversation, error)
	Head(ctx context.Context) (int64, error)
}
