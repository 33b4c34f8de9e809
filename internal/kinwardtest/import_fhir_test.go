package kinwardtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kinward/internal/app"
	"kinward/internal/protocol"
)

// resources joins lines of NDJSON.
func resources(lines ...string) string { return strings.Join(lines, "\n") }

const (
	patientP1 = `{"resourceType":"Patient","id":"p1","name":[{"given":["Ana"],"family":"Silva"}],"birthDate":"1948-03-09"}`
	doctorD1  = `{"resourceType":"Practitioner","id":"d1","identifier":[{"system":"urn:staff","value":"S1"}],"name":[{"given":["Rui"],"family":"Costa"}]}`
	doctorD2  = `{"resourceType":"Practitioner","id":"d2","name":[{"given":["Eva"],"family":"Nunes"}]}`
	stayE1    = `{"resourceType":"Encounter","id":"e1","status":"in-progress","subject":{"reference":"Patient/p1"}}`
)

func careTeam(fields string) string {
	return `{"resourceType":"CareTeam","id":"t1","subject":{"reference":"Patient/p1"},` + fields + `}`
}

// TestImport_care_team: its members look after the patient while the team is active and in time, and not longer than the
// stay that it is bound to. A duty role stands for its practitioner.
func TestImport_care_team(t *testing.T) {
	s := Start(t)
	const member = `"participant":[{"member":{"reference":"PractitionerRole/r1"},"role":[{"text":"nurse"}]}]`
	role := `{"resourceType":"PractitionerRole","id":"r1","active":true,"practitioner":{"reference":"Practitioner/d1"},"code":[{"text":"Charge nurse"}]}`
	s.wantReport(s.importText("fhir", resources(careTeam(`"status":"active",`+member), role, patientP1, doctorD1, stayE1)), 5, 0, 0, 0)
	nurse := s.enter("rui.costa")
	for _, step := range []struct {
		name, text string
		mine       bool
	}{
		{"active", "", true},
		{"inactive", careTeam(`"status":"inactive",` + member), false},
		{"active again", careTeam(`"status":"active",` + member), true},
		{"over", careTeam(`"status":"active","period":{"end":"2020-01-01"},` + member), false},
		{"member over", careTeam(`"status":"active","participant":[{"member":{"reference":"Practitioner/d1"},"period":{"end":"2020-01-01"}}]`), false},
		{"bound to a stay", careTeam(`"status":"active","encounter":{"reference":"Encounter/e1"},` + member), true},
		{"the stay ended", strings.Replace(stayE1, "in-progress", "finished", 1), false},
		{"the stay goes on", stayE1, true},
		{"the duty ended", resources(strings.Replace(role, "true", "false", 1), careTeam(`"status":"active","encounter":{"reference":"Encounter/e1"},`+member)), false},
		{"somebody else", careTeam(`"status":"active","participant":[{"member":{"reference":"Practitioner/nobody"}}]`), false},
	} {
		r := s.importText("fhir", step.text)
		if r.Rejected != 0 {
			t.Fatalf("%s: %+v", step.name, r)
		}
		if got := s.mine(nurse, ""); (len(got) == 1) != step.mine {
			t.Errorf("%s: the nurse has %v", step.name, got)
		}
	}
	var me protocol.OnePerson
	s.Must(http.StatusOK, nurse.Token, "GET", "/me", nil, &me)
	if me.Person.Role != "Charge nurse" {
		t.Errorf("the job title is %q", me.Person.Role)
	}
}

// TestImport_hand_made_changes_stay: what staff did about an assignment is not undone by an import that says nothing new
// about it.
func TestImport_hand_made_changes_stay(t *testing.T) {
	s := Start(t)
	stay := `{"resourceType":"Encounter","id":"e1","status":"in-progress","subject":{"reference":"Patient/p1"},"participant":[{"individual":{"reference":"Practitioner/d1"}},{"individual":{"reference":"Practitioner/d2"}}]}`
	s.importText("fhir", resources(stay, patientP1, doctorD1, doctorD2))
	one, other := s.enter("rui.costa"), s.enter("eva.nunes")
	p := s.patients(other, "")[0]
	i := slices.IndexFunc(p.Team, func(m protocol.TeamMember) bool { return m.Person == one.ID })
	s.Must(http.StatusNoContent, other.Token, "DELETE", "/patients/"+p.ID+"/assignments/"+p.Team[i].Assignment, nil, nil)
	s.wantReport(s.importText("fhir", strings.Replace(stay, "{", `{"class":{"code":"EMER"},`, 1)), 0, 1, 0, 0)
	if got := s.mine(one, ""); len(got) != 0 {
		t.Errorf("who was taken off the team has %v", got)
	}
	if got := s.mine(other, ""); len(got) != 1 {
		t.Errorf("who stays on the team has %v", got)
	}
}

