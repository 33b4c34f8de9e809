package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/protocol"
)

// summary is a frame in values that can be compared.
type summary struct {
	Op, Cursor, Ref, Code string
	Messages              []telling
	Others                int
	More                  bool
}

type telling struct {
	Conversation, ID, Sender, Text string
	Seq, Version                   int64
}

func sum(f *frame) summary {
	s := summary{Op: string(f.op), Cursor: string(f.cursor), Ref: string(f.ref), Code: string(f.code), Others: f.others, More: f.more}
	for _, m := range f.messages {
		s.Messages = append(s.Messages, telling{string(m.conversation), string(m.id), string(m.sender), string(m.text), m.seq, m.version})
	}
	return s
}

func TestScan(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		want summary
	}{
		"ready": {`{"op":"ready","cursor":"k7Q2.118","head":126,"heartbeat_s":15}`, summary{Op: "ready", Cursor: "k7Q2.118"}},
		"sent": {
			`{"op":"sent","ref":"7","message":{"conversation":"c","seq":3,"id":"i","sender":"s","text":"t","kind":"text","created_at":"2026-11-21T09:14:03.217Z","version":9}}`,
			summary{Op: "sent", Ref: "7", Messages: []telling{{"c", "i", "s", "t", 3, 9}}},
		},
		"changes": {
			`{"op":"changes","cursor":"k.2","changes":[{"version":1,"type":"message","conversation":"c","message":{"seq":1,"text":"a"}},` +
				`{"version":2,"type":"member","member":{"person":{"id":"p"},"read":1}},{"version":3,"type":"message","message":{"seq":2,"text":"b"}}]}`,
			summary{Op: "changes", Cursor: "k.2", Others: 1, Messages: []telling{{Seq: 1, Text: "a"}, {Seq: 2, Text: "b"}}},
		},
		"page":        {`{"cursor":"k.2","head":2,"changes":[],"ephemeral":[],"more":true}`, summary{Cursor: "k.2", More: true}},
		"any_order":   {`{"changes":[{"message":{"text":"a","seq":1},"version":1}],"op":"changes"}`, summary{Op: "changes", Messages: []telling{{Seq: 1, Text: "a"}}}},
		"unknown":     {`{"new":{"deep":[1,{"x":"}]"}],"n":null},"op":"head","b":true,"f":-1.5e3}`, summary{Op: "head"}},
		"white_space": {" {\n\t\"op\" : \"head\" ,\r\n \"changes\" : [ ] } ", summary{Op: "head"}},
		"escapes":     {`{"op":"error","code":"in\u0076alid","ref":"a\"b\\"}`, summary{Op: "error", Code: "invalid", Ref: `a"b\`}},
		"empty":       {`{}`, summary{}},
	} {
		t.Run(name, func(t *testing.T) {
			var f frame
			if err := f.scan([]byte(test.in)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, sum(&f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScan_refuses(t *testing.T) {
	for _, in := range []string{
		``, ` `, `[]`, `"op"`, `{`, `{"op"`, `{"op":`, `{"op":"x"`, `{"op":"x"}}`, `{"op":"x",}`, `{"op" "x"}`, `{"op":x}`, `{"op":"x" "cursor":"y"}`,
		`{"op":"\"}`, `{"op":"\q"}`, `{"changes":{}}`, `{"changes":[}`, `{"changes":[{]}`, `{"message":{"seq":"1"}}`, `{"message":{"seq":1.5}}`,
		`{"message":{"seq":99999999999999999999}}`, `{"x":[[[}`, `{"x":}`,
	} {
		var f frame
		if err := f.scan([]byte(in)); err == nil {
			t.Errorf("%s passed", in)
		}
	}
}

// TestScan_vectors reads every frame and page that the contract's vectors have.
func TestScan_vectors(t *testing.T) {
	for in, want := range vectors(t) {
		var f frame
		if err := f.scan([]byte(in)); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, sum(&f)); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}

// TestScan_allocates nothing for what a run reads all the time.
func TestScan_allocates(t *testing.T) {
	b := []byte(`{"op":"changes","cursor":"k.2","changes":[{"version":1,"type":"message","message":{"seq":1,"text":"a"}}]}`)
	var f frame
	if n := testing.AllocsPerRun(100, func() {
		if err := f.scan(b); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzScan: whatever comes, the scanner ends, and what encoding/json reads as a frame it reads alike.
func FuzzScan(f *testing.F) {
	for in := range vectors(f) {
		f.Add([]byte(in))
	}
	f.Add([]byte(`{"op":"\ud800","changes":[{"message":{"text":"\\\""}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var got frame
		err := got.scan(b)
		want, ok := reference(b)
		if !ok {
			return
		}
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		if diff := cmp.Diff(want, sum(&got)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// reference reads a frame with encoding/json. ok is false for what isn't one of our servers' frames: no JSON, or fields
// that stand twice or have other capitals, which encoding/json takes in its own way.
func reference(b []byte) (s summary, ok bool) {
	var in map[string]json.RawMessage
	if !utf8.Valid(b) || json.Unmarshal(b, &in) != nil || in == nil {
		return s, false
	}
	again, err := json.Marshal(in)
	var compact []byte
	if err == nil {
		compact, err = json.Marshal(json.RawMessage(b))
	}
	if err != nil || len(again) != len(compact) {
		return s, false // a field stood twice
	}
	for key, to := range map[string]*string{"op": &s.Op, "cursor": &s.Cursor, "ref": &s.Ref, "code": &s.Code} {
		if v, there := in[key]; there && (v[0] != '"' || json.Unmarshal(v, to) != nil) {
			return s, false
		}
	}
	if v, there := in["detail"]; there && v[0] != '"' {
		return s, false
	}
	if in["message"] != nil || in["changes"] != nil {
		return s, false // the vectors have those
	}
	s.More = string(in["more"]) == "true"
	return s, true
}

// vectors is what the server's vectors say, and how it is to be understood.
func vectors(t testing.TB) map[string]summary {
	t.Helper()
	paths, err := filepath.Glob("../protocol/testdata/vectors/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	found := map[string]summary{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		addVector(found, b)
	}
	if len(found) == 0 {
		t.Fatal("no frames among the vectors")
	}
	return found
}

// addVector adds what a vector holds if it is a frame or a page of the server.
func addVector(found map[string]summary, b []byte) {
	var v struct{ Direction, Type, JSON string }
	if json.Unmarshal(b, &v) != nil || v.Direction != "server" {
		return
	}
	var f protocol.ServerFrame
	var p protocol.Page
	switch v.Type {
	case "ServerFrame":
		if json.Unmarshal([]byte(v.JSON), &f) != nil {
			return
		}
	case "Page":
		if json.Unmarshal([]byte(v.JSON), &p) != nil {
			return
		}
		f.Cursor, f.Changes = p.Cursor, p.Changes
	default:
		return
	}
	s := summary{Op: f.Op, Cursor: f.Cursor, Ref: f.Ref, Code: f.Code, More: p.More}
	if f.Message != nil {
		s.Messages = append(s.Messages, tell(f.Message))
	}
	for _, c := range f.Changes {
		if c.Message == nil {
			s.Others++
			continue
		}
		s.Messages = append(s.Messages, tell(c.Message))
	}
	found[v.JSON] = s
}

func tell(m *protocol.Message) telling {
	return telling{m.Conversation, m.ID, m.Sender, m.Text, m.Seq, m.Version}
}
