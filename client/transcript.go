package client

import (
	"cmp"
	"slices"
)

// Transcript is a gap-free run of a conversation's messages up to the newest, which grows at its old end by history and
// at its new end by the feed. It is a value, as State is.
type Transcript struct {
	messages []Message // ordered by seq, without holes
	start    bool      // the first message of the conversation is in messages
	last     int64     // the newest seq heard of
}

// Messages are the messages held, ordered by seq. The slice must not be changed.
func (t Transcript) Messages() []Message { return t.messages }

// First is the seq of the oldest message held, 0 for none: what to ask History for messages before.
func (t Transcript) First() int64 {
	if len(t.messages) == 0 {
		return 0
	}
	return t.messages[0].Seq
}

// Last is the seq of the newest message held, 0 for none: what to ask History for messages after.
func (t Transcript) Last() int64 {
	if n := len(t.messages); n > 0 {
		return t.messages[n-1].Seq
	}
	return 0
}

// Complete reports whether there is nothing older.
func (t Transcript) Complete() bool { return t.start || t.First() == 1 }

// Behind reports whether newer messages are known of than are held: History after Last brings them.
func (t Transcript) Behind() bool { return t.last > t.Last() }

// Message is the message with a seq, if it is held.
func (t Transcript) Message(seq int64) (Message, bool) {
	i, ok := t.index(seq)
	if !ok {
		return Message{}, false
	}
	return t.messages[i], true
}

// Older is the transcript with a page of history put before it, as History with Before: First (or, at the beginning, the
// newest page) answers.
func (t Transcript) Older(page MessageList) Transcript {
	t = t.merge(page.Messages)
	t.start = t.start || !page.More
	return t
}

// Newer is the transcript with a page of history put after it, as History with After: Last answers.
func (t Transcript) Newer(page MessageList) Transcript { return t.merge(page.Messages) }

// Apply is the transcript with a message from the feed or from an answer: a new one, a correction or a retraction.
func (t Transcript) Apply(m Message) Transcript { return t.merge([]Message{m}) }

// merge takes messages that touch or overlap what is held; of two versions of one message the newer counts. Messages
// beyond a hole are only noted, so that Behind tells of them, and so are those before what is held.
func (t Transcript) merge(list []Message) Transcript {
	list = slices.SortedFunc(slices.Values(list), func(a, b Message) int { return cmp.Compare(a.Seq, b.Seq) })
	t.messages = slices.Clone(t.messages)
	var older []Message
	for _, m := range list {
		t.last = max(t.last, m.Seq)
		i, held := t.index(m.Seq)
		switch {
		case held:
			if m.Version >= t.messages[i].Version {
				t.messages[i] = m
			}
		case len(t.messages) == 0 || m.Seq == t.Last()+1:
			t.messages = append(t.messages, m)
		case m.Seq < t.First():
			older = append(older, m)
		}
	}
	return t.prepend(older)
}

// prepend puts older messages, ordered, in front as far as they join up.
func (t Transcript) prepend(older []Message) Transcript {
	first, n := t.First(), len(older)
	for n > 0 && older[n-1].Seq == first-1 {
		n--
		first--
	}
	t.messages = append(slices.Clone(older[n:]), t.messages...)
	return t
}

func (t Transcript) index(seq int64) (int, bool) {
	return slices.BinarySearchFunc(t.messages, seq, func(m Message, s int64) int { return cmp.Compare(m.Seq, s) })
}
