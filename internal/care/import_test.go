package care

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/id"
)

// TestDescribe is the table of what a record changes about a patient: a partial one what it says, any other everything.
func TestDescribe(t *testing.T) {
	was := Patient{
		ID: id.Patient{1}, Name: "Ana Silva", FirstName: "Ana", FamilyName: "Silva", OtherNames: "Ana Silva", BirthDate: "1948-03-09",
		Sex: "female", Language: "pt", Active: true, Protected: true, Deceased: true, Ward: "3B",
	}
	with := func(change func(p *Patient)) Patient {
		p := was
		change(&p)
		return p
	}
	named := func(p *Patient) {
		p.Name, p.FirstName, p.FamilyName, p.OtherNames = "Rita Costa Reis", "Rita", "Costa Reis", "Rita Costa Reis"
	}
	name := HumanName{Given: []string{"Rita"}, Family: "Costa Reis"}
	for _, c := range []struct {
		name    string
		r       PatientRecord
		partial bool
		want    Patient
	}{
		{"partial, nothing said", PatientRecord{Active: true}, true, was},
		{"partial, name", PatientRecord{Active: true, Name: name}, true, with(named)},
		{
			"partial, cleared",
			PatientRecord{Active: true, Cleared: []string{ClearSex, ClearLanguage, ClearDeceased, ClearProtected, ClearBirthDate}},
			true,
			with(func(p *Patient) {
				p.Sex, p.Language, p.BirthDate, p.Deceased, p.Protected = "", "", "", false, false
			}),
		},
		{"whole", PatientRecord{Active: true, Name: name, BirthDate: "1950"}, false, with(func(p *Patient) {
			named(p)
			p.Sex, p.Language, p.BirthDate, p.Deceased, p.Protected = "", "", "1950", false, false
		})},
		{
			"whole, inactive",
			PatientRecord{Name: name, BirthDate: "1948-03-09", Sex: "female", Language: "pt", Deceased: true, Protected: true},
			false,
			with(func(p *Patient) {
				named(p)
				p.Active = false
			}),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, describe(was, &c.r, c.partial)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPatientName(t *testing.T) {
	for _, c := range []struct {
		name                 HumanName
		whole, first, family string
	}{
		{HumanName{Given: []string{"Anne Marie", "Eva"}, Family: "Weiß", Prefix: "Mrs"}, "Anne Marie Eva Weiß", "Anne Marie", "Weiß"},
		{HumanName{Given: []string{"秀英"}, Family: "王"}, "王秀英", "秀英", "王"},
		{HumanName{Text: "John Smith"}, "John Smith", "John", ""},
		{HumanName{Text: "王秀英"}, "王秀英", "王秀英", ""},
		{HumanName{Family: "Madonna"}, "Madonna", "Madonna", "Madonna"},
		{HumanName{Given: []string{"Bad\x1b[2J"}, Family: "Na\nme"}, "Bad [2J Na me", "Bad [2J", "Na me"},
		{HumanName{}, "4711", nobody, ""},
	} {
		r := PatientRecord{Name: c.name, Identifiers: []Identifier{{Value: "4711"}}}
		if whole, first, family := patientName(&r); whole != c.whole || first != c.first || family != c.family {
			t.Errorf("%+v: %q %q %q", c.name, whole, first, family)
		}
	}
}

// TestContradicts decides whether a number that two records have makes them one patient.
func TestContradicts(t *testing.T) {
	p := Patient{Name: "Ana Müller-Reis", BirthDate: "1948-03-09"}
	undated := Patient{Name: "Ana Müller-Reis"}
	for _, c := range []struct {
		p    Patient
		r    PatientRecord
		want bool
	}{
		{p, PatientRecord{BirthDate: "1948-03-09", Name: HumanName{Family: "Costa"}}, false}, // married
		{p, PatientRecord{BirthDate: "1948"}, false},
		{p, PatientRecord{BirthDate: "1948-04"}, true},
		{p, PatientRecord{BirthDate: "1950-03-09", Name: HumanName{Family: "Müller", Given: []string{"Ana"}}}, true},
		{undated, PatientRecord{Name: HumanName{Family: "MULLER"}}, false},
		{undated, PatientRecord{Name: HumanName{Family: "Costa"}}, true},
		{undated, PatientRecord{}, false},
	} {
		if got := contradicts(c.p, &c.r); got != c.want {
			t.Errorf("%+v and %+v: %v", c.p, c.r, got)
		}
	}
}

func TestHandles(t *testing.T) {
	for _, c := range []struct {
		name HumanName
		want string
	}{
		{HumanName{Given: []string{"Änne", "Maria"}, Family: "von der Heide"}, "anne.von.der.heide"},
		{HumanName{Given: []string{"Seán"}, Family: "O'Brien-Łuczak"}, "sean.obrien-luczak"},
		{HumanName{Text: "Dr. med. Jürgen Weiß"}, "jurgen.weiss"},
		{HumanName{Family: "Ødegård"}, "odegard"},
		{HumanName{Given: []string{"伟"}, Family: "张"}, ""},
		{HumanName{Given: []string{"-"}, Family: "_._"}, ""},
		{HumanName{Given: []string{"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, Family: "Bbbbbbbb"}, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	} {
		if got := ascii(handleName(c.name)); got != c.want {
			t.Errorf("%+v: %q", c.name, got)
		}
	}
}

// TestReport_order: rejects come in the order of files and lines, however the passes find them, and only so many.
func TestReport_order(t *testing.T) {
	var r Report
	for n := range 3 * maxListed {
		line := 3*maxListed - n
		r.add(verdict{row: &Row{File: "b", FileNumber: 1, Line: line}, outcome: rejected, reason: fmt.Sprint(line)})
	}
	r.add(verdict{row: &Row{File: "a", Line: 7}, outcome: rejected, reason: "first"})
	got := r.finished()
	if got.Rejected != 3*maxListed+1 || len(got.Rejects) != maxListed {
		t.Fatalf("%d rejected, %d listed", got.Rejected, len(got.Rejects))
	}
	if got.Rejects[0].Reason != "first" || got.Rejects[1].Line != 1 || got.Rejects[maxListed-1].Line != maxListed-1 {
		t.Errorf("listed %v … %v", got.Rejects[:2], got.Rejects[maxListed-1])
	}
	if empty := (Report{}).finished(); empty.Rejects == nil || empty.Warnings == nil {
		t.Error("an empty list is null")
	}
}
