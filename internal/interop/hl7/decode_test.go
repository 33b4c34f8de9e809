package hl7

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kinward/internal/care"
)

// adt is a message of that event, sent at noon, with the given segments.
func adt(event string, segments ...string) string {
	head := "MSH|^~\\&|HIS|NORTH|||20240501120000||ADT^" + event + "|77|P|2.5"
	return strings.Join(append([]string{head, "EVN|" + event + "|20240501115500"}, segments...), "\r")
}

func decoded(t *testing.T, text string) Entry {
	t.Helper()
	return Decode(parsed(t, text), Options{})
}

func at(s string) *time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return &t
}

const (
	pid = "PID|1||501^^^MRN^MR||Berg^Ada"
	pv1 = "PV1|1|I|4B^12^2^NORTH||||D7^Okoro^Nia^^^Dr^^^DOCS||||||||||||V9^^^VIS^VN"
)

func TestDecode_admit(t *testing.T) {
	got := decoded(t, adt("A01",
		"PID|1|501^^^^PI|501^^^MRN^MR~9^^^&1.2.3&ISO~8^^^NAT&1.2.4&ISO|old-1|van Berg&van&Berg^Ada^Lea M.^Jr^Ms^^L~Klein^Ada^^^^^M||19800229|F|||||||ger",
		"PD1||||||||||||Y",
		"NK1|1|Berg^Tom|SPO^Spouse||555-1|555-2|EP^emergency|20200101|20211231|||||||19790101||||fr|||||||||||||K3^^^MRN",
		"NK1|2||BRO", "NK1|3|Acme^^|EMR", "NK1|4|Nowak^Eva|^Tochter||||N",
		"PV1|1|I|4B^12^2^NORTH|||7|D7^Okoro^Nia^^^Dr^^^DOCS|R1^Far^Out|C1^Con^A~C2^Con^B||||||||D7^Okoro^Nia^^^Dr^^^DOCS||V9^^^VIS^VN|||||||||||||||||||||||||20240501113000",
		"PV2|||||||||20240507",
		"ROL|1|AD|NUR^Nurse|N5^Sorg^Mia^^^^^^DOCS|20240501",
		"ROL|2|DE|NUR|N6^Gone^Al",
	))
	want := Entry{
		Line: 1, ControlID: "77", Type: "ADT", Event: "A01", Sent: at("2024-05-01T12:00:00Z"),
		Source: care.Source{Kind: "hl7", System: "HIS/NORTH"},
		Patient: &care.PatientRecord{
			Refs: []care.Ref{"Patient?identifier=MRN|501", "Patient?identifier=urn:oid:1.2.3|9", "Patient?identifier=NAT|8", "Patient?identifier=urn:hl7v2:NORTH|old-1"},
			Identifiers: []care.Identifier{
				{System: "MRN", Value: "501", Type: "MR"}, {System: "urn:oid:1.2.3", Value: "9"}, {System: "NAT", Value: "8"}, {System: "urn:hl7v2:NORTH", Value: "old-1"},
			},
			Name:       care.HumanName{Family: "van Berg", Given: []string{"Ada", "Lea M."}, Prefix: "Ms", Suffix: "Jr"},
			OtherNames: []care.HumanName{{Family: "Klein", Given: []string{"Ada"}}},
			BirthDate:  "1980-02-29", Sex: "female", Language: "de", Active: true, Protected: true,
		},
		Stay: &care.StayRecord{
			Refs: []care.Ref{"Encounter?identifier=VIS|V9"}, Identifiers: []care.Identifier{{System: "VIS", Value: "V9", Type: "VN"}},
			Patient: "Patient?identifier=MRN|501", Event: care.VisitAdmit, Status: "in-progress", Class: "IMP",
			Start: at("2024-05-01T11:30:00Z"), PlannedEnd: at("2024-05-07T23:59:59.999Z"),
			Place: &care.Place{Facility: "NORTH", Ward: "4B", Room: "12", Bed: "2"},
			Participants: []care.ParticipantRecord{
				{Ref: "Practitioner?identifier=DOCS|D7", Display: "Dr Nia Okoro", Role: "attending", Code: "ATND"},
				{Ref: "Practitioner?identifier=urn:hl7v2:NORTH|R1", Display: "Out Far", Role: "other", Code: "REF"},
				{Ref: "Practitioner?identifier=urn:hl7v2:NORTH|C1", Display: "A Con", Role: "other", Code: "CON"},
				{Ref: "Practitioner?identifier=urn:hl7v2:NORTH|C2", Display: "B Con", Role: "other", Code: "CON"},
				{Ref: "Practitioner?identifier=DOCS|D7", Display: "Dr Nia Okoro", Role: "other", Code: "ADM"},
				{Ref: "Practitioner?identifier=DOCS|N5", Display: "Mia Sorg", Role: "nurse", Code: "NUR", Period: care.Period{From: at("2024-05-01T00:00:00Z")}},
			},
		},
		Relatives: []care.RelativeRecord{
			{
				Refs: []care.Ref{"RelatedPerson?identifier=MRN|K3"}, Identifiers: []care.Identifier{{System: "MRN", Value: "K3"}},
				Patient: "Patient?identifier=MRN|501", Name: care.HumanName{Family: "Berg", Given: []string{"Tom"}}, Relationship: "spouse",
				RelationshipCode: "SPO", BirthDate: "1979-01-01", Language: "fr", Phone: "555-1", Active: true,
				Period: care.Period{From: at("2020-01-01T00:00:00Z"), Until: at("2021-12-31T23:59:59.999Z")},
			},
			{
				Patient: "Patient?identifier=MRN|501", Name: care.HumanName{Family: "Nowak", Given: []string{"Eva"}}, Relationship: "other",
				RelationshipCode: "N", Active: true,
			},
		},
		Notes: []string{"NK1-2: a relative without a name was left out"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Entry{}, "Practitioners")); diff != "" {
		t.Error(diff)
	}
	var doctors []string
	for _, p := range got.Practitioners {
		doctors = append(doctors, string(p.Refs[0])+" "+p.Name.Formal())
	}
	wantDoctors := []string{
		"Practitioner?identifier=DOCS|D7 Dr Nia Okoro", "Practitioner?identifier=urn:hl7v2:NORTH|R1 Out Far",
		"Practitioner?identifier=urn:hl7v2:NORTH|C1 A Con", "Practitioner?identifier=urn:hl7v2:NORTH|C2 B Con",
		"Practitioner?identifier=DOCS|N5 Mia Sorg",
	}
	if diff := cmp.Diff(wantDoctors, doctors); diff != "" {
		t.Error(diff)
	}
}

