package store

import (
	"kinward/internal/chat"
	"kinward/internal/id"
)

// maxStandings bounds what is remembered between batches: some 20 MB. Those who write again within that are not looked up.
const maxStandings = 100_000

// standing is a member as the batch under way has made it.
type standing struct {
	chat.Member
	moved, told bool // in this batch the marks changed; so did the version, for others are told
}

// standings remembers, from one batch to the next, what sends and marks are decided by. It is true at one head only: when
// somebody else has moved the head, or a use case has written in this transaction, or a transaction has failed, all of it is
// forgotten. It belongs to whoever calls Commit.
type standings struct {
	at     int64                     // the head
	places map[chat.Place]*standing  // nil: there is no such member
	last   map[id.Conversation]int64 // the last seq
}

// forget begins anew at a head.
func (r *standings) forget(head int64) {
	*r = standings{at: head, places: map[chat.Place]*standing{}, last: map[id.Conversation]int64{}}
}

// begin makes sure that what is remembered is true at head.
func (r *standings) begin(head int64) {
	if r.places == nil || r.at != head || len(r.places) > maxStandings {
		r.forget(head)
	}
}
