package care

import (
	"context"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
)

// Query asks for patients. Only those in whose family conversation the asker is live are ever found.
type Query struct {
	Asker id.Person
	Words []string // folded; each begins a word of a name, an identifier, the ward, the room or the bed
	Ward  string   // folded; "" for all
	After id.Patient
	Limit int
}

// Store reads patients. Every answer is one consistent state of the database.
type Store interface {
	// Patients lists up to q.Limit patients by family name, and whether there are more.
	Patients(ctx context.Context, q Query, now time.Time) (views []View, more bool, err error)
	// PatientView is one patient as the asker sees them; seen says whether the asker is live in the family conversation.
	PatientView(ctx context.Context, patient id.Patient, asker id.Person, now time.Time) (v View, seen bool, err error)
	Invitation(ctx context.Context, invitation id.Invitation) (Invitation, Link, error)
	// Due lists up to limit patients whose grants change by themselves at or before now.
	Due(ctx context.Context, now time.Time, limit int) ([]id.Patient, error)
}

// Tx is what a change to care may do inside the journal's transaction. Writes claim their own versions. Reads answer
// problem.NotFound where there is no such row.
type Tx interface {
	Patient(ctx context.Context, patient id.Patient) (Patient, error)
	// Seen reports whether the person is live in the patient's family conversation.
	Seen(ctx context.Context, patient id.Patient, person id.Person, now time.Time) (bool, error)
	// TouchPatient moves the patient's version, so that everyone who sees the patient fetches it again.
	TouchPatient(ctx context.Context, patient id.Patient) error

	Assignments(ctx context.Context, patient id.Patient) ([]Assignment, error)
	PutAssignment(ctx context.Context, a Assignment) error

	Links(ctx context.Context, patient id.Patient) ([]Link, error)
	// ActiveLinks counts the person's active links, to any patient.
	ActiveLinks(ctx context.Context, person id.Person) (int, error)
	PutLink(ctx context.Context, l Link) error

	InsertInvitation(ctx context.Context, i Invitation) error
	InvitationByCode(ctx context.Context, codeHash []byte) (Invitation, Link, error)
	PutInvitation(ctx context.Context, i Invitation) error
	KillInvitations(ctx context.Context, link id.Link, at time.Time) error

	// SetGrants makes the patient's family conversation (made here if there is none yet) have exactly these people, and notes
	// when grants change by themselves.
	SetGrants(ctx context.Context, patient id.Patient, grants []Grant, next time.Time, now time.Time) (id.Conversation, error)

	Person(ctx context.Context, person id.Person) (account.Person, error)
	InsertPerson(ctx context.Context, p account.Person) error
	InsertSession(ctx context.Context, s account.Session, tokenHash []byte) error
	DeleteSessions(ctx context.Context, person id.Person, keep id.Session) error
}

// Journal carries a change of care into the one transaction stream. When Change returns nil, the change is durable.
type Journal interface {
	Change(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Keys derives secrets from the deployment's master key.
type Keys interface {
	// Derive gives n bytes that only this deployment can compute from the purpose and the id.
	Derive(purpose string, id []byte, n int) []byte
}
