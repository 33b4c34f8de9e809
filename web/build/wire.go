package main

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"kinward/internal/protocol"
)

// constants are what of the contract the client counts with; wire_test.go sees to it that none is missing.
var constants = []struct {
	name  string
	value any
}{
	{"MAX_BODY", protocol.MaxBody},
	{"MAX_TEXT", protocol.MaxText},
	{"MAX_NAME", protocol.MaxName},
	{"DEFAULT_LIMIT", protocol.DefaultLimit},
	{"MAX_LIMIT", protocol.MaxLimit},
	{"DEFAULT_FEED_LIMIT", protocol.DefaultFeedLimit},
	{"MAX_FEED_LIMIT", protocol.MaxFeedLimit},
	{"MAX_WAIT", protocol.MaxWait},
	{"HEARTBEAT_SECONDS", protocol.HeartbeatSeconds},
	{"SUBPROTOCOL", protocol.Subprotocol},
	{"CLOSE_RESTARTING", protocol.CloseRestarting},
	{"CLOSE_TOO_SLOW", protocol.CloseTooSlow},
	{"CLOSE_AUTH_TIMEOUT", protocol.CloseAuthTimeout},
	{"CLOSE_RESET", protocol.CloseReset},
	{"CLOSE_MALFORMED", protocol.CloseMalformed},
	{"CLOSE_UNAUTHORIZED", protocol.CloseUnauthorized},
}

// shapes are what travels over the wire; wire_test.go sees to it that none is missing.
var shapes = []any{
	protocol.About{},
	protocol.Person{},
	protocol.Conversation{},
	protocol.Subject{},
	protocol.Member{},
	protocol.Message{},
	protocol.Change{},
	protocol.Ephemeral{},
	protocol.Page{},
	protocol.Problem{},
	protocol.Session{},
	protocol.Identifier{},
	protocol.Patient{},
	protocol.Relative{},
	protocol.TeamMember{},
	protocol.Invitation{},
	protocol.Register{},
	protocol.SignIn{},
	protocol.ChangePassword{},
	protocol.OpenConversation{},
	protocol.NewMessage{},
	protocol.Correction{},
	protocol.Marks{},
	protocol.AddMember{},
	protocol.Consent{},
	protocol.Invite{},
	protocol.Redeem{},
	protocol.Revoke{},
	protocol.Assign{},
	protocol.SignedIn{},
	protocol.Redeemed{},
	protocol.EnterEmbed{},
	protocol.Embedded{},
	protocol.EmbedRenewed{},
	protocol.EmbedPatient{},
	protocol.OnePerson{},
	protocol.OneConversation{},
	protocol.OneMessage{},
	protocol.OnePatient{},
	protocol.OneAssignment{},
	protocol.Snapshot{},
	protocol.PeopleList{},
	protocol.SessionList{},
	protocol.MessageList{},
	protocol.PatientList{},
	protocol.ClientFrame{},
	protocol.ServerFrame{},
}

// wireFile is src/core/wire.gen.ts.
func wireFile() []byte {
	var b bytes.Buffer
	b.WriteString("// Made from internal/protocol by go generate ./web. What each thing means is written there and in docs/protocol.\n\n")
	for _, c := range constants {
		if text, ok := c.value.(string); ok {
			fmt.Fprintf(&b, "export const %s = '%s'\n", c.name, text)
		} else {
			fmt.Fprintf(&b, "export const %s = %v\n", c.name, c.value)
		}
	}
	for _, s := range shapes {
		t := reflect.TypeOf(s)
		fmt.Fprintf(&b, "\nexport interface %s {\n", t.Name())
		for f := range t.Fields() {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			optional := ""
			if strings.Contains(options, "omit") {
				optional = "?"
			}
			fmt.Fprintf(&b, "  %s%s: %s\n", name, optional, typeScript(f.Type))
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

func typeScript(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[protocol.Time]():
		return "string"
	case t.Kind() == reflect.Pointer:
		return typeScript(t.Elem())
	case t.Kind() == reflect.Slice:
		return typeScript(t.Elem()) + "[]"
	case t.Kind() == reflect.Struct:
		return t.Name()
	case t.Kind() == reflect.String:
		return "string"
	case t.Kind() == reflect.Bool:
		return "boolean"
	}
	return "number"
}
