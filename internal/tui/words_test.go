package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kinward/client"
)

func TestStateWords(t *testing.T) {
	tests := []struct {
		status client.Status
		left   time.Duration
		want   string
	}{
		{client.Status{State: client.Live}, 0, "Live"},
		{client.Status{State: client.Connecting}, 0, "Connecting…"},
		{client.Status{State: client.Reconnecting}, 0, "Reconnecting…"},
		{client.Status{State: client.Reconnecting}, 7100 * time.Millisecond, "Connection lost, next try in 8 s"},
		{client.Status{State: client.Offline}, 0, "Offline: messages are kept"},
	}
	for _, tt := range tests {
		if got := stateWords(tt.status, tt.left); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "<1 min", 59 * time.Second: "<1 min", 5 * time.Minute: "5 min", 65 * time.Minute: "1 h 05", 25 * time.Hour: "1 day", 50 * time.Hour: "2 days",
	} {
		if got := ago(d); got != want {
			t.Errorf("ago(%v) is %q", d, got)
		}
	}
	for then, want := range map[time.Time][2]string{
		at(21, 0, 1):   {"00:01", "Today"},
		at(20, 23, 59): {"Yesterday", "Yesterday"},
		at(16, 9, 0):   {"Mon", "Monday 16 November"},
		at(1, 9, 0):    {"1 Nov", "Sunday 1 November"},
		time.Date(2025, 3, 4, 1, 1, 1, 0, time.UTC): {"2025", "Tuesday 4 March 2025"},
	} {
		if got := [2]string{when(then, morning), day(then, morning)}; got != want {
			t.Errorf("%v: %q", then, got)
		}
	}
}

func TestDaysBetween_summer_time(t *testing.T) {
	lisbon := time.FixedZone("summer", 3600)
	if n := daysBetween(time.Date(2026, 10, 24, 23, 30, 0, 0, lisbon), time.Date(2026, 10, 25, 22, 0, 0, 0, time.UTC)); n != 1 {
		t.Errorf("%d days over the end of summer time", n)
	}
}

