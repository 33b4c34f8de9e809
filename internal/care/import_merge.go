package care

import (
	"context"
	"slices"

	"kinward/internal/id"
)

// applyLinks is what a row of a patient that is read a second time is for.
func (w *work) applyLinks(ctx context.Context) error {
	for _, r := range w.row.Records {
		p, ok := r.(*PatientRecord)
		if !ok {
			continue
		}
		if err := w.links(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// links merges the patient with those that the record says it is one with. Whom it doesn't find may follow later in the
// file, so only the second reading warns.
func (w *work) links(ctx context.Context, r *PatientRecord) error {
	if r.ReplacedBy != "" {
		if err := w.mergeRefs(ctx, r.Refs[0], r.ReplacedBy, r.ReplacedBy); err != nil {
			return err
		}
	}
	for _, old := range r.Replaces {
		if err := w.mergeRefs(ctx, old, r.Refs[0], old); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) mergeRefs(ctx context.Context, from, into, other Ref) error {
	f, err := w.resolve(ctx, from, PatientKey)
	if err != nil {
		return err
	}
	i, err := w.resolve(ctx, into, PatientKey)
	if err != nil {
		return err
	}
	if f.Target.IsZero() || i.Target.IsZero() {
		w.unlinked++
		if w.row.LinksOnly {
			w.warn("link: %s is not known", other.plain())
		}
		return nil
	}
	return w.merge(ctx, id.Patient(f.Survivor), id.Patient(i.Survivor))
}

// mergeNumbers merges two patients by their numbers, as HL7 tells it. An old number that nobody here has becomes one of
// the survivor's, who is then found by it.
func (w *work) mergeNumbers(ctx context.Context, r *MergeRecord) error {
	into, err := w.byNumber(ctx, r.Into)
	if err != nil {
		return err
	}
	if into.Target.IsZero() {
		return refuse("the patient to merge into is not known")
	}
	from, err := w.byNumber(ctx, r.From)
	if err != nil {
		return err
	}
	if !from.Target.IsZero() {
		if err := w.merge(ctx, id.Patient(from.Survivor), id.Patient(into.Survivor)); err != nil {
			return err
		}
	}
	return w.inherit(ctx, id.Patient(into.Survivor), r.From)
}

// byNumber is the patient of the first number that names one.
func (w *work) byNumber(ctx context.Context, numbers []Identifier) (Key, error) {
	for _, i := range numbers {
		k, err := w.resolve(ctx, IdentifierRef("Patient", i), PatientKey)
		if err != nil || !k.Target.IsZero() {
			return k, err
		}
	}
	return Key{}, nil
}

// inherit gives numbers to a patient, who is found by them and answers to those that nobody had, or that named neither of
// the two because both had them.
func (w *work) inherit(ctx context.Context, patient id.Patient, numbers []Identifier) error {
	have, err := w.tx.Identifiers(ctx, patient)
	if err != nil {
		return err
	}
	more := len(have)
	for _, i := range numbers {
		k, err := w.key(ctx, IdentifierRef("Patient", i))
		if err != nil {
			return err
		}
		both := slices.ContainsFunc(have, func(h Identifier) bool { return h.System == i.System && h.Value == i.Value })
		if k.Kind == "" || both && k.Target.IsZero() {
			k = Key{Ref: k.Ref, Kind: PatientKey, Target: Target(patient), Survivor: Target(patient), Record: k.Record, Digest: k.Digest}
			if err := w.putKey(ctx, k); err != nil {
				return err
			}
		}
		if both {
			continue
		}
		have = append(have, i)
		if err := w.tx.PutIdentifier(ctx, patient, i); err != nil {
			return err
		}
	}
	if len(have) == more {
		return nil
	}
	p, err := w.tx.Patient(ctx, patient)
	if err != nil {
		return err
	}
	w.changed = true
	return w.tx.PutPatient(ctx, p, have)
}

// merge makes two patients one: stays, assignments, teams and links move to the survivor, whose name and birth date
// count. Nothing is deleted: the old row stays, and its keys lead to the survivor.
//
// Everybody keeps the access that moves with their assignment or link. If only the old patient has a family conversation,
// the survivor gets it. If both have one, the survivor's goes on and the members of the other leave it: two families'
// histories must not be poured into each other by an import. What was written there stays for the record.
func (w *work) merge(ctx context.Context, from, into id.Patient) error {
	if from == into {
		return nil
	}
	w.changed = true
	w.touched.place(from)
	w.touched.grants(from)
	w.touched.place(into)
	w.touched.grants(into)
	for _, move := range []func(context.Context, id.Patient, id.Patient) error{
		w.moveStays, w.moveAssignments, w.moveLinks, w.moveConversation, w.moveNumbers, w.moveNames,
	} {
		if err := move(ctx, from, into); err != nil {
			return err
		}
	}
	clear(w.keys) // some lead elsewhere now
	return nil
}

func (w *work) moveStays(ctx context.Context, from, into id.Patient) error {
	stays, err := w.tx.Stays(ctx, from)
	if err != nil {
		return err
	}
	for _, s := range stays {
		s.Patient = into
		if err := w.tx.PutStay(ctx, s); err != nil {
			return err
		}
	}
	teams, err := w.tx.TeamsOfPatient(ctx, from)
	if err != nil {
		return err
	}
	for _, t := range teams {
		t.Patient = into
		if err := w.tx.PutTeam(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) moveAssignments(ctx context.Context, from, into id.Patient) error {
	all, err := w.tx.Assignments(ctx, from)
	if err != nil {
		return err
	}
	for _, a := range all {
		a.Patient = into
		if err := w.tx.PutAssignment(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// moveLinks moves relatives. A candidate whom the survivor has already is not offered twice.
func (w *work) moveLinks(ctx context.Context, from, into id.Patient) error {
	moved, err := w.tx.Links(ctx, from)
	if err != nil {
		return err
	}
	there, err := w.tx.Links(ctx, into)
	if err != nil {
		return err
	}
	for _, l := range moved {
		if l.State == Candidate && slices.ContainsFunc(there, func(o Link) bool { return alike(l, o) }) {
			l.State, l.EndedAt, l.EndReason = Ended, w.now, endMerged
		}
		l.Patient = into
		if err := w.tx.PutLink(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) moveConversation(ctx context.Context, from, into id.Patient) error {
	old, err := w.tx.FamilyConversation(ctx, from)
	if err != nil || old.IsZero() {
		return err
	}
	if have, err := w.tx.FamilyConversation(ctx, into); err != nil || !have.IsZero() {
		return err
	}
	return w.tx.MoveConversation(ctx, old, into)
}

func (w *work) moveNumbers(ctx context.Context, from, into id.Patient) error {
	numbers, err := w.tx.Identifiers(ctx, from)
	if err != nil {
		return err
	}
	return w.inherit(ctx, into, numbers)
}

// moveNames closes the old row. Whoever had to be protected in either record has to be in the one that is left.
func (w *work) moveNames(ctx context.Context, from, into id.Patient) error {
	old, err := w.tx.Patient(ctx, from)
	if err != nil {
		return err
	}
	survivor, err := w.tx.Patient(ctx, into)
	if err != nil {
		return err
	}
	old.MergedInto, old.Active = into, false
	numbers, err := w.tx.Identifiers(ctx, from)
	if err != nil {
		return err
	}
	if err := w.tx.PutPatient(ctx, old, numbers); err != nil {
		return err
	}
	if err := w.tx.MergedInto(ctx, from, into); err != nil || !old.Protected || survivor.Protected {
		return err
	}
	survivor.Protected = true
	if numbers, err = w.tx.Identifiers(ctx, into); err != nil {
		return err
	}
	if err := w.tx.PutPatient(ctx, survivor, numbers); err != nil {
		return err
	}
	return w.endCandidates(ctx, into, endProtected)
}
