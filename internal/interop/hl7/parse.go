package hl7

import (
	"bytes"
	"errors"
	"strings"
)

// ErrNoHeader is returned for bytes that don't begin with a usable MSH segment.
var ErrNoHeader = errors.New("no MSH segment with delimiters")

// Message is one parsed message. It holds the text and splits it on demand, as most of a message is never looked at.
type Message struct {
	segments []Segment
}

// Segment is one line of a message.
type Segment struct {
	Name  string
	line  string
	marks *marks
}

// marks are a message's delimiters.
type marks struct {
	field, component, repetition, escape, sub string
}

// Parse takes a message apart. It accepts any segment ends, MLLP framing around the message, blank lines and unknown
// segments, and decodes the character set of MSH-18.
func Parse(message []byte) (Message, error) {
	message = bytes.Trim(bytes.TrimPrefix(message, []byte("\xef\xbb\xbf")), "\x0b\x1c \t\r\n")
	m, err := readMarks(message)
	if err != nil {
		return Message{}, err
	}
	var msg Message
	var whole [][]string // further lines of each segment
	for line := range strings.FieldsFuncSeq(decodeText(message, m), isLineEnd) {
		line = strings.TrimLeft(line, " \t\x0b\x1c")
		switch {
		case line == "":
		case isSegment(line, m):
			msg.segments = append(msg.segments, Segment{line[:3], line, m})
			whole = append(whole, nil)
		default: // a line break within a field, where segments end otherwise
			whole[len(whole)-1] = append(whole[len(whole)-1], line)
		}
	}
	for i, more := range whole {
		if more != nil {
			msg.segments[i].line += " " + strings.Join(more, " ")
		}
	}
	return msg, nil
}

func isLineEnd(r rune) bool { return r == '\r' || r == '\n' }

// readMarks reads MSH-1 and MSH-2; what MSH-2 leaves out is as usual.
func readMarks(message []byte) (*marks, error) {
	if len(message) < 5 || !isHeader(message) {
		return nil, ErrNoHeader
	}
	m := &marks{field: string(message[3:4]), component: "^", repetition: "~", escape: `\`, sub: "&"}
	header, _, _ := bytes.Cut(message[4:], message[3:4])
	for i, mark := range []*string{&m.component, &m.repetition, &m.escape, &m.sub} {
		if i < len(header) && isMark(header[i]) {
			*mark = string(header[i : i+1])
		}
	}
	return m, nil
}

// isHeader reports whether a message begins here: MSH and a byte that can be a delimiter.
func isHeader(line []byte) bool {
	return len(line) > 3 && string(line[:3]) == "MSH" && isMark(line[3])
}

// isMark reports whether the byte can be a delimiter: it prints and is no letter or digit.
func isMark(c byte) bool {
	return c > ' ' && c < 0x7f && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}

// isSegment reports whether the line begins with a segment's name.
func isSegment(line string, m *marks) bool {
	if len(line) < 3 || line[0] < 'A' || line[0] > 'Z' {
		return false
	}
	for _, c := range []byte(line[1:3]) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return len(line) == 3 || strings.HasPrefix(line[3:], m.field)
}

// Segment is the first segment of that name, or one without fields.
func (m Message) Segment(name string) Segment {
	for _, s := range m.segments {
		if s.Name == name {
			return s
		}
	}
	return Segment{}
}

// All are the segments of that name, in order.
func (m Message) All(name string) (all []Segment) {
	for _, s := range m.segments {
		if s.Name == name {
			all = append(all, s)
		}
	}
	return all
}

// Present reports whether the message has the segment.
func (s Segment) Present() bool { return s.Name != "" }

// Field is field n, counted from 1 as in the standard; one that isn't there is empty.
func (s Segment) Field(n int) Value {
	if s.marks == nil {
		return Value{}
	}
	if s.Name == "MSH" {
		n-- // MSH-1 is the first delimiter itself
	}
	if n == 0 {
		return Value{s.marks.field, s.marks}
	}
	return Value{s.line, s.marks}.nth(s.marks.field, n+1)
}
