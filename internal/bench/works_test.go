package bench_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kinward/internal/app"
	"kinward/internal/bench"
	"kinward/internal/bench/anchor"
	"kinward/internal/kinwardtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet(string, ...any) {}

// work is one measurement.
type work interface {
	Run(ctx context.Context, t *bench.Target, say bench.Say) (bench.Result, error)
}

var all = []bench.Transport{bench.WebSocket, bench.SSE, bench.LongPoll, bench.Poll}

// small is each work in a size that ends by count.
func small() map[string]work {
	return map[string]work{
		"pairs":          bench.Pairs{Pairs: 2, InFlight: 8, Messages: 100},
		"pairs_one":      bench.Pairs{Pairs: 3, InFlight: 1, Messages: 10},
		"pairs_timed":    bench.Pairs{Pairs: 2, InFlight: 2, WarmUp: 20 * time.Millisecond, For: 100 * time.Millisecond},
		"rate":           bench.Rate{Rate: 2000, Pairs: 3, Messages: 200},
		"rate_timed":     bench.Rate{Rate: 500, Pairs: 2, WarmUp: 20 * time.Millisecond, For: 100 * time.Millisecond},
		"room":           bench.Room{Members: 10, Rate: 200, Messages: 20},
		"room_max":       bench.Room{Members: 10, Messages: 20},
		"idle_websocket": bench.Idle{Connections: 20, Transport: bench.WebSocket, For: 10 * time.Millisecond},
		"idle_sse":       bench.Idle{Connections: 20, Transport: bench.SSE, For: 10 * time.Millisecond},
		"idle_long_poll": bench.Idle{Connections: 20, Transport: bench.LongPoll, For: 10 * time.Millisecond},
		"catchup":        bench.CatchUp{Messages: 1207, Conversations: 5, Transports: all, Times: 2},
		"storm":          bench.Storm{Connections: 20, Transport: bench.WebSocket},
		"storm_sse":      bench.Storm{Connections: 10, Transport: bench.SSE},
		"storm_poll":     bench.Storm{Connections: 10, Transport: bench.Poll},
		"history":        bench.History{Messages: 130, Page: 50},
	}
}

