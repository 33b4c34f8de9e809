package fhir

import (
	"slices"
	"testing"
	"time"

	"kinward/internal/care"
)

// The rules beside the records are tested here, with the codes that files bring.

func TestRelationshipWord(t *testing.T) {
	for want, said := range map[string][]string{
		"spouse":      {"SPS", "HUSB", "WIFE", "SPO", "husband", " Wife "},
		"partner":     {"DOMPART", "DOM", "SIGOTHR", "Life partner", "fiancee", "domestic-partner"},
		"parent":      {"PRN", "PAR", "NPRN", "STPPRN", "Parent"},
		"mother":      {"MTH", "NMTH", "MTHFOST", "STPMTH", "natural mother", "Mum"},
		"father":      {"FTH", "NFTH", "FTHFOST", "step father", "DAD"},
		"child":       {"CHILD", "CHD", "NCHILD", "CHLDADOPT", "foster child"},
		"daughter":    {"DAU", "DAUC", "STPDAU", "adopted daughter"},
		"son":         {"SON", "SONC", "SONFOST", "stepson"},
		"sibling":     {"SIB", "HSIB", "twin", "half-sibling"},
		"sister":      {"SIS", "NSIS", "HSIS", "Sister"},
		"brother":     {"BRO", "STPBRO", "twin brother"},
		"grandparent": {"GRPRN", "GRMTH", "GRFTH", "MGRMTH", "PGRFTH", "Grandma", "maternal grandfather"},
		"grandchild":  {"GRNDCHILD", "GRNDDAU", "GRNDSON", "GCH", "grandson"},
		"guardian":    {"GUARD", "GRD", "legal guardian"},
		"friend":      {"FRND", "FND", "unrelated friend", "best friend"},
		"neighbour":   {"NBOR", "neighbor", "Neighbour"},
		"other": {
			"", "C", "N", "U", "OTH", "EXT", "FTHINLAW", "mother-in-law", "Ehefrau", "great grandparent", "GGRPRN", "FMRSPS", "ex wife", "1",
		},
	} {
		for _, s := range said {
			if got := care.RelationshipWord(s); got != want {
				t.Errorf("%q: got %s, want %s", s, got, want)
			}
		}
	}
	if got := care.RelationshipWord("C", "", "Next of kin", "SIS"); got != "sister" {
		t.Errorf("the first that is known: got %s", got)
	}
}

func TestRoleWord(t *testing.T) {
	for want, cases := range map[string][][]string{
		"":            {nil, {""}, {"", " "}},
		"attending":   {{"ATND"}, {"PPRF", "primary performer"}, {"405279007"}, {"Physician"}, {"doctor"}, {"Consultant, cardiology"}},
		"resident":    {{"405277009"}, {"Resident physician"}, {"Specialist registrar"}},
		"nurse":       {{"224535009"}, {"RN"}, {"Nurse practitioner"}, {"nursing"}},
		"coordinator": {{"768820003"}, {"Case manager"}, {"care-coordinator"}},
		"interpreter": {{"translator"}, {"Sign language interpreter"}},
		"other":       {{"CON", "consultant"}, {"ADM"}, {"REF", "referring physician"}, {"Physician assistant"}, {"223366009", "Healthcare professional"}},
	} {
		for _, said := range cases {
			if got := care.RoleWord(said...); got != want {
				t.Errorf("%q: got %q, want %q", said, got, want)
			}
		}
	}
}

func TestLanguageTag(t *testing.T) {
	for in, want := range map[string]string{
		"en": "en", "EN-us": "en-US", "de_CH": "de-CH", "ger": "de", "ENGLISH": "en", "zh-Hant-TW": "zh-Hant-TW", "haw": "haw",
		"": "", "x": "", "Deutsch (Schweiz)": "", "NON": "non", "en-": "en", "12": "", "-": "",
	} {
		if got := care.LanguageTag(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestHumanName(t *testing.T) {
	cases := []struct {
		name            care.HumanName
		display, formal string
	}{
		{care.HumanName{}, "", ""},
		{care.HumanName{Family: "Hilpert", Given: []string{"Sharyl", "A."}, Prefix: "Dr.", Suffix: "MD"}, "Sharyl A. Hilpert", "Dr. Sharyl A. Hilpert MD"},
		{care.HumanName{Family: "Hilpert"}, "Hilpert", "Hilpert"},
		{care.HumanName{Given: []string{"Sharyl"}}, "Sharyl", "Sharyl"},
		{care.HumanName{Text: "Dr. Sharyl Hilpert", Prefix: "Dr."}, "Dr. Sharyl Hilpert", "Dr. Sharyl Hilpert"},
		{care.HumanName{Family: "王", Given: []string{"小明"}, Text: "王小明"}, "王小明", "王小明"},
		{care.HumanName{Family: "Wang", Given: []string{"小明"}}, "小明 Wang", "小明 Wang"},
	}
	for _, c := range cases {
		if c.name.Display() != c.display || c.name.Formal() != c.formal {
			t.Errorf("%+v: got %q and %q", c.name, c.name.Display(), c.name.Formal())
		}
	}
}

func TestRef_keys(t *testing.T) {
	cases := []struct {
		ref  care.Ref
		kind string
		keys []care.Ref
	}{
		{"", "", nil},
		{"Patient/1", "Patient", []care.Ref{"Patient/1"}},
		{"https://h/fhir/Patient/1", "Patient", []care.Ref{"https://h/fhir/Patient/1", "Patient/1"}},
		{"https://h/fhir/", "", []care.Ref{"https://h/fhir/"}},
		{"urn:uuid:1", "", []care.Ref{"urn:uuid:1"}},
		{"Practitioner?identifier=http://a/B/c|1", "Practitioner", []care.Ref{"Practitioner?identifier=http://a/B/c|1"}},
		{"Encounter/e#p", "", []care.Ref{"Encounter/e#p"}},
	}
	for _, c := range cases {
		if got := c.ref.Keys(); !slices.Equal(got, c.keys) || c.ref.Type() != c.kind {
			t.Errorf("%s: got %q of type %q", c.ref, got, c.ref.Type())
		}
	}
}

func TestStayRecord_Live(t *testing.T) {
	now := *at("2024-05-01T12:00:00Z")
	past, future := now.Add(-time.Second), now.Add(time.Second)
	for status, live := range map[string]bool{
		"arrived": true, "triaged": true, "in-progress": true, "onleave": true,
		"planned": false, "finished": false, "cancelled": false, "entered-in-error": false, "unknown": false, "": false,
	} {
		for _, end := range []*time.Time{nil, &future, &now, &past} {
			want := live && (end == nil || end == &future)
			if got := (care.StayRecord{Status: status, End: end, Class: "AMB"}).Live(now); got != want {
				t.Errorf("%s until %v: got %v", status, end, got)
			}
		}
	}
}
