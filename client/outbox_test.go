package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// postman is a server that stores messages by id, and answers, breaks or refuses as fate says.
type postman struct {
	mu     sync.Mutex
	fate   func(conversation string, m NewMessage, try int) error // nil stores and answers
	tries  map[string]int
	stored map[string][]string // texts by conversation, in order of arrival
	ids    map[string]bool
	now    map[string]int // requests under way by conversation
	t      *testing.T
}

// errLost: the message was stored, but the answer got lost.
var errLost = errors.New("answer lost")

func newPostman(t *testing.T) *postman {
	return &postman{t: t, tries: map[string]int{}, stored: map[string][]string{}, ids: map[string]bool{}, now: map[string]int{}}
}

func (p *postman) Send(ctx context.Context, conversation string, m NewMessage) (Message, error) {
	p.mu.Lock()
	p.tries[m.ID]++
	try := p.tries[m.ID]
	if p.now[conversation]++; p.now[conversation] > 1 {
		p.t.Error("two requests of one conversation at a time")
	}
	p.mu.Unlock()
	err := pause(ctx, 20*time.Millisecond)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now[conversation]--
	if err == nil && p.fate != nil {
		err = p.fate(conversation, m, try)
	}
	if (err == nil || errors.Is(err, errLost)) && !p.ids[m.ID] {
		p.ids[m.ID] = true
		p.stored[conversation] = append(p.stored[conversation], m.Text)
	}
	return Message{ID: m.ID, Conversation: conversation, Text: m.Text, Seq: int64(len(p.stored[conversation]))}, err
}

func runOutbox(t *testing.T, opts OutboxOptions) (o *Outbox, stop func() error) {
	t.Helper()
	o, err := OpenOutbox(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	return o, func() error { cancel(); return <-done }
}

// TestOutbox_order: whatever gets lost, each conversation's messages arrive once and in the order written.
func TestOutbox_order(t *testing.T) {
	for seed := range *seeds {
		synctest.Test(t, func(t *testing.T) {
			p, rng, luck := newPostman(t), rand.New(rand.NewPCG(seed, 3)), rand.New(rand.NewPCG(seed, 4))
			p.fate = func(string, NewMessage, int) error {
				switch r := luck.Float64(); {
				case r < 0.2:
					return errors.New("broken before")
				case r < 0.4:
					return errLost
				case r < 0.5:
					return &Error{Status: 503, RetryAfter: 3 * time.Second}
				}
				return nil
			}
			var told []Entry
			store := &MemoryStore{}
			opts := OutboxOptions{
				Sender: p, Store: store, Rand: rand.New(rand.NewPCG(seed, 5)).Float64,
				Notify: func(e Entry) { told = append(told, e) },
			}
			o, stop := runOutbox(t, opts)
			want := map[string][]string{}
			for n := range 40 {
				c := fmt.Sprint("c", rng.IntN(6))
				want[c] = append(want[c], fmt.Sprint(n))
				if _, err := o.Add(c, fmt.Sprint(n), 0); err != nil {
					t.Fatal(err)
				}
				if n == 20 { // the program is closed and started again
					if err := stop(); err != nil {
						t.Fatal(err)
					}
					o, stop = runOutbox(t, opts)
				}
				pass(time.Duration(rng.IntN(200)) * time.Millisecond)
			}
			pass(30 * time.Minute)
			if diff := cmp.Diff(want, p.stored); diff != "" {
				t.Errorf("seed %d: %s", seed, diff)
			}
			if left, _ := store.Load(); len(left) != 0 || len(o.Entries()) != 0 {
				t.Errorf("seed %d: %d left over", seed, len(left))
			}
			sent := slices.DeleteFunc(told, func(e Entry) bool { return e.State != Sent })
			if len(sent) < 38 || len(sent) > 40 { // those under way at the restart are told of by the second run
				t.Errorf("seed %d: told of %d sent", seed, len(sent))
			}
			_ = stop()
		})
	}
}

func TestOutbox_refused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, rude := newPostman(t), true
		p.fate = func(_ string, m NewMessage, _ int) error {
			if m.Text == "bad" && rude {
				return &Error{Status: 422, Code: CodeInvalid, Field: "text"}
			}
			return nil
		}
		o, stop := runOutbox(t, OutboxOptions{Sender: p})
		bad, _ := o.Add("a", "bad", 0)
		_, _ = o.Add("a", "after", 0)
		_, _ = o.Add("b", "other", 0)
		pass(time.Minute)
		want := []Entry{{ID: bad.ID, Text: "bad", State: Failed, Tries: 1}, {Text: "after", State: Waiting}}
		got := o.Entries()
		ignore := cmpopts.IgnoreFields(Entry{}, "ID", "Conversation", "CreatedAt", "Err")
		if diff := cmp.Diff(want, got, ignore); diff != "" {
			t.Errorf("entries: %s", diff)
		}
		if diff := cmp.Diff(map[string][]string{"b": {"other"}}, p.stored); diff != "" {
			t.Errorf("stored: %s", diff)
		}
		p.mu.Lock()
		rude = false
		p.mu.Unlock()
		if err := o.Retry(bad.ID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if diff := cmp.Diff([]string{"bad", "after"}, p.stored["a"]); diff != "" {
			t.Errorf("after Retry: %s", diff)
		}
		if err := o.Retry(bad.ID); !errors.Is(err, ErrNoEntry) {
			t.Errorf("Retry of a sent one: %v", err)
		}
		_ = stop()
	})
}

