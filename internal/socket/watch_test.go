package socket

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// toldWaiter passes on calls of Readable.
type toldWaiter struct{ calls chan bool }

func (w toldWaiter) Readable() { w.calls <- true }

func watching(t *testing.T) *Watch {
	t.Helper()
	w, err := NewWatch()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- w.Run() }()
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return w
}

// Bytes, and the end, are told once each time it is asked for, and stay to be read.
func TestWatch(t *testing.T) {
	w := watching(t)
	client, server := loopback(t)
	waiter := toldWaiter{make(chan bool, 1)}
	watched, err := w.Add(server, waiter)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := client.Write([]byte("ab")); err != nil {
			t.Fatal(err)
		}
		<-waiter.calls
		if _, err := io.ReadFull(server, make([]byte, 2)); err != nil {
			t.Fatal(err)
		}
		if err := w.Again(watched); err != nil {
			t.Fatal(err)
		}
	}
	client.Close()
	<-waiter.calls
	if n, err := server.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read %d, %v", n, err)
	}
	w.Forget(watched)
	w.Forget(watched)
	if len(w.waits) != 0 {
		t.Error("it is remembered")
	}
}

// What there was before Add is told too, and nothing after Forget, not even where the system uses the descriptor again.
func TestWatch_forget(t *testing.T) {
	w := watching(t)
	client, server := loopback(t)
	if _, err := client.Write([]byte("early")); err != nil {
		t.Fatal(err)
	}
	first := toldWaiter{make(chan bool, 1)}
	watched, err := w.Add(server, first)
	if err != nil {
		t.Fatal(err)
	}
	<-first.calls
	server.Close()
	w.Forget(watched)
	client2, server2 := loopback(t)
	second := toldWaiter{make(chan bool, 1)}
	if _, err := w.Add(server2, second); err != nil {
		t.Fatal(err)
	}
	client2.Close()
	<-second.calls
	if len(first.calls) > 0 {
		t.Error("told about another's connection")
	}
}

// Many at once are all told.
func TestWatch_many(t *testing.T) {
	const n = 500
	w := watching(t)
	var told atomic.Int64
	all := make(chan bool)
	var clients []net.Conn
	for range n {
		client, server := loopback(t)
		clients = append(clients, client)
		if _, err := w.Add(server, countWaiter(func() {
			if told.Add(1) == n {
				close(all)
			}
		})); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range clients {
		c.Close()
	}
	select {
	case <-all:
	case <-time.After(20 * time.Second):
		t.Errorf("%d of %d were told", told.Load(), n)
	}
}

type countWaiter func()

func (f countWaiter) Readable() { f() }

func TestWatch_notASocket(t *testing.T) {
	w := watching(t)
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	if _, err := w.Add(server, countWaiter(func() {})); err == nil {
		t.Error("a pipe is no connection of the system")
	}
}
