package server

import (
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// maxTold bounds what a socket remembers of unacknowledged messages; an ack after more of them asks the database.
const maxTold = 512

// told remembers which messages a socket was told and has not acknowledged, so that an ack costs no search through the
// person's conversations. It needs its connection's lock.
type told struct {
	list    []toldMessage
	skipped int64 // version of the newest message that came when the list was full; 0: none since it was acknowledged
	ask     bool  // the next ack has to ask in any case
}

type toldMessage struct {
	version      int64
	conversation id.Conversation
	seq          int64
}

func (t *told) add(events []*feed.Event) {
	for _, e := range events {
		if e.Seq == 0 {
			continue
		}
		if t.skipped > 0 || len(t.list) >= maxTold {
			t.list, t.skipped = nil, e.Version
			continue
		}
		t.list = append(t.list, toldMessage{e.Version, e.Conversation, e.Seq})
	}
}

// take removes what an ack of version covers and returns it as marks; ok is false if the database has to be asked.
func (t *told) take(version int64, person id.Person) (marks []chat.Mark, ok bool) {
	n := 0
	highest := map[id.Conversation]int64{}
	for n < len(t.list) && t.list[n].version <= version {
		highest[t.list[n].conversation] = max(highest[t.list[n].conversation], t.list[n].seq)
		n++
	}
	t.list = t.list[n:]
	if t.ask || t.skipped > 0 {
		t.ask = false
		if version >= t.skipped {
			t.skipped = 0
		}
		return nil, false
	}
	for c, seq := range highest {
		marks = append(marks, chat.Mark{Conversation: c, Person: person, Delivered: seq})
	}
	return marks, true
}
