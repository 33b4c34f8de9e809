package care

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/id"
)

var (
	importNow = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	hour      = func(n int) time.Time { return importNow.Add(time.Duration(n) * time.Hour) }
	never     time.Time
)

// TestEngagements is the table of who looks after a patient because of a stay or a team, and how long.
func TestEngagements(t *testing.T) {
	a, b := id.Person{1}, id.Person{2}
	stay := func(status string, from, until time.Time) frame {
		return stayFrame(Stay{ID: id.Stay{9}, Status: status, StartedAt: from, EndedAt: until}, importNow)
	}
	live := stay("in-progress", hour(-24), never)
	type want struct {
		person      id.Person
		role        string
		from, until time.Time
	}
	for _, c := range []struct {
		name  string
		frame frame
		staff []Participant
		want  []want
	}{
		{"nobody", live, nil, nil},
		{"as long as the stay", live, []Participant{{Person: a, Role: "attending"}}, []want{{a, "attending", hour(-24), never}}},
		{"without a role", live, []Participant{{Person: a}}, []want{{a, "other", hour(-24), never}}},
		{"a known end", stay("arrived", hour(-24), hour(5)), []Participant{{Person: a}}, []want{{a, "other", hour(-24), hour(5)}}},
		{"a past end", stay("in-progress", hour(-24), hour(-1)), []Participant{{Person: a}}, nil},
		{"an end right now", stay("in-progress", hour(-24), hour(0)), []Participant{{Person: a}}, nil},
		{"finished", stay("finished", hour(-24), never), []Participant{{Person: a}}, nil},
		{"planned", stay("planned", hour(5), never), []Participant{{Person: a}}, nil},
		{"on leave", stay("onleave", hour(-24), never), []Participant{{Person: a}}, []want{{a, "other", hour(-24), never}}},
		{"triaged, clock ahead", stay("triaged", hour(1), never), []Participant{{Person: a}}, []want{{a, "other", hour(0), never}}},
		{"begin not known", stay("in-progress", never, never), []Participant{{Person: a}}, []want{{a, "other", never, never}}},
		{"own time", live, []Participant{{Person: a, From: hour(2), Until: hour(4)}}, []want{{a, "other", hour(2), hour(4)}}},
		{"own time over", live, []Participant{{Person: a, Until: hour(-1)}, {Person: b}}, []want{{b, "other", hour(-24), never}}},
		{"own time beyond the stay's", stay("arrived", hour(-24), hour(5)), []Participant{{Person: a, Until: hour(9)}}, []want{{a, "other", hour(-24), hour(5)}}},
		{
			"named twice", live,
			[]Participant{{Person: a, Code: "ADM", Role: "other"}, {Person: a, Code: "ATND", Role: "attending"}},
			[]want{{a, "attending", hour(-24), never}},
		},
		{
			"named twice, one ending", live,
			[]Participant{{Person: a, Role: "nurse", Until: hour(1)}, {Person: a, Role: "other"}},
			[]want{{a, "nurse", hour(-24), never}},
		},
		{
			"two shifts", live,
			[]Participant{{Person: a, From: hour(20), Until: hour(28)}, {Person: a, From: hour(-4), Until: hour(4)}},
			[]want{{a, "other", hour(-4), hour(4)}, {a, "other", hour(20), hour(28)}},
		},
		{"an active team", teamFrame(Team{Active: true, From: hour(-3)}, nil, importNow), []Participant{{Person: a}}, []want{{a, "other", hour(-3), never}}},
		{"an inactive team", teamFrame(Team{From: hour(-3)}, nil, importNow), []Participant{{Person: a}}, nil},
		{"a team whose time is over", teamFrame(Team{Active: true, Until: hour(-3)}, nil, importNow), []Participant{{Person: a}}, nil},
		{"a team of a finished stay", teamFrame(Team{Active: true}, &Stay{Status: "finished"}, importNow), []Participant{{Person: a}}, nil},
		{
			"a team of a stay", teamFrame(Team{Active: true, Until: hour(9)}, &Stay{Status: "arrived", StartedAt: hour(-1), EndedAt: hour(7)}, importNow),
			[]Participant{{Person: a}},
			[]want{{a, "other", hour(-1), hour(7)}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []want
			for _, e := range engagements(c.frame, c.staff, importNow) {
				got = append(got, want{e.Person, e.Role, e.From, e.Until})
			}
			if d := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestInheritIDs(t *testing.T) {
	a, b, x, y := id.Person{1}, id.Person{2}, id.Assignment{1}, id.Assignment{2}
	before := []Participant{{Person: a, Code: "ATND", Assignment: x}, {Person: a, Code: "CON", Assignment: x}, {Person: b, Code: "CON", Assignment: y}}
	now := []Participant{{Person: a, Code: "CON", From: hour(1)}, {Person: b, Code: "ATND"}, {Person: id.Person{3}, Code: "ATND"}}
	inheritIDs(now, before)
	if now[0].Assignment != x || now[1].Assignment != y || !now[2].Assignment.IsZero() {
		t.Errorf("inherited %v", now)
	}
	// What was one assignment becomes two that lie apart: only the first keeps the id.
	split := []Participant{{Person: a, Until: hour(1), Assignment: x}, {Person: a, From: hour(5), Assignment: x}}
	got := engagements(stayFrame(Stay{Status: "arrived"}, importNow), split, importNow)
	if len(got) != 2 || got[0].ID != x || !got[1].ID.IsZero() {
		t.Errorf("split: %+v", got)
	}
}

func TestReferrer(t *testing.T) {
	for code, want := range map[string]bool{"REF": true, "refb": true, "RP": true, "ATND": false, "": false, "CON": false, "ADM": false} {
		if got := referrer(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
}

// TestAmend is the table of what messages do to a stay.
func TestAmend(t *testing.T) {
	end, later := hour(-2), hour(-1)
	open := StoredStay{Stay: Stay{Status: "in-progress", Class: "IMP", StartedAt: hour(-9), Ward: "3B", Bed: "1"}}
	over := open
	over.Status, over.EndedAt = "finished", end
	with := func(s StoredStay, change func(s *StoredStay)) StoredStay {
		change(&s)
		return s
	}
	for _, c := range []struct {
		name      string
		was, want StoredStay
		r         StayRecord
	}{
		{"nothing said", open, open, StayRecord{Event: VisitUpdate}},
		{
			"transfer", open, with(open, func(s *StoredStay) { s.Ward, s.Bed = "ICU", "" }),
			StayRecord{Event: VisitTransfer, Status: "in-progress", Place: &Place{Ward: "ICU"}},
		},
		{"place deleted", open, with(open, func(s *StoredStay) { s.Ward, s.Bed = "", "" }), StayRecord{Event: VisitUpdate, Place: &Place{}}},
		{"discharge", open, over, StayRecord{Event: VisitDischarge, Status: "finished", End: &end}},
		{"discharge again", over, with(over, func(s *StoredStay) { s.EndedAt = later }), StayRecord{Event: VisitDischarge, Status: "finished", End: &later}},
		{"discharge cancelled", over, open, StayRecord{Event: VisitCancelDischarge, Status: "in-progress", Cleared: []string{ClearEnd}}},
		{
			"late transfer", over, with(over, func(s *StoredStay) { s.Ward, s.Bed = "ICU", "" }),
			StayRecord{Event: VisitTransfer, Status: "in-progress", Place: &Place{Ward: "ICU"}},
		},
		{"late update", over, over, StayRecord{Event: VisitUpdate, Status: "in-progress"}},
		{"admission cancelled", open, with(open, func(s *StoredStay) { s.Status = "cancelled" }), StayRecord{Event: VisitCancelAdmit, Status: "cancelled"}},
		{"admitted again", over, open, StayRecord{Event: VisitAdmit, Status: "in-progress"}},
		{"start deleted", open, with(open, func(s *StoredStay) { s.StartedAt = never }), StayRecord{Event: VisitUpdate, Cleared: []string{ClearStart}}},
		{"class changed", open, with(open, func(s *StoredStay) { s.Class = "AMB" }), StayRecord{Event: VisitUpdate, Class: "AMB"}},
		{"died", open, with(over, func(s *StoredStay) { s.Died = true }), StayRecord{Event: VisitDischarge, Status: "finished", End: &end, Died: true}},
		{
			"died after all not", with(over, func(s *StoredStay) { s.Died = true }), open,
			StayRecord{Event: VisitCancelDischarge, Status: "in-progress", Cleared: []string{ClearEnd}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.was
			amend(&got, &c.r)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
