package synthetic_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"kinward/internal/care"
	"kinward/internal/interop/fhir"
	"kinward/internal/interop/synthetic"
)

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func write(t *testing.T, o synthetic.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := synthetic.Write(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestWrite reads the hospital with the decoder that the importer uses: every row has to be taken without a note.
func TestWrite(t *testing.T) {
	text := write(t, synthetic.Options{Seed: 1, Now: now})
	count, live, protected, languages := map[string]int{}, 0, 0, map[string]bool{}
	err := fhir.Read(context.Background(), strings.NewReader(text), fhir.Options{}, func(e fhir.Entry) error {
		if e.Record == nil || len(e.Notes) > 0 {
			t.Errorf("line %d: %+v", e.Line, e)
		}
		count[e.Type]++
		switch r := e.Record.(type) {
		case *care.StayRecord:
			if r.Live(now) {
				live++
			}
			for _, p := range r.Participants {
				if p.Role == "" {
					t.Errorf("line %d: a participant without a role: %+v", e.Line, p)
				}
			}
		case *care.PatientRecord:
			languages[r.Language] = true
			if r.Protected {
				protected++
			}
			if r.BirthDate == "" || r.Sex == "" || r.Name.Family == "" {
				t.Errorf("line %d: %+v", e.Line, r)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count["Patient"] != 60 || count["Practitioner"] != 12 || count["PractitionerRole"] != 12 || count["RelatedPerson"] < 60 {
		t.Errorf("the hospital has %v", count)
	}
	if live < 45 || live >= 60 || protected == 0 || protected > 9 || len(languages) < 6 {
		t.Errorf("%d live stays, %d protected patients, languages %v", live, protected, languages)
	}
	if lines := strings.Count(text, "\n"); strings.Count(text, `"HTEST"`) != lines {
		t.Errorf("%d of %d resources are labelled", strings.Count(text, `"HTEST"`), lines)
	}
}

func TestWrite_same_for_a_seed(t *testing.T) {
	one := write(t, synthetic.Options{Seed: 1, Now: now})
	if one != write(t, synthetic.Options{Seed: 1, Now: now}) {
		t.Error("the same seed wrote another hospital")
	}
	if one == write(t, synthetic.Options{Seed: 2, Now: now}) {
		t.Error("another seed wrote the same hospital")
	}
}

// TestWrite_leads: the patients that the demo tells of are the same for every seed and size.
func TestWrite_leads(t *testing.T) {
	text := write(t, synthetic.Options{Seed: 7, Patients: 5, Now: now})
	for _, l := range synthetic.Leads() {
		if !strings.Contains(text, l.Family) || !strings.Contains(text, l.BirthDate) || !strings.Contains(text, l.Relative) {
			t.Errorf("%+v is missing", l)
		}
	}
	if strings.Count(text, `"resourceType":"Patient"`) != 5 {
		t.Error("there are not five patients")
	}
}
