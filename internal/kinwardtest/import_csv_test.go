package kinwardtest

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"kinward/internal/app"
)

const (
	csvPatients = "mrn;authority;family;given;birth;sex;ward;room;bed;visit;admit;discharge;protected\n" +
		"100;HOSP;Müller;Änne Marie;09.03.1948;f;3A;1;B;V1;2026-01-05 08:00;;no\n101;HOSP;Berg;Tom;1950-01-01;m;;;;;;;\n"
	csvStaff       = "staff_id,authority,name,role\nS1,HOSP,\"Weiß, Änne\",Attending physician\nS2,HOSP,Dr. Tom Berg,Charge nurse\n"
	csvAssignments = "visit,mrn,staff_id,role,from,to\nV1,,S1,attending,,\n,101,S2,nurse,2026-01-01,\nV1,,S9,nurse,,\n"
	csvRelatives   = "mrn,family,given,relationship,language\n100,Müller,Ben,son,de\n999,X,Y,son,\n"
)

// TestImport_csv imports four tables in the wrong order, and then the end of a stay.
func TestImport_csv(t *testing.T) {
	s := Start(t)
	tables := []string{csvRelatives, csvAssignments, csvPatients, csvStaff}
	s.wantReport(s.importFiles("csv", true, tables...), 7, 0, 0, 2)
	s.wantReport(s.importFiles("csv", false, tables...), 7, 0, 0, 2)
	head := s.head()
	r := s.importFiles("csv", false, tables...)
	s.wantReport(r, 0, 0, 7, 2)
	if now := s.head(); now != head {
		t.Errorf("the head moved from %d to %d", head, now)
	}
	if r.Rejects[0].File != "file1" || r.Rejects[0].Line != 3 || r.Rejects[1].File != "file2" || r.Rejects[1].Line != 4 {
		t.Errorf("rejects: %+v", r.Rejects)
	}
	doctor, nurse := s.enter("anne.weiss"), s.enter("tom.berg")
	got := s.patients(doctor, "muller 3a")
	if len(got) != 1 || got[0].Bed != "B" || len(got[0].Family) != 1 || got[0].Team[0].Role != "attending" {
		t.Errorf("the doctor has %+v", got)
	}
	if got := s.mine(nurse, ""); len(got) != 1 || got[0] != "Tom Berg" {
		t.Errorf("the nurse has %v", got)
	}
	s.wantReport(s.importText("csv", strings.Replace(csvPatients, "08:00;;", "08:00;2026-01-09;", 1)), 0, 1, 1, 0)
	if got := s.mine(doctor, ""); len(got) != 0 {
		t.Errorf("after the discharge the doctor has %v", got)
	}
}

// TestImport_missing_file: nothing is imported when one of the files isn't there.
func TestImport_missing_file(t *testing.T) {
	s := Start(t)
	head := s.head()
	_, err := s.App.Import(context.Background(), app.Import{Format: "fhir", Files: app.FilesNamed("import_csv_test.go", "nowhere.ndjson")})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error: %v", err)
	}
	if now := s.head(); now != head {
		t.Errorf("the head moved from %d to %d", head, now)
	}
}
