package kinwardtest

import (
	"fmt"
	"net/http"
	"testing"
)

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
					text := fmt.Sprintf("%d %s", i, hostileText)
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
	socket, article, silent := o.dial(carol.Token, "socket"), o.dial(carol.Token, "article"), o.dial("", "socket")
	socket.send(object{"username": carol.ID})
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

func TestLegacy_BD5_M10_leaving_frees(t *testing.T) {
	t.Parallel()
	o := old(t, Start(t))
	ann, _ := o.two()
	var leave []func()
	for i := range 5 {
		c := o.hold(ann, 3*i)
		s, a := o.socket(ann), o.dial(ann.Token, "article")
		eventually(t, "the article to be open", func() bool { return o.readers() == 3*i+3 })
		leave = append(leave, func() { _ = c.Close() }, func() { _ = s.conn.CloseNow() }, a.hangUp)
	}
	for _, l := range leave {
		l()
	}
	eventually(t, "all readers to be gone", func() bool { return o.readers() == 0 })
}
