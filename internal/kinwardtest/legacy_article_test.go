package kinwardtest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"kinward/internal/account"
)

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
	o.dial(ann.Token, "article").save(ann, bob, hostileText)
	if list := o.dial(bob.Token, "article").ask(bob); len(list) != 1 || list[0].Message != hostileText {
		o.t.Errorf("told %q", textsIn(list))
	}
}
