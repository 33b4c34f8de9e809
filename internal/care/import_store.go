package care

import (
	"context"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
)

// Ids of what only the importer knows: a care team, a duty role, a place, and whatever a key of another system names.
type (
	teamNoun   struct{}
	dutyNoun   struct{}
	placeNoun  struct{}
	targetNoun struct{}

	TeamID  = id.ID[teamNoun]
	DutyID  = id.ID[dutyNoun]
	PlaceID = id.ID[placeNoun]
	// Target is the id of a patient, person, stay …, as KeyKind says.
	Target = id.ID[targetNoun]
)

// KeyKind is what a key names.
type KeyKind string

// The kinds of keys. Organisations are kept with the places.
const (
	PatientKey KeyKind = "patient"
	PersonKey  KeyKind = "person"
	DutyKey    KeyKind = "duty"
	StayKey    KeyKind = "stay"
	TeamKey    KeyKind = "team"
	LinkKey    KeyKind = "link"
	PlaceKey   KeyKind = "place"
)

// Key is what another system calls something of ours.
type Key struct {
	Ref    Ref
	Kind   KeyKind
	Target Target // zero: two records answer to this key, so it names neither
	Record Ref    // first key of the record that brought this one, by which keys are found that it no longer has
	Digest []byte // on a first key: of what its record last said
	Closed bool   // on the first key of a practitioner: the record closed the account, and may open it again
	// Survivor is Target, or the patient that Target was merged into. It is read only.
	Survivor Target
}

// StoredStay is a stay with what only the importer asks about.
type StoredStay struct {
	Stay
	Died bool // it ended in death
}

// Participant is someone of the staff whom a stay or a care team names. Several of them make one assignment when the same
// person is named twice for the same time.
type Participant struct {
	Person     id.Person
	Code       string // as sent, by which a partial source replaces
	Role       string
	From       time.Time // zero: as long as the stay or team
	Until      time.Time
	Assignment id.Assignment // zero: there was never a reason for one
}

// Team is a care team; its members are its Participants.
type Team struct {
	ID      TeamID
	Patient id.Patient
	Stay    id.Stay // zero: not bound to a stay
	Active  bool
	From    time.Time
	Until   time.Time
}

// Duty is a practitioner in a function (FHIR PractitionerRole).
type Duty struct {
	ID     DutyID
	Person id.Person
	Role   string // our word, "" when nothing is said
	Title  string
	Active bool
	From   time.Time
	Until  time.Time
}

// StoredPlace is a location or organisation. PartOf is a key, looked up only when a stay asks, so that places may come in
// any order.
type StoredPlace struct {
	ID     PlaceID
	Kind   string
	Name   string
	PartOf Ref
}

// ImportTx is what the importer may do inside the journal's transaction. Reads answer problem.NotFound where there is no
// such row; Put makes or replaces a row.
type ImportTx interface {
	Tx
	KeyTx
	PatientTx
	StaffTx
	StayTx
	TeamTx
	// Nested runs fn so that an error of it takes back what it wrote, and nothing else. It returns fn's error.
	Nested(ctx context.Context, fn func(ctx context.Context) error) error
	// Untold forgets whom the commit would tell of the changes so far: a trial run is told to nobody.
	Untold()
}

// KeyTx is the index of what other systems call our rows.
type KeyTx interface {
	// Keys finds the known ones of refs, in any order.
	Keys(ctx context.Context, refs []Ref) ([]Key, error)
	// KeysOf lists the keys that a record brought.
	KeysOf(ctx context.Context, record Ref) ([]Key, error)
	PutKey(ctx context.Context, k Key) error
	DeleteKey(ctx context.Context, ref Ref) error
	// Heard notes a message by its digest and reports whether it had been noted before.
	Heard(ctx context.Context, digest []byte) (bool, error)
}

// PatientTx is what the importer changes about patients beyond Tx.
type PatientTx interface {
	PutPatient(ctx context.Context, p Patient, identifiers []Identifier) error
	Identifiers(ctx context.Context, patient id.Patient) ([]Identifier, error)
	PutIdentifier(ctx context.Context, patient id.Patient, i Identifier) error
	DeleteIdentifier(ctx context.Context, patient id.Patient, system, value string) error
	Link(ctx context.Context, link id.Link) (Link, error)
	// FamilyConversation is the patient's, zero where there is none yet.
	FamilyConversation(ctx context.Context, patient id.Patient) (id.Conversation, error)
	// MoveConversation gives a family conversation to a patient who has none.
	MoveConversation(ctx context.Context, conversation id.Conversation, to id.Patient) error
	// MergedInto makes whoever was merged into from merged into into.
	MergedInto(ctx context.Context, from, into id.Patient) error
}

// StaffTx is what the importer changes about staff and places.
type StaffTx interface {
	HandleTaken(ctx context.Context, handle string) (bool, error)
	UpdatePerson(ctx context.Context, p account.Person) error
	Duty(ctx context.Context, duty DutyID) (Duty, error)
	DutiesOf(ctx context.Context, person id.Person) ([]Duty, error)
	PutDuty(ctx context.Context, d Duty) error
	Place(ctx context.Context, place PlaceID) (StoredPlace, error)
	PutPlace(ctx context.Context, p StoredPlace) error
}

// StayTx keeps stays.
type StayTx interface {
	Stay(ctx context.Context, stay id.Stay) (StoredStay, error)
	Stays(ctx context.Context, patient id.Patient) ([]StoredStay, error)
	PutStay(ctx context.Context, s StoredStay) error
	// Participants lists those of a stay or a team in the order in which they were put.
	Participants(ctx context.Context, of Target) ([]Participant, error)
	PutParticipants(ctx context.Context, of Target, all []Participant) error
}

// TeamTx keeps care teams.
type TeamTx interface {
	Team(ctx context.Context, team TeamID) (Team, error)
	TeamsOfStay(ctx context.Context, stay id.Stay) ([]Team, error)
	TeamsOfPatient(ctx context.Context, patient id.Patient) ([]Team, error)
	PutTeam(ctx context.Context, t Team) error
}

// ImportJournal is Journal for the importer.
type ImportJournal interface {
	Change(ctx context.Context, fn func(ctx context.Context, tx ImportTx) error) error
}
