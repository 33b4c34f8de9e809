package store

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// replica is what a device knows by a snapshot and the pages of the feed after it.
type replica struct {
	last  map[id.Conversation]int64
	texts map[id.Message]string
	marks map[chat.Place][2]int64
	in    map[chat.Place]bool
}

func newReplica() *replica {
	return &replica{map[id.Conversation]int64{}, map[id.Message]string{}, map[chat.Place][2]int64{}, map[chat.Place]bool{}}
}

func (r *replica) view(v chat.View) {
	for p := range r.in {
		if p.Conversation == v.ID {
			delete(r.in, p)
			delete(r.marks, p)
		}
	}
	for _, m := range v.Members {
		r.member(m.Member)
	}
	r.last[v.ID] = max(r.last[v.ID], v.LastSeq)
}

func (r *replica) member(m chat.Member) {
	p := chat.Place{Conversation: m.Conversation, Person: m.Person}
	if m.State != chat.Active {
		delete(r.in, p)
		delete(r.marks, p)
		return
	}
	r.in[p] = true
	r.marks[p] = [2]int64{m.Read, m.Delivered}
}

// apply takes one entry of the feed. A message raises its sender's own marks.
func (r *replica) apply(e feed.Entry) {
	switch {
	case e.Message != nil:
		m := e.Message
		r.last[m.Conversation] = max(r.last[m.Conversation], m.Seq)
		r.texts[m.ID] = m.Text
		p := chat.Place{Conversation: m.Conversation, Person: m.Sender}
		if r.in[p] {
			r.marks[p] = [2]int64{max(r.marks[p][0], m.Seq), max(r.marks[p][1], m.Seq)}
		}
	case e.Member != nil:
		r.member(e.Member.Member)
	case e.View != nil:
		r.view(*e.View)
	}
}

// TestReplay: after any operations, snapshot plus feed is what a fresh snapshot tells, from every cursor on the way and at
// every page size.
func TestReplay(t *testing.T) {
	for seed := range uint64(8) {
		s := openTest(t)
		replay(t, rand.New(rand.NewPCG(seed, 1)), s, runJournal(t, s))
	}
}

// TestReplay_two_processes: the same while another process writes too, now and then.
func TestReplay_two_processes(t *testing.T) {
	for seed := range uint64(4) {
		s := openTest(t)
		other, err := Open(context.Background(), s.o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := other.Close(); err != nil {
				t.Error(err)
			}
		})
		j := runJournal(t, s)
		replay(t, rand.New(rand.NewPCG(seed, 2)), s, j, j, j, runJournal(t, other))
	}
}

// replay operates by any of the journals and follows on s.
func replay(t *testing.T, rng *rand.Rand, s *Store, journals ...*feed.Journal) {
	ctx := context.Background()
	reader, places := busy(t, journals[0], 4)
	device := newReplica()
	views, cursor, err := s.Snapshot(ctx, reader, s.o.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		device.view(v)
	}
	for range 60 {
		operate(t, rng, s, journals[rng.IntN(len(journals))], reader, places)
		if rng.IntN(3) > 0 {
			continue
		}
		sameEitherWay(t, s, reader, rng.Int64N(cursor+1), rng.IntN(20)+1)
		sameEitherWay(t, s, reader, cursor, 1000)
		cursor = device.follow(t, s, reader, cursor, rng.IntN(7)+1)
		device.compare(t, s, reader)
	}
}

