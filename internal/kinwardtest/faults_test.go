package kinwardtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/app"
)

// newcomer registers somebody over the API, which works on a server in another process too.
func (s *Server) newcomer(handle string) Person {
	s.t.Helper()
	var in struct {
		Person wirePerson
		Token  string
	}
	s.Must(http.StatusCreated, "", "POST", "/people", object{"name": "Name of " + handle, "handle": handle}, &in)
	return Person{ID: in.Person.ID, Handle: handle, Name: in.Person.Name, Token: in.Token}
}

// chatter is devices that send, each one message after another, until they are told to stop.
type chatter struct {
	stop chan struct{}
	wg   sync.WaitGroup
	mu   sync.Mutex
	sent []wireMessage // what was acknowledged
	last map[string]int64
}

// chat starts them; a message whose answer is lost is repeated under its id.
func chat(t testing.TB, conversation string, devices ...*device) *chatter {
	t.Helper()
	c := &chatter{stop: make(chan struct{}), last: map[string]int64{}}
	ctx := limited(t)
	for _, d := range devices {
		c.wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-c.stop:
					return
				default:
				}
				m, err := d.send(ctx, conversation, fmt.Sprintf("%s says %d", d.person.Handle, i))
				if err != nil {
					t.Errorf("%s can't send: %v", d.person.Handle, err)
					return
				}
				c.mu.Lock()
				if m.Seq <= c.last[d.person.ID] {
					t.Errorf("%s's message %d has seq %d, the one before %d", d.person.Handle, i, m.Seq, c.last[d.person.ID])
				}
				c.last[d.person.ID] = m.Seq
				c.sent = append(c.sent, m)
				c.mu.Unlock()
			}
		})
	}
	return c
}

func (c *chatter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sent)
}

func (c *chatter) end() []wireMessage {
	close(c.stop)
	c.wg.Wait()
	return c.sent
}

// TestM15_M8_kill: the server's process is killed again and again while people write over sockets and HTTP. What was
// acknowledged is there once, without gaps, in order, and everybody hears it once.
func TestM15_M8_kill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startChild(t, dir, "127.0.0.1:0")
	ana, bo, cy := c.newcomer("ana"), c.newcomer("bo"), c.newcomer("cy")
	talk, now := c.group("Night shift", ana, bo, cy), c.present(cy)
	senders := []*device{newDevice(t, c.URL, ana, "websocket", now), newDevice(t, c.URL, bo, "poll", now), newDevice(t, c.URL, cy, "sse", now)}
	readers := []*device{newDevice(t, c.URL, cy, "long-poll", now), newDevice(t, c.URL, cy, "websocket", now)}
	talking := chat(t, talk, senders...)
	luck := rand.New(rand.NewPCG(15, 8))
	for range 5 {
		before := talking.count()
		eventually(t, "messages after the restart", func() bool { return talking.count() > before+20+luck.IntN(60) })
		_ = rest(t.Context(), time.Duration(luck.IntN(30_000))*time.Microsecond)
		c.kill()
		c = startChild(t, dir, c.config.Listen)
	}
	sent := talking.end()
	for _, d := range append(senders, readers...) {
		d.check(t, d.person.Handle+" over "+d.transport, talk, sent)
	}
	got := c.history(cy, talk)
	for i, m := range got {
		if i >= len(sent) || m != sent[i] { // check has sorted them
			t.Fatalf("the conversation's %dth is %+v", i, m)
		}
	}
	if len(got) != len(sent) {
		t.Errorf("the conversation has %d messages, and %d were acknowledged", len(got), len(sent))
	}
}

// space sets how large a file of the child may become, in bytes; beyond that the kernel refuses as on a full disk.
func (c *child) space(limit string) {
	c.t.Helper()
	out, err := exec.CommandContext(c.t.Context(), "prlimit", "--pid", fmt.Sprint(c.cmd.Process.Pid), "--fsize="+limit+":").CombinedOutput()
	if err != nil {
		c.t.Skipf("the disk can't be filled here: prlimit: %v %s", err, out)
	}
}

// largest is the size of the largest file in a folder.
func largest(t testing.TB, dir string) (size int64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			size = max(size, info.Size())
		}
	}
	return size
}

