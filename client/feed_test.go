package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// runFeed runs a feed inside a synctest bubble until stop is called, and returns Run's error from stop.
func runFeed(t *testing.T, w *world, h Handler, opts FeedOptions) (f *Feed, stop func() error) {
	t.Helper()
	c, err := New(Options{Server: "http://nowhere.invalid", Rand: rand.New(rand.NewPCG(1, 2)).Float64})
	if err != nil {
		t.Fatal(err)
	}
	opts.Snapshot = w.snapshot
	if f, err = NewFeed(c, h, opts); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	return f, func() error { cancel(); return <-done }
}

// TestFeed_switching is the promise in one test: whatever breaks and however often the transport is switched, each change
// is told once and in order.
func TestFeed_switching(t *testing.T) {
	for seed := range *seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { switching(t, seed) })
		})
	}
}

func switching(t *testing.T, seed uint64) {
	w, trouble := newWorld(), 0.02*float64(seed%6)
	transports, mu, _ := memories(w, seed, &trouble)
	rng := rand.New(rand.NewPCG(seed, 2))
	see := &witness{t: t}
	if seed%3 == 0 {
		see.slow = func() { _ = pause(t.Context(), time.Duration(seed%40)*time.Millisecond) }
	}
	start := FeedOptions{Transports: transports, Transport: Auto}
	if seed%2 == 0 {
		start.Cursor = w.cursor(0)
	}
	f, stop := runFeed(t, w, see.handle, start)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for p := range 3 {
		luck := rand.New(rand.NewPCG(seed, uint64(p+10)))
		wg.Go(func() {
			for n := 0; pause(ctx, time.Duration(luck.Float64()*float64(50*time.Millisecond))) == nil; n++ {
				if luck.Float64() < 0.3 {
					w.elsewhere()
				} else {
					w.say("p", NewMessage{ID: fmt.Sprint(p, "-", n)})
				}
			}
		})
	}
	for n := 0; pause(ctx, 50*time.Millisecond) == nil; n++ {
		if err := f.SwitchTransport(Kinds()[rng.IntN(5)]); err != nil {
			t.Fatal(err)
		}
		if seed%5 == 4 && n == 200 {
			w.restore()
		}
	}
	wg.Wait()
	mu.Lock()
	trouble = 0
	mu.Unlock()
	f.TryNow()
	pass(2 * time.Minute)
	see.verify(w)
	if seed%5 == 4 && see.resets == 0 {
		t.Error("a restored database went unnoticed")
	}
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
	if see.cursor != f.Cursor() {
		t.Errorf("the feed is at %s, its handler at %s", f.Cursor(), see.cursor)
	}
}

// TestFeed_slow_network: switching faster than any transport can be opened must not stop the feed.
func TestFeed_slow_network(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, see := newWorld(), &witness{t: t}
		slow := map[Kind]Transport{}
		trouble := 0.0
		transports, _, _ := memories(w, 1, &trouble)
		for k, tr := range transports {
			slow[k] = transportFunc(func(ctx context.Context, cursor string) (Stream, error) {
				if err := pause(ctx, 300*time.Millisecond); err != nil {
					return nil, err
				}
				return tr.Open(ctx, cursor)
			})
		}
		f, stop := runFeed(t, w, see.handle, FeedOptions{Transports: slow, Transport: SSE, Cursor: w.cursor(0)})
		for n := range 400 {
			if n%10 == 0 {
				w.say("p", NewMessage{ID: fmt.Sprint(n)})
			}
			pass(50 * time.Millisecond)
			_ = f.SwitchTransport(Kinds()[1+n%4])
		}
		if lag := w.now() - see.last(); lag > 10 {
			t.Errorf("%d changes behind after 20 s of switching", lag)
		}
		pass(10 * time.Second)
		see.verify(w)
		_ = stop()
	})
}

type transportFunc func(ctx context.Context, cursor string) (Stream, error)

