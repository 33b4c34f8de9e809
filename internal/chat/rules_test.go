package chat_test

import (
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
)

var (
	now   = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	me    = id.New[id.Person]()
	other = id.New[id.Person]()
)

// members are the relations that somebody can have to a conversation.
var members = map[string]chat.Member{
	"none":             {},
	"active":           {Person: me, State: chat.Active},
	"active_until":     {Person: me, State: chat.Active, Until: now.Add(time.Millisecond)},
	"run_out":          {Person: me, State: chat.Active, Until: now},
	"left":             {Person: me, State: chat.Left},
	"updates_only":     {Person: me, State: chat.Active, ReadOnly: true},
	"updates_run_out":  {Person: me, State: chat.Active, ReadOnly: true, Until: now.Add(-time.Hour)},
	"left_with_future": {Person: me, State: chat.Left, Until: now.Add(time.Hour)},
}

// TestPermissions is relation × action: what each answers. Everything that is not allowed looks like nothing there, except
// what somebody who may look is told plainly.
func TestPermissions(t *testing.T) {
	type row struct{ read, send problem.Code }
	want := map[string]row{
		"none":             {problem.NotFound, problem.NotFound},
		"active":           {"", ""},
		"active_until":     {"", ""},
		"run_out":          {problem.NotFound, problem.NotFound},
		"left":             {problem.NotFound, problem.NotFound},
		"updates_only":     {"", problem.Forbidden},
		"updates_run_out":  {problem.NotFound, problem.NotFound},
		"left_with_future": {problem.NotFound, problem.NotFound},
	}
	for name, m := range members {
		w, ok := want[name]
		if !ok {
			t.Fatalf("no row for %s", name)
		}
		got := row{problem.CodeOf(chat.MayRead(m, now)), problem.CodeOf(chat.MaySend(m, now))}
		if got != w {
			t.Errorf("%s: read %q send %q, want read %q send %q", name, got.read, got.send, w.read, w.send)
		}
	}
}

