package client

import (
	"fmt"

	"github.com/google/uuid"

	"kinward/internal/protocol"
)

// The shapes of the public contract; docs/protocol.md describes each field.
type (
	Person          = protocol.Person
	Conversation    = protocol.Conversation
	Subject         = protocol.Subject
	Member          = protocol.Member
	Message         = protocol.Message
	NewMessage      = protocol.NewMessage
	Change          = protocol.Change
	Ephemeral       = protocol.Ephemeral
	Page            = protocol.Page
	Snapshot        = protocol.Snapshot
	Session         = protocol.Session
	SignedIn        = protocol.SignedIn
	Redeemed        = protocol.Redeemed
	Patient         = protocol.Patient
	PatientList     = protocol.PatientList
	Relative        = protocol.Relative
	TeamMember      = protocol.TeamMember
	Identifier      = protocol.Identifier
	Invitation      = protocol.Invitation
	MessageList     = protocol.MessageList
	Time            = protocol.Time
	Consent         = protocol.Consent
	RegisterRequest = protocol.Register
	SignInRequest   = protocol.SignIn
	InviteRequest   = protocol.Invite
	RedeemRequest   = protocol.Redeem
	AssignRequest   = protocol.Assign
)

// Kinds of conversation, of person and of message, and states of a member.
const (
	KindDirect = "direct"
	KindFamily = "family"
	KindGroup  = "group"

	PersonStaff  = "staff"
	PersonFamily = "family"
	PersonMember = "member"
	PersonAdmin  = "admin"

	MessageText   = "text"
	MessageUpdate = "update"
	MessageNote   = "note"
	MessageSystem = "system"

	MemberActive = "active"
	MemberLeft   = "left"
)

// Types of change that this package understands; readers ignore others.
const (
	ChangeMessage      = "message"
	ChangeMember       = "member"
	ChangeConversation = "conversation"
	ChangePatient      = "patient"
)

// NewID makes the id of a message: a UUIDv7, so that ids made later sort later.
func NewID() (string, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make message id: %w", err)
	}
	return u.String(), nil
}
