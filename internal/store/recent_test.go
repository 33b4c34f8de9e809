package store

import (
	"context"
	"testing"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// TestRecent: it names what changed, or says that it doesn't know: never too little.
func TestRecent(t *testing.T) {
	r := newRecent()
	r.begin(10)
	a, b, c := id.New[id.Conversation](), id.New[id.Conversation](), id.New[id.Conversation]()
	ask := func(what string, after, head int64, limit int, known bool, want ...id.Conversation) {
		t.Helper()
		got, ok := r.since(after, head, limit)
		if ok != known || len(got) != len(want) {
			t.Fatalf("%s: %v %v, want %v %v", what, got, ok, want, known)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%s: %v, want %v", what, got, want)
			}
		}
	}
	ask("before anything", 10, 10, 5, true)
	ask("from before it began", 9, 10, 5, false)
	ask("a commit that it was not told of yet", 10, 11, 5, false)
	r.note(feed.Commit{Base: 10, Head: 12, Messages: []chat.Message{{Conversation: a, Version: 11}}, Members: []chat.Member{{Conversation: b, Version: 12}}})
	r.note(feed.Commit{Base: 12, Head: 13, Touched: []id.Conversation{c}})
	ask("all", 10, 13, 5, true, c, b, a)
	ask("within a commit", 11, 13, 5, true, c, b, a)
	ask("the last", 12, 13, 5, true, c)
	ask("more than is asked for", 10, 13, 2, false)
	r.note(feed.Commit{Base: 13, Head: 14, Messages: []chat.Message{{Conversation: a, Version: 14}}})
	ask("once each", 10, 14, 5, true, a, c, b)
	r.note(feed.Commit{Base: 14, Head: 14})
	ask("a commit of nothing", 14, 14, 5, true)
	r.note(feed.Commit{Base: 20, Head: 21, Touched: []id.Conversation{b}})
	ask("across another process's commits", 14, 21, 5, false)
	ask("after them", 20, 21, 5, true, b)
}

// TestRecent_bounded: what is forgotten is known to be forgotten.
func TestRecent_bounded(t *testing.T) {
	r := newRecent()
	for v := range int64(maxRecent + 100) {
		r.note(feed.Commit{Base: v, Head: v + 1, Touched: []id.Conversation{id.New[id.Conversation]()}})
	}
	if r.order.Len() != maxRecent || len(r.at) != maxRecent {
		t.Fatalf("it remembers %d, %d", r.order.Len(), len(r.at))
	}
	if _, ok := r.since(99, r.to, maxRecent+1); ok {
		t.Error("it claims to know what it has forgotten")
	}
	if got, ok := r.since(100, r.to, maxRecent); !ok || len(got) != maxRecent {
		t.Errorf("it lists %d, %v", len(got), ok)
	}
}

// TestUndelivered_after: what came up to a version that has been noted is not looked for again, whatever came since is; also in
// a conversation that one was out of meanwhile.
func TestUndelivered_after(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	reader, places := busy(t, j, 3)
	noted := int64(0)
	present := func(want int) {
		t.Helper()
		head, err := s.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		marks, err := s.Undelivered(ctx, reader, noted, head)
		all, err2 := s.Undelivered(ctx, reader, 0, head)
		if err != nil || err2 != nil || len(marks) != want || len(all) != want {
			t.Fatalf("marks %v, %v; searched for everywhere %v, %v; want %d", marks, err, all, err2, want)
		}
		if err := deliver(ctx, j, marks); err != nil {
			t.Fatal(err)
		}
		noted = head
	}
	send := func(p chat.Place) {
		t.Helper()
		if _, _, err := j.Send(ctx, draftFor(p, "text")); err != nil {
			t.Fatal(err)
		}
	}
	put := func(state chat.State) {
		t.Helper()
		inTx(t, j, func(ctx context.Context, tx *Tx) error {
			return tx.PutMember(ctx, chat.Member{Conversation: places[0].Conversation, Person: reader, State: state})
		})
	}
	present(0)
	send(places[0])
	send(places[0])
	send(places[1])
	present(2)
	present(0)
	put(chat.Left)
	send(places[0])
	present(0)
	put(chat.Active)
	send(places[2])
	present(2)
	s.recent.begin(0) // as after a restart
	send(places[1])
	present(1)
	present(0)
}

func deliver(ctx context.Context, j *feed.Journal, marks []chat.Mark) error {
	done := make(chan error, 1)
	if err := j.Deliver(ctx, marks, func(err error) { done <- err }); err != nil {
		return err
	}
	return <-done
}
