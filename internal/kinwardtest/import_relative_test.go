package kinwardtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	staffed = `"participant":[{"individual":{"reference":"Practitioner/d1"}}]`
	stayOf1 = `{"resourceType":"Encounter","id":"e1","status":"in-progress","subject":{"reference":"Patient/p1"},` + staffed + `}`
	stayOf2 = `{"resourceType":"Encounter","id":"e2","status":"in-progress","subject":{"reference":"Patient/p2"},` + staffed + `}`
	p2      = `{"resourceType":"Patient","id":"p2","name":[{"given":["Zoe"],"family":"Zander"}],"birthDate":"1950-01-01"}`
	kinK1   = `{"resourceType":"RelatedPerson","id":"k1","patient":{"reference":"Patient/p1"},"name":[{"text":"Rita Silva"}],"relationship":[{"coding":[{"code":"SIS"}]}]}`
)

// family lists the states of a patient's links by name.
func (s *Server) family(p Person, patient string) map[string]string {
	s.t.Helper()
	states := map[string]string{}
	for _, v := range s.patients(p, patient) {
		for _, l := range v.Family {
			states[l.Name] = strings.TrimSpace(states[l.Name] + " " + l.State)
		}
	}
	return states
}

// TestImport_candidates is the life of a candidate: it follows its record as long as nobody has taken it in hand, and a
// protected patient has none.
func TestImport_candidates(t *testing.T) {
	s := Start(t)
	s.importText("fhir", resources(patientP1, p2, doctorD1, stayOf1, stayOf2, kinK1))
	doctor := s.enter("rui.costa")
	protected := strings.Replace(patientP1, "{", `{"meta":{"security":[{"code":"R"}]},`, 1)
	for _, step := range []struct {
		name, text string
		p1, p2     map[string]string
	}{
		{"new", "", map[string]string{"Rita Silva": "candidate"}, nil},
		{"renamed", strings.Replace(kinK1, "Rita", "Eva", 1), map[string]string{"Eva Silva": "candidate"}, nil},
		{"no longer", strings.Replace(kinK1, "{", `{"active":false,`, 1), map[string]string{"Eva Silva": "ended"}, nil},
		{"again", kinK1, map[string]string{"Rita Silva": "candidate"}, nil},
		{"protected", protected, map[string]string{"Rita Silva": "ended"}, nil},
		{"still protected", strings.Replace(kinK1, "Rita", "Eva", 1), map[string]string{"Rita Silva": "ended"}, nil},
		{"open again", resources(patientP1, kinK1), map[string]string{"Rita Silva": "candidate"}, nil},
		{"of another patient", strings.Replace(kinK1, "Patient/p1", "Patient/p2", 1), map[string]string{"Rita Silva": "ended"}, map[string]string{"Rita Silva": "candidate"}},
	} {
		r := s.importText("fhir", step.text)
		if r.Rejected > 0 {
			t.Errorf("%s: %+v", step.name, r)
		}
		for query, want := range map[string]map[string]string{"Ana": step.p1, "Zoe": step.p2} {
			if got := s.family(doctor, query); fmt.Sprint(got) != fmt.Sprint(want) && len(got)+len(want) > 0 {
				t.Errorf("%s: the family of %s is %v, want %v", step.name, query, got, want)
			}
		}
	}
}

// TestImport_leaves_links_alone: once somebody was invited, no record renames, ends or moves the link.
func TestImport_leaves_links_alone(t *testing.T) {
	s := Start(t)
	s.importText("fhir", resources(patientP1, p2, doctorD1, stayOf1, stayOf2))
	doctor := s.enter("rui.costa")
	p := s.patients(doctor, "Ana")[0]
	relative := s.Relative(doctor, Patient{ID: p.ID, BirthDate: "1948-03-09"}, "Rita Silva", "two-way")
	kin := strings.Replace(kinK1, "SIS", "DAUC", 1) // as she was invited: the record is about the same person
	for _, text := range []string{
		kin,
		strings.Replace(kin, "Rita", "Eva", 1),
		strings.Replace(kin, "{", `{"active":false,`, 1),
		strings.Replace(patientP1, "{", `{"meta":{"security":[{"code":"R"}]},`, 1),
		strings.Replace(kin, "Patient/p1", "Patient/p2", 1),
	} {
		s.importText("fhir", text)
		if got := s.family(doctor, "Ana"); got["Rita Silva"] != "active" || len(got) != 1 {
			t.Errorf("after %s the family is %v", text, got)
		}
		s.Must(http.StatusOK, relative.Token, "GET", "/conversations/"+p.Conversation+"/messages", nil, nil)
	}
	if got := s.family(doctor, "Zoe"); got["Rita Silva"] != "candidate" {
		t.Errorf("the other patient's family is %v", got)
	}
}

// TestImport_merge_in_a_circle: two records that each say that the other replaces them become one all the same.
func TestImport_merge_in_a_circle(t *testing.T) {
	s := Start(t)
	link := func(patient, other string) string {
		return strings.Replace(patient, "{", `{"link":[{"other":{"reference":"Patient/`+other+`"},"type":"replaced-by"}],`, 1)
	}
	text := resources(link(patientP1, "p2"), link(p2, "p1"), doctorD1, stayOf1, stayOf2, kinK1, strings.NewReplacer("k1", "k2", "p1", "p2").Replace(kinK1))
	s.importText("fhir", text)
	doctor := s.enter("rui.costa")
	if got := s.mine(doctor, ""); len(got) != 1 {
		t.Errorf("the doctor has %v", got)
	}
	if got := s.family(doctor, ""); got["Rita Silva"] != "candidate" {
		t.Errorf("the family is %v", got)
	}
	head := s.head()
	s.importText("fhir", text)
	if now := s.head(); now != head {
		t.Errorf("the head moved from %d to %d", head, now)
	}
}
