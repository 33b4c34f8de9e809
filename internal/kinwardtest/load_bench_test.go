package kinwardtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kinward/internal/account"
	"kinward/internal/id"
)

// BenchmarkPairs is messages a second between pairs of people over WebSockets, end to end: each is sealed, numbered, synced,
// acknowledged and told to its reader. Server and clients share the machine.
func BenchmarkPairs(b *testing.B) {
	for _, inFlight := range []int{1, 8} {
		b.Run(fmt.Sprintf("50x%d", inFlight), func(b *testing.B) {
			s := Start(b)
			pairs := make([]*loadPair, 50)
			for i := range pairs {
				pairs[i] = newLoadPair(b, s, i, inFlight)
			}
			b.ResetTimer()
			cpu := cpuTime()
			var wg sync.WaitGroup
			each := b.N/len(pairs) + 1
			for _, p := range pairs {
				wg.Go(func() { p.run(b, each) })
			}
			wg.Wait()
			n := float64(each * len(pairs))
			b.ReportMetric(n/b.Elapsed().Seconds(), "msg/s")
			b.ReportMetric((cpuTime()-cpu).Seconds()*1000/n, "cpu-s/1000")
		})
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loadPair is one who writes and one who reads.
type loadPair struct {
	conversation   string
	writer, reader *websocket.Conn
	slots          chan struct{}
}

func newLoadPair(b *testing.B, s *Server, i, inFlight int) *loadPair {
	b.Helper()
	from, to := s.Person(account.Member, fmt.Sprintf("from-%d", i)), s.Person(account.Member, fmt.Sprintf("to-%d", i))
	var made struct {
		Conversation struct{ ID string }
	}
	s.Must(http.StatusCreated, from.Token, "POST", "/conversations", map[string]any{"kind": "direct", "with": to.ID}, &made)
	p := &loadPair{conversation: made.Conversation.ID, slots: make(chan struct{}, inFlight)}
	p.writer, p.reader = dialLoad(b, s, from.Token), dialLoad(b, s, to.Token)
	return p
}

func dialLoad(b *testing.B, s *Server, token string) *websocket.Conn {
	b.Helper()
	c, res, err := websocket.Dial(context.Background(), strings.Replace(s.URL, "http", "ws", 1)+"/feed/socket",
		&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body
	c.SetReadLimit(1 << 20)
	b.Cleanup(func() { _ = c.CloseNow() })
	return c
}

var loadText = strings.Repeat("x", 100)

// run sends n messages and returns when all have been acknowledged and read.
func (p *loadPair) run(b *testing.B, n int) {
	var wg sync.WaitGroup
	var told atomic.Int64
	wg.Go(func() { // acknowledgements free slots
		p.count(b, p.writer, []byte(`"op":"sent"`), n, func() { <-p.slots })
	})
	wg.Go(func() { p.count(b, p.reader, []byte(`"type":"message"`), n, func() { told.Add(1) }) })
	for range n {
		p.slots <- struct{}{}
		frame := fmt.Appendf(nil, `{"op":"send","ref":"1","conversation":%q,"message":{"id":%q,"text":%q}}`, p.conversation, id.New[id.Message]().String(), loadText)
		if err := p.writer.Write(context.Background(), websocket.MessageText, frame); err != nil {
			b.Error(err)
			return
		}
	}
	wg.Wait()
}

func (p *loadPair) count(b *testing.B, c *websocket.Conn, mark []byte, n int, each func()) {
	var buf bytes.Buffer
	for n > 0 {
		_, r, err := c.Reader(context.Background())
		if err != nil {
			b.Error(err)
			return
		}
		buf.Reset()
		if _, err := io.Copy(&buf, r); err != nil {
			b.Error(err)
			return
		}
		for range bytes.Count(buf.Bytes(), mark) {
			n--
			each()
		}
	}
}
