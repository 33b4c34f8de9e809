// Package care is patients, stays, assignments, links and invitations: which staff look after whom, and which relatives
// belong to whom. From these it derives who is in a patient's family conversation, which is what every access check asks.
// Its rules are plain functions; it reads through Store and changes through Journal. record.go holds what the importers
// (internal/interop) hand over, import*.go applies it.
package care

import (
	"time"

	"kinward/internal/id"
)

// Patient is someone in hospital. Ward, room, bed and status are those of the stay that counts now (see CurrentStay).
type Patient struct {
	ID           id.Patient
	Name         string // as shown to staff
	FirstName    string // all that relatives are shown
	FamilyName   string
	OtherNames   string // further names under which the patient is found
	BirthDate    string // YYYY, YYYY-MM or YYYY-MM-DD (FHIR date)
	Sex          string // FHIR administrative-gender
	Language     string // BCP 47
	Active       bool
	Deceased     bool
	Protected    bool // VIP or protected record: its contacts are not offered as candidates
	MergedInto   id.Patient
	Ward         string
	Room         string
	Bed          string
	Status       string
	Conversation id.Conversation
	Version      int64
}

// Stay is one admission of a patient (FHIR Encounter).
type Stay struct {
	ID        id.Stay
	Patient   id.Patient
	Number    string // visit number
	Status    string // FHIR R4 encounter-status
	Class     string
	StartedAt time.Time
	EndedAt   time.Time
	Ward      string
	Room      string
	Bed       string
	Version   int64
}

// Live reports whether a stay is under way: arrived, triaged, in progress or on leave, without an end in the past. The
// class does not matter. Its doctors look after the patient exactly as long.
func (s Stay) Live(now time.Time) bool {
	switch s.Status {
	case "arrived", "triaged", "in-progress", "onleave":
		return s.EndedAt.IsZero() || now.Before(s.EndedAt)
	}
	return false
}

// Assignment says that a member of staff looks after a patient in a role, from–until. One that came with a stay is live
// only as long as the stay is.
type Assignment struct {
	ID      id.Assignment
	Patient id.Patient
	Person  id.Person
	Role    string
	Stay    id.Stay // zero: made by hand or by a care team
	From    time.Time
	Until   time.Time // zero: open-ended
	Version int64
}

// Live reports whether the assignment holds now. Until of one that came with a stay already carries the stay's end.
func (a Assignment) Live(now time.Time) bool {
	return !now.Before(a.From) && (a.Until.IsZero() || now.Before(a.Until))
}

// LinkState is where a relative's link stands. Only an active link can read or write.
type LinkState string

// candidate → invited → active → revoked or ended (healthcare.md 2.2).
const (
	Candidate   LinkState = "candidate"
	InvitedLink LinkState = "invited"
	ActiveLink  LinkState = "active"
	Revoked     LinkState = "revoked"
	Ended       LinkState = "ended"
)

// Link joins a relative to a patient. It has no person until an invitation is redeemed.
type Link struct {
	ID           id.Link
	Patient      id.Patient
	Person       id.Person
	Name         string
	Relationship string
	Language     string
	Scope        string // two-way or updates
	State        LinkState
	ConsentBasis string
	ConsentNote  string
	GrantedBy    id.Person
	CreatedAt    time.Time
	EndedAt      time.Time
	EndReason    string
	Version      int64
}

// Invitation lets a relative enter once. Its code is derived from its id under the deployment's key and is kept as a hash.
type Invitation struct {
	ID        id.Invitation
	Link      id.Link
	CodeHash  []byte
	ExpiresAt time.Time
	Tries     int       // wrong second facts so far
	UsedAt    time.Time // zero: not yet
	DeadAt    time.Time // zero: alive; too many tries, or revoked
}

// MaxTries wrong second facts kill a code.
const MaxTries = 5

// Live reports whether the invitation can still be redeemed.
func (i Invitation) Live(now time.Time) bool {
	return i.UsedAt.IsZero() && i.DeadAt.IsZero() && i.Tries < MaxTries && now.Before(i.ExpiresAt)
}

// View is a patient as an asker sees them.
type View struct {
	Patient
	Identifiers  []Identifier
	Unread       int64
	WaitingSince time.Time // the oldest message of the family that no staff message follows; zero: nobody waits
	Family       []Link
	Team         []TeamMember
}

// TeamMember is a live assignment with the name that goes with it.
type TeamMember struct {
	Assignment
	Name string
}

// Words for relationships and roles, as the contract fixes them.
var (
	relationships = words("spouse partner parent mother father child daughter son sibling sister brother grandparent grandchild guardian friend neighbour other")
	roles         = words("attending resident nurse coordinator interpreter other")
	consentBases  = words("agreed did_not_object incapacitated guardian attorney court")
	scopes        = words("two-way updates")
)

// Grant is why a person is in a family conversation, and until when.
type Grant struct {
	Person   id.Person
	Until    time.Time // zero: open-ended
	ReadOnly bool
}
