package care

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kinward/internal/id"
)

// frame is what bounds everybody whom a stay or a care team names: outside of it nobody has a reason to see the patient.
type frame struct {
	patient id.Patient
	stay    id.Stay
	live    bool
	from    time.Time // zero: not known
	until   time.Time // zero: open-ended
}

func stayFrame(s Stay, now time.Time) frame {
	f := frame{patient: s.Patient, stay: s.ID, live: s.Live(now), from: s.StartedAt, until: s.EndedAt}
	if f.live && f.from.After(now) {
		f.from = now // the status says that it has begun; clocks and time zones differ
	}
	return f
}

// teamFrame is a team's, within its stay if it is bound to one.
func teamFrame(t Team, stay *Stay, now time.Time) frame {
	f := frame{patient: t.Patient, from: t.From, until: t.Until}
	f.live = t.Active && (t.Until.IsZero() || t.Until.After(now))
	if stay == nil {
		return f
	}
	s := stayFrame(*stay, now)
	f.stay, f.live = s.stay, f.live && s.live
	f.from, f.until = laterOf(f.from, s.from), earlierOf(f.until, s.until)
	return f
}

// laterOf and earlierOf take zero for no bound.
func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlierOf(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// engagement is an assignment that the participants of a frame are a reason for.
type engagement struct {
	Assignment
	rows []int // of the participants that it is for
}

// referrer reports that a participant only sent the patient and is, often enough, not of this hospital.
func referrer(code string) bool {
	return slices.Contains([]string{"REF", "REFB", "REFT", "RP", "RT"}, strings.ToUpper(code))
}

// engagements are the assignments that should hold now or later. Somebody who is named twice has one, in the weightier of
// the roles; only where the times lie apart, as those of two shifts, there are two. An assignment keeps the id that its
// participants had.
func engagements(f frame, all []Participant, now time.Time) []engagement {
	if !f.live {
		return nil
	}
	var out []engagement
	for _, row := range inTime(all) {
		p := all[row]
		one := engagement{rows: []int{row}}
		one.Patient, one.Stay, one.Person, one.Role, one.ID = f.patient, f.stay, p.Person, cmp.Or(p.Role, "other"), p.Assignment
		one.From, one.Until = laterOf(f.from, p.From), earlierOf(f.until, p.Until)
		if !one.Until.IsZero() && (!one.Until.After(now) || !one.Until.After(one.From)) {
			continue
		}
		i := slices.IndexFunc(out, func(e engagement) bool {
			return e.Person == one.Person && (e.Until.IsZero() || !one.From.After(e.Until))
		})
		if i < 0 {
			out = append(out, one)
			continue
		}
		out[i].join(one)
	}
	return distinct(out)
}

// inTime are the rows in the order in which they begin.
func inTime(all []Participant) []int {
	rows := make([]int, len(all))
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int { return all[a].From.Compare(all[b].From) })
	return rows
}

// join adds one that begins later and overlaps.
func (e *engagement) join(o engagement) {
	e.rows = append(e.rows, o.rows...)
	if slices.Index(roles, o.Role) < slices.Index(roles, e.Role) {
		e.Role = o.Role
	}
	if !e.Until.IsZero() && (o.Until.IsZero() || o.Until.After(e.Until)) {
		e.Until = o.Until
	}
	if e.ID.IsZero() {
		e.ID = o.ID
	}
}

// distinct takes the id away from all but the first of several with the same: they were one before.
func distinct(all []engagement) []engagement {
	seen := map[id.Assignment]bool{}
	for i := range all {
		if seen[all[i].ID] {
			all[i].ID = id.Assignment{}
		}
		seen[all[i].ID] = true
	}
	return all
}

// inheritIDs gives those who go on the assignments that they had: to the row for the same code and time, else for the same
// code, else for the same person.
func inheritIDs(now, before []Participant) {
	for _, like := range []func(a, b Participant) bool{
		func(a, b Participant) bool { return a.Code == b.Code && a.From.Equal(b.From) },
		func(a, b Participant) bool { return a.Code == b.Code },
		func(Participant, Participant) bool { return true },
	} {
		for i := range now {
			p := &now[i]
			if !p.Assignment.IsZero() {
				continue
			}
			n := slices.IndexFunc(before, func(b Participant) bool {
				return b.Person == p.Person && !b.Assignment.IsZero() && like(*p, b)
			})
			if n >= 0 {
				p.Assignment = before[n].Assignment
			}
		}
	}
}

// sameReason reports that nothing about an engagement differs, so that what a person has done to the assignment since,
// ending it early say, stays.
func sameReason(a, b Assignment) bool {
	return a.Patient == b.Patient && a.Stay == b.Stay && a.Person == b.Person && a.Role == b.Role && a.From.Equal(b.From) && a.Until.Equal(b.Until)
}

// endOf is when the assignments end that a frame no longer is a reason for: with it, if it has ended, else now.
func endOf(f frame, now time.Time) time.Time {
	if !f.live && !f.until.IsZero() && f.until.Before(now) {
		return f.until
	}
	return now
}
