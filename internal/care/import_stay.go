package care

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"kinward/internal/id"
)

// stay applies an admission with its doctors.
func (w *work) stay(ctx context.Context, r *StayRecord) error {
	of, err := w.resolve(ctx, r.Patient, PatientKey)
	if err != nil {
		return err
	}
	if of.Target.IsZero() {
		return refuse("patient: %s is not known", r.Patient.plain())
	}
	staff, err := w.participants(ctx, r.Participants)
	if err != nil {
		return err
	}
	if w.row.Source.Partial() {
		return w.visit(ctx, id.Patient(of.Survivor), r, staff)
	}
	k, isNew, err := w.claim(ctx, StayKey, r.Refs, Target(id.New[id.Stay]()), anyone)
	if err != nil {
		return err
	}
	place, err := w.placeOf(ctx, r)
	if err != nil {
		return err
	}
	if again, err := w.says(ctx, r.Refs[0], r, of.Survivor, staff, place); err != nil || again {
		return err
	}
	if _, err := w.dropped(ctx, StayKey, r.Refs); err != nil {
		return err
	}
	was, before, err := w.storedStay(ctx, id.Stay(k.Target), isNew)
	if err != nil {
		return err
	}
	s := StoredStay{Died: r.Died, Stay: Stay{
		ID: id.Stay(k.Target), Patient: id.Patient(of.Survivor), Number: visitNumber(r.Identifiers), Status: r.Status, Class: r.Class,
		Ward: tidy(place.Ward), Room: tidy(place.Room), Bed: tidy(place.Bed), Version: was.Version,
	}}
	s.StartedAt, s.EndedAt = stored(r.Start), stored(r.End)
	return w.putStay(ctx, was, s, before, staff)
}

// stored is a time as the database keeps it, so that it compares with what comes back.
func stored(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// visitNumber is the number that the ward knows the stay by.
func visitNumber(all []Identifier) string {
	if i := slices.IndexFunc(all, func(i Identifier) bool { return i.Type == "VN" }); i >= 0 {
		return all[i].Value
	}
	if len(all) > 0 {
		return all[0].Value
	}
	return ""
}

func (w *work) storedStay(ctx context.Context, stay id.Stay, isNew bool) (StoredStay, []Participant, error) {
	if isNew {
		return StoredStay{}, nil, nil
	}
	s, err := w.tx.Stay(ctx, stay)
	if err != nil {
		return s, nil, err
	}
	staff, err := w.tx.Participants(ctx, Target(stay))
	return s, staff, err
}

// participants finds the staff that a record names. Whoever isn't known is left out with a warning: the stay is worth more
// than one of its doctors.
func (w *work) participants(ctx context.Context, all []ParticipantRecord) ([]Participant, error) {
	var staff []Participant
	for _, r := range all {
		if referrer(r.Code) {
			continue
		}
		p, known, err := w.participant(ctx, r)
		if err != nil {
			return nil, err
		}
		if !known {
			w.warn("participant: %s is not known; left out", cmp.Or(r.Ref.plain(), r.Display))
			continue
		}
		if !slices.ContainsFunc(staff, func(o Participant) bool { return o.same(p) }) {
			staff = append(staff, p)
		}
	}
	return inOrder(staff), nil
}

// inOrder makes the same staff the same list, in whatever order they are named.
func inOrder(staff []Participant) []Participant {
	slices.SortStableFunc(staff, func(a, b Participant) int {
		return cmp.Or(bytes.Compare(a.Person[:], b.Person[:]), cmp.Compare(a.Code, b.Code), a.From.Compare(b.From))
	})
	return staff
}

// participant finds a practitioner, or the one behind a duty role, whose time then counts as well.
func (w *work) participant(ctx context.Context, r ParticipantRecord) (p Participant, known bool, err error) {
	k, err := w.resolve(ctx, r.Ref, PersonKey, DutyKey)
	if err != nil || k.Target.IsZero() {
		return p, false, err
	}
	p = Participant{Person: id.Person(k.Target), Code: strings.ToUpper(r.Code), Role: r.Role, From: stored(r.Period.From), Until: stored(r.Period.Until)}
	if k.Kind == PersonKey {
		return p, true, nil
	}
	d, err := w.tx.Duty(ctx, DutyID(k.Target))
	if err != nil {
		return p, false, err
	}
	p.Person, p.Role = d.Person, cmp.Or(p.Role, d.Role)
	p.From, p.Until = laterOf(p.From, d.From), earlierOf(p.Until, d.Until)
	if !d.Active && (p.Until.IsZero() || p.Until.After(longAgo)) {
		p.Until = longAgo
	}
	return p, true, nil
}

// longAgo is when a duty ended that is over without saying since when.
var longAgo = time.Unix(0, 0).UTC()

// same compares what was said, not what was made of it.
func (p Participant) same(o Participant) bool {
	return p.Person == o.Person && p.Code == o.Code && p.Role == o.Role && p.From.Equal(o.From) && p.Until.Equal(o.Until)
}

// putStay stores a stay with its staff and draws the consequences: assignments begin, change and end, those of care teams
// bound to the stay too. A stay that hasn't changed has none.
func (w *work) putStay(ctx context.Context, was, s StoredStay, before, staff []Participant) error {
	isNew := was.ID.IsZero()
	if !isNew && was == s && slices.EqualFunc(before, staff, Participant.same) {
		return nil
	}
	w.added, w.changed = w.added || isNew, true
	w.touched.place(s.Patient)
	if !isNew && was.Patient != s.Patient {
		w.touched.place(was.Patient)
	}
	if isNew || was != s {
		if err := w.tx.PutStay(ctx, s); err != nil {
			return err
		}
	}
	if err := w.engage(ctx, Target(s.ID), cast{stayFrame(was.Stay, w.now), before}, cast{stayFrame(s.Stay, w.now), staff}); err != nil {
		return err
	}
	if !isNew {
		if err := w.stayTeams(ctx, was.Stay, s.Stay); err != nil {
			return err
		}
	}
	if s.Died && !was.Died {
		return w.died(ctx, s.Patient)
	}
	return nil
}

func (w *work) stayTeams(ctx context.Context, was, now Stay) error {
	teams, err := w.tx.TeamsOfStay(ctx, now.ID)
	if err != nil {
		return err
	}
	for _, t := range teams {
		members, err := w.tx.Participants(ctx, Target(t.ID))
		if err != nil {
			return err
		}
		old := t
		if t.Patient != now.Patient {
			t.Patient = now.Patient
			if err := w.tx.PutTeam(ctx, t); err != nil {
				return err
			}
		}
		before, after := cast{teamFrame(old, &was, w.now), members}, cast{teamFrame(t, &now, w.now), slices.Clone(members)}
		if err := w.engage(ctx, Target(t.ID), before, after); err != nil {
			return err
		}
	}
	return nil
}

// died marks a patient whose stay ended in death.
func (w *work) died(ctx context.Context, patient id.Patient) error {
	p, err := w.tx.Patient(ctx, patient)
	if err != nil || p.Deceased {
		return err
	}
	p.Deceased = true
	numbers, err := w.tx.Identifiers(ctx, patient)
	if err != nil {
		return err
	}
	return w.tx.PutPatient(ctx, p, numbers)
}
