package kinwardtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"kinward/internal/account"
	"kinward/internal/care"
)

// Tests of the predecessors' protocols, spoken as an old page speaks them. Names carry the rows of the seeds.

// hostile is text that breaks pages, queries and headers which do not treat it as text.
const hostile = "<img src=x onerror=alert(1)> '; DROP TABLE messages; -- \" \\ %s \x00 \r\nX-Evil: 1 \u2028 😀 &amp; </script>\t"

var (
	ownTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	uuidv7  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// oldServer is a server as old pages reach it.
type oldServer struct {
	*Server
	t *testing.T
}

func old(t *testing.T, s *Server) oldServer { return oldServer{s.For(t), t} }

// two are people that no other test knows.
func (o oldServer) two() (ann, bob Person) {
	unique := newMessageID()[24:]
	return o.Person(account.Member, "ann."+unique), o.Person(account.Staff, "Bob."+unique)
}

// request makes a request below /legacy; header are names and values.
func (o oldServer) request(ctx context.Context, token, method, path, body string, header ...string) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(o.URL, "/api/v1")+"/legacy"+path, strings.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := caller.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	return Answer{res.StatusCode, res.Header, out}, err
}

func (o oldServer) call(token, method, path, body string, header ...string) Answer {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), patience)
	defer cancel()
	a, err := o.request(ctx, token, method, path, body, header...)
	if err != nil {
		o.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// oldMessage is a message as the protocols of the Flask chat (from and to) or of the article (sender and receiver) show it.
type oldMessage struct {
	Message   string `json:"message"`
	FromUser  string `json:"fromUser"`
	ToUser    string `json:"toUser"`
	Sender    string `json:"sender"`
	Receiver  string `json:"receiver"`
	ID        string `json:"id"`
	CreatedAt string `json:"created_at"`
}

// post sends as the old page does.
func (o oldServer) post(from, to Person, text string) {
	o.t.Helper()
	o.echoes(o.call(from.Token, "POST", "/polling/"+from.ID, oldJSON(object{"message": text, "fromUser": from.ID, "toUser": to.ID})), text)
}

func oldJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (o oldServer) echoes(a Answer, text string) {
	o.t.Helper()
	if a.Status != http.StatusOK || string(a.Body) != text || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		o.t.Fatalf("answered %d %q (%s), want %q as plain text", a.Status, a.Body, a.Header.Get("Content-Type"), text)
	}
}

// polls makes one poll, which must bring this text from this person.
func (o oldServer) polls(p Person, transport, text string, from Person) Answer {
	o.t.Helper()
	a := o.call(p.Token, "GET", "/"+transport+"/"+p.ID, "")
	o.echoes(a, text)
	if got := a.Header.Get("Kinward-Sender"); got != from.ID {
		o.t.Fatalf("the sender is %q, want %s", got, from.ID)
	}
	return a
}

// nothingFrom makes one poll, which must bring nothing.
func (o oldServer) nothingFrom(p Person, path string) {
	o.t.Helper()
	if a := o.call(p.Token, "GET", path, ""); a.Status != http.StatusNoContent || len(a.Body) != 0 {
		o.t.Fatalf("answered %d %q, want 204", a.Status, a.Body)
	}
}

func (o oldServer) nothingPending(p Person) {
	o.t.Helper()
	o.nothingFrom(p, "/polling/"+p.ID)
}

// readers is how many live readers the server has.
func (o oldServer) readers() (n int) {
	for _, line := range splitLines(o.Call("", "GET", "/metrics", nil).Body) {
		if v, ok := strings.CutPrefix(line, "kinward_feed_subscriptions "); ok {
			_, _ = fmt.Sscan(v, &n)
		}
	}
	return n
}

// oldSocket is a WebSocket of an old page.
type oldSocket struct {
	t    *testing.T
	conn *websocket.Conn
}

func (o oldServer) dialWith(token, path string, header ...string) (*oldSocket, *http.Response, error) {
	ctx, cancel := context.WithTimeout(o.t.Context(), patience)
	defer cancel()
	h := http.Header{}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, res, err := websocket.Dial(ctx, strings.Replace(strings.TrimSuffix(o.URL, "/api/v1"), "http", "ws", 1)+"/legacy/"+path,
		&websocket.DialOptions{HTTPClient: caller, HTTPHeader: h})
	if err != nil {
		return nil, res, err
	}
	conn.SetReadLimit(64 << 20)
	s := &oldSocket{o.t, conn}
	o.t.Cleanup(func() { _ = conn.CloseNow() })
	return s, res, nil
}

func (o oldServer) dial(token, path string) *oldSocket {
	o.t.Helper()
	s, _, err := o.dialWith(token, path)
	if err != nil {
		o.t.Fatalf("dial: %v", err)
	}
	return s
}

// socket announces somebody at /legacy/socket as a page that can't set headers does.
func (o oldServer) socket(p Person) *oldSocket {
	o.t.Helper()
	s := o.dial("", "socket")
	s.send(object{"username": p.ID, "token": p.Token})
	s.send(object{}) // its refusal says that the announcement was taken
	s.refused("invalid", "toUser")
	return s
}

func (s *oldSocket) sendText(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatalf("write: %v", err)
	}
}

func (s *oldSocket) send(v any) { s.t.Helper(); s.sendText(oldJSON(v)) }

func (s *oldSocket) next() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, frame, err := s.conn.Read(ctx)
	return frame, err
}

func (s *oldSocket) hear(v any) {
	s.t.Helper()
	frame, err := s.next()
	if err == nil {
		err = json.Unmarshal(frame, v)
	}
	if err != nil {
		s.t.Fatalf("read: %v: %.200s", err, frame)
	}
}

// hears reads a message that must be this one.
func (s *oldSocket) hears(from, to Person, text string) oldMessage {
	s.t.Helper()
	var m oldMessage
	s.hear(&m)
	if m.Message != text || m.FromUser != from.ID || m.ToUser != to.ID || m.ID == "" || !ownTime.MatchString(m.CreatedAt) {
		s.t.Fatalf("told %+v, want %q from %s", m, text, from.Handle)
	}
	return m
}

