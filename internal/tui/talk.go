package tui

import (
	"slices"
	"time"

	"kinward/client"
)

// talk is what the reader has of one conversation: its transcript and where in it they are.
type talk struct {
	id         string
	transcript client.Transcript
	loaded     bool // the newest page has come
	loading    bool
	notBefore  time.Time // after a failure: when to try to load again
	pending    []client.Entry
	newFrom    int64 // the first message below the unread line, 0 for no line
	newCount   int64
	opened     bool // the view has been placed
	scroll     scroll
	selected   int64 // the message that the cursor is on, 0 for none
	draft      string
	typing     map[string]time.Time // person id to when they were last heard typing

	wrapped wrapCache
	lines   []textLine
	stale   bool // lines must be laid out again
}

// typingFor is how long a sign of typing is shown.
const typingFor = 8 * time.Second

// visit begins a visit: the unread line is set above what is new now and stays there.
func (t *talk) visit(c client.Conversation) {
	t.newFrom, t.newCount = 0, 0
	if c.Unread > 0 {
		t.newFrom, t.newCount = c.LastSeq-c.Unread+1, c.Unread
	}
	t.opened, t.stale, t.selected = false, true, 0
	t.scroll = scroll{}
}

// hear takes a message of the feed or of an answer. away says that the reader can't see it come in: without an unread
// line, it begins one.
func (t *talk) hear(m client.Message, me string, away bool) {
	newer := m.Seq > t.transcript.Last()
	t.transcript = t.transcript.Apply(m)
	t.confirm([]client.Message{m})
	delete(t.typing, m.Sender)
	t.stale = true
	switch {
	case !newer || !t.loaded:
	case m.Sender == me:
		t.newFrom, t.newCount = 0, 0
	case t.newFrom > 0:
		t.newCount++
	case away:
		t.newFrom, t.newCount = m.Seq, 1
	}
}

// confirm takes out of pending what the transcript holds. A message that was sent stays there until then: others' messages
// before it may still be on their way.
func (t *talk) confirm(list []client.Message) {
	for _, m := range list {
		if _, held := t.transcript.Message(m.Seq); held {
			t.pending = slices.DeleteFunc(t.pending, func(e client.Entry) bool { return e.ID == m.ID })
		}
	}
}

// page takes an answer of history.
func (t *talk) page(list client.MessageList, newer bool) {
	if newer {
		t.transcript = t.transcript.Newer(list)
	} else {
		t.transcript, t.loaded = t.transcript.Older(list), true
	}
	t.confirm(list.Messages)
	t.stale = true
}

// entry takes news of the outbox.
func (t *talk) entry(e client.Entry) {
	t.stale = true
	i := slices.IndexFunc(t.pending, func(o client.Entry) bool { return o.ID == e.ID })
	switch {
	case i < 0 && e.State == client.Sent: // the feed was faster
	case i >= 0:
		t.pending[i] = e
	default:
		t.pending = append(t.pending, e)
	}
}

// reset forgets the messages, which a reset of the feed may have left a hole in. What isn't sent yet and the draft stay.
func (t *talk) reset() {
	t.transcript, t.loaded, t.loading, t.stale = client.Transcript{}, false, false, true
}

// typists are the people who are typing now.
func (t *talk) typists(now time.Time) []string {
	var ids []string
	for id, at := range t.typing {
		if now.Sub(at) < typingFor {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// own is the newest own message that can still be corrected or taken back, or the one with number seq; ok is false when
// there is none.
func (t *talk) own(me string, seq int64) (client.Message, bool) {
	list := t.transcript.Messages()
	for i := len(list) - 1; i >= 0; i-- {
		m := list[i]
		if m.Sender == me && m.RetractedAt == nil && m.Kind != client.MessageSystem && (seq == 0 || m.Seq == seq) {
			return m, true
		}
	}
	return client.Message{}, false
}

// failed are the messages that the server refused.
func (t *talk) failed() []client.Entry {
	var list []client.Entry
	for _, e := range t.pending {
		if e.State == client.Failed {
			list = append(list, e)
		}
	}
	return list
}

// choose moves the message cursor by n messages, starting at the newest.
func (t *talk) choose(n int) {
	list := t.transcript.Messages()
	if len(list) == 0 {
		return
	}
	i := slices.IndexFunc(list, func(m client.Message) bool { return m.Seq == t.selected })
	switch {
	case i < 0:
		i = len(list) - 1
	default:
		i = min(max(0, i+n), len(list)-1)
	}
	t.selected = list[i].Seq
}

// drop takes a message out that shall not be sent.
func (t *talk) drop(id string) {
	t.pending = slices.DeleteFunc(t.pending, func(e client.Entry) bool { return e.ID == id })
	t.stale = true
}
