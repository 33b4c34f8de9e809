package csv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/care"
)

var now = time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)

func readAll(t *testing.T, text string, edit ...func(*Options)) []Entry {
	t.Helper()
	opt := Options{Name: "test.csv", Now: now}
	for _, e := range edit {
		e(&opt)
	}
	var all []Entry
	err := Read(context.Background(), strings.NewReader(text), opt, func(e Entry) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func at(s string) *time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return &t
}

func TestRead_patients(t *testing.T) {
	const header = "MRN;Authority;Family;Given;Birth;Sex;Language;Ward;Room;Bed;Visit;Admit;Expected Discharge;Discharge;Protected;Deceased\n"
	number := care.Identifier{System: "HOSP", Value: "100", Type: "MR"}
	refs := []care.Ref{"Patient?identifier=HOSP|100", "Patient?identifier=|100"}
	patient := func(edit func(p *care.PatientRecord)) *care.PatientRecord {
		p := &care.PatientRecord{Refs: refs, Identifiers: []care.Identifier{number}, Active: true}
		edit(p)
		return p
	}
	stay := func(edit func(s *care.StayRecord)) *care.StayRecord {
		s := &care.StayRecord{
			Refs: []care.Ref{"Encounter?identifier=HOSP|V1", "Encounter?identifier=|V1"}, Patient: refs[0], Status: "in-progress",
			Identifiers: []care.Identifier{{System: "HOSP", Value: "V1", Type: "VN"}}, Place: &care.Place{},
		}
		edit(s)
		return s
	}
	for _, c := range []struct {
		row    string
		want   []any
		reject string
	}{
		{"100;HOSP;Müller;Änne Marie;09.03.1948;f;German;3A;1;B;V1;2026-01-05 08:30;2026-01-12;;no;", []any{
			patient(func(p *care.PatientRecord) {
				p.Name = care.HumanName{Family: "Müller", Given: []string{"Änne", "Marie"}}
				p.BirthDate, p.Sex, p.Language = "1948-03-09", "female", "de"
			}),
			stay(func(s *care.StayRecord) {
				s.Start, s.PlannedEnd, s.Place = at("2026-01-05 08:30"), at("2026-01-13 00:00"), &care.Place{Ward: "3A", Room: "1", Bed: "B"}
			}),
		}, ""},
		{"100;HOSP;Müller;;;;;;;;;;;;yes;x", []any{patient(func(p *care.PatientRecord) {
			p.Name.Family, p.Protected, p.Deceased = "Müller", true, true
		})}, ""},
		{"100;HOSP;Müller;;;;;;;;V1;2026-01-05;;2026-01-09;;", []any{
			patient(func(p *care.PatientRecord) { p.Name.Family = "Müller" }),
			stay(func(s *care.StayRecord) {
				s.Start, s.End, s.Status = at("2026-01-05 00:00"), at("2026-01-10 00:00"), "finished"
			}),
		}, ""},
		{"100;HOSP;Müller;;;;;;;;V1;2026-01-15;;;;", []any{
			patient(func(p *care.PatientRecord) { p.Name.Family = "Müller" }),
			stay(func(s *care.StayRecord) { s.Start, s.Status = at("2026-01-15 00:00"), "planned" }),
		}, ""},
		{";HOSP;Müller;;;;;;;;;;;;;", nil, "mrn: missing"},
		{"100;HOSP;Müller;;03/04/1948;;;;;;;;;;;", nil, "birth"},
		{"100;HOSP;Müller;;;;;;;;;;;;maybe;", nil, "protected"},
		{"100;HOSP;Müller;;;;;;;;V1;;;whenever;;", nil, "discharge"},
		{"100;HOSP;\"Müller", nil, "quote"},
		{"100;HOSP;M\xfcller", nil, "UTF-8"},
	} {
		got := readAll(t, header+c.row)
		switch {
		case len(got) != 1 || got[0].Line != 2:
			t.Errorf("%s: %+v", c.row, got)
		case c.reject != "":
			if got[0].Reject == nil || !strings.Contains(got[0].Reject.Reason, c.reject) || got[0].Reject.Line != 2 {
				t.Errorf("%s: reject %+v", c.row, got[0].Reject)
			}
		default:
			if d := cmp.Diff(c.want, got[0].Records); d != "" {
				t.Errorf("%s: %s", c.row, d)
			}
		}
	}
}

func TestRead_others(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []any
	}{
		{"staff", "staff_id,name,role\nS1,\"Weiß, Änne\",Charge nurse\n", []any{
			&care.PractitionerRecord{
				Refs: []care.Ref{"Practitioner?identifier=local|S1", "Practitioner?identifier=|S1"}, Active: true,
				Identifiers: []care.Identifier{{System: "local", Value: "S1"}}, Name: care.HumanName{Family: "Weiß", Given: []string{"Änne"}},
			},
			&care.RoleRecord{
				Refs: []care.Ref{"PractitionerRole?identifier=local|S1"}, Practitioner: "Practitioner?identifier=local|S1", Role: "nurse",
				RoleText: "Charge nurse", Active: true,
			},
		}},
		{"assignment", "visit\tmrn\tstaff_id\trole\tfrom\tto\nV1\t\tS1\tattending\t2026-01-05\t2026-01-06 18:00\n", []any{
			&care.CareTeamRecord{
				Refs: []care.Ref{"CareTeam?identifier=assignment|Encounter?identifier=|V1  S1 attending"}, Active: true,
				Encounter: "Encounter?identifier=|V1", Period: care.Period{From: at("2026-01-05 00:00"), Until: at("2026-01-06 18:00")},
				Members: []care.ParticipantRecord{{Ref: "Practitioner?identifier=|S1", Role: "attending"}},
			},
		}},
		{"relative", "mrn,authority,family,given,relationship,language\n100,HOSP,Silva,Ana,Daughter,pt-BR\n", []any{
			&care.RelativeRecord{
				Patient: "Patient?identifier=HOSP|100", Name: care.HumanName{Family: "Silva", Given: []string{"Ana"}},
				Relationship: "daughter", Language: "pt-BR", Active: true,
			},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := readAll(t, "\ufeff"+c.text+"\n\n")
			if len(got) != 1 || got[0].Reject != nil {
				t.Fatalf("%+v", got)
			}
			if d := cmp.Diff(c.want, got[0].Records); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestRead_header: only one pass speaks of a file that is no table, and none reads a table that isn't wanted.
func TestRead_header(t *testing.T) {
	const staff = "staff_id,name\nS1,Rui Costa\n"
	only := func(kinds ...Kind) func(*Options) {
		return func(o *Options) {
			o.Want = func(k Kind) bool {
				return strings.Contains(fmt.Sprint(kinds), string(k)) && (k != "" || kinds[0] == "")
			}
		}
	}
	for _, c := range []struct {
		text string
		want func(*Options)
		rows int
	}{
		{staff, only(Staff), 1}, {staff, only(Patients), 0}, {"a,b\n1,2\n", only(Staff), 0}, {"a,b\n1,2\n", only("", Staff), 1}, {"", only("", Staff), 0},
	} {
		if got := readAll(t, c.text, c.want); len(got) != c.rows {
			t.Errorf("%q: %+v", c.text, got)
		}
	}
}

func TestRead_stops(t *testing.T) {
	stop := errors.New("stop")
	err := Read(context.Background(), strings.NewReader("staff_id,name\nS1,A\nS2,B\n"), Options{}, func(Entry) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("fn's error: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Read(ctx, strings.NewReader("staff_id,name\nS1,A\n"), Options{}, func(Entry) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("mrn;family\n1;\"x\n")
	f.Add("staff_id,name\n1,a,b,c\n\"\"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		err := Read(context.Background(), strings.NewReader(text), Options{Now: now}, func(e Entry) error {
			if (e.Reject == nil) == (len(e.Records) == 0) || e.Line < 1 {
				t.Errorf("%q: %+v", text, e)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
