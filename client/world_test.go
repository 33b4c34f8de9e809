package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// world is a Kinward of one conversation that everybody sees, for testing how a client receives.
type world struct {
	mu      sync.Mutex
	epoch   string
	head    int64
	changes []Change
	sent    map[string]Message
	changed chan struct{} // closed by the next change
	acked   []string
}

const talk = "01890000-0000-7000-8000-000000000001"

func newWorld() *world {
	return &world{epoch: "e", sent: map[string]Message{}, changed: make(chan struct{})}
}

func (w *world) cursor(version int64) string { return w.epoch + "." + strconv.FormatInt(version, 10) }

// say stores a message unless its id is known.
func (w *world) say(sender string, n NewMessage) (m Message, repeated bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m, ok := w.sent[n.ID]; ok {
		return m, true
	}
	w.head++
	m = Message{Conversation: talk, Seq: int64(len(w.sent) + 1), ID: n.ID, Sender: sender, Text: n.Text, Kind: MessageText, Version: w.head}
	w.sent[n.ID] = m
	w.changes = append(w.changes, Change{Version: w.head, Type: ChangeMessage, Conversation: talk, Message: &m})
	w.wakeLocked()
	return m, false
}

// elsewhere is a change that this feed doesn't show.
func (w *world) elsewhere() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.head++
	w.wakeLocked()
}

// restore is what a backup brought back does: another epoch.
func (w *world) restore() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.epoch += "x"
	w.wakeLocked()
}

func (w *world) wakeLocked() {
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *world) snapshot(context.Context) (Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Snapshot{Cursor: w.cursor(w.head)}, nil
}

// page reads up to limit changes after cursor; changed is closed when there is more.
func (w *world) page(cursor string, limit int) (p Page, changed chan struct{}, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := positionOf(cursor)
	if at.epoch != w.epoch || at.version > w.head {
		return p, nil, &Error{Status: http.StatusGone, Code: CodeReset}
	}
	i, found := slices.BinarySearchFunc(w.changes, at.version, func(c Change, v int64) int { return int(c.Version - v) })
	if found {
		i++
	}
	rest := w.changes[i:]
	p = Page{Cursor: w.cursor(w.head), Head: w.head, Changes: rest, More: len(rest) > limit}
	if p.More {
		p.Changes = rest[:limit]
		p.Cursor = w.cursor(p.Changes[limit-1].Version)
	}
	return p, w.changed, nil
}

func (w *world) ack(cursor string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acked = append(w.acked, cursor)
}

// all are the changes after a version.
func (w *world) all(after int64) []Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.changes, func(c Change) bool { return c.Version > after })
	if i < 0 {
		return nil
	}
	return slices.Clone(w.changes[i:])
}

func (w *world) now() (version int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.head
}

// memory is a transport without a network: it delays, breaks, repeats and refuses as rng says, with probability trouble.
type memory struct {
	world   *world
	kind    Kind
	rng     *rand.Rand // used by one goroutine at a time under mu
	mu      *sync.Mutex
	trouble *float64
	opened  map[Kind]int
}

func (m memory) roll() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rng.Float64()
}

func (m memory) fails() bool {
	r := m.roll()
	m.mu.Lock()
	defer m.mu.Unlock()
	return r < *m.trouble
}

func (m memory) Open(ctx context.Context, cursor string) (Stream, error) {
	if err := pause(ctx, time.Duration(m.roll()*float64(40*time.Millisecond))); err != nil {
		return nil, err
	}
	if m.fails() {
		return nil, errors.New("no luck")
	}
	if _, _, err := m.world.page(cursor, 1); err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.opened[m.kind]++
	m.mu.Unlock()
	return &memoryStream{memory: m, cursor: cursor}, nil
}

type memoryStream struct {
	memory
	cursor string
}

