package hl7

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outline reads text and gives a line for each entry: its line, control id, event and fate.
func outline(t *testing.T, text string) (lines []string) {
	t.Helper()
	err := Read(context.Background(), strings.NewReader(text), Options{}, func(e Entry) error {
		what := e.Type + "^" + e.Event
		switch {
		case e.Reject != nil:
			what = e.Reject.Reason
		case e.Ignored:
			what += " ignored"
		}
		lines = append(lines, fmt.Sprintf("%d %s %s", e.Line, e.ControlID, what))
		return nil
	})
	if err != nil {
		t.Fatal(err)
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

func message(id, event, end string) string {
	return strings.Join([]string{"MSH|^~\\&|A|B|||20240501||" + event + "|" + id, "EVN||20240501", "PID|1||5^^^MRN", ""}, end)
}

func TestRead_formats(t *testing.T) {
	two := func(end, between string) string {
		return message("1", "ADT^A28", end) + between + message("2", "ORU^R01", end)
	}
	cases := map[string]struct {
		text string
		want []string
	}{
		"empty":       {"", nil},
		"blank":       {"\r\n\n \r", nil},
		"cr":          {two("\r", ""), []string{"1 1 ADT^A28", "4 2 ORU^R01 ignored"}},
		"lf":          {two("\n", ""), []string{"1 1 ADT^A28", "4 2 ORU^R01 ignored"}},
		"crlf":        {two("\r\n", "\r\n"), []string{"1 1 ADT^A28", "5 2 ORU^R01 ignored"}},
		"cr_then_lf":  {two("\r", "\n\n"), []string{"1 1 ADT^A28", "5 2 ORU^R01 ignored"}},
		"framed":      {"\x0b" + message("1", "ADT^A28", "\r") + "\x1c\r\x0b" + message("2", "ADT^A28", "\r") + "\x1c\r", []string{"1 1 ADT^A28", "5 2 ADT^A28"}},
		"batch":       {"FHS|^~\\&|x\rBHS|^~\\&\r" + message("1", "ADT^A28", "\r") + "BTS|1\rFTS|1\r", []string{"3 1 ADT^A28"}},
		"no_last_end": {strings.TrimSpace(message("1", "ADT^A28", "\r")), []string{"1 1 ADT^A28"}},
		"bom":         {"\xef\xbb\xbf" + message("1", "ADT^A28", "\r"), []string{"1 1 ADT^A28"}},
		"gzip":        {zipped(two("\r", "")), []string{"1 1 ADT^A28", "4 2 ORU^R01 ignored"}},
		"utf16":       {"\xfe\xff\x00" + strings.Join(strings.Split(message("1", "ADT^A28", "\r"), ""), "\x00"), []string{"1 1 ADT^A28"}},
		"two_senders": {message("1", "ADT^A28", "\r") + "MSH#*~\\&#A#B#####ADT*A28#2\rPID#1##6", []string{"1 1 ADT^A28", "4 2 ADT^A28"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outline(t, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_bad_messages_cost_only_themselves(t *testing.T) {
	good := message("2", "ADT^A28", "\r")
	long := "MSH|^~\\&|A|B|||||ADT^A28|9\rPID|1||5\rOBX|" + strings.Repeat("QUJD", MaxMessage/4) + "\r"
	cases := map[string]struct {
		text string
		want []string
	}{
		"nonsense_first": {"hello\rthere\r" + good, []string{"1  text outside a message: no MSH segment before it", "3 2 ADT^A28"}},
		"after_a_batch":  {good + "BTS|1\rPID|1\r" + good, []string{"1 2 ADT^A28", "5  text outside a message: no MSH segment before it", "6 2 ADT^A28"}},
		"no_delimiters":  {"MSH|\r" + good, []string{"1  no MSH segment with delimiters", "2 2 ADT^A28"}},
		"no_patient":     {"MSH|^~\\&|A|B|||||ADT^A01|1\r" + good, []string{"1 1 PID: missing", "2 2 ADT^A28"}},
		"too_long":       {long + good, []string{"1  the message is longer than 16 MiB", "4 2 ADT^A28"}},
		"long_header":    {"MSH|^~\\&|" + long + "\r" + good, []string{"1  the message is longer than 16 MiB", "5 2 ADT^A28"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outline(t, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_damaged_gzip(t *testing.T) {
	var text strings.Builder
	for i := range 2000 {
		text.WriteString(message(fmt.Sprint(i*7919%2003), "ADT^A28", "\r"))
	}
	whole := zipped(text.String())
	got := outline(t, whole[:len(whole)/2])
	if last := got[len(got)-1]; len(got) < 100 || !strings.HasSuffix(last, "the compressed file is damaged or cut off here") {
		t.Errorf("%d entries, the last %q", len(got), last)
	}
}

func TestRead_stops(t *testing.T) {
	text := message("1", "ADT^A28", "\r") + message("2", "ADT^A28", "\r")
	enough := errors.New("enough")
	calls := 0
	err := Read(context.Background(), strings.NewReader(text), Options{}, func(Entry) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("fn's error: got %v after %d calls", err, calls)
	}

	ctx, cancel := context.WithCancel(context.Background())
	err = Read(ctx, &repeat{row: []byte(text)}, Options{Name: "x"}, func(Entry) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}

	broken := errors.New("the disk is gone")
	calls = 0
	err = Read(context.Background(), io.MultiReader(strings.NewReader(text), failing{broken}), Options{Name: "x"}, func(Entry) error { calls++; return nil })
	if !errors.Is(err, broken) || calls != 1 {
		t.Errorf("failing reader: got %v after %d calls; half a message is none", err, calls)
	}
}

type repeat struct{ row []byte }

func (r *repeat) Read(p []byte) (int, error) { return copy(p, r.row), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// realData is a file of real data from beside the repository, or a skipped test.
func realData(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", name))
	if err != nil {
		t.Skipf("real data isn't here, it lies beside the repository in ../shared/data: %v", err)
	}
	return data
}

func TestRead_real(t *testing.T) {
	counts, doctors := map[string]int{}, map[string]bool{}
	err := Read(context.Background(), bytes.NewReader(realData(t, "simhospital.hl7")), Options{}, func(e Entry) error {
		switch {
		case e.Reject != nil:
			t.Errorf("line %d: %s", e.Line, e.Reject.Reason)
		case e.Ignored:
			counts["ignored"]++
			return nil
		}
		counts[e.Event]++
		if e.Patient.BirthDate == "" || e.Patient.Name.Display() == "" || len(e.Patient.Identifiers) != 2 || len(e.Notes) > 0 {
			t.Errorf("line %d: incomplete: %+v %q", e.Line, e.Patient, e.Notes)
		}
		if s := e.Stay; e.Event == "A01" && (len(s.Refs) != 1 || s.Place == nil || s.Start == nil || len(s.Participants) != 1 || s.Class != "IMP") {
			t.Errorf("line %d: incomplete: %+v", e.Line, s)
		}
		for _, p := range e.Practitioners {
			doctors[p.Name.Formal()] = true
		}
		counts["merges"] += len(e.Merges)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"A01": 278, "A34": 1, "ignored": 421, "merges": 1}, counts); diff != "" {
		t.Error(diff)
	}
	if len(doctors) != 7 {
		t.Errorf("doctors: %v", doctors)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "MSH|", adt("A01", pid, pv1), adt("A40", pid, "MRG|2"), adt("A08", `PID|1||5||""||""`, "NK1|1|A^B|SPO", "ROL|1|AD|X|D1^E"),
		message("1", "ADT^A28", "\r\n") + message("2", "ORU^R01", "\n"), zipped(adt("A03", pid)), "\x0b" + adt("A01", pid) + "\x1c\r",
		"FHS|\rMSH|^~\\&|A\\X41\\|\\\\|\\F", "MSH|||||||\r\rPID", "\xff\xfeM\x00S\x00H\x00|\x00", "PID|1\nMSH|^~\\&|\n|x",
		"MSH|^~\\&|A|B|||||ADT^A01|1|||||||8859/1\rPID|1||5||M\xfcller",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'}) + 1
		recoded := bytes.HasPrefix(data, []byte{0x1f, 0x8b}) || bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff})
		last := 0
		err := Read(context.Background(), bytes.NewReader(data), Options{}, func(e Entry) error {
			if e.Line < 1 || e.Line < last || !recoded && e.Line > lines {
				t.Errorf("line %d of %d after %d", e.Line, lines, last)
			}
			last = e.Line
			taken := e.Patient != nil
			if taken && (e.Reject != nil || e.Ignored) || !taken && (e.Reject == nil) == !e.Ignored {
				t.Errorf("fate: %+v", e)
			}
			if e.Reject != nil && (e.Reject.Line != e.Line || e.Reject.Reason == "") {
				t.Errorf("reject of line %d: %+v", e.Line, e.Reject)
			}
			if taken && (len(e.Patient.Refs) == 0 || e.Stay != nil && e.Stay.Patient != e.Patient.Refs[0]) {
				t.Errorf("refs: %+v %+v", e.Patient, e.Stay)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if m, err := Parse(data); err == nil {
			Decode(m, Options{})
		}
	})
}

func BenchmarkRead(b *testing.B) {
	admit := adt("A01", pid, pv1) + "\r"
	results := message("1", "ORU^R01", "\r") + strings.Repeat("OBX|1|NM|tt-0003-01^Creatinine^WinPath^^||98.00|UMOLL|49 - 92|H|||F|||20200501140643||\r", 10)
	for _, c := range []struct{ name, text string }{{"admissions", strings.Repeat(admit, 2000)}, {"results", strings.Repeat(results, 2000)}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Read(context.Background(), strings.NewReader(c.text), Options{}, func(Entry) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead_real(b *testing.B) {
	data := realData(b, "simhospital.hl7")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := Read(context.Background(), bytes.NewReader(data), Options{}, func(Entry) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
