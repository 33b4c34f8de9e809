package care

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

var (
	now    = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	before = now.Add(-time.Hour)
	after  = now.Add(time.Hour)
)

// TestPermissions is the actor's kind × whether they are in the patient's family conversation × what they want to do
// (S2, U2, M5).
func TestPermissions(t *testing.T) {
	const none, denied = problem.NotFound, problem.Forbidden
	for _, c := range []struct {
		kind                account.Kind
		in                  bool
		see, manage, assign problem.Code
	}{
		{account.Staff, true, "", "", ""},
		{account.Staff, false, none, none, none},
		{account.Family, true, "", denied, denied},
		{account.Family, false, none, none, none},
		{account.Member, true, "", denied, denied},
		{account.Member, false, none, none, none},
		{account.Admin, true, "", denied, ""},
		{account.Admin, false, none, none, ""},
	} {
		actor := account.Actor{Kind: c.kind}
		see, manage, assign := problem.CodeOf(MaySee(c.in)), problem.CodeOf(MayManage(actor, c.in)), problem.CodeOf(MayAssign(actor, c.in))
		if see != c.see || manage != c.manage || assign != c.assign {
			t.Errorf("%s in=%v: see %q manage %q assign %q", c.kind, c.in, see, manage, assign)
		}
	}
}

func TestCheckAssignee(t *testing.T) {
	for _, k := range []account.Kind{account.Staff, account.Family, account.Member, account.Admin} {
		if err := CheckAssignee(account.Person{Kind: k}); (err == nil) != (k == account.Staff) {
			t.Errorf("%s: %v", k, err)
		}
	}
	if CheckAssignee(account.Person{Kind: account.Staff, DisabledAt: now}) == nil {
		t.Error("a closed account was taken")
	}
}

// TestStay_Live: any class, four statuses, and an end that is not past.
func TestStay_Live(t *testing.T) {
	for status, live := range map[string]bool{
		"planned": false, "arrived": true, "triaged": true, "in-progress": true, "onleave": true, "finished": false, "cancelled": false,
		"entered-in-error": false, "unknown": false, "": false,
	} {
		for name, c := range map[string]struct {
			end  time.Time
			live bool
		}{"open": {time.Time{}, live}, "future_end": {after, live}, "past_end": {before, false}, "ends_now": {now, false}} {
			if got := (Stay{Status: status, EndedAt: c.end}).Live(now); got != c.live {
				t.Errorf("%s %s: %v", status, name, got)
			}
		}
	}
}

// TestGrants: who is in the family conversation, until when, and when that changes by itself.
func TestGrants(t *testing.T) {
	doctor, nurse, ana := id.New[id.Person](), id.New[id.Person](), id.New[id.Person]()
	for _, c := range []struct {
		name        string
		assignments []Assignment
		links       []Link
		want        []Grant
		next        time.Time
	}{
		{"nobody", nil, nil, nil, time.Time{}},
		{"open_ended", []Assignment{{Person: doctor, From: before}}, nil, []Grant{{Person: doctor}}, time.Time{}},
		{"until", []Assignment{{Person: doctor, From: before, Until: after}}, nil, []Grant{{Person: doctor, Until: after}}, after},
		{"ended", []Assignment{{Person: doctor, From: before, Until: now}}, nil, nil, time.Time{}},
		{"not_yet", []Assignment{{Person: doctor, From: after}}, nil, nil, after},
		{"never", []Assignment{{Person: doctor, From: after, Until: before}}, nil, nil, time.Time{}},
		{
			"longest_of_two",
			[]Assignment{{Person: doctor, From: before, Until: after}, {Person: doctor, From: before}, {Person: doctor, From: before, Until: after}},
			nil,
			[]Grant{{Person: doctor}},
			after,
		},
		{
			"two_people",
			[]Assignment{{Person: doctor, From: before}, {Person: nurse, From: before, Until: after}},
			nil,
			[]Grant{{Person: doctor}, {Person: nurse, Until: after}},
			after,
		},
		{"active_link", nil, []Link{{Person: ana, State: ActiveLink, Scope: "two-way"}}, []Grant{{Person: ana}}, time.Time{}},
		{"updates_link", nil, []Link{{Person: ana, State: ActiveLink, Scope: "updates"}}, []Grant{{Person: ana, ReadOnly: true}}, time.Time{}},
		{"other_links", nil, []Link{{Person: ana, State: Revoked}, {Person: ana, State: Ended}, {State: Candidate}, {State: InvitedLink}}, nil, time.Time{}},
	} {
		got, next := Grants(c.assignments, c.links, now)
		if !slices.Equal(got, c.want) || !next.Equal(c.next) {
			t.Errorf("%s: %+v next %v, want %+v next %v", c.name, got, next, c.want, c.next)
		}
	}
}

