package socket

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkIdle reports what an idle connection takes with the goroutine and all, fresh and after a message that was
// decoded and answered: B/conn is the runtime's count of heap and stacks after a collection, RSS-B/conn what the
// kernel says (Linux). It needs as many file descriptors in each of two processes.
func BenchmarkIdle(b *testing.B) {
	const conns = 10_000
	for b.Loop() {
		measureIdle(b, conns)
	}
}

func measureIdle(b *testing.B, conns int) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var serving sync.WaitGroup
	var accepted atomic.Int64
	all := make(chan bool)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Upgrade(w, r, Options{IdleTimeout: time.Hour})
		if err != nil {
			return
		}
		serving.Go(func() { c.answerJSON(ctx) })
		if accepted.Add(1) == int64(conns) {
			close(all)
		}
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	serving.Go(func() { _ = server.Serve(l) })

	heap, rss := memory(b)
	report := func(when string) {
		now, nowRSS := memory(b)
		b.ReportMetric(float64(now-heap)/float64(conns), when+"-B/conn")
		b.ReportMetric(float64(nowRSS-rss)/float64(conns), when+"-RSS-B/conn")
	}
	clients := newCrowd(b, l.Addr().String(), conns)
	<-all
	report("fresh")
	clients.talk(b)
	report("used")
	clients.leave(b)
	_ = server.Close()
	serving.Wait()
}

// answerJSON is an echo that needs some stack, as the real thing does.
func (c *Conn) answerJSON(ctx context.Context) {
	var box mailbox
	_ = c.Serve(ctx, &box, func(msg []byte) error {
		var v any
		if err := json.Unmarshal(msg, &v); err != nil {
			return err
		}
		answer, err := json.Marshal(v)
		box.put(Frame(answer))
		c.Wake()
		return err
	})
}

// memory returns the bytes of heap and stacks in use and the resident set.
func memory(b *testing.B) (inUse, rss int64) {
	b.Helper()
	for range 3 { // pools and shrinking stacks need more than one collection
		runtime.GC()
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse), resident(b)
}

func resident(b *testing.B) int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0 // not Linux
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(statm), &size, &pages); err != nil {
		b.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// BenchmarkFanOut writes the same frames to many connections and waits until all are read; ns/frame counts both ends.
func BenchmarkFanOut(b *testing.B) {
	for _, burst := range []int{1, 10} {
		b.Run(fmt.Sprintf("1000x%d", burst), func(b *testing.B) { fanOut(b, 1000, burst) })
	}
}

func fanOut(b *testing.B, conns, burst int) {
	frame := Frame([]byte(strings.Repeat("f", 400)))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	var serving sync.WaitGroup
	read := make(chan bool, conns)
	boxes, ends := make([]mailbox, conns), make([]*Conn, conns)
	for i := range ends {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		server, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		ends[i] = newConn(server, nil, "", Options{}.withDefaults())
		serving.Go(func() { _ = ends[i].Serve(context.Background(), &boxes[i], ignore) })
		serving.Go(func() { countReads(client, burst*len(frame), read) })
	}
	for b.Loop() {
		for i, c := range ends {
			for range burst {
				boxes[i].put(frame)
				c.Wake()
			}
		}
		for range ends {
			<-read
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*conns*burst), "ns/frame")
	for _, c := range ends {
		c.Close(1000, "")
	}
	serving.Wait()
}

// countReads tells each time that n bytes have come, and hangs up on what is shorter: the close frame.
func countReads(client net.Conn, n int, read chan<- bool) {
	defer client.Close()
	buf := make([]byte, n)
	for {
		if _, err := io.ReadFull(client, buf[:1]); err != nil || buf[0] != 0x81 {
			return
		}
		if _, err := io.ReadFull(client, buf[1:]); err != nil {
			return
		}
		read <- true
	}
}

// BenchmarkEcho is one client with so many messages under way.
func BenchmarkEcho(b *testing.B) {
	for _, inFlight := range []int{1, 16} {
		b.Run(fmt.Sprint(inFlight), func(b *testing.B) { echoes(b, inFlight) })
	}
}

func echoes(b *testing.B, inFlight int) {
	client, server := loopback(b)
	if err := client.SetDeadline(time.Time{}); err != nil {
		b.Fatal(err)
	}
	c := newConn(server, nil, "", Options{}.withDefaults())
	done := make(chan error)
	go func() { done <- c.echo(context.Background()) }()
	var sent []byte
	for range inFlight {
		sent = append(sent, text(strings.Repeat("m", 256))...)
	}
	got := make([]byte, inFlight*len(Frame(make([]byte, 256))))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Write(sent); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(client, got); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*inFlight), "ns/message")
	client.Close()
	<-done //nolint:errcheck // how it ends is another test's affair
}
