package chat

import (
	"context"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// OpenDirect finds or makes the one conversation of the actor and another person; created says which.
func (s *Service) OpenDirect(ctx context.Context, actor account.Actor, with id.Person) (conversation id.Conversation, created bool, err error) {
	if err := MayOpen(actor); err != nil {
		return conversation, false, err
	}
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		created = false // a change may be tried again
		other, err := tx.Person(ctx, with)
		if err != nil {
			return err
		}
		if err := MayMeet(actor, other); err != nil {
			return err
		}
		c, err := tx.DirectBetween(ctx, actor.Person, with)
		if !problem.Is(err, problem.NotFound) {
			conversation = c.ID
			return err
		}
		c = Conversation{ID: id.New[id.Conversation](), Kind: Direct, Creator: actor.Person, CreatedAt: s.o.Now()}
		conversation, created = c.ID, true
		if err := tx.InsertConversation(ctx, c, [2]id.Person{actor.Person, with}); err != nil {
			return err
		}
		return putMembers(ctx, tx, c.ID, actor.Person, with)
	})
	return conversation, created, err
}

// OpenGroup makes a group of the actor and others.
func (s *Service) OpenGroup(ctx context.Context, actor account.Actor, title string, members []id.Person) (id.Conversation, error) {
	c := Conversation{ID: id.New[id.Conversation](), Kind: Group, Title: title, Creator: actor.Person, CreatedAt: s.o.Now()}
	if err := MayOpen(actor); err != nil {
		return c.ID, err
	}
	if err := account.CheckName("title", title); err != nil {
		return c.ID, err
	}
	if len(members) >= MaxGroup {
		return c.ID, problem.Field("members", "a group has at most %d members", MaxGroup)
	}
	return c.ID, s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.InsertConversation(ctx, c, [2]id.Person{}); err != nil {
			return err
		}
		for _, person := range members {
			if person == actor.Person {
				continue
			}
			if err := checkMeets(ctx, tx, actor, person, "members"); err != nil {
				return err
			}
			if err := putMembers(ctx, tx, c.ID, person); err != nil {
				return err
			}
		}
		return putMembers(ctx, tx, c.ID, actor.Person)
	})
}

func putMembers(ctx context.Context, tx Tx, conversation id.Conversation, people ...id.Person) error {
	for _, person := range people {
		if err := tx.PutMember(ctx, Member{Conversation: conversation, Person: person, State: Active}); err != nil {
			return err
		}
	}
	return nil
}

// checkMeets is MayMeet for a list of people in a request: whoever can't be met is the field's fault.
func checkMeets(ctx context.Context, tx Tx, actor account.Actor, person id.Person, field string) error {
	other, err := tx.Person(ctx, person)
	if err == nil {
		err = MayMeet(actor, other)
	}
	if problem.Is(err, problem.NotFound) {
		return problem.Field(field, "there is nobody with the id %s whom you can write to", person)
	}
	return err
}

// AddMember puts a person into a group; they see its whole history. Adding someone who is in changes nothing.
func (s *Service) AddMember(ctx context.Context, actor account.Actor, conversation id.Conversation, person id.Person) error {
	return s.editMembers(ctx, actor, conversation, func(ctx context.Context, tx Tx, c Conversation, me Member) error {
		if err := MayEditMembers(c, me, s.o.Now()); err != nil {
			return err
		}
		there, err := tx.Standing(ctx, Place{conversation, person})
		if err != nil || there.Member.State == Active {
			return err
		}
		if err := checkMeets(ctx, tx, actor, person, "person"); err != nil {
			return err
		}
		n, err := tx.CountMembers(ctx, conversation)
		if err != nil {
			return err
		}
		if n >= MaxGroup {
			return problem.New(problem.Conflict, "a group has at most %d members", MaxGroup)
		}
		return putMembers(ctx, tx, conversation, person)
	})
}

// RemoveMember takes a person out of a group, or lets the actor leave it.
func (s *Service) RemoveMember(ctx context.Context, actor account.Actor, conversation id.Conversation, person id.Person) error {
	return s.editMembers(ctx, actor, conversation, func(ctx context.Context, tx Tx, c Conversation, me Member) error {
		there, err := tx.Standing(ctx, Place{conversation, person})
		if err != nil {
			return err
		}
		there.Member.Person = person
		if err := MayRemove(c, actor, me, there.Member, s.o.Now()); err != nil {
			return err
		}
		return tx.PutMember(ctx, Member{Conversation: conversation, Person: person, State: Left})
	})
}

type memberFunc func(ctx context.Context, tx Tx, c Conversation, me Member) error

func (s *Service) editMembers(ctx context.Context, actor account.Actor, conversation id.Conversation, fn memberFunc) error {
	return s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		me, err := tx.Standing(ctx, Place{conversation, actor.Person})
		if err != nil {
			return err
		}
		if err := MayRead(me.Member, s.o.Now()); err != nil {
			return err
		}
		c, err := tx.Conversation(ctx, conversation)
		if err != nil {
			return err
		}
		return fn(ctx, tx, c, me.Member)
	})
}
