package hl7

import (
	"errors"
	"slices"
	"strings"

	"kinward/internal/care"
)

// patientNumbers are all of PID-3, and of the older PID-2 and PID-4 what isn't there.
func (d *decoder) patientNumbers(pid Segment) []care.Identifier {
	return d.identifiers(pid.Field(3), pid.Field(2), pid.Field(4))
}

func (d *decoder) patient() error {
	pid := d.msg.Segment("PID")
	if !pid.Present() {
		return errors.New("PID: missing")
	}
	p := &care.PatientRecord{Identifiers: d.patientNumbers(pid), Active: true}
	if len(p.Identifiers) == 0 {
		return errors.New("PID-3: no patient number")
	}
	p.Refs = refs("Patient", p.Identifiers)
	p.Name, p.OtherNames = names(pid.Field(5))
	var err error
	if p.BirthDate, err = date(pid, 7); err != nil {
		return err
	}
	p.Sex = d.sex(pid.Field(8).Text())
	p.Language = language(pid.Field(15))
	for n, name := range map[int]string{5: care.ClearName, 7: care.ClearBirthDate, 8: care.ClearSex, 15: care.ClearLanguage} {
		if pid.Field(n).Null() {
			p.Cleared = append(p.Cleared, name)
		}
	}
	d.death(p, pid)
	d.protection(p)
	slices.Sort(p.Cleared)
	d.entry.Patient = p
	return nil
}

func (d *decoder) sex(s string) string {
	switch strings.ToUpper(s) {
	case "":
		return ""
	case "M", "MALE":
		return "male"
	case "F", "FEMALE":
		return "female"
	case "O", "A", "X", "D", "OTHER":
		return "other"
	case "U", "N", "UNKNOWN":
		return "unknown"
	}
	d.note("PID-8: %q is no known sex", s)
	return "unknown"
}

// language tries the code, then the words.
func language(field Value) string {
	for _, v := range []Value{field.Component(1), field.Component(2), field.Component(4)} {
		if tag := care.LanguageTag(v.Text()); tag != "" {
			return tag
		}
	}
	return ""
}

// death takes the flag (PID-30) or a time (PID-29) for a death, also a time that can't be read; a flag of N or a deleted
// one takes it back.
func (d *decoder) death(p *care.PatientRecord, pid Segment) {
	at, flag := pid.Field(29), pid.Field(30)
	p.DeceasedAt = d.loose(pid, 29, false)
	switch yes, no := yesNo(flag); {
	case yes || !no && !flag.Null() && at.Said() && !isZero(at.Text()):
		p.Deceased = true
	case no || flag.Null() || at.Null():
		p.DeceasedAt = nil
		p.Cleared = append(p.Cleared, care.ClearDeceased)
	}
}

// protection joins the three places where a patient can be marked as not to be talked about.
func (d *decoder) protection(p *care.PatientRecord) {
	vip := d.msg.Segment("PV1").Field(16)
	flags := []Value{d.msg.Segment("PD1").Field(12), d.msg.Segment("PV2").Field(22), vip}
	said := false
	for _, flag := range flags {
		yes, no := yesNo(flag)
		p.Protected = p.Protected || yes
		said = said || no || flag.Null()
	}
	if _, no := yesNo(vip); vip.Said() && !no {
		p.Protected = true // sites have their own codes for who a VIP is
	}
	if said && !p.Protected {
		p.Cleared = append(p.Cleared, care.ClearProtected)
	}
}

func yesNo(v Value) (yes, no bool) {
	switch strings.ToUpper(v.Text()) {
	case "Y", "YES", "1", "T", "TRUE":
		return true, false
	case "N", "NO", "0", "F", "FALSE":
		return false, true
	}
	return false, false
}

func (d *decoder) relatives() {
	for _, nk1 := range d.msg.All("NK1") {
		if nk1.Field(2).Null() {
			d.entry.Patient.Cleared = append(d.entry.Patient.Cleared, care.ClearRelatives)
			continue
		}
		if r, ok := d.relative(nk1); ok {
			d.entry.Relatives = append(d.entry.Relatives, r)
		}
	}
}

// relative reads one NK1. Employers and nameless ones are nobody to invite.
func (d *decoder) relative(nk1 Segment) (r care.RelativeRecord, ok bool) {
	r = care.RelativeRecord{Identifiers: d.identifiers(nk1.Field(33)), Patient: d.entry.Patient.Refs[0], Active: true}
	r.Refs = refs("RelatedPerson", r.Identifiers)
	if r.Name, _ = names(nk1.Field(2)); r.Name.IsZero() {
		r.Name, _ = names(nk1.Field(30))
	}
	kin, contact := nk1.Field(3), nk1.Field(7)
	if r.Name.IsZero() {
		d.note("NK1-2: a relative without a name was left out")
	}
	if r.Name.IsZero() || kin.Text() == "EMR" || contact.Text() == "E" {
		return r, false
	}
	r.RelationshipCode = kin.Text()
	r.Relationship = care.RelationshipWord(kin.Component(1).Text(), kin.Component(2).Text(), kin.Component(4).Text(),
		kin.Component(5).Text(), contact.Component(1).Text(), contact.Component(2).Text())
	if r.RelationshipCode == "" {
		r.RelationshipCode = contact.Text()
	}
	r.Phone = phone(nk1.Field(5), nk1.Field(40), nk1.Field(31), nk1.Field(6))
	r.Language = language(nk1.Field(20))
	var err error
	if r.BirthDate, err = date(nk1, 16); err != nil {
		d.note("%v; left out", err)
	}
	r.Period.From, r.Period.Until = d.loose(nk1, 8, false), d.loose(nk1, 9, true)
	return r, true
}
