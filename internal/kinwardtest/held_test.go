package kinwardtest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
)

// bareLine is HTTP/1 on one TCP connection, written by hand.
type bareLine struct {
	t    testing.TB
	conn *net.TCPConn
	in   *bufio.Reader
}

func (s *Server) bare(t testing.TB) *bareLine {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/api/v1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return &bareLine{t, conn.(*net.TCPConn), bufio.NewReader(conn)}
}

// request is a request without a body; more are further header lines.
func request(method, path, version string, p Person, more ...string) string {
	lines := append([]string{fmt.Sprintf("%s /api/v1%s HTTP/%s", method, path, version), "Host: kinward.test", "Authorization: Bearer " + p.Token}, more...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

func (l *bareLine) write(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l.conn, text); err != nil {
		l.t.Fatal(err)
	}
}

// read reads one whole answer to a request of this method.
func (l *bareLine) read(method string) (Answer, bool) {
	l.t.Helper()
	res, err := http.ReadResponse(l.in, &http.Request{Method: method})
	if err != nil {
		l.t.Fatal(err)
	}
	a, err := answerOf(res, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	return a, res.Close
}

// ended waits for the server to close the connection.
func (l *bareLine) ended() {
	l.t.Helper()
	if rest, err := io.ReadAll(l.in); err != nil || len(rest) > 0 {
		l.t.Errorf("instead of the end: %v, %.200q", err, rest)
	}
}

// pollFor polls on l until these texts have come, in this order and once, and returns the cursor behind them.
func (l *bareLine) pollFor(p Person, cursor string, texts ...string) string {
	l.t.Helper()
	var got []string
	for len(got) < len(texts) {
		l.write(request("GET", "/feed?wait=30&cursor="+cursor, "1.1", p))
		var page wirePage
		a, last := l.read("GET")
		if a.JSON(l.t, &page); a.Status != http.StatusOK || last {
			l.t.Fatalf("answered %d, close %v: %.200s", a.Status, last, a.Body)
		}
		got, cursor = append(got, textsOf(page.Changes)...), page.Cursor
	}
	if !slices.Equal(got, texts) {
		l.t.Fatalf("told %q, want %q", got, texts)
	}
	return cursor
}

// held waits until so many subscriptions are there.
func (s *Server) held(n int) {
	s.t.Helper()
	eventually(s.t, fmt.Sprint(n, " subscriptions"), func() bool { return s.gauge("kinward_feed_subscriptions") == float64(n) })
}

// TestHeld_keeps_alive: one connection carries many held polls and other calls between them.
func TestHeld_keeps_alive(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	l, cursor := s.bare(t), s.present(bo)
	for i := range 40 {
		text := fmt.Sprint("number ", i)
		said := make(chan bool)
		go func() {
			defer close(said)
			s.held(1)
			s.say(ana, talk, text)
		}()
		cursor = l.pollFor(bo, cursor, text)
		<-said
		if i%4 == 0 {
			l.write(request("GET", "/me", "1.1", bo))
			if a, last := l.read("GET"); a.Status != http.StatusOK || last {
				t.Fatalf("between polls: %d, close %v", a.Status, last)
			}
		}
	}
}

// TestHeld_answer: a held answer has the head of any other.
func TestHeld_answer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	l, path := s.bare(t), "/feed?wait=1&cursor="+s.present(ana)
	l.write(request("GET", path, "1.1", ana))
	held, _ := l.read("GET")
	l.write(request("GET", strings.Replace(path, "wait=1", "wait=0", 1), "1.1", ana))
	atOnce, _ := l.read("GET")
	for _, h := range []http.Header{held.Header, atOnce.Header} {
		if _, err := http.ParseTime(h.Get("Date")); err != nil {
			t.Error(err)
		}
		h.Del("Date")
	}
	if held.Status != 200 || fmt.Sprint(held.Header) != fmt.Sprint(atOnce.Header) || string(held.Body) != string(atOnce.Body) {
		t.Errorf("held: %d %v %s\nat once: %v %s", held.Status, held.Header, held.Body, atOnce.Header, atOnce.Body)
	}
}

// TestHeld_pipelined: requests that come while a poll is held are answered after it, in their order.
func TestHeld_pipelined(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	for _, together := range []bool{true, false} {
		l, cursor := s.bare(t), s.present(bo)
		poll, me := request("GET", "/feed?wait=30&cursor="+cursor, "1.1", bo), request("GET", "/me", "1.1", bo)
		body := fmt.Sprintf(`{"id":%q,"text":"behind a poll"}`, newMessageID())
		post := strings.TrimSuffix(request("POST", messagesOf(talk), "1.1", bo, fmt.Sprint("Content-Length: ", len(body))), "") + body
		if together {
			l.write(poll + me + post)
		} else {
			l.write(poll)
			s.held(1)
			l.write(me[:20])
			l.write(me[20:] + post)
		}
		s.held(1)
		s.say(ana, talk, "the answer")
		var page wirePage
		a, _ := l.read("GET")
		if a.JSON(t, &page); len(textsOf(page.Changes)) != 1 {
			t.Errorf("the poll told %s", a.Body)
		}
		if a, _ := l.read("GET"); !strings.Contains(string(a.Body), `"handle":"bo"`) {
			t.Errorf("then came %s", a.Body)
		}
		if a, _ := l.read("POST"); a.Status != http.StatusCreated || !strings.Contains(string(a.Body), "behind a poll") {
			t.Errorf("then came %d %s", a.Status, a.Body)
		}
	}
}

// TestHeld_flooded: who sends more behind a poll than is kept gets its answer, and then those of the rest.
func TestHeld_flooded(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	l := s.bare(t)
	l.write(request("GET", "/feed?wait=60&cursor="+s.present(ana), "1.1", ana))
	s.held(1)
	const n = 100
	l.write(strings.Repeat(request("GET", "/me", "1.1", ana), n))
	for range n + 1 {
		if a, _ := l.read("GET"); a.Status != http.StatusOK {
			t.Fatalf("answered %d %s", a.Status, a.Body)
		}
	}
}

// TestHeld_vanished: nothing stays of clients that go away while they wait, whole or by half.
func TestHeld_vanished(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	now := s.present(ana)
	for _, path := range []string{"/feed?wait=60&cursor=" + now, "/feed/events?cursor=" + now} {
		for name, leave := range map[string]func(*bareLine){
			"closed":      func(l *bareLine) { _ = l.conn.Close() },
			"half closed": func(l *bareLine) { _ = l.conn.CloseWrite() },
			"reset":       func(l *bareLine) { _, _ = l.conn.SetLinger(0), l.conn.Close() },
		} {
			var lines []*bareLine
			for range 20 {
				l := s.bare(t)
				l.write(request("GET", path, "1.1", ana))
				lines = append(lines, l)
			}
			s.held(20)
			for _, l := range lines {
				leave(l)
			}
			s.held(0)
			if name == "half closed" {
				for _, l := range lines {
					_, _ = io.Copy(io.Discard, l.in) // ends
				}
			}
		}
	}
}

// TestHeld_signed_out: the held poll says so at once, and its connection can be used on; the stream says goodbye.
func TestHeld_signed_out(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	now := s.present(ana)
	l, stream := s.bare(t), s.bare(t)
	l.write(request("GET", "/feed?wait=60&cursor="+now, "1.1", ana))
	stream.write(request("GET", "/feed/events?cursor="+now, "1.1", ana))
	s.held(2)
	s.Must(http.StatusNoContent, ana.Token, "DELETE", "/sessions/current", nil, nil)
	a, _ := l.read("GET")
	if s.refused(a, http.StatusUnauthorized, "unauthenticated"); a.Header.Get("WWW-Authenticate") != "Bearer" || a.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("the header is %v", a.Header)
	}
	l.write(request("GET", "/me", "1.1", bo))
	if a, _ := l.read("GET"); a.Status != http.StatusOK {
		t.Errorf("afterwards %d", a.Status)
	}
	if a, _ := stream.read("GET"); a.Header.Get("X-Frame-Options") != "DENY" || !strings.Contains(string(a.Body), "event: bye\ndata: {\"op\":\"bye\",\"code\":\"unauthenticated\"") {
		t.Errorf("the stream said %v %s", a.Header, a.Body)
	}
	stream.ended()
	s.held(0)
}

