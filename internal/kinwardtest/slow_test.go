package kinwardtest

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kinward/internal/account"
)

// flood sends n messages over one socket without waiting between them and returns what was acknowledged.
func flood(t testing.TB, s *Server, p Person, conversation string, n, size int) []wireMessage {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	opened, err := stranger(t, s, p).openSocket(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	defer opened.hangUp()
	l := opened.(*socketLine)
	written := make(chan error, 1)
	go func() {
		padding := strings.Repeat(".", size)
		for i := range n {
			err := l.put(ctx, object{
				"op": "send", "ref": "x", "conversation": conversation,
				"message": object{"id": newMessageID(), "text": fmt.Sprint("number ", i, padding)},
			})
			if err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	var sent []wireMessage
	for len(sent) < n {
		f, err := l.frame(ctx)
		if err != nil || f.Op == "error" {
			t.Fatalf("after %d answers: %v %s", len(sent), err, f.Detail)
		}
		if f.Op == "sent" {
			m := *f.Message
			if m.Seq != int64(len(sent)+1) || !strings.HasPrefix(m.Text, fmt.Sprint("number ", len(sent), ".")) {
				t.Fatalf("the %dth answer is for seq %d, %.20s", len(sent)+1, m.Seq, m.Text) // numbered in the order sent
			}
			m.Text = short(m.Text)
			sent = append(sent, m)
		}
	}
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	return sent
}

// TestSlow_readers: devices that read nothing while thousands of messages arrive cost the server little memory, hold nobody
// up, and get everything in order once they read again.
func TestSlow_readers(t *testing.T) { // not parallel: it weighs the heap
	const readers = 4
	n, size := 5000, 6000
	if racing {
		n = 900
	}
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	open := make(chan struct{})
	slow := func(d *device) {
		d.net.tune = func(c *net.TCPConn) { _ = c.SetReadBuffer(128 << 10) } // the kernel shall not read in our place
		d.gate = func() { <-open }
	}
	now := s.present(bo)
	var devices []*device
	for i := range readers {
		devices = append(devices, newDevice(t, s.URL, bo, []string{"sse", "websocket"}[i%2], now, slow))
	}
	quick := newDevice(t, s.URL, bo, "websocket", now)
	before := heap()
	sent := flood(t, s, ana, talk, n, size)
	quick.check(t, "a quick reader", talk, sent)
	if grown := int64(heap()) - int64(before); grown > 12<<20 { // of 30 MB that wait, each reader may have 256 KiB in memory
		t.Errorf("with %d slow readers the heap grew by %d MiB", readers, grown>>20)
	}
	close(open)
	for i, d := range devices {
		d.check(t, fmt.Sprint("slow reader ", i), talk, sent)
	}
}

// TestSlow_answers: a client that sends without reading its answers is not read any further until it does; nothing is lost
// and the line stays.
func TestSlow_answers(t *testing.T) {
	t.Parallel()
	const n = 700
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	ctx := limited(t)
	d := stranger(t, s, ana)
	opened, err := d.openSocket(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	defer opened.hangUp()
	l := opened.(*socketLine)
	var written atomic.Int64
	go func() {
		text := strings.Repeat("x", 9000)
		for i := range n {
			if l.put(ctx, object{"op": "send", "ref": fmt.Sprint(i), "conversation": talk, "message": object{"id": newMessageID(), "text": text}}) != nil {
				return // the reader tells why
			}
			written.Add(1)
		}
	}()
	before := int64(-1)
	stuck := time.NewTicker(500 * time.Millisecond)
	defer stuck.Stop()
	for before != written.Load() { // no progress, or all written: the server's own bound is reached
		before = written.Load()
		<-stuck.C
	}
	for next := 0; next < n; {
		f, err := l.frame(ctx)
		if err != nil || f.Op == "error" {
			t.Fatalf("after %d answers: %v %+v", next, err, f)
		}
		if f.Op == "sent" {
			if f.Ref != fmt.Sprint(next) || f.Message.Seq != int64(next+1) {
				t.Fatalf("answer %d is to %s, seq %d", next, f.Ref, f.Message.Seq)
			}
			next++
		}
	}
}

// heap is what is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