func check(t *testing.T, w work, target *bench.Target) bench.Result {
	t.Helper()
	r, err := w.Run(t.Context(), target, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if r.Faults.Any() {
		t.Errorf("%s", r.Faults)
	}
	if len(r.Figures) == 0 {
		t.Error("nothing was measured")
	}
	for _, f := range r.Figures {
		if f.Value != f.Value || f.Value > 1e12 {
			t.Errorf("%s is %v", f.Name, f.Value)
		}
	}
	return r
}

// TestWorks gives each work to a whole server, small.
func TestWorks(t *testing.T) {
	s := kinwardtest.Start(t)
	for name, w := range small() {
		t.Run(name, func(t *testing.T) { check(t, w, targetOf(t, "kinward", strings.TrimSuffix(s.URL, "/api/v1"))) })
	}
}

func targetOf(t *testing.T, name string, servers ...string) *bench.Target {
	t.Helper()
	target, err := bench.NewTarget(name, servers, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target
}

// TestWorks_anchors gives both anchors what they are for.
func TestWorks_anchors(t *testing.T) {
	works := small()
	for kind, names := range map[string][]string{
		"relay":  {"pairs", "pairs_one", "rate", "room", "room_max", "idle_websocket"},
		"stored": {"pairs", "pairs_one", "rate", "room", "room_max", "idle_websocket", "catchup"},
	} {
		dir := ""
		if kind == "stored" {
			dir = t.TempDir()
		}
		addr := serveAnchor(t, dir)
		for _, name := range names {
			w := works[name]
			if c, ok := w.(bench.CatchUp); ok {
				c.Transports = c.Transports[:1]
				w = c
			}
			t.Run(kind+"/"+name, func(t *testing.T) { check(t, w, targetOf(t, kind, "http://"+addr)) })
		}
	}
}

func serveAnchor(t testing.TB, dir string) (addr string) {
	t.Helper()
	s, err := anchor.Open(t.Context(), "127.0.0.1:0", dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s.Addr()
}

// TestIdle_people: the same people are there in the next run.
func TestIdle_people(t *testing.T) {
	s := kinwardtest.Start(t)
	target := targetOf(t, "kinward", strings.TrimSuffix(s.URL, "/api/v1"))
	roll := &bench.Roll{Path: filepath.Join(t.TempDir(), "people.json")}
	w := bench.Idle{Connections: 5, Transport: bench.WebSocket, For: time.Millisecond, People: roll}
	check(t, w, target)
	check(t, w, target)
	if held, _ := check(t, w, target).Of("held"); held != 5 {
		t.Errorf("%v are held", held)
	}
	w.Connections = 6
	if _, err := w.Run(t.Context(), target, quiet); err == nil || !strings.Contains(err.Error(), "has 5 people") {
		t.Error(err)
	}
}

// TestWorks_refused: a server that isn't set up for this says what is to be done.
func TestWorks_refused(t *testing.T) {
	s := kinwardtest.Start(t, func(c *app.Config) { c.Registration = "closed" })
	target := targetOf(t, "kinward", strings.TrimSuffix(s.URL, "/api/v1"))
	_, err := bench.Pairs{Pairs: 1, InFlight: 1, Messages: 1}.Run(t.Context(), target, quiet)
	if err == nil || !strings.Contains(err.Error(), "--registration open --rate-limits off") {
		t.Error(err)
	}
}

// TestWorks_cut: a run that is interrupted ends, and leaves nothing behind.
func TestWorks_cut(t *testing.T) {
	s := kinwardtest.Start(t)
	target := targetOf(t, "kinward", strings.TrimSuffix(s.URL, "/api/v1"))
	for name, w := range map[string]work{
		"pairs": bench.Pairs{Pairs: 2, InFlight: 2, For: time.Hour},
		"rate":  bench.Rate{Rate: 100, Pairs: 2, For: time.Hour},
		"room":  bench.Room{Members: 3, For: time.Hour},
		"idle":  bench.Idle{Connections: 3, Transport: bench.WebSocket, For: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			steps := 0
			_, err := w.Run(ctx, target, func(string, ...any) {
				if steps++; steps == 3 { // people are made, they connect, and then they write
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}

// TestWorks_stopped: a server that goes away fails the run instead of giving figures.
func TestWorks_stopped(t *testing.T) {
	s := kinwardtest.Start(t)
	target := targetOf(t, "kinward", strings.TrimSuffix(s.URL, "/api/v1"))
	steps := 0
	_, err := bench.Room{Members: 3, For: time.Hour}.Run(t.Context(), target, func(string, ...any) {
		if steps++; steps == 3 {
			s.Stop()
		}
	})
	if err == nil {
		t.Error("a run without a server gave a result")
	}
}

func TestTarget_check(t *testing.T) {
	for server, ok := range map[string]bool{
		"http://127.0.0.1:1": true, "http://[::1]:1": true, "http://localhost:1": true, "http://10.1.2.3": false, "https://192.0.2.1:443": false,
	} {
		if err := targetOf(t, "kinward", server).Check(t.Context()); (err == nil) != ok {
			t.Errorf("%s: %v", server, err)
		}
	}
	for _, server := range []string{"", "127.0.0.1:80", "ftp://127.0.0.1", "http://"} {
		if _, err := bench.NewTarget("kinward", []string{server}, nil); err == nil {
			t.Errorf("%q is taken for a server", server)
		}
	}
	if _, err := bench.NewTarget("kinward", nil, nil); err == nil {
		t.Error("no server is taken for one")
	}
}

func TestResult_histogram(t *testing.T) {
	s := kinwardtest.Start(t)
	r := check(t, bench.Pairs{Pairs: 1, InFlight: 1, Messages: 20}, targetOf(t, "kinward", strings.TrimSuffix(s.URL, "/api/v1")))
	var b strings.Builder
	if err := r.WriteHistogram(&b); err != nil || !strings.Contains(b.String(), "Percentile") || !strings.Contains(b.String(), "20") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// TestStorm_cut: whoever has not come back when a storm is interrupted is nobody to hang up on.
func TestStorm_cut(t *testing.T) {
	s := kinwardtest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := bench.Storm{Connections: 5, Transport: bench.WebSocket}
	_, err := w.Run(ctx, targetOf(t, "kinward", strings.TrimSuffix(s.URL, "/api/v1")), func(format string, _ ...any) {
		if strings.HasSuffix(format, "come back") {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