// refused reads an error.
func (s *oldSocket) refused(code, field string) {
	s.t.Helper()
	var f struct {
		Error struct{ Code, Detail, Field string }
	}
	s.hear(&f)
	if f.Error.Code != code || f.Error.Field != field || f.Error.Detail == "" {
		s.t.Fatalf("refused with %+v, want %s %s", f.Error, code, field)
	}
}

func (s *oldSocket) closedWith(code websocket.StatusCode) {
	s.t.Helper()
	for {
		if _, err := s.next(); err != nil {
			if got := websocket.CloseStatus(err); got != code {
				s.t.Fatalf("closed with %d (%v), want %d", got, err, code)
			}
			return
		}
	}
}

// ask polls over an article's socket.
func (s *oldSocket) ask(p Person) (list []oldMessage) {
	s.t.Helper()
	s.send(object{"receiver": p.Handle})
	var raw json.RawMessage
	s.hear(&raw)
	if raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		s.t.Fatalf("answered %s, want an array", raw)
	}
	return list
}

// save sends over an article's socket.
func (s *oldSocket) save(from, to Person, text string) oldMessage {
	s.t.Helper()
	s.send(object{"sender": from.Handle, "receiver": to.Handle, "message": text})
	var m oldMessage
	s.hear(&m)
	if m.Message != text || m.Sender != from.Handle || m.Receiver != to.Handle || !uuidv7.MatchString(m.ID) || !ownTime.MatchString(m.CreatedAt) {
		s.t.Fatalf("saved as %+v, want %q from %s to %s", m, text, from.Handle, to.Handle)
	}
	return m
}

func textsIn(list []oldMessage) (texts []string) {
	for _, m := range list {
		texts = append(texts, m.Message)
	}
	return texts
}

func TestLegacy_flask(t *testing.T) {
	t.Parallel()
	s := Start(t)
	run := func(name string, test func(o oldServer, ann, bob Person)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := old(t, s)
			ann, bob := o.two()
			test(o, ann, bob)
		})
	}
	run("B20_polling", testPolling)
	run("B20_polling_as_JSON", testPollingJSON)
	run("B21_post", testPost)
	run("B22_long_polling", testLongPolling)
	run("B22_BD5_M10_hold_ends", testHoldEnds)
	run("B23_post_to_long_polling", testPostLongPolling)
	run("B24_announce", testAnnounce)
	run("B24_BD2_announce_as_another", testAnnounceRefused)
	run("B25_forward", testForward)
	run("B26_pending_first", testPendingFirst)
	run("B27_BD15_M14_no_CORS", testNoCORS)
	run("BD1_M2_no_token", testNoToken)
	run("BD1_M4_id_of_another", testIDOfAnother)
	run("BD2_M3_wrong_sender", testWrongSender)
	run("BD3_M8_several_wait", testSeveralWait)
	run("BD11_M9_retry", testRetry)
	run("BD12_M1_M12_text_is_text", testTextIsText)
	run("BD14_missing_and_wrong_fields", testFields)
	run("M7_many_pending", testManyPending)
	run("M9_told_once_by_concurrent_polls", testConcurrentPolls)
	run("M13_GET_never_sends", testGETNeverSends)
	run("M16_several_sockets", testSeveralSockets)
	run("M16_socket_and_poll", testSocketAndPoll)
	run("M6_group_and_family_stay_away", testOtherConversations)
	run("corrected_and_retracted", testCorrected)
	run("own_messages_are_passed", testOwnMessages)
	run("signed_out", testSignedOut)
}

func testPolling(o oldServer, ann, bob Person) {
	o.nothingPending(bob)
	sent := o.say(ann, o.direct(ann, bob), "hello")
	a := o.polls(bob, "polling", "hello", ann)
	if a.Header.Get("Kinward-Message") != sent.ID {
		o.t.Errorf("the message is %q, want %s", a.Header.Get("Kinward-Message"), sent.ID)
	}
	o.nothingPending(bob)
	o.nothingPending(ann)
}

func testPollingJSON(o oldServer, ann, bob Person) {
	sent := o.say(ann, o.direct(ann, bob), "hello")
	a := o.call(bob.Token, "GET", "/polling/"+strings.ToUpper(bob.ID), "", "Accept", "application/json, text/javascript, */*; q=0.01")
	var m oldMessage
	a.JSON(o.t, &m)
	want := oldMessage{Message: "hello", FromUser: ann.ID, ToUser: bob.ID, ID: sent.ID, CreatedAt: sent.CreatedAt}
	if m != want || a.Header.Get("Content-Type") != "application/json" {
		o.t.Errorf("told %+v (%s), want %+v", m, a.Header.Get("Content-Type"), want)
	}
	o.nothingPending(bob)
}

func testPost(o oldServer, ann, bob Person) {
	body := object{"message": "one", "fromUser": ann.ID, "toUser": bob.ID, "color": "blue", "list": []int{1}}
	o.echoes(o.call(ann.Token, "POST", "/polling/"+ann.ID, oldJSON(body)), "one")
	delete(body, "fromUser")
	body["message"] = "two"
	o.echoes(o.call(ann.Token, "POST", "/polling/"+bob.ID, oldJSON(body), "Content-Type", "application/json"), "two")
	o.polls(bob, "polling", "one", ann)
	o.polls(bob, "polling", "two", ann)
	history := o.history(bob, o.direct200(ann, bob))
	if len(history) != 2 || history[0].Text != "one" || history[0].Sender != ann.ID {
		o.t.Errorf("the modern API shows %+v", history)
	}
}

// direct200 is the direct conversation that two people have already.
func (o oldServer) direct200(a, b Person) string {
	o.t.Helper()
	var have struct{ Conversation wireConversation }
	o.Must(http.StatusOK, a.Token, "POST", "/conversations", object{"kind": "direct", "with": b.ID}, &have)
	return have.Conversation.ID
}

// background makes a request and returns its answer when it comes.
func (o oldServer) background(ctx context.Context, p Person, path string) func() (Answer, error) {
	type outcome struct {
		Answer
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		a, err := o.request(ctx, p.Token, "GET", path, "")
		done <- outcome{a, err}
	}()
	return func() (Answer, error) {
		got := <-done
		return got.Answer, got.err
	}
}

func testLongPolling(o oldServer, ann, bob Person) {
	for _, text := range []string{"one", "two"} {
		answer := o.background(o.t.Context(), bob, "/long-polling/"+bob.ID)
		o.post(ann, bob, text)
		a, err := answer()
		if err != nil {
			o.t.Fatal(err)
		}
		o.echoes(a, text)
	}
	o.post(ann, bob, "three")
	o.polls(bob, "long-polling", "three", ann)
	o.nothingPending(bob)
}