// TestImport_merge_by_link: the survivor may come later in the file; the doctor keeps the patient.
func TestImport_merge_by_link(t *testing.T) {
	s := Start(t)
	old := `{"resourceType":"Patient","id":"old","active":false,"name":[{"family":"Silva"}],"link":[{"other":{"reference":"Patient/p1"},"type":"replaced-by"}]}`
	stay := `{"resourceType":"Encounter","id":"e1","status":"in-progress","subject":{"reference":"Patient/old"},"participant":[{"individual":{"reference":"Practitioner/d1"}}]}`
	text := resources(old, stay, doctorD1, patientP1)
	s.wantReport(s.importText("fhir", text), 4, 0, 0, 0)
	doctor := s.enter("rui.costa")
	if got := s.mine(doctor, ""); len(got) != 1 || got[0] != "Ana Silva" {
		t.Errorf("the doctor has %v", got)
	}
	head := s.head()
	s.wantReport(s.importText("fhir", text), 0, 0, 4, 0)
	if now := s.head(); now != head {
		t.Errorf("the head moved from %d to %d", head, now)
	}
	dangling := strings.NewReplacer("old", "older", "Patient/p1", "Patient/gone").Replace(old)
	if r := s.importText("fhir", dangling); r.Added != 1 || r.Warned != 1 || !strings.Contains(r.Warnings[0].Reason, "Patient/gone") {
		t.Errorf("a link to nobody: %+v", r)
	}
}

// TestImport_numbers: a number makes two records one person, unless what else is known contradicts it (M18).
func TestImport_numbers(t *testing.T) {
	s := Start(t)
	patient := func(id, number, birth string) string {
		return fmt.Sprintf(`{"resourceType":"Patient","id":%q,"identifier":[{"system":"urn:mrn","value":%q}],"name":[{"family":"Silva"}],"birthDate":%q}`, id, number, birth)
	}
	s.wantReport(s.importText("fhir", patient("a", "1", "1948-03-09")), 1, 0, 0, 0)
	s.wantReport(s.importText("fhir", patient("b", "1", "1948-03-09")), 0, 0, 1, 0)
	if r := s.importText("fhir", patient("c", "1", "1999-09-09")); r.Added != 1 || r.Warned != 1 {
		t.Errorf("another birth date: %+v", r)
	}
	stay := `{"resourceType":"Encounter","id":"e1","status":"in-progress","subject":{"identifier":{"system":"urn:mrn","value":"1"}}}`
	s.wantReport(s.importText("fhir", stay), 0, 0, 0, 1) // the number names neither any more
	// A number that was corrected finds nobody any more.
	s.importText("fhir", patient("d", "2", "1960-01-01"))
	s.importText("fhir", patient("d", "3", "1960-01-01"))
	for number, want := range map[string]int{"2": 1, "3": 0} {
		r := s.importText("fhir", fmt.Sprintf(`{"resourceType":"Encounter","id":"e%s","status":"planned","subject":{"identifier":{"system":"urn:mrn","value":"%s"}}}`, number, number))
		if r.Rejected != want {
			t.Errorf("a stay of number %s: %+v", number, r)
		}
	}
	// The same doctor from another system's message.
	s.importText("fhir", doctorD1)
	s.importText("hl7", message("1", "A01", pid, "PV1|1|I|||||S1^Costa^R^^^^^^urn:staff||||||||||||V1^^^HOSP"))
	if got := s.mine(s.enter("rui.costa"), ""); len(got) != 1 {
		t.Errorf("the doctor of both systems has %v", got)
	}
}

