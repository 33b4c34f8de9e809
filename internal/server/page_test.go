package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"
	"unique"

	"github.com/prometheus/client_golang/prometheus"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// busyMark is a database that holds nothing to be told but one mark. While it is read the mark rises many times, which has the
// hub queue as many changes that the read has seen, and then a message comes that it has not.
type busyMark struct {
	feed.Store
	hub   *feed.Hub
	place chat.MemberView
	rises int64
	shown bool // the reader may see it
}

const behindMarks = "behind the marks"

// newBusyMark makes it, a server over it and a subscription.
func newBusyMark(t *testing.T, shown bool) (*Server, *feed.Subscription) {
	b := &busyMark{rises: 600, shown: shown, place: chat.MemberView{Member: chat.Member{
		Conversation: id.New[id.Conversation](), Person: id.New[id.Person](), State: chat.Active,
	}}}
	b.hub = feed.NewHub(feed.HubOptions{Store: b, Encode: EncodeEntry, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, 0)
	s := New(Options{Hub: b.hub, Epoch: "e", Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	s.longPages.TryAcquire(maxLongPages) // others have all of them
	sub := b.hub.Subscribe(b.place.Person, id.New[id.Session](), 0, func() {})
	t.Cleanup(sub.Close)
	return s, sub
}

func (b *busyMark) Audiences(context.Context, []id.Conversation) (map[id.Conversation][]chat.MemberView, error) {
	return map[id.Conversation][]chat.MemberView{b.place.Conversation: {b.place}}, nil
}

func (b *busyMark) Since(ctx context.Context, _ id.Person, _ int64, _ int) (entries []feed.Entry, head int64, more bool, err error) {
	commit := feed.Commit{Head: b.rises + 1}
	for v := range b.rises {
		b.place.Read, b.place.Version = v+1, v+1
		commit.Members = append(commit.Members, b.place.Member)
	}
	if b.shown {
		entries = append(entries, feed.Entry{Version: b.rises, Conversation: b.place.Conversation, Member: &b.place})
	}
	commit.Messages = []chat.Message{{Conversation: b.place.Conversation, Seq: 1, Text: behindMarks, Version: commit.Head}}
	b.hub.Publish(ctx, commit)
	return entries, b.rises, false, nil
}

// TestPage_all_told: whoever has been told already all of a queue's first pages is told what is behind them.
func TestPage_all_told(t *testing.T) {
	told := func(t *testing.T, frames [][]byte) {
		t.Helper()
		if got := string(bytes.Join(frames, nil)); !strings.Contains(got, behindMarks) || strings.Contains(got, `"member"`) {
			t.Errorf("told: %q", got)
		}
	}
	t.Run("socket", func(t *testing.T) {
		s, sub := newBusyMark(t, true)
		c := &connection{s: s, sub: sub}
		if first := c.Fill(nil); len(first) != 1 {
			t.Fatalf("the read gave %q", first)
		}
		told(t, c.Fill(nil))
	})
	t.Run("stream", func(t *testing.T) {
		s, sub := newBusyMark(t, true)
		e := &liveStream{s: s, sub: sub, begun: true}
		if first := e.Fill(nil); len(first) != 1 {
			t.Fatalf("the read gave %q", first)
		}
		told(t, e.Fill(nil))
	})
	t.Run("held poll", func(t *testing.T) {
		s, sub := newBusyMark(t, false)
		client, conn := net.Pipe()
		p := &heldPoll{
			taken: taken{conn: conn, common: unique.Make("")}, s: s, sub: sub, limit: shortPage,
			until: time.Now().Add(time.Minute), timer: time.NewTimer(time.Minute),
		}
		go func() {
			p.look() // reads, and has nothing to tell
			p.look()
			_ = conn.Close()
		}()
		answer, err := io.ReadAll(client)
		if err != nil {
			t.Fatal(err)
		}
		told(t, [][]byte{answer})
	})
}

// longGap is a database in which so many messages wait for a reader.
type longGap struct {
	feed.Store
	messages int64
}

func (g longGap) Since(_ context.Context, _ id.Person, after int64, limit int) (entries []feed.Entry, head int64, more bool, err error) {
	for v := after + 1; v <= min(g.messages, after+int64(limit)); v++ {
		entries = append(entries, feed.Entry{Version: v, Message: &chat.Message{Seq: v, Version: v}})
	}
	return entries, g.messages, after+int64(limit) < g.messages, nil
}

// TestPage_long: what waits is taken at once and told in pieces of the usual size, and whoever comes while others have much to
// write takes less, until they have written it or are gone.
func TestPage_long(t *testing.T) {
	const n = 1500
	hub := feed.NewHub(feed.HubOptions{Store: longGap{messages: n}, Encode: EncodeEntry, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, n)
	s := New(Options{Hub: hub, Epoch: "e", Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	s.longPages.TryAcquire(maxLongPages - 1) // others have all but one
	subscribe := func() *feed.Subscription {
		return hub.Subscribe(id.New[id.Person](), id.New[id.Session](), 0, func() {})
	}
	first := &connection{s: s, sub: subscribe()}
	second := &liveStream{s: s, sub: subscribe(), begun: true}
	changes := func(frames [][]byte) int { return bytes.Count(bytes.Join(frames, nil), []byte(`"type":"message"`)) }
	for _, step := range []struct {
		what string
		fill func([][]byte) [][]byte
		want int
	}{
		{"the first", first.Fill, longPage},
		{"another meanwhile", second.Fill, shortPage},
		{"the first when that is written", first.Fill, n - longPage},
		{"the other while the first writes its rest", second.Fill, shortPage},
		{"the first at last", first.Fill, 0},
		{"the other then", second.Fill, n - 2*shortPage},
		{"the other at last", second.Fill, 0},
	} {
		if got := changes(step.fill(nil)); got != step.want {
			t.Errorf("%s was told %d changes, want %d", step.what, got, step.want)
		}
	}
	first.sub = subscribe()
	first.Fill(nil)
	first.leave()
	third := &liveStream{s: s, sub: subscribe(), begun: true}
	pieces := strings.Split(string(bytes.Join(third.Fill(nil), nil)), "event: page\n")[1:]
	told := 0
	for _, p := range pieces {
		n := changes([][]byte{[]byte(p)})
		if told += n; n > maxEventPage || !strings.HasPrefix(p, fmt.Sprintf("id: e.%d\ndata: {\"cursor\":\"e.%d\"", told, told)) ||
			!strings.Contains(p, `"more":true}`) {
			t.Errorf("a piece of %d changes up to %d: %.60q", n, told, p)
		}
	}
	if told != longPage || len(pieces) != longPage/maxEventPage {
		t.Errorf("told %d changes in %d pieces", told, len(pieces))
	}
	third.s.written(&third.long)
	third.sub.Close()
	if second.sub.Close(); !s.longPages.TryAcquire(1) {
		t.Error("somebody who has gone keeps a long page")
	}
}
