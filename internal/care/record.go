package care

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// The records below are what another system says, before anything of ours is looked up or changed: the decoders in
// internal/interop make them, the importer applies them. They hold no ids of ours and depend on no format.

// Source is where a record comes from. The triple (source, identifier system, identifier value) is what makes a
// repeated import find what it imported before.
type Source struct {
	Kind   string // "fhir", "hl7" or "csv"
	System string // the sender, for example "SIMHOSP/SFAC"
}

// Partial reports that what a record leaves out is unchanged (HL7), unless its Cleared names it. In all other sources
// a record is the whole truth: what it leaves out is no longer so.
func (s Source) Partial() bool { return s.Kind == "hl7" }

// Reject is one row that could not be taken, with a reason for the person who runs the import.
type Reject struct {
	Line   int
	Reason string
}

// Ref is a key by which one record points at another. A record lists all keys that it answers to in its Refs; they
// have one of these forms (the fhir package makes no others):
//
//	Patient/123                           a resource's type and id
//	https://host/fhir/Patient/123         the same at a server
//	urn:uuid:6d705d81-...                 in lower case
//	Practitioner?identifier=system|value  see IdentifierRef
//	Encounter/e1#p                        a resource contained in another
type Ref string

// IdentifierRef is the key of whoever of that resource type carries the identifier.
func IdentifierRef(resourceType string, id Identifier) Ref {
	return Ref(resourceType + "?identifier=" + id.System + "|" + id.Value)
}

// Keys are the keys to look for, best first: the reference itself, and for one at a server also its type and id, since
// an export often drops the server's address from one end. A key that two records answer to is no key: skip it.
func (r Ref) Keys() []Ref {
	if r == "" {
		return nil
	}
	if i := r.typeAt(); i > 0 && !strings.Contains(string(r), "?") && strings.Contains(string(r[:i]), "://") {
		return []Ref{r, r[i:]}
	}
	return []Ref{r}
}

// Type is the resource type that the reference names, or "" when it names none (urn:uuid, contained).
func (r Ref) Type() string {
	if query, _, ok := strings.Cut(string(r), "?"); ok {
		return query[strings.LastIndexByte(query, '/')+1:]
	}
	start := r.typeAt()
	if start < 0 || strings.Contains(string(r), "#") {
		return ""
	}
	kind, _, _ := strings.Cut(string(r[start:]), "/")
	return kind
}

// typeAt is where the trailing "Type/id" begins, or -1.
func (r Ref) typeAt() int {
	slash := strings.LastIndexByte(string(r), '/')
	if slash <= 0 || slash == len(r)-1 {
		return -1
	}
	start := strings.LastIndexByte(string(r[:slash]), '/') + 1
	if start == slash || r[start] < 'A' || r[start] > 'Z' {
		return -1
	}
	return start
}

// Identifier is a number that a system gave to someone or something.
type Identifier struct {
	System string // a URI, an HL7 assigning authority, or "urn:hl7v2:<facility>" where the sender named none
	Value  string // never empty
	Type   string // v2-0203 where known: MR, SS, VN ...
}

// HumanName is a name in its parts; Text is the whole where the source gave no parts.
type HumanName struct {
	Family string
	Given  []string
	Prefix string
	Suffix string
	Text   string
}

// IsZero reports that there is no name at all.
func (n HumanName) IsZero() bool { return n.Family == "" && len(n.Given) == 0 && n.Text == "" }

// Display is the name as colleagues say it, without titles. Names in East Asian script put the family first.
func (n HumanName) Display() string {
	given := strings.Join(n.Given, " ")
	switch {
	case n.Family == "" && given == "":
		return n.Text
	case eastAsian(n.Family) && (given == "" || eastAsian(given)):
		return n.Family + given
	}
	return strings.TrimSpace(given + " " + n.Family)
}

// Formal is Display with prefix and suffix: "Dr. Sharyl Hilpert".
func (n HumanName) Formal() string {
	name := n.Display()
	if n.Family == "" && len(n.Given) == 0 {
		return name // the text has its titles already
	}
	return strings.Join(strings.Fields(n.Prefix+" "+name+" "+n.Suffix), " ")
}