func testHoldEnds(o oldServer, ann, bob Person) {
	o.nothingFrom(bob, "/long-polling/"+bob.ID+"?wait=0")
	began := time.Now()
	o.nothingFrom(bob, "/long-polling/"+bob.ID+"?wait=1")
	if took := time.Since(began); took < 900*time.Millisecond {
		o.t.Errorf("a poll of one second was held %v", took)
	}
	o.refused(o.call(bob.Token, "GET", "/long-polling/"+bob.ID+"?wait=-1", ""), http.StatusUnprocessableEntity, "invalid")
}

func testPostLongPolling(o oldServer, ann, bob Person) {
	body := oldJSON(object{"message": "one", "fromUser": ann.ID, "toUser": bob.ID})
	o.echoes(o.call(ann.Token, "POST", "/long-polling/"+ann.ID, body), "one")
	o.polls(bob, "polling", "one", ann)
}

func testAnnounce(o oldServer, ann, bob Person) {
	byHeader := o.dial(bob.Token, "socket")
	byHeader.send(object{"username": strings.ToUpper(bob.ID), "browser": "old"})
	o.post(ann, bob, "one")
	byHeader.hears(ann, bob, "one")
	o.socket(ann).send(object{"toUser": bob.ID, "message": "two"})
	byHeader.hears(ann, bob, "two")
}

func testAnnounceRefused(o oldServer, ann, bob Person) {
	o.post(bob, ann, "for ann only")
	other := o.dial(bob.Token, "socket")
	other.send(object{"fromUser": bob.ID, "toUser": ann.ID, "message": "before announcing"})
	other.refused("invalid", "username")
	other.send(object{"username": ann.ID})
	other.refused("forbidden", "username")
	other.send(object{"username": bob.ID})
	o.post(ann, bob, "for bob")
	other.hears(ann, bob, "for bob")

	stranger := o.dial("", "socket")
	stranger.send(object{"username": ann.ID})
	stranger.refused("unauthenticated", "")
	stranger.closedWith(4501)
	o.polls(ann, "polling", "for ann only", bob)
}

func testForward(o oldServer, ann, bob Person) {
	a, b := o.socket(ann), o.socket(bob)
	a.send(object{"fromUser": ann.ID, "toUser": bob.ID, "message": "one"})
	b.hears(ann, bob, "one")
	b.send(object{"fromUser": bob.ID, "toUser": ann.ID, "message": "two"})
	a.hears(bob, ann, "two") // and no copy of her own before
	b.hangUp()
	a.send(object{"fromUser": ann.ID, "toUser": bob.ID, "message": "three"}) // he is not there: it waits
	o.polls(bob, "long-polling", "three", ann)
}

// hangUp closes in an orderly way.
func (s *oldSocket) hangUp() {
	s.t.Helper()
	if err := s.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		s.t.Fatalf("close: %v", err)
	}
}

func testPendingFirst(o oldServer, ann, bob Person) {
	o.post(ann, bob, "one")
	o.post(ann, bob, "two")
	b := o.dial("", "socket")
	b.send(object{"username": bob.ID, "token": bob.Token})
	b.hears(ann, bob, "one")
	b.hears(ann, bob, "two")
	o.post(ann, bob, "three")
	b.hears(ann, bob, "three")
	b.hangUp()
	o.nothingFrom(bob, "/long-polling/"+bob.ID+"?wait=1")
	o.post(ann, bob, "four")
	again := o.dial("", "socket")
	again.send(object{"username": bob.ID, "token": bob.Token})
	again.hears(ann, bob, "four")
}

func testNoCORS(o oldServer, ann, bob Person) {
	o.post(ann, bob, "one")
	for _, method := range []string{"GET", "POST", "OPTIONS"} {
		for _, path := range []string{"/polling/" + bob.ID, "/long-polling/" + bob.ID} {
			a := o.call(bob.Token, method, path, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "GET")
			if a.Status != http.StatusForbidden && a.Status != http.StatusMethodNotAllowed {
				o.t.Errorf("%s %s from another site: %d", method, path, a.Status)
			}
			for name := range a.Header {
				if strings.HasPrefix(name, "Access-Control") {
					o.t.Errorf("%s %s: answered with %s", method, path, name)
				}
			}
		}
	}
	cookie := "kinward=" + bob.Token
	a := o.call("", "GET", "/polling/"+bob.ID, "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site")
	o.refused(a, http.StatusForbidden, "forbidden") // a link on another site would swallow a message
	for _, path := range []string{"socket", "article"} {
		if _, res, err := o.dialWith(bob.Token, path, "Origin", "https://evil.example"); err == nil || res.StatusCode != http.StatusForbidden {
			o.t.Errorf("%s from another site: %v", path, err)
		}
	}
	a = o.call("", "GET", "/polling/"+bob.ID, "", "Cookie", cookie, "Origin", strings.TrimSuffix(o.URL, "/api/v1"), "Sec-Fetch-Site", "same-origin")
	o.echoes(a, "one")
}

func testNoToken(o oldServer, ann, bob Person) {
	o.post(ann, bob, "one")
	for _, token := range []string{"", "kw_wrong"} {
		for _, path := range []string{"/polling/" + bob.ID, "/long-polling/" + bob.ID} {
			o.refused(o.call(token, "GET", path, ""), http.StatusUnauthorized, "unauthenticated")
			body := oldJSON(object{"message": "forged", "fromUser": bob.ID, "toUser": ann.ID})
			o.refused(o.call(token, "POST", path, body), http.StatusUnauthorized, "unauthenticated")
		}
	}
	o.refused(o.call("", "GET", "/polling/"+bob.ID+"?token="+bob.Token, ""), http.StatusUnauthorized, "unauthenticated")
	o.refused(o.call("", "GET", "/polling/"+bob.ID, "", "Cookie", "kinward=stale"), http.StatusUnauthorized, "unauthenticated")
	for path, first := range map[string]object{"socket": {"username": bob.ID}, "article": {"receiver": bob.Handle}} {
		if _, res, err := o.dialWith("kw_wrong", path); err == nil || res.StatusCode != http.StatusUnauthorized {
			o.t.Errorf("%s with a wrong token: %v", path, err)
		}
		for _, token := range []string{"", "kw_wrong"} {
			c := o.dial("", path)
			first["token"] = token
			c.send(first)
			c.refused("unauthenticated", "")
			c.closedWith(4501)
		}
	}
	o.nothingPending(ann)
	o.polls(bob, "polling", "one", ann)
}

