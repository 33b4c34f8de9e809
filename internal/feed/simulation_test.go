package feed_test

import (
	"context"
	"encoding/binary"
	"flag"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var seeds = flag.Int("seeds", 300, "how many seeds the simulation runs")

// world is one deployment in a bubble: a store, a journal, a hub.
type world struct {
	t       *testing.T
	rng     *rand.Rand
	rngMu   sync.Mutex
	store   *memory
	hub     *feed.Hub
	journal *feed.Journal
	ctx     context.Context
	wg      sync.WaitGroup
}

func (w *world) random(n int) int {
	w.rngMu.Lock()
	defer w.rngMu.Unlock()
	return w.rng.IntN(n)
}

// pause waits up to so long in the bubble's time.
func (w *world) pause(longest time.Duration) {
	<-time.After(time.Duration(w.random(int(longest))) + 1)
}

func encode(e *feed.Entry) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(e.Version))
	if e.Message != nil {
		b = append(b, e.Message.Text...)
	}
	return b
}

func newWorld(t *testing.T, seed uint64) (*world, func()) {
	w := &world{t: t, rng: rand.New(rand.NewPCG(seed, seed))}
	w.store = newMemory(func() { w.pause(3 * time.Millisecond) })
	w.hub = feed.NewHub(feed.HubOptions{
		Store: w.store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Beat: 15 * time.Second,
		Encode:  encode,
		Foreign: func(context.Context, []id.Session) []id.Session { return nil },
	}, 0)
	w.journal = feed.NewJournal(w.store, w.hub, feed.NewLocalBus().Endpoint(), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	w.ctx = ctx
	var run sync.WaitGroup
	run.Go(func() { _ = w.journal.Run(ctx) })
	run.Go(func() { _ = w.hub.Run(ctx) })
	return w, func() {
		w.wg.Wait()
		cancel()
		run.Wait()
	}
}

// reader is a device that follows one person's feed and writes down what it saw.
type reader struct {
	w        *world
	person   id.Person
	slow     bool
	position int64
	seen     []int64
}

// follow reads until stop is closed and nothing is left, with breaks, slowness and new subscriptions from its cursor.
func (r *reader) follow(stop <-chan struct{}) {
	for {
		ready := make(chan struct{}, 1)
		sub := r.w.hub.Subscribe(r.person, id.New[id.Session](), r.position, func() {
			select {
			case ready <- struct{}{}:
			default:
			}
		})
		ended := r.read(sub, ready, stop)
		sub.Close()
		if ended {
			return
		}
		r.w.pause(50 * time.Millisecond)
	}
}

func (r *reader) read(sub *feed.Subscription, ready, stop <-chan struct{}) (ended bool) {
	for pages := r.w.random(40) + 1; pages > 0; {
		page, err := sub.Take(r.w.ctx, r.w.random(20)+1)
		if err != nil {
			r.w.t.Errorf("take: %v", err)
			return true
		}
		for _, e := range page.Events {
			r.seen = append(r.seen, e.Version)
		}
		r.position = page.Cursor
		if r.slow {
			r.w.pause(20 * time.Millisecond)
		}
		if len(page.Events) > 0 {
			pages--
			continue
		}
		if page.More {
			continue
		}
		select {
		case <-ready:
		case <-stop:
			return true
		}
	}
	return false
}

// check holds what a reader saw against what it had to see: every version once, in order.
func (r *reader) check(seed uint64) {
	r.w.t.Helper()
	last := int64(-1)
	got := map[int64]bool{}
	for _, v := range r.seen {
		if v <= last {
			r.w.t.Fatalf("seed %d: version %d after %d: doubled or out of order", seed, v, last)
		}
		last = v
		got[v] = true
	}
	for _, m := range r.w.store.messages {
		if r.w.store.members[m.Conversation][r.person] && !got[m.Version] {
			r.w.t.Fatalf("seed %d: version %d was committed and not seen; saw %v", seed, m.Version, r.seen)
		}
	}
}

// TestSimulation runs writers, readers who break off, fall behind and come back, foreign commits and failing commits over
// many seeds: whatever is acknowledged is seen once by everyone, in one order, and nothing else is lost either (M8, M9).
func TestSimulation(t *testing.T) {
	n := *seeds
	if testing.Short() {
		n = 50
	}
	for seed := range uint64(n) {
		synctest.Test(t, func(t *testing.T) { simulate(t, seed) })
		if t.Failed() {
			return
		}
	}
}

func simulate(t *testing.T, seed uint64) {
	w, finish := newWorld(t, seed)
	var people []id.Person
	for range 4 {
		people = append(people, id.New[id.Person]())
	}
	var places []id.Conversation
	for i := range 3 {
		c := id.New[id.Conversation]()
		w.store.join(c, people[i], people[i+1])
		places = append(places, c)
	}
	stop := make(chan struct{})
	var readers []*reader
	var reading sync.WaitGroup
	for i, p := range people {
		for device := range 2 {
			r := &reader{w: w, person: p, slow: (i+device)%3 == 0}
			readers = append(readers, r)
			reading.Go(func() { r.follow(stop) })
		}
	}
	acked := w.write(people, places)
	w.wg.Wait()
	<-time.After(time.Minute) // everything that was due has been told by then
	close(stop)
	reading.Wait()
	finish()
	w.checkAcked(acked)
	for _, r := range readers {
		r.check(seed)
	}
}

// write has everyone send and retry, and collects what was acknowledged.
func (w *world) write(people []id.Person, places []id.Conversation) *sync.Map {
	var acked sync.Map
	for i := range places {
		for _, p := range []id.Person{people[i], people[i+1]} {
			w.wg.Go(func() {
				for range 15 {
					w.sendUntilAcked(chat.Draft{Conversation: places[i], ID: id.New[id.Message](), Sender: p, Kind: chat.Text, Text: "x"}, &acked)
					w.pause(5 * time.Millisecond)
				}
			})
		}
	}
	w.wg.Go(func() {
		for range 5 {
			w.pause(30 * time.Millisecond)
			w.store.write(places[0], people[0])
			w.pause(30 * time.Millisecond)
			w.store.mu.Lock()
			w.store.failNext = errBroken
			w.store.mu.Unlock()
		}
	})
	return &acked
}

func (w *world) sendUntilAcked(d chat.Draft, acked *sync.Map) {
	for {
		m, _, err := w.journal.Send(w.ctx, d)
		if err == nil {
			acked.Store(d.ID, m)
			if w.random(4) == 0 { // the answer got lost: the same again
				again, repeated, err := w.journal.Send(w.ctx, d)
				if err == nil && (!repeated || again.Seq != m.Seq) {
					w.t.Errorf("a repeat became message %d, the first was %d", again.Seq, m.Seq)
				}
			}
			return
		}
		w.pause(10 * time.Millisecond)
	}
}

// checkAcked holds the acknowledged messages against the store: each once, seqs dense.
func (w *world) checkAcked(acked *sync.Map) {
	w.t.Helper()
	stored := map[id.Message]chat.Message{}
	next := map[id.Conversation]int64{}
	for _, m := range w.store.messages {
		if _, twice := stored[m.ID]; twice {
			w.t.Fatalf("message %s is stored twice", m.ID)
		}
		stored[m.ID] = m
		if next[m.Conversation]++; m.Seq != next[m.Conversation] {
			w.t.Fatalf("seq %d where %d was due", m.Seq, next[m.Conversation])
		}
	}
	acked.Range(func(k, v any) bool {
		if stored[k.(id.Message)].Seq != v.(chat.Message).Seq {
			w.t.Errorf("message %v was acknowledged and is not stored so", k)
		}
		return true
	})
}
