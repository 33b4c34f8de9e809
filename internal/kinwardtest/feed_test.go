package kinwardtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/app"
)

// stranger is somebody's way in for tests that hold single lines instead of a device.
func stranger(t testing.TB, s *Server, p Person) dialed {
	t.Helper()
	n := newNetwork()
	t.Cleanup(n.cut)
	return dialed{&http.Client{Transport: &http.Transport{DialContext: n.dial}}, s.URL, p.Token}
}

// limited is a context for one test.
func limited(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// until reads a line until ok or its end.
func until(ctx context.Context, l line, ok func(wirePage) bool) error {
	for {
		p, err := l.next(ctx)
		if err != nil || ok(p) {
			return err
		}
	}
}

// nothing waits for the end of a line.
func nothing(wirePage) bool { return false }

// TestFeed_reset: a cursor of another database and one ahead of the head are told apart from a good one, by the same word on
// each transport.
func TestFeed_reset(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	epoch, version, _ := strings.Cut(s.present(ana), ".")
	cursors := map[string]string{"other_epoch": "0123456789ab." + version, "ahead": epoch + ".999999"}
	want := map[string]ended{
		"poll": {410, "reset", 0}, "long-poll": {410, "reset", 0}, "sse": {0, "reset reset", 0}, "websocket": {4410, "reset", 0},
	}
	for name, cursor := range cursors {
		for _, transport := range transports {
			t.Run(name+"/"+transport, func(t *testing.T) {
				ctx, d := limited(t), stranger(t, s, ana)
				l, err := d.open(ctx, transport, cursor)
				if err == nil {
					defer l.hangUp()
					err = until(ctx, l, nothing)
				}
				e := (*ended)(nil)
				if w := want[transport]; !errors.As(err, &e) || *e != w {
					t.Errorf("the end was %v, want %v", err, &w)
				}
			})
		}
	}
}

// TestFeed_reset_in_frames: auth and ack present cursors too.
func TestFeed_reset_in_frames(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	tests := map[string]object{
		"auth": {"op": "auth", "token": ana.Token, "cursor": "0123456789ab.1"},
		"ack":  {"op": "ack", "cursor": "0123456789ab.1"},
	}
	for name, put := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, header := limited(t), http.Header{}
			if name == "ack" {
				header.Set("Authorization", "Bearer "+ana.Token)
			}
			l, err := stranger(t, s, ana).dialSocket(ctx, "", header)
			if err != nil {
				t.Fatal(err)
			}
			defer l.hangUp()
			if err := l.put(ctx, put); err != nil {
				t.Fatal(err)
			}
			e := (*ended)(nil)
			if err := until(ctx, l, nothing); !errors.As(err, &e) || e.status != 4410 || e.code != "reset" {
				t.Errorf("the end was %v, want 4410 reset", err)
			}
		})
	}
}

// TestFeed_bad_questions: what is no cursor, wait or limit is refused by its name.
func TestFeed_bad_questions(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	now := s.present(ana)
	tests := []struct{ query, field string }{
		{"cursor=x", "cursor"},
		{"cursor=a.b", "cursor"},
		{"cursor=%00.1", "cursor"},
		{"cursor=" + now + "x", "cursor"},
		{"cursor=a.-1", "cursor"},
		{"cursor=a.01", "cursor"},
		{"cursor=a.99999999999999999999", "cursor"},
		{"cursor=" + now + "&wait=-1", "wait"},
		{"cursor=" + now + "&wait=soon", "wait"},
		{"cursor=" + now + "&wait=1.5", "wait"},
		{"cursor=" + now + "&limit=0", "limit"},
		{"cursor=" + now + "&limit=-5", "limit"},
		{"cursor=" + now + "&limit=many", "limit"},
	}
	for _, tt := range tests {
		if p := s.refused(s.Call(ana.Token, "GET", "/feed?"+tt.query, nil), 422, "invalid"); p.Field != tt.field {
			t.Errorf("%s: the field is %q, want %q", tt.query, p.Field, tt.field)
		}
	}
	for _, query := range []string{"cursor=" + now + "&limit=5000", "cursor=" + now + "&limit=1000", "wait=60&limit=1"} {
		s.Must(http.StatusOK, ana.Token, "GET", "/feed?"+query, nil, nil)
	}
}

