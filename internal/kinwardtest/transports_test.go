package kinwardtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"kinward/client"
	"kinward/internal/account"
)

// sayMany sends n messages, one after another, and returns what was acknowledged.
func sayMany(ctx context.Context, d *device, conversation string, n int) (sent []wireMessage, err error) {
	for i := range n {
		m, err := d.send(ctx, conversation, fmt.Sprintf("%s says %d in %s", d.person.Handle, i, conversation))
		if err != nil {
			return sent, fmt.Errorf("%s, message %d: %w", d.person.Handle, i, err)
		}
		sent = append(sent, m)
	}
	return sent, nil
}

// sayTogether has several devices send at the same time and returns all that was acknowledged.
func sayTogether(t testing.TB, conversation string, n int, devices ...*device) (all []wireMessage) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, d := range devices {
		wg.Go(func() {
			sent, err := sayMany(ctx, d, conversation, n)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			all = append(all, sent...)
		})
	}
	wg.Wait()
	return all
}

// TestTransports_pairs: two people, each on any of the four transports, write to each other at the same time.
func TestTransports_pairs(t *testing.T) {
	t.Parallel()
	const n = 200
	s := Start(t)
	for _, a := range transports {
		for _, b := range transports {
			t.Run(a+"_and_"+b, func(t *testing.T) {
				t.Parallel()
				s := s.For(t)
				ana, bo := s.Person(account.Member, "ana."+a+"."+b), s.Person(account.Member, "bo."+a+"."+b)
				talk := s.direct(ana, bo)
				one, two := newDevice(t, s.URL, ana, a, s.present(ana)), newDevice(t, s.URL, bo, b, s.present(bo))
				sent := sayTogether(t, talk, n, one, two)
				if len(sent) != 2*n {
					t.Fatalf("%d messages were acknowledged, want %d", len(sent), 2*n)
				}
				one.check(t, "ana", talk, sent)
				two.check(t, "bo", talk, sent)
			})
		}
	}
}

// TestTransports_switching changes the transport of both ends every 50 ms while both write, half of the time by tearing the
// line without a goodbye.
func TestTransports_switching(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	one, two := newDevice(t, s.URL, ana, "poll", s.present(ana)), newDevice(t, s.URL, bo, "sse", s.present(bo))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for i, d := range []*device{one, two} {
		luck := rand.New(rand.NewPCG(uint64(i), 7))
		wg.Go(func() {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					if luck.IntN(2) == 0 {
						d.net.cut()
					}
					d.change(transports[luck.IntN(len(transports))])
				case <-done:
					return
				}
			}
		})
	}
	sent := sayTogether(t, talk, 150, one, two)
	close(done)
	wg.Wait()
	one.check(t, "ana", talk, sent)
	two.check(t, "bo", talk, sent)
	if got := s.history(ana, talk); len(got) != len(sent) {
		t.Errorf("the conversation has %d messages, and %d were acknowledged", len(got), len(sent))
	}
}

// sdkEnd is somebody who uses the Go SDK.
type sdkEnd struct {
	heard
	feed   *client.Feed
	client *client.Client
}

func newSDKEnd(t testing.TB, s *Server, p Person, kind client.Kind) *sdkEnd {
	t.Helper()
	e := &sdkEnd{}
	var err error
	e.client, err = client.New(client.Options{Server: "http://" + s.App.Addr(), Token: p.Token, PollInterval: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	e.feed, err = client.NewFeed(e.client, e.handle, client.FeedOptions{Transport: kind, Cursor: s.present(p)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.feed.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the feed ended: %v", err)
		}
		e.client.Close()
	})
	return e
}

// handle notes events in the same form as the strangers' devices do.
func (e *sdkEnd) handle(_ context.Context, event client.Event) error {
	changes, ok := event.(client.Changes)
	if !ok {
		if r, reset := event.(client.Reset); reset {
			e.mu.Lock()
			e.faults = append(e.faults, "reset to "+r.Snapshot.Cursor)
			e.mu.Unlock()
		}
		return nil
	}
	page := wirePage{Cursor: changes.Cursor}
	for _, c := range changes.Changes {
		w := wireChange{Version: c.Version, Type: c.Type, Conversation: c.Conversation}
		if c.Message != nil {
			m := fromSDK(*c.Message)
			w.Message = &m
		}
		page.Changes = append(page.Changes, w)
	}
	e.note("sdk", page)
	return nil
}

func fromSDK(m client.Message) wireMessage {
	created, _ := m.CreatedAt.MarshalText() // never fails
	return wireMessage{
		Conversation: m.Conversation, Seq: m.Seq, ID: m.ID, Sender: m.Sender, Text: m.Text, Kind: m.Kind,
		ReplyTo: m.ReplyTo, CreatedAt: string(created), Version: m.Version,
	}
}

// TestTransports_sdk: the SDK switches at random while it sends and receives, and loses and doubles nothing.
func TestTransports_sdk(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	ends := []*sdkEnd{newSDKEnd(t, s, ana, client.WebSocket), newSDKEnd(t, s, bo, client.Poll)}
	done := make(chan struct{})
	var switching, sending sync.WaitGroup
	for i, e := range ends {
		luck := rand.New(rand.NewPCG(uint64(i), 3))
		switching.Go(func() {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					if err := e.feed.SwitchTransport(client.Kinds()[luck.IntN(5)]); err != nil {
						t.Error(err)
					}
				case <-done:
					return
				}
			}
		})
	}
	var mu sync.Mutex
	var sent []wireMessage
	for _, e := range ends {
		sending.Go(func() {
			for i := range 150 {
				m, err := e.client.Send(t.Context(), talk, client.NewMessage{Text: fmt.Sprint("number ", i)})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				sent = append(sent, fromSDK(m))
				mu.Unlock()
			}
		})
	}
	sending.Wait()
	close(done)
	switching.Wait()
	ends[0].check(t, "ana", talk, sent)
	ends[1].check(t, "bo", talk, sent)
}
