package fhir

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/care"
)

// records reads text, which must have no rejects, and returns its records and notes.
func records(t *testing.T, text string) (all []any, notes []string) {
	t.Helper()
	err := Read(context.Background(), strings.NewReader(text), Options{}, func(e Entry) error {
		if e.Reject != nil {
			t.Errorf("line %d: %s", e.Line, e.Reject.Reason)
		}
		all, notes = append(all, e.Record), append(notes, e.Notes...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, notes
}

func at(s string) *time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return &t
}

// TestDecode has one case a resource and shape: what comes in, what comes out.
func TestDecode(t *testing.T) {
	cases := map[string]struct {
		in    string
		want  []any
		notes []string
	}{
		"patient": {
			in: `{"resourceType":"Patient","id":"p1","active":true,"gender":"female","birthDate":"1956-08",
				"meta":{"security":[{"code":"R"}]},
				"identifier":[{"type":{"coding":[{"code":"MR"}]},"system":"urn:mrn","value":" 77 "},{"system":"urn:none"},{"value":12}],
				"name":[{"use":"maiden","family":"Klein"},{"use":"usual","given":["Zoe"]},{"use":"official","family":"Ahmadi","given":["Zohra","M."],"prefix":["Dr."]}],
				"communication":[{"language":{"coding":[{"code":"en-US"}]}},{"language":{"text":"Persian"},"preferred":true}],
				"link":[{"type":"replaced-by","other":{"reference":"Patient/p2"}},{"type":"replaces","other":{"reference":"Patient/p3"}},{"type":"seealso","other":{"reference":"Patient/p4"}}],
				"contact":[{"relationship":[{"coding":[{"system":"v2-0131","code":"N"}]},{"coding":[{"code":"WIFE"}]}],
					"name":{"text":"Lou"},"telecom":[{"system":"email","value":"x@y"},{"system":"phone","value":"1"},{"system":"phone","use":"mobile","value":"2"}]},
					{"organization":{"reference":"Organization/1"}}]}`,
			want: []any{&care.PatientRecord{
				Refs:        []care.Ref{"Patient/p1", "Patient?identifier=urn:mrn|77", "Patient?identifier=|12"},
				Identifiers: []care.Identifier{{System: "urn:mrn", Value: "77", Type: "MR"}, {Value: "12"}},
				Name:        care.HumanName{Family: "Ahmadi", Given: []string{"Zohra", "M."}, Prefix: "Dr."},
				OtherNames:  []care.HumanName{{Family: "Klein"}, {Given: []string{"Zoe"}}},
				BirthDate:   "1956-08", Sex: "female", Language: "fa", Active: true, Protected: true,
				ReplacedBy: "Patient/p2", Replaces: []care.Ref{"Patient/p3"},
				Contacts: []care.ContactRecord{{Name: care.HumanName{Text: "Lou"}, Relationship: "spouse", RelationshipCode: "WIFE", Phone: "2"}},
			}},
		},
		"patient_with_slips": {
			in: `{"resourceType":"Patient","id":5,"active":"false","gender":"F","birthDate":"1956-08-03T00:00:00Z","deceasedDateTime":"yesterday",
				"name":{"family":"Lone\u0000 \n Name","given":"Ada"},"identifier":"none","telecom":7,"communication":null,"contact":{"name":[]},"link":["x"],"extension":[[]]}`,
			want: []any{&care.PatientRecord{
				Refs: []care.Ref{"Patient/5"}, Name: care.HumanName{Family: "Lone Name", Given: []string{"Ada"}},
				BirthDate: "1956-08-03", Sex: "unknown", Deceased: true,
			}},
			notes: []string{`Patient.gender: "F" is none of FHIR's`, `Patient.deceasedDateTime: "yesterday" is not a date`},
		},
		"patient_dead": {
			in: `{"resourceType":"Patient","id":"p","deceasedDateTime":"2020-05"}
				{"resourceType":"Patient","id":"q","deceasedBoolean":true,"name":"Jo Doe"}`,
			want: []any{
				&care.PatientRecord{Refs: []care.Ref{"Patient/p"}, Active: true, Deceased: true, DeceasedAt: at("2020-05-01T00:00:00Z")},
				&care.PatientRecord{Refs: []care.Ref{"Patient/q"}, Active: true, Deceased: true, Name: care.HumanName{Text: "Jo Doe"}},
			},
		},
		"relative": {
			in: `{"resourceType":"RelatedPerson","id":"r","patient":{"reference":"Patient/p"},"name":[{"text":"Mia Berg"}],"birthDate":"1970-01-02",
				"relationship":[{"coding":[{"code":"C"}]},{"coding":[{"system":"v3","code":"DAUC"}],"text":"Tochter"}],
				"telecom":[{"system":"phone","value":"1","use":"old"},{"system":"phone","value":"2","rank":2},{"system":"sms","value":"3","rank":1}],
				"communication":[{"language":{"coding":[{"code":"de_CH"}]}}],"period":{"start":"2020-01-01","end":"2021"}}
				{"resourceType":"RelatedPerson","id":"s","active":false,"patient":{"reference":"Patient/p"},"relationship":{"text":"Ehefrau"}}`,
			want: []any{
				&care.RelativeRecord{
					Refs: []care.Ref{"RelatedPerson/r"}, Patient: "Patient/p", Name: care.HumanName{Text: "Mia Berg"}, Relationship: "daughter",
					RelationshipCode: "DAUC", BirthDate: "1970-01-02", Language: "de-CH", Phone: "3", Active: true,
					Period: care.Period{From: at("2020-01-01T00:00:00Z"), Until: at("2021-12-31T23:59:59.999Z")},
				},
				&care.RelativeRecord{Refs: []care.Ref{"RelatedPerson/s"}, Patient: "Patient/p", Relationship: "other", RelationshipCode: "Ehefrau"},
			},
		},
		"practitioner": {
			in: `{"resourceType":"Practitioner","id":"d","name":[{"family":"Okoro","prefix":["Dr."]}],"telecom":[{"system":"email","value":"o@h"}],
				"qualification":[{"code":{"text":"Bachelor of Science"}},{"code":{"coding":[{"code":"RN"}]}}]}`,
			want: []any{&care.PractitionerRecord{
				Refs: []care.Ref{"Practitioner/d"}, Name: care.HumanName{Family: "Okoro", Prefix: "Dr."}, Active: true, Role: "nurse", Email: "o@h",
			}},
		},
		"role": {
			in: `{"resourceType":"PractitionerRole","id":"r","active":true,"practitioner":{"reference":"Practitioner/d"},"organization":{"reference":"Organization/o"},
				"code":[{"coding":[{"system":"http://snomed.info/sct","code":"405277009","display":"Resident physician"}]}],
				"location":[{"reference":"Location/w"},{"display":"nowhere"}],"period":{"start":"2024-01-01"}}`,
			want: []any{&care.RoleRecord{
				Refs: []care.Ref{"PractitionerRole/r"}, Practitioner: "Practitioner/d", Organization: "Organization/o", Role: "resident",
				RoleText: "Resident physician", RoleCode: "405277009", Locations: []care.Ref{"Location/w"},
				Period: care.Period{From: at("2024-01-01T00:00:00Z")}, Active: true,
			}},
		},
		"care_team": {
			in: `{"resourceType":"CareTeam","id":"t","status":"active","subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},
				"participant":[{"member":{"reference":"Patient/p"}},{"member":{"reference":"RelatedPerson/r"}},{"member":{"reference":"urn:uuid:1","type":"Organization"}},
					{"role":[{"text":"Primary nurse"}],"member":{"reference":"Practitioner/n","display":"Nia"},"period":{"end":"2024-05-01"}},
					{"role":{"coding":[{"code":"PPRF"}]},"member":{"reference":"urn:uuid:2"},"coveragePeriod":{"start":"2024"}},
					{"member":{"reference":"Practitioner/x"},"period":{"end":"?"}}]}
				{"resourceType":"CareTeam","id":"u","status":"active"}`,
			want: []any{
				&care.CareTeamRecord{
					Refs: []care.Ref{"CareTeam/t"}, Patient: "Patient/p", Encounter: "Encounter/e", Active: true,
					Members: []care.ParticipantRecord{
						{Ref: "Practitioner/n", Display: "Nia", Role: "nurse", Code: "Primary nurse", Period: care.Period{Until: at("2024-05-01T23:59:59.999Z")}},
						{Ref: "urn:uuid:2", Role: "attending", Code: "PPRF", Period: care.Period{From: at("2024-01-01T00:00:00Z")}},
					},
				},
				nil, // a team without a patient is ignored
			},
			notes: []string{`CareTeam.participant.period.end: "?" is not a date; left out`},
		},
		"stay_r4": {
			in: `{"resourceType":"Encounter","id":"e","status":"in-progress","class":{"code":"IMP"},"identifier":[{"system":"v","value":"9"}],
				"subject":{"reference":"urn:uuid:p"},"period":{"start":"2024-05-01T10:00:00+02:00"},
				"participant":[{"individual":{"reference":"Practitioner?identifier=npi|1","display":"Dr. Okoro"}},
					{"type":[{"coding":[{"code":"ATND","display":"attender"}]}],"individual":{"reference":"PractitionerRole/r"}},
					{"type":[{"coding":[{"code":"CON","display":"consultant"}]}],"individual":{"reference":"Practitioner/c"}},
					{"individual":{"reference":"RelatedPerson/x"}},{"type":[{"text":"nobody"}]}],
				"location":[{"location":{"reference":"Location/w","display":"4B"},"status":"active","physicalType":{"coding":[{"code":"wa"}]},"period":{"start":"2024-05-01"}}],
				"hospitalization":{"dischargeDisposition":{"coding":[{"code":"exp"}]}}}`,
			want: []any{&care.StayRecord{
				Refs: []care.Ref{"Encounter/e", "Encounter?identifier=v|9"}, Identifiers: []care.Identifier{{System: "v", Value: "9"}},
				Patient: "urn:uuid:p", Status: "in-progress", Class: "IMP", Start: at("2024-05-01T08:00:00Z"), Died: true,
				Participants: []care.ParticipantRecord{
					{Ref: "Practitioner?identifier=npi|1", Display: "Dr. Okoro"},
					{Ref: "PractitionerRole/r", Role: "attending", Code: "ATND"},
					{Ref: "Practitioner/c", Role: "other", Code: "CON"},
				},
				Locations: []care.StayLocation{{Ref: "Location/w", Display: "4B", Kind: "ward", Status: "active", Period: care.Period{From: at("2024-05-01T00:00:00Z")}}},
			}},
		},
		"stay_r5": {
			in: `{"resourceType":"Encounter","id":"e","status":"on-hold","class":[{"coding":[{"code":"EMER"}]}],"subject":{"reference":"Patient/p"},
				"actualPeriod":{"start":"2024-05-01","end":"2024-05-02"},"plannedEndDate":"2024-05-03",
				"participant":[{"actor":{"reference":"Practitioner/d"},"type":[{"coding":[{"code":"translator"}]}]},{"actor":{"reference":"Device/x"}}],
				"location":[{"location":{"identifier":{"system":"l","value":"7"}},"form":{"coding":[{"code":"bd"}]}}],
				"admission":{"dischargeDisposition":{"coding":[{"code":"home"}]}}}`,
			want: []any{&care.StayRecord{
				Refs: []care.Ref{"Encounter/e"}, Patient: "Patient/p", Status: "onleave", Class: "EMER", Start: at("2024-05-01T00:00:00Z"),
				End: at("2024-05-02T23:59:59.999Z"), PlannedEnd: at("2024-05-03T23:59:59.999Z"),
				Participants: []care.ParticipantRecord{{Ref: "Practitioner/d", Role: "interpreter", Code: "translator"}},
				Locations:    []care.StayLocation{{Ref: "Location?identifier=l|7", Kind: "bed"}},
			}},
		},
		"contained": {
			in: `{"resourceType":"Encounter","id":"e","status":"Finished","subject":{"reference":"Patient/p"},
				"contained":[{"resourceType":"Practitioner","id":"d","name":[{"family":"Within"}]},{"resourceType":"Practitioner","id":"unused"},
					{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"#d"}}],
				"participant":[{"individual":{"reference":"#r"}}]}`,
			want: []any{
				&care.RoleRecord{Refs: []care.Ref{"Encounter/e#r"}, Practitioner: "Encounter/e#d", Active: true},
				&care.PractitionerRecord{Refs: []care.Ref{"Encounter/e#d"}, Name: care.HumanName{Family: "Within"}, Active: true},
				&care.StayRecord{Refs: []care.Ref{"Encounter/e"}, Patient: "Patient/p", Status: "finished", Participants: []care.ParticipantRecord{{Ref: "Encounter/e#r"}}},
			},
		},
		"places": {
			in: `{"resourceType":"Location","id":"b","name":"Bed 3","physicalType":{"coding":[{"code":"bd"}]},"partOf":{"reference":"Location/r"}}
				{"resourceType":"Location","id":"h","status":"inactive","alias":["The house"],"form":{"coding":[{"code":"bu"}]}}
				{"resourceType":"Organization","id":"o","name":"North Shore","partOf":{"reference":"Organization/g"}}`,
			want: []any{
				&care.LocationRecord{Refs: []care.Ref{"Location/b"}, Name: "Bed 3", Kind: "bed", PartOf: "Location/r", Active: true},
				&care.LocationRecord{Refs: []care.Ref{"Location/h"}, Name: "The house", Kind: "other"},
				&care.OrganizationRecord{Refs: []care.Ref{"Organization/o"}, Name: "North Shore", PartOf: "Organization/g", Active: true},
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := c.in
			if !strings.Contains(in, "}\n\t\t\t\t{") {
				in = "[" + in + "]" // the case spans lines: say that it is no NDJSON
			} else {
				in = "[" + strings.ReplaceAll(in, "}\n\t\t\t\t{", "},\n{") + "]"
			}
			got, notes := records(t, in)
			if diff := cmp.Diff(c.want, got, emptyIsNil); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Error("notes:", diff)
			}
		})
	}
}

// emptyIsNil lets the cases leave out empty lists.
var emptyIsNil = cmp.FilterValues(func(a, b []care.HumanName) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
