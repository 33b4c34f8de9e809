package store

import (
	"context"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// busy makes one reader with n conversations, each with somebody who writes.
func busy(t testing.TB, j *feed.Journal, n int) (reader id.Person, places []chat.Place) {
	t.Helper()
	reader = id.New[id.Person]()
	err := j.Change(context.Background(), func(ctx context.Context, x feed.Tx) error {
		tx := x.(*Tx)
		if err := tx.InsertPerson(ctx, account.Person{ID: reader, Kind: account.Staff, Handle: reader.String(), Name: "R", CreatedAt: time.Now()}); err != nil {
			return err
		}
		for range n {
			writer := id.New[id.Person]()
			if err := tx.InsertPerson(ctx, account.Person{ID: writer, Kind: account.Member, Handle: writer.String(), Name: "W", CreatedAt: time.Now()}); err != nil {
				return err
			}
			c := chat.Conversation{ID: id.New[id.Conversation](), Kind: chat.Direct, CreatedAt: time.Now()}
			if err := tx.InsertConversation(ctx, c, [2]id.Person{reader, writer}); err != nil {
				return err
			}
			for _, p := range []id.Person{reader, writer} {
				if err := tx.PutMember(ctx, chat.Member{Conversation: c.ID, Person: p, State: chat.Active}); err != nil {
					return err
				}
			}
			places = append(places, chat.Place{Conversation: c.ID, Person: writer})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return reader, places
}

// BenchmarkCatchUp reads 1,000 messages in 50 conversations, in a database in which others have written as many again.
func BenchmarkCatchUp(b *testing.B) {
	ctx := context.Background()
	s := openTest(b)
	j := runJournal(b, s)
	reader, places := busy(b, j, 50)
	from, err := s.Head(ctx)
	if err != nil {
		b.Fatal(err)
	}
	sendAll(b, j, append(places, pairs(b, j, 50)...), 400, 2000)
	b.ResetTimer()
	for range b.N {
		got := 0
		for after, more := from, true; more; {
			var entries []feed.Entry
			if entries, _, more, err = s.Since(ctx, reader, after, 1000); err != nil {
				b.Fatal(err)
			}
			got += len(entries)
			after = entries[len(entries)-1].Version
		}
		if got != 1000 {
			b.Fatalf("got %d entries", got)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/catch-up")
}

// BenchmarkCatchUpAnchor is the same thousand rows read bare: one indexed query over one table, nothing opened or checked.
func BenchmarkCatchUpAnchor(b *testing.B) {
	ctx := context.Background()
	s := openTest(b)
	j := runJournal(b, s)
	reader, places := busy(b, j, 50)
	sendAll(b, j, append(places, pairs(b, j, 50)...), 400, 2000)
	b.ResetTimer()
	for range b.N {
		n := 0
		err := s.single(ctx, func(q querier) error {
			rows, err := q.QueryContext(ctx, `SELECT m.seq, m.body, m.version FROM members me
				JOIN messages m ON m.conversation = me.conversation AND m.version > 0 WHERE me.person = ? AND me.state = 'active'`, reader)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var seq, version int64
				var body []byte
				if err := rows.Scan(&seq, &body, &version); err != nil {
					return err
				}
				n++
			}
			return rows.Err()
		})
		if err != nil || n != 1000 {
			b.Fatalf("%d rows, %v", n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/catch-up")
}
