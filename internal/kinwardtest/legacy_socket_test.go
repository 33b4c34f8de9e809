package kinwardtest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

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

// testHangUp: whoever closes as soon as a message is there is not told it again on the next connection.
func testHangUp(o oldServer, ann, bob Person) {
	for i := range 30 {
		text := fmt.Sprint(i)
		o.post(ann, bob, text)
		s := o.dial("", "socket")
		s.send(object{"username": bob.ID, "token": bob.Token})
		s.hears(ann, bob, text)
		s.hangUp()
		a := o.dial(bob.Token, "article")
		if got := textsIn(a.ask(bob)); !slices.Equal(got, []string{text}) {
			o.t.Fatalf("told %q, want %s", got, text)
		}
		a.hangUp()
	}
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

// TestLegacy_M8_broken_socket: what a connection broke off in is told again, from the first message of what was under way.
func TestLegacy_M8_broken_socket(t *testing.T) {
	t.Parallel()
	o := old(t, Start(t))
	ann, bob := o.two()
	conversation := o.direct(ann, bob)
	const n, atOnce = 250, 50
	text := func(i int) string { return fmt.Sprint(i, strings.Repeat("😀", 15_900)) } // all of them fit no kernel's buffers
	for i := range n {
		o.say(ann, conversation, text(i))
	}
	s := o.dial(bob.Token, "socket")
	s.send(object{"username": bob.ID})
	s.hears(ann, bob, text(0))
	_ = s.conn.CloseNow()
	s = o.dial(bob.Token, "socket")
	s.send(object{"username": bob.ID})
	var m oldMessage
	s.hear(&m)
	var first int
	if _, err := fmt.Sscan(strings.TrimRight(m.Message, "😀"), &first); err != nil || first%atOnce != 0 {
		t.Fatalf("told %d first (%v), which is in the midst of what was under way", first, err)
	}
	for i := first + 1; i < n; i++ {
		s.hears(ann, bob, text(i))
	}
	s.hangUp()
	o.nothingFrom(bob, "/long-polling/"+bob.ID+"?wait=1")
}

// TestLegacy_B24_silent: a socket that does not say who it is doesn't stay.
func TestLegacy_B24_silent(t *testing.T) {
	t.Parallel()
	o := old(t, Start(t))
	ann, _ := o.two()
	for _, s := range []*oldSocket{o.dial("", "socket"), o.dial("", "article"), o.dial(ann.Token, "socket")} {
		s.closedWith(4002)
	}
}

// TestLegacy_B24_binary_and_large_frames: frames that no page sends end the connection and nothing else.
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
