package kinwardtest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// BenchmarkIdle is what an idle signed-in connection takes of the whole server, by transport: fresh, and used after each was
// told a message. KiB/conn is heap and stacks after a collection, RSS-KiB/conn what the kernel says; cpu-us/conn is what it
// took to let one in. The bar is 6 KiB. -args -conns 10000 for more; each takes a file in each of two processes.
func BenchmarkIdle(b *testing.B) {
	for _, transport := range transports[1:] {
		b.Run(transport, func(b *testing.B) {
			for b.Loop() {
				measureIdle(b, transport, *idleConns)
			}
		})
	}
}

func measureIdle(b *testing.B, transport string, n int) {
	s := startWeighed(b, n)
	heap, rss, cpu := s.weigh()
	start := time.Now()
	idle := make([]*idler, n)
	for i := range idle {
		idle[i] = &idler{transport: transport, token: s.tokens[i], from: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)}
	}
	cursor := s.present(Person{Token: s.tokens[0]})
	s.must(each(n, func(i int) error { return idle[i].arrive(s.addr, cursor) }))
	s.settle(n)
	took := time.Since(start)
	report := func(when string) {
		now, nowRSS, _ := s.weigh()
		b.ReportMetric(float64(now-heap)/1024/float64(n), when+"-KiB/conn")
		b.ReportMetric(float64(nowRSS-rss)/1024/float64(n), when+"-RSS-KiB/conn")
	}
	_, _, after := s.weigh()
	report("fresh")
	s.ask("talk")
	s.must(each(n, func(i int) error { return idle[i].hear() }))
	s.settle(n)
	report("used")
	b.ReportMetric(float64(after-cpu)/float64(n), "cpu-us/conn")
	b.ReportMetric(float64(n)/took.Seconds(), "conns/s")
	for _, i := range idle {
		_ = i.conn.Close()
	}
	s.leave()
}

// idler is one client, on a bare connection.
type idler struct {
	transport, token, from string
	conn                   net.Conn
	heard                  chan error // by long poll
}

func (i *idler) arrive(addr, cursor string) (err error) {
	if i.conn, err = net.Dial("tcp", addr); err != nil {
		return err
	}
	if i.transport == "long-poll" {
		i.heard = make(chan error, 8)
		go i.follow() // ends with the connection
	}
	return i.open(cursor)
}

// open asks for the feed and reads until the server has nothing more to say.
func (i *idler) open(cursor string) error {
	path, more := "/feed?wait=60&cursor="+cursor, ""
	switch i.transport {
	case "sse":
		path = "/feed/events?cursor=" + cursor
	case "websocket":
		path = "/feed/socket?cursor=" + cursor
		more = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	}
	_, err := fmt.Fprintf(i.conn, "GET /api/v1%s HTTP/1.1\r\nHost: kinward.test\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"+
		"Accept: */*\r\nAccept-Language: en-US,en;q=0.5\r\nAuthorization: Bearer %s\r\nX-Forwarded-For: %s\r\n%s\r\n", path, i.token, i.from, more)
	switch {
	case err != nil:
		return err
	case i.transport == "websocket":
		return i.read(`"op":"ready"`)
	case i.transport == "sse":
		return i.read("event: page")
	}
	return nil
}

// hear waits until the message was told.
func (i *idler) hear() error {
	if i.transport != "long-poll" {
		return i.read(loadText)
	}
	return <-i.heard
}

// follow polls again after each answer, of which there are several: a message is followed by marks.
func (i *idler) follow() {
	in := bufio.NewReaderSize(i.conn, 512)
	for {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return // the benchmark has hung up
		}
		body, err := io.ReadAll(res.Body)
		cursor, _, _ := strings.Cut(strings.TrimPrefix(string(body), `{"cursor":"`), `"`)
		if err == nil && res.StatusCode == http.StatusOK {
			err = i.open(cursor)
		}
		if err != nil || res.StatusCode != http.StatusOK {
			i.heard <- fmt.Errorf("answer %d, %w: %.200s", res.StatusCode, err, body)
			return
		}
		if strings.Contains(string(body), loadText) {
			i.heard <- nil
		}
	}
}

// read reads until a text has come.
func (i *idler) read(text string) error {
	var got strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(got.String(), text) {
		n, err := i.conn.Read(buf)
		if err != nil {
			return fmt.Errorf("%w after %.300q", err, got.String())
		}
		got.Write(buf[:n])
	}
	return nil
}

// weighedServer is a weighed server seen from the benchmark.
type weighedServer struct {
	*Server
	b      *testing.B
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	addr   string
	tokens []string
}

func startWeighed(b *testing.B, n int) *weighedServer {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", weighedVariable, n, b.TempDir()))
	cmd.Stderr = os.Stderr
	s := &weighedServer{b: b, cmd: cmd}
	var err error
	s.in, err = cmd.StdinPipe()
	s.must(err)
	out, err := cmd.StdoutPipe()
	s.must(err)
	s.must(cmd.Start())
	b.Cleanup(func() { _ = cmd.Process.Kill() })
	s.out = bufio.NewReader(out)
	s.addr = s.line()
	s.Server = &Server{URL: "http://" + s.addr + "/api/v1", t: b}
	for range n {
		s.tokens = append(s.tokens, s.line())
	}
	return s
}

func (s *weighedServer) must(err error) {
	s.b.Helper()
	if err != nil {
		s.b.Fatal(err)
	}
}

func (s *weighedServer) line() string {
	s.b.Helper()
	text, err := s.out.ReadString('\n')
	s.must(err)
	return strings.TrimSuffix(text, "\n")
}

func (s *weighedServer) ask(what string) string {
	s.b.Helper()
	_, err := io.WriteString(s.in, what+"\n")
	s.must(err)
	return s.line()
}

func (s *weighedServer) weigh() (inUse, rss, cpu int64) {
	s.b.Helper()
	_, err := fmt.Sscan(s.ask("weigh"), &inUse, &rss, &cpu)
	s.must(err)
	return inUse, rss, cpu
}

// settle waits until all of n are subscribed, then lets net/http drop what belongs to the figures' own connection.
func (s *weighedServer) settle(n int) {
	s.b.Helper()
	still := 0
	eventually(s.b, "everybody to be connected", func() bool {
		if still++; s.gauge("kinward_feed_subscriptions") != float64(n) {
			still = 0
		}
		return still > 20 // polls come and go while marks are told
	})
	caller.CloseIdleConnections()
}

func (s *weighedServer) leave() {
	s.in.Close()
	s.must(s.cmd.Wait())
}