// sameEitherWay: a page is the same, entry by entry, whether or not it is remembered which conversations changed.
func sameEitherWay(t *testing.T, s *Store, reader id.Person, after int64, limit int) {
	t.Helper()
	page := func() (entries []feed.Entry, more bool) {
		entries, _, more, err := s.Since(context.Background(), reader, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		return entries, more
	}
	remembered, more := page()
	memory := s.recent
	s.recent = newRecent()
	s.recent.begin(math.MaxInt64)
	looked, moreLooked := page()
	s.recent = memory
	if diff := cmp.Diff(looked, remembered); diff != "" || more != moreLooked {
		t.Fatalf("after %d (-looked for, +remembered), more %v %v:\n%s", after, moreLooked, more, diff)
	}
}

func (r *replica) follow(t *testing.T, s *Store, reader id.Person, cursor int64, limit int) int64 {
	t.Helper()
	for {
		entries, head, more, err := s.Since(context.Background(), reader, cursor, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Version <= cursor {
				t.Fatalf("version %d after cursor %d", e.Version, cursor)
			}
			r.apply(e)
			cursor = e.Version
		}
		if !more {
			return head
		}
	}
}

func (r *replica) compare(t *testing.T, s *Store, reader id.Person) {
	t.Helper()
	views, _, err := s.Snapshot(context.Background(), reader, s.o.Now())
	if err != nil {
		t.Fatal(err)
	}
	fresh := newReplica()
	for _, v := range views {
		fresh.view(v)
		for _, m := range v.Members {
			p := chat.Place{Conversation: v.ID, Person: m.Person}
			if got := r.marks[p]; got != fresh.marks[p] {
				t.Fatalf("marks %v, fresh %v", got, fresh.marks[p])
			}
		}
		if r.last[v.ID] != v.LastSeq {
			t.Fatalf("last seq %d, fresh %d", r.last[v.ID], v.LastSeq)
		}
		if v.Last != nil && r.texts[v.Last.ID] != v.Last.Text {
			t.Fatalf("text %q, fresh %q", r.texts[v.Last.ID], v.Last.Text)
		}
	}
	if diff := cmp.Diff(fresh.in, r.only(fresh)); diff != "" {
		t.Fatalf("members differ: %s", diff)
	}
}

// only is what the replica knows of the conversations that the reader is still in.
func (r *replica) only(fresh *replica) map[chat.Place]bool {
	out := map[chat.Place]bool{}
	for p := range r.in {
		if _, ok := fresh.last[p.Conversation]; ok {
			out[p] = true
		}
	}
	return out
}

// operate does one random thing.
func operate(t *testing.T, rng *rand.Rand, s *Store, j *feed.Journal, reader id.Person, places []chat.Place) {
	t.Helper()
	ctx := context.Background()
	p := places[rng.IntN(len(places))]
	st, err := s.standing(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	switch rng.IntN(6) {
	case 0:
		err = mark(ctx, j, chat.Mark{Conversation: p.Conversation, Person: p.Person, Read: st})
	case 1:
		err = mark(ctx, j, chat.Mark{Conversation: p.Conversation, Person: p.Person, Delivered: st})
	case 2:
		if st > 0 {
			err = changeMessage(ctx, rng, s, j, p, 1+rng.Int64N(st))
		}
	case 3:
		newcomer := places[rng.IntN(len(places))].Person
		state := []chat.State{chat.Active, chat.Left}[rng.IntN(2)]
		if newcomer != p.Person {
			err = j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
				return x.(*Tx).PutMember(ctx, chat.Member{Conversation: p.Conversation, Person: newcomer, State: state})
			})
		}
	default:
		_, _, err = j.Send(ctx, draftFor(p, "text"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func changeMessage(ctx context.Context, rng *rand.Rand, s *Store, j *feed.Journal, p chat.Place, seq int64) error {
	return j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
		tx := x.(*Tx)
		m, err := tx.Message(ctx, p.Conversation, seq)
		if err != nil || !m.RetractedAt.IsZero() {
			return err
		}
		if rng.IntN(2) == 0 {
			_, err = tx.Retract(ctx, m, s.o.Now())
		} else {
			_, err = tx.Correct(ctx, m, "another text", s.o.Now())
		}
		return err
	})
}

// standing is the last seq of a conversation.
func (s *Store) standing(ctx context.Context, p chat.Place) (last int64, err error) {
	err = s.one(ctx, `SELECT COALESCE(MAX(seq), 0) FROM messages WHERE conversation = ?`, []any{p.Conversation}, &last)
	return last, err
}

func mark(ctx context.Context, j *feed.Journal, m chat.Mark) error {
	done := make(chan error, 1)
	if err := j.Mark(ctx, m, func(err error) { done <- err }); err != nil {
		return err
	}
	return <-done
}