func TestReceived(t *testing.T) {
	m := client.Message{Seq: 5, Sender: "silva"}
	member := func(p client.Person, read, delivered int64) client.Member {
		return client.Member{Person: p, State: client.MemberActive, Read: read, Delivered: delivered}
	}
	gone := member(paulo, 9, 9)
	gone.State = client.MemberLeft
	tests := map[string]struct {
		me      client.Person
		members []client.Member
		want    string
	}{
		"nobody":       {silva, []client.Member{member(silva, 5, 5), member(ana, 0, 4)}, "Sent"},
		"delivered":    {silva, []client.Member{member(silva, 5, 5), member(ana, 4, 5)}, "Delivered"},
		"read":         {silva, []client.Member{member(silva, 5, 5), member(ana, 5, 5)}, "Read"},
		"read_by_one":  {silva, []client.Member{member(ana, 5, 5), member(paulo, 0, 0)}, "Read by Ana"},
		"read_by_all":  {silva, []client.Member{member(ana, 5, 5), member(paulo, 7, 7)}, "Read by all"},
		"left":         {silva, []client.Member{member(ana, 0, 0), gone}, "Sent"},
		"to_relatives": {ana, []client.Member{member(silva, 5, 5), member(okafo, 0, 0)}, "Seen by the care team"},
	}
	for name, tt := range tests {
		if got := received(m, client.Conversation{Members: tt.members}, tt.me); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestFirst(t *testing.T) {
	for in, want := range map[string]string{
		"Ana Almeida": "Ana", "Dr Marta Silva": "Dr Silva", "Dr. Marta Silva": "Dr. Silva", "陈伟": "陈伟", "": "", "Dr": "Dr",
	} {
		if got := first(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestScroll(t *testing.T) {
	lines := func(from, to int64) (out []textLine) {
		for seq := from; seq <= to; seq++ {
			out = append(out, textLine{place: place{seq, partName}}, textLine{place: place{seq, partBody}}, textLine{place: place{seq, partBody + 1}})
		}
		return out
	}
	s, some := scroll{}, lines(50, 99)
	if from, to := s.window(some, 20); from != 130 || to != 150 {
		t.Fatalf("%d to %d at the end", from, to)
	}
	s.by(some, 20, -40)
	top := func(l []textLine) place { from, _ := s.window(l, 20); return l[from].place }
	before := top(some)
	if got := top(lines(1, 99)); got != before {
		t.Errorf("older ones moved the view from %v to %v", before, got)
	}
	if got := top(lines(50, 120)); got != before {
		t.Errorf("newer ones moved the view from %v to %v", before, got)
	}
	s.by(some, 20, 1000)
	if s.up || s.seen(some, 20) != 99 {
		t.Error("not back at the end")
	}
	s.by(some, 20, -1)
	if s.seen(some, 20) != 98 {
		t.Errorf("seen up to %d although the last line isn't in view", s.seen(some, 20))
	}
	s.show(some, 20, 60)
	if from, to := s.window(some, 20); some[from].seq > 60 || some[to-1].seq < 60 {
		t.Error("message 60 is not in view")
	}
	s.open(some, 20, 80)
	if from, _ := s.window(some, 20); some[from+5].seq != 80 {
		t.Error("the unread line is not a quarter down")
	}
	if s.window(nil, 20); s.seen(nil, 20) != 0 {
		t.Error("something was seen of nothing")
	}
}

func TestList(t *testing.T) {
	titled := func(names ...string) (out []row) {
		for _, n := range names {
			out = append(out, row{conversation: n})
		}
		return out
	}
	order := func(l list) (out []string) {
		for _, r := range l.rows {
			out = append(out, r.id())
		}
		return out
	}
	var l list
	l.set(titled("a", "b", "c"), false)
	l.move(1)
	l.set(titled("c", "new", "b", "a"), true)
	if got := order(l); !slices.Equal(got, []string{"new", "a", "b", "c"}) || l.cursor != "b" {
		t.Errorf("kept: %v, cursor on %s", got, l.cursor)
	}
	l.set(titled("c", "a"), false)
	if r, ok := l.current(); !ok || r.id() == "b" {
		t.Error("the cursor is on a row that is gone")
	}
	var long []string
	for n := range 50 {
		long = append(long, fmt.Sprint(n))
	}
	l.set(titled(long...), false)
	for _, n := range []int{30, -5, 100, -100} {
		l.move(n)
		at := l.index()
		if w := l.window(7); len(w) != 7 || !slices.ContainsFunc(w, func(r row) bool { return r.id() == long[at] }) {
			t.Errorf("after %d the cursor is not in view", n)
		}
	}
}

// BenchmarkUpdate is one incoming message in a conversation of 5,000, drawn.
func BenchmarkUpdate(b *testing.B) {
	h := newHospital()
	for n := range 5000 {
		h.says("c1", []string{"ana", "silva"}[n/3%2], "Good morning doctor. How was the night? She asked for her glasses and for the blue book.", at(20, 0, 0).Add(time.Duration(n)*time.Minute))
	}
	m := newModel(deps{ctx: b.Context(), read: h, write: h, feed: h, outbox: h, now: func() time.Time { return morning }}, silva, look{})
	m.screen.width, m.screen.height = 110, 32
	m.state = m.state.Reset(client.Snapshot{Conversations: []client.Conversation{h.conversation("c1", client.KindDirect, "Ana", "silva", 5000, silva, ana)}})
	m.show(row{conversation: "c1"})
	m.open().page(client.MessageList{Messages: h.messages["c1"]}, false)
	b.ResetTimer()
	for b.Loop() {
		m.Update(changed(h.says("c1", "ana", "A new one.", at(21, 9, 0))))
		_ = m.View()
	}
}
