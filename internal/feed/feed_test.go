package feed_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/feed/bustest"
	"kinward/internal/id"
	"kinward/internal/problem"
)

func TestLocalBus(t *testing.T) {
	bustest.Run(t, func(_ *testing.T, n int) []feed.Bus {
		bus := feed.NewLocalBus()
		nodes := make([]feed.Bus, n)
		for i := range nodes {
			nodes[i] = bus.Endpoint()
		}
		return nodes
	})
}

// scene is a world with one conversation of two people, without delays.
func scene(t *testing.T) (w *world, finish func(), c id.Conversation, a, b id.Person) {
	w, finish = newWorld(t, 1)
	w.store.delay = func() {}
	a, b, c = id.New[id.Person](), id.New[id.Person](), id.New[id.Conversation]()
	w.store.join(c, a, b)
	return w, finish, c, a, b
}

func (w *world) send(c id.Conversation, p id.Person, text string) (chat.Message, error) {
	m, _, err := w.journal.Send(w.ctx, chat.Draft{Conversation: c, ID: id.New[id.Message](), Sender: p, Kind: chat.Text, Text: text})
	return m, err
}

// drain takes everything that is ready.
func drain(t *testing.T, w *world, sub *feed.Subscription) (versions []int64, last feed.Page) {
	t.Helper()
	for {
		synctest.Wait()
		page, err := sub.Take(w.ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		if page.Empty() && !page.More {
			return versions, last
		}
		last = page
		for _, e := range page.Events {
			versions = append(versions, e.Version)
		}
		if page.End != "" {
			return versions, page
		}
	}
}

// TestSubscription_slow_reader: whoever does not read loses the queue and not the messages (M8).
func TestSubscription_slow_reader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, b := scene(t)
		defer finish()
		sub := w.hub.Subscribe(b, id.New[id.Session](), 1, func() {})
		defer sub.Close()
		drain(t, w, sub)
		const n = 5000 // far beyond the queue
		for range n {
			if _, err := w.send(c, a, "x"); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := drain(t, w, sub)
		if len(got) != n {
			t.Fatalf("a slow reader got %d of %d messages", len(got), n)
		}
	})
}

// TestSubscription_long_texts: what a reader holds of a gap is bounded, however long its texts are, and little is read twice.
func TestSubscription_long_texts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, b := scene(t)
		defer finish()
		const n, size, bound = 200, 60_000, 2 << 20
		for i := range n {
			if _, err := w.send(c, a, strings.Repeat("x", size*(1+i%2)/2)); err != nil {
				t.Fatal(err)
			}
		}
		sub := w.hub.Subscribe(b, id.New[id.Session](), 0, func() {})
		defer sub.Close()
		told, position := 0, int64(0)
		for more := true; more; {
			page, err := sub.Take(w.ctx, 1000)
			if err != nil {
				t.Fatal(err)
			}
			held := 0
			for _, e := range page.Events {
				if told, held = told+1, held+len(e.JSON); e.Version != position+1 {
					t.Fatalf("version %d after %d", e.Version, position)
				}
				position = e.Version
			}
			if more = page.More; page.Cursor != position || held > bound {
				t.Fatalf("a page up to %d holds %d bytes and says %d", position, held, page.Cursor)
			}
		}
		if told != n+1 { // and the conversation
			t.Errorf("told %d changes", told)
		}
		if w.store.given > 3*n { // the first page is read whole
			t.Errorf("%d were read", w.store.given)
		}
	})
}

// TestHub_removed_member: from the moment a removal is acknowledged nothing more is told (M4).
func TestHub_removed_member(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, b := scene(t)
		defer finish()
		sub := w.hub.Subscribe(b, id.New[id.Session](), 1, func() {})
		defer sub.Close()
		drain(t, w, sub)
		err := w.journal.Change(w.ctx, func(_ context.Context, tx feed.Tx) error {
			tx.(*memoryTx).put(c, b, false)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.send(c, a, "not for b"); err != nil {
			t.Fatal(err)
		}
		if got, _ := drain(t, w, sub); len(got) != 0 {
			t.Fatalf("a removed member was told versions %v", got)
		}
	})
}

