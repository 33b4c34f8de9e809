package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kinward/internal/protocol"
)

var four = []Kind{WebSocket, SSE, LongPoll, Poll}

// follow runs a feed of c over real HTTP until the test ends or stop is called.
func follow(t *testing.T, c *Client, h Handler, opts FeedOptions) (f *Feed, stop func() error) {
	t.Helper()
	f, err := NewFeed(c, h, opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = stop() })
	return f, stop
}

// await waits until ok or fails the test.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// TestTransports_pairs: two people, each on any of the four transports, write to each other at the same time.
func TestTransports_pairs(t *testing.T) {
	for _, a := range four {
		for _, b := range four {
			t.Run(string(a)+"_"+string(b), func(t *testing.T) {
				t.Parallel()
				s := serve(t)
				var wg sync.WaitGroup
				witnesses := map[string]*witness{"ana": {t: t}, "bo": {t: t}}
				for who, kind := range map[string]Kind{"ana": a, "bo": b} {
					c := s.client(t, who)
					follow(t, c, witnesses[who].handle, FeedOptions{Transport: kind, Cursor: "e.0"})
					wg.Go(func() {
						for n := range 50 {
							if _, err := c.Send(t.Context(), talk, NewMessage{Text: fmt.Sprint(n)}); err != nil {
								t.Errorf("send: %v", err)
							}
						}
					})
				}
				wg.Wait()
				for _, w := range witnesses {
					await(t, "the last message", func() bool { return w.last() == 100 })
					w.verify(s.world)
				}
			})
		}
	}
}

// TestTransports_switching switches every 50 ms under load.
func TestTransports_switching(t *testing.T) {
	s := serve(t)
	w, c := &witness{t: t}, s.client(t, "ana")
	f, stop := follow(t, c, w.handle, FeedOptions{Cursor: "e.0"})
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for p := range 2 {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				s.say("bo", NewMessage{ID: fmt.Sprint(p, "-", n), Text: "x"})
				_ = pause(ctx, time.Millisecond)
			}
		})
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for pause(ctx, 50*time.Millisecond) == nil {
		_ = f.SwitchTransport(Kinds()[rng.IntN(5)])
	}
	wg.Wait()
	await(t, "all to arrive", func() bool { return w.last() == s.now() })
	w.verify(s.world)
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
	used := map[Kind]bool{}
	for _, st := range w.statuses {
		used[st.Transport] = used[st.Transport] || st.State == Live
	}
	if len(used) != 4 {
		t.Errorf("only %v were in use", used)
	}
}

func TestTransports_reset(t *testing.T) {
	for _, k := range four {
		t.Run(string(k), func(t *testing.T) {
			s, w := serve(t), &witness{t: t}
			follow(t, s.client(t, "ana"), w.handle, FeedOptions{Transport: k, Cursor: "older.77"})
			await(t, "the reset", func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.resets == 1 })
			s.say("bo", NewMessage{ID: "1"})
			await(t, "what came after", func() bool { return w.last() == 1 })
			s.restore()
			await(t, "the second reset", func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.resets == 2 })
			s.say("bo", NewMessage{ID: "2"})
			await(t, "what came after", func() bool { return w.last() == 2 })
			w.verify(s.world)
		})
	}
}

func TestTransports_signed_out(t *testing.T) {
	for _, k := range four {
		t.Run(string(k), func(t *testing.T) {
			s := serve(t)
			s.refuse.Store(401)
			f, err := NewFeed(s.client(t, "ana"), (&witness{t: t}).handle, FeedOptions{Transport: k, Cursor: "e.0"})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Run(t.Context()); !errors.Is(err, ErrSignedOut) {
				t.Errorf("Run: %v", err)
			}
		})
	}
}

// TestTransports_acknowledge: on each transport the server learns how far the client has got.
func TestTransports_acknowledge(t *testing.T) {
	for _, k := range four {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			s, w := serve(t), &witness{t: t}
			follow(t, s.client(t, "ana"), w.handle, FeedOptions{Transport: k, Cursor: "e.0"})
			for n := range 3 {
				s.say("bo", NewMessage{ID: fmt.Sprint(n)})
			}
			await(t, "the acknowledgement", func() bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				return slices.Contains(s.acked, "e.3")
			})
		})
	}
}

