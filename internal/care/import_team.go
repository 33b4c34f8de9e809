package care

import (
	"context"
	"slices"

	"kinward/internal/id"
)

// team applies a care team: its members look after the patient while the team is active, and no longer than the stay that
// it may be bound to.
func (w *work) team(ctx context.Context, r *CareTeamRecord) error {
	t, stay, err := w.teamOf(ctx, r)
	if err != nil {
		return err
	}
	members, err := w.participants(ctx, r.Members)
	if err != nil {
		return err
	}
	if w.row.Source.Kind == "csv" && len(members) == 0 {
		return refuse("staff: %s is not known", r.Members[0].Ref.plain()) // the row is about nobody else
	}
	k, isNew, err := w.claim(ctx, TeamKey, r.Refs, Target(id.New[TeamID]()), anyone)
	if err != nil {
		return err
	}
	t.ID = TeamID(k.Target)
	said := t
	said.ID = TeamID{}
	if again, err := w.says(ctx, r.Refs[0], said, members); err != nil || again {
		return err
	}
	if _, err := w.dropped(ctx, TeamKey, r.Refs); err != nil {
		return err
	}
	return w.putTeam(ctx, t, stay, members, isNew)
}

// teamOf is the team as the record has it, with the stay that it is bound to.
func (w *work) teamOf(ctx context.Context, r *CareTeamRecord) (t Team, stay *Stay, err error) {
	t = Team{Active: r.Active}
	t.From, t.Until = stored(r.Period.From), stored(r.Period.Until)
	if r.Encounter != "" {
		k, err := w.resolve(ctx, r.Encounter, StayKey)
		if err != nil {
			return t, nil, err
		}
		if k.Target.IsZero() {
			// Without the stay nothing would end the access.
			return t, nil, refuse("encounter: %s is not known", r.Encounter.plain())
		}
		s, err := w.tx.Stay(ctx, id.Stay(k.Target))
		if err != nil {
			return t, nil, err
		}
		stay, t.Stay, t.Patient = &s.Stay, s.ID, s.Patient
	}
	if r.Patient == "" {
		return t, stay, nil
	}
	k, err := w.resolve(ctx, r.Patient, PatientKey)
	switch {
	case err != nil:
		return t, nil, err
	case k.Target.IsZero():
		return t, nil, refuse("subject: %s is not known", r.Patient.plain())
	case stay != nil && t.Patient != id.Patient(k.Survivor):
		return t, nil, refuse("encounter: %s is another patient's", r.Encounter.plain())
	}
	t.Patient = id.Patient(k.Survivor)
	return t, stay, nil
}

func (w *work) putTeam(ctx context.Context, t Team, stay *Stay, members []Participant, isNew bool) error {
	var was cast
	if !isNew {
		old, err := w.tx.Team(ctx, t.ID)
		if err != nil {
			return err
		}
		if was.staff, err = w.tx.Participants(ctx, Target(t.ID)); err != nil {
			return err
		}
		if old == t && slices.EqualFunc(was.staff, members, Participant.same) {
			return nil
		}
		if was.frame, err = w.teamFrame(ctx, old); err != nil {
			return err
		}
	}
	w.added, w.changed = w.added || isNew, true
	if err := w.tx.PutTeam(ctx, t); err != nil {
		return err
	}
	return w.engage(ctx, Target(t.ID), was, cast{teamFrame(t, stay, w.now), members})
}

func (w *work) teamFrame(ctx context.Context, t Team) (frame, error) {
	if t.Stay.IsZero() {
		return teamFrame(t, nil, w.now), nil
	}
	s, err := w.tx.Stay(ctx, t.Stay)
	return teamFrame(t, &s.Stay, w.now), err
}