func testIDOfAnother(o oldServer, ann, bob Person) {
	o.post(bob, ann, "for ann")
	for _, who := range []string{ann.ID, nowhere(), "1", "me", "%2e%2e"} {
		for _, path := range []string{"/polling/", "/long-polling/"} {
			o.refused(o.call(bob.Token, "GET", path+who, ""), http.StatusNotFound, "not_found")
		}
	}
	carol, _ := o.two()
	o.refused(o.call(bob.Token, "POST", "/polling/"+carol.ID, oldJSON(object{"message": "x", "toUser": ann.ID})), http.StatusNotFound, "not_found")
	o.refused(o.call(bob.Token, "GET", "/polling", ""), http.StatusNotFound, "not_found")
	o.polls(ann, "polling", "for ann", bob)
	o.nothingPending(ann)
}

func testWrongSender(o oldServer, ann, bob Person) {
	carol, _ := o.two()
	for _, path := range []string{"/polling/", "/long-polling/"} {
		for _, id := range []string{bob.ID, carol.ID, ann.ID} {
			a := o.call(bob.Token, "POST", path+id, oldJSON(object{"message": "forged", "fromUser": ann.ID, "toUser": carol.ID}))
			if p := o.refused(a, http.StatusForbidden, "forbidden"); p.Field != "fromUser" {
				o.t.Errorf("refused with %+v", p)
			}
		}
	}
	b := o.socket(bob)
	b.send(object{"fromUser": ann.ID, "toUser": carol.ID, "message": "forged"})
	b.refused("forbidden", "fromUser")
	o.nothingPending(carol)
}

func testSeveralWait(o oldServer, ann, bob Person) {
	carol, _ := o.two()
	want := []struct {
		from Person
		text string
	}{{ann, "one"}, {carol, "two"}, {ann, "three"}, {ann, "three"}, {carol, "five"}}
	for _, m := range want {
		o.post(m.from, bob, m.text)
	}
	for i, m := range want {
		o.polls(bob, []string{"polling", "long-polling"}[i%2], m.text, m.from)
	}
	o.nothingPending(bob)
}

// hold opens a long poll on a connection of its own and waits until the server holds it.
func (o oldServer) hold(p Person) net.Conn {
	o.t.Helper()
	before := o.readers()
	var d net.Dialer
	c, err := d.DialContext(o.t.Context(), "tcp", o.App.Addr())
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c, "GET /legacy/long-polling/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", p.ID, o.App.Addr(), p.Token); err != nil {
		o.t.Fatal(err)
	}
	eventually(o.t, "the poll to be held", func() bool { return o.readers() > before })
	return c
}

func TestLegacy_BD4_M8_aborted_long_poll(t *testing.T) {
	t.Parallel()
	o := old(t, Start(t))
	ann, bob := o.two()
	conversation := o.direct(ann, bob)
	for i := range 20 {
		c := o.hold(bob)
		_ = c.Close()
		text := fmt.Sprint("after abort ", i)
		o.say(ann, conversation, text)
		o.polls(bob, []string{"polling", "long-polling"}[i%2], text, ann)
		o.nothingPending(bob)
	}
}

func TestLegacy_BD5_M10_leaving_frees(t *testing.T) {
	t.Parallel()
	o := old(t, Start(t))
	ann, _ := o.two()
	for range 5 {
		_ = o.hold(ann).Close()
		s := o.socket(ann)
		_ = s.conn.CloseNow()
		o.dial(ann.Token, "article").hangUp()
	}
	eventually(t, "all readers to be gone", func() bool { return o.readers() == 0 })
}

func testRetry(o oldServer, ann, bob Person) {
	key := newMessageID()
	body := object{"message": "once", "fromUser": ann.ID, "toUser": bob.ID, "id": key}
	for range 3 {
		a := o.call(ann.Token, "POST", "/polling/"+ann.ID, oldJSON(body))
		o.echoes(a, "once")
		if a.Header.Get("Kinward-Message") != key {
			o.t.Errorf("stored as %q, want %s", a.Header.Get("Kinward-Message"), key)
		}
	}
	s := o.socket(ann)
	s.send(body)
	body["message"] = "other"
	s.send(body)
	s.refused("conflict", "id")
	o.refused(o.call(ann.Token, "POST", "/polling/"+ann.ID, oldJSON(body)), http.StatusConflict, "conflict")
	o.polls(bob, "polling", "once", ann)
	o.nothingPending(bob)
}

func testTextIsText(o oldServer, ann, bob Person) {
	o.post(ann, bob, hostile)
	a := o.polls(bob, "polling", hostile, ann)
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("X-Evil") != "" {
		o.t.Errorf("answered with %v", a.Header)
	}
	s := o.socket(bob)
	o.socket(ann).send(object{"toUser": bob.ID, "message": hostile})
	s.hears(ann, bob, hostile)
	o.refused(o.call(bob.Token, "GET", "/polling/%27%20OR%201=1--", ""), http.StatusNotFound, "not_found")
	longest := strings.Repeat("語", 16_000)
	o.post(bob, ann, longest)
	o.polls(ann, "polling", longest, bob)
}

