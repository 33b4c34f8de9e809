package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// vector is one file of testdata/vectors; testdata/vectors/README.md says what each field means.
type vector struct {
	Name      string  `json:"name"`
	Direction string  `json:"direction"`
	Type      string  `json:"type"`
	JSON      *string `json:"json"`
	Base64    []byte  `json:"base64"`
	Text      *string `json:"text"`
	Outcome   outcome `json:"outcome"`
}

type outcome struct {
	Value json.RawMessage `json:"value"`
	Error *struct {
		Kind  DecodeKind `json:"kind"`
		Field string     `json:"field"`
	} `json:"error"`
}

// secret stands in the values of bad vectors and must not come back in an error.
const secret = "hush"

// requests and answers are the types that vectors name.
var (
	requests = map[string]reflect.Type{
		"ClientFrame": reflect.TypeFor[ClientFrame](), "NewMessage": reflect.TypeFor[NewMessage](),
		"Correction": reflect.TypeFor[Correction](), "Marks": reflect.TypeFor[Marks](),
		"OpenConversation": reflect.TypeFor[OpenConversation](), "AddMember": reflect.TypeFor[AddMember](),
		"Register": reflect.TypeFor[Register](), "SignIn": reflect.TypeFor[SignIn](),
		"ChangePassword": reflect.TypeFor[ChangePassword](), "Invite": reflect.TypeFor[Invite](),
		"Redeem": reflect.TypeFor[Redeem](), "Revoke": reflect.TypeFor[Revoke](), "Assign": reflect.TypeFor[Assign](),
		"EnterEmbed": reflect.TypeFor[EnterEmbed](),
	}
	answers = map[string]reflect.Type{
		"ServerFrame": reflect.TypeFor[ServerFrame](), "Page": reflect.TypeFor[Page](), "Change": reflect.TypeFor[Change](),
		"Problem": reflect.TypeFor[Problem](), "About": reflect.TypeFor[About](), "Snapshot": reflect.TypeFor[Snapshot](),
		"MessageList": reflect.TypeFor[MessageList](), "PeopleList": reflect.TypeFor[PeopleList](),
		"SessionList": reflect.TypeFor[SessionList](), "PatientList": reflect.TypeFor[PatientList](),
		"OnePatient": reflect.TypeFor[OnePatient](), "OnePerson": reflect.TypeFor[OnePerson](),
		"OneConversation": reflect.TypeFor[OneConversation](), "OneMessage": reflect.TypeFor[OneMessage](),
		"OneAssignment": reflect.TypeFor[OneAssignment](), "SignedIn": reflect.TypeFor[SignedIn](),
		"Redeemed": reflect.TypeFor[Redeemed](), "Invitation": reflect.TypeFor[Invitation](),
		"Embedded": reflect.TypeFor[Embedded](), "EmbedRenewed": reflect.TypeFor[EmbedRenewed](),
		"EmbedPatient": reflect.TypeFor[EmbedPatient](),
	}
)

func loadVectors(t testing.TB) map[string]vector {
	t.Helper()
	paths, err := filepath.Glob("testdata/vectors/*.json")
	if err != nil || len(paths) < 100 {
		t.Fatalf("found %d vectors: %v", len(paths), err)
	}
	all := make(map[string]vector, len(paths))
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".json")] = v
	}
	return all
}

// wire is what the vector's sender sends.
func (v vector) wire() []byte {
	switch {
	case v.JSON != nil:
		return []byte(*v.JSON)
	case v.Text != nil:
		return []byte(*v.Text)
	}
	return v.Base64
}

func TestVectors(t *testing.T) {
	seen := map[string]bool{}
	for file, v := range loadVectors(t) {
		seen[v.Type] = true
		t.Run(file, func(t *testing.T) {
			got, err := v.run()
			if want := v.Outcome.Error; want != nil {
				checkError(t, err, &DecodeError{Kind: want.Kind, Field: want.Field})
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var want bytes.Buffer
			if err := json.Compact(&want, v.Outcome.Value); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.String(), string(got)); d != "" {
				t.Errorf("the value read, written again (-want +got):\n%s", d)
			}
		})
	}
	for _, types := range []map[string]reflect.Type{requests, answers} {
		for name := range types {
			if !seen[name] {
				t.Errorf("no vector has the type %s", name)
			}
		}
	}
}

