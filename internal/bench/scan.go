package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// frame is what a load needs to know of a server's frame or page. Its slices are parts of the bytes that were scanned.
type frame struct {
	op       []byte // empty for a page
	cursor   []byte
	ref      []byte
	code     []byte
	detail   []byte
	messages []message // of changes and pages, or the one of sent
	others   int       // changes of other types
	more     bool
}

// message is one that a server told.
type message struct {
	conversation, id, sender, text []byte
	seq, version                   int64
}

var errJSON = errors.New("the server sent what isn't the JSON that this client knows")

// scan reads b, which is one JSON object, into f and keeps what f has allocated. Fields that it doesn't know are passed
// over, in any order.
func (f *frame) scan(b []byte) error {
	*f = frame{messages: f.messages[:0]}
	s := scanner{b: b}
	for more := s.open('{'); more; more = s.next('}') {
		switch string(s.key()) {
		case "op":
			f.op = s.text()
		case "cursor":
			f.cursor = s.text()
		case "ref":
			f.ref = s.text()
		case "code":
			f.code = s.text()
		case "detail":
			f.detail = s.text()
		case "more":
			f.more = string(s.skip()) == "true"
		case "message":
			f.messages = append(f.messages, s.message())
		case "changes":
			f.changes(&s)
		default:
			s.skip()
		}
	}
	s.space()
	if s.bad || s.i != len(b) {
		return errJSON
	}
	return nil
}

// trouble is what a server says when it refuses, or ends the connection.
func (f *frame) trouble() error {
	switch string(f.op) {
	case "error":
		return fmt.Errorf("the server refused: %s: %s", f.code, f.detail)
	case "bye":
		return fmt.Errorf("the server said bye: %s", f.code)
	}
	return nil
}

func (f *frame) changes(s *scanner) {
	for more := s.open('['); more; more = s.next(']') {
		found := false
		for more := s.open('{'); more; more = s.next('}') {
			if string(s.key()) != "message" {
				s.skip()
				continue
			}
			f.messages = append(f.messages, s.message())
			found = true
		}
		if !found {
			f.others++
		}
	}
}

// scanner goes through JSON that a server of ours made. It is no validator: it accepts some of what isn't JSON, but goes
// past no end, and texts are compared with what was sent. Once something is bad it stays so and every loop ends.
type scanner struct {
	b   []byte
	i   int
	bad bool
}

func (s *scanner) fail() {
	s.bad, s.i = true, len(s.b)
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// peek is the next byte that isn't white space, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.i >= len(s.b) {
		return 0
	}
	return s.b[s.i]
}

func (s *scanner) want(c byte) {
	if s.peek() != c {
		s.fail()
		return
	}
	s.i++
}

// open begins an object or a list; it is false where that is empty.
func (s *scanner) open(bracket byte) bool {
	s.want(bracket)
	if c := s.peek(); c == '}' && bracket == '{' || c == ']' && bracket == '[' {
		s.i++
		return false
	}
	return !s.bad
}

// next goes on to the next item; it is false at the closing bracket.
func (s *scanner) next(bracket byte) bool {
	switch s.peek() {
	case ',':
		s.i++
		return true
	case bracket:
		s.i++
	default:
		s.fail()
	}
	return false
}

func (s *scanner) key() []byte {
	key := s.quoted()
	s.want(':')
	return key
}

// text is the value of a string.
func (s *scanner) text() []byte {
	raw := s.quoted()
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var v string
	if json.Unmarshal(s.b[s.i-len(raw)-2:s.i], &v) != nil {
		s.fail()
	}
	return []byte(v)
}

// quoted is what stands between the quotes of a string, escapes as they are.
func (s *scanner) quoted() []byte {
	s.want('"')
	start := s.i
	for !s.bad {
		n := bytes.IndexByte(s.b[s.i:], '"')
		if n < 0 {
			break
		}
		escapes := 0
		for at := s.i + n - 1; at >= start && s.b[at] == '\\'; at-- {
			escapes++
		}
		s.i += n + 1
		if escapes%2 == 0 {
			return s.b[start : s.i-1]
		}
	}
	s.fail()
	return nil
}

func (s *scanner) whole() int64 {
	n, ok := digits(s.skip())
	if !ok {
		s.fail()
	}
	return n
}

// skip passes over any value and returns its bytes.
func (s *scanner) skip() []byte {
	c := s.peek()
	start := s.i
	switch c {
	case '"':
		s.quoted()
	case '{', '[':
		s.nested()
	default:
		for s.i < len(s.b) && !ends(s.b[s.i]) {
			s.i++
		}
		if s.i == start {
			s.fail()
		}
	}
	if s.bad {
		return nil
	}
	return s.b[start:s.i]
}

func ends(c byte) bool {
	switch c {
	case ',', '}', ']', ':', '{', '[', '"', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// nested passes over an object or a list.
func (s *scanner) nested() {
	for depth := 0; ; {
		switch s.peek() {
		case 0:
			s.fail()
			return
		case '"':
			s.quoted()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.i++
		if depth == 0 {
			return
		}
	}
}

func (s *scanner) message() (m message) {
	for more := s.open('{'); more; more = s.next('}') {
		switch string(s.key()) {
		case "conversation":
			m.conversation = s.text()
		case "seq":
			m.seq = s.whole()
		case "id":
			m.id = s.text()
		case "sender":
			m.sender = s.text()
		case "text":
			m.text = s.text()
		case "version":
			m.version = s.whole()
		default:
			s.skip()
		}
	}
	return m
}