func (s *memoryStream) Next(ctx context.Context) (Signal, error) {
	beat := time.NewTimer(15 * time.Second)
	defer beat.Stop()
	for {
		page, changed, err := s.world.page(s.cursor, 1+int(s.roll()*20))
		switch {
		case err != nil:
			return Signal{}, err
		case s.fails():
			return Signal{}, &Error{Status: 4000, Code: "restarting", RetryAfter: 100 * time.Millisecond}
		case len(page.Changes) > 0:
			from := s.cursor
			s.cursor = page.Cursor
			if s.roll() < 0.1 { // tells again what it told before
				at := positionOf(from)
				again, _, _ := s.world.page(s.world.cursor(max(0, at.version-5)), 1000)
				page.Changes = append(again.Changes[:len(again.Changes):len(again.Changes)], page.Changes...)
				slices.SortFunc(page.Changes, func(a, b Change) int { return int(a.Version - b.Version) })
				page.Changes = slices.CompactFunc(page.Changes, func(a, b Change) bool { return a.Version == b.Version })
				page.Changes = slices.DeleteFunc(page.Changes, func(c Change) bool { return c.Version > positionOf(page.Cursor).version })
			}
			return Signal{Cursor: page.Cursor, Head: page.Head, Changes: page.Changes}, pause(ctx, time.Duration(s.roll()*float64(30*time.Millisecond)))
		}
		select {
		case <-changed:
		case <-beat.C:
			return Signal{Head: page.Head}, nil
		case <-ctx.Done():
			return Signal{}, ctx.Err()
		}
	}
}

func (s *memoryStream) Close() error { return nil }

// beatingStream is a memoryStream that is acknowledged and listened to as sockets are.
type beatingStream struct{ *memoryStream }

func (s beatingStream) Heartbeat() time.Duration { return 15 * time.Second }
func (s beatingStream) Every() time.Duration     { return ackEvery }
func (s beatingStream) Ack(_ context.Context, cursor string) error {
	s.world.ack(cursor)
	return nil
}

type beatingMemory struct{ memory }

func (m beatingMemory) Open(ctx context.Context, cursor string) (Stream, error) {
	s, err := m.memory.Open(ctx, cursor)
	if err != nil {
		return nil, err
	}
	return beatingStream{s.(*memoryStream)}, nil
}

// memories are transports of every kind with one source of luck.
func memories(w *world, seed uint64, trouble *float64) (map[Kind]Transport, *sync.Mutex, map[Kind]int) {
	mu, opened := &sync.Mutex{}, map[Kind]int{}
	rng := rand.New(rand.NewPCG(seed, 1))
	m := func(k Kind) memory {
		return memory{world: w, kind: k, rng: rng, mu: mu, trouble: trouble, opened: opened}
	}
	return map[Kind]Transport{
		WebSocket: beatingMemory{m(WebSocket)}, SSE: beatingMemory{m(SSE)}, LongPoll: m(LongPoll), Poll: m(Poll),
	}, mu, opened
}

// witness is a handler that checks what every handler is promised.
type witness struct {
	t        *testing.T
	mu       sync.Mutex
	inside   bool
	start    int64 // what a reset skipped to
	versions []int64
	cursor   string
	resets   int
	statuses []Status
	passing  []Ephemeral
	slow     func()
}

func (w *witness) handle(_ context.Context, e Event) error {
	w.mu.Lock()
	if w.inside {
		w.t.Error("two events at the same time")
	}
	w.inside = true
	w.mu.Unlock()
	if w.slow != nil {
		w.slow()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inside = false
	switch e := e.(type) {
	case Changes:
		w.cursor = e.Cursor
		for _, c := range e.Changes {
			w.versions = append(w.versions, c.Version)
		}
	case Reset:
		w.resets++
		w.cursor, w.versions, w.start = e.Snapshot.Cursor, nil, positionOf(e.Snapshot.Cursor).version
	case Status:
		w.statuses = append(w.statuses, e)
	case Passing:
		w.passing = append(w.passing, e.Signs...)
	}
	return nil
}

func (w *witness) last() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return positionOf(w.cursor).version
}

// verify compares what was told with what happened since the start or the last reset.
func (w *witness) verify(world *world) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var want []int64
	for _, c := range world.all(w.start) {
		want = append(want, c.Version)
	}
	if !slices.Equal(w.versions, want) {
		w.t.Errorf("told %d changes, happened %d: %s", len(w.versions), len(want), difference(w.versions, want))
	}
}

func difference(got, want []int64) string {
	seen := map[int64]int{}
	for _, v := range got {
		seen[v]++
	}
	var b strings.Builder
	for _, v := range want {
		if seen[v] != 1 {
			fmt.Fprintf(&b, " %d was told %d times;", v, seen[v])
		}
	}
	if !slices.IsSorted(got) {
		b.WriteString(" out of order")
	}
	return b.String()
}
