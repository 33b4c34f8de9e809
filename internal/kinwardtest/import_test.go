package kinwardtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kinward/internal/app"
	"kinward/internal/care"
	"kinward/internal/protocol"
)

// importText imports a file that a test has written down.
func (s *Server) importText(format, text string) care.Report {
	s.t.Helper()
	return s.importFiles(format, false, text)
}

func (s *Server) importFiles(format string, dry bool, texts ...string) care.Report {
	s.t.Helper()
	what := app.Import{Format: format, DryRun: dry}
	for i, text := range texts {
		what.Files = append(what.Files, app.ImportFile{Name: fmt.Sprintf("file%d", i+1), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(text)), nil
		}})
	}
	report, err := s.App.Import(context.Background(), what)
	if err != nil {
		s.t.Fatalf("import: %v", err)
	}
	return report
}

// wantReport compares the counts of a report.
func (s *Server) wantReport(got care.Report, added, changed, unchanged, rejected int) {
	s.t.Helper()
	if got.Added != added || got.Changed != changed || got.Unchanged != unchanged || got.Rejected != rejected {
		s.t.Errorf("report: %d added, %d changed, %d unchanged, %d rejected; want %d, %d, %d, %d: %v %v", got.Added, got.Changed,
			got.Unchanged, got.Rejected, added, changed, unchanged, rejected, got.Rejects, got.Warnings)
	}
}

