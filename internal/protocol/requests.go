package protocol

// The bodies of requests. A pointer tells "left out" from "empty" where that matters.
type (
	// Register is POST /people. Handle and Password may be left out in open mode.
	Register struct {
		Name     string `json:"name"`
		Handle   string `json:"handle,omitempty"`
		Password string `json:"password,omitempty"`
	}
	// SignIn is POST /sessions: by handle and password, or in open mode by choosing an account that has no password.
	SignIn struct {
		Handle   string `json:"handle,omitempty"`
		Password string `json:"password,omitempty"`
		TOTP     string `json:"totp,omitempty"`
		Account  string `json:"account,omitempty"`
		Device   string `json:"device,omitempty"` // a name for the list of devices; the User-Agent where missing
	}
	// ChangePassword is PUT /me/password.
	ChangePassword struct {
		Current string `json:"current"`
		New     string `json:"new"`
	}
	// OpenConversation is POST /conversations.
	OpenConversation struct {
		Kind    string   `json:"kind"`
		With    string   `json:"with,omitempty"`
		Title   string   `json:"title,omitempty"`
		Members []string `json:"members,omitempty"`
	}
	// NewMessage is POST /conversations/{id}/messages and the message of a send frame.
	NewMessage struct {
		ID      string `json:"id"`
		Text    string `json:"text"`
		ReplyTo int64  `json:"reply_to,omitempty"`
	}
	// Correction is PATCH /conversations/{id}/messages/{seq}.
	Correction struct {
		Text string `json:"text"`
	}
	// Marks is PUT /conversations/{id}/marks.
	Marks struct {
		Read int64 `json:"read"`
	}
	// AddMember is POST /conversations/{id}/members.
	AddMember struct {
		Person string `json:"person"`
	}
	// Consent says on what ground a relative is told about a patient (45 CFR 164.510(b) and its like elsewhere).
	Consent struct {
		Basis string `json:"basis"`
		Note  string `json:"note,omitempty"`
	}
	// Invite is POST /patients/{id}/invitations.
	Invite struct {
		Name         string   `json:"name"`
		Relationship string   `json:"relationship"`
		Language     string   `json:"language,omitempty"` // BCP 47
		Scope        string   `json:"scope,omitempty"`    // two-way (default) or updates
		Consent      *Consent `json:"consent"`
	}
	// Redeem is POST /invitations/redeem.
	Redeem struct {
		Code      string `json:"code"`
		BirthDate string `json:"birth_date"`
		Name      string `json:"name,omitempty"`
	}
	// EnterEmbed is POST /embed/sessions and PUT /embed/sessions/current: a token that the embedding site has signed.
	EnterEmbed struct {
		Token string `json:"token"`
	}
	// Revoke is POST /patients/{id}/links/{link}/revoke.
	Revoke struct {
		Reason string `json:"reason"`
	}
	// Assign is POST /patients/{id}/assignments.
	Assign struct {
		Person string `json:"person"`
		Role   string `json:"role"`
		From   *Time  `json:"from,omitempty"`
		Until  *Time  `json:"until,omitempty"`
	}
)

// The bodies of answers.
type (
	// SignedIn answers registration, sign-in and (with more beside it) redeeming.
	SignedIn struct {
		Person Person `json:"person"`
		Token  string `json:"token"`
	}
	// Redeemed answers POST /invitations/redeem.
	Redeemed struct {
		Person       Person       `json:"person"`
		Token        string       `json:"token"`
		Conversation Conversation `json:"conversation"`
		Patient      Subject      `json:"patient"`
	}
	// Embedded answers POST /embed/sessions. Patient is there where the token named one.
	Embedded struct {
		Person    Person   `json:"person"`
		Token     string   `json:"token"`
		ExpiresIn int      `json:"expires_in"` // seconds, so that no two clocks have to agree
		Patient   *Subject `json:"patient,omitempty"`
	}
	// EmbedRenewed answers PUT /embed/sessions/current.
	EmbedRenewed struct {
		ExpiresIn int `json:"expires_in"`
	}
	// EmbedPatient answers GET /embed/patients: which patient another system's number means.
	EmbedPatient struct {
		Patient Subject `json:"patient"`
	}
	// OnePerson answers GET /me.
	OnePerson struct {
		Person Person `json:"person"`
	}
	// OneConversation answers POST /conversations.
	OneConversation struct {
		Conversation Conversation `json:"conversation"`
	}
	// OneMessage answers the sending and the correction of a message.
	OneMessage struct {
		Message Message `json:"message"`
	}
	// OnePatient answers GET /patients/{id}.
	OnePatient struct {
		Patient Patient `json:"patient"`
	}
	// Snapshot answers GET /conversations: one consistent state, and the cursor to go on from.
	Snapshot struct {
		Conversations []Conversation `json:"conversations"`
		Cursor        string         `json:"cursor"`
	}
	// PeopleList answers GET /people and GET /accounts.
	PeopleList struct {
		People []Person `json:"people"`
	}
	// SessionList answers GET /sessions.
	SessionList struct {
		Sessions []Session `json:"sessions"`
	}
	// MessageList answers GET /conversations/{id}/messages, by seq; More speaks of the direction asked.
	MessageList struct {
		Messages []Message `json:"messages"`
		More     bool      `json:"more"`
	}
	// PatientList answers GET /patients.
	PatientList struct {
		Patients []Patient `json:"patients"`
		More     bool      `json:"more"`
	}
	// OneAssignment answers POST /patients/{id}/assignments.
	OneAssignment struct {
		Assignment TeamMember `json:"assignment"`
	}
)
