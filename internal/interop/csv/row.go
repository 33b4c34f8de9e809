package csv

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kinward/internal/care"
)

var decoders = map[Kind]func(*row) ([]any, error){
	Patients: (*row).patient, Staff: (*row).staff, Assignments: (*row).assignment, Relatives: (*row).relative,
}

// row is one row being decoded.
type row struct {
	*file
	fields []string
	notes  []string
}

func (r *row) text(column string) string {
	i, ok := r.columns[column]
	if !ok || i >= len(r.fields) {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

func (r *row) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// identifier is a number with its authority, which is "local" for tables that name none.
func (r *row) identifier(column, kind string) (care.Identifier, error) {
	i := care.Identifier{System: r.text("authority"), Value: r.text(column), Type: kind}
	if i.Value == "" {
		return i, errors.New(column + ": missing")
	}
	if i.System == "" {
		i.System = "local"
	}
	return i, nil
}

// keys are those by which the other tables know a row: with its authority, and without one, as most tables write it.
func keys(resourceType string, i care.Identifier) []care.Ref {
	return []care.Ref{care.IdentifierRef(resourceType, i), bare(resourceType, i.Value)}
}

func bare(resourceType, value string) care.Ref {
	return care.IdentifierRef(resourceType, care.Identifier{Value: value})
}

// to is a reference to a row of another table.
func (r *row) to(resourceType, column string) care.Ref {
	value := r.text(column)
	switch authority := r.text("authority"); {
	case value == "":
		return ""
	case authority != "" && r.kind != Staff:
		return care.IdentifierRef(resourceType, care.Identifier{System: authority, Value: value})
	}
	return bare(resourceType, value)
}

func (r *row) patient() ([]any, error) {
	number, err := r.identifier("mrn", "MR")
	if err != nil {
		return nil, err
	}
	p := &care.PatientRecord{Refs: keys("Patient", number), Identifiers: []care.Identifier{number}, Name: r.name(), Active: true}
	if p.BirthDate, err = r.date("birth"); err != nil {
		return nil, err
	}
	if p.Protected, err = r.flag("protected"); err != nil {
		return nil, err
	}
	if p.Deceased, err = r.flag("deceased"); err != nil {
		return nil, err
	}
	p.Sex, p.Language = r.sex(), r.language()
	stay, err := r.stay(number, p.Refs[0])
	if err != nil || stay == nil {
		return []any{p}, err
	}
	return []any{p, stay}, nil
}

// stay is the row's admission, nil where it has none.
func (r *row) stay(patient care.Identifier, of care.Ref) (*care.StayRecord, error) {
	if r.text("visit")+r.text("admit")+r.text("ward") == "" {
		return nil, nil //nolint:nilnil // a patient need not be in hospital
	}
	s := &care.StayRecord{Patient: of, Status: "in-progress", Place: &care.Place{Ward: r.text("ward"), Room: r.text("room"), Bed: r.text("bed")}}
	if visit := r.text("visit"); visit != "" {
		number := care.Identifier{System: patient.System, Value: visit, Type: "VN"}
		s.Refs, s.Identifiers = keys("Encounter", number), []care.Identifier{number}
	} else {
		// Without a number it is the patient's one stay.
		s.Refs = []care.Ref{care.IdentifierRef("Encounter", care.Identifier{System: patient.System + " mrn", Value: patient.Value})}
	}
	var err error
	if s.Start, err = r.instant("admit", false); err != nil {
		return nil, err
	}
	if s.End, err = r.instant("discharge", true); err != nil {
		return nil, err
	}
	if s.PlannedEnd, err = r.instant("expected_discharge", true); err != nil {
		r.note("%v; left out", err)
	}
	switch {
	case s.End != nil && !s.End.After(r.opt.Now):
		s.Status = "finished"
	case s.Start != nil && s.Start.After(r.opt.Now):
		s.Status = "planned"
	}
	return s, nil
}

func (r *row) staff() ([]any, error) {
	number, err := r.identifier("staff_id", "")
	if err != nil {
		return nil, err
	}
	p := &care.PractitionerRecord{
		Refs: keys("Practitioner", number), Identifiers: []care.Identifier{number}, Active: true,
		Phone: r.text("phone"), Email: r.text("email"),
	}
	p.Name = care.HumanName{Text: r.text("name")}
	if family, given, ok := strings.Cut(p.Name.Text, ","); ok {
		p.Name = care.HumanName{Family: strings.TrimSpace(family), Given: strings.Fields(given)}
	}
	if p.Name.IsZero() {
		return nil, errors.New("name: missing")
	}
	role := r.text("role")
	if role == "" {
		return []any{p}, nil
	}
	return []any{p, &care.RoleRecord{
		Refs:         []care.Ref{care.IdentifierRef("PractitionerRole", care.Identifier{System: number.System, Value: number.Value})},
		Practitioner: p.Refs[0], Role: care.RoleWord(role), RoleText: role, Active: true,
	}}, nil
}

// assignment is a team of one.
func (r *row) assignment() ([]any, error) {
	if r.text("staff_id") == "" {
		return nil, errors.New("staff_id: missing")
	}
	role := r.text("role")
	t := &care.CareTeamRecord{Active: true, Encounter: r.to("Encounter", "visit"), Patient: r.to("Patient", "mrn")}
	if t.Encounter == "" && t.Patient == "" {
		return nil, errors.New("visit, mrn: one of them is needed")
	}
	key := strings.Join([]string{string(t.Encounter), string(t.Patient), r.text("staff_id"), role}, " ")
	t.Refs = []care.Ref{care.IdentifierRef("CareTeam", care.Identifier{System: "assignment", Value: key})}
	var err error
	if t.Period.From, err = r.instant("from", false); err != nil {
		return nil, err
	}
	if t.Period.Until, err = r.instant("to", true); err != nil {
		return nil, err
	}
	t.Members = []care.ParticipantRecord{{Ref: bare("Practitioner", r.text("staff_id")), Role: care.RoleWord(role)}}
	return []any{t}, nil
}

func (r *row) relative() ([]any, error) {
	p := &care.RelativeRecord{Patient: r.to("Patient", "mrn"), Name: r.name(), Active: true, Language: r.language(), Phone: r.text("phone")}
	if p.Patient == "" {
		return nil, errors.New("mrn: missing")
	}
	if p.Name.IsZero() {
		return nil, errors.New("family, given: missing")
	}
	p.Relationship = care.RelationshipWord(r.text("relationship"), r.text("contact_role"))
	return []any{p}, nil
}

func (r *row) name() care.HumanName {
	n := care.HumanName{Family: r.text("family")}
	if given := r.text("given"); given != "" {
		n.Given = strings.Fields(given)
	}
	return n
}

func (r *row) sex() string {
	switch s := strings.ToLower(r.text("sex")); s {
	case "":
		return ""
	case "m", "male":
		return "male"
	case "f", "w", "female":
		return "female"
	case "o", "d", "x", "other", "diverse":
		return "other"
	case "u", "unknown":
		return "unknown"
	}
	r.note("sex: %q is none that is known", r.text("sex"))
	return "unknown"
}

func (r *row) language() string {
	tag := care.LanguageTag(r.text("language"))
	if tag == "" && r.text("language") != "" {
		r.note("language: %q is none that is known; left out", r.text("language"))
	}
	return tag
}

var flags = map[string]bool{"": false, "0": false, "n": false, "no": false, "false": false, "1": true, "y": true, "yes": true, "true": true, "x": true}

// flag rejects what it can't read: a protected patient must not be taken for an unprotected one.
func (r *row) flag(column string) (bool, error) {
	yes, known := flags[strings.ToLower(r.text(column))]
	if !known {
		return false, fmt.Errorf("%s: %q is neither yes nor no", column, r.text(column))
	}
	return yes, nil
}

// days are how tables write dates. Month before day is left out: nobody can tell 03/04.
var days = []string{"2006-01-02", "20060102", "02.01.2006", "2.1.2006"}

func (r *row) date(column string) (string, error) {
	text := r.text(column)
	if text == "" {
		return "", nil
	}
	for _, layout := range days {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("%s: %q is not a date like 1948-03-09", column, text)
}

// clocks are the times that may follow a day.
var clocks = []string{" 15:04", " 15:04:05", "T15:04", "T15:04:05", "T15:04Z07:00", "T15:04:05Z07:00"}

// instant is a time; a day alone is its beginning, or, as an end, the day after's.
func (r *row) instant(column string, end bool) (*time.Time, error) {
	text := r.text(column)
	if text == "" {
		return nil, nil //nolint:nilnil // nothing is said
	}
	for _, day := range days {
		if t, err := time.ParseInLocation(day, text, r.opt.Location); err == nil {
			if end {
				t = t.AddDate(0, 0, 1)
			}
			return &t, nil
		}
		i := slices.IndexFunc(clocks, func(c string) bool { _, err := time.ParseInLocation(day+c, text, r.opt.Location); return err == nil })
		if i >= 0 {
			t, err := time.ParseInLocation(day+clocks[i], text, r.opt.Location)
			return &t, err
		}
	}
	return nil, fmt.Errorf("%s: %q is not a time like 2026-11-21 09:30", column, text)
}
