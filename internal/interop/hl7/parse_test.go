package hl7

import (
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func parsed(t *testing.T, text string) Message {
	t.Helper()
	m, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return m
}

func TestParse_delimiters(t *testing.T) {
	cases := map[string]string{
		"usual":           "MSH|^~\\&|APP|FAC\rPID|1||77&a^x~88",
		"lf":              "MSH|^~\\&|APP|FAC\nPID|1||77&a^x~88\n",
		"crlf":            "MSH|^~\\&|APP|FAC\r\n\r\nPID|1||77&a^x~88\r\n",
		"framed":          "\x0bMSH|^~\\&|APP|FAC\rPID|1||77&a^x~88\r\x1c\r",
		"bom_and_indents": "\xef\xbb\xbfMSH|^~\\&|APP|FAC\n  PID|1||77&a^x~88",
		"own":             "MSH!*?%$!APP!FAC\rPID!1!!77$a*x?88",
		"truncation_mark": "MSH|^~\\&#|APP|FAC\rPID|1||77&a^x~88",
		"left_out":        "MSH||APP|FAC\rPID|1||77&a^x~88",
		"unknown_segment": "MSH|^~\\&|APP|FAC\rZXY|a|b\rPID|1||77&a^x~88",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, text)
			if got := m.Segment("MSH").Field(4).Text(); got != "FAC" {
				t.Errorf("MSH-4 is %q", got)
			}
			field := m.Segment("PID").Field(3)
			reps := slices.Collect(field.Repetitions())
			if len(reps) != 2 || reps[1].Text() != "88" {
				t.Fatalf("%d repetitions", len(reps))
			}
			if field.Text() != "77" || field.Component(1).Sub(2).Text() != "a" || field.Component(2).Text() != "x" {
				t.Errorf("got %q, %q, %q", field.Text(), field.Component(1).Sub(2).Text(), field.Component(2).Text())
			}
			for _, absent := range []Value{field.Component(9), field.Component(9).Sub(2), m.Segment("PID").Field(99), m.Segment("ABC").Field(1)} {
				if !absent.Empty() || absent.Said() || absent.Text() != "" || slices.Collect(absent.Repetitions()) != nil {
					t.Errorf("something where nothing is: %+v", absent)
				}
			}
		})
	}
}

func TestParse_refused(t *testing.T) {
	for _, text := range []string{"", "MSH", "MSH|", "MSHx^~\\&x", "PID|1", "MSH ^~", "msh|^~\\&|"} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrNoHeader) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestParse_line_break_in_a_field(t *testing.T) {
	m := parsed(t, "MSH|^~\\&|APP\rNTE|1|one\ntwo|three\rPID|1")
	if nte := m.Segment("NTE"); nte.Field(2).Text() != "one two" || nte.Field(3).Text() != "three" {
		t.Errorf("got %q and %q", nte.Field(2).Text(), nte.Field(3).Text())
	}
	if !m.Segment("PID").Present() {
		t.Error("the next segment is gone")
	}
}

func TestValue_null(t *testing.T) {
	pid := parsed(t, "MSH|^~\\&|APP\rPID|\"\"||\"\"^\"\"| |x").Segment("PID")
	cases := []struct {
		v                 Value
		empty, null, said bool
	}{
		{pid.Field(1), false, true, false},
		{pid.Field(2), true, false, false},
		{pid.Field(3).Component(2), false, true, false},
		{pid.Field(4), true, false, false},
		{pid.Field(5), false, false, true},
	}
	for i, c := range cases {
		if c.v.Empty() != c.empty || c.v.Null() != c.null || c.v.Said() != c.said {
			t.Errorf("case %d: %+v", i, c.v)
		}
		if !c.said && c.v.Text() != "" {
			t.Errorf("case %d has the text %q", i, c.v.Text())
		}
	}
}