// TestHub_queued_before_removal: what waits in a queue for somebody who is removed meanwhile is dropped too.
func TestHub_queued_before_removal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, b := scene(t)
		defer finish()
		sub := w.hub.Subscribe(b, id.New[id.Session](), 1, func() {})
		defer sub.Close()
		drain(t, w, sub)
		if _, err := w.send(c, a, "queued"); err != nil {
			t.Fatal(err)
		}
		err := w.journal.Change(w.ctx, func(_ context.Context, tx feed.Tx) error {
			tx.(*memoryTx).put(c, b, false)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := drain(t, w, sub); len(got) != 0 {
			t.Fatalf("a removed member was told versions %v", got)
		}
	})
}

// TestJournal_failing_change: a change that fails takes nothing else of its batch with it, and its error reaches its caller.
func TestJournal_failing_change(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, _ := scene(t)
		defer finish()
		want := problem.New(problem.Conflict, "no")
		err := w.journal.Change(w.ctx, func(context.Context, feed.Tx) error { return want })
		if !errors.Is(err, want) {
			t.Fatalf("change: %v", err)
		}
		if _, err := w.send(c, a, "x"); err != nil {
			t.Fatalf("send after a failed change: %v", err)
		}
	})
}

// TestJournal_broken_batch: when a batch can't be committed its entries are tried one by one.
func TestJournal_broken_batch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, _ := scene(t)
		defer finish()
		w.store.failNext = errBroken
		answers := make(chan error, 10)
		for range cap(answers) {
			d := chat.Draft{Conversation: c, ID: id.New[id.Message](), Sender: a, Kind: chat.Text, Text: "x"}
			if err := w.journal.Submit(w.ctx, d, func(_ chat.Message, _ bool, err error) { answers <- err }); err != nil {
				t.Fatal(err)
			}
		}
		failed := 0
		for range cap(answers) {
			if <-answers != nil {
				failed++
			}
		}
		if failed > 1 { // a batch of one has nobody to be tried beside
			t.Fatalf("%d of %d sends failed with their batch", failed, cap(answers))
		}
	})
}

// TestJournal_storage_full: a full disk refuses the whole batch with its code, and the journal goes on (M15).
func TestJournal_storage_full(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, _ := scene(t)
		defer finish()
		w.store.failNext = problem.New(problem.StorageFull, "full")
		if _, err := w.send(c, a, "x"); !problem.Is(err, problem.StorageFull) {
			t.Fatalf("send on a full disk: %v", err)
		}
		if _, err := w.send(c, a, "x"); err != nil {
			t.Fatalf("send afterwards: %v", err)
		}
	})
}

// TestJournal_stop: queued entries are committed, later ones refused, and Run returns.
func TestJournal_stop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(func() {})
		c, a := id.New[id.Conversation](), id.New[id.Person]()
		store.join(c, a)
		hub := feed.NewHub(feed.HubOptions{Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, 1)
		j := feed.NewJournal(store, hub, feed.NewLocalBus().Endpoint(), slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan error, 1)
		d := chat.Draft{Conversation: c, ID: id.New[id.Message](), Sender: a, Kind: chat.Text, Text: "x"}
		if err := j.Submit(ctx, d, func(_ chat.Message, _ bool, err error) { answer <- err }); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := j.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if err := <-answer; err != nil {
			t.Fatalf("what was queued before the stop: %v", err)
		}
		if err := j.Submit(t.Context(), d, nil); !problem.Is(err, problem.Unavailable) {
			t.Fatalf("after the stop: %v", err)
		}
	})
}

// TestHub_heartbeat tells the head, and that the reader has everything up to it.
func TestHub_heartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, _ := scene(t)
		defer finish()
		outsider := id.New[id.Person]()
		sub := w.hub.Subscribe(outsider, id.New[id.Session](), 1, func() {})
		defer sub.Close()
		drain(t, w, sub)
		if _, err := w.send(c, a, "x"); err != nil {
			t.Fatal(err)
		}
		<-time.After(16 * time.Second)
		_, page := drain(t, w, sub)
		if !page.Beat || page.Head != 2 || page.Cursor != 2 {
			t.Fatalf("heartbeat %+v, want head and cursor 2", page)
		}
	})
}

