package care

import (
	"context"
	"slices"

	"kinward/internal/id"
)

// cast is whom a stay or a care team names, and what bounds them.
type cast struct {
	frame
	staff []Participant
}

// engage makes the assignments follow when the cast of a stay or a care team changes. Only what is a reason for a
// difference is written. It stores the participants too, since they hold the assignments' ids.
func (w *work) engage(ctx context.Context, of Target, was, is cast) error {
	inheritIDs(is.staff, was.staff)
	old, want := engagements(was.frame, was.staff, w.now), engagements(is.frame, is.staff, w.now)
	kept := map[id.Assignment]bool{}
	for _, e := range want {
		i := -1
		if !e.ID.IsZero() {
			i = slices.IndexFunc(old, func(o engagement) bool { return o.ID == e.ID })
		}
		if i >= 0 && old[i].Stay != e.Stay || e.ID.IsZero() {
			e.ID = id.New[id.Assignment]()
			i = -1
		}
		kept[e.ID] = true
		for _, row := range e.rows {
			is.staff[row].Assignment = e.ID
		}
		if i >= 0 && sameReason(old[i].Assignment, e.Assignment) {
			continue
		}
		if err := w.putEngagement(ctx, was.patient, e.Assignment); err != nil {
			return err
		}
	}
	for _, o := range old {
		if kept[o.ID] || o.ID.IsZero() {
			continue
		}
		if err := w.endEngagement(ctx, was.patient, o.ID, is.frame); err != nil {
			return err
		}
	}
	if slices.Equal(was.staff, is.staff) {
		return nil
	}
	return w.tx.PutParticipants(ctx, of, is.staff)
}

func (w *work) putEngagement(ctx context.Context, patient id.Patient, a Assignment) error {
	if a.From.IsZero() { // nobody says since when
		have, there, err := w.assignment(ctx, patient, a.ID)
		if err != nil {
			return err
		}
		a.From = w.now
		if there {
			a.From = have.From
		}
	}
	w.touched.grants(a.Patient)
	if !patient.IsZero() && patient != a.Patient {
		w.touched.grants(patient)
	}
	w.changed = true
	return w.tx.PutAssignment(ctx, a)
}

// endEngagement ends an assignment whose reason is gone, unless it has ended already.
func (w *work) endEngagement(ctx context.Context, patient id.Patient, assignment id.Assignment, is frame) error {
	a, there, err := w.assignment(ctx, patient, assignment)
	if err != nil || !there || !a.Until.IsZero() && !a.Until.After(w.now) {
		return err
	}
	a.Until = endOf(is, w.now)
	w.touched.grants(a.Patient)
	w.changed = true
	return w.tx.PutAssignment(ctx, a)
}

func (w *work) assignment(ctx context.Context, patient id.Patient, assignment id.Assignment) (Assignment, bool, error) {
	if patient.IsZero() {
		return Assignment{}, false, nil
	}
	all, err := w.tx.Assignments(ctx, patient)
	if err != nil {
		return Assignment{}, false, err
	}
	for _, a := range all {
		if a.ID == assignment {
			return a, true, nil
		}
	}
	return Assignment{}, false, nil
}