func (f transportFunc) Open(ctx context.Context, cursor string) (Stream, error) {
	return f(ctx, cursor)
}

func refuse(err error) Transport {
	return transportFunc(func(context.Context, string) (Stream, error) { return nil, err })
}

func TestFeed_ends(t *testing.T) {
	tests := map[string]struct {
		err  error
		want error
		runs bool
	}{
		"signed_out":     {err: &Error{Status: http.StatusUnauthorized}, want: ErrSignedOut},
		"closed_4501":    {err: &Error{Status: 4501}, want: ErrSignedOut},
		"closed_4500":    {err: &Error{Status: 4500, Code: "malformed"}, want: &Error{}},
		"closed_4999":    {err: &Error{Status: 4999}, want: &Error{}},
		"closed_4000":    {err: &Error{Status: 4000}, runs: true},
		"closed_4499":    {err: &Error{Status: 4499}, runs: true},
		"unavailable":    {err: &Error{Status: http.StatusServiceUnavailable}, runs: true},
		"forbidden":      {err: &Error{Status: http.StatusForbidden}, runs: true},
		"network_broken": {err: errors.New("broken"), runs: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				f, stop := runFeed(t, w, (&witness{t: t}).handle, FeedOptions{
					Transport: WebSocket, Transports: map[Kind]Transport{WebSocket: refuse(tt.err)},
				})
				pass(time.Hour)
				f.mu.Lock()
				running := f.running
				f.mu.Unlock()
				if running != tt.runs {
					t.Errorf("running: %v", running)
				}
				err := stop()
				if errors.Is(tt.want, ErrSignedOut) && !errors.Is(err, ErrSignedOut) {
					t.Errorf("Run: %v", err)
				}
				if e := (*Error)(nil); !tt.runs && !errors.Is(tt.want, ErrSignedOut) && !errors.As(err, &e) {
					t.Errorf("Run: %v", err)
				}
			})
		})
	}
}

func TestFeed_handler_error(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, broken, trouble := newWorld(), errors.New("disk full"), 0.0
		transports, _, _ := memories(w, 1, &trouble)
		w.say("p", NewMessage{ID: "1"})
		fail := func(_ context.Context, e Event) error {
			if _, ok := e.(Changes); ok {
				return broken
			}
			return nil
		}
		f, stop := runFeed(t, w, fail, FeedOptions{Transports: transports, Cursor: w.cursor(0)})
		pass(time.Second)
		if err := stop(); !errors.Is(err, broken) {
			t.Errorf("Run: %v", err)
		}
		if f.Cursor() != w.cursor(0) {
			t.Errorf("the cursor moved to %s past what the handler refused", f.Cursor())
		}
	})
}

// TestFeed_backoff reads the pauses that a feed takes off the statuses it tells.
func TestFeed_backoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, see := newWorld(), &witness{t: t}
		_, stop := runFeed(t, w, see.handle, FeedOptions{
			Transport: SSE, Transports: map[Kind]Transport{SSE: refuse(errors.New("broken"))},
		})
		pass(10 * time.Minute)
		_ = stop()
		var offline, pauses int
		for _, s := range see.statuses {
			if s.RetryIn > backoffCap {
				t.Errorf("a pause of %v", s.RetryIn)
			}
			if s.RetryIn > 0 {
				pauses++
			}
			if s.State == Offline {
				offline++
			}
			if s.State == Live {
				t.Error("live without a connection")
			}
		}
		if pauses < 30 || pauses > 80 { // on average 15 s each once it has grown
			t.Errorf("%d pauses in ten minutes", pauses)
		}
		if offline == 0 {
			t.Error("never told to be offline")
		}
	})
}

