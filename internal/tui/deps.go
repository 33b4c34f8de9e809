package tui

import (
	"context"
	"time"

	"kinward/client"
)

// reader and writer are what the model asks of the server; *client.Client is both.
type reader interface {
	History(ctx context.Context, conversation string, r client.Range) (client.MessageList, error)
	People(ctx context.Context, query string, limit int) ([]client.Person, error)
	Patients(ctx context.Context, q client.PatientQuery) (client.PatientList, error)
	Patient(ctx context.Context, patient string) (client.Patient, error)
}

type writer interface {
	OpenDirect(ctx context.Context, with string) (client.Conversation, error)
	Invite(ctx context.Context, patient string, r client.InviteRequest) (client.Invitation, error)
	Correct(ctx context.Context, conversation string, seq int64, text string) (client.Message, error)
	Retract(ctx context.Context, conversation string, seq int64) error
	MarkRead(ctx context.Context, conversation string, seq int64) error
	Typing(ctx context.Context, conversation string) error
}

// receiver is the feed, and sender the outbox, as far as the model steers them.
type receiver interface {
	SwitchTransport(kind client.Kind) error
	TryNow()
}

type sender interface {
	Add(conversation, text string, replyTo int64) (client.Entry, error)
	Retry(id string) error
	Discard(id string) error
	Entries() []client.Entry
	TryNow()
}

// deps is the world around the model.
type deps struct {
	ctx    context.Context // of the program: ends requests that are under way when it ends
	read   reader
	write  writer
	feed   receiver
	outbox sender
	now    func() time.Time // in the reader's zone
	with   string           // open the conversation with this person first (handle, name or id)
	about  string           // or the one about this patient
	keeps  bool             // the outbox outlives the program
}
