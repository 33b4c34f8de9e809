package chat

import (
	"context"
	"slices"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// Options are what a Service needs; all are required.
type Options struct {
	Store     Store
	Journal   Journal
	Announcer Announcer
	Now       func() time.Time
}

// Service is the use cases of conversations. Its methods may be called concurrently; each checks the actor's right itself.
type Service struct{ o Options }

// New makes a Service.
func New(o Options) *Service { return &Service{o} }

// Post is a message as its sender hands it over.
type Post struct {
	ID      id.Message
	Text    string
	ReplyTo int64
}

// Send stores a message and returns it with its seq; repeated says that this id had been stored before.
func (s *Service) Send(ctx context.Context, actor account.Actor, conversation id.Conversation, p Post) (m Message, repeated bool, err error) {
	d, err := draft(actor, conversation, p)
	if err != nil {
		return Message{}, false, err
	}
	return s.o.Journal.Send(ctx, d)
}

// Submit is Send for a connection that has many under way; see Journal.Submit.
func (s *Service) Submit(ctx context.Context, actor account.Actor, conversation id.Conversation, p Post, done func(Message, bool, error)) error {
	d, err := draft(actor, conversation, p)
	if err != nil {
		return err
	}
	return s.o.Journal.Submit(ctx, d, done)
}

func draft(actor account.Actor, conversation id.Conversation, p Post) (Draft, error) {
	if p.ID.IsZero() {
		return Draft{}, problem.Field("id", "a message needs an id that the client makes: a UUIDv7, the same again on a retry")
	}
	if err := CheckText(p.Text); err != nil {
		return Draft{}, err
	}
	return Draft{Conversation: conversation, ID: p.ID, Sender: actor.Person, Kind: Text, Text: p.Text, ReplyTo: p.ReplyTo}, nil
}

// Correct replaces the text of one's own message; the earlier text is kept for the record. Members only.
func (s *Service) Correct(ctx context.Context, actor account.Actor, conversation id.Conversation, seq int64, text string) (Message, error) {
	if err := CheckText(text); err != nil {
		return Message{}, err
	}
	return s.change(ctx, actor, conversation, seq, func(ctx context.Context, tx Tx, m Message, standing Standing) (Message, error) {
		if err := MaySend(standing.Member, s.o.Now()); err != nil {
			return Message{}, err
		}
		if m.Text == text {
			return m, nil
		}
		return tx.Correct(ctx, m, text, s.o.Now())
	})
}

// Retract hides one's own message from all readers; its place stays, and its text is kept for the record. A repeat changes
// nothing.
func (s *Service) Retract(ctx context.Context, actor account.Actor, conversation id.Conversation, seq int64) (Message, error) {
	m, err := s.change(ctx, actor, conversation, seq, func(ctx context.Context, tx Tx, m Message, _ Standing) (Message, error) {
		return tx.Retract(ctx, m, s.o.Now())
	})
	if problem.Is(err, problem.Conflict) && m.Sender == actor.Person {
		return m, nil
	}
	return m, err
}

type changeFunc func(ctx context.Context, tx Tx, m Message, standing Standing) (Message, error)

func (s *Service) change(ctx context.Context, actor account.Actor, conversation id.Conversation, seq int64, fn changeFunc) (Message, error) {
	var result Message
	err := s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		standing, err := tx.Standing(ctx, Place{conversation, actor.Person})
		if err != nil {
			return err
		}
		if err := MayRead(standing.Member, s.o.Now()); err != nil {
			return err
		}
		if result, err = tx.Message(ctx, conversation, seq); err != nil {
			return err
		}
		if err := MayChange(result, actor); err != nil {
			return err
		}
		result, err = fn(ctx, tx, result, standing)
		return err
	})
	return result, err
}

// MarkRead raises the actor's read mark to seq.
func (s *Service) MarkRead(ctx context.Context, actor account.Actor, conversation id.Conversation, seq int64) error {
	return wait(func(done func(error)) error { return s.SubmitRead(ctx, actor, conversation, seq, done) })
}

// SubmitRead is MarkRead for a connection that has many under way; see Journal.Submit.
func (s *Service) SubmitRead(ctx context.Context, actor account.Actor, conversation id.Conversation, seq int64, done func(error)) error {
	return s.o.Journal.Mark(ctx, Mark{Conversation: conversation, Person: actor.Person, Read: seq}, done)
}

// wait submits something and returns what became of it.
func wait(submit func(done func(error)) error) error {
	answer := make(chan error, 1)
	if err := submit(func(err error) { answer <- err }); err != nil {
		return err
	}
	return <-answer // what is queued is decided soon in any case; leaving earlier would make its outcome unknown
}

// Received notes that a device of the actor has everything up to version, which raises delivered marks. That one has what came
// up to after has been noted before; zero if nothing is known.
func (s *Service) Received(ctx context.Context, actor account.Actor, after, version int64) error {
	marks, err := s.o.Store.Undelivered(ctx, actor.Person, after, version)
	if err != nil {
		return err
	}
	return s.Delivered(ctx, marks)
}

// Delivered is SubmitDelivered for those who wait.
func (s *Service) Delivered(ctx context.Context, marks []Mark) error {
	return wait(func(done func(error)) error { return s.SubmitDelivered(ctx, marks, done) })
}

// SubmitDelivered notes messages that are known to have reached a device of the person that the marks name; see
// Journal.Submit. A mark of a conversation that they have lost meanwhile is passed over.
func (s *Service) SubmitDelivered(ctx context.Context, marks []Mark, done func(error)) error {
	if len(marks) == 0 {
		done(nil)
		return nil
	}
	return s.o.Journal.Deliver(ctx, marks, done)
}

// Typing tells the others in a conversation that the actor is writing.
func (s *Service) Typing(ctx context.Context, actor account.Actor, conversation id.Conversation) error {
	m, err := s.o.Store.Member(ctx, Place{conversation, actor.Person})
	if err != nil {
		return err
	}
	if err := MaySend(m, s.o.Now()); err != nil {
		return err
	}
	s.o.Announcer.Typing(conversation, actor.Person)
	return nil
}

// Snapshot is all conversations of the actor and the version they are true at.
func (s *Service) Snapshot(ctx context.Context, actor account.Actor) ([]View, int64, error) {
	return s.o.Store.Snapshot(ctx, actor.Person, s.o.Now())
}

// View is one conversation of the actor.
func (s *Service) View(ctx context.Context, actor account.Actor, conversation id.Conversation) (View, error) {
	v, err := s.o.Store.View(ctx, Place{conversation, actor.Person})
	if problem.Is(err, problem.NotFound) {
		return View{}, notFound // in the same words: nobody learns whether it is there
	}
	if err != nil {
		return View{}, err
	}
	i := slices.IndexFunc(v.Members, func(m MemberView) bool { return m.Person == actor.Person })
	if i < 0 || !v.Members[i].Live(s.o.Now()) {
		return View{}, notFound
	}
	return v, nil
}

// History is a page of messages; see Store.History.
func (s *Service) History(ctx context.Context, actor account.Actor, conversation id.Conversation, r Range) ([]Message, bool, error) {
	m, err := s.o.Store.Member(ctx, Place{conversation, actor.Person})
	if err != nil {
		return nil, false, err
	}
	if err := MayRead(m, s.o.Now()); err != nil {
		return nil, false, err
	}
	return s.o.Store.History(ctx, conversation, r)
}
