package fhir

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"kinward/internal/care"
)

const (
	ada    = `{"resourceType":"Patient","id":"ada","name":[{"family":"Berg","given":["Ada"]}]}`
	ben    = `{"resourceType":"Patient","id":"ben","name":[{"family":"Roth","given":["Ben"]}]}`
	doctor = `{"resourceType":"Practitioner","id":"doc","name":[{"family":"Okoro"}]}`
	pulse  = `{"resourceType":"Observation","id":"o1","status":"final"}`
)

// outline reads text and gives a line for each entry: its line, its type, and its key, reason or fate.
func outline(t *testing.T, text string, opt Options) (lines []string) {
	t.Helper()
	err := Read(context.Background(), strings.NewReader(text), opt, func(e Entry) error {
		what := "ignored"
		switch r := e.Record.(type) {
		case *care.PatientRecord:
			what = string(r.Refs[0])
		case *care.PractitionerRecord:
			what = string(r.Refs[0])
		case *care.StayRecord:
			what = string(r.Refs[0])
		case nil:
			if e.Reject != nil {
				what = "rejected: " + e.Reject.Reason
			}
		default:
			what = fmt.Sprintf("%T", r)
		}
		lines = append(lines, fmt.Sprintf("%d %s %s", e.Line, e.Type, what))
		return nil
	})
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return lines
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

func utf16LE(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestRead_formats(t *testing.T) {
	pretty := "{\n  \"resourceType\": \"Patient\",\n  \"id\": \"ada\"\n}\n"
	entry := func(s string) string { return `{"fullUrl":"urn:uuid:0","resource":` + s + `}` }
	cases := map[string]struct {
		text string
		want []string
	}{
		"empty":           {"", nil},
		"xml":             {"\n<Bundle>\n<entry/>\n</Bundle>", []string{"2  rejected: XML: only FHIR's JSON can be read"}},
		"only_blanks":     {"\n \r\n", nil},
		"ndjson":          {ada + "\n" + pulse + "\n" + doctor + "\n", []string{"1 Patient Patient/ada", "2 Observation ignored", "3 Practitioner Practitioner/doc"}},
		"no_last_newline": {ada + "\n" + ben, []string{"1 Patient Patient/ada", "2 Patient Patient/ben"}},
		"crlf_and_blanks": {"\r\n" + ada + "\r\n\r\n  \t\r\n" + ben + "\r\n", []string{"2 Patient Patient/ada", "5 Patient Patient/ben"}},
		"bom":             {"\xef\xbb\xbf" + ada, []string{"1 Patient Patient/ada"}},
		"gzip":            {zipped("\n" + ada), []string{"2 Patient Patient/ada"}},
		"utf16":           {utf16LE(ada + "\r\n" + ben), []string{"1 Patient Patient/ada", "2 Patient Patient/ben"}},
		"two_in_a_line":   {ada + ben, []string{"1 Patient Patient/ada", "1 Patient Patient/ben"}},
		"pretty":          {pretty, []string{"1 Patient Patient/ada"}},
		"pretty_twice":    {"\n" + pretty + pretty, []string{"2 Patient Patient/ada", "6 Patient Patient/ada"}},
		"array":           {"[\n" + ada + ",\n" + ben + "\n]", []string{"2 Patient Patient/ada", "3 Patient Patient/ben"}},
		"bundle_compact":  {`{"resourceType":"Bundle","entry":[` + entry(ada) + `,` + entry(ben) + `]}`, []string{"1 Patient Patient/ada", "1 Patient Patient/ben"}},
		"bundle_pretty": {
			"{\n \"resourceType\": \"Bundle\",\n \"entry\": [\n  {\n   \"resource\": " + ada + "\n  },\n  " + entry(doctor) + "\n ],\n \"type\": \"collection\"\n}",
			[]string{"4 Patient Patient/ada", "7 Practitioner Practitioner/doc"},
		},
		"bundle_keys_sorted": {"{\"entry\": [\n" + entry(ada) + "],\n\"resourceType\": \"Bundle\"}", []string{"2 Patient Patient/ada"}},
		"bundle_an_entry_a_line": {
			"{\"resourceType\":\"Bundle\",\"entry\":[\n" + entry(ada) + ",\n" + entry(ben) + "\n]}",
			[]string{"2 Patient Patient/ada", "3 Patient Patient/ben"},
		},
		"bundle_a_line": {
			`{"resourceType":"Bundle","entry":[` + entry(ada) + "]}\n" + `{"resourceType":"Bundle","entry":[` + entry(ben) + "]}\n",
			[]string{"1 Patient Patient/ada", "2 Patient Patient/ben"},
		},
		"bundle_in_bundle": {
			`{"resourceType":"Bundle","entry":[` + entry(`{"resourceType":"Bundle","entry":[`+entry(ada)+`]}`) + `]}`,
			[]string{"1 Patient Patient/ada"},
		},
		"bundle_empty":        {`{"resourceType":"Bundle","total":0}`, nil},
		"bundle_of_deletions": {`{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Patient/1"}},{"resource":null}]}`, nil},
		"list_is_no_bundle":   {`{"resourceType":"List","entry":[{"item":{"reference":"Patient/1"}}]}`, []string{"1 List ignored"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outline(t, c.text, Options{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_bad_rows_cost_only_themselves(t *testing.T) {
	cases := map[string]struct{ row, want string }{
		"garbage":         {`hello`, "2  rejected: not JSON: a row begins with {"},
		"number":          {`17`, "2  rejected: not JSON: a row begins with {"},
		"null":            {`null`, "2  rejected: not JSON: a row begins with {"},
		"cut":             {`{"resourceType":"Patient","id":"x","name":[{"fam`, "2 Patient rejected: the line ends in the middle of it"},
		"cut_after_comma": {`{"resourceType":"Patient","id":"x",`, "2 Patient rejected: the line ends in the middle of it"},
		"brackets":        {`{"resourceType":"Patient","id":"x","name":[}`, "2 Patient rejected: brackets do not match"},
		"syntax": {
			`{"resourceType":"Patient","id":"x", oops}`,
			"2 Patient rejected: not valid JSON: invalid character 'o' looking for beginning of object key string, at byte 37 of the row",
		},
		"trailing":      {ben + ` and more`, "2 Patient rejected: not valid JSON"},
		"no_type":       {`{"id":"x"}`, "2  rejected: resourceType: missing"},
		"type_number":   {`{"resourceType":5,"id":"x"}`, "2  rejected: resourceType: missing"},
		"no_id":         {`{"resourceType":"Patient","name":[{"family":"Nobody"}]}`, "2 Patient rejected: Patient.id: missing"},
		"birth_date":    {`{"resourceType":"Patient","id":"x","birthDate":"1990-13-40"}`, `2 Patient rejected: Patient.birthDate: "1990-13-40" is not a date`},
		"birth_object":  {`{"resourceType":"Patient","id":"x","birthDate":{}}`, "2 Patient rejected: Patient.birthDate: the value is not a date"},
		"no_subject":    {`{"resourceType":"Encounter","id":"x","status":"planned"}`, "2 Encounter rejected: Encounter.subject: missing"},
		"stay_end":      {`{"resourceType":"Encounter","id":"x","subject":{"reference":"Patient/1"},"period":{"end":"soon"}}`, `2 Encounter rejected: Encounter.period.end: "soon" is not a date`},
		"other_invalid": {`{"resourceType":"Observation","x":tru}`, "2 Observation rejected: not valid JSON: invalid character '}' in literal true (expecting 'e'), at byte 38 of the row"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			want := []string{"1 Patient Patient/ada", c.want, "3 Patient Patient/ben"}
			if diff := cmp.Diff(want, outline(t, ada+"\n"+c.row+"\n"+ben+"\n", Options{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_first_row_bad(t *testing.T) {
	for _, row := range []string{`{"resourceType":"Patient","name":"x`, `{"resourceType":"Patient","id":"x"`, `{"id":}`, `{]`, `}`} {
		got := outline(t, row+"\n"+ada+"\n", Options{})
		if len(got) != 2 || !strings.HasPrefix(got[0], "1 ") || got[1] != "2 Patient Patient/ada" {
			t.Errorf("%s: %q", row, got)
		}
	}
}

func TestRead_bundle_damage(t *testing.T) {
	head := "{\"resourceType\":\"Bundle\",\"entry\":[\n{\"resource\":" + ada + "},\n"
	cases := map[string]struct {
		tail string
		want []string
	}{
		"entry_cut":  {`{"resource":{"resourceType":"Patient","id":"x"`, []string{"3 Patient rejected: the file ends in the middle of it"}},
		"array_cut":  {"\n", []string{"4  rejected: the file ends in the middle of it"}},
		"object_cut": {"]\n", []string{"4 Bundle rejected: the file ends in the middle of it"}},
		"entry_syntax": {
			"{\"resource\":{\"resourceType\":\"Patient\",\"id\":}},\n{\"resource\":" + ben + "}]}",
			[]string{"3 Patient rejected: not valid JSON: invalid character '}' looking for beginning of value, at byte 32 of the row", "4 Patient Patient/ben"},
		},
		"entry_not_an_object": {"17,{\"resource\":" + ben + "}]}", []string{"3  rejected: not valid JSON", "3 Patient Patient/ben"}},
		"brackets": {
			"{\"resource\":{\"resourceType\":\"Patient\"]}},\n{\"resource\":" + ben + "}]}",
			[]string{"3 Patient rejected: brackets do not match; the rest of the file was not read"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			want := append([]string{"2 Patient Patient/ada"}, c.want...)
			if diff := cmp.Diff(want, outline(t, head+c.tail, Options{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_damaged_gzip(t *testing.T) {
	var rows strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&rows, `{"resourceType":"Patient","id":"p%d"}`+"\n", i*7919%5003)
	}
	whole := zipped(rows.String())
	got := outline(t, whole[:len(whole)/2], Options{})
	last := got[len(got)-1]
	if len(got) < 100 || !strings.HasSuffix(last, "rejected: the compressed file is damaged or cut off here") {
		t.Errorf("%d entries, the last %q", len(got), last)
	}
	if rejects := slices.DeleteFunc(got, func(s string) bool { return !strings.Contains(s, "rejected") }); len(rejects) != 1 {
		t.Errorf("rejects: %q", rejects)
	}
}

func TestRead_long_rows(t *testing.T) {
	photo := strings.Repeat("QUJD", MaxRow/4)
	long := `{"resourceType":"Patient","id":"big","photo":[{"data":"` + photo + `"}]}`
	half := `{"resourceType":"Patient","id":"half","photo":[{"data":"` + photo[:MaxRow/2] + `"}]}`
	want := []string{
		"1 Patient Patient/ada", "2 Patient rejected: longer than 16 MiB", "3 Patient Patient/half", "4 Patient Patient/ben",
	}
	if diff := cmp.Diff(want, outline(t, ada+"\n"+long+"\n"+half+"\n"+ben+"\n", Options{})); diff != "" {
		t.Error("rows:", diff)
	}
	want = []string{"2 Patient rejected: longer than 16 MiB", "3 Patient Patient/half"}
	bundle := "{\"resourceType\":\"Bundle\",\"entry\":[\n{\"resource\":" + long + "},\n{\"resource\":" + half + "}]}"
	if diff := cmp.Diff(want, outline(t, bundle, Options{})); diff != "" {
		t.Error("bundle:", diff)
	}
}

func TestRead_want(t *testing.T) {
	text := ada + "\n" + pulse + "\n" + `{"resourceType":"Encounter","id":}` + "\nnonsense\n" + doctor + "\n"
	want := func(types ...string) Options {
		return Options{Want: func(s string) bool { return slices.Contains(types, s) }}
	}
	cases := map[string]struct {
		opt  Options
		want []string
	}{
		"one":       {want("Practitioner"), []string{"5 Practitioner Practitioner/doc"}},
		"broken":    {want("Encounter"), []string{"3 Encounter rejected: not valid JSON: invalid character '}' looking for beginning of value, at byte 34 of the row"}},
		"unknown":   {want(""), []string{"4  rejected: not JSON: a row begins with {"}},
		"unhandled": {want("Observation"), []string{"2 Observation ignored"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outline(t, text, c.opt)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_stops(t *testing.T) {
	enough := errors.New("enough")
	calls := 0
	err := Read(context.Background(), strings.NewReader(ada+"\n"+ben), Options{}, func(Entry) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("fn's error: got %v after %d calls", err, calls)
	}

	ctx, cancel := context.WithCancel(context.Background())
	endless := io.MultiReader(strings.NewReader(ada+"\n"), &cycle{text: ben + "\n"})
	err = Read(ctx, endless, Options{Name: "x"}, func(Entry) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}

	broken := errors.New("the disk is gone")
	calls = 0
	err = Read(context.Background(), io.MultiReader(strings.NewReader(ada+"\n{\"res"), failing{broken}), Options{Name: "x"},
		func(Entry) error { calls++; return nil })
	if !errors.Is(err, broken) || calls != 1 {
		t.Errorf("failing reader: got %v after %d calls", err, calls)
	}
}

// TestRead_memory reads a Bundle of many times the memory that it may take.
func TestRead_memory(t *testing.T) {
	const entries, limit = 10_000, 16 << 20
	filler := `{"resource":{"resourceType":"Observation","note":"` + strings.Repeat("x", 4000) + `"}},` + `{"resource":` + ada + `},`
	bundle := io.MultiReader(
		strings.NewReader(`{"resourceType":"Bundle","entry":[`), io.LimitReader(&cycle{text: filler}, int64(entries*len(filler))),
		strings.NewReader(`{"resource":`+ben+`}]}`),
	)
	patients := 0
	var before, m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak := before.HeapAlloc
	err := Read(context.Background(), bundle, Options{}, func(e Entry) error {
		if e.Record == nil {
			return nil
		}
		if patients++; patients%1000 == 0 {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
		return nil
	})
	if err != nil || patients != entries+1 {
		t.Errorf("%d patients, %v", patients, err)
	}
	if used := peak - before.HeapAlloc; used > limit {
		t.Errorf("%d MiB in use", used>>20)
	}
}

// cycle repeats a text for ever.
type cycle struct {
	text string
	at   int
}

func (c *cycle) Read(p []byte) (int, error) {
	n := copy(p, c.text[c.at:])
	c.at = (c.at + n) % len(c.text)
	return n, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