func testFields(o oldServer, ann, bob Person) {
	relative := o.Person(account.Family, "fay."+newMessageID()[24:])
	for _, c := range []struct {
		name, body, field string
		status            int
		code              string
	}{
		{"no message", oldJSON(object{"fromUser": ann.ID, "toUser": bob.ID}), "message", 422, "invalid"},
		{"empty message", oldJSON(object{"message": "", "toUser": bob.ID}), "message", 422, "invalid"},
		{"white message", oldJSON(object{"message": " \n\t", "toUser": bob.ID}), "message", 422, "invalid"},
		{"null message", oldJSON(object{"message": nil, "toUser": bob.ID}), "message", 422, "invalid"},
		{"long message", oldJSON(object{"message": strings.Repeat("x", 16_001), "toUser": bob.ID}), "message", 422, "invalid"},
		{"number as message", oldJSON(object{"message": 1, "toUser": bob.ID}), "message", 422, "invalid"},
		{"not UTF-8", `{"toUser": "` + bob.ID + `", "message": "a` + "\xff" + `"}`, "message", 422, "invalid"},
		{"half a surrogate pair", `{"toUser": "` + bob.ID + `", "message": "a\ud800"}`, "message", 422, "invalid"},
		{"no receiver", oldJSON(object{"message": "x", "fromUser": ann.ID}), "toUser", 422, "invalid"},
		{"number as receiver", oldJSON(object{"message": "x", "toUser": 1}), "toUser", 422, "invalid"},
		{"word as receiver", oldJSON(object{"message": "x", "toUser": "bob"}), "toUser", 422, "invalid"},
		{"oneself as receiver", oldJSON(object{"message": "x", "toUser": ann.ID}), "toUser", 422, "invalid"},
		{"nobody as receiver", oldJSON(object{"message": "x", "toUser": nowhere()}), "toUser", 404, "not_found"},
		{"a relative as receiver", oldJSON(object{"message": "x", "toUser": relative.ID}), "toUser", 404, "not_found"},
		{"wrong id", oldJSON(object{"message": "x", "toUser": bob.ID, "id": "7"}), "id", 422, "invalid"},
		{"number as sender", oldJSON(object{"message": "x", "toUser": bob.ID, "fromUser": 1}), "fromUser", 422, "invalid"},
		{"no JSON", "message=x&toUser=" + bob.ID, "", 400, "malformed"},
		{"no object", "[1]", "", 400, "malformed"},
		{"null", "null", "", 400, "malformed"},
		{"nothing", "", "", 400, "malformed"},
		{"too large", oldJSON(object{"message": "x", "toUser": bob.ID, "extra": strings.Repeat("x", 256<<10)}), "", 413, "too_large"},
	} {
		p := o.refused(o.call(ann.Token, "POST", "/polling/"+ann.ID, c.body), c.status, c.code)
		if p.Field != c.field {
			o.t.Errorf("%s: the field is %q, want %q", c.name, p.Field, c.field)
		}
	}
	s := o.socket(ann)
	s.send(object{"toUser": bob.ID, "message": " "})
	s.refused("invalid", "message")
	s.sendText("not JSON")
	s.refused("malformed", "")
	s.send(object{"message": "x", "toUser": nowhere()})
	s.refused("not_found", "toUser")
	o.nothingPending(bob)
	if all := o.snapshot(bob).Conversations; len(all) != 0 {
		o.t.Errorf("refused sends have left %d conversations", len(all))
	}
}

func testManyPending(o oldServer, ann, bob Person) {
	const n = 120
	conversation := o.direct(ann, bob)
	for i := range n {
		o.say(ann, conversation, fmt.Sprint(i))
	}
	s := o.dial("", "socket")
	s.send(object{"username": bob.ID, "token": bob.Token})
	for i := range n {
		s.hears(ann, bob, fmt.Sprint(i))
	}
	s.hangUp()
	o.nothingFrom(bob, "/long-polling/"+bob.ID+"?wait=1")
	a := o.dial(bob.Token, "article")
	for at := 0; at < n; {
		list := a.ask(bob)
		if len(list) == 0 || len(list) > 50 {
			o.t.Fatalf("a list has %d messages", len(list))
		}
		for _, m := range list {
			if m.Message != fmt.Sprint(at) {
				o.t.Fatalf("told %q as message %d", m.Message, at)
			}
			at++
		}
	}
	if list := a.ask(bob); len(list) != 0 {
		o.t.Errorf("told again: %v", textsIn(list))
	}
}

func testConcurrentPolls(o oldServer, ann, bob Person) {
	const n, pollers = 100, 6
	carol, _ := o.two()
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for i := range pollers {
		wg.Go(func() {
			path := []string{"/polling/", "/long-polling/"}[i%2] + bob.ID + []string{"", "?wait=1"}[i%2]
			for {
				a, err := o.request(o.t.Context(), bob.Token, "GET", path, "")
				mu.Lock()
				if err == nil && a.Status == http.StatusOK {
					got[string(a.Body)]++
				}
				enough := err != nil || len(got) >= 2*n
				mu.Unlock()
				if enough {
					return
				}
			}
		})
	}
	for _, from := range []Person{ann, carol} {
		wg.Go(func() {
			for i := range n {
				body := oldJSON(object{"message": fmt.Sprint(from.Handle, i), "toUser": bob.ID})
				if a, err := o.request(o.t.Context(), from.Token, "POST", "/polling/"+from.ID, body); err != nil || a.Status != http.StatusOK {
					o.t.Errorf("post: %d %v", a.Status, err)
				}
			}
		})
	}
	wg.Wait()
	for text, times := range got {
		if times != 1 {
			o.t.Errorf("%q was told %d times", text, times)
		}
	}
	o.nothingPending(bob)
}

func testGETNeverSends(o oldServer, ann, bob Person) {
	query := "?message=x&fromUser=" + ann.ID + "&toUser=" + bob.ID
	body := oldJSON(object{"message": "x", "fromUser": ann.ID, "toUser": bob.ID})
	for _, path := range []string{"/polling/", "/long-polling/"} {
		if a := o.call(ann.Token, "GET", path+ann.ID+query+"&wait=0", body); a.Status != http.StatusNoContent {
			o.t.Errorf("GET with a message: %d", a.Status)
		}
		for _, method := range []string{"HEAD", "PUT", "DELETE", "PATCH"} {
			if a := o.call(bob.Token, method, path+bob.ID, ""); a.Status != http.StatusMethodNotAllowed || a.Header.Get("Allow") != "GET, POST" {
				o.t.Errorf("%s: %d, Allow: %s", method, a.Status, a.Header.Get("Allow"))
			}
		}
	}
	o.nothingPending(bob)
	o.post(ann, bob, "one")
	o.call(bob.Token, "HEAD", "/polling/"+bob.ID, "") // tells nothing and swallows nothing
	o.polls(bob, "polling", "one", ann)
	o.refused(o.call(ann.Token, "POST", "/socket", body), http.StatusMethodNotAllowed, "method_not_allowed")
}

