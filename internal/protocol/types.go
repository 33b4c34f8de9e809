// Package protocol is the public contract in Go: the JSON shapes of the HTTP API and of the feed, the WebSocket frames,
// close codes and limits. It knows no other package of Kinward; clients (ours too) and the server both speak through it.
//
// Fields are added, never renamed or given another meaning; readers ignore types and fields that they don't know, while
// the server refuses unknown fields in requests by name, so that a typing error never passes for success.
//
// Requests are read by Decode and answered by encoding/json; what every member's device is sent is written by the Append
// functions, once per change. All functions may be called from any number of goroutines; the values are plain data.
package protocol

// Limits that both ends know.
const (
	MaxBody          = 256 << 10 // bytes of a request body
	MaxText          = 16_000    // characters (Unicode code points) of a message
	MaxName          = 200       // characters of a person's name or a conversation's title
	DefaultLimit     = 50        // rows of a list
	MaxLimit         = 200
	DefaultFeedLimit = 500 // changes of one feed page
	MaxFeedLimit     = 1000
	MaxWait          = 60 // seconds that a long poll is held
	HeartbeatSeconds = 15
	Subprotocol      = "kinward.v1"
)

// Person is someone with an account: staff, family, member or admin.
type Person struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Handle string `json:"handle,omitempty"` // left out where a person is shown as somebody's peer
	Name   string `json:"name"`
	Role   string `json:"role,omitempty"`
}

// Conversation is an ordered list of messages and its members, as one reader sees it: Title, Patient and Unread are the
// reader's own.
type Conversation struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"` // direct, family or group
	Title   string   `json:"title"`
	Patient *Subject `json:"patient,omitempty"`
	Members []Member `json:"members"` // also those who have left: their messages stay
	Last    *Message `json:"last,omitempty"`
	LastSeq int64    `json:"last_seq"`
	Unread  int64    `json:"unread"`
	Version int64    `json:"version"`
}

// Subject is the patient that a family conversation is about; relatives are given the first name only.
type Subject struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Member is a person in a conversation, with their marks: everything up to seq Read is read, up to Delivered has reached a
// device. A message's sender has read and received it: clients raise both marks of the sender to the message's seq.
type Member struct {
	Conversation string `json:"conversation"`
	Person       Person `json:"person"`
	State        string `json:"state"` // active or left
	Read         int64  `json:"read"`
	Delivered    int64  `json:"delivered"`
	Version      int64  `json:"version"`
}

// Message is one entry of a conversation; Seq is dense and starts at 1. A retracted message keeps its place and has no text.
type Message struct {
	Conversation string `json:"conversation"`
	Seq          int64  `json:"seq"`
	ID           string `json:"id"`
	Sender       string `json:"sender"`
	Text         string `json:"text,omitempty"`
	Kind         string `json:"kind"` // text, update, note or system
	ReplyTo      int64  `json:"reply_to,omitempty"`
	CreatedAt    Time   `json:"created_at"`
	CorrectedAt  *Time  `json:"corrected_at,omitempty"`
	RetractedAt  *Time  `json:"retracted_at,omitempty"`
	Version      int64  `json:"version"`
}

// Change is one entry of the feed. Type says which of the other fields is there.
type Change struct {
	Version      int64         `json:"version"`
	Type         string        `json:"type"` // message, member, conversation, patient; clients ignore others
	Conversation string        `json:"conversation,omitempty"`
	Message      *Message      `json:"message,omitempty"`
	Member       *Member       `json:"member,omitempty"`
	Details      *Conversation `json:"details,omitempty"` // type conversation: its new state, as the reader sees it
	Patient      string        `json:"patient,omitempty"` // type patient: fetch GET /patients/{id} again
}

// Ephemeral is a passing sign that is neither stored nor versioned and may be dropped: typing, or presence.
type Ephemeral struct {
	Type         string `json:"type"`
	Person       string `json:"person"`
	Conversation string `json:"conversation,omitempty"`
	State        string `json:"state,omitempty"` // presence: online or offline
}

// Page is a piece of the feed. Cursor is where to go on from, and presenting it tells the server that everything before it
// has arrived. Head is the version of the newest change in the deployment (of any reader's); More says that another page
// is ready.
type Page struct {
	Cursor    string      `json:"cursor"`
	Head      int64       `json:"head"`
	Changes   []Change    `json:"changes"`
	Ephemeral []Ephemeral `json:"ephemeral"`
	More      bool        `json:"more"`
}

// Problem is the body of every error answer (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
	Field  string `json:"field,omitempty"`
}

// Session is one device that is signed in.
type Session struct {
	ID        string `json:"id"`
	Device    string `json:"device"`
	CreatedAt Time   `json:"created_at"`
	LastSeen  Time   `json:"last_seen"`
	Current   bool   `json:"current"`
}

// Identifier is a patient's number in some system.
type Identifier struct {
	System string `json:"system"`
	Value  string `json:"value"`
}

// Patient is someone in hospital, as one asker sees them. Relatives get ID, Name (first name) and Conversation only: what
// they are not told is nil or empty and is left out. For staff the three lists must not be nil, so that they are there even
// where they are empty.
type Patient struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	BirthDate    string       `json:"birth_date"`
	Sex          string       `json:"sex"`
	Identifiers  []Identifier `json:"identifiers,omitzero"`
	Ward         string       `json:"ward"`
	Room         string       `json:"room"`
	Bed          string       `json:"bed"`
	Status       string       `json:"status"` // the FHIR status of the newest stay
	Conversation string       `json:"conversation"`
	Unread       int64        `json:"unread"`
	WaitingSince *Time        `json:"waiting_since,omitempty"`
	Family       []Relative   `json:"family,omitzero"`
	Team         []TeamMember `json:"team,omitzero"`
}

// Relative is a link between a person and a patient; Person is missing until an invitation is redeemed.
type Relative struct {
	Link         string `json:"link"`
	Person       string `json:"person,omitempty"`
	Name         string `json:"name"`
	Relationship string `json:"relationship"`
	State        string `json:"state"`
}

// TeamMember is a person with a live assignment to a patient.
type TeamMember struct {
	Assignment string `json:"assignment"`
	Person     string `json:"person"`
	Name       string `json:"name"`
	Role       string `json:"role"`
}

// Invitation is what a member of staff hands to a relative. The code is shown once and is stored hashed.
type Invitation struct {
	ID        string `json:"id"`
	Link      string `json:"link"`
	Code      string `json:"code"`
	URL       string `json:"url"`
	ExpiresAt Time   `json:"expires_at"`
}

// About is what a server says of itself to anybody: GET /about. It tells of nobody who uses it.
type About struct {
	Name                 string `json:"name"`                             // of the hospital; "" where nobody said
	Registration         string `json:"registration"`                     // closed or open
	UrgentPhone          string `json:"urgent_phone,omitempty"`           // to call when it can't wait
	AnswersWithinMinutes int    `json:"answers_within_minutes,omitempty"` // how long an answer usually takes
	AnswersFrom          string `json:"answers_from,omitempty"`           // 08:00, in the server's time; with AnswersUntil or not at all
	AnswersUntil         string `json:"answers_until,omitempty"`
	SeenByTeam           bool   `json:"seen_by_team"` // whether relatives are shown that the care team has read
	Version              string `json:"version"`      // of the server
	Build                string `json:"build"`        // of the web client that it serves
}