func TestOutbox_discard_lets_the_next_go(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPostman(t)
		p.fate = func(_ string, m NewMessage, _ int) error {
			if m.Text == "bad" {
				return &Error{Status: 404}
			}
			return nil
		}
		o, stop := runOutbox(t, OutboxOptions{Sender: p})
		bad, _ := o.Add("a", "bad", 0)
		_, _ = o.Add("a", "next", 7)
		pass(time.Second)
		if err := o.Discard(bad.ID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if diff := cmp.Diff([]string{"next"}, p.stored["a"]); diff != "" {
			t.Error(diff)
		}
		_ = stop()
	})
}

func TestOutbox_signed_out(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPostman(t)
		p.fate = func(string, NewMessage, int) error { return &Error{Status: 401, Code: CodeUnauthenticated} }
		store := &MemoryStore{}
		o, err := OpenOutbox(OutboxOptions{Sender: p, Store: store})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = o.Add("a", "kept", 0)
		if err := o.Run(t.Context()); !errors.Is(err, ErrSignedOut) {
			t.Fatalf("Run: %v", err)
		}
		p.fate = nil
		_, stop := runOutbox(t, OutboxOptions{Sender: p, Store: store})
		pass(time.Second)
		if diff := cmp.Diff([]string{"kept"}, p.stored["a"]); diff != "" {
			t.Error(diff)
		}
		_ = stop()
	})
}

func TestOutbox_pauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPostman(t)
		p.fate = func(string, NewMessage, int) error { return errors.New("no network") }
		o, stop := runOutbox(t, OutboxOptions{Sender: p, Rand: func() float64 { return 0.5 }})
		e, _ := o.Add("a", "x", 0)
		pass(10 * time.Minute)
		if n := p.tries[e.ID]; n < 40 || n > 50 {
			t.Errorf("%d tries in ten minutes", n)
		}
		p.mu.Lock()
		p.fate = nil
		p.mu.Unlock()
		o.TryNow()
		pass(time.Second)
		if len(o.Entries()) != 0 {
			t.Error("TryNow didn't try")
		}
		_ = stop()
	})
}

func TestFileStore(t *testing.T) {
	s := FileStore{Path: filepath.Join(t.TempDir(), "deep", "outbox.json")}
	if got, err := s.Load(); err != nil || got != nil {
		t.Fatalf("a missing file: %v, %v", got, err)
	}
	want := []Entry{
		{ID: "1", Conversation: "c", Text: "héllo\n👋", State: Waiting, CreatedAt: Time{Time: time.Unix(1, 0).UTC()}},
		{ID: "2", Conversation: "c", Text: "x", ReplyTo: 4, State: Failed, Tries: 2},
	}
	for range 2 {
		if err := s.Save(want); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Load()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	info, err := os.Stat(s.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(filepath.Dir(s.Path)); len(files) != 1 {
		t.Errorf("files left behind: %v", files)
	}
	if err := os.WriteFile(s.Path, []byte("{torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(); err == nil {
		t.Error("a torn file passed for an outbox")
	}
}
