package kinwardtest

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
)

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
	retract := func(m wireMessage) {
		if a := o.Call(ann.Token, "DELETE", at(m), nil); a.Status/100 != 2 { // with the message or without
			o.t.Fatalf("retract: %d %s", a.Status, a.Body)
		}
	}
	one, two := o.say(ann, conversation, "one"), o.say(ann, conversation, "two")
	three, four := o.say(ann, conversation, "three"), o.say(ann, conversation, "four")
	o.Must(http.StatusOK, ann.Token, "PATCH", at(one), object{"text": "one, corrected"}, nil)
	retract(three)
	o.polls(bob, "polling", "one, corrected", ann)
	o.Must(http.StatusOK, ann.Token, "PATCH", at(one), object{"text": "one, again"}, nil)
	o.polls(bob, "polling", "two", ann)
	o.Must(http.StatusOK, ann.Token, "PATCH", at(two), object{"text": "two, corrected"}, nil)
	o.Must(http.StatusOK, ann.Token, "PATCH", at(four), object{"text": "four, corrected"}, nil)
	o.polls(bob, "polling", "four, corrected", ann)
	retract(four)
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

// hold opens a long poll on a connection of its own and waits until the server holds it beside the readers that are there.
func (o oldServer) hold(p Person, beside int) net.Conn {
	o.t.Helper()
	eventually(o.t, "earlier readers to be gone", func() bool { return o.readers() == beside })
	var d net.Dialer
	c, err := d.DialContext(o.t.Context(), "tcp", o.App.Addr())
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c, "GET /legacy/long-polling/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", p.ID, o.App.Addr(), p.Token); err != nil {
		o.t.Fatal(err)
	}
	eventually(o.t, "the poll to be held", func() bool { return o.readers() == beside+1 })
	return c
}

func TestLegacy_BD4_M8_aborted_long_poll(t *testing.T) {
	t.Parallel()
	o := old(t, Start(t))
	ann, bob := o.two()
	conversation := o.direct(ann, bob)
	for i := range 20 {
		c := o.hold(bob, 0)
		_ = c.Close()
		text := fmt.Sprint("after abort ", i)
		o.say(ann, conversation, text)
		o.polls(bob, []string{"polling", "long-polling"}[i%2], text, ann)
		o.nothingPending(bob)
	}
}