// TestImport_bundle resolves what a transaction Bundle calls its own entries.
func TestImport_bundle(t *testing.T) {
	s := Start(t)
	entry := func(uuid, resource string) string {
		return `{"fullUrl":"urn:uuid:` + uuid + `","resource":` + resource + `}`
	}
	const p, d = "6D705D81-8546-43b2-b336-31a282128f2d", "7d705d81-8546-43b2-b336-31a282128f2d"
	bundle := `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join([]string{
		entry("8d705d81-8546-43b2-b336-31a282128f2d", `{"resourceType":"Encounter","status":"arrived","subject":{"reference":"urn:uuid:`+p+`"},"participant":[{"individual":{"reference":"urn:uuid:`+d+`"}}]}`),
		entry(p, `{"resourceType":"Patient","name":[{"text":"Ana Silva"}],"contact":[{"name":{"text":"Rita Silva"},"relationship":[{"text":"Sister"}]}]}`),
		entry(d, `{"resourceType":"Practitioner","name":[{"text":"Dr. Rui Costa"}]}`),
	}, ",") + `]}`
	s.wantReport(s.importText("fhir", bundle), 3, 0, 0, 0)
	got := s.patients(s.enter("rui.costa"), "")
	if len(got) != 1 || len(got[0].Family) != 1 || got[0].Family[0].Relationship != "sister" {
		t.Fatalf("the doctor has %+v", got)
	}
	// A contact that the record no longer names is no candidate any more.
	s.importText("fhir", strings.Replace(bundle, "Rita", "Eva", 1))
	for _, l := range s.patients(s.enter("rui.costa"), "")[0].Family {
		if (l.State == "candidate") != (l.Name == "Eva Silva") {
			t.Errorf("the family has %+v", l)
		}
	}
}

// TestImport_practitioner_leaves: an account is closed with its record and opened with it, but never one that an
// administrator closed.
func TestImport_practitioner_leaves(t *testing.T) {
	s := Start(t)
	s.importText("fhir", doctorD1)
	doctor := s.enter("rui.costa")
	left := strings.Replace(doctorD1, "{", `{"active":false,`, 1)
	s.wantReport(s.importText("fhir", left), 0, 1, 0, 0)
	s.Must(http.StatusUnauthorized, doctor.Token, "GET", "/me", nil, nil)
	s.importText("fhir", doctorD1)
	doctor = s.enter("rui.costa")
	if err := s.App.Accounts.Disable(context.Background(), "rui.costa"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{left, doctorD1} {
		s.importText("fhir", text)
	}
	if a := s.Call(doctor.Token, "GET", "/me", nil); a.Status != http.StatusUnauthorized {
		t.Errorf("an import opened what an administrator closed: %d", a.Status)
	}
}

// TestImport_beside_a_server: an import is another process on the same data; whoever waits on the server sees it.
func TestImport_beside_a_server(t *testing.T) {
	s := Start(t)
	s.importText("fhir", resources(patientP1, doctorD1))
	doctor := s.enter("rui.costa")
	var before, after protocol.Page
	s.Must(http.StatusOK, doctor.Token, "GET", "/feed", nil, &before)
	other, err := app.Open(context.Background(), app.Config{DataDir: s.DataDir()})
	if err != nil {
		t.Fatal(err)
	}
	stay := strings.Replace(stayE1, `"subject"`, `"participant":[{"individual":{"reference":"Practitioner/d1"}}],"subject"`, 1)
	file := app.ImportFile{Name: "stay", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(stay)), nil }}
	err = other.Do(context.Background(), func(ctx context.Context) error {
		_, err := other.Import(ctx, app.Import{Format: "fhir", Files: []app.ImportFile{file}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	s.Must(http.StatusOK, doctor.Token, "GET", "/feed?wait=20&cursor="+before.Cursor, nil, &after)
	if len(after.Changes) == 0 {
		t.Errorf("the server's client was told nothing")
	}
	if got := s.mine(doctor, ""); len(got) != 1 {
		t.Errorf("the doctor has %v", got)
	}
}

// TestImport_real imports the data that lies beside the repository, twice.
func TestImport_real(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data")
	for _, f := range []struct {
		format, name string
		added        int
	}{{"fhir", "synthea.ndjson.gz", 5195}, {"hl7", "simhospital.hl7", 279}} {
		t.Run(f.format, func(t *testing.T) {
			path := filepath.Join(dir, f.name)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("real data isn't here, it lies beside the repository in ../shared/data: %v", err)
			}
			if racing && f.format == "fhir" {
				t.Skip("5,195 rows take a minute under the race detector; the messages go through the same code")
			}
			s := Start(t)
			what := app.Import{Format: f.format, Files: app.FilesNamed(path)}
			for n, want := range [][2]int{{f.added, 0}, {0, f.added}} {
				head, began := s.head(), time.Now()
				r, err := s.App.Import(context.Background(), what)
				if err != nil || r.Added != want[0] || r.Unchanged != want[1] || r.Rejected != 0 {
					t.Fatalf("import %d: %+v %v", n, r, err)
				}
				if n == 1 && s.head() != head {
					t.Errorf("the second import moved the head by %d", s.head()-head)
				}
				t.Logf("import %d took %s", n, time.Since(began).Round(time.Millisecond))
			}
			people, err := s.App.Store.AllPeople(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, p := range people[:min(len(people), 5)] {
				found += len(s.mine(s.enter(p.Handle), ""))
			}
			if found == 0 {
				t.Error("no doctor has a patient")
			}
		})
	}
}
