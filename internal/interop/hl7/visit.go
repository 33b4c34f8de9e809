package hl7

import (
	"slices"
	"strings"

	"kinward/internal/care"
)

// classes are FHIR's words for table 0004 and its usual local spellings; what has none is left out, N and U among them.
var classes = map[string]string{
	"I": "IMP", "IP": "IMP", "E": "EMER", "ED": "EMER", "ER": "EMER", "O": "AMB", "OP": "AMB", "P": "PRENC",
}

// doctors are the fields of PV1 that name doctors, and the code of each.
var doctors = []struct {
	field int
	code  string
}{{7, care.ClearATND}, {8, care.ClearREF}, {9, care.ClearCON}, {17, care.ClearADM}}

// deathCodes are discharge dispositions (table 0112).
var deathCodes = []string{"20", "40", "41", "42", "EXP"}

func (d *decoder) stay() error {
	pv1 := d.msg.Segment("PV1")
	if d.event.visit == "" || d.event.visit == care.VisitUpdate && !isVisit(pv1) {
		return nil
	}
	s := &care.StayRecord{
		Identifiers: d.visitNumbers(pv1), Patient: d.entry.Patient.Refs[0],
		Event: d.event.visit, Status: d.event.status, Class: classes[strings.ToUpper(pv1.Field(2).Text())],
		Place: place(pv1.Field(3)), Died: slices.Contains(deathCodes, strings.ToUpper(pv1.Field(36).Text())),
	}
	s.Refs = refs("Encounter", s.Identifiers)
	if s.Event == care.VisitMove {
		// The number that it had before finds the stay; PV1-19 is the one that it has from now on.
		s.Refs = append(s.Refs, refs("Encounter", d.identifiers(d.msg.Segment("MRG").Field(5)))...)
	}
	if err := d.span(s, pv1); err != nil {
		return err
	}
	d.participants(s, pv1)
	d.roles(s)
	d.entry.Stay = s
	return nil
}

// isVisit tells a visit from a PV1 that is only there because the standard demands one.
func isVisit(pv1 Segment) bool {
	class := strings.ToUpper(pv1.Field(2).Text())
	return pv1.Present() && (class != "N" && class != "NA" || pv1.Field(19).Said())
}

// visitNumbers are PV1-19, else the alternate PV1-50, else the account PID-18.
func (d *decoder) visitNumbers(pv1 Segment) []care.Identifier {
	for _, field := range []Value{pv1.Field(19), pv1.Field(50), d.msg.Segment("PID").Field(18)} {
		if ids := d.identifiers(field); len(ids) > 0 {
			return ids
		}
	}
	return nil
}

// place is ward^room^bed^facility. Nil when nothing is said, empty when it is deleted.
func place(field Value) *care.Place {
	if field.Empty() {
		return nil
	}
	p := &care.Place{
		Ward: field.Component(1).Text(), Room: field.Component(2).Text(), Bed: field.Component(3).Text(),
		Facility: field.Component(4).Text(),
	}
	if p.Ward == "" && p.Room == "" && p.Bed == "" {
		p.Ward = field.Component(9).Text() // described in words
	}
	return p
}

// span reads when the stay began and ended. An end that can't be read rejects the message, as the stay may be over.
func (d *decoder) span(s *care.StayRecord, pv1 Segment) (err error) {
	if s.Start, err = d.instant(pv1, 44, false); err != nil {
		return err
	}
	if s.End, err = d.instant(pv1, 45, true); err != nil {
		return err
	}
	pv2 := d.msg.Segment("PV2")
	s.PlannedEnd = d.loose(pv2, 9, true)
	for name, field := range map[string]Value{
		care.ClearStart: pv1.Field(44), care.ClearEnd: pv1.Field(45), care.ClearPlannedEnd: pv2.Field(9),
	} {
		if field.Null() {
			s.Cleared = append(s.Cleared, name)
		}
	}
	d.applyEvent(s)
	slices.Sort(s.Cleared)
	return nil
}

// applyEvent adds what the trigger says about the times. A discharge time makes any other message one of a finished
// stay, except the cancellation, which often repeats the time that it cancels.
func (d *decoder) applyEvent(s *care.StayRecord) {
	switch {
	case s.Event == care.VisitCancelDischarge:
		s.End = nil
		if !slices.Contains(s.Cleared, care.ClearEnd) {
			s.Cleared = append(s.Cleared, care.ClearEnd)
		}
	case s.Event == care.VisitCancelAdmit:
	case s.End != nil:
		s.Status = "finished"
	case s.Event == care.VisitDischarge:
		d.occurred(&s.End)
	}
	if s.Event == care.VisitAdmit && s.Start == nil {
		d.occurred(&s.Start)
	}
}

// participants reads the doctors, each of whom also becomes a practitioner.
func (d *decoder) participants(s *care.StayRecord, pv1 Segment) {
	for _, doctor := range doctors {
		field := pv1.Field(doctor.field)
		if field.Null() {
			s.Cleared = append(s.Cleared, doctor.code)
		}
		for xcn := range field.Repetitions() {
			d.addParticipant(s, xcn, care.ParticipantRecord{Role: care.RoleWord(doctor.code), Code: doctor.code})
		}
	}
}

// roles reads ROL, by which newer senders name the rest of the team. Before PV1 it names those who look after the
// patient in general, the family doctor for one: they are not part of the stay.
func (d *decoder) roles(s *care.StayRecord) {
	visit := false
	for _, rol := range d.msg.segments {
		visit = visit || rol.Name == "PV1"
		if action := rol.Field(2).Text(); !visit || rol.Name != "ROL" || action == "DE" {
			continue
		}
		role := rol.Field(3)
		p := care.ParticipantRecord{
			Code: role.Text(), Role: care.RoleWord(role.Component(1).Text(), role.Component(2).Text(), role.Component(4).Text()),
		}
		var err error
		p.Period.From = d.loose(rol, 5, false)
		if p.Period.Until, err = d.instant(rol, 6, true); err != nil {
			d.note("%v; the role was left out", err) // it may have ended
			continue
		}
		for xcn := range rol.Field(4).Repetitions() {
			d.addParticipant(s, xcn, p)
		}
	}
}

// addParticipant reads id^family^given^further^suffix^prefix^degree^^authority (XCN).
func (d *decoder) addParticipant(s *care.StayRecord, xcn Value, p care.ParticipantRecord) {
	id := care.Identifier{System: authority(xcn.Component(9)), Value: xcn.Text(), Type: xcn.Component(13).Text()}
	name := personName(xcn, 2)
	p.Display = name.Formal()
	if id.Value == "" && p.Display == "" {
		return
	}
	if id.Value != "" {
		if id.System == "" {
			id.System = d.authority
		}
		p.Ref = care.IdentifierRef("Practitioner", id)
		d.addPractitioner(p.Ref, id, name)
	}
	s.Participants = append(s.Participants, p)
}

func (d *decoder) addPractitioner(ref care.Ref, id care.Identifier, name care.HumanName) {
	if d.known[ref] {
		return
	}
	d.known[ref] = true
	d.entry.Practitioners = append(d.entry.Practitioners, care.PractitionerRecord{
		Refs: []care.Ref{ref}, Identifiers: []care.Identifier{id}, Name: name, Active: true,
	})
}
