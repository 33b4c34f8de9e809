package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func FuzzDecodeFrame(f *testing.F) { fuzzDecode[ClientFrame](f) }

func FuzzDecodeNewMessage(f *testing.F) { fuzzDecode[NewMessage](f) }

// fuzzDecode holds Decode against encoding/json, which is forgiving in known ways.
func fuzzDecode[T any](f *testing.F) {
	for _, v := range loadVectors(f) {
		if v.Direction == "client" && v.Text == nil {
			f.Add(v.wire())
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got T
		err := Decode(body, &got)
		if err == nil {
			checkAccepted(t, body, got)
			return
		}
		var fault *DecodeError
		if !errors.As(err, &fault) || !utf8.ValidString(fault.Field) {
			t.Fatalf("got %#v, want a DecodeError that can be answered", err)
		}
		checkRefused(t, body, fault)
	})
}

// checkAccepted: the value is what a reader who mends and drops nothing has read, and it survives being written again.
func checkAccepted[T any](t *testing.T, body []byte, got T) {
	t.Helper()
	var want, again T
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&want); err != nil {
		t.Fatalf("accepted, but encoding/json says: %v", err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("read something else (-encoding/json +ours):\n%s", d)
	}
	written, err := marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	// Both readers could have put U+FFFD for what is no text, so what of it is there must have been sent.
	meant := bytes.Count(body, []byte("\uFFFD")) + bytes.Count(bytes.ToLower(body), []byte(`\ufffd`))
	if !utf8.Valid(body) || bytes.Count(written, []byte("\uFFFD")) > meant {
		t.Fatal("accepted, and mended, what is not Unicode")
	}
	if err := Decode(written, &again); err != nil {
		t.Fatalf("refused its own %s: %v", written, err)
	}
	if !reflect.DeepEqual(got, again) {
		t.Fatalf("%s reads as something else", written)
	}
}

// checkRefused: malformed is what encoding/json can't read either (or what is no object, or too deep), and nothing else.
func checkRefused(t *testing.T, body []byte, fault *DecodeError) {
	t.Helper()
	object := bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{"))
	readable := json.Valid(body) && object && depth(body) <= maxDepth
	if readable != (fault.Kind == Invalid) {
		t.Fatalf("%v, but readable is %v", fault, readable)
	}
}

// depth is the deepest nesting of body, which is valid JSON.
func depth(body []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

func FuzzParseCursor(f *testing.F) {
	for _, v := range loadVectors(f) {
		if v.Type == "Cursor" {
			f.Add(string(v.wire()))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCursor(text)
		if err != nil {
			var fault *DecodeError
			if !errors.As(err, &fault) || fault.Field != "cursor" || c != (Cursor{}) {
				t.Fatalf("got %v, %#v", c, err)
			}
			return
		}
		if c.Version < 0 || c.String() != text || !bytes.Equal(AppendString(nil, text), []byte(`"`+text+`"`)) {
			t.Fatalf("%q reads as %v", text, c)
		}
	})
}