func (s *Server) head() int64 {
	s.t.Helper()
	head, err := s.App.Store.Head(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return head
}

// enter gives somebody whom an import made a password, and signs them in with it.
func (s *Server) enter(handle string) Person {
	s.t.Helper()
	const password = "correct horse battery"
	if err := s.App.Accounts.SetPassword(context.Background(), handle, password); err != nil {
		s.t.Fatalf("set the password of %s: %v", handle, err)
	}
	var in protocol.SignedIn
	s.Must(http.StatusCreated, "", "POST", "/sessions", map[string]string{"handle": handle, "password": password}, &in)
	return Person{ID: in.Person.ID, Handle: handle, Name: in.Person.Name, Token: in.Token}
}

// mine lists the names of the patients whom somebody finds among their own.
func (s *Server) mine(p Person, query string) []string {
	s.t.Helper()
	names := []string{}
	for _, v := range s.patients(p, query) {
		names = append(names, v.Name)
	}
	return names
}

func (s *Server) patients(p Person, query string) []protocol.Patient {
	s.t.Helper()
	var list protocol.PatientList
	s.Must(http.StatusOK, p.Token, "GET", "/patients?mine=1&query="+url.QueryEscape(query), nil, &list)
	return list.Patients
}

// ward is a small hospital: one ward, two doctors and a nurse, two patients.
const ward = `{"resourceType":"Encounter","id":"e1","status":"in-progress","class":{"code":"IMP"},"subject":{"reference":"Patient/p1"},"participant":[{"individual":{"reference":"Practitioner/d1"}}],"period":{"start":"2026-01-02T10:00:00Z"},"location":[{"location":{"reference":"Location/b12"},"status":"active"}]}
{"resourceType":"Encounter","id":"e2","status":"in-progress","class":{"code":"AMB"},"subject":{"reference":"Patient/p2"},"participant":[{"individual":{"reference":"Practitioner/d2"},"type":[{"coding":[{"code":"ATND"}]}]}],"period":{"start":"2026-01-03T10:00:00Z"}}
{"resourceType":"Location","id":"b12","name":"12","physicalType":{"coding":[{"code":"bd"}]},"partOf":{"reference":"Location/r4"}}
{"resourceType":"Location","id":"r4","name":"Zimmer 4","physicalType":{"coding":[{"code":"ro"}]},"partOf":{"reference":"Location/w"}}
{"resourceType":"Location","id":"w","name":"Station Süd","physicalType":{"coding":[{"code":"wa"}]}}
{"resourceType":"Patient","id":"p1","identifier":[{"system":"urn:mrn","value":"4711-A","type":{"coding":[{"code":"MR"}]}}],"name":[{"family":"Müller-Lüdenscheidt","given":["José","María"]}],"birthDate":"1948-03-09","gender":"male"}
{"resourceType":"Patient","id":"p2","identifier":[{"system":"urn:mrn","value":"4712"}],"name":[{"family":"王","given":["秀英"]}],"birthDate":"1950-01-01","communication":[{"language":{"coding":[{"code":"zh"}]}}]}
{"resourceType":"RelatedPerson","id":"k1","patient":{"reference":"Patient/p1"},"name":[{"family":"Müller","given":["Ana"]}],"relationship":[{"coding":[{"code":"DAUC"}]}]}
{"resourceType":"Practitioner","id":"d1","identifier":[{"system":"urn:staff","value":"S1"}],"name":[{"family":"Weiß","given":["Änne"],"prefix":["Dr."]}]}
{"resourceType":"Practitioner","id":"d2","identifier":[{"system":"urn:staff","value":"S2"}],"name":[{"family":"Weiß","given":["Änne"]}]}
`

// TestImport_a_doctor_finds_their_patients is seed rows A4 and A5 on nothing but Encounter participants: the list is the
// doctor's own (M5), and from a patient one comes to the family's conversation.
func TestImport_a_doctor_finds_their_patients(t *testing.T) {
	s := Start(t)
	s.wantReport(s.importText("fhir", ward), 10, 0, 0, 0)
	doctor := s.enter("anne.weiss")
	if doctor.Name != "Dr. Änne Weiß" {
		t.Errorf("the doctor's name is %q", doctor.Name)
	}
	for _, query := range []string{"", "jose", "LUDENS", "müller josé", "ludenscheidt Müll", "maria", "4711", "4711a", "sud", "süd 12", "zimmer", "1"} {
		if got := s.mine(doctor, query); len(got) != 1 || got[0] != "José María Müller-Lüdenscheidt" {
			t.Errorf("query %q finds %v", query, got)
		}
	}
	for _, query := range []string{"王", "osé", "4712", "nord"} {
		if got := s.mine(doctor, query); len(got) != 0 {
			t.Errorf("query %q finds %v", query, got)
		}
	}
	p := s.patients(doctor, "")[0]
	if p.Ward != "Station Süd" || p.Room != "Zimmer 4" || p.Bed != "12" || p.Status != "in-progress" || p.BirthDate != "1948-03-09" || p.Sex != "male" {
		t.Errorf("the patient is shown as %+v", p)
	}
	if len(p.Family) != 1 || p.Family[0].Name != "Ana Müller" || p.Family[0].Relationship != "daughter" || p.Family[0].State != "candidate" {
		t.Errorf("the family is %+v", p.Family)
	}
	s.Must(http.StatusOK, doctor.Token, "GET", "/conversations/"+p.Conversation+"/messages", nil, nil)

	other := s.enter("anne.weiss2") // a namesake is another person (M18)
	for _, query := range []string{"王", "秀英", "秀", "王秀"} {
		if got := s.mine(other, query); len(got) != 1 || got[0] != "王秀英" {
			t.Errorf("query %q finds %v", query, got)
		}
	}
	s.Must(http.StatusNotFound, other.Token, "GET", "/patients/"+p.ID, nil, nil)
	s.Must(http.StatusNotFound, other.Token, "GET", "/conversations/"+p.Conversation+"/messages", nil, nil)
}

func TestImport_again_changes_nothing(t *testing.T) {
	s := Start(t)
	for _, f := range []struct{ format, text string }{{"fhir", ward}, {"hl7", admitted + transferred}} {
		s.importText(f.format, f.text)
	}
	head := s.head()
	s.wantReport(s.importText("fhir", ward), 0, 0, 10, 0)
	s.wantReport(s.importText("hl7", admitted+transferred), 0, 0, 2, 0)
	if now := s.head(); now != head {
		t.Errorf("the head moved from %d to %d", head, now)
	}
}

func TestImport_dry_run_writes_nothing(t *testing.T) {
	s := Start(t)
	head := s.head()
	s.wantReport(s.importFiles("fhir", true, ward), 10, 0, 0, 0)
	if now := s.head(); now != head {
		t.Errorf("the head moved from %d to %d", head, now)
	}
	if people, err := s.App.Store.AllPeople(context.Background()); err != nil || len(people) != 0 {
		t.Errorf("there are people: %v %v", people, err)
	}
	s.wantReport(s.importText("fhir", ward), 10, 0, 0, 0)
}

// line picks a line of a text and may change it.
func lineWith(text, part string, change ...string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return strings.NewReplacer(change...).Replace(line)
		}
	}
	return ""
}