func checkError(t *testing.T, err error, want *DecodeError) {
	t.Helper()
	var got *DecodeError
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want %s in %q", err, want.Kind, want.Field)
	}
	if got.Kind != want.Kind || got.Field != want.Field {
		t.Errorf("got %v, want %s in %q", got, want.Kind, want.Field)
	}
	if !strings.HasSuffix(got.Detail, ".") || strings.Contains(got.Error(), secret) {
		t.Errorf("not a sentence fit for an answer: %s", got)
	}
}

// run reads the vector as its receiver does and writes what it understood.
func (v vector) run() ([]byte, error) {
	switch {
	case v.Type == "Cursor":
		return runCursor(string(v.wire()))
	case v.Type == "Event":
		return runEvent(string(v.wire()))
	case v.Direction == "client" && requests[v.Type] != nil:
		into := reflect.New(requests[v.Type]).Interface()
		if err := Decode(v.wire(), into); err != nil {
			return nil, err
		}
		return marshal(into)
	case v.Direction == "server" && answers[v.Type] != nil:
		into := reflect.New(answers[v.Type]).Interface()
		if err := json.Unmarshal(v.wire(), into); err != nil {
			return nil, err
		}
		return encodeAnswer(into)
	}
	return nil, errors.New("no such direction or type: " + v.Direction + " " + v.Type)
}

// encodeAnswer writes v as the server does.
func encodeAnswer(v any) ([]byte, error) {
	switch v := v.(type) {
	case *ServerFrame:
		return buildFrame(v), nil
	case *Change:
		return AppendChange(nil, v), nil
	case *Page:
		return AppendPage(nil, v.Cursor, v.Head, encodeChanges(v.Changes), v.Ephemeral, v.More), nil
	}
	return marshal(v)
}

func encodeChanges(changes []Change) [][]byte {
	var all [][]byte
	for i := range changes {
		all = append(all, AppendChange(nil, &changes[i]))
	}
	return all
}

func buildFrame(f *ServerFrame) []byte {
	switch f.Op {
	case "ready":
		return AppendReadyFrame(nil, f.Cursor, f.Head, f.HeartbeatS)
	case "changes":
		return AppendChangesFrame(nil, f.Cursor, encodeChanges(f.Changes)...)
	case "head":
		return AppendHeadFrame(nil, f.Head)
	case "pong":
		return AppendPongFrame(nil, f.Head)
	case "ephemeral":
		e := Ephemeral{Type: f.Type, Person: f.Person, Conversation: f.Conversation, State: f.State}
		return AppendEphemeralFrame(nil, &e)
	case "sent":
		return AppendSentFrame(nil, f.Ref, f.Message)
	case "error":
		return AppendErrorFrame(nil, f.Ref, f.Code, f.Detail, f.Field)
	case "bye":
		return AppendByeFrame(nil, f.Code, f.RetryAfterMS)
	}
	return nil
}

func runCursor(text string) ([]byte, error) {
	c, err := ParseCursor(text)
	if err != nil {
		return nil, err
	}
	if c.String() != text {
		return nil, errors.New("the cursor has a second form: " + c.String())
	}
	return marshal(struct {
		Epoch   string `json:"epoch"`
		Version int64  `json:"version"`
	}{c.Epoch, c.Version})
}

// runEvent reads an event line by line, and sees to it that AppendEvent writes the same bytes.
func runEvent(text string) ([]byte, error) {
	var e struct {
		Event string          `json:"event"`
		ID    string          `json:"id,omitempty"`
		Data  json.RawMessage `json:"data"`
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n\n"), "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "event":
			e.Event = value
		case "id":
			e.ID = value
		case "data":
			e.Data = json.RawMessage(value)
		}
	}
	if got := string(AppendEvent(nil, e.Event, e.ID, e.Data)); got != text {
		return nil, errors.New("AppendEvent wrote: " + got)
	}
	return marshal(e)
}