// TestDecode_events has, for each trigger, what it makes of the same visit.
func TestDecode_events(t *testing.T) {
	discharged := pv1 + strings.Repeat("|", 26) + "20240430"
	cases := []struct {
		event, pv1 string
		visit      care.VisitEvent
		status     string
		end        *time.Time
		cleared    []string
	}{
		{"A01", pv1, care.VisitAdmit, "in-progress", nil, nil},
		{"A02", pv1, care.VisitTransfer, "in-progress", nil, nil},
		{"A03", pv1, care.VisitDischarge, "finished", at("2024-05-01T11:55:00Z"), nil},
		{"A03", discharged, care.VisitDischarge, "finished", at("2024-04-30T23:59:59.999Z"), nil},
		{"A04", pv1, care.VisitAdmit, "arrived", nil, nil},
		{"A05", pv1, care.VisitPreadmit, "planned", nil, nil},
		{"A06", pv1, care.VisitUpdate, "in-progress", nil, nil},
		{"A07", pv1, care.VisitUpdate, "in-progress", nil, nil},
		{"A08", pv1, care.VisitUpdate, "", nil, nil},
		{"A08", discharged, care.VisitUpdate, "finished", at("2024-04-30T23:59:59.999Z"), nil},
		{"A08", strings.Replace(discharged, "20240430", `""`, 1), care.VisitUpdate, "", nil, []string{care.ClearEnd}},
		{"A11", pv1, care.VisitCancelAdmit, "cancelled", nil, nil},
		{"A12", pv1, care.VisitCancelTransfer, "in-progress", nil, nil},
		{"A13", discharged, care.VisitCancelDischarge, "in-progress", nil, []string{care.ClearEnd}},
		{"A21", pv1, care.VisitUpdate, "onleave", nil, nil},
		{"A22", pv1, care.VisitUpdate, "in-progress", nil, nil},
		{"A38", pv1, care.VisitCancelAdmit, "cancelled", nil, nil},
		{"A54", pv1, care.VisitUpdate, "", nil, nil},
	}
	for _, c := range cases {
		t.Run(c.event, func(t *testing.T) {
			s := decoded(t, adt(c.event, pid, c.pv1)).Stay
			if s == nil {
				t.Fatal("no stay")
			}
			if s.Event != c.visit || s.Status != c.status || s.Refs[0] != "Encounter?identifier=VIS|V9" || s.Place.Bed != "2" {
				t.Errorf("got %+v", s)
			}
			if diff := cmp.Diff(c.end, s.End); diff != "" {
				t.Error("end:", diff)
			}
			if diff := cmp.Diff(c.cleared, s.Cleared); diff != "" {
				t.Error("cleared:", diff)
			}
		})
	}
	for _, event := range []string{"A28", "A31", "A40"} {
		if e := decoded(t, adt(event, pid, "MRG|9^^^MRN", pv1)); e.Stay != nil || e.Patient == nil || e.Reject != nil {
			t.Errorf("%s: %+v", event, e)
		}
	}
}

