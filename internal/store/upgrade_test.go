package store

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/seal"
)

// TestUpgrade_messages: a database from before messages knew when they were sent keeps every row, and its feed tells from any
// cursor what it told before.
func TestUpgrade_messages(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sqliteDialect{}.open(path, true)
	if err != nil {
		t.Fatal(err)
	}
	p, err := steps(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	master, err := seal.NewMaster(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	reader, want := fillOld(t, db, master)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, Options{Path: path, Master: master, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for after := int64(0); after <= int64(len(want)); after += 3 {
		var later []int64
		for _, v := range want {
			if v > after {
				later = append(later, v)
			}
		}
		if diff := cmp.Diff(later, versions(t, s, reader, after)); diff != "" {
			t.Fatalf("after %d (-before, +now):\n%s", after, diff)
		}
	}
}

// fillOld writes two conversations of 50 messages each in the first schema, every fifth changed since, and returns one of
// their members and the versions of what that member is to be told, in order.
func fillOld(t *testing.T, db *sql.DB, master *seal.Master) (reader id.Person, want []int64) {
	t.Helper()
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(context.Background(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	reader = id.New[id.Person]()
	version := int64(0)
	var conversations []id.Conversation
	var keys []*seal.Key
	for range 2 {
		c := id.New[id.Conversation]()
		k, wrapped, err := master.NewKey(c[:])
		if err != nil {
			t.Fatal(err)
		}
		run(`INSERT INTO conversations (id, kind, key, created_at, version) VALUES (?, 'group', ?, 1, 0)`, c, wrapped)
		run(`INSERT INTO members (conversation, person, state, version) VALUES (?, ?, 'active', 0)`, c, reader)
		conversations, keys = append(conversations, c), append(keys, k)
	}
	last := map[[2]int]int64{}
	for n := range 100 {
		c, m := n%2, id.New[id.Message]()
		version++
		last[[2]int{c, n/2 + 1}] = version
		run(`INSERT INTO messages (conversation, seq, id, sender, kind, body, created_at, version) VALUES (?, ?, ?, ?, 'text', ?, 1, ?)`,
			conversations[c], n/2+1, m, reader, keys[c].Seal("text", place(conversations[c], reader, m)), version)
	}
	for seq := 1; seq <= 50; seq += 5 {
		version++
		last[[2]int{seq % 2, seq}] = version
		run(`UPDATE messages SET retracted_at = 1, version = ? WHERE conversation = ? AND seq = ?`, version, conversations[seq%2], seq)
	}
	run(`INSERT INTO head (one, version, epoch, seal) VALUES (1, ?, 'epoch', ?)`, version, master.Derive("seal check", nil, 16))
	there := map[int64]bool{}
	for _, v := range last {
		there[v] = true
	}
	for v := int64(1); v <= version; v++ {
		if there[v] {
			want = append(want, v)
		}
	}
	return reader, want
}

// versions follows the feed in small pages.
func versions(t *testing.T, s *Store, reader id.Person, after int64) (out []int64) {
	t.Helper()
	for more := true; more; {
		var entries []feed.Entry
		var err error
		if entries, _, more, err = s.Since(context.Background(), reader, after, 7); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Message != nil {
				out = append(out, e.Version)
			}
			after = e.Version
		}
	}
	return out
}

// TestSince_all: the feed tells exactly the rows with a later version, whatever was sent, corrected and retracted, from any
// cursor and at any window.
func TestSince_all(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	reader, places := busy(t, j, 3)
	rng := rand.New(rand.NewPCG(7, 7))
	sendAll(t, j, places, 16, 300)
	for range 60 {
		p := places[rng.IntN(len(places))]
		if err := changeMessage(ctx, rng, s, j, p, 1+rng.Int64N(100)); err != nil {
			t.Fatal(err)
		}
		sendAll(t, j, places, 4, rng.IntN(4))
	}
	head, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for after := int64(0); after <= head; after += 1 + rng.Int64N(30) {
		if rng.IntN(2) == 0 {
			s.recent.begin(after + rng.Int64N(3) - 1) // what changed is known, or has to be looked for
			s.recent.note(feed.Commit{Base: s.recent.to, Head: head, Touched: conversationsOf(places)})
		}
		if diff := cmp.Diff(bare(t, s, reader, after, head), versions(t, s, reader, after)); diff != "" {
			t.Fatalf("after %d (-want, +got):\n%s", after, diff)
		}
		to := after + rng.Int64N(head-after+1)
		var got []int64
		err := s.read(ctx, func(q querier) error {
			changed, err := s.changed(ctx, q, reader, after, head)
			if err != nil {
				return err
			}
			entries, err := s.between(ctx, q, reader, changed, after, to, 1000)
			for _, e := range entries {
				if e.Message != nil {
					got = append(got, e.Version)
				}
			}
			if err != nil {
				return err
			}
			n := news{s: s, q: q, person: reader, from: after, to: to, limit: 1 + rng.IntN(40)} // in sets of one
			for some := range slices.Chunk(changed, 1) {
				if err := n.add(ctx, some); err != nil {
					return err
				}
			}
			if diff := cmp.Diff(entries[:min(n.limit, len(entries))], n.found, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("from %d to %d set by set, %d of them (-want, +got):\n%s", after, to, n.limit, diff)
			}
			return nil
		})
		if diff := cmp.Diff(bare(t, s, reader, after, to), got); err != nil || diff != "" {
			t.Fatalf("from %d to %d: %v (-want, +got):\n%s", after, to, err, diff)
		}
	}
}

// bare asks for the same without any index.
func bare(t *testing.T, s *Store, reader id.Person, from, to int64) (out []int64) {
	t.Helper()
	err := s.read(context.Background(), func(q querier) (err error) {
		out, err = collect(context.Background(), q, func(r row) (v int64, err error) { return v, r.Scan(&v) },
			`SELECT +m.version FROM messages m JOIN members me ON me.conversation = m.conversation AND me.person = ?
			WHERE m.version > ? AND m.version <= ? ORDER BY m.version`, reader, from, to)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSend_repeat_of_one_who_may_only_read: whoever may no longer write is still told what their repeat had stored, and never gets a
// second message in.
func TestSend_repeat_of_one_who_may_only_read(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	j := runJournal(t, s)
	p := pairs(t, j, 1)[0]
	d := draftFor(p, "first")
	first, _, err := j.Send(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	err = j.Change(ctx, func(ctx context.Context, x feed.Tx) error {
		return x.(*Tx).PutMember(ctx, chat.Member{Conversation: p.Conversation, Person: p.Person, State: chat.Active, ReadOnly: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	if m, repeated, err := j.Send(ctx, d); err != nil || !repeated || m.Seq != first.Seq {
		t.Fatalf("%+v %v %v", m, repeated, err)
	}
	if _, _, err := j.Send(ctx, draftFor(p, "second")); err == nil {
		t.Fatal("a reader's new message was taken")
	}
}

func conversationsOf(places []chat.Place) (out []id.Conversation) {
	for _, p := range places {
		out = append(out, p.Conversation)
	}
	return out
}
