package kinwardtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kinward/internal/account"
)

// Tests of the predecessors' protocols, spoken as an old page speaks them. Names carry the rows of the seeds.

// hostileText breaks pages, queries and headers that do not treat it as text.
const hostileText = "<img src=x onerror=alert(1)> '; DROP TABLE messages; -- \" \\ %s \x00 \r\nX-Evil: 1 \u2028 😀 &amp; </script>\t"

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

// direct200 is the direct conversation that two people have already.
func (o oldServer) direct200(a, b Person) string {
	o.t.Helper()
	var have struct{ Conversation wireConversation }
	o.Must(http.StatusOK, a.Token, "POST", "/conversations", object{"kind": "direct", "with": b.ID}, &have)
	return have.Conversation.ID
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

// readers is how many live readers the server has.
func (o oldServer) readers() (n int) {
	for _, line := range splitLines(o.Call("", "GET", "/metrics", nil).Body) {
		if v, ok := strings.CutPrefix(line, "kinward_feed_subscriptions "); ok {
			_, _ = fmt.Sscan(v, &n)
		}
	}
	return n
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
	run("M9_told_once_over_hanging_up", testHangUp)
	run("M16_several_sockets", testSeveralSockets)
	run("M16_socket_and_poll", testSocketAndPoll)
	run("M6_group_and_family_stay_away", testOtherConversations)
	run("corrected_and_retracted", testCorrected)
	run("own_messages_are_passed", testOwnMessages)
	run("signed_out", testSignedOut)
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