func TestDecode_cleared(t *testing.T) {
	e := decoded(t, adt("A08",
		`PID|1||501^^^MRN||""|""|""|""|||||||""||||||||||||||""|""`, `PD1||||||||||||""`, `NK1|1|""`,
		`PV1|1|I|4B^12^""||||""|""|R^Ef||||||||""||V9`+strings.Repeat("|", 25)+`""|""`, `PV2|||||||||""`,
	))
	want := []string{care.ClearBirthDate, care.ClearDeceased, care.ClearLanguage, care.ClearName, care.ClearProtected, care.ClearSex, care.ClearRelatives}
	if diff := cmp.Diff(want, e.Patient.Cleared); diff != "" {
		t.Error("patient:", diff)
	}
	want = []string{care.ClearEnd, care.ClearPlannedEnd, care.ClearStart, care.ClearATND, care.ClearREF, care.ClearADM}
	if diff := cmp.Diff(want, e.Stay.Cleared); diff != "" {
		t.Error("stay:", diff)
	}
	if *e.Stay.Place != (care.Place{Ward: "4B", Room: "12"}) {
		t.Errorf("a bed that is given up: %+v", e.Stay.Place)
	}
	if s := decoded(t, adt("A02", pid, `PV1|1|I|""`)).Stay; s.Place == nil || *s.Place != (care.Place{}) {
		t.Errorf("no place at all: %+v", s.Place)
	}
	if s := decoded(t, adt("A08", pid, `PV1|1|I||||||||||||||||V9`)).Stay; s.Place != nil || s.Cleared != nil || s.Participants != nil {
		t.Errorf("nothing was said: %+v", s)
	}
}