func testSeveralSockets(o oldServer, ann, bob Person) {
	first, second := o.socket(bob), o.socket(bob)
	for i := range 10 {
		o.post(ann, bob, fmt.Sprint(i))
	}
	for i := range 10 {
		first.hears(ann, bob, fmt.Sprint(i))
		second.hears(ann, bob, fmt.Sprint(i))
	}
	second.hangUp()
	o.post(ann, bob, "for the first")
	first.hears(ann, bob, "for the first")
	first.hangUp()
	o.nothingFrom(bob, "/long-polling/"+bob.ID+"?wait=1")
}

func testSocketAndPoll(o oldServer, ann, bob Person) {
	s := o.socket(bob)
	held := o.background(o.t.Context(), bob, "/long-polling/"+bob.ID)
	for i := range 10 {
		o.post(ann, bob, fmt.Sprint(i))
		o.nothingPending(bob)
		s.hears(ann, bob, fmt.Sprint(i))
	}
	s.hangUp()
	o.post(ann, bob, "to the poll")
	a, err := held()
	if err != nil {
		o.t.Fatal(err)
	}
	o.echoes(a, "to the poll")
}

func testOtherConversations(o oldServer, ann, bob Person) {
	carol := o.Person(account.Staff, "carol."+newMessageID()[24:])
	patient := o.Admit(care.Patient{FirstName: "Rosa", FamilyName: "Almeida"}, nil, carol, bob)
	o.say(ann, o.group("Night shift", ann, bob), "to the group")
	o.say(carol, patient.Conversation, "to the family")
	s, a := o.socket(bob), o.dial(bob.Token, "article")
	o.say(ann, o.direct(ann, bob), "to bob")
	s.hears(ann, bob, "to bob")
	if list := a.ask(bob); len(list) != 1 || list[0].Message != "to bob" {
		o.t.Errorf("told %v", textsIn(list))
	}
}

func testCorrected(o oldServer, ann, bob Person) {
	conversation := o.direct(ann, bob)
	at := func(m wireMessage) string { return fmt.Sprintf("%s/%d", messagesOf(conversation), m.Seq) }
	one, two := o.say(ann, conversation, "one"), o.say(ann, conversation, "two")
	three, four := o.say(ann, conversation, "three"), o.say(ann, conversation, "four")
	o.Must(http.StatusOK, ann.Token, "PATCH", at(one), object{"text": "one, corrected"}, nil)
	o.Must(http.StatusNoContent, ann.Token, "DELETE", at(three), nil, nil)
	o.polls(bob, "polling", "one, corrected", ann)
	o.Must(http.StatusOK, ann.Token, "PATCH", at(one), object{"text": "one, again"}, nil)
	o.polls(bob, "polling", "two", ann)
	o.Must(http.StatusOK, ann.Token, "PATCH", at(two), object{"text": "two, corrected"}, nil)
	o.Must(http.StatusOK, ann.Token, "PATCH", at(four), object{"text": "four, corrected"}, nil)
	o.polls(bob, "polling", "four, corrected", ann)
	o.Must(http.StatusNoContent, ann.Token, "DELETE", at(four), nil, nil)
	o.nothingPending(bob)

	s := o.socket(bob)
	o.Must(http.StatusOK, ann.Token, "PATCH", at(two), object{"text": "two, again"}, nil)
	o.post(ann, bob, "five")
	s.hears(ann, bob, "five")
	a := o.dial(bob.Token, "article")
	if got := textsIn(a.ask(bob)); !slices.Equal(got, []string{"one, again", "two, again", "five"}) {
		o.t.Errorf("told %q", got)
	}
}

func testOwnMessages(o oldServer, ann, bob Person) {
	conversation := o.direct(ann, bob)
	for i := range 300 { // more than are looked through at each poll
		o.say(bob, conversation, fmt.Sprint(i))
	}
	o.nothingPending(bob)
	o.nothingPending(bob)
	o.say(ann, conversation, "answer")
	o.say(bob, conversation, "thanks")
	o.polls(bob, "polling", "answer", ann)
	o.nothingPending(bob)
}

func testSignedOut(o oldServer, ann, bob Person) {
	s, a := o.socket(bob), o.dial(bob.Token, "article")
	a.ask(bob)
	held := o.background(o.t.Context(), bob, "/long-polling/"+bob.ID)
	o.Must(http.StatusNoContent, bob.Token, "DELETE", "/sessions/current", nil, nil)
	s.closedWith(4501)
	a.closedWith(4501)
	if got, err := held(); err != nil || got.Status != http.StatusUnauthorized {
		o.t.Errorf("a held poll of a session that ends: %d %v", got.Status, err)
	}
}

func TestLegacy_article(t *testing.T) {
	t.Parallel()
	s := Start(t)
	run := func(name string, test func(o oldServer, ann, bob Person)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := old(t, s)
			ann, bob := o.two()
			test(o, ann, bob)
		})
	}
	run("C1_C6_saved_before_delivery", testSave)
	run("C3_C5_columns", testColumns)
	run("C4_CD7_M11_created_at", testCreatedAt)
	run("C7_CD3_M7_told_once", testArticleToldOnce)
	run("C8_CD9_handles", testHandles)
	run("CD2_M2_M3_sender", testArticleSender)
	run("CD5_frames", testArticleFrames)
	run("CD8_M15_errors", testArticleErrors)
	run("M9_told_once_by_concurrent_sockets", testArticleConcurrent)
	run("M12_text_is_text", testArticleTextIsText)
}

func testSave(o oldServer, ann, bob Person) {
	a, b := o.dial(ann.Token, "article"), o.dial(bob.Token, "article")
	m := a.save(ann, bob, "hello") // answered: so it is there
	history := o.history(bob, o.direct200(ann, bob))
	if len(history) != 1 || history[0].ID != m.ID || history[0].Text != "hello" || history[0].Sender != ann.ID {
		o.t.Fatalf("stored is %+v", history)
	}
	if list := b.ask(bob); len(list) != 1 || list[0] != m {
		o.t.Errorf("told %+v, want %+v", list, m)
	}
	if list := a.ask(ann); len(list) != 0 {
		o.t.Errorf("the sender is told %+v", list)
	}
}

