package kinwardtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kinward/internal/care"
	"kinward/internal/id"
	"kinward/internal/protocol"
	"kinward/internal/store"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock(at time.Time) *clock { return &clock{at: at} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// message is an ADT message; what PID, PV1 and others say is given.
func message(control, trigger string, segments ...string) string {
	return "MSH|^~\\&|HIS|HOSP|||20260102100000||ADT^" + trigger + "|" + control + "|P|2.5\r" + strings.Join(segments, "\r") + "\r\n"
}

const (
	pid   = "PID|1||77^^^HOSP^MR||Silva^João||19480309|M"
	visit = "PV1|1|I|3B^12^1||||D7^Costa^Rui^^^Dr^^^HOSP||||||||||||V1^^^HOSP|||||||||||||||||||||||||20260102100000"
)

var (
	admitted    = message("1", "A01", pid, "NK1|1|Silva^Ana|DAU", visit)
	transferred = message("2", "A02", pid, "PV1|1|I|ICU^2^||||||||||||||||V1^^^HOSP")
)

// TestImport_hl7_stay goes through the life of a stay, event by event.
func TestImport_hl7_stay(t *testing.T) {
	s := Start(t)
	s.wantReport(s.importText("hl7", admitted), 1, 0, 0, 0)
	doctor := s.enter("rui.costa")
	for _, step := range []struct {
		name, text string
		mine       bool
		place      string
	}{
		{"admitted", message("1b", "A08", pid, visit), true, "3B 12 1"},
		{"transferred", transferred, true, "ICU 2 "},
		{"transfer cancelled", message("3", "A12", pid, "PV1|1|I|3B^12^1||||||||||||||||V1^^^HOSP"), true, "3B 12 1"},
		{"discharged", message("4", "A03", pid, "PV1|1|I|3B^12^1||||||||||||||||V1^^^HOSP"), false, ""},
		{"late transfer", message("5", "A02", pid, "PV1|1|I|4C^1^1||||||||||||||||V1^^^HOSP"), false, ""},
		{"discharge cancelled", message("6", "A13", pid, "PV1|1|I|3B^12^1||||||||||||||||V1^^^HOSP"), true, "3B 12 1"},
		{"an old message again", transferred, true, "3B 12 1"},
		{"attending changed", message("7", "A54", pid, "PV1|1|I|||||D8^Nunes^Eva^^^Dr^^^HOSP||||||||||||V1^^^HOSP"), false, ""},
		{"and back", message("8", "A08", pid, "PV1|1|I|||||D7^Costa^Rui^^^Dr^^^HOSP||||||||||||V1^^^HOSP"), true, "3B 12 1"},
		{"no attending any more", message("9", "A08", pid, `PV1|1|I|||||""||||||||||||V1^^^HOSP`), false, ""},
		{"but consulting", message("10", "A08", pid, "PV1|1|I|||||||D7^Costa^Rui^^^Dr^^^HOSP||||||||||V1^^^HOSP"), true, "3B 12 1"},
		{"cancelled", message("11", "A11", pid, "PV1|1|I|||||||||||||||||V1^^^HOSP"), false, ""},
		{"admitted again", message("12", "A01", pid, visit), true, "3B 12 1"},
		{"referred only", message("13", "A08", pid, `PV1|1|I|||||""|D7^Costa^Rui^^^Dr^^^HOSP|""||||||||||V1^^^HOSP`), false, ""},
	} {
		r := s.importText("hl7", step.text)
		if r.Rejected != 0 || r.Ignored != 0 {
			t.Fatalf("%s: %+v", step.name, r)
		}
		got := s.patients(doctor, "")
		if (len(got) == 1) != step.mine {
			t.Fatalf("%s: the doctor has %+v", step.name, got)
		}
		if step.mine && got[0].Ward+" "+got[0].Room+" "+got[0].Bed != step.place {
			t.Errorf("%s: the patient lies in %s %s %s", step.name, got[0].Ward, got[0].Room, got[0].Bed)
		}
	}
}

// TestImport_hl7_candidate: a next of kin is somebody to invite and has no access, nor an account.
func TestImport_hl7_candidate(t *testing.T) {
	s := Start(t)
	s.importText("hl7", admitted)
	doctor := s.enter("rui.costa")
	p := s.patients(doctor, "")[0]
	if len(p.Family) != 1 || p.Family[0].State != "candidate" || p.Family[0].Person != "" || p.Family[0].Relationship != "daughter" {
		t.Fatalf("the family is %+v", p.Family)
	}
	var c protocol.OneConversation
	s.Must(http.StatusOK, doctor.Token, "GET", "/conversations/"+p.Conversation, nil, &c)
	if len(c.Conversation.Members) != 1 {
		t.Errorf("the conversation has members %+v", c.Conversation.Members)
	}
	// Once a person has taken a link in hand, imports leave it alone.
	relative := s.Relative(doctor, Patient{ID: p.ID, BirthDate: "1948-03-09"}, "Ana Silva", "two-way")
	s.importText("hl7", message("20", "A08", pid, "NK1|1|Silva^Ana|DAU", "NK1|2|Silva^Rita|SIS", `NK1|3|""`))
	s.Must(http.StatusOK, relative.Token, "GET", "/conversations/"+p.Conversation+"/messages", nil, nil)
	// A protected patient has none to offer.
	s.importText("hl7", message("21", "A08", pid, "PD1||||||||||||Y", "NK1|1|Silva^Eva|SIS"))
	for _, l := range s.patients(doctor, "")[0].Family {
		if l.State == "candidate" {
			t.Errorf("a protected patient has the candidate %+v", l)
		}
	}
}

// TestImport_merge: both the doctor's and the family's access survive that two records become one.
func TestImport_merge(t *testing.T) {
	old := strings.NewReplacer("77^^^HOSP", "66^^^HOSP", "V1^", "V0^", "D7^Costa^Rui", "D6^Reis^Ivo").Replace
	for _, both := range []bool{true, false} {
		s := Start(t)
		s.importText("hl7", message("0", "A01", old(pid), old(visit)))
		if both {
			s.importText("hl7", admitted)
		}
		doctor := s.enter("ivo.reis")
		before := s.patients(doctor, "")[0]
		relative := s.Relative(doctor, Patient{ID: before.ID, BirthDate: "1948-03-09"}, "Ana Silva", "two-way")
		s.Must(http.StatusCreated, relative.Token, "POST", "/conversations/"+before.Conversation+"/messages",
			map[string]string{"id": id.New[id.Message]().String(), "text": "olá"}, nil)

		s.importText("hl7", message("30", "A40", pid, "MRG|66^^^HOSP^MR"))
		after := s.patients(doctor, "66")
		if len(after) != 1 || after[0].ID == before.ID || len(after[0].Family) != 1+len(s.patientsFamily(both)) {
			t.Fatalf("both %v: after the merge the doctor has %+v", both, after)
		}
		if (after[0].Conversation == before.Conversation) == both {
			t.Errorf("both %v: the conversation was %s and is %s", both, before.Conversation, after[0].Conversation)
		}
		s.Must(http.StatusOK, relative.Token, "GET", "/conversations/"+after[0].Conversation+"/messages", nil, nil)
		if both {
			s.Must(http.StatusNotFound, relative.Token, "GET", "/conversations/"+before.Conversation+"/messages", nil, nil)
		}
		s.wantMerged(before.ID, after[0].ID)
		// The old number leads to the survivor.
		s.importText("hl7", message("31", "A03", old(pid), "PV1|1|I|||||||||||||||||V0^^^HOSP"))
		if got := s.mine(doctor, ""); len(got) != 0 {
			t.Errorf("both %v: after the discharge by the old number the doctor has %v", both, got)
		}
		s.Stop()
	}
}

// patientsFamily is the candidates that the survivor brought.
func (s *Server) patientsFamily(both bool) []string {
	if both {
		return []string{"Ana"}
	}
	return nil
}

func (s *Server) wantMerged(from, into string) {
	s.t.Helper()
	patient, err := id.Parse[id.Patient](from)
	if err != nil {
		s.t.Fatal(err)
	}
	err = s.App.Change(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.Patient(ctx, patient)
		if err == nil && (p.MergedInto.String() != into || p.Active) {
			s.t.Errorf("the old row is %+v", p)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestImport_hl7_without_numbers: a message without a visit number means the patient's current stay, and one without a
// control id is still told from others.
func TestImport_hl7_without_numbers(t *testing.T) {
	s := Start(t)
	const doctor = "PV1|1|I|3B^12^1||||D7^Costa^Rui^^^Dr^^^HOSP"
	s.importText("hl7", message("", "A01", pid, doctor))
	rui := s.enter("rui.costa")
	for _, step := range []struct {
		name, text string
		rejected   int
		mine       bool
	}{
		{"transfer", message("", "A02", pid, "PV1|1|I|ICU^2^1"), 0, true},
		{"discharge", message("", "A03", pid, "PV1|1|I|ICU^2^1"), 0, false},
		{"discharge cancelled", message("", "A13", pid, "PV1|1|I|ICU^2^1"), 0, true},
		{"nothing to undo", message("", "A13", strings.Replace(pid, "77", "78", 1), "PV1|1|I|ICU^2^1"), 1, true},
	} {
		r := s.importText("hl7", step.text)
		if got := s.patients(rui, ""); r.Rejected != step.rejected || (len(got) == 1) != step.mine {
			t.Errorf("%s: %+v; the doctor has %v", step.name, r, got)
		}
	}
	if got := s.patients(rui, ""); got[0].Ward != "ICU" {
		t.Errorf("the patient lies in %s", got[0].Ward)
	}
}

// TestImport_hl7_death: the flag marks the patient, a discharge by death does so too, and only a clear word takes it back.
func TestImport_hl7_death(t *testing.T) {
	s := Start(t)
	dead := pid + strings.Repeat("|", 22)
	for _, step := range []struct {
		name, text string
		want       bool
	}{
		{"admitted", admitted, false},
		{"flag", message("40", "A08", dead+"Y"), true},
		{"nothing said", message("41", "A08", pid), true},
		{"flag taken back", message("42", "A08", dead+"N"), false},
		{"discharged by death", message("43", "A03", pid, "PV1|1|I|3B^12^1||||||||||||||||V1^^^HOSP|||||||||||||||||20"), true},
		{"flag says otherwise", message("44", "A08", dead+"N"), true},
	} {
		s.importText("hl7", step.text)
		if got := s.deceased("Patient?identifier=HOSP|77"); got != step.want {
			t.Errorf("%s: deceased %v", step.name, got)
		}
	}
}

func (s *Server) deceased(key care.Ref) (deceased bool) {
	s.t.Helper()
	err := s.App.Change(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		keys, err := tx.Keys(ctx, []care.Ref{key})
		if err != nil || len(keys) != 1 {
			return fmt.Errorf("%d keys: %w", len(keys), err)
		}
		p, err := tx.Patient(ctx, id.Patient(keys[0].Survivor))
		deceased = p.Deceased
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return deceased
}