func eastAsian(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

// Period is a time span; nil is open.
type Period struct {
	From, Until *time.Time
}

// What a partial source can delete explicitly (Cleared of PatientRecord and StayRecord). ClearATND and its like go by
// a participant's Code.
const (
	ClearName       = "name"
	ClearBirthDate  = "birth_date"
	ClearSex        = "sex"
	ClearLanguage   = "language"
	ClearDeceased   = "deceased"
	ClearProtected  = "protected"
	ClearRelatives  = "relatives"
	ClearStart      = "start"
	ClearEnd        = "end"
	ClearPlannedEnd = "planned_end"
	ClearATND       = "ATND"
	ClearREF        = "REF"
	ClearCON        = "CON"
	ClearADM        = "ADM"
)

// PatientRecord is a patient.
type PatientRecord struct {
	Refs        []Ref
	Identifiers []Identifier
	Name        HumanName // may be zero: an unknown patient is still a patient
	OtherNames  []HumanName
	BirthDate   string // YYYY, YYYY-MM or YYYY-MM-DD
	Sex         string // male, female, other, unknown
	Language    string // BCP 47
	Active      bool
	Deceased    bool
	DeceasedAt  *time.Time // may be nil though Deceased
	Protected   bool       // invite nobody without an override
	ReplacedBy  Ref        // merged into
	Replaces    []Ref      // merged from
	Contacts    []ContactRecord
	Cleared     []string
}

// ContactRecord is a next of kin written into the patient, without a number of its own.
type ContactRecord struct {
	Name             HumanName
	Relationship     string // our word
	RelationshipCode string
	Phone            string
	Period           Period
}

// RelativeRecord says that someone belongs to a patient. It is a candidate for an invitation and never gives access.
type RelativeRecord struct {
	Refs             []Ref // empty where the source has no number: then patient, name and relationship are all there is
	Identifiers      []Identifier
	Patient          Ref
	Name             HumanName
	Relationship     string // our word
	RelationshipCode string
	BirthDate        string
	Language         string
	Phone            string
	Active           bool
	Period           Period
}

// PractitionerRecord is someone of the staff.
type PractitionerRecord struct {
	Refs        []Ref
	Identifiers []Identifier
	Name        HumanName
	Active      bool
	Role        string // our word, "" when nothing hints at it
	Phone       string
	Email       string
}

// RoleRecord is a duty role: a practitioner in a function at some places.
type RoleRecord struct {
	Refs         []Ref
	Identifiers  []Identifier
	Practitioner Ref
	Organization Ref
	Role         string // our word, "" when nothing is said
	RoleText     string
	RoleCode     string
	Locations    []Ref
	Period       Period
	Active       bool
}

// VisitEvent is what a message reports about a stay.
type VisitEvent string

// The events of a stay. A record read from a resource rather than a message has none.
const (
	VisitAdmit           VisitEvent = "admit"
	VisitPreadmit        VisitEvent = "preadmit"
	VisitTransfer        VisitEvent = "transfer"
	VisitDischarge       VisitEvent = "discharge"
	VisitUpdate          VisitEvent = "update"
	VisitCancelAdmit     VisitEvent = "cancel_admit"
	VisitCancelTransfer  VisitEvent = "cancel_transfer" // Place is where the patient is again
	VisitCancelDischarge VisitEvent = "cancel_discharge"
	VisitMove            VisitEvent = "move" // the stay belongs to Patient from now on
)

// StayRecord is a stay (FHIR Encounter, HL7 visit).
type StayRecord struct {
	Refs         []Ref // empty in HL7 without a visit number: the patient's current stay is meant
	Identifiers  []Identifier
	Patient      Ref
	Event        VisitEvent
	Status       string // R4 code; "" in a partial source: unchanged, in-progress for a new stay
	Class        string // IMP, EMER, AMB, ...; "" when not said
	Start, End   *time.Time
	PlannedEnd   *time.Time
	Died         bool   // discharged because of death
	Place        *Place // nil: not said here (HL7: unchanged; FHIR: see Locations)
	Locations    []StayLocation
	Participants []ParticipantRecord // partial source: replaces those of the codes that it names
	Cleared      []string
}

// Place is where a patient lies. An empty part means that there is none, not that it is unknown.
type Place struct {
	Facility, Ward, Room, Bed string
}

// StayLocation is one place of a stay, by reference.
type StayLocation struct {
	Ref     Ref
	Display string
	Kind    string // as LocationRecord.Kind
	Status  string // planned, active, reserved, completed or ""
	Period  Period
}

// ParticipantRecord is someone of the staff taking part in a stay.
type ParticipantRecord struct {
	Ref     Ref // "" when only the name is known
	Display string
	Role    string // our word, "" when the source doesn't say
	Code    string // as sent: ATND, ADM, CON, REF ... The referrer is often from outside the hospital
	Period  Period
}

// Live reports whether the stay goes on: its status says so and it has no past end, whatever its class.
func (s StayRecord) Live(now time.Time) bool {
	switch s.Status {
	case "arrived", "triaged", "in-progress", "onleave":
		return s.End == nil || s.End.After(now)
	}
	return false
}

// CareTeamRecord is a team around a patient.
type CareTeamRecord struct {
	Refs      []Ref
	Patient   Ref // "" when only Encounter is known
	Encounter Ref
	Active    bool
	Period    Period
	Members   []ParticipantRecord
}

// LocationRecord is a ward, room, bed or something around them.
type LocationRecord struct {
	Refs        []Ref
	Identifiers []Identifier
	Name        string
	Kind        string // "ward", "room", "bed", "other" (a building, a site), "" when not said
	PartOf      Ref
	Active      bool
}

// OrganizationRecord is a hospital, department or practice.
type OrganizationRecord struct {
	Refs        []Ref
	Identifiers []Identifier
	Name        string
	PartOf      Ref
	Active      bool
}

// MergeRecord says that two patient numbers are one human: everything of From moves to Into, nothing is deleted.
type MergeRecord struct {
	Into, From []Identifier
}

// RelationshipWord is our word for a relationship, from codes (v3-RoleCode, v2-0063, v2-0131) and plain words, the
// surest first. The first that is known wins; codes that say nothing about kinship (C, N, U) are passed over.
func RelationshipWord(said ...string) string {
	for _, s := range said {
		words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
		// "natural mother", "adopted son", "legal guardian" are a mother, a son, a guardian.
		for len(words) > 1 && slices.Contains(kinQualifiers, words[0]) {
			words = words[1:]
		}
		if word := relationshipWords[strings.Join(words, " ")]; word != "" {
			return word
		}
	}
	return "other"
}

var kinQualifiers = strings.Fields("natural biological birth adopted adoptive foster step half twin fraternal identical " +
	"maternal paternal legal unrelated lawful married gestational best close")

// relationshipWords is by our word: what others call it. In-laws, great-grandparents and former spouses stay "other":
// a screen that calls a mother-in-law "mother" invites the wrong person.
var relationshipWords = index(map[string]string{
	"spouse": "sps spo spouse husb husband wife",
	"partner": "dompart dom partner life_partner domestic_partner sigothr significant_other girlfriend boyfriend " +
		"fiance fiancee",
	"parent":   "prn par parent nprn prnfost stpprn adoptp stepparent",
	"mother":   "mth mother nmth nmthf mthfost stpmth adoptm gestm mum mom mummy mommy stepmother",
	"father":   "fth father nfth nfthf fthfost stpfth adoptf dad daddy stepfather",
	"child":    "child chd nchild nch chldadopt chldfost fch stpchld sch stepchild hch",
	"daughter": "dau dauc dauadopt daufost stpdau daughter stepdaughter",
	"son":      "son sonc sonadopt sonfost stpson stepson",
	"sibling":  "sib nsib hsib stpsib sibling stepsibling twinsib ftwin itwin twin",
	"sister":   "sis nsis hsis stpsis sister stepsister twinsis ftwinsis itwinsis",
	"brother":  "bro nbro hbro stpbro brother stepbrother twinbro ftwinbro itwinbro",
	"grandparent": "grprn grp mgrprn pgrprn grmth mgrmth pgrmth grfth mgrfth pgrfth grandparent grandmother grandfather " +
		"grandma grandpa granny grandad granddad",
	"grandchild": "grndchild gch grnddau grndson grandchild granddaughter grandson",
	"guardian":   "guard grd guardian guadltm",
	"friend":     "frnd fnd friend",
	"neighbour":  "nbor neighbor neighbour",
})

// RoleWord is our word for what someone of the staff does, from codes (v3-ParticipationType, v2-0443, SNOMED CT) and
// plain words. It is "" when nothing is said, and "other" for what is said and not known.
func RoleWord(said ...string) string {
	role := ""
	for _, s := range said {
		if word := roleCodes[strings.ToLower(strings.TrimSpace(s))]; word != "" {
			return word
		}
		if strings.TrimSpace(s) != "" {
			role = "other"
		}
	}
	words := strings.FieldsFunc(strings.ToLower(strings.Join(said, " ")), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, hint := range roleHints {
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(hint.words, w) }) {
			return hint.role
		}
	}
	return role
}