func TestDecode_death_and_protection(t *testing.T) {
	gap := func(n int) string { return strings.Repeat("|", n) }
	cases := map[string]struct {
		segments        []string
		dead, protected bool
		died            bool
		cleared         []string
	}{
		"flag":        {[]string{pid + gap(25) + "Y", pv1}, true, false, false, nil},
		"time":        {[]string{pid + gap(24) + "20240430", pv1}, true, false, false, nil},
		"bad_time":    {[]string{pid + gap(24) + "last night", pv1}, true, false, false, nil},
		"flag_no":     {[]string{pid + gap(25) + "N", pv1}, false, false, false, []string{care.ClearDeceased}},
		"disposition": {[]string{pid, pv1 + gap(17) + "20"}, false, false, true, nil},
		"vip":         {[]string{pid, "PV1|1|I|4B" + gap(13) + "V"}, false, true, false, nil},
		"no_vip":      {[]string{pid, "PV1|1|I|4B" + gap(13) + "N"}, false, false, false, []string{care.ClearProtected}},
		"visit":       {[]string{pid, pv1, "PV2" + gap(22) + "Y"}, false, true, false, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := decoded(t, adt("A03", c.segments...))
			p := e.Patient
			if p.Deceased != c.dead || p.Protected != c.protected || e.Stay.Died != c.died {
				t.Errorf("got %+v, %+v", p, e.Stay)
			}
			if diff := cmp.Diff(c.cleared, p.Cleared); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecode_merge(t *testing.T) {
	e := decoded(t, adt("A40", "PID|1||1^^^MRN~7^^^NAT", "MRG|2^^^MRN~7^^^NAT|3", "PID|2||5^^^MRN", "MRG|6^^^MRN"))
	want := []care.MergeRecord{
		{Into: []care.Identifier{{System: "MRN", Value: "1"}, {System: "NAT", Value: "7"}}, From: []care.Identifier{{System: "MRN", Value: "2"}, {System: "urn:hl7v2:NORTH", Value: "3"}}},
		{Into: []care.Identifier{{System: "MRN", Value: "5"}}, From: []care.Identifier{{System: "MRN", Value: "6"}}},
	}
	if diff := cmp.Diff(want, e.Merges); diff != "" {
		t.Error(diff)
	}
	moved := decoded(t, adt("A45", pid, "MRG|2^^^MRN||||V8^^^VIS", pv1)).Stay
	wantRefs := []care.Ref{"Encounter?identifier=VIS|V9", "Encounter?identifier=VIS|V8"}
	if diff := cmp.Diff(wantRefs, moved.Refs); diff != "" || moved.Event != care.VisitMove || moved.Status != "" {
		t.Errorf("A45: %+v %s", moved, diff)
	}
}

func TestDecode_leniency(t *testing.T) {
	cases := map[string]struct {
		text  string
		check func(Entry) bool
	}{
		"event_in_evn":     {"MSH|^~\\&|A|B|||||ADT|1\rEVN|A28\r" + pid, func(e Entry) bool { return e.Event == "A28" && e.Patient != nil }},
		"event_underscore": {"MSH|^~\\&|A|B|||||ADT_A28|1\r" + pid, func(e Entry) bool { return e.Event == "A28" && e.Patient != nil }},
		"training":         {"MSH|^~\\&|A|B|||||ADT^A28^ADT_A05||T\r" + pid, func(e Entry) bool { return e.Patient != nil && e.ControlID == "" }},
		"no_facility":      {"MSH|^~\\&|A||||||ADT^A28|1\rPID|1||5", func(e Entry) bool { return e.Patient.Identifiers[0].System == "urn:hl7v2:A" }},
		"no_sender":        {"MSH|^~\\&|||||||ADT^A28|1\rPID|1||5", func(e Entry) bool { return e.Patient.Identifiers[0].System == "urn:hl7v2:unknown" }},
		"number_in_pid_2":  {adt("A28", "PID|1|5||6"), func(e Entry) bool { return len(e.Patient.Identifiers) == 2 }},
		"class_na":         {adt("A01", pid, "PV1|1|NA"), func(e Entry) bool { return e.Stay.Class == "" }},
		"dummy_pv1":        {adt("A08", pid, "PV1|1|N"), func(e Entry) bool { return e.Stay == nil }},
		"no_pv1":           {adt("A08", pid), func(e Entry) bool { return e.Stay == nil }},
		"account_as_visit": {adt("A03", pid+"|||||||||||||77"), func(e Entry) bool { return e.Stay.Refs[0] == "Encounter?identifier=urn:hl7v2:NORTH|77" }},
		"no_visit_number":  {adt("A03", pid), func(e Entry) bool { return e.Stay.Refs == nil && e.Stay.Status == "finished" }},
		"nameless_doctor":  {adt("A01", pid, "PV1|1|I|||||D9~^Only^Name~^^"), func(e Entry) bool { return len(e.Stay.Participants) == 2 && len(e.Practitioners) == 1 }},
		"zero_birth_date":  {adt("A28", "PID|1||5||||00000000|Q"), func(e Entry) bool { return e.Patient.BirthDate == "" && e.Patient.Sex == "unknown" }},
		"zone_of_msh_7": {
			"MSH|^~\\&|A|B|||20240501120000+0200||ADT^A01|1\r" + pid + "\rPV1|1|I" + strings.Repeat("|", 42) + "20240501110000",
			func(e Entry) bool { return e.Stay.Start.Equal(*at("2024-05-01T09:00:00Z")) },
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if e := decoded(t, c.text); e.Reject != nil || !c.check(e) {
				t.Errorf("got %+v, %+v, %+v, %+v", e, e.Reject, e.Patient, e.Stay)
			}
		})
	}
}

func TestDecode_fates(t *testing.T) {
	gap := strings.Repeat("|", 26)
	for text, want := range map[string]string{
		"MSH|^~\\&|A|B|||||":                    "MSH-9: the message type is missing",
		adt("A01"):                              "PID: missing",
		adt("A01", "PID|1||^^^MRN"):             "PID-3: no patient number",
		adt("A01", "PID|1||5||||31.12.1990"):    `PID-7: "31.12.1990" is not a date`,
		adt("A08", pid, pv1+gap+"yesterday"):    `PV1-45: "yesterday" is not a time`,
		adt("A40", pid):                         "MRG: missing",
		adt("A40", pid, "MRG|"):                 "MRG-1: no other patient number than in PID-3",
		adt("A40", pid, "MRG|501^^^MRN"):        "MRG-1: no other patient number than in PID-3",
		"MSH|^~\\&|A|B|||||ORU^R01|1\r" + pid:   "ignored",
		"MSH|^~\\&|A|B|||||ACK^A01|1\rMSA|AA|1": "ignored",
		adt("A60", pid):                         "ignored",
	} {
		e := decoded(t, text)
		got := "taken"
		if e.Ignored {
			got = "ignored"
		}
		if e.Reject != nil {
			got = e.Reject.Reason
		}
		if got != want || e.Patient != nil || e.Stay != nil {
			t.Errorf("%q: got %q with %+v", text, got, e)
		}
	}
}
