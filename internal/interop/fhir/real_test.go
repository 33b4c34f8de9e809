package fhir

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/care"
)

// realData is a file of real data from beside the repository, or a skipped test.
func realData(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", name))
	if err != nil {
		t.Skipf("real data isn't here, it lies beside the repository in ../shared/data: %v", err)
	}
	return data
}

func TestRead_real(t *testing.T) {
	counts := map[string]int{}
	patients, doctors := map[care.Ref]bool{}, map[care.Ref]bool{}
	var stays []*care.StayRecord
	now := at("2026-01-01T00:00:00Z")
	err := Read(context.Background(), bytes.NewReader(realData(t, "synthea.ndjson.gz")), Options{}, func(e Entry) error {
		counts[e.Type]++
		switch r := e.Record.(type) {
		case *care.PatientRecord:
			for _, ref := range r.Refs {
				patients[ref] = true
			}
			if r.BirthDate == "" || r.Sex == "" || r.Name.Display() == "" || len(r.Identifiers) == 0 {
				t.Errorf("line %d: incomplete: %+v", e.Line, r)
			}
		case *care.PractitionerRecord:
			for _, ref := range r.Refs {
				doctors[ref] = true
			}
		case *care.StayRecord:
			stays = append(stays, r)
			if r.Live(*now) {
				counts["live"]++
			}
		case *care.OrganizationRecord:
		default:
			t.Errorf("line %d: %+v", e.Line, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"Patient": 400, "Encounter": 4611, "Practitioner": 92, "Organization": 92, "live": 325}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
	for _, s := range stays {
		// Some of the finished stays have no doctor.
		if !patients[s.Patient] || len(s.Participants) == 0 && s.Live(*now) {
			t.Errorf("%s: whose, and who looks after them? %s, %+v", s.Refs[0], s.Patient, s.Participants)
		}
		for _, p := range s.Participants {
			if !doctors[p.Ref] {
				t.Errorf("%s: an unknown doctor: %+v", s.Refs[0], p)
			}
		}
	}
}

// rows are n patients with two stays and an observation each.
func rows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"resourceType":"Patient","id":"p%d","identifier":[{"system":"urn:mrn","value":"%d"}],`+
			`"name":[{"use":"official","family":"Family%d","given":["Given"]}],"gender":"female","birthDate":"1956-08-03"}`+"\n", i, i, i)
		for j := range 2 {
			fmt.Fprintf(&b, `{"resourceType":"Encounter","id":"e%d-%d","status":"finished","class":{"code":"AMB"},`+
				`"subject":{"reference":"Patient/p%d"},"participant":[{"individual":{"reference":"Practitioner/d%d"}}],`+
				`"period":{"start":"2013-10-25T23:37:54+00:00","end":"2013-10-26T00:07:54+00:00"}}`+"\n", i, j, i, i%50)
		}
		fmt.Fprintf(&b, `{"resourceType":"Observation","id":"o%d","status":"final","valueQuantity":{"value":1.5,"unit":"kg"}}`+"\n", i)
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	text := rows(2000)
	bundle := `{"resourceType":"Bundle","entry":[` + strings.ReplaceAll(strings.TrimSpace(`{"resource":`+text), "\n", "},\n{\"resource\":") + "}]}"
	none := func(string) bool { return false }
	for _, c := range []struct {
		name, text string
		opt        Options
	}{
		{"ndjson", text, Options{}},
		{"ndjson_unwanted", text, Options{Want: none}},
		{"bundle", bundle, Options{}},
		{"bundle_unwanted", bundle, Options{Want: none}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Read(context.Background(), strings.NewReader(c.text), c.opt, func(Entry) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead_real(b *testing.B) {
	packed, err := gzip.NewReader(bytes.NewReader(realData(b, "synthea.ndjson.gz")))
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(packed)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := Read(context.Background(), bytes.NewReader(text), Options{}, func(Entry) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