// roleCodes settles a role for certain. A consultant's code is not an attending's, though the word hints at it.
var roleCodes = index(map[string]string{
	"attending":   "atnd pprf at attphys 405279007 309343006 112247003 158965000",
	"resident":    "405277009",
	"nurse":       "224535009 106292003",
	"coordinator": "768820003",
	"interpreter": "translator trans",
	"other":       "adm con ref sprf dis esc refb reft callbck part emergency ad cp rp rt pp",
})

// roleHints are tried in order: a nurse practitioner is a nurse, a resident physician a resident, and an assistant to
// a physician neither.
var roleHints = []struct {
	role  string
	words []string
}{
	{"nurse", strings.Fields("nurse nurses nursing rn lpn cna midwife")},
	{"interpreter", strings.Fields("interpreter interpreting translator")},
	{"coordinator", strings.Fields("coordinator coordination manager navigator")},
	{"resident", strings.Fields("resident registrar intern houseman")},
	{"other", strings.Fields("assistant technician student therapist pharmacist")},
	{"attending", strings.Fields("attending attender physician doctor md surgeon consultant hospitalist")},
}

// LanguageTag is a language as a BCP 47 tag, from a tag ("de_CH"), an ISO 639-2 code or an English name; "" otherwise.
func LanguageTag(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if tag := languages[strings.ToLower(s)]; tag != "" {
		return tag
	}
	parts := strings.Split(strings.TrimRight(s, "-"), "-")
	for i, part := range parts {
		if len(part) > 8 || strings.ContainsFunc(part, notTag) {
			return ""
		}
		switch parts[i] = strings.ToLower(part); {
		case i > 0 && len(part) == 2:
			parts[i] = strings.ToUpper(part) // a country
		case i > 0 && len(part) == 4:
			parts[i] = strings.ToUpper(part[:1]) + strings.ToLower(part[1:]) // a script
		}
	}
	if n := len(parts[0]); n < 2 || n > 3 || strings.ContainsAny(parts[0], "0123456789") {
		return ""
	}
	if tag := languages[parts[0]]; tag != "" {
		parts[0] = tag
	}
	return strings.Join(parts, "-")
}

func notTag(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

var languages = index(map[string]string{
	"ar": "ara arabic", "bn": "ben bengali", "zh": "zho chi chinese mandarin", "da": "dan danish", "nl": "nld dut dutch",
	"en": "eng english", "fa": "fas per persian farsi", "fi": "fin finnish", "fr": "fra fre french",
	"de": "deu ger german", "el": "ell gre greek", "he": "heb hebrew", "hi": "hin hindi", "hu": "hun hungarian",
	"it": "ita italian", "ja": "jpn japanese", "ko": "kor korean", "nb": "nob", "no": "nor norwegian",
	"pl": "pol polish", "pt": "por portuguese", "ro": "ron rum romanian", "ru": "rus russian", "so": "som somali",
	"es": "spa spanish", "sv": "swe swedish", "ti": "tir tigrinya", "tr": "tur turkish", "uk": "ukr ukrainian",
	"ur": "urd urdu", "vi": "vie vietnamese",
})

// index turns "word: what it is called, separated by spaces, _ within one" around.
func index(byWord map[string]string) map[string]string {
	byName := map[string]string{}
	for word, names := range byWord {
		for name := range strings.FieldsSeq(names) {
			byName[strings.ReplaceAll(name, "_", " ")] = word
		}
	}
	return byName
}
