package hl7

import (
	"encoding/hex"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Value is a field, a repetition, a component or a subcomponent, still in its escaped form.
type Value struct {
	raw   string
	marks *marks
}

// Empty reports that nothing was said; what it stands for is unchanged.
func (v Value) Empty() bool { return strings.TrimSpace(v.raw) == "" }

// Null reports HL7's "", by which a sender deletes.
func (v Value) Null() bool { return strings.TrimSpace(v.raw) == `""` }

// Said reports that there is a value.
func (v Value) Said() bool { return !v.Empty() && !v.Null() }

// Repetitions are those of a field that say something.
func (v Value) Repetitions() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.marks == nil {
			return
		}
		for raw := range strings.SplitSeq(v.raw, v.marks.repetition) {
			if one := (Value{raw, v.marks}); one.Said() && !yield(one) {
				return
			}
		}
	}
}

// Component is component n, counted from 1, of a repetition (of a field: of its first).
func (v Value) Component(n int) Value {
	if v.marks == nil {
		return v
	}
	return v.first(v.marks.repetition).nth(v.marks.component, n)
}

// Sub is subcomponent n, counted from 1, of a component.
func (v Value) Sub(n int) Value {
	if v.marks == nil {
		return v
	}
	return v.nth(v.marks.sub, n)
}

func (v Value) first(mark string) Value {
	raw, _, _ := strings.Cut(v.raw, mark)
	return Value{raw, v.marks}
}

func (v Value) nth(mark string, n int) Value {
	raw, rest, more := strings.Cut(v.raw, mark)
	for ; n > 1; n-- {
		if !more {
			return Value{}
		}
		raw, rest, more = strings.Cut(rest, mark)
	}
	return Value{raw, v.marks}
}

// Text is the value's first repetition, component and subcomponent in plain text, trimmed, in one line; "" for null.
func (v Value) Text() string {
	if v.marks == nil || v.Null() {
		return ""
	}
	one := v.Component(1).Sub(1)
	if one.Null() {
		return ""
	}
	return clean(unescape(one.raw, v.marks))
}

// unescape replaces the escape sequences. One that isn't closed, or not of HL7, is text.
func unescape(s string, m *marks) string {
	before, rest, ok := strings.Cut(s, m.escape)
	if !ok {
		return s
	}
	var b strings.Builder
	for ok {
		b.WriteString(before)
		code, after, closed := strings.Cut(rest, m.escape)
		plain, known := meaning(code, m)
		if !closed || !known {
			b.WriteString(m.escape)
			before, rest, ok = strings.Cut(rest, m.escape)
			continue
		}
		b.WriteString(plain)
		before, rest, ok = strings.Cut(after, m.escape)
	}
	b.WriteString(before)
	return b.String()
}

// meaning is the text for an escape sequence's inside.
func meaning(code string, m *marks) (plain string, known bool) {
	switch code {
	case "F":
		return m.field, true
	case "S":
		return m.component, true
	case "T":
		return m.sub, true
	case "R":
		return m.repetition, true
	case "E":
		return m.escape, true
	case "H", "N": // highlighting on and off
		return "", true
	}
	if strings.HasPrefix(code, ".") { // formatting: line breaks, indents
		return " ", len(code) <= 6 && !strings.ContainsAny(code, " ,")
	}
	if digits, ok := strings.CutPrefix(code, "X"); ok {
		bytes, err := hex.DecodeString(digits)
		if err != nil || utf8.Valid(bytes) {
			return string(bytes), err == nil
		}
		bytes, err = charmap.Windows1252.NewDecoder().Bytes(bytes)
		return string(bytes), err == nil
	}
	return "", false
}

// clean trims a text and turns control characters and runs of white space into single spaces.
func clean(s string) string {
	blank := func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }
	if !strings.ContainsFunc(s, blank) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, blank), " ")
}
