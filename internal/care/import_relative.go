package care

import (
	"cmp"
	"context"
	"slices"

	"kinward/internal/account"
	"kinward/internal/id"
)

// Why an import ended a candidate. One that was ended so may become a candidate again; one that a person revoked may not.
const (
	endProtected = "the patient's record is protected"
	endGone      = "no longer in the hospital's record"
	endMerged    = "the same relative is there from the other record"
)

// relative makes a candidate for an invitation, which gives no access. A link that a person has taken in hand, from the
// invitation on, is nothing to an import.
func (w *work) relative(ctx context.Context, r *RelativeRecord) error {
	k, err := w.resolve(ctx, r.Patient, PatientKey)
	if err != nil {
		return err
	}
	if k.Target.IsZero() {
		return refuse("patient: %s is not known", r.Patient.plain())
	}
	patient, err := w.tx.Patient(ctx, id.Patient(k.Survivor))
	if err != nil {
		return err
	}
	if r.Name.IsZero() {
		return refuse("name: missing; nobody can be invited by it")
	}
	want := candidate(patient, r)
	if w.over(r.Active, r.Period) {
		want.State, want.EndReason = Ended, endGone
	}
	if patient.Protected {
		want.State, want.EndReason = Ended, endProtected
	}
	w.useless = w.useless || want.State == Ended
	if len(r.Refs) == 0 {
		return w.unnumbered(ctx, want)
	}
	return w.numbered(ctx, r.Refs, want, r)
}

func candidate(patient Patient, r *RelativeRecord) Link {
	l := Link{Patient: patient.ID, Name: tidy(r.Name.Display()), Relationship: r.Relationship, Language: r.Language, Scope: "two-way", State: Candidate}
	l.Relationship = cmp.Or(l.Relationship, "other")
	return l
}

// over reports that a record says of itself that it no longer holds.
func (b *batch) over(active bool, p Period) bool {
	return !active || p.Until != nil && !p.Until.After(b.now)
}

// numbered finds the link by the keys of its record, and says nothing twice.
func (w *work) numbered(ctx context.Context, refs []Ref, want Link, said any) error {
	links, err := w.tx.Links(ctx, want.Patient)
	if err != nil {
		return err
	}
	k, isNew, err := w.claim(ctx, LinkKey, refs, Target(id.New[id.Link]()), func(_ context.Context, t Target) (bool, error) {
		return slices.ContainsFunc(links, func(l Link) bool { return Target(l.ID) == t }), nil
	})
	if err != nil {
		return err
	}
	if again, err := w.says(ctx, refs[0], said, want); err != nil || again {
		return err
	}
	want.ID = id.Link(k.Target)
	if isNew {
		// The same relative without a number, or under one that a new export has changed, is taken over.
		if i := slices.IndexFunc(links, func(l Link) bool { return alike(l, want) }); i >= 0 {
			want.ID = links[i].ID
		}
	} else if !slices.ContainsFunc(links, func(l Link) bool { return l.ID == want.ID }) {
		if want.ID, err = w.leavePatient(ctx, want.ID); err != nil {
			return err
		}
	}
	if want.ID != id.Link(k.Target) {
		if err := w.rename(ctx, k, refs, want.ID); err != nil {
			return err
		}
	}
	return w.putCandidate(ctx, links, want)
}

// leavePatient is for a record that is about another patient than before: the link stays where a person has taken it in
// hand, and the patient now meant gets one of their own.
func (w *work) leavePatient(ctx context.Context, link id.Link) (id.Link, error) {
	fresh := id.New[id.Link]()
	was, err := w.tx.Link(ctx, link)
	if there, err := there(err); err != nil || !there {
		return fresh, err
	}
	return fresh, w.endCandidate(ctx, was, endGone)
}

