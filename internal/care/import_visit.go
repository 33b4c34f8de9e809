package care

import (
	"cmp"
	"context"
	"slices"

	"kinward/internal/id"
)

// visit applies what a message reports about a stay: what it leaves out stays as it is.
func (w *work) visit(ctx context.Context, patient id.Patient, r *StayRecord, staff []Participant) error {
	was, err := w.findVisit(ctx, patient, r)
	if err != nil {
		return err
	}
	var before []Participant
	if !was.ID.IsZero() {
		if before, err = w.tx.Participants(ctx, Target(was.ID)); err != nil {
			return err
		}
	}
	s := was
	if was.ID.IsZero() {
		if s, err = w.newVisit(ctx, patient, r); err != nil {
			return err
		}
	} else if len(r.Refs) > 0 {
		if err := w.putKeys(ctx, Key{Ref: r.Refs[0], Kind: StayKey, Target: Target(was.ID), Survivor: Target(was.ID)}, r.Refs); err != nil {
			return err
		}
	}
	amend(&s, r)
	if r.Event == VisitMove {
		s.Patient = patient
	} else if s.Patient != patient {
		return refuse("visit %s is another patient's", cmp.Or(s.Number, "without a number"))
	}
	if s.Number == "" || r.Event == VisitMove {
		s.Number = cmp.Or(visitNumber(r.Identifiers), s.Number)
	}
	return w.putStay(ctx, was, s, before, replaceByCode(before, staff, r.Cleared))
}

// findVisit is the stay that a message is about, zero for a new one. Without a number it is the patient's current one: an
// admission means it only while it lasts, and what undoes something needs one to undo.
func (w *work) findVisit(ctx context.Context, patient id.Patient, r *StayRecord) (StoredStay, error) {
	for _, ref := range r.Refs {
		k, err := w.resolve(ctx, ref, StayKey)
		if err != nil {
			return StoredStay{}, err
		}
		if !k.Target.IsZero() {
			return w.tx.Stay(ctx, id.Stay(k.Target))
		}
	}
	if len(r.Refs) > 0 {
		return StoredStay{}, nil
	}
	all, err := w.tx.Stays(ctx, patient)
	if err != nil {
		return StoredStay{}, err
	}
	stays := make([]Stay, len(all))
	for i, s := range all {
		stays[i] = s.Stay
	}
	current, ok := CurrentStay(stays, w.now)
	admits := r.Event == VisitAdmit || r.Event == VisitPreadmit
	switch undoes := r.Event == VisitCancelAdmit || r.Event == VisitCancelDischarge || r.Event == VisitCancelTransfer; {
	case !ok && undoes:
		return StoredStay{}, refuse("there is no stay to undo this for")
	case !ok || admits && !current.Live(w.now) && current.Status != "planned":
		return StoredStay{}, nil
	}
	return all[slices.IndexFunc(all, func(s StoredStay) bool { return s.ID == current.ID })], nil
}

func (w *work) newVisit(ctx context.Context, patient id.Patient, r *StayRecord) (StoredStay, error) {
	s := StoredStay{Stay: Stay{ID: id.New[id.Stay](), Patient: patient, Status: "in-progress"}}
	if len(r.Refs) == 0 {
		return s, nil
	}
	_, _, err := w.claim(ctx, StayKey, r.Refs, Target(s.ID), anyone)
	return s, err
}

// amend changes in a stay what a message says. An ended stay is begun again only by what says so: an admission, a
// cancelled discharge, or the end of a leave. Transfers and updates are often sent late.
func amend(s *StoredStay, r *StayRecord) {
	over := s.Status == "finished" || s.Status == "cancelled"
	late := r.Event == VisitTransfer || r.Event == VisitUpdate || r.Event == VisitCancelTransfer
	if r.Status != "" && !(over && late && r.Status != "finished") {
		s.Status = r.Status
	}
	if over && r.Event == VisitAdmit {
		s.EndedAt = stored(nil)
	}
	s.Class = cmp.Or(r.Class, s.Class)
	if r.Start != nil || slices.Contains(r.Cleared, ClearStart) {
		s.StartedAt = stored(r.Start)
	}
	if r.End != nil || slices.Contains(r.Cleared, ClearEnd) {
		s.EndedAt = stored(r.End)
	}
	if r.Place != nil {
		s.Ward, s.Room, s.Bed = tidy(r.Place.Ward), tidy(r.Place.Room), tidy(r.Place.Bed)
	}
	s.Died = r.Died || s.Died && r.Event != VisitCancelDischarge
}

// replaceByCode gives a stay the doctors that a message names: for each code that it names, they are the ones.
func replaceByCode(before, staff []Participant, cleared []string) []Participant {
	var all []Participant
	for _, p := range before {
		if slices.Contains(cleared, p.Code) || slices.ContainsFunc(staff, func(s Participant) bool { return s.Code == p.Code }) {
			continue
		}
		p.Assignment = id.Assignment{} // found again by what it was for
		all = append(all, p)
	}
	return inOrder(append(all, staff...))
}
