package protocol

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDecode_detail(t *testing.T) {
	for _, c := range []struct {
		name, body string
		into       any
		want       DecodeError
	}{
		{"capitals", `{"Text":"a"}`, &Correction{}, DecodeError{Invalid, "Text", "There is no such field; write text, capitals count."}},
		{"unknown", `{"colour":"a"}`, &Correction{}, DecodeError{Invalid, "colour", "There is no such field here; leave it out or correct its name."}},
		{"type", `{"message":{"text":[]}}`, &ClientFrame{}, DecodeError{Invalid, "message.text", "This must be a text (a JSON string), not a list."}},
		{"time", `{"from":"tomorrow"}`, &Assign{}, DecodeError{Invalid, "from", "This must be a time as in RFC 3339; write it like 2026-11-21T09:14:03.000Z."}},
		{"empty", ``, &Correction{}, DecodeError{Malformed, "", "There is nothing to read; send one JSON object."}},
		{"list", `[]`, &Correction{}, DecodeError{Malformed, "", "This is not a JSON object; send one, between { and }."}},
		{"truncated", `{"text":`, &Correction{}, DecodeError{Malformed, "", "The JSON breaks off before it is complete; send one whole JSON object."}},
		{"syntax", `{"text":?}`, &Correction{}, DecodeError{Malformed, "", "This is not JSON from byte 8 on; send one JSON object in UTF-8."}},
		{"trailing", `{"text":"a"} {}`, &Correction{}, DecodeError{Malformed, "", "Something follows the JSON object, from byte 13 on; send one object and nothing else."}},
		{"zero_byte", "{\"text\":\"a\"\x00}", &Correction{}, DecodeError{Malformed, "", "This is not JSON from byte 11 on; send one JSON object in UTF-8."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got *DecodeError
			if err := Decode([]byte(c.body), c.into); !errors.As(err, &got) {
				t.Fatalf("got %v, want a DecodeError", err)
			}
			if d := cmp.Diff(c.want, *got); d != "" {
				t.Error(d)
			}
		})
	}
}

// A field's name is the caller's: what is told back of it is bounded and valid text.
func TestDecode_long_field_name(t *testing.T) {
	var got *DecodeError
	if !errors.As(Decode([]byte(`{"message":{"`+strings.Repeat("é", 1000)+`":1}}`), &ClientFrame{}), &got) {
		t.Fatal("accepted")
	}
	if want := "message." + strings.Repeat("é", shownName) + "…"; got.Field != want {
		t.Errorf("field %q, want %q", got.Field, want)
	}
}

func TestDecode_keeps_nothing_of_body(t *testing.T) {
	for _, n := range []int{10, 2 * shareBelow} {
		body := []byte(`{"id":"a","text":"` + strings.Repeat("b", n) + `"}`)
		var m NewMessage
		if err := Decode(body, &m); err != nil {
			t.Fatal(err)
		}
		clear(body)
		if m.ID != "a" || m.Text != strings.Repeat("b", n) {
			t.Errorf("the body's bytes are still in use: %q", m.ID)
		}
	}
}

func TestRefOf(t *testing.T) {
	for frame, want := range map[string]string{
		`{"op":"send","message":{"text":"\ud83e"},"ref":"7"}`: "7",
		`{"hush":1,"ref":"8"}`:                                "8",
		`{"op":"send","message":{"text":5}}`:                  "",
		`{"ref":5}`:                                           "",
		`{"ref":"7"`:                                          "",
	} {
		if got := RefOf([]byte(frame)); got != want {
			t.Errorf("%s: got %q, want %q", frame, got, want)
		}
	}
}

func TestDecode_list_and_pointer(t *testing.T) {
	var o OpenConversation
	if err := Decode([]byte(`{"kind":"group","members":[]}`), &o); err != nil {
		t.Fatal(err)
	}
	if o.Members == nil {
		t.Error("an empty list reads as one that is left out")
	}
	var i Invite
	if err := Decode([]byte(`{"consent":null}`), &i); err != nil || i.Consent != nil {
		t.Errorf("null is not left out: %v, %v", i.Consent, err)
	}
}