// rename makes the keys that a record brought name another link.
func (w *work) rename(ctx context.Context, first Key, refs []Ref, to id.Link) error {
	for _, r := range refs {
		k, err := w.key(ctx, r)
		if err != nil {
			return err
		}
		if k.Target != first.Target {
			continue
		}
		k.Target, k.Survivor = Target(to), Target(to)
		if err := w.putKey(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// unnumbered finds the link by name and relationship, which is all that its source tells it by.
func (w *work) unnumbered(ctx context.Context, want Link) error {
	links, err := w.tx.Links(ctx, want.Patient)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(links, func(l Link) bool { return alike(l, want) }); i >= 0 {
		want.ID = links[i].ID
	} else {
		want.ID = id.New[id.Link]()
	}
	return w.putCandidate(ctx, links, want)
}

// alike reports that two links are about the same relative.
func alike(a, b Link) bool {
	return a.Relationship == b.Relationship && account.Fold(a.Name) == account.Fold(b.Name)
}

// putCandidate stores what an import may say of a link: anything about a candidate, nothing about any other. One that it
// would end is not made in the first place.
func (w *work) putCandidate(ctx context.Context, links []Link, want Link) error {
	i := slices.IndexFunc(links, func(l Link) bool { return l.ID == want.ID })
	if i < 0 && want.State == Ended {
		w.useless = true
		return nil
	}
	if i < 0 {
		w.added = true
		want.CreatedAt = w.now
		w.touched.grants(want.Patient)
		return w.tx.PutLink(ctx, want)
	}
	was := links[i]
	l := was
	switch {
	case was.State == Candidate && want.State == Ended:
		l.State, l.EndedAt, l.EndReason = Ended, w.now, want.EndReason
	case was.State == Candidate || was.State == Ended && endedByImport(was) && want.State == Candidate:
		l.Name, l.Relationship, l.Language = want.Name, want.Relationship, cmp.Or(want.Language, was.Language)
		l.State, l.EndedAt, l.EndReason = Candidate, want.EndedAt, ""
	}
	if l == was {
		return nil
	}
	w.changed = true
	w.touched.grants(l.Patient)
	return w.tx.PutLink(ctx, l)
}

func endedByImport(l Link) bool {
	return l.Person.IsZero() && (l.EndReason == endProtected || l.EndReason == endGone)
}

// endCandidates ends those whom nobody has invited yet.
func (w *work) endCandidates(ctx context.Context, patient id.Patient, reason string) error {
	links, err := w.tx.Links(ctx, patient)
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := w.endCandidate(ctx, l, reason); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) endCandidate(ctx context.Context, l Link, reason string) error {
	if l.State != Candidate {
		return nil
	}
	l.State, l.EndedAt, l.EndReason = Ended, w.now, reason
	w.changed = true
	w.touched.grants(l.Patient)
	return w.tx.PutLink(ctx, l)
}

// contacts makes candidates of the next of kin that a patient's own record names. They have no numbers, so their keys are
// made of the patient's and what is said of them.
func (w *work) contacts(ctx context.Context, patient id.Patient, r *PatientRecord) error {
	if slices.Contains(r.Cleared, ClearRelatives) {
		return w.endCandidates(ctx, patient, endGone)
	}
	if w.row.Source.Partial() {
		return nil // they come as records of their own
	}
	p, err := w.tx.Patient(ctx, patient)
	if err != nil {
		return err
	}
	var keys []Ref
	for _, c := range r.Contacts {
		want := candidate(p, &RelativeRecord{Name: c.Name, Relationship: c.Relationship})
		if want.Name == "" || p.Protected || w.over(true, c.Period) {
			continue
		}
		key := r.Refs[0] + Ref("#contact/"+want.Relationship+"/"+account.Fold(want.Name))
		keys = append(keys, key)
		if err := w.contact(ctx, r.Refs[0], key, want); err != nil {
			return err
		}
	}
	return w.lostContacts(ctx, patient, r.Refs[0], keys)
}

func (w *work) contact(ctx context.Context, record, key Ref, want Link) error {
	links, err := w.tx.Links(ctx, want.Patient)
	if err != nil {
		return err
	}
	k, err := w.key(ctx, key)
	if err != nil {
		return err
	}
	if k.Kind == "" {
		k = Key{Ref: key, Kind: LinkKey, Target: Target(id.New[id.Link]()), Record: record}
		if i := slices.IndexFunc(links, func(l Link) bool { return alike(l, want) }); i >= 0 {
			k.Target = Target(links[i].ID)
		}
		k.Survivor = k.Target
		if err := w.putKey(ctx, k); err != nil {
			return err
		}
	}
	want.ID = id.Link(k.Target)
	return w.putCandidate(ctx, links, want)
}

// lostContacts ends the candidates that the record named before and names no longer.
func (w *work) lostContacts(ctx context.Context, patient id.Patient, record Ref, keys []Ref) error {
	gone, err := w.dropped(ctx, LinkKey, append([]Ref{record}, keys...))
	if err != nil || len(gone) == 0 {
		return err
	}
	links, err := w.tx.Links(ctx, patient)
	if err != nil {
		return err
	}
	for _, l := range links {
		if slices.ContainsFunc(gone, func(k Key) bool { return k.Target == Target(l.ID) }) {
			if err := w.endCandidate(ctx, l, endGone); err != nil {
				return err
			}
		}
	}
	return nil
}