func TestFeed_retry_after(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, see := newWorld(), &witness{t: t}
		tries := 0
		busy := transportFunc(func(context.Context, string) (Stream, error) {
			tries++
			return nil, &Error{Status: http.StatusTooManyRequests, RetryAfter: time.Minute}
		})
		f, stop := runFeed(t, w, see.handle, FeedOptions{Transport: Auto, Transports: map[Kind]Transport{WebSocket: busy}})
		pass(61 * time.Second)
		if tries > 2 {
			t.Errorf("%d tries in a minute although told to wait one", tries)
		}
		f.TryNow()
		synctest.Wait()
		if tries != 3 && tries != 2 {
			t.Errorf("TryNow didn't try: %d", tries)
		}
		_ = stop()
	})
}

// TestFeed_auto: a network that spoils sockets and event streams; later it is mended.
func TestFeed_auto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, see, trouble := newWorld(), &witness{t: t}, 0.0
		transports, mu, opened := memories(w, 1, &trouble)
		spoilt := true
		for _, k := range []Kind{WebSocket, SSE} {
			tr := transports[k]
			transports[k] = transportFunc(func(ctx context.Context, cursor string) (Stream, error) {
				mu.Lock()
				bad := spoilt
				mu.Unlock()
				if bad {
					return nil, &Error{Status: http.StatusBadGateway}
				}
				return tr.Open(ctx, cursor)
			})
		}
		f, stop := runFeed(t, w, see.handle, FeedOptions{Transports: transports, Transport: Auto})
		pass(20 * time.Second)
		last := see.statuses[len(see.statuses)-1]
		if last.State != Live || last.Transport != LongPoll || !last.Auto {
			t.Fatalf("after 20 s: %+v", last)
		}
		mu.Lock()
		spoilt = false
		mu.Unlock()
		w.say("p", NewMessage{ID: "1"})
		pass(ladderProbe)
		if last := see.statuses[len(see.statuses)-1]; last.State != Live || last.Transport != WebSocket {
			t.Errorf("after the network was mended: %+v", last)
		}
		if opened[SSE] != 0 {
			t.Error("went up one by one although the best works")
		}
		w.say("p", NewMessage{ID: "2"})
		pass(time.Second)
		see.verify(w)
		_ = f
		_ = stop()
	})
}

// TestFeed_auto_unreachable: a server that is down says nothing against WebSockets.
func TestFeed_auto_unreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, see := newWorld(), &witness{t: t}
		down := refuse(fmt.Errorf("open socket: %w", dialError()))
		f, stop := runFeed(t, w, see.handle, FeedOptions{Transport: Auto, Transports: map[Kind]Transport{WebSocket: down, SSE: down}})
		pass(5 * time.Minute)
		for _, s := range see.statuses {
			if s.Transport != WebSocket {
				t.Fatalf("stepped down to %s", s.Transport)
			}
		}
		_ = f
		_ = stop()
	})
}

// deafStream opens, beats and never tells a change.
type deafStream struct {
	w     *world
	beats int
}

func (s *deafStream) Next(ctx context.Context) (Signal, error) {
	if s.beats--; s.beats < 0 {
		<-ctx.Done()
		return Signal{}, ctx.Err()
	}
	if err := pause(ctx, 15*time.Second); err != nil {
		return Signal{}, err
	}
	return Signal{Head: s.w.now()}, nil
}
func (s *deafStream) Close() error             { return nil }
func (s *deafStream) Heartbeat() time.Duration { return 15 * time.Second }

func TestFeed_deaf(t *testing.T) {
	for name, beats := range map[string]int{"beats_on": 1 << 30, "falls_silent": 0, "falls_silent_later": 3} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, see, trouble, opens := newWorld(), &witness{t: t}, 0.0, 0
				transports, _, _ := memories(w, 1, &trouble)
				transports[WebSocket] = transportFunc(func(context.Context, string) (Stream, error) {
					opens++
					return &deafStream{w: w, beats: beats}, nil
				})
				_, stop := runFeed(t, w, see.handle, FeedOptions{Transports: transports, Transport: Auto})
				pass(time.Second)
				w.say("p", NewMessage{ID: "1"})
				pass(90 * time.Second)
				see.verify(w)
				if opens < 2 && see.statuses[len(see.statuses)-1].Transport == WebSocket {
					t.Error("the deaf connection is still in use")
				}
				_ = stop()
			})
		})
	}
}

