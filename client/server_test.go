package client_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"kinward/client"
	"kinward/internal/account"
	"kinward/internal/kinwardtest"
)

// These tests speak to a real server on a real database and network.

var four = []client.Kind{client.WebSocket, client.SSE, client.LongPoll, client.Poll}

// device is somebody's device: a client with a feed and an outbox, and what they told.
type device struct {
	*client.Client
	id     string
	feed   *client.Feed
	outbox *client.Outbox
	stop   func() error // ends both and returns what the feed ended with

	mu       sync.Mutex
	state    client.State
	messages map[string][]int64 // seqs by conversation, as the feed told new messages
	versions []int64
	resets   int
	used     map[client.Kind]bool
}

func newDevice(t *testing.T, s *kinwardtest.Server, p kinwardtest.Person, kind client.Kind) *device {
	t.Helper()
	c, err := client.New(client.Options{
		Server: strings.TrimSuffix(s.URL, "/api/v1"), Token: p.Token, Transport: kind, PollInterval: 30 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &device{Client: c, id: p.ID, state: client.NewState(p.ID), messages: map[string][]int64{}, used: map[client.Kind]bool{}}
	if d.feed, err = client.NewFeed(c, d.handle, client.FeedOptions{}); err != nil {
		t.Fatal(err)
	}
	if d.outbox, err = client.OpenOutbox(client.OutboxOptions{Sender: c}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var feedErr error
	wg.Go(func() { feedErr = d.feed.Run(ctx) })
	wg.Go(func() { _ = d.outbox.Run(ctx) })
	d.stop = sync.OnceValue(func() error { cancel(); wg.Wait(); c.Close(); return feedErr })
	t.Cleanup(func() { _ = d.stop() })
	await(t, "the first snapshot", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.resets > 0 })
	return d
}

func (d *device) handle(_ context.Context, e client.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch e := e.(type) {
	case client.Reset:
		d.resets++
		d.state = d.state.Reset(e.Snapshot)
		clear(d.messages)
		d.versions = nil
	case client.Changes:
		d.state = d.state.Apply(e.Changes)
		for _, c := range e.Changes {
			d.versions = append(d.versions, c.Version)
			if c.Message != nil {
				d.messages[c.Conversation] = append(d.messages[c.Conversation], c.Message.Seq)
			}
		}
	case client.Status:
		if e.State == client.Live {
			d.used[e.Transport] = true
		}
	}
	return nil
}

func (d *device) heard(conversation string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.messages[conversation])
}

// verify checks that the feed told the messages 1 to n of a conversation once each and in order, and no version twice.
func (d *device) verify(t *testing.T, conversation string, n int64) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	want := make([]int64, n)
	for i := range want {
		want[i] = int64(i + 1)
	}
	if diff := gocmp.Diff(want, d.messages[conversation]); diff != "" {
		t.Errorf("messages: %s", diff)
	}
	if !slices.IsSorted(d.versions) || len(slices.Compact(slices.Clone(d.versions))) != len(d.versions) {
		t.Error("versions out of order or told twice")
	}
}

// converges checks that the snapshot and the changes since amount to what a snapshot taken now tells.
func (d *device) converges(t *testing.T) {
	t.Helper()
	var diff string
	await(t, "the feed to be as far as a snapshot", func() bool {
		now, err := d.Conversations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fresh := client.NewState(d.id).Reset(now).Conversations()
		d.mu.Lock()
		defer d.mu.Unlock()
		diff = gocmp.Diff(comparable(fresh), comparable(d.state.Conversations()))
		return diff == "" || d.feed.Cursor() == now.Cursor
	})
	if diff != "" {
		t.Errorf("a fresh snapshot (-) and snapshot plus feed (+) differ: %s", diff)
	}
}

// comparable leaves out versions, which say when and not what.
func comparable(list []client.Conversation) []client.Conversation {
	for i := range list {
		c := &list[i]
		c.Version = 0
		c.Members = slices.Clone(c.Members)
		slices.SortFunc(c.Members, func(a, b client.Member) int { return cmp.Compare(a.Person.ID, b.Person.ID) })
		c.Members = slices.DeleteFunc(c.Members, func(m client.Member) bool { return m.State == client.MemberLeft })
		for n := range c.Members {
			c.Members[n].Version = 0
		}
		if c.Last != nil {
			last := *c.Last
			last.Version, c.Last = 0, &last
		}
	}
	slices.SortFunc(list, func(a, b client.Conversation) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited too long for %s", what)
		}
	}
}

