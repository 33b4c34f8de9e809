package fhir

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/care"
)

func TestRef(t *testing.T) {
	cases := map[string]struct {
		url, reference string // the fullUrl of the resource that refers, and its Reference
		want           care.Ref
	}{
		"relative":             {"", `{"reference":"Patient/123"}`, "Patient/123"},
		"relative_path":        {"", `{"reference":"/fhir/r4/Patient/123"}`, "Patient/123"},
		"bare_id":              {"", `{"reference":"123"}`, "Patient/123"},
		"versioned":            {"", `{"reference":"Patient/123/_history/2"}`, "Patient/123"},
		"absolute":             {"", `{"reference":"http://h/fhir/Patient/123"}`, "http://h/fhir/Patient/123"},
		"absolute_versioned":   {"", `{"reference":"http://h/fhir/Patient/123/_history/2"}`, "http://h/fhir/Patient/123"},
		"relative_to_base":     {"http://h/fhir/Encounter/9", `{"reference":"Patient/123"}`, "http://h/fhir/Patient/123"},
		"relative_without":     {"urn:uuid:0", `{"reference":"Patient/123"}`, "Patient/123"},
		"uuid":                 {"", `{"reference":"URN:UUID:ABCDEF"}`, "urn:uuid:abcdef"},
		"oid":                  {"", `{"reference":"urn:oid:1.2.3"}`, "urn:oid:1.2.3"},
		"conditional":          {"", `{"reference":"Practitioner?identifier=http://npi|99"}`, "Practitioner?identifier=http://npi|99"},
		"conditional_escaped":  {"", `{"reference":"Practitioner?active=true&identifier=http%3A%2F%2Fnpi%7C99"}`, "Practitioner?identifier=http://npi|99"},
		"conditional_absolute": {"", `{"reference":"http://h/Practitioner?identifier=99"}`, "Practitioner?identifier=|99"},
		"conditional_by_name":  {"", `{"reference":"Patient?name=x"}`, "Patient?name=x"},
		"logical":              {"", `{"identifier":{"system":"s","value":"v"}}`, "Patient?identifier=s|v"},
		"logical_typed":        {"", `{"type":"Practitioner","identifier":{"system":"s","value":"v"}}`, "Practitioner?identifier=s|v"},
		"literal_wins":         {"", `{"reference":"Patient/1","identifier":{"value":"v"}}`, "Patient/1"},
		"contained":            {"", `{"reference":"#p"}`, "Encounter/e#p"},
		"contained_missing":    {"", `{"reference":"#q"}`, ""},
		"itself":               {"", `{"reference":"#"}`, "Encounter/e"},
		"empty":                {"", `{"reference":"","display":"Somebody"}`, ""},
		"slash":                {"", `{"reference":"/"}`, ""},
		"number":               {"", `{"reference":5}`, "Patient/5"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			encounter := object{"id": "e", "contained": []any{map[string]any{"resourceType": "Patient", "id": "p"}}}
			o, err := parseObject([]byte(c.reference))
			if err != nil {
				t.Fatal(err)
			}
			if got := newResource(encounter, "Encounter", c.url).ref(o, "Patient"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRefs(t *testing.T) {
	ids := []care.Identifier{{System: "mrn", Value: "1"}, {Value: "2"}, {System: "mrn", Value: "1", Type: "MR"}}
	cases := []struct {
		id, url string
		want    []care.Ref
	}{
		{"", "", []care.Ref{"Patient?identifier=mrn|1", "Patient?identifier=|2"}},
		{"a", "http://h/Patient/a", []care.Ref{"Patient/a", "http://h/Patient/a", "Patient?identifier=mrn|1", "Patient?identifier=|2"}},
		{"018F428E-34F6-4707-8009-5AD742F901E7", "urn:uuid:018f428e-34f6-4707-8009-5ad742f901e7", []care.Ref{
			"Patient/018F428E-34F6-4707-8009-5AD742F901E7", "urn:uuid:018f428e-34f6-4707-8009-5ad742f901e7",
			"Patient?identifier=mrn|1", "Patient?identifier=|2",
		}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, newResource(object{"id": c.id}, "Patient", c.url).refs(ids)); diff != "" {
			t.Errorf("%s %s: %s", c.id, c.url, diff)
		}
	}
}
