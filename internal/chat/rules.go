package chat

import (
	"strings"
	"time"
	"unicode/utf8"

	"kinward/internal/account"
	"kinward/internal/problem"
)

// MaxText is the most characters (code points) that a message may have.
const MaxText = 16_000

// MaxGroup bounds a group, so that one message costs a bounded number of deliveries.
const MaxGroup = 2_000

var notFound = problem.New(problem.NotFound, "there is no such conversation, or you are not in it")

// CheckText accepts what may be stored and shown exactly as it was sent; nothing is cut or mended.
func CheckText(text string) error {
	switch {
	case !utf8.ValidString(text):
		return problem.Field("text", "a text is written in UTF-8")
	case strings.TrimSpace(text) == "":
		return problem.Field("text", "a text has at least one character that is not white space")
	case len(text) > MaxText && utf8.RuneCountInString(text) > MaxText:
		return problem.Field("text", "a text has at most %d characters; send the rest as another message", MaxText)
	}
	return nil
}

// MayRead: only live members see anything of a conversation. To everyone else it does not exist.
func MayRead(m Member, now time.Time) error {
	if !m.Live(now) {
		return notFound
	}
	return nil
}

// MaySend: live members, except relatives whose link is for updates only.
func MaySend(m Member, now time.Time) error {
	if err := MayRead(m, now); err != nil {
		return err
	}
	if m.ReadOnly {
		return problem.New(problem.Forbidden, "this link is for updates only; ask the care team if you want to write here")
	}
	return nil
}

// MayChange: people correct and retract their own texts, and a retracted one is final. Peers may know that the message is
// there, so somebody else's answers Forbidden.
func MayChange(msg Message, actor account.Actor) error {
	switch {
	case msg.Sender != actor.Person || msg.Kind != Text:
		return problem.New(problem.Forbidden, "only its sender may correct or retract a message")
	case !msg.RetractedAt.IsZero():
		return problem.New(problem.Conflict, "the message has been retracted")
	}
	return nil
}

// MayOpen: relatives open no conversations; they are led into their patient's.
func MayOpen(actor account.Actor) error {
	if actor.Kind == account.Family {
		return problem.New(problem.Forbidden, "relatives write in their patient's conversation and open no others")
	}
	return nil
}

// MayMeet: whether actor may have a direct or group conversation with other. Relatives are met only in the family
// conversation, where revoking the link also ends the conversation for them.
func MayMeet(actor account.Actor, other account.Person) error {
	switch {
	case other.ID == actor.Person:
		return problem.Field("with", "choose somebody else: a conversation has two people at least")
	case !account.Findable(actor.Kind, other):
		return problem.New(problem.NotFound, "there is no such person")
	}
	return nil
}

// MayEditMembers: anyone live in a group may add people; only its creator removes others.
func MayEditMembers(c Conversation, m Member, now time.Time) error {
	if err := MayRead(m, now); err != nil {
		return err
	}
	if c.Kind != Group {
		return problem.New(problem.Forbidden, "only groups have members that are added and removed by hand")
	}
	return nil
}

// MayRemove: the creator may remove anyone, and everyone may leave.
func MayRemove(c Conversation, actor account.Actor, m Member, removed Member, now time.Time) error {
	if err := MayEditMembers(c, m, now); err != nil {
		return err
	}
	if removed.Person != actor.Person && c.Creator != actor.Person {
		return problem.New(problem.Forbidden, "only the person who made the group removes others; you can leave it with members/me")
	}
	if removed.State != Active {
		return problem.New(problem.NotFound, "that person is not in this group")
	}
	return nil
}

// QuietAbove is the size of a conversation above which marks are told to one's own devices only: a thousand people who all
// learned of each other's marks would make a million deliveries of each message.
const QuietAbove = 64

// SeesPresence: whether a viewer is told that somebody in the same conversation is online. Relatives are not told about
// staff by person (web.md B-16), and nobody in large groups is, where it would cost the square of the members.
func SeesPresence(viewer, subject account.Kind, members int) bool {
	if viewer == account.Family && subject != account.Family {
		return false
	}
	return members <= 50
}