func TestCurrentStay(t *testing.T) {
	old := Stay{ID: id.New[id.Stay](), Status: "in-progress", StartedAt: before}
	ended := Stay{ID: id.New[id.Stay](), Status: "finished", StartedAt: now}
	planned := Stay{ID: id.New[id.Stay](), Status: "planned", StartedAt: after}
	for name, c := range map[string]struct {
		stays []Stay
		want  Stay
	}{
		"live_before_newer": {[]Stay{ended, old, planned}, old},
		"newest_of_ended":   {[]Stay{ended, {Status: "finished", StartedAt: before}}, ended},
	} {
		for range 2 {
			if got, ok := CurrentStay(c.stays, now); !ok || got.ID != c.want.ID {
				t.Errorf("%s: %+v", name, got)
			}
			slices.Reverse(c.stays)
		}
	}
	if _, ok := CurrentStay(nil, now); ok {
		t.Error("a stay out of nothing")
	}
}

func TestSameBirthDate(t *testing.T) {
	for _, c := range []struct {
		record, told string
		same         bool
	}{
		{"1950-03-04", "1950-03-04", true},
		{"1950-03-04", "1950-03-05", false},
		{"1950-03", "1950-03-05", true},
		{"1950", "1950-12-31", true},
		{"1950", "1951-01-01", false},
		{"", "1950-01-01", false},
		{"1950-03-04", "1950-03", false},
		{"1950-1", "1950-12-01", false},
	} {
		if got := SameBirthDate(c.record, c.told); got != c.same {
			t.Errorf("record %q told %q: %v", c.record, c.told, got)
		}
	}
}

func TestCheckInvite(t *testing.T) {
	good := Invite{Name: "Ana", Relationship: "daughter", Scope: "two-way", ConsentBasis: "agreed", Language: "pt-BR"}
	if err := CheckInvite(good); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*Invite){
		"name":          func(i *Invite) { i.Name = " " },
		"relationship":  func(i *Invite) { i.Relationship = "cousin" },
		"scope":         func(i *Invite) { i.Scope = "all" },
		"consent":       func(i *Invite) { i.ConsentBasis = "" },
		"consent.basis": func(i *Invite) { i.ConsentBasis = "yes" },
		"consent.note":  func(i *Invite) { i.ConsentNote = strings.Repeat("x", 1001) },
		"language":      func(i *Invite) { i.Language = "not a language" },
	} {
		bad := good
		change(&bad)
		err := CheckInvite(bad)
		if p, ok := err.(*problem.Error); !ok || p.Field != field { //nolint:errorlint // the rule returns it bare
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestCode: ten characters without look-alikes, the same however they are typed.
func TestCode(t *testing.T) {
	seen := map[byte]bool{}
	for i := range 255 {
		code := codeFrom(bytes.Repeat([]byte{byte(i), byte(i * 7), byte(i * 31)}, 40))
		if len(code) != CodeLength && i < 248 {
			t.Fatalf("code %q", code)
		}
		for _, c := range []byte(code) {
			seen[c] = true
			if strings.IndexByte("0O1IL", c) >= 0 {
				t.Fatalf("%q has a look-alike", code)
			}
		}
	}
	if len(seen) != len(alphabet) {
		t.Errorf("%d of %d characters in use", len(seen), len(alphabet))
	}
	if got := normalCode(" abcde-fghjk\t"); got != "ABCDEFGHJK" {
		t.Errorf("typed code became %q", got)
	}
}

func TestInvitation_Live(t *testing.T) {
	good := Invitation{ExpiresAt: after}
	for name, c := range map[string]struct {
		change func(*Invitation)
		live   bool
	}{
		"fresh": {func(*Invitation) {}, true}, "used": {func(i *Invitation) { i.UsedAt = before }, false}, "dead": {func(i *Invitation) { i.DeadAt = before }, false},
		"four_tries": {func(i *Invitation) { i.Tries = 4 }, true}, "five_tries": {func(i *Invitation) { i.Tries = 5 }, false},
		"expired": {func(i *Invitation) { i.ExpiresAt = now }, false},
	} {
		i := good
		c.change(&i)
		if i.Live(now) != c.live {
			t.Errorf("%s: %v", name, !c.live)
		}
	}
}