// TestM15_full_disk: sends are refused by their name and stored nowhere, reading goes on, and with room again so does sending.
func TestM15_full_disk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startChild(t, dir, "127.0.0.1:0")
	ana, bo := c.newcomer("ana"), c.newcomer("bo")
	talk, now := c.direct(ana, bo), c.present(bo)
	var readers []*device
	for _, transport := range transports {
		readers = append(readers, newDevice(t, c.URL, bo, transport, now))
	}
	opened, err := stranger(t, c.Server, ana).openSocket(limited(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer opened.hangUp()
	stored := []wireMessage{c.say(ana, talk, "before")}
	c.space(fmt.Sprint(largest(t, dir) + 200<<10))
	text := strings.Repeat("x", 4000)
	refused := 0
	for i := 0; refused < 5; i++ {
		a := c.Call(ana.Token, "POST", messagesOf(talk), object{"id": newMessageID(), "text": text})
		var made struct{ Message wireMessage }
		if a.Status == http.StatusCreated && i < 1000 {
			a.JSON(t, &made)
			stored = append(stored, made.Message)
			continue
		}
		if c.refused(a, 503, "storage_full"); t.Failed() {
			return
		}
		refused++
		f := (&cast{Server: c.Server}).errorTo(limited(t), opened.(*socketLine),
			object{"op": "send", "ref": "f", "conversation": talk, "message": object{"id": newMessageID(), "text": text}})
		if f.Op != "error" || f.Code != "storage_full" || f.Ref != "f" {
			t.Fatalf("a frame on a full disk: %+v", f)
		}
	}
	c.reads(ana, bo, talk, now, stored)
	for i, d := range readers {
		d.check(t, transports[i], talk, stored)
	}
	c.space("unlimited")
	stored = append(stored, c.say(ana, talk, "room again"))
	c.kill()
	c = startChild(t, dir, c.config.Listen)
	stored = append(stored, c.say(bo, talk, "and after a restart"))
	for i, d := range readers {
		d.check(t, transports[i], talk, stored)
	}
	c.reads(ana, bo, talk, now, stored)
}

// reads checks that everything that only reads answers, with all that was stored.
func (c *child) reads(ana, bo Person, talk, since string, stored []wireMessage) {
	c.t.Helper()
	for _, p := range []Person{ana, bo} {
		if got := c.history(p, talk); len(got) != len(stored) || got[len(got)-1] != stored[len(stored)-1] {
			c.t.Errorf("%s reads %d messages, and %d were acknowledged", p.Handle, len(got), len(stored))
		}
		if last := c.conversation(p, talk).LastSeq; last != int64(len(stored)) {
			c.t.Errorf("%s's snapshot ends at %d", p.Handle, last)
		}
	}
	page := c.poll(bo, since)
	if got := textsOf(page.Changes); len(got) != len(stored) {
		c.t.Errorf("a poll tells %d messages, and %d were acknowledged", len(got), len(stored))
	}
	c.Must(http.StatusOK, bo.Token, "GET", "/feed?wait=1&cursor="+page.Cursor, nil, nil)
	c.Must(http.StatusOK, "", "GET", "/healthz", nil, nil)
}

// TestFaults_two_processes on one database: people of both hear each other in order and once, and what one process ends the
// other one's sockets feel.
func TestFaults_two_processes(t *testing.T) {
	t.Parallel()
	s := Start(t)
	c := startChild(t, s.DataDir(), "127.0.0.1:0")
	ana, bo, eve := s.Person(account.Member, "ana"), s.Person(account.Member, "bo"), s.Person(account.Member, "eve")
	talk, now := s.group("Both nodes", ana, bo, eve), s.present(ana)
	devices := []*device{newDevice(t, s.URL, ana, "websocket", now), newDevice(t, c.URL, bo, "websocket", now)}
	for _, transport := range transports[:3] {
		devices = append(devices, newDevice(t, s.URL, bo, transport, now), newDevice(t, c.URL, ana, transport, now))
	}
	ended := map[string]*device{}
	for _, transport := range transports[1:] {
		ended[transport] = newDevice(t, c.URL, eve, transport, now)
	}
	sent := sayTogether(t, talk, 40, devices[:4]...)
	for i, d := range devices {
		d.check(t, fmt.Sprint("device ", i), talk, sent)
	}
	for transport, d := range ended {
		d.check(t, "eve over "+transport, talk, sent)
	}
	if err := s.App.Accounts.Disable(context.Background(), "eve"); err != nil {
		t.Fatal(err)
	}
	for transport, d := range ended {
		eventually(t, transport+" of the other process to end", func() bool { return d.end() != nil })
	}
	last := s.say(ana, talk, "without eve")
	c.refused(c.Call(eve.Token, "GET", "/me", nil), 401, "unauthenticated")
	devices[1].check(t, "bo", talk, append(sent, last))
	if n := len(ended["websocket"].in(talk)); n != len(sent) {
		t.Errorf("eve was told %d messages, want %d", n, len(sent))
	}
}

// vanish connects, says something and is gone without a goodbye.
func (s *Server) vanish(text string, readFirst bool) error {
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/api/v1"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, text)
	if err == nil && readFirst {
		_, err = conn.Read(make([]byte, 64))
	}
	return errors.Join(err, conn.(*net.TCPConn).SetLinger(0))
}

// TestM10_vanishing clients, in the middle of whatever they did, cost nothing that stays and are no errors.
func TestM10_vanishing(t *testing.T) { // not parallel: it counts goroutines
	w := &written{}
	s := Start(t, func(c *app.Config) { c.Log = slog.New(slog.NewTextHandler(w, nil)) })
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	head := " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + bo.Token + "\r\n"
	now := s.present(bo)
	upgrade := "GET /api/v1/feed/socket?cursor=" + now + head + "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: kinward.v1\r\n\r\n"
	kinds := []func(i int) error{
		func(int) error { return s.vanish("GET /api/v1/conversations HTTP/1.1\r\nHos", false) },
		func(int) error {
			return s.vanish("POST /api/v1"+messagesOf(talk)+head+"Content-Length: 1000\r\n\r\n{\"id\":\"", false)
		},
		func(i int) error {
			body := fmt.Sprintf(`{"id":"%s","text":"whole %d"}`, newMessageID(), i)
			return s.vanish(fmt.Sprintf("POST /api/v1%s%sContent-Length: %d\r\n\r\n%s", messagesOf(talk), head, len(body), body), false)
		},
		func(int) error { return s.vanish("GET /api/v1/feed/events?cursor="+now+head+"\r\n", true) },
		func(int) error { return s.vanish("GET /api/v1/feed?wait=60&cursor="+s.present(bo)+head+"\r\n", false) },
		func(int) error { return s.vanish(upgrade+"\x81\xfe\x10\x00mask{\"op\":", false) },
		func(int) error { return s.vanish(upgrade, true) },
	}
	round := func(from, to int) {
		for i := from; i < to; i++ {
			if err := kinds[i%len(kinds)](i); err != nil {
				t.Fatal(err)
			}
			if i%10 == 0 {
				s.say(ana, talk, fmt.Sprint("meanwhile ", i))
			}
		}
		eventually(t, "the readers to be let go", func() bool { return s.gauge("kinward_feed_subscriptions") == 0 })
		caller.CloseIdleConnections()
	}
	round(0, 2*len(kinds))
	_ = rest(t.Context(), 100*time.Millisecond) // a lull after the first ones; what stays of them counts below all the same
	base := runtime.NumGoroutine()
	round(2*len(kinds), 2*len(kinds)+210)
	eventually(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= base })
	fresh := s.say(ana, talk, "still here")
	for range 10 { // over each of the database's readers, none of which may be stuck in the past
		for i, m := range s.history(ana, talk) {
			if m.Seq != int64(i+1) || m.Seq > fresh.Seq {
				t.Fatalf("the %dth message has seq %d", i+1, m.Seq)
			}
		}
		if c := s.conversation(bo, talk); c.LastSeq != fresh.Seq {
			t.Fatalf("a snapshot ends at %d, want %d", c.LastSeq, fresh.Seq)
		}
	}
	if text := w.String(); strings.Contains(text, "level=ERROR") {
		t.Errorf("the log has errors: %.2000s", text)
	}
}