func TestText_escapes(t *testing.T) {
	for in, want := range map[string]string{
		`a\F\b\S\c\T\d\R\e\E\f`: `a|b^c&d~e\f`,
		`\X4dc3bc\ller`:         "Müller",
		`M\XFC\ller`:            "Müller",
		`\X4\`:                  `\X4\`,
		`one\.br\two`:           "one two",
		`\H\bold\N\`:            "bold",
		`C:\temp\new`:           `C:\temp\new`,
		`open\`:                 `open\`,
		`\`:                     `\`,
		`\\`:                    `\\`,
		`a\Q\F\b`:               `a\Q|b`,
		"tab\tand  blanks ":     "tab and blanks",
	} {
		if got := parsed(t, "MSH|^~\\&|"+in).Segment("MSH").Field(3).Text(); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestParse_charsets(t *testing.T) {
	latin := func(s string) string { out, _ := charmap.ISO8859_1.NewEncoder().String(s); return out }
	greek := func(s string) string { out, _ := charmap.ISO8859_7.NewEncoder().String(s); return out }
	han := func(s string) string { out, _ := simplifiedchinese.GB18030.NewEncoder().String(s); return out }
	cases := []struct{ charset, name, bytes string }{
		{"", "Müller", "Müller"},
		{"", "Müller", latin("Müller")},
		{"ASCII", "Müller", latin("Müller")},
		{"ASCII", "Mueller", "Mueller"},
		{"8859/1", "Müller", latin("Müller")},
		{"8859-1", "Müller", latin("Müller")},
		{"ISO-8859-1~8859/7", "Müller", latin("Müller")},
		{"8859/7", "Γιώργος", greek("Γιώργος")},
		{"UNICODE UTF-8", "Зоя", "Зоя"},
		{"UNICODE UTF-8", "Müller", latin("Müller")},
		{"GB 18030-2000", "俞", han("俞")},
		{"KLINGON", "Müller", "Müller"},
	}
	for _, c := range cases {
		m := parsed(t, "MSH|^~\\&|A|B|C|D|||ADT^A01|1|P|2.5||||||"+c.charset+"\rPID|1||||"+c.bytes)
		if got := m.Segment("PID").Field(5).Text(); got != c.name {
			t.Errorf("%q: got %q, want %q", c.charset, got, c.name)
		}
	}
}

func TestParseTime(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	cases := []struct{ in, date, first, last string }{
		{"2020", "2020", "2019-12-31T23:00:00Z", "2020-12-31T22:59:59.999Z"},
		{"202002", "2020-02", "2020-01-31T23:00:00Z", "2020-02-29T22:59:59.999Z"},
		{"20200229", "2020-02-29", "2020-02-28T23:00:00Z", "2020-02-29T22:59:59.999Z"},
		{"2020022914", "2020-02-29", "2020-02-29T13:00:00Z", ""},
		{"202002291405", "2020-02-29", "2020-02-29T13:05:00Z", ""},
		{"20200229140607", "2020-02-29", "2020-02-29T13:06:07Z", ""},
		{"20200229140607.1234", "2020-02-29", "2020-02-29T13:06:07.1234Z", ""},
		{"20200229140607.1234-0530", "2020-02-29", "2020-02-29T19:36:07.1234Z", ""},
		{"20200229140607+0200", "2020-02-29", "2020-02-29T12:06:07Z", ""},
		{"20161231235960", "2016-12-31", "2016-12-31T23:00:00Z", ""},
		{"19890118000000", "1989-01-18", "1989-01-17T23:00:00Z", ""},
		{"19890000", "1989", "1988-12-31T23:00:00Z", "1989-12-31T22:59:59.999Z"},
		{"19890300000000", "1989-03", "1989-02-28T23:00:00Z", "1989-03-31T22:59:59.999Z"},
		{"2020-02-29 14:05", "2020-02-29", "2020-02-29T13:05:00Z", ""},
		{"2020-02-29T14:05:06Z", "2020-02-29", "2020-02-29T14:05:06Z", ""},
	}
	for _, c := range cases {
		w, ok := parseTime(c.in)
		if !ok {
			t.Errorf("%s: refused", c.in)
			continue
		}
		if c.last == "" {
			c.last = c.first
		}
		first, last := w.time(berlin, false).Format(time.RFC3339Nano), w.time(berlin, true).Format(time.RFC3339Nano)
		if w.date() != c.date || first != c.first || last != c.last {
			t.Errorf("%s: got %s, %s to %s", c.in, w.date(), first, last)
		}
	}
	for _, in := range []string{"", "19", "202013", "20200230", "2020022925", "202002291460", "20200229140661", "20200229+9900", "NK", "0000"} {
		if w, ok := parseTime(in); ok {
			t.Errorf("%q taken for %+v", in, w)
		}
	}
}
