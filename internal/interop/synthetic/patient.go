package synthetic

import (
	"fmt"
	"time"
)

// Lead is one of the first patients, who are the same for every seed, so that a demo can tell a story about them.
type Lead struct {
	ID                                  string // of the Patient
	Given, Family, Language, BirthDate  string
	Relative, Relationship, RelativeKin string // name, our word, v3-RoleCode
	gender                              string
}

// Leads are looked after by the first doctor of Staff. The first two have the relative that is named.
func Leads() []Lead {
	return []Lead{
		{
			ID: "patient-001", Given: "João", Family: "Pereira da Silva", Language: "pt", BirthDate: "1948-03-09", gender: "male",
			Relative: "Ana Pereira da Silva", Relationship: "daughter", RelativeKin: "DAUC",
		},
		{
			ID: "patient-002", Given: "秀英", Family: "王", Language: "zh", BirthDate: "1951-11-23", gender: "female",
			Relative: "王小明", Relationship: "son", RelativeKin: "SONC",
		},
		{ID: "patient-003", Given: "Günther", Family: "Weiß", Language: "de", BirthDate: "1939-07-30", gender: "male"},
	}
}

// person is a patient being made up.
type person struct {
	id, given, family, gender, language, birth string
	latin                                      string
	origin                                     people
	ward                                       int
	lead                                       *Lead
}

func (h *hospital) patient(n int) {
	p := h.person(n)
	name := object{"use": "official", "family": p.family, "given": []string{p.given}}
	names := []object{name}
	if p.latin != "" {
		names = append(names, object{"use": "usual", "text": p.latin})
	}
	fields := object{
		"active": true, "name": names, "gender": p.gender, "birthDate": p.birth, "identifier": number("mrn", fmt.Sprintf("DEMO-%04d", n), "MR"),
		"communication": []object{{"language": coded("urn:ietf:bcp:47", p.language, ""), "preferred": true}},
	}
	if n%20 == 7 { // one in twenty, and none of the leads
		fields["meta"] = object{"security": []object{{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}}}
	}
	h.write("Patient", p.id, fields)
	h.stays(p, n)
	h.relatives(p)
}

func (h *hospital) person(n int) person {
	if leads := Leads(); n <= len(leads) {
		l := leads[n-1]
		p := person{id: l.ID, given: l.Given, family: l.Family, gender: l.gender, language: l.Language, birth: l.BirthDate, lead: &l}
		p.origin = originOf(l.Language)
		return p
	}
	p := person{id: fmt.Sprintf("patient-%03d", n), origin: origins[(n+int(h.rand.Uint32()%3))%len(origins)], ward: h.rand.IntN(len(wards))}
	f, g := h.rand.IntN(len(p.origin.families)), h.rand.IntN(len(p.origin.given))
	p.family, p.given, p.language = p.origin.families[f], p.origin.given[g], p.origin.language
	if len(p.origin.latin.families) > 0 {
		p.latin = p.origin.latin.given[g] + " " + p.origin.latin.families[f]
	}
	p.gender = [2]string{"female", "male"}[g%2]
	w := wards[p.ward]
	years := w.youngest + h.rand.IntN(w.oldest-w.youngest+1)
	p.birth = h.now.AddDate(-years, 0, -h.rand.IntN(365)).Format(time.DateOnly)
	return p
}

func originOf(language string) people {
	for _, o := range origins {
		if o.language == language {
			return o
		}
	}
	return origins[0]
}

