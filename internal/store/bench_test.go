package store

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/seal"
)

// discard is a publisher that tells nobody, so that the journal is measured alone.
type discard struct{}

func (discard) Publish(context.Context, feed.Commit) {}
func (discard) Settle()                              {}

func openTest(t testing.TB) *Store {
	t.Helper()
	master, err := seal.NewMaster(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), Options{
		Path: filepath.Join(t.TempDir(), "kinward.db"), Master: master,
		Now: func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// runJournal runs a journal on s until the test ends.
func runJournal(t testing.TB, s *Store) *feed.Journal {
	t.Helper()
	j := feed.NewJournal(s, discard{}, feed.NewLocalBus().Endpoint(), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- j.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return j
}

// pairs makes n direct conversations of two people each.
func pairs(t testing.TB, j *feed.Journal, n int) []chat.Place {
	t.Helper()
	out := make([]chat.Place, n)
	err := j.Change(context.Background(), func(ctx context.Context, x feed.Tx) error {
		tx := x.(*Tx)
		for i := range out {
			var people [2]id.Person
			for k := range people {
				people[k] = id.New[id.Person]()
				p := account.Person{ID: people[k], Kind: account.Member, Handle: people[k].String(), Name: "P", CreatedAt: time.Now()}
				if err := tx.InsertPerson(ctx, p); err != nil {
					return err
				}
			}
			c := chat.Conversation{ID: id.New[id.Conversation](), Kind: chat.Direct, CreatedAt: time.Now()}
			if err := tx.InsertConversation(ctx, c, people); err != nil {
				return err
			}
			for _, p := range people {
				if err := tx.PutMember(ctx, chat.Member{Conversation: c.ID, Person: p, State: chat.Active}); err != nil {
					return err
				}
			}
			out[i] = chat.Place{Conversation: c.ID, Person: people[0]}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var hundred = string(make100())

func make100() []byte {
	b := make([]byte, 100)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return b
}

// BenchmarkJournal is durable, sealed, deduplicated, numbered sends a second, with so many in flight.
func BenchmarkJournal(b *testing.B) {
	for _, inFlight := range []int{1, 50, 400, 1600} {
		b.Run(fmt.Sprintf("inflight=%d", inFlight), func(b *testing.B) {
			j := runJournal(b, openTest(b))
			places := pairs(b, j, 50)
			b.ResetTimer()
			sendAll(b, j, places, inFlight, b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
		})
	}
}

// sendAll submits n messages, with so many waiting for their commit at any time.
func sendAll(b testing.TB, j *feed.Journal, places []chat.Place, inFlight, n int) {
	slots := make(chan struct{}, inFlight)
	var wg sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		wg.Add(1)
		p := places[i%len(places)]
		d := chat.Draft{Conversation: p.Conversation, ID: id.New[id.Message](), Sender: p.Person, Kind: chat.Text, Text: hundred}
		err := j.Submit(context.Background(), d, func(_ chat.Message, _ bool, err error) {
			if err != nil {
				b.Error(err)
			}
			<-slots
			wg.Done()
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	wg.Wait()
}

// BenchmarkAnchor is the same rows written into the same tables by nothing but multi-row inserts and commits: what the
// database alone can do in batches of that size.
func BenchmarkAnchor(b *testing.B) {
	for _, batch := range []int{1, 50, 400, 1024} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			s := openTest(b)
			j := runJournal(b, s)
			places := pairs(b, j, 50)
			ctx := context.Background()
			seq, version := int64(0), int64(1000)
			body := make([]byte, 128)
			b.ResetTimer()
			for done := 0; done < b.N; done += batch {
				err := s.write(ctx, func(c *session) error {
					args := make([]any, 0, 10*batch)
					for i := range batch {
						p := places[i%len(places)]
						seq++
						version++
						m := id.New[id.Message]()
						args = append(args, p.Conversation[:], seq, m[:], p.Person[:], "text", int64(0), body, time.Now().UnixMilli(), version, version)
					}
					_, err := c.ExecContext(ctx, c.set(insertMessagesQuery, batch, 10), args...)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
		})
	}
}
