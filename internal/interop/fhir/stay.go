package fhir

import (
	"errors"
	"slices"
	"strings"

	"kinward/internal/care"
)

// stayStatus is R4's word for what R5 and careless senders call differently.
var stayStatus = map[string]string{
	"": "unknown", "completed": "finished", "discharged": "finished", "discontinued": "cancelled", "canceled": "cancelled",
	"on-hold": "onleave", "on-leave": "onleave", "in progress": "in-progress", "inprogress": "in-progress",
}

// deathCodes are discharge dispositions: FHIR's own, the NUBC's, SNOMED CT's.
var deathCodes = []string{"exp", "20", "40", "41", "42", "371828006", "419099009"}

func (r *resource) stay() (*care.StayRecord, error) {
	refs, ids, err := r.identity()
	if err != nil {
		return nil, err
	}
	s := &care.StayRecord{Refs: refs, Identifiers: ids}
	s.Patient = r.ref(r.object.object("subject"), "Patient")
	if s.Patient == "" {
		s.Patient = r.ref(r.object.object("patient"), "Patient") // DSTU2
	}
	if s.Patient == "" {
		return nil, errors.New("subject: missing")
	}
	if s.Patient.Type() == "Group" {
		return nil, errUseless
	}
	if s.Status = strings.ToLower(r.text("status")); stayStatus[s.Status] != "" {
		s.Status = stayStatus[s.Status]
	}
	for _, c := range r.concepts("class") {
		s.Class = c.code()
		break
	}
	if err := r.span(s); err != nil {
		return nil, err
	}
	s.Died = r.diedHere()
	for _, p := range r.list("participant") {
		who := "individual"
		if !p.has(who) {
			who = "actor" // R5
		}
		s.Participants = r.addParticipant(s.Participants, p, who, "type", "period")
	}
	for _, l := range r.list("location") {
		s.Locations = r.addLocation(s.Locations, l)
	}
	return s, nil
}

// span reads when the stay begins and ends. An unreadable end rejects it, as it may be over.
func (r *resource) span(s *care.StayRecord) error {
	key := "period"
	if !r.has(key) {
		key = "actualPeriod" // R5
	}
	span, err := r.period(key)
	if err != nil {
		return err
	}
	s.Start, s.End = span.From, span.Until
	if s.PlannedEnd, err = r.instant("plannedEndDate", true); err != nil {
		r.note("%v", err)
	}
	return nil
}

func (r *resource) diedHere() bool {
	key := "hospitalization"
	if !r.has(key) {
		key = "admission" // R5
	}
	return slices.ContainsFunc(said(r.object.object(key).concepts("dischargeDisposition")), func(s string) bool {
		return slices.Contains(deathCodes, strings.ToLower(s))
	})
}

func (r *resource) addLocation(all []care.StayLocation, o object) []care.StayLocation {
	place := o.object("location")
	l := care.StayLocation{Ref: r.ref(place, "Location"), Display: place.text("display"), Status: o.text("status")}
	if l.Ref == "" && l.Display == "" {
		return all
	}
	kinds := o.concepts("physicalType")
	if len(kinds) == 0 {
		kinds = o.concepts("form") // R5
	}
	l.Kind = placeKind(kinds)
	var err error
	if l.Period, err = o.period("period"); err != nil {
		r.note("location.%v", err)
	}
	return append(all, l)
}