func direct(t *testing.T, a *device, with kinwardtest.Person) string {
	t.Helper()
	c, err := a.OpenDirect(t.Context(), with.ID)
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// TestServer_pairs: each of the four transports with each, both ends writing at the same time.
func TestServer_pairs(t *testing.T) {
	s := kinwardtest.Start(t)
	for _, a := range four {
		for _, b := range four {
			t.Run(string(a)+"_"+string(b), func(t *testing.T) {
				ann, bob := s.Person(account.Member, name(t, "a")), s.Person(account.Member, name(t, "b"))
				one, two := newDevice(t, s, ann, a), newDevice(t, s, bob, b)
				talk := direct(t, one, bob)
				for n := range 25 {
					for _, d := range []*device{one, two} {
						if _, err := d.outbox.Add(talk, fmt.Sprint(n), 0); err != nil {
							t.Fatal(err)
						}
					}
				}
				for _, d := range []*device{one, two} {
					await(t, "all messages", func() bool { return d.heard(talk) >= 50 })
					d.verify(t, talk, 50)
					if err := d.MarkRead(t.Context(), talk, 50); err != nil {
						t.Error(err)
					}
				}
				one.converges(t)
				two.converges(t)
				if err := errors.Join(one.stop(), two.stop()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func name(t *testing.T, suffix string) string {
	return strings.ToLower(strings.ReplaceAll(t.Name()[strings.LastIndexByte(t.Name(), '/')+1:], "_", "-")) + "-" + suffix
}

// TestServer_switching: under load, the receiving end changes its transport every 50 ms, and the server is restarted.
func TestServer_switching(t *testing.T) {
	for name, restart := range map[string]bool{"steady_server": false, "server_restarts": true} {
		t.Run(name, func(t *testing.T) {
			s := kinwardtest.Start(t)
			ann, bob := s.Person(account.Member, "ann"), s.Person(account.Member, "bob")
			writer, reader := newDevice(t, s, ann, client.WebSocket), newDevice(t, s, bob, client.Auto)
			talk := direct(t, writer, bob)
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			defer cancel()
			written := 0
			var wg sync.WaitGroup
			wg.Go(func() {
				tick := time.NewTicker(4 * time.Millisecond)
				defer tick.Stop()
				for ctx.Err() == nil {
					<-tick.C
					if _, err := writer.outbox.Add(talk, fmt.Sprint(written), 0); err != nil {
						t.Error(err)
					}
					written++
				}
			})
			if restart {
				wg.Go(func() {
					for range 2 {
						<-time.After(time.Second)
						s.Restart()
					}
				})
			}
			rng := rand.New(rand.NewPCG(1, 1))
			for tick := time.NewTicker(50 * time.Millisecond); ctx.Err() == nil; <-tick.C {
				_ = reader.feed.SwitchTransport(client.Kinds()[rng.IntN(5)])
			}
			wg.Wait()
			for _, d := range []*device{writer, reader} {
				d.feed.TryNow()
				d.outbox.TryNow()
				await(t, "all messages", func() bool { return d.heard(talk) >= written })
				d.verify(t, talk, int64(written))
				d.converges(t)
			}
			if err := errors.Join(writer.stop(), reader.stop()); err != nil {
				t.Errorf("Run: %v", err)
			}
			if len(reader.used) != 4 || reader.resets != 1 {
				t.Errorf("used %v, reset %d times", reader.used, reader.resets)
			}
		})
	}
}

// TestServer_signed_out: a device that is signed out elsewhere ends, whichever way it receives.
func TestServer_signed_out(t *testing.T) {
	s := kinwardtest.Start(t)
	for _, k := range four {
		t.Run(string(k), func(t *testing.T) {
			p := s.Person(account.Member, name(t, "x"))
			d := newDevice(t, s, p, k)
			done := make(chan error, 1)
			f, err := client.NewFeed(d.Client, d.handle, client.FeedOptions{})
			if err != nil {
				t.Fatal(err)
			}
			go func() { done <- f.Run(t.Context()) }()
			<-time.After(50 * time.Millisecond)
			other, _ := client.New(client.Options{Server: d.Server(), Token: p.Token})
			if err := other.SignOut(t.Context()); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-done:
				if !errors.Is(err, client.ErrSignedOut) {
					t.Errorf("Run: %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Error("still running 10 s after the session ended")
			}
			other.Close()
			_ = d.stop()
		})
	}
}

// TestServer_delivered: the sender learns that a message has arrived, whichever way the other end receives, and that it
// was read.
func TestServer_delivered(t *testing.T) {
	s := kinwardtest.Start(t)
	for _, k := range four {
		t.Run(string(k), func(t *testing.T) {
			ann, bob := s.Person(account.Member, name(t, "a")), s.Person(account.Member, name(t, "b"))
			writer, reader := newDevice(t, s, ann, client.WebSocket), newDevice(t, s, bob, k)
			talk := direct(t, writer, bob)
			m, err := writer.Send(t.Context(), talk, client.NewMessage{Text: "hello"})
			if err != nil {
				t.Fatal(err)
			}
			mark := func() (m client.Member) {
				writer.mu.Lock()
				defer writer.mu.Unlock()
				c, _ := writer.state.Conversation(talk)
				for _, o := range c.Members {
					if o.Person.ID == bob.ID {
						m = o
					}
				}
				return m
			}
			await(t, "the delivered mark", func() bool { return mark().Delivered == m.Seq })
			if mark().Read != 0 {
				t.Error("read before it was read")
			}
			if err := reader.MarkRead(t.Context(), talk, m.Seq); err != nil {
				t.Fatal(err)
			}
			await(t, "the read mark", func() bool { return mark().Read == m.Seq })
		})
	}
}

// TestServer_calls walks through the calls of a conversation.
func TestServer_calls(t *testing.T) {
	s := kinwardtest.Start(t)
	ann, bob, cid := s.Person(account.Member, "ann"), s.Person(account.Member, "bob"), s.Person(account.Member, "cid")
	a, b, c := newDevice(t, s, ann, client.SSE), newDevice(t, s, bob, client.LongPoll), newDevice(t, s, cid, client.WebSocket)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	group, err := a.OpenGroup(ctx, "Night shift", bob.ID)
	must(err)
	id, err := client.NewID()
	must(err)
	first, err := a.Send(ctx, group.ID, client.NewMessage{ID: id, Text: "one"})
	must(err)
	again, err := a.Send(ctx, group.ID, client.NewMessage{ID: id, Text: "one"})
	must(err)
	if diff := gocmp.Diff(first, again); diff != "" {
		t.Errorf("a repeat is another message: %s", diff)
	}
	e := (*client.Error)(nil)
	if _, err = a.Send(ctx, group.ID, client.NewMessage{ID: id, Text: "other"}); !errors.As(err, &e) || e.Code != client.CodeConflict {
		t.Errorf("the same id with another text: %v", err)
	}
	if _, err = a.Send(ctx, group.ID, client.NewMessage{Text: " "}); !errors.As(err, &e) || e.Field != "text" || client.Temporary(err) {
		t.Errorf("an empty text: %v", err)
	}
	_, err = b.Send(ctx, group.ID, client.NewMessage{Text: "two", ReplyTo: first.Seq})
	must(err)
	corrected, err := a.Correct(ctx, group.ID, first.Seq, "one, corrected")
	must(err)
	if corrected.Text != "one, corrected" || corrected.CorrectedAt == nil {
		t.Errorf("%+v", corrected)
	}
	must(b.Retract(ctx, group.ID, 2))
	must(a.AddMember(ctx, group.ID, cid.ID))
	must(a.Typing(ctx, group.ID))
	history, err := b.History(ctx, group.ID, client.Range{})
	must(err)
	if len(history.Messages) != 2 || history.More || history.Messages[0].Text != "one, corrected" || history.Messages[1].RetractedAt == nil {
		t.Errorf("%+v", history)
	}
	must(b.RemoveMember(ctx, group.ID, "me"))
	await(t, "the leaving to be told", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		_, in := b.state.Conversation(group.ID)
		return !in
	})
	a.converges(t)
	b.converges(t)
	c.converges(t)
	people, err := a.People(ctx, "name cid", 5)
	must(err)
	if len(people) != 1 || people[0].ID != cid.ID {
		t.Errorf("%+v", people)
	}
	sessions, err := a.Sessions(ctx)
	must(err)
	if len(sessions) != 1 || !sessions[0].Current {
		t.Errorf("%+v", sessions)
	}
	if me, err := a.Me(ctx); err != nil || me.ID != ann.ID {
		t.Errorf("%v %+v", err, me)
	}
}