// Whatever a server hands in by mistake is an error of another type, never a panic.
func TestDecode_misuse(t *testing.T) {
	type itself struct {
		Next *itself `json:"next"`
	}
	var none *NewMessage
	for _, into := range []any{
		nil,
		NewMessage{},
		none, new(string), new(map[string]string), &itself{}, &struct{ Untagged string }{},
		&struct {
			F float64 `json:"f"`
		}{},
		&struct {
			P **string `json:"p"`
		}{},
		&struct {
			hidden string
		}{},
	} {
		var de *DecodeError
		if err := Decode([]byte(`{}`), into); err == nil || errors.As(err, &de) {
			t.Errorf("%T: %v", into, err)
		}
	}
}

func TestDecode_unlisted_type(t *testing.T) {
	var own struct {
		Codes []int `json:"codes"`
		Deep  []struct {
			On bool `json:"on"`
		} `json:"deep"`
	}
	if err := Decode([]byte(`{"codes":[1,2],"deep":[{"on":true},{"on":false}]}`), &own); err != nil {
		t.Fatal(err)
	}
	if len(own.Codes) != 2 || len(own.Deep) != 2 || !own.Deep[0].On {
		t.Errorf("read %+v", own)
	}
	var got *DecodeError
	if !errors.As(Decode([]byte(`{"deep":[{"on":true},{"on":"hush"}]}`), &own), &got) || got.Field != "deep[1].on" {
		t.Errorf("got %v, want the field deep[1].on", got)
	}
}

func TestShapes_are_complete(t *testing.T) {
	for name, typ := range requests {
		if shapes[typ] == nil {
			t.Errorf("%s has no shape", name)
		}
	}
	if len(shapes) != len(requests) {
		t.Errorf("%d shapes, %d requests in the vectors' table", len(shapes), len(requests))
	}
}

func TestTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-21T09:14:03Z":          "2026-11-21T09:14:03.000Z",
		"2026-11-21T09:14:03.1239Z":     "2026-11-21T09:14:03.123Z",
		"2026-11-21T00:30:00+01:00":     "2026-11-20T23:30:00.000Z",
		"0000-01-01T00:00:00Z":          "0000-01-01T00:00:00.000Z",
		"9999-12-31T23:59:59.999Z":      "9999-12-31T23:59:59.999Z",
		"9999-12-31T23:59:59.999-00:01": "",
		"0000-01-01T00:00:00+00:01":     "",
		"2026-11-21T09:14:03,5Z":        "",
		"2026-11-21 09:14:03Z":          "",
		"2026-11-21":                    "",
		"2026-02-30T00:00:00Z":          "",
		"":                              "",
	} {
		var v Time
		err := v.UnmarshalText([]byte(text))
		if (err == nil) != (want != "") {
			t.Errorf("%q: %v, want %q", text, err, want)
			continue
		}
		if got, _ := v.MarshalText(); err == nil && string(got) != want {
			t.Errorf("%q reads as %s, want %s", text, got, want)
		}
		if err == nil && string(v.appendWire(nil)) != v.UTC().Format(timeLayout) {
			t.Errorf("%q: not as AppendFormat writes it", text)
		}
	}
	if at := benchChange().Message.CreatedAt; !reflect.DeepEqual(At(At(at.Time).Time), at) {
		t.Error("At is not idempotent")
	}
}

func TestTime_json(t *testing.T) {
	far := At(time.Date(12026, 1, 2, 3, 4, 5, 0, time.UTC))
	if b, err := far.AppendText(nil); err != nil || string(b) != "12026-01-02T03:04:05.000Z" {
		t.Errorf("wrote %s, %v", b, err)
	}
	kept := At(time.Date(2026, 11, 21, 9, 14, 3, 0, time.UTC))
	v := kept
	for _, text := range []string{`null`, `5`, `"`, `"2026"`, `{}`} {
		if err := v.UnmarshalJSON([]byte(text)); (err == nil) != (text == "null") || v != kept {
			t.Errorf("%s: %v, %v", text, v, err)
		}
	}
}