// TestHeld_old_ways: clients that want no more answers on a connection, know only HTTP/1.0, or ask in ways that leave the
// request with net/http.
func TestHeld_old_ways(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	path := "/feed?wait=1&cursor=" + s.present(ana)
	tests := map[string]struct {
		request, method string
		last            bool
	}{
		"close":    {request("GET", path, "1.1", ana, "Connection: close"), "GET", true},
		"old":      {request("GET", path, "1.0", ana), "GET", true},
		"old kept": {request("GET", path, "1.0", ana, "Connection: keep-alive"), "GET", true},
		"head":     {request("HEAD", path, "1.1", ana), "HEAD", false},
		"a body":   {request("GET", path, "1.1", ana, "Content-Length: 5") + "hello", "GET", false},
		"expects":  {request("GET", path, "1.1", ana, "Expect: 100-continue"), "GET", false},
		"chunked":  {request("GET", path, "1.1", ana, "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n", "GET", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := s.For(t).bare(t)
			l.write(tt.request)
			a, last := l.read(tt.method)
			if a.Status != http.StatusOK || last != tt.last || (len(a.Body) == 0) != (tt.method == "HEAD") {
				t.Fatalf("answered %d, close %v: %s", a.Status, last, a.Body)
			}
			if last {
				l.ended()
				return
			}
			l.write(request("GET", "/me", "1.1", ana))
			if a, _ := l.read("GET"); a.Status != http.StatusOK {
				t.Errorf("afterwards %d %s", a.Status, a.Body)
			}
		})
	}
}

