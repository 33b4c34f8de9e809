package socket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fillFunc is a Source.
type fillFunc func(dst [][]byte) [][]byte

func (f fillFunc) Fill(dst [][]byte) [][]byte { return f(dst) }

func (f *Flusher) flushing() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.running
}

// Every frame arrives once, and those of one waker in its order, however wakes and flushes fall.
func TestFlusher_order(t *testing.T) {
	const wakers, each = 16, 500
	client, server := loopback(t)
	var box mailbox
	f := NewFlusher(server, &box, time.Minute)
	var wg sync.WaitGroup
	for w := range wakers {
		wg.Go(func() {
			for i := range each {
				box.put(Frame(fmt.Appendf(nil, "%d %d", w, i)))
				f.Wake()
			}
		})
	}
	var next [wakers]int
	for range wakers * each {
		_, payload, err := readFrame(client)
		if err != nil {
			t.Fatal(err)
		}
		var w, i int
		if _, err := fmt.Sscan(string(payload), &w, &i); err != nil {
			t.Fatalf("%q: %v", payload, err)
		}
		if i != next[w] {
			t.Fatalf("frame %d of waker %d, want %d", i, w, next[w])
		}
		next[w]++
	}
	wg.Wait()
	f.flush.Wait() // returns, although nobody stopped it
	if f.flushing() {
		t.Error("a flush runs although there is nothing to write")
	}
	if err := f.Stop(); err != nil {
		t.Error(err)
	}
}

// Frames of all sizes are joined and written without a byte lost or moved.
func TestFlusher_joins(t *testing.T) {
	sizes := []int{0, 1, joinSize - 1, 1, joinSize, joinSize + 1, 5, 3 * joinSize, 2, joinSize / 2, joinSize / 2, 1, 100_000}
	var frames [][]byte
	for i, n := range sizes {
		frames = append(frames, bytes.Repeat([]byte{byte('a' + i)}, n))
	}
	frames = append(frames, nil)
	client, server := loopback(t)
	var box mailbox
	box.put(frames...)
	f := NewFlusher(server, &box, time.Minute)
	f.Wake()
	want := bytes.Join(frames, nil)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(client, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the bytes received are not the bytes given")
	}
	if err := f.Stop(); err != nil {
		t.Error(err)
	}
}

// Frames are let go when they are written, also by the slices that are kept.
func TestFlusher_letsGo(t *testing.T) {
	client, server := loopback(t)
	var lent, kept int
	f := NewFlusher(server, fillFunc(func(dst [][]byte) [][]byte {
		for _, frame := range dst[:cap(dst)] {
			if frame != nil {
				kept++
			}
		}
		if lent == 10 {
			return dst
		}
		lent++
		return append(dst, []byte("a"), []byte("b"))
	}), time.Minute)
	f.Wake()
	if _, err := io.ReadFull(client, make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	if err := f.Stop(); err != nil || kept > 0 {
		t.Errorf("%d frames kept, %v", kept, err)
	}
}

// A wake-up that falls into a Fill which has found nothing makes another Fill.
func TestFlusher_wakeDuringFill(t *testing.T) {
	asked, answer := make(chan bool), make(chan [][]byte)
	client, server := loopback(t)
	f := NewFlusher(server, fillFunc(func(dst [][]byte) [][]byte {
		asked <- true
		return append(dst, <-answer...)
	}), time.Minute)
	f.Wake()
	<-asked
	f.Wake()
	answer <- nil
	<-asked
	answer <- [][]byte{[]byte("x")}
	<-asked
	answer <- nil
	f.flush.Wait()
	if _, err := io.ReadFull(client, make([]byte, 1)); err != nil {
		t.Error(err)
	}
}

func TestFlusher_Stop(t *testing.T) {
	asked, answer := make(chan bool), make(chan [][]byte)
	client, server := loopback(t)
	f := NewFlusher(server, fillFunc(func(dst [][]byte) [][]byte {
		asked <- true
		return append(dst, <-answer...)
	}), time.Minute)
	f.Wake()
	<-asked
	stopped := make(chan error)
	go func() { stopped <- f.Stop() }()
	answer <- [][]byte{[]byte("last")}
	<-asked
	answer <- nil
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	f.Wake() // would block the test's end in asked
	if f.flushing() {
		t.Error("flush after Stop")
	}
	server.Close()
	if got, _ := io.ReadAll(client); string(got) != "last" {
		t.Errorf("read %q", got)
	}
}

// The write timeout counts from the last headway, and ends what reads from the connection too.
func TestFlusher_slowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		var box mailbox
		for range 4 {
			box.put(make([]byte, joinSize))
		}
		f := NewFlusher(server, &box, 10*time.Second)
		start := time.Now()
		f.Wake()
		for range 3 {
			<-time.After(9 * time.Second)
			if _, err := io.ReadFull(client, make([]byte, joinSize)); err != nil {
				t.Fatalf("cut although it reads: %v", err)
			}
		}
		if _, err := server.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("connection not closed: %v", err)
		}
		if took := time.Since(start); took != 37*time.Second {
			t.Errorf("cut after %v, want 27 s of headway and 10 s without", took)
		}
		if err := f.Stop(); !errors.Is(err, ErrSlow) {
			t.Errorf("Stop returned %v, want ErrSlow", err)
		}
	})
}

// An idle connection has no write deadline to come back to.
func TestFlusher_deadlineCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		defer client.Close()
		box := &mailbox{}
		box.put([]byte("x"))
		f := NewFlusher(server, box, time.Second)
		f.Wake()
		buf := make([]byte, 1)
		if _, err := client.Read(buf); err != nil {
			t.Fatal(err)
		}
		f.flush.Wait()
		<-time.After(time.Minute)
		go func() { _, _ = client.Read(buf) }()
		if _, err := server.Write(buf); err != nil {
			t.Error(err)
		}
		server.Close()
	})
}