// TestFeed_pages: small pages say the same as one large one, and more says whether there is another.
func TestFeed_pages(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	start := s.present(ana)
	talk := s.direct(ana, bo)
	for i := range 30 {
		s.say(bo, talk, fmt.Sprint("number ", i))
	}
	s.Must(http.StatusNoContent, ana.Token, "PUT", "/conversations/"+talk+"/marks", object{"read": 7}, nil)
	whole := s.poll(bo, start)
	if whole.More || len(whole.Changes) == 0 {
		t.Fatalf("one page holds %d changes, more %v", len(whole.Changes), whole.More)
	}
	for _, limit := range []int{1, 2, 7, 30, 1000} {
		var versions []int64
		cursor := start
		for more := true; more; {
			var page wirePage
			s.Must(http.StatusOK, bo.Token, "GET", fmt.Sprintf("/feed?limit=%d&cursor=%s", limit, cursor), nil, &page)
			if len(page.Changes) > limit || page.More && page.Cursor == cursor {
				t.Fatalf("a page of %d has %d changes and goes from %s to %s", limit, len(page.Changes), cursor, page.Cursor)
			}
			for _, c := range page.Changes {
				versions = append(versions, c.Version)
			}
			cursor, more = page.Cursor, page.More
		}
		// Presenting the first cursors raised the delivered mark: such changes come behind what was there.
		var want []int64
		for _, c := range whole.Changes {
			if c.Type != "member" {
				want = append(want, c.Version)
			}
		}
		for _, v := range want {
			if !slices.Contains(versions, v) {
				t.Errorf("in pages of %d, version %d is missing", limit, v)
			}
		}
		if !slices.IsSorted(versions) || len(slices.Compact(slices.Clone(versions))) != len(versions) {
			t.Errorf("pages of %d tell the versions %v", limit, versions)
		}
	}
}

// TestFeed_hold_ends_empty: a held poll that hears nothing ends by itself with an empty page.
func TestFeed_hold_ends_empty(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	now := s.present(ana)
	begin := time.Now()
	a := s.Call(ana.Token, "GET", "/feed?wait=1&cursor="+now, nil)
	var page wirePage
	a.JSON(t, &page)
	if a.Status != 200 || len(page.Changes) != 0 || page.More || page.Cursor == "" || time.Since(begin) < time.Second {
		t.Errorf("after %v: %d %s", time.Since(begin), a.Status, a.Body)
	}
	if !strings.Contains(string(a.Body), `"changes":[]`) || !strings.Contains(string(a.Body), `"ephemeral":[]`) {
		t.Errorf("empty lists are not []: %s", a.Body)
	}
}

// TestFeed_last_event_id wins over the cursor of the address, which an EventSource never changes.
func TestFeed_last_event_id(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	first := s.present(ana)
	s.say(bo, talk, "one")
	second := s.present(ana)
	s.say(bo, talk, "two")
	ctx, d := limited(t), stranger(t, s, ana)
	res, err := d.get(ctx, "/feed/events?cursor="+first, http.Header{"Last-Event-Id": {second}})
	if err != nil {
		t.Fatal(err)
	}
	l := openedEvents(res)
	defer l.hangUp()
	var h heard
	if err := until(ctx, l, func(p wirePage) bool { h.note("sse", p); return h.count() > 0 }); err != nil {
		t.Fatal(err)
	}
	if got := h.in(talk); len(got) != 1 || got[0].Text != "two" {
		t.Errorf("told %+v, want only what came after the id", got)
	}
}

// TestFeed_heartbeat tells the newest head, also of other people's business.
func TestFeed_heartbeat(t *testing.T) {
	t.Parallel()
	s := Start(t, func(c *app.Config) { c.Heartbeat = 80 * time.Millisecond })
	ana, bo, cy := s.Person(account.Member, "ana"), s.Person(account.Member, "bo"), s.Person(account.Member, "cy")
	for _, transport := range []string{"sse", "websocket"} {
		d := newDevice(t, s.URL, ana, transport, s.present(ana))
		eventually(t, "three heartbeats", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.beats >= 3 })
		talk := s.direct(bo, s.Person(account.Member, "somebody.for."+transport))
		s.say(bo, talk, "not for ana")
		var page wirePage
		s.Must(http.StatusOK, cy.Token, "GET", "/feed", nil, &page)
		eventually(t, "the head to be told", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.head >= page.Head })
		if d.count() != 0 {
			t.Errorf("%s: ana was told other people's messages", transport)
		}
	}
}
