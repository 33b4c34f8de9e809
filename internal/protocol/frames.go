package protocol

import "encoding/json"

// ClientFrame is any frame that a client may send over the WebSocket; Op says which fields count:
// auth {token, cursor}, send {ref, conversation, message}, mark {conversation, read}, typing {conversation},
// ack {cursor}, ping.
type ClientFrame struct {
	Op           string      `json:"op"`
	Ref          string      `json:"ref,omitempty"`
	Token        string      `json:"token,omitempty"`
	Cursor       string      `json:"cursor,omitempty"`
	Conversation string      `json:"conversation,omitempty"`
	Message      *NewMessage `json:"message,omitempty"`
	Read         int64       `json:"read,omitempty"`
}

// RefOf is the ref of a client frame that Decode refused as Invalid, so that the error frame can name it wherever in the
// frame the fault stands. It is "" where there is none.
func RefOf(frame []byte) string {
	var f struct {
		Ref string `json:"ref"`
	}
	if json.Unmarshal(frame, &f) != nil {
		return ""
	}
	return f.Ref
}

// ServerFrame is any frame that the server sends over the WebSocket: ready {cursor, head, heartbeat_s},
// changes {cursor, changes}, head {head}, ephemeral {type, person, conversation?, state?}, sent {ref, message},
// error {ref?, code, detail, field?}, pong {head}, bye {code, retry_after_ms}.
type ServerFrame struct {
	Op           string   `json:"op"`
	Cursor       string   `json:"cursor,omitempty"`
	Head         int64    `json:"head,omitempty"`
	HeartbeatS   int      `json:"heartbeat_s,omitempty"`
	Changes      []Change `json:"changes,omitempty"`
	Type         string   `json:"type,omitempty"`
	Person       string   `json:"person,omitempty"`
	Conversation string   `json:"conversation,omitempty"`
	State        string   `json:"state,omitempty"`
	Ref          string   `json:"ref,omitempty"`
	Message      *Message `json:"message,omitempty"`
	Code         string   `json:"code,omitempty"`
	Detail       string   `json:"detail,omitempty"`
	Field        string   `json:"field,omitempty"`
	RetryAfterMS int      `json:"retry_after_ms,omitempty"`
}

// Close codes come in two ranges: 4000–4499 come back (after the hinted pause, with jitter), 4500–4999 don't. Before each of
// them the server says bye, with the code in words.
const (
	CloseRestarting   = 4000 // bye "restarting": the server is stopping; bye told when to come back
	CloseTooSlow      = 4001 // bye "too_slow": the client didn't read; come back and catch up from the cursor
	CloseAuthTimeout  = 4002 // bye "auth_timeout": no auth frame came in time
	CloseReset        = 4410 // bye "reset": the cursor can't be resumed: take a snapshot, go on from the snapshot's cursor
	CloseMalformed    = 4500 // bye "malformed": a frame that no retry will mend
	CloseUnauthorized = 4501 // bye "unauthenticated": signed out, revoked or never signed in
)
