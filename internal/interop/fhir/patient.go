package fhir

import (
	"errors"
	"slices"
	"strings"

	"kinward/internal/care"
)

// identity is what every record has. A resource that nothing can refer to would be imported anew each time.
func (r *resource) identity() ([]care.Ref, []care.Identifier, error) {
	ids := r.identifiers()
	refs := r.refs(ids)
	if len(refs) == 0 {
		return nil, nil, errors.New("id: missing")
	}
	return refs, ids, nil
}

// active is true unless the resource says otherwise.
func (o object) active() bool {
	active, said := o.boolean("active")
	return active || !said
}

func (r *resource) patient() (*care.PatientRecord, error) {
	refs, ids, err := r.identity()
	if err != nil {
		return nil, err
	}
	p := &care.PatientRecord{Refs: refs, Identifiers: ids, Sex: r.sex(), Language: r.language(), Active: r.active()}
	p.Name, p.OtherNames = r.names()
	if p.BirthDate, err = r.date("birthDate"); err != nil {
		return nil, err
	}
	r.death(p)
	p.Protected = r.confidential()
	for _, link := range r.list("link") {
		other := r.ref(link.object("other"), "Patient")
		switch link.text("type") {
		case "replaced-by", "replace": // "replace" in STU3
			p.ReplacedBy = other
		case "replaces":
			p.Replaces = append(p.Replaces, other)
		}
	}
	for _, c := range r.list("contact") {
		p.Contacts = r.addContact(p.Contacts, c)
	}
	return p, nil
}

// sex keeps FHIR's four words; anything else is no reason to lose a patient.
func (r *resource) sex() string {
	switch s := strings.ToLower(r.text("gender")); s {
	case "", "male", "female", "other", "unknown":
		return s
	}
	r.note("gender: %s is none of FHIR's", r.quote("gender"))
	return "unknown"
}

// death takes any deceasedDateTime for a death, even one that can't be read: the families of the dead must not get
// cheerful messages for want of a date.
func (r *resource) death(p *care.PatientRecord) {
	p.Deceased, _ = r.boolean("deceasedBoolean")
	at, err := r.instant("deceasedDateTime", false)
	if err != nil {
		r.note("%v", err)
	}
	p.DeceasedAt, p.Deceased = at, p.Deceased || r.has("deceasedDateTime")
}

// confidential reports security labels that forbid the usual openness: restricted, very restricted, celebrity.
func (r *resource) confidential() bool {
	for _, label := range r.object.object("meta").list("security") {
		if slices.Contains([]string{"R", "V", "CEL"}, label.text("code")) {
			return true
		}
	}
	return false
}

func (r *resource) addContact(all []care.ContactRecord, o object) []care.ContactRecord {
	name, _ := o.names()
	if name.IsZero() {
		return all // an organisation, or nobody
	}
	c := care.ContactRecord{Name: name, Phone: o.reach("phone", "sms")}
	c.Relationship, c.RelationshipCode = o.relationship()
	var err error
	if c.Period, err = o.period("period"); err != nil {
		r.note("contact.%v", err)
	}
	return append(all, c)
}

func (r *resource) relative() (*care.RelativeRecord, error) {
	refs, ids, err := r.identity()
	if err != nil {
		return nil, err
	}
	p := &care.RelativeRecord{Refs: refs, Identifiers: ids, Language: r.language(), Phone: r.reach("phone", "sms")}
	p.Patient = r.ref(r.object.object("patient"), "Patient")
	if p.Patient == "" {
		return nil, errors.New("patient: missing")
	}
	p.Name, _ = r.names()
	p.Relationship, p.RelationshipCode = r.relationship()
	p.Active = r.active()
	if p.BirthDate, err = r.date("birthDate"); err != nil {
		r.note("%v", err)
	}
	if p.Period, err = r.period("period"); err != nil {
		r.note("%v", err) // a candidate gets no access by it
	}
	return p, nil
}
