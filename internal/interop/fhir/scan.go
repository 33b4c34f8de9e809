package fhir

import "errors"

// Finding where a JSON value ends needs only its brackets and strings, at a tenth of the cost of decoding it, and still
// works when what is inside is wrong: so one bad Bundle entry leaves the next one readable.

// Why a value couldn't be had. The texts are for the person who runs the import.
var (
	errCut     = errors.New("the file ends in the middle of it")
	errLong    = errors.New("longer than 16 MiB")
	errNewline = errors.New("the line ends in the middle of it")
	errNesting = errors.New("brackets do not match")
	errGrammar = errors.New("not valid JSON")
)

// maxDepth is where encoding/json gives up too.
const maxDepth = 10000

// scanner follows one value through its bytes.
type scanner struct {
	open    []byte // the brackets to close, innermost last
	inText  bool
	escaped bool
	begun   bool
}

func (n *scanner) reset() { *n = scanner{open: n.open[:0]} }

// What a byte means to a scanner: outside a text, inside one, or nothing.
const (
	outside = 1 << iota
	inside
)

var meaning = [256]byte{
	'"': outside | inside, '\\': inside, '\n': outside | inside,
	'{': outside, '[': outside, '}': outside, ']': outside, ',': outside, ' ': outside, '\t': outside, '\r': outside,
}

// scan returns how many bytes of p belong to the value, and whether it is complete. With row set a newline breaks it.
func (n *scanner) scan(p []byte, row bool) (used int, done bool, err error) {
	for i := 0; i < len(p) && !done && err == nil; i = used {
		if n.inText {
			used, done, err = n.scanText(p, i, row)
		} else {
			used, done, err = n.scanOutside(p, i, row)
		}
	}
	return used, done, err
}

// scanText goes from i to behind the closing quote.
func (n *scanner) scanText(p []byte, i int, row bool) (used int, done bool, err error) {
	for ; i < len(p); i++ {
		if n.escaped {
			n.escaped = false
			continue
		}
		switch c := p[i]; {
		case meaning[c]&inside == 0:
		case c == '\\':
			n.escaped = true
		case c == '"':
			n.inText = false
			return i + 1, len(n.open) == 0, nil
		case row:
			return i, false, errNewline
		}
	}
	return i, false, nil
}

// scanOutside goes from i to behind the next quote or the end of the value.
func (n *scanner) scanOutside(p []byte, i int, row bool) (used int, done bool, err error) {
	for ; i < len(p); i++ {
		c := p[i]
		if meaning[c]&outside == 0 {
			n.begun = true
			continue
		}
		switch {
		case c == '\n' && row:
			return i, false, errNewline
		case c == '"':
			n.inText, n.begun = true, true
			return i + 1, false, nil
		case c == '{' || c == '[':
			if len(n.open) == maxDepth {
				return i, false, errNesting
			}
			n.open = append(n.open, c+2) // in ASCII both closing brackets come two after theirs
			n.begun = true
		case len(n.open) == 0:
			return i, n.begun, notBegun(n.begun) // the end of a number or literal
		case c == '}' || c == ']':
			if c != n.open[len(n.open)-1] {
				return i, false, errNesting
			}
			if n.open = n.open[:len(n.open)-1]; len(n.open) == 0 {
				return i + 1, true, nil
			}
		}
	}
	return i, false, nil
}

func notBegun(begun bool) error {
	if begun {
		return nil
	}
	return errGrammar
}

// value moves behind the value that begins here and appends it to buf. After errLong it is behind the value too; after
// other errors somewhere within.
func (s *source) value(buf []byte, row bool) ([]byte, error) {
	s.scanner.reset()
	long := false
	for {
		p := s.buffered()
		if p == nil {
			if s.scanner.begun && len(s.scanner.open) == 0 && !s.scanner.inText {
				return buf, nil // a number or literal may end with the file
			}
			return buf, errCut
		}
		used, done, err := s.scanner.scan(p, row)
		if long = long || len(buf)+used > MaxRow; !long {
			buf = append(buf, p[:used]...)
		}
		s.skip(used)
		switch {
		case err != nil:
			return buf, err
		case done && long:
			return buf, errLong
		case done:
			return buf, nil
		}
	}
}