// TestHub_end: a session that ends cuts its subscriptions and no others.
func TestHub_end(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, _, a, _ := scene(t)
		defer finish()
		phone, desk := id.New[id.Session](), id.New[id.Session]()
		onPhone := w.hub.Subscribe(a, phone, 1, func() {})
		atDesk := w.hub.Subscribe(a, desk, 1, func() {})
		defer onPhone.Close()
		defer atDesk.Close()
		w.hub.EndSession(phone)
		if _, page := drain(t, w, onPhone); page.End != feed.SignedOut {
			t.Fatalf("the ended session's page: %+v", page)
		}
		if _, page := drain(t, w, atDesk); page.End != "" {
			t.Fatalf("the other session ended with %s", page.End)
		}
	})
}

// BenchmarkFanOut publishes one message to 1,000 subscriptions, each of which takes it.
func BenchmarkFanOut(b *testing.B) {
	store := newMemory(func() {})
	c := id.New[id.Conversation]()
	people := make([]id.Person, 1000)
	for i := range people {
		people[i] = id.New[id.Person]()
	}
	store.join(c, people...)
	encoded := []byte(strings.Repeat("x", 350))
	hub := feed.NewHub(feed.HubOptions{
		Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Encode: func(*feed.Entry) []byte { return encoded },
	}, 1)
	subs := make([]*feed.Subscription, len(people))
	for i, p := range people {
		subs[i] = hub.Subscribe(p, id.New[id.Session](), 1, func() {})
		if _, err := subs[i].Take(b.Context(), 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for i := range b.N {
		v := int64(i) + 2
		m := chat.Message{Conversation: c, Seq: v, Version: v}
		hub.Publish(b.Context(), feed.Commit{Base: v - 1, Head: v, Messages: []chat.Message{m}})
		for _, s := range subs {
			if page, err := s.Take(b.Context(), 10); err != nil || len(page.Events) != 1 {
				b.Fatalf("took %v, %v", page, err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/delivery")
}

// BenchmarkFanOutAnchor is the same bare: the bytes appended to 1,000 locked queues and taken from each.
func BenchmarkFanOutAnchor(b *testing.B) {
	type queue struct {
		sync.Mutex
		items [][]byte
	}
	queues := make([]queue, 1000)
	encoded := []byte(strings.Repeat("x", 350))
	for range b.N {
		for i := range queues {
			q := &queues[i]
			q.Lock()
			q.items = append(q.items, encoded)
			q.Unlock()
		}
		for i := range queues {
			q := &queues[i]
			q.Lock()
			q.items = nil
			q.Unlock()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/delivery")
}

// TestHub_stale_audience: members that a sign of typing read before a removal don't come back after it (M4).
func TestHub_stale_audience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish, c, a, b := scene(t)
		defer finish()
		sub := w.hub.Subscribe(b, id.New[id.Session](), 1, func() {})
		defer sub.Close()
		drain(t, w, sub)
		read, goOn := make(chan struct{}), make(chan struct{})
		w.store.audiencesRead = func() {
			w.store.audiencesRead = nil
			close(read)
			<-goOn
		}
		typed := make(chan struct{})
		go func() {
			w.hub.Typing(c, a)
			close(typed)
		}()
		<-read // the members before the removal are on their way
		err := w.journal.Change(w.ctx, func(_ context.Context, tx feed.Tx) error {
			tx.(*memoryTx).put(c, b, false)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		close(goOn)
		<-typed
		drain(t, w, sub) // live again
		if _, err := w.send(c, a, "not for b"); err != nil {
			t.Fatal(err)
		}
		if got, _ := drain(t, w, sub); len(got) != 0 {
			t.Fatalf("a removed member was told versions %v", got)
		}
	})
}