// TestHeld_old_stream: HTTP/1.0 knows no chunks, and a request behind a stream ends it.
func TestHeld_old_stream(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	path := "/feed/events?cursor=" + s.present(ana)
	l := s.bare(t)
	l.write(request("GET", path, "1.0", ana))
	res, err := http.ReadResponse(l.in, nil)
	if err != nil || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(err, res)
	}
	e := openedEvents(res)
	if p, err := e.next(t.Context()); err != nil || p.Cursor == "" {
		t.Fatalf("%+v, %v", p, err)
	}
	l.write(request("GET", "/me", "1.0", ana))
	if p, err := e.next(t.Context()); err == nil {
		t.Errorf("the stream went on with %+v", p)
	}
	s.held(0)
}

// TestHeld_stop: polls that are held, connections that rest between polls, and streams end at once, in order.
func TestHeld_stop(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	now := s.present(ana)
	resting, held, piped := s.bare(t), s.bare(t), s.bare(t)
	resting.write(request("GET", "/feed?wait=1&cursor="+now, "1.1", ana))
	resting.read("GET")
	held.write(request("GET", "/feed?wait=60&cursor="+now, "1.1", ana))
	piped.write(request("GET", "/feed?wait=60&cursor="+now, "1.1", ana) + request("GET", "/me", "1.1", ana))
	s.held(2)
	start := time.Now()
	s.Stop()
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for _, l := range []*bareLine{held, piped} {
		a, last := l.read("GET")
		if s.refused(a, http.StatusServiceUnavailable, "unavailable"); !last || a.Header.Get("Retry-After") == "" {
			t.Errorf("close %v, %v", last, a.Header)
		}
		l.ended()
	}
	resting.ended()
}

// TestHeld_costs_no_goroutines: neither waiting nor resting.
func TestHeld_costs_no_goroutines(t *testing.T) { // not parallel: it counts
	const n = 300
	most := 20
	if runtime.GOOS != "linux" { // there each connection has one
		most += n
	}
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	now := s.present(ana)
	before := runtime.NumGoroutine()
	few := func() bool { return runtime.NumGoroutine() < before+most }
	for i := range n {
		path := "/feed/events?cursor=" + now
		if i%3 > 0 {
			path = fmt.Sprintf("/feed?wait=%d&cursor=%s", 60*(i%3)-59, now)
		}
		s.bare(t).write(request("GET", path, "1.1", ana))
	}
	eventually(t, "goroutines to end", few)
	s.held(2 * n / 3) // the others rest
	eventually(t, "goroutines to end", few)
}

// TestHeld_slow_stream: a stream whose client does not read is cut, and resumes from the last event that was read.
func TestHeld_slow_stream(t *testing.T) {
	t.Parallel()
	const n = 500
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	l, cursor := s.bare(t), s.present(bo)
	if err := l.conn.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	l.write(request("GET", "/feed/events?cursor="+cursor, "1.1", bo))
	s.held(1)
	flood(t, s, ana, talk, n, 12000)
	s.held(0) // the sender has gone, the reader was cut
	var got []string
	res, err := http.ReadResponse(l.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, ctx := openedEvents(res), limited(t)
	for len(got) < n {
		p, err := e.next(ctx)
		if err != nil {
			if len(got) == 0 {
				t.Fatal(err)
			}
			e.hangUp()
			again, err := stranger(t, s, bo).openEvents(ctx, cursor)
			if err != nil {
				t.Fatal(err)
			}
			e = again.(*eventLine)
			continue
		}
		if p.Cursor != "" {
			got, cursor = append(got, textsOf(p.Changes)...), p.Cursor
		}
	}
	e.hangUp()
	for i, text := range got {
		if !strings.HasPrefix(text, fmt.Sprint("number ", i, ".")) {
			t.Fatalf("message %d is %.20s", i, text)
		}
	}
}
