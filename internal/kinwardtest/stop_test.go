package kinwardtest

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"kinward/internal/account"
)

// TestStop_tells_everyone: who is connected when the server stops is told to come back, and when; held polls are answered.
func TestStop_tells_everyone(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	now := s.present(ana)
	ctx := limited(t)
	ends := map[string]chan error{}
	for _, transport := range transports[1:] {
		l, err := stranger(t, s, ana).open(ctx, transport, now)
		if err != nil {
			t.Fatal(err)
		}
		defer l.hangUp()
		if p, ok := l.(*pollLine); ok {
			p.asked = true // hold at once
		}
		end := make(chan error, 1)
		ends[transport] = end
		go func() { end <- until(ctx, l, nothing) }()
	}
	held := func() bool { return s.gauge("kinward_feed_subscriptions") == 3 }
	eventually(t, "three held connections", held)
	s.Stop()
	want := map[string]func(e *ended) bool{
		"long-poll": func(e *ended) bool { return e.status == 503 && e.code == "unavailable" && e.retryMS > 0 },
		"sse":       func(e *ended) bool { return e.code == "bye restarting" && e.retryMS > 0 },
		"websocket": func(e *ended) bool { return e.status == 4000 && e.code == "restarting" && e.retryMS > 0 },
	}
	for transport, ok := range want {
		err := <-ends[transport]
		if e := (*ended)(nil); !errors.As(err, &e) || !ok(e) {
			t.Errorf("%s ended with %v", transport, err)
		}
	}
}

// gauge reads a figure of /metrics.
func (s *Server) gauge(name string) float64 {
	s.t.Helper()
	var v float64
	a := s.Call("", http.MethodGet, "/metrics", nil)
	for _, text := range splitLines(a.Body) {
		if n, err := fmt.Sscanf(text, name+" %g", &v); err == nil && n == 1 {
			return v
		}
	}
	s.t.Fatalf("there is no %s in /metrics", name)
	return 0
}

// TestStop_restart_loses_nothing: devices on every transport go through two restarts while messages are sent.
func TestStop_restart_loses_nothing(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	now := s.present(bo)
	sender := newDevice(t, s.URL, ana, "websocket", now)
	var readers []*device
	for _, transport := range transports {
		readers = append(readers, newDevice(t, s.URL, bo, transport, now))
	}
	done := make(chan []wireMessage)
	go func() { done <- sayTogether(t, talk, 150, sender) }()
	for _, least := range []int{30, 90} {
		eventually(t, "some messages", func() bool { return readers[3].count() >= least })
		s.Restart()
	}
	sent := <-done
	for i, d := range readers {
		d.check(t, transports[i], talk, sent)
	}
}