// stays writes a patient's present stay, or in some cases one that is over or still to come, and for some a past one.
func (h *hospital) stays(p person, n int) {
	day := 24 * time.Hour
	if h.chance(30) {
		from := time.Duration(60+h.rand.IntN(700)) * day
		h.write("Encounter", fmt.Sprintf("stay-%03d-before", n), object{
			"status": "finished", "class": inpatient(), "subject": ref("Patient", p.id), "participant": h.team(p),
			"identifier": number("visit", fmt.Sprintf("OLD-%04d", n), "VN"),
			"period":     object{"start": h.ago(from), "end": h.ago(from - time.Duration(2+h.rand.IntN(9))*day)},
		})
	}
	began := time.Duration(wards[p.ward].staysAtLeast)*day + time.Duration(h.rand.IntN(12*24*60))*time.Minute
	stay := object{
		"status": "in-progress", "class": inpatient(), "subject": ref("Patient", p.id), "participant": h.team(p),
		"identifier": number("visit", fmt.Sprintf("V-%04d", n), "VN"), "period": object{"start": h.ago(began)},
	}
	switch over := h.rand.IntN(100); {
	case p.lead != nil || over < 85:
		if bed := h.bed(p.ward); bed != "" {
			stay["location"] = []object{{"location": ref("Location", bed), "status": "active"}}
		} else {
			stay["location"] = []object{{"location": ref("Location", wards[p.ward].id), "status": "active"}}
		}
	case over < 94:
		stay["status"] = "finished"
		stay["period"] = object{"start": h.ago(began), "end": h.ago(began / 3)}
	default:
		stay["status"] = "planned"
		stay["period"] = object{"start": h.ago(-began)}
	}
	h.write("Encounter", fmt.Sprintf("stay-%03d", n), stay)
}

func inpatient() object {
	return object{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP", "display": "inpatient encounter"}
}

// team is the staff of the patient's ward, and whoever speaks for them.
func (h *hospital) team(p person) []object {
	var team []object
	for _, m := range Staff() {
		interpreter := m.Title == "Interpreter" && p.language == "ar"
		coordinator := m.Title == "Family coordinator" && h.chance(15)
		if m.ward != p.ward && !interpreter && !coordinator {
			continue
		}
		role := coded("", "", m.Title)
		if m.Code != "" {
			role = coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", m.Code, m.Title)
		}
		team = append(team, object{"type": []object{role}, "individual": ref("Practitioner", m.ID)})
	}
	return team
}

// kin are relationships by their v3-RoleCode, and whose given name goes with them.
var kin = []struct {
	code, text string
	woman      bool
}{
	{"SPS", "spouse", true},
	{"DAUC", "daughter", true},
	{"SONC", "son", false},
	{"SIS", "sister", true},
	{"BRO", "brother", false},
	{"MTH", "mother", true},
	{"FTH", "father", false},
	{"FRND", "friend", true},
	{"NBOR", "neighbour", false},
}

// relatives writes none to six, fewer more often.
func (h *hospital) relatives(p person) {
	count := min(h.rand.IntN(7), h.rand.IntN(7))
	if p.lead != nil && p.lead.Relative != "" {
		h.relative(p, 0, object{"use": "official", "text": p.lead.Relative}, p.lead.RelativeKin, p.lead.Relationship)
	}
	for n := 1; n <= count; n++ {
		k := pick(h.rand, kin)
		given := h.rand.IntN(len(p.origin.given)/2) * 2
		if !k.woman {
			given++
		}
		family := p.family
		if k.code == "FRND" || k.code == "NBOR" {
			family = pick(h.rand, p.origin.families)
		}
		h.relative(p, n, object{"use": "official", "family": family, "given": []string{p.origin.given[given]}}, k.code, k.text)
	}
}

func (h *hospital) relative(p person, n int, name object, code, text string) {
	language := p.language
	if h.chance(20) {
		language = "en"
	}
	h.write("RelatedPerson", fmt.Sprintf("%s-kin-%d", p.id, n), object{
		"active": true, "patient": ref("Patient", p.id), "name": []object{name},
		"relationship":  []object{coded("http://terminology.hl7.org/CodeSystem/v3-RoleCode", code, text)},
		"communication": []object{{"language": coded("urn:ietf:bcp:47", language, ""), "preferred": true}},
	})
}