func TestMayChange(t *testing.T) {
	mine := chat.Message{Sender: me, Kind: chat.Text}
	gone := chat.Message{Sender: me, Kind: chat.Text, RetractedAt: now}
	for _, c := range []struct {
		name string
		m    chat.Message
		want problem.Code
	}{
		{"own", mine, ""},
		{"somebody_elses", chat.Message{Sender: other, Kind: chat.Text}, problem.Forbidden},
		{"own_retracted", gone, problem.Conflict},
		{"system", chat.Message{Sender: me, Kind: chat.System}, problem.Forbidden},
	} {
		if got := problem.CodeOf(chat.MayChange(c.m, account.Actor{Person: me, Kind: account.Staff})); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestMayMeet is asker's kind × the other's kind: relatives are met by nobody directly (N12, A11).
func TestMayMeet(t *testing.T) {
	kinds := []account.Kind{account.Staff, account.Member, account.Admin, account.Family}
	for _, a := range kinds {
		for _, b := range kinds {
			want := problem.Code("")
			if a == account.Family || b == account.Family {
				want = problem.NotFound
			}
			if got := problem.CodeOf(chat.MayMeet(account.Actor{Person: me, Kind: a}, account.Person{ID: other, Kind: b})); got != want {
				t.Errorf("%s meets %s: %q, want %q", a, b, got, want)
			}
		}
	}
	closed := account.Person{ID: other, Kind: account.Staff, DisabledAt: now}
	if err := chat.MayMeet(account.Actor{Person: me, Kind: account.Staff}, closed); !problem.Is(err, problem.NotFound) {
		t.Errorf("a closed account: %v", err)
	}
	if err := chat.MayMeet(account.Actor{Person: me, Kind: account.Staff}, account.Person{ID: me, Kind: account.Staff}); !problem.Is(err, problem.Invalid) {
		t.Errorf("oneself: %v", err)
	}
}

// TestMayRemove is who removes whom from what.
func TestMayRemove(t *testing.T) {
	group := chat.Conversation{Kind: chat.Group, Creator: me}
	others := chat.Conversation{Kind: chat.Group, Creator: other}
	live, theirs := members["active"], chat.Member{Person: other, State: chat.Active}
	for _, c := range []struct {
		name    string
		in      chat.Conversation
		me      chat.Member
		removed chat.Member
		want    problem.Code
	}{
		{"creator_removes", group, live, theirs, ""},
		{"member_leaves", others, live, live, ""},
		{"member_removes", others, live, theirs, problem.Forbidden},
		{"outsider", others, chat.Member{}, theirs, problem.NotFound},
		{"left_member", group, members["left"], theirs, problem.NotFound},
		{"direct", chat.Conversation{Kind: chat.Direct, Creator: me}, live, theirs, problem.Forbidden},
		{"leaving_family", chat.Conversation{Kind: chat.Family}, live, live, problem.Forbidden},
		{"who_is_not_in", group, live, chat.Member{Person: other}, problem.NotFound},
	} {
		err := chat.MayRemove(c.in, account.Actor{Person: me}, c.me, c.removed, now)
		if got := problem.CodeOf(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCheckText: kept exactly or refused, never cut (M13).
func TestCheckText(t *testing.T) {
	for _, c := range []struct {
		name, text string
		ok         bool
	}{
		{"one", "x", true},
		{"empty", "", false},
		{"space", " \t\r\n\u2003\u00a0", false},
		{"longest", strings.Repeat("ß", chat.MaxText), true},
		{"too_long", strings.Repeat("ß", chat.MaxText+1), false},
		{"invalid_utf8", "a\xffb", false},
		{"markup", "<script>alert(1)</script>", true},
		{"zero_byte", "a\x00b", true},
	} {
		err := chat.CheckText(c.text)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if p := (*problem.Error)(nil); err != nil && !asField(err, &p, "text") {
			t.Errorf("%s: %v does not name the field", c.name, err)
		}
	}
}

func asField(err error, p **problem.Error, field string) bool {
	e, ok := err.(*problem.Error) //nolint:errorlint // the rule returns it bare
	*p = e
	return ok && e.Field == field
}

func TestNumber(t *testing.T) {
	s := chat.Standing{Member: members["active"], LastSeq: 4}
	m, err := chat.Number(chat.Draft{Sender: me, Text: "x", ReplyTo: 4}, s, now)
	if err != nil || m.Seq != 5 || m.ReplyTo != 4 || !m.CreatedAt.Equal(now) {
		t.Fatalf("numbered %+v, %v", m, err)
	}
	for _, reply := range []int64{-1, 5, 1 << 40} {
		if _, err := chat.Number(chat.Draft{Sender: me, Text: "x", ReplyTo: reply}, s, now); !problem.Is(err, problem.Invalid) {
			t.Errorf("reply to %d: %v", reply, err)
		}
	}
}

// TestRepeat: the same again is the same message, anything else under its id a conflict (M9).
func TestRepeat(t *testing.T) {
	c := id.New[id.Conversation]()
	d := chat.Draft{Conversation: c, Text: "first", ReplyTo: 1}
	first := chat.Message{Conversation: c, Text: "corrected since", ReplyTo: 1}
	if err := chat.Repeat(d, first, "first"); err != nil {
		t.Errorf("a repeat after a correction: %v", err)
	}
	for name, change := range map[string]func(*chat.Draft){
		"text":         func(d *chat.Draft) { d.Text = "corrected since" },
		"reply":        func(d *chat.Draft) { d.ReplyTo = 0 },
		"conversation": func(d *chat.Draft) { d.Conversation = id.New[id.Conversation]() },
	} {
		changed := d
		change(&changed)
		if err := chat.Repeat(changed, first, "first"); !problem.Is(err, problem.Conflict) {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

// TestRaise: marks only rise, read implies delivered, beyond the end is refused (M21).
func TestRaise(t *testing.T) {
	m := members["active"]
	m.Read, m.Delivered = 3, 5
	s := chat.Standing{Member: m, LastSeq: 9}
	for _, c := range []struct {
		mark            chat.Mark
		read, delivered int64
		changed         bool
		code            problem.Code
	}{
		{chat.Mark{Read: 4}, 4, 5, true, ""},
		{chat.Mark{Read: 7}, 7, 7, true, ""},
		{chat.Mark{Read: 2}, 3, 5, false, ""},
		{chat.Mark{Delivered: 9}, 3, 9, true, ""},
		{chat.Mark{Delivered: 99}, 3, 9, true, ""},
		{chat.Mark{Read: 10}, 0, 0, false, problem.Invalid},
		{chat.Mark{Read: -1}, 0, 0, false, problem.Invalid},
	} {
		read, delivered, changed, err := chat.Raise(c.mark, s, now)
		if read != c.read || delivered != c.delivered || changed != c.changed || problem.CodeOf(err) != c.code {
			t.Errorf("%+v: %d %d %v %v", c.mark, read, delivered, changed, err)
		}
	}
	if _, _, _, err := chat.Raise(chat.Mark{Read: 1}, chat.Standing{LastSeq: 9}, now); !problem.Is(err, problem.NotFound) {
		t.Errorf("a stranger's mark: %v", err)
	}
}

func TestSeesPresence(t *testing.T) {
	for _, c := range []struct {
		viewer, subject account.Kind
		members         int
		want            bool
	}{
		{account.Staff, account.Family, 3, true},
		{account.Family, account.Staff, 3, false},
		{account.Member, account.Member, 2, true},
		{account.Member, account.Member, 51, false},
	} {
		if got := chat.SeesPresence(c.viewer, c.subject, c.members); got != c.want {
			t.Errorf("%s sees %s among %d: %v", c.viewer, c.subject, c.members, got)
		}
	}
}
