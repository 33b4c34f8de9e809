package fhir

import (
	"bytes"
	"errors"
	"io"

	"kinward/internal/interop/unpack"
)

// maxBundles is how deep Bundles within Bundles are followed.
const maxBundles = 4

// read goes through the values of the file. Each is one line of NDJSON or a document that spans lines.
func (f *file) read() error {
	for {
		c, ok := f.src.next(false)
		if !ok {
			return f.finish()
		}
		line, err := f.src.line, error(nil)
		switch {
		case c == '{' && f.onOneLine():
			err = f.readRow(line)
		case c == '{':
			err = f.resume(line, f.readObject(line))
		case c == '[':
			err = f.resume(line, f.readArray(f.readResource))
		case c == '<' && !f.lines:
			f.src.skipAll()
			err = f.reject(line, "", "XML: only FHIR's JSON can be read")
		default:
			f.src.skipLine()
			err = f.reject(line, "", "not JSON: a row begins with {")
		}
		if err != nil {
			return err
		}
	}
}

// finish tells the end of the file from its breaking off.
func (f *file) finish() error {
	switch {
	case errors.Is(f.src.end, unpack.ErrDamaged):
		return f.reject(f.src.line, "", "%v", unpack.ErrDamaged)
	case errors.Is(f.src.end, io.EOF):
		return nil
	}
	return f.src.end
}

// onOneLine reports whether the object that begins here is a line of NDJSON, whole or broken, rather than the first
// line of a document.
func (f *file) onOneLine() bool {
	p, more := f.src.ahead()
	end := bytes.IndexByte(p, '\n')
	if end < 0 {
		return !more
	}
	if f.lines {
		return true
	}
	var n scanner
	if _, done, err := n.scan(p[:end], true); done || err != nil || n.inText {
		return true
	}
	// The object goes on behind the line. If what follows can't follow, the line was cut and another row begins.
	last, next := bytes.TrimSpace(p[:end]), bytes.TrimSpace(p[end:])
	if len(next) == 0 || next[0] != '{' {
		return false
	}
	switch last[len(last)-1] {
	case '[', ':':
		return false
	case ',':
		return n.open[len(n.open)-1] == '}'
	}
	return true
}

// readRow reads a line of NDJSON.
func (f *file) readRow(line int) (err error) {
	f.row, err = f.src.value(f.row[:0], true)
	if err == nil {
		if c, ok := f.src.next(true); ok && c != '\n' && c != '{' {
			err = errGrammar
		}
	}
	if err != nil {
		return f.resume(line, &brokenError{line, typeOf(f.row), err})
	}
	f.lines = true
	return f.readResource(f.row, line)
}

// brokenError is a value that ends where it shouldn't, so that what follows can't be told apart from it.
type brokenError struct {
	line         int
	resourceType string
	err          error
}

func (b *brokenError) Error() string { return b.err.Error() }
func (b *brokenError) Unwrap() error { return b.err }

// resume reports a broken value and moves to where the next may begin: the next line if nothing but this line was read,
// else the end.
func (f *file) resume(line int, err error) error {
	broken, ok := errors.AsType[*brokenError](err)
	if !ok {
		return err
	}
	reason := broken.Error()
	if f.lines || f.src.line == line {
		f.src.skipLine()
	} else if f.src.buffered() != nil {
		reason += "; the rest of the file was not read"
		f.src.skipAll()
	}
	if f.src.end != nil && !errors.Is(f.src.end, io.EOF) {
		return nil // finish says why
	}
	return f.reject(broken.line, broken.resourceType, "%s", reason)
}

// readArray reads [value, value ...] here and gives each to take. Stray commas are passed over.
func (f *file) readArray(take func(raw []byte, line int) error) error {
	f.src.skip(1)
	for {
		c, ok := f.src.next(f.lines)
		line := f.src.line
		if !ok {
			return &brokenError{line, "", errCut}
		}
		if c == ']' || c == ',' {
			f.src.skip(1)
			if c == ']' {
				return nil
			}
			continue
		}
		var err error
		f.row, err = f.src.value(f.row[:0], f.lines)
		switch {
		case errors.Is(err, errLong):
			err = f.reject(line, entryType(f.row), "%v", err)
		case err != nil:
			return &brokenError{line, entryType(f.row), err}
		default:
			err = take(f.row, line)
		}
		if err != nil {
			return err
		}
	}
}