// TestTransports_server_goes_away and comes back: what was said meanwhile is told then.
func TestTransports_server_goes_away(t *testing.T) {
	for _, k := range four {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			s, w := serve(t), &witness{t: t}
			f, _ := follow(t, s.client(t, "ana"), w.handle, FeedOptions{Transport: k, Cursor: "e.0"})
			s.say("bo", NewMessage{ID: "1"})
			await(t, "the first", func() bool { return w.last() == 1 })
			s.refuse.Store(503)
			s.drop()
			s.say("bo", NewMessage{ID: "2"})
			await(t, "the trouble to be told", func() bool {
				w.mu.Lock()
				defer w.mu.Unlock()
				return w.statuses[len(w.statuses)-1].Err != nil
			})
			s.refuse.Store(0)
			f.TryNow()
			await(t, "the second", func() bool { return w.last() == 2 })
			w.verify(s.world)
			if _, ok := s.lastIDs.Load("e.1"); k == SSE && !ok {
				t.Error("the cursor was not presented as Last-Event-ID")
			}
		})
	}
}

// TestTransports_tls: behind TLS, where plain requests go by HTTP/2 and sockets can't.
func TestTransports_tls(t *testing.T) {
	s := serve(t)
	secure := httptest.NewUnstartedServer(s.Config.Handler)
	secure.EnableHTTP2 = true
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for _, k := range four {
		t.Run(string(k), func(t *testing.T) {
			c, err := New(Options{Server: secure.URL, Token: "ana", HTTPClient: secure.Client(), PollInterval: 20 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			w, from := &witness{t: t}, s.now()
			w.start = from
			_, stop := follow(t, c, w.handle, FeedOptions{Transport: k, Cursor: s.cursor(from)})
			if _, err := c.Send(t.Context(), talk, NewMessage{Text: "x"}); err != nil {
				t.Fatal(err)
			}
			await(t, "the message", func() bool { return w.last() == from+1 })
			w.verify(s.world)
			_ = stop()
		})
	}
}

// TestSocket_bye: the close code says whether to come back, the bye before it when.
func TestSocket_bye(t *testing.T) {
	tests := map[string]struct {
		bye   protocol.ServerFrame
		close websocket.StatusCode
		check func(err error) bool
	}{
		"restarting": {protocol.ServerFrame{Op: "bye", Code: "restarting", RetryAfterMS: 1500}, 4000, func(err error) bool {
			return retryAfter(err) == 1500*time.Millisecond && !blames(err)
		}},
		"revoked":    {protocol.ServerFrame{Op: "bye", Code: "revoked"}, 4501, func(err error) bool { return errors.Is(err, ErrSignedOut) }},
		"reset":      {protocol.ServerFrame{Op: "bye", Code: "reset"}, 4410, func(err error) bool { return errors.Is(err, ErrReset) }},
		"final":      {protocol.ServerFrame{Op: "bye", Code: "malformed"}, 4500, func(err error) bool { e := &Error{}; return errors.As(err, &e) && final(e) }},
		"no_bye":     {protocol.ServerFrame{Op: "head"}, 4001, func(err error) bool { e := &Error{}; return errors.As(err, &e) && !final(e) }},
		"going_away": {protocol.ServerFrame{Op: "head"}, 1001, func(err error) bool { e := &Error{}; return !errors.As(err, &e) }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
				if err != nil {
					return
				}
				_ = conn.Write(r.Context(), websocket.MessageText, []byte(`{"op":"ready","head":1,"news":{"a":[1]}}`))
				b := fmt.Sprintf(`{"op":%q,"code":%q,"retry_after_ms":%d}`, tt.bye.Op, tt.bye.Code, tt.bye.RetryAfterMS)
				_ = conn.Write(r.Context(), websocket.MessageText, []byte(b))
				_ = conn.Close(tt.close, "")
			}))
			defer server.Close()
			c, _ := New(Options{Server: server.URL})
			defer c.Close()
			stream, err := c.transports()[WebSocket].Open(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			for err == nil {
				_, err = stream.Next(t.Context())
			}
			if !tt.check(err) {
				t.Errorf("%#v", err)
			}
		})
	}
}

// TestTransports_not_kinward: whatever answers in the server's place must not pass for a feed.
func TestTransports_not_kinward(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<html>Sign in to the hospital's Wi-Fi")
	}))
	defer server.Close()
	c, _ := New(Options{Server: server.URL})
	defer c.Close()
	for _, k := range four {
		if _, err := c.transports()[k].Open(t.Context(), "e.1"); err == nil {
			t.Errorf("%s took it", k)
		} else if strings.Contains(err.Error(), "e.1") {
			t.Errorf("%s: the error holds the address: %v", k, err)
		}
	}
}
