package care

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kinward/internal/account"
	"kinward/internal/id"
)

func (w *work) patient(ctx context.Context, r *PatientRecord) error {
	k, isNew, err := w.claim(ctx, PatientKey, r.Refs, Target(id.New[id.Patient]()), func(ctx context.Context, t Target) (bool, error) {
		p, err := w.tx.Patient(ctx, id.Patient(t))
		return !contradicts(p, r), err
	})
	if err != nil {
		return err
	}
	patient := id.Patient(k.Target)
	if !w.row.Source.Partial() {
		again, err := w.says(ctx, r.Refs[0], r)
		if err != nil {
			return err
		}
		if again {
			return w.links(ctx, r)
		}
	}
	w.added = w.added || isNew
	if err := w.putPatient(ctx, patient, isNew, r); err != nil {
		return err
	}
	if err := w.contacts(ctx, id.Patient(k.Survivor), r); err != nil {
		return err
	}
	return w.links(ctx, r)
}

// contradicts reports that a record with a number of p's is about somebody else: the birth dates differ in what both know
// of them, or, where either has none, the names have no word in common.
func contradicts(p Patient, r *PatientRecord) bool {
	if n := min(len(p.BirthDate), len(r.BirthDate)); n >= len("2006") {
		return p.BirthDate[:n] != r.BirthDate[:n]
	}
	return strangers(account.Terms(p.Name, p.OtherNames), r.Name)
}

// strangers reports that a name has no word in common with the terms of another; nobody is a stranger to no name.
func strangers(terms []string, n HumanName) bool {
	mine := account.Terms(n.Family, strings.Join(n.Given, " "), n.Text)
	return len(terms) > 0 && len(mine) > 0 && !slices.ContainsFunc(mine, func(t string) bool { return slices.Contains(terms, t) })
}

// putPatient stores what a record says of the patient, if that is anything new.
func (w *work) putPatient(ctx context.Context, patient id.Patient, isNew bool, r *PatientRecord) error {
	was := Patient{ID: patient, Active: true}
	if !isNew {
		var err error
		if was, err = w.tx.Patient(ctx, patient); err != nil {
			return err
		}
	}
	p := describe(was, r, w.row.Source.Partial())
	if !p.Deceased && was.Deceased {
		died, err := w.diedInHospital(ctx, patient)
		if err != nil {
			return err
		}
		p.Deceased = died
	}
	identifiers, moved, err := w.identifiers(ctx, patient, r)
	if err != nil || !isNew && !moved && p == was {
		return err
	}
	w.changed = true
	if err := w.tx.PutPatient(ctx, p, identifiers); err != nil || !p.Protected || was.Protected {
		return err
	}
	return w.endCandidates(ctx, patient, endProtected)
}

// diedInHospital keeps a record that knows nothing of a death from undoing the one that a stay ended with.
func (w *work) diedInHospital(ctx context.Context, patient id.Patient) (bool, error) {
	stays, err := w.tx.Stays(ctx, patient)
	return slices.ContainsFunc(stays, func(s StoredStay) bool { return s.Died }), err
}

// describe is p as the record has it. A partial record changes what it says and clears what it names; any other is the
// whole truth. Whoever was merged into another patient stays so.
func describe(p Patient, r *PatientRecord, partial bool) Patient {
	cleared := func(field string) bool { return !partial || slices.Contains(r.Cleared, field) }
	take := func(to *string, said, field string) {
		if said != "" || cleared(field) {
			*to = said
		}
	}
	if !r.Name.IsZero() || cleared(ClearName) || p.Name == "" {
		p.Name, p.FirstName, p.FamilyName = patientName(r)
		p.OtherNames = otherNames(r)
	}
	take(&p.BirthDate, r.BirthDate, ClearBirthDate)
	take(&p.Sex, r.Sex, ClearSex)
	take(&p.Language, r.Language, ClearLanguage)
	p.Active = r.Active && p.MergedInto.IsZero()
	if r.Deceased || cleared(ClearDeceased) {
		p.Deceased = r.Deceased
	}
	if r.Protected || cleared(ClearProtected) {
		p.Protected = r.Protected
	}
	return p
}

// nobody stands for a name that isn't known; relatives are shown no number in its place.
const nobody = "—"

// patientName is a patient's name for staff, the first name for relatives, and the name to sort by.
func patientName(r *PatientRecord) (whole, first, family string) {
	whole = tidy(r.Name.Display())
	switch words := strings.Fields(whole); {
	case whole == "" && len(r.Identifiers) > 0:
		return tidy(r.Identifiers[0].Value), nobody, ""
	case whole == "":
		return nobody, nobody, ""
	case len(r.Name.Given) > 0:
		first = tidy(r.Name.Given[0])
	case r.Name.Family == "" && len(words) > 0:
		first = words[0] // a name in one text: given names come first in most of them
	}
	if first == "" {
		first = whole
	}
	return whole, first, tidy(r.Name.Family)
}

// otherNames are further words under which a patient is found: other names, and the parts of one that is written in a
// single word.
func otherNames(r *PatientRecord) string {
	var words []string
	add := func(text string) {
		for _, w := range strings.Fields(text) {
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	for _, n := range append([]HumanName{r.Name}, r.OtherNames...) {
		add(n.Display())
		add(n.Family)
		add(strings.Join(n.Given, " "))
		add(n.Text)
	}
	return tidy(strings.Join(words, " "))
}

// maxName is the longest name that people can have here (account.CheckName).
const maxName = 200

// tidy makes a name of a text from outside: see oneLine.
func tidy(s string) string { return oneLine(s, maxName) }

// oneLine makes one line of a text, without control characters, which could rewrite the terminal that it is shown on, and
// cuts it.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if utf8.RuneCountInString(s) > limit {
		s = string([]rune(s)[:limit])
	}
	return strings.ToValidUTF8(s, "")
}

// identifiers adds the record's numbers to the patient and takes away those that the record had before. It returns all that
// the patient has then.
func (w *work) identifiers(ctx context.Context, patient id.Patient, r *PatientRecord) (all []Identifier, moved bool, err error) {
	gone, err := w.dropped(ctx, PatientKey, r.Refs)
	if err != nil {
		return nil, false, err
	}
	for _, k := range gone {
		if system, value, ok := k.number(); ok {
			moved = true
			if err := w.tx.DeleteIdentifier(ctx, patient, system, value); err != nil {
				return nil, false, err
			}
		}
	}
	if all, err = w.tx.Identifiers(ctx, patient); err != nil {
		return nil, false, err
	}
	for n, i := range r.Identifiers {
		same := func(o Identifier) bool { return o.System == i.System && o.Value == i.Value }
		known := slices.IndexFunc(all, same)
		switch {
		case slices.ContainsFunc(r.Identifiers[:n], same): // said twice: the first counts
			continue
		case known >= 0 && (i.Type == "" || all[known].Type == i.Type):
			continue
		case known >= 0:
			all[known] = i
		default:
			all = append(all, i)
		}
		moved = true
		if err := w.tx.PutIdentifier(ctx, patient, i); err != nil {
			return nil, false, err
		}
	}
	return all, moved, nil
}