func testColumns(o oldServer, ann, bob Person) {
	a := o.dial("", "article")
	a.send(object{"token": ann.Token, "sender": ann.Handle, "receiver": bob.Handle, "message": "hello", "extra": 1})
	var saved map[string]any
	a.hear(&saved)
	b := o.dial("", "article")
	b.send(object{"token": bob.Token, "receiver": bob.Handle})
	var list []map[string]any
	b.hear(&list)
	for _, m := range append(list, saved) {
		if len(m) != 5 || m["sender"] != ann.Handle || m["receiver"] != bob.Handle || m["message"] != "hello" || m["id"] != saved["id"] {
			o.t.Errorf("columns %v", m)
		}
	}
	if len(list) != 1 {
		o.t.Errorf("told %v", list)
	}
}

func testCreatedAt(o oldServer, ann, bob Person) {
	a := o.dial(ann.Token, "article")
	before := time.Now().Add(-time.Millisecond)
	a.send(object{"sender": ann.Handle, "receiver": bob.Handle, "message": "x", "created_at": "1999-01-01T00:00:00Z"})
	var m oldMessage
	a.hear(&m)
	stamped, err := time.Parse(time.RFC3339, m.CreatedAt)
	if err != nil || !ownTime.MatchString(m.CreatedAt) || stamped.Before(before.Truncate(time.Millisecond)) || stamped.After(time.Now()) {
		o.t.Errorf("stamped %q", m.CreatedAt)
	}
}

func testArticleToldOnce(o oldServer, ann, bob Person) {
	a, b := o.dial(ann.Token, "article"), o.dial(bob.Token, "article")
	if list := b.ask(bob); len(list) != 0 {
		o.t.Errorf("told %v of nothing", list)
	}
	for i := range 5 {
		a.save(ann, bob, fmt.Sprint(i))
	}
	if got := textsIn(b.ask(bob)); !slices.Equal(got, []string{"0", "1", "2", "3", "4"}) {
		o.t.Errorf("told %q", got)
	}
	if list := b.ask(bob); len(list) != 0 {
		o.t.Errorf("told again: %v", list)
	}
	b.hangUp()
	if list := o.dial(bob.Token, "article").ask(bob); len(list) != 0 {
		o.t.Errorf("told again on another connection: %v", list)
	}
	for i := range 5 { // the article's cursor is its own
		o.polls(bob, "polling", fmt.Sprint(i), ann)
	}
}

func testHandles(o oldServer, ann, bob Person) {
	a, b := o.dial(ann.Token, "article"), o.dial(bob.Token, "article")
	a.send(object{"sender": strings.ToUpper(ann.Handle), "receiver": strings.ToLower(bob.Handle), "message": "hello"})
	var m oldMessage
	a.hear(&m)
	if m.Sender != ann.Handle || m.Receiver != bob.Handle {
		o.t.Errorf("saved %+v", m)
	}
	relative := o.Person(account.Family, "fay."+newMessageID()[24:])
	for _, nobody := range []string{"nobody." + newMessageID(), bob.ID, "Bob", relative.Handle, "' OR 1=1 --"} {
		a.send(object{"sender": ann.Handle, "receiver": nobody, "message": "hello"})
		a.refused("not_found", "receiver")
	}
	b.send(object{"receiver": strings.ToUpper(bob.Handle)})
	var list []oldMessage
	if b.hear(&list); len(list) != 1 {
		o.t.Errorf("told %v", list)
	}
}

func testArticleSender(o oldServer, ann, bob Person) {
	carol, _ := o.two()
	b := o.dial(bob.Token, "article")
	b.send(object{"sender": ann.Handle, "receiver": carol.Handle, "message": "forged"})
	b.refused("forbidden", "sender")
	b.send(object{"sender": ann.Handle, "receiver": carol.Handle, "message": "forged", "token": ann.Token})
	b.refused("forbidden", "sender") // a token counts in the first frame of someone not signed in
	o.post(ann, carol, "for carol")
	b.send(object{"receiver": carol.Handle})
	b.refused("not_found", "receiver")
	if list := o.dial(carol.Token, "article").ask(carol); len(list) != 1 || list[0].Message != "for carol" {
		o.t.Errorf("told %v", list)
	}
}

func testArticleFrames(o oldServer, ann, bob Person) {
	a := o.dial("", "article")
	a.send(object{"token": ann.Token}) // needs no answer
	a.send(object{})
	a.refused("invalid", "receiver")
	a.send(object{"sender": ann.Handle, "receiver": bob.Handle})
	a.refused("invalid", "message")
	a.send(object{"sender": ann.Handle, "message": "x"})
	a.refused("invalid", "receiver")
	a.send(object{"receiver": bob.Handle, "message": "x"})
	a.refused("invalid", "sender")
	a.send(object{"sender": ann.Handle, "receiver": ann.Handle, "message": "x"})
	a.refused("invalid", "receiver")
	// Answers come in the order of the frames.
	for i := range 20 {
		a.send(object{"sender": ann.Handle, "receiver": bob.Handle, "message": fmt.Sprint(i)})
		a.send(object{"receiver": ann.Handle})
	}
	for i := range 20 {
		var m oldMessage
		if a.hear(&m); m.Message != fmt.Sprint(i) {
			o.t.Fatalf("answer %d is %+v", i, m)
		}
		var list []oldMessage
		if a.hear(&list); len(list) != 0 {
			o.t.Fatalf("told %v", list)
		}
	}
}

func testArticleErrors(o oldServer, ann, bob Person) {
	a := o.dial(ann.Token, "article")
	for _, text := range []any{"", " \u3000\n", strings.Repeat("x", 16_001), 7, nil} {
		a.send(object{"sender": ann.Handle, "receiver": bob.Handle, "message": text})
		a.refused("invalid", "message")
	}
	a.sendText(`{"sender": "` + ann.Handle + `", "receiver": "` + bob.Handle + `", "message": "\udc00"}`)
	a.refused("invalid", "message")
	a.sendText(`{"receiver": `)
	a.refused("malformed", "")
	a.send(object{"sender": ann.Handle, "receiver": bob.Handle, "message": "x", "id": "1"})
	a.refused("invalid", "id")
	a.save(ann, bob, "still open")
	if list := o.dial(bob.Token, "article").ask(bob); len(list) != 1 {
		o.t.Errorf("told %v", textsIn(list))
	}
}