// TestImport_an_ended_stay_ends_access: the doctor loses the patient the moment the stay ends, however that is told, and has
// them again when it is reopened.
func TestImport_an_ended_stay_ends_access(t *testing.T) {
	s := Start(t)
	s.importText("fhir", ward)
	doctor := s.enter("anne.weiss")
	p := s.patients(doctor, "")[0]
	live := lineWith(ward, `"e1"`)
	for _, ended := range []string{
		lineWith(live, "e1", "in-progress", "finished"),
		lineWith(live, "e1", `"start":"2026-01-02T10:00:00Z"`, `"start":"2026-01-02T10:00:00Z","end":"2026-01-05T10:00:00Z"`),
		lineWith(live, "e1", "in-progress", "cancelled"),
		lineWith(live, "e1", "Practitioner/d1", "Practitioner/d2"),
	} {
		s.wantReport(s.importText("fhir", ended), 0, 1, 0, 0)
		if got := s.mine(doctor, ""); len(got) != 0 {
			t.Errorf("after %s the doctor has %v", ended, got)
		}
		s.Must(http.StatusNotFound, doctor.Token, "GET", "/conversations/"+p.Conversation+"/messages", nil, nil)
		s.wantReport(s.importText("fhir", live), 0, 1, 0, 0)
		if got := s.mine(doctor, ""); len(got) != 1 {
			t.Errorf("when it goes on after %s the doctor has %v", ended, got)
		}
	}
}

// TestImport_a_future_end_ends_by_itself: nobody has to import anything at the moment when a stay ends.
func TestImport_a_future_end_ends_by_itself(t *testing.T) {
	clock := newClock(time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC))
	s := Start(t, func(c *app.Config) { c.Now = clock.now })
	s.importText("fhir", strings.Replace(ward, `"start":"2026-01-02T10:00:00Z"`, `"start":"2026-01-02T10:00:00Z","end":"2026-01-10T13:00:00Z"`, 1))
	doctor := s.enter("anne.weiss")
	if got := s.mine(doctor, ""); len(got) != 1 {
		t.Errorf("before its end the doctor has %v", got)
	}
	clock.advance(time.Hour)
	if got := s.mine(doctor, ""); len(got) != 0 {
		t.Errorf("at its end the doctor has %v", got)
	}
}

func TestImport_bad_rows_are_told_with_their_line(t *testing.T) {
	s := Start(t)
	text := `{"resourceType":"Encounter","id":"e9","status":"in-progress","subject":{"reference":"Patient/nobody"}}
{"resourceType":"Patient","id":"p1","birthDate":"yesterday"}
not json
{"resourceType":"Observation","id":"o1"}
{"resourceType":"RelatedPerson","id":"k9","patient":{"reference":"Patient/nobody"},"name":[{"text":"Ana"}]}
{"resourceType":"Patient","id":"p3","name":[{"text":"Lena Berg"}]}
{"resourceType":"Encounter","id":"e3","status":"in-progress","subject":{"reference":"Patient/p3"},"participant":[{"individual":{"reference":"Practitioner/nobody"}}]}
{"resourceType":"CareTeam","id":"t3","status":"active","subject":{"reference":"Patient/p3"},"encounter":{"reference":"Encounter/nobody"}}`
	for range 2 {
		r := s.importFiles("fhir", false, text, "")
		if r.Rejected != 5 || r.Ignored != 1 || r.Added+r.Unchanged != 2 {
			t.Errorf("report: %+v", r)
		}
		var lines []int
		for _, f := range r.Rejects {
			lines = append(lines, f.Line)
			if f.Reason == "" || f.File != "file1" {
				t.Errorf("reject %+v", f)
			}
		}
		if fmt.Sprint(lines) != "[1 2 3 5 8]" {
			t.Errorf("rejects are on %v", lines)
		}
		if r.Warned != 1 || len(r.Warnings) != 1 || r.Warnings[0].Line != 7 || !strings.Contains(r.Warnings[0].Reason, "Practitioner/nobody") {
			t.Errorf("warnings: %+v", r.Warnings)
		}
	}
}
