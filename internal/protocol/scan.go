package protocol

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how many objects and lists may stand inside each other. No request of the contract has more
// than two; the rest is room for later ones, and a bound on the stack that a hostile body can use.
const maxDepth = 32

// scanner reads the tokens of one JSON text (RFC 8259). Each method expects pos at the token's first byte and leaves it
// after the last; a fault leaves pos at the byte that can't be right.
type scanner struct {
	in  string
	pos int
}

// span is a JSON string as written, without its quotes.
type span struct {
	raw     string
	escaped bool // has \ escapes: raw is not the text itself
	broken  bool // has bytes that are not UTF-8
}

// peek skips white space and is the first byte after it, or 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.in); s.pos++ {
		if c := s.in[s.pos]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

// expect reads c, with white space before it.
func (s *scanner) expect(c byte) *DecodeError {
	if s.peek() != c || s.pos == len(s.in) {
		return s.fault()
	}
	s.pos++
	return nil
}

// more reads what stands between two items: true after a comma, false after the closing byte.
func (s *scanner) more(closing byte) (bool, *DecodeError) {
	switch s.peek() {
	case ',':
		s.pos++
		return true, nil
	case closing:
		s.pos++
		return false, nil
	}
	return false, s.fault()
}

// end sees to it that nothing follows.
func (s *scanner) end() *DecodeError {
	if s.peek(); s.pos < len(s.in) {
		return malformed("Something follows the JSON object, from byte " + strconv.Itoa(s.pos) + " on; send one object and nothing else.")
	}
	return nil
}

// fault is the error for a byte that can't stand at pos.
func (s *scanner) fault() *DecodeError {
	if s.pos >= len(s.in) {
		return malformed("The JSON breaks off before it is complete; send one whole JSON object.")
	}
	return malformed("This is not JSON from byte " + strconv.Itoa(s.pos) + " on; send one JSON object in UTF-8.")
}

// str reads a string. Bytes that are not UTF-8 are no fault here: whoever wants the text refuses them, naming the field.
func (s *scanner) str() (span, *DecodeError) {
	var sp span
	for i := s.pos + 1; i < len(s.in); {
		c := s.in[i]
		switch {
		case c == '"':
			sp.raw = s.in[s.pos+1 : i]
			s.pos = i + 1
			return sp, nil
		case c == '\\':
			n := escapeLen(s.in[i:])
			if n == 0 {
				s.pos = i
				return span{}, s.fault()
			}
			sp.escaped = true
			i += n
		case c < ' ':
			s.pos = i
			return span{}, s.fault()
		case c < utf8.RuneSelf:
			i += plainPrefix(s.in[i:])
		default:
			r, n := utf8.DecodeRuneInString(s.in[i:])
			sp.broken = sp.broken || r == utf8.RuneError && n == 1
			i += n
		}
	}
	s.pos = len(s.in)
	return span{}, s.fault()
}

// number reads a number and returns it as written.
func (s *scanner) number() (string, *DecodeError) {
	start := s.pos
	s.skipByte('-')
	if !s.skipByte('0') && s.digits() == 0 {
		return "", s.fault()
	}
	if s.skipByte('.') && s.digits() == 0 {
		return "", s.fault()
	}
	if s.skipByte('e') || s.skipByte('E') {
		if !s.skipByte('+') {
			s.skipByte('-')
		}
		if s.digits() == 0 {
			return "", s.fault()
		}
	}
	return s.in[start:s.pos], nil
}

// word reads true, false or null.
func (s *scanner) word(w string) *DecodeError {
	if !strings.HasPrefix(s.in[s.pos:], w) {
		return s.fault()
	}
	s.pos += len(w)
	return nil
}

func (s *scanner) skipByte(c byte) bool {
	if s.pos < len(s.in) && s.in[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) digits() int {
	start := s.pos
	for s.pos < len(s.in) && '0' <= s.in[s.pos] && s.in[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}

// text is the string meant; false where it is not one: broken UTF-8, or half of a surrogate pair.
func (sp span) text() (string, bool) {
	if sp.broken {
		return "", false
	}
	if !sp.escaped {
		return sp.raw, true
	}
	return unescape(sp.raw)
}

// unescape resolves the escapes of raw, which str has read.
func unescape(raw string) (string, bool) {
	out := make([]byte, 0, len(raw))
	for {
		i := strings.IndexByte(raw, '\\')
		if i < 0 {
			return string(append(out, raw...)), true
		}
		out, raw = append(out, raw[:i]...), raw[i:]
		if raw[1] != 'u' {
			out, raw = append(out, escapedByte(raw[1])), raw[2:]
			continue
		}
		r := hex4(raw[2:])
		raw = raw[6:]
		if utf16.IsSurrogate(r) {
			if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
				return "", false
			}
			if r = utf16.DecodeRune(r, hex4(raw[2:])); r == utf8.RuneError {
				return "", false
			}
			raw = raw[6:]
		}
		out = utf8.AppendRune(out, r)
	}
}

// escapeLen is the length of the escape that s begins with, 0 if it is none.
func escapeLen(s string) int {
	switch {
	case len(s) < 2:
		return 0
	case s[1] == 'u':
		if len(s) >= 6 && hex4(s[2:]) >= 0 {
			return 6
		}
		return 0
	case escapedByte(s[1]) == 0:
		return 0
	}
	return 2
}

// escapedByte is the byte that \c stands for, 0 if there is no such escape.
func escapedByte(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// hex4 is the value of the first four hexadecimal digits of s, -1 where there are fewer.
func hex4(s string) rune {
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}
