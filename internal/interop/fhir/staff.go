package fhir

import (
	"errors"
	"strings"

	"kinward/internal/care"
)

func (r *resource) practitioner() (*care.PractitionerRecord, error) {
	refs, ids, err := r.identity()
	if err != nil {
		return nil, err
	}
	p := &care.PractitionerRecord{Refs: refs, Identifiers: ids, Active: r.active()}
	p.Name, _ = r.names()
	p.Phone, p.Email = r.reach("phone", "sms"), r.reach("email")
	for _, q := range r.list("qualification") {
		// A degree that hints at no role says nothing about the role.
		if role := care.RoleWord(said(q.concepts("code"))...); p.Role == "" && role != "other" {
			p.Role = role
		}
	}
	return p, nil
}

func (r *resource) role() (*care.RoleRecord, error) {
	refs, ids, err := r.identity()
	if err != nil {
		return nil, err
	}
	p := &care.RoleRecord{Refs: refs, Identifiers: ids, Active: r.active()}
	p.Practitioner = r.ref(r.object.object("practitioner"), "Practitioner")
	p.Organization = r.ref(r.object.object("organization"), "Organization")
	concepts := append(r.concepts("code"), r.concepts("specialty")...)
	p.Role = care.RoleWord(said(concepts)...)
	if len(concepts) > 0 {
		p.RoleText, p.RoleCode = concepts[0].label(), concepts[0].code()
	}
	for _, place := range r.list("location") {
		if ref := r.ref(place, "Location"); ref != "" {
			p.Locations = append(p.Locations, ref)
		}
	}
	if p.Period, err = r.period("period"); err != nil {
		return nil, err
	}
	return p, nil
}

func (r *resource) careTeam() (*care.CareTeamRecord, error) {
	refs, _, err := r.identity()
	if err != nil {
		return nil, err
	}
	t := &care.CareTeamRecord{Refs: refs}
	t.Patient = r.ref(r.object.object("subject"), "Patient")
	t.Encounter = r.ref(r.object.object("encounter"), "Encounter")
	if t.Encounter == "" {
		t.Encounter = r.ref(r.object.object("context"), "Encounter") // STU3
	}
	if t.Patient.Type() == "Group" || t.Patient == "" && t.Encounter == "" {
		return nil, errUseless
	}
	status := strings.ToLower(r.text("status"))
	t.Active = status == "active" || status == ""
	if t.Period, err = r.period("period"); err != nil {
		return nil, err
	}
	for _, p := range r.list("participant") {
		t.Members = r.addParticipant(t.Members, p, "member", "role", "period", "coveragePeriod")
	}
	return t, nil
}

// addParticipant adds someone of the staff; patients, relatives, organisations and devices are left out. It names the
// fields because Encounter and CareTeam, R4 and R5 call the same things differently.
func (r *resource) addParticipant(all []care.ParticipantRecord, o object, who, role string, periods ...string,
) []care.ParticipantRecord {
	member := o.object(who)
	switch r.refType(member) {
	case "", "Practitioner", "PractitionerRole":
	default:
		return all
	}
	concepts := o.concepts(role)
	p := care.ParticipantRecord{Ref: r.ref(member, "Practitioner"), Display: member.text("display")}
	if p.Ref == "" && p.Display == "" {
		return all
	}
	p.Role = care.RoleWord(said(concepts)...)
	if len(concepts) > 0 {
		p.Code = concepts[0].code()
	}
	for _, key := range periods {
		span, err := o.period(key)
		if err != nil && span.Until == nil {
			r.note("participant.%v; left out", err) // it may have ended
			return all
		}
		if span.From != nil || span.Until != nil {
			p.Period = span
		}
	}
	return append(all, p)
}

func (r *resource) organization() (*care.OrganizationRecord, error) {
	refs, ids, err := r.identity()
	if err != nil {
		return nil, err
	}
	o := &care.OrganizationRecord{Refs: refs, Identifiers: ids, Name: r.text("name"), Active: r.active()}
	o.PartOf = r.ref(r.object.object("partOf"), "Organization")
	if o.Name == "" && len(r.texts("alias")) > 0 {
		o.Name = r.texts("alias")[0]
	}
	if o.Name == "" && len(ids) == 0 {
		return nil, errors.New("name: missing")
	}
	return o, nil
}