func TestFeed_ack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, see, trouble := newWorld(), &witness{t: t}, 0.0
		transports, _, _ := memories(w, 1, &trouble)
		_, stop := runFeed(t, w, see.handle, FeedOptions{Transports: transports, Transport: WebSocket})
		pass(time.Second)
		for n := range 1000 {
			w.say("p", NewMessage{ID: fmt.Sprint(n)})
			pass(2 * time.Millisecond)
		}
		pass(2 * time.Second)
		_ = stop()
		if n := len(w.acked); n < 3 || n > 6 {
			t.Errorf("%d acks for two seconds of messages", n)
		}
		if last := w.acked[len(w.acked)-1]; last != w.cursor(1000) {
			t.Errorf("acknowledged up to %s", last)
		}
	})
}

func TestFeed_two_runs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, trouble := newWorld(), 0.0
		transports, _, _ := memories(w, 1, &trouble)
		f, stop := runFeed(t, w, (&witness{t: t}).handle, FeedOptions{Transports: transports})
		synctest.Wait()
		if f.Run(t.Context()) == nil {
			t.Error("a second Run was let in")
		}
		if err := f.SwitchTransport("pigeon"); err == nil {
			t.Error("an unknown transport was taken")
		}
		_ = stop()
	})
}

// TestFeed_other_epoch: a page that counts in another database is a reset, also when the server fails to say so.
func TestFeed_other_epoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, see, pages := newWorld(), &witness{t: t}, 0
		odd := transportFunc(func(context.Context, string) (Stream, error) {
			return streamFunc(func(ctx context.Context) (Signal, error) {
				if pages++; pages == 1 {
					return Signal{Cursor: "other.3", Changes: versions(3, 3)}, nil
				}
				<-ctx.Done()
				return Signal{}, ctx.Err()
			}), nil
		})
		_, stop := runFeed(t, w, see.handle, FeedOptions{
			Transport: SSE, Cursor: w.cursor(0), Transports: map[Kind]Transport{SSE: odd},
		})
		pass(time.Second)
		if see.resets != 1 || len(see.versions) != 0 {
			t.Errorf("%d resets, told %v", see.resets, see.versions)
		}
		_ = stop()
	})
}

type streamFunc func(ctx context.Context) (Signal, error)

func (f streamFunc) Next(ctx context.Context) (Signal, error) { return f(ctx) }
func (f streamFunc) Close() error                             { return nil }

// TestFeed_stable: after a minute of peace the next trouble begins with the shortest pause.
func TestFeed_stable(t *testing.T) {
	for life, longest := range map[time.Duration]time.Duration{
		50 * time.Second: backoffCap,
		61 * time.Second: backoffBase,
	} {
		synctest.Test(t, func(t *testing.T) {
			w, see, opens := newWorld(), &witness{t: t}, 0
			tr := transportFunc(func(context.Context, string) (Stream, error) {
				if opens++; opens < 12 {
					return nil, errors.New("broken")
				}
				return streamFunc(func(ctx context.Context) (Signal, error) {
					_ = pause(ctx, life)
					return Signal{}, errors.New("broken again")
				}), nil
			})
			_, stop := runFeed(t, w, see.handle, FeedOptions{
				Transport: SSE, Cursor: w.cursor(0), Transports: map[Kind]Transport{SSE: tr},
			})
			pass(20 * time.Minute)
			_ = stop()
			got := time.Duration(0)
			for i, s := range see.statuses {
				if s.State == Reconnecting && i > 0 && see.statuses[i-1].State == Live {
					got = max(got, s.RetryIn)
				}
			}
			if got > longest || got < longest/2 {
				t.Errorf("after lives of %v the longest pause was %v", life, got)
			}
		})
	}
}
