package fhir

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"kinward/internal/care"
)

// FuzzRead feeds anything: Read ends without an error, its entries are one thing each, on a line of the file, and what
// is unwanted adds nothing.
func FuzzRead(f *testing.F) {
	bundle := "{\"resourceType\":\"Bundle\",\n\"entry\":[{\"fullUrl\":\"urn:uuid:1\",\"resource\":" + ada + "},\n{\"resource\":" + doctor + "}]}"
	for _, seed := range []string{
		"", ada, ada + "\n" + ben, ada + "\r\n\r\n" + doctor, bundle, zipped(bundle), bundle[:len(bundle)-9], "[" + ada + "," + ben + "]",
		"\xef\xbb\xbf" + pulse, utf16LE(ada), strings.ReplaceAll(bundle, ",", ",\n"), rows(2), "{\"a\":[[[[", "\x00", `{"entry":[{"entry":[]}]}`,
		`{"resourceType":"Encounter","id":"e","subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p","link":{"other":{"reference":"#p"}}}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := bytes.Count(data, []byte{'\n'}) + 1
		compressed := bytes.HasPrefix(data, []byte{0x1f, 0x8b}) || bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff})
		all, some := 0, 0
		err := Read(context.Background(), bytes.NewReader(data), Options{}, func(e Entry) error {
			all++
			if e.Line < 1 || !compressed && e.Line > lines {
				t.Errorf("line %d of %d", e.Line, lines)
			}
			if fates := count(e.Record != nil, e.Reject != nil, e.Ignored); fates != 1 {
				t.Errorf("%d fates: %+v", fates, e)
			}
			if e.Reject != nil && (e.Reject.Line != e.Line || e.Reject.Reason == "") {
				t.Errorf("reject of line %d: %+v", e.Line, e.Reject)
			}
			checkRefs(t, e.Record)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		wantPatients := Options{Want: func(s string) bool { return s == "Patient" }}
		err = Read(context.Background(), bytes.NewReader(data), wantPatients, func(Entry) error { some++; return nil })
		if err != nil || some > all {
			t.Errorf("patients only: %d of %d entries, %v", some, all, err)
		}
	})
}

func checkRefs(t *testing.T, record any) {
	var refs []care.Ref
	switch r := record.(type) {
	case *care.PatientRecord:
		refs = r.Refs
	case *care.StayRecord:
		refs = append(r.Refs, r.Patient)
	default:
		return
	}
	for _, ref := range refs {
		if keys := ref.Keys(); len(keys) == 0 || keys[0] != ref {
			t.Errorf("the keys of %q are %q", ref, keys)
		}
		_ = ref.Type()
	}
}

func count(all ...bool) (n int) {
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}