func testArticleConcurrent(o oldServer, ann, bob Person) {
	const n = 100
	conversation := o.direct(ann, bob)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for range 3 {
		b := o.dial(bob.Token, "article")
		wg.Go(func() {
			for {
				var list []oldMessage
				b.send(object{"receiver": bob.Handle})
				b.hear(&list)
				mu.Lock()
				for _, m := range list {
					got[m.Message]++
				}
				enough := len(got) >= n || o.t.Failed()
				mu.Unlock()
				if enough {
					return
				}
			}
		})
	}
	for i := range n {
		o.say(ann, conversation, fmt.Sprint(i))
	}
	wg.Wait()
	for text, times := range got {
		if times != 1 {
			o.t.Errorf("%q was told %d times", text, times)
		}
	}
}

func testArticleTextIsText(o oldServer, ann, bob Person) {
	o.dial(ann.Token, "article").save(ann, bob, hostile)
	if list := o.dial(bob.Token, "article").ask(bob); len(list) != 1 || list[0].Message != hostile {
		o.t.Errorf("told %q", textsIn(list))
	}
}

// TestLegacy_B12_pairs: the two ends may use different transports, the modern API among them.
func TestLegacy_B12_pairs(t *testing.T) {
	t.Parallel()
	s := Start(t)
	for _, from := range []string{"polling", "long-polling", "socket", "article", "modern"} {
		for _, to := range []string{"polling", "long-polling", "socket", "article", "modern"} {
			t.Run(from+"_to_"+to, func(t *testing.T) {
				t.Parallel()
				o := old(t, s)
				ann, bob := o.two()
				say, hear := o.mouth(from, ann, bob), o.ear(to, bob, ann)
				for i := range 5 {
					text := fmt.Sprintf("%d %s", i, hostile)
					say(text)
					if got := hear(); got != text {
						t.Fatalf("heard %q, want %q", got, text)
					}
				}
			})
		}
	}
}

// mouth is how somebody sends over a transport.
func (o oldServer) mouth(transport string, from, to Person) func(text string) {
	body := func(text string) object { return object{"message": text, "fromUser": from.ID, "toUser": to.ID} }
	switch transport {
	case "socket":
		s := o.socket(from)
		return func(text string) { s.send(body(text)) }
	case "article":
		s := o.dial(from.Token, "article")
		return func(text string) { s.save(from, to, text) }
	case "modern":
		conversation := o.direct(from, to)
		return func(text string) { o.say(from, conversation, text) }
	}
	return func(text string) {
		o.echoes(o.call(from.Token, "POST", "/"+transport+"/"+to.ID, oldJSON(body(text))), text)
	}
}

// ear is how somebody hears over a transport: each call waits for the next message, which must be from this person.
func (o oldServer) ear(transport string, p, from Person) func() string {
	switch transport {
	case "socket":
		s := o.socket(p)
		return func() string {
			var m oldMessage
			s.hear(&m)
			return m.Message
		}
	case "article":
		s := o.dial(p.Token, "article")
		return func() (text string) {
			eventually(o.t, "a list", func() bool {
				list := s.ask(p)
				if len(list) > 0 {
					text = list[0].Message
				}
				return len(list) == 1 && list[0].Sender == from.Handle
			})
			return text
		}
	case "modern":
		cursor := o.present(p)
		return func() (text string) {
			eventually(o.t, "a change", func() bool {
				page := o.poll(p, cursor)
				cursor = page.Cursor
				if texts := textsOf(page.Changes); len(texts) > 0 {
					text = texts[0]
				}
				return text != ""
			})
			return text
		}
	}
	return func() (text string) {
		eventually(o.t, "a message", func() bool {
			a := o.call(p.Token, "GET", "/"+transport+"/"+p.ID, "")
			text = string(a.Body)
			return a.Status == http.StatusOK && a.Header.Get("Kinward-Sender") == from.ID
		})
		return text
	}
}

// TestLegacy_BD7_M8_restart: a stop ends what is held, loses nothing, and the cursors are still there afterwards.
func TestLegacy_BD7_M8_restart(t *testing.T) {
	t.Parallel()
	s := Start(t)
	o := old(t, s)
	ann, bob := o.two()
	carol, _ := o.two()
	o.post(ann, bob, "one")
	o.post(ann, bob, "two")
	o.polls(bob, "polling", "one", ann)
	o.post(ann, carol, "told")
	socket, article, silent := o.socket(carol), o.dial(carol.Token, "article"), o.dial("", "socket")
	socket.hears(ann, carol, "told")
	if list := article.ask(carol); len(list) != 1 {
		t.Errorf("told %v", list)
	}
	before := o.readers()
	held := o.background(t.Context(), ann, "/long-polling/"+ann.ID)
	eventually(t, "the poll to be held", func() bool { return o.readers() > before })
	s.Restart()
	socket.closedWith(4000)
	article.closedWith(4000)
	silent.closedWith(4000)
	if a, err := held(); err != nil || a.Status != http.StatusNoContent {
		t.Errorf("a poll held over a stop: %d %v", a.Status, err)
	}
	o = old(t, s)
	o.polls(bob, "polling", "two", ann)
	o.nothingPending(bob)
	o.nothingPending(carol)
	if list := o.dial(carol.Token, "article").ask(carol); len(list) != 0 {
		t.Errorf("told again: %v", list)
	}
}

// TestLegacy_B24_silent: a socket that does not say who it is doesn't stay.
func TestLegacy_B24_binary_and_large_frames(t *testing.T) {
	t.Parallel()
	o := old(t, Start(t))
	ann, bob := o.two()
	for code, frame := range map[websocket.StatusCode]struct {
		kind websocket.MessageType
		data []byte
	}{
		websocket.StatusUnsupportedData:         {websocket.MessageBinary, []byte("{}")},
		websocket.StatusMessageTooBig:           {websocket.MessageText, []byte(oldJSON(object{"message": strings.Repeat("x", 400<<10), "toUser": bob.ID}))},
		websocket.StatusInvalidFramePayloadData: {websocket.MessageText, []byte(`{"message": "` + "\xff" + `"}`)},
	} {
		s := o.socket(ann)
		if err := s.conn.Write(t.Context(), frame.kind, frame.data); err != nil {
			var closed websocket.CloseError
			if !errors.As(err, &closed) {
				continue // the server has cut a client that goes on writing
			}
		}
		s.closedWith(code)
	}
	o.nothingPending(bob)
}
