package fhir

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
)

// readObject reads an object that may be too big to hold: its "entry" array is given on element by element, the rest
// is collected and, if that is a resource and no Bundle, decoded.
func (f *file) readObject(line int) error {
	f.src.skip(1)
	doc, long := append(f.doc[:0], '{'), false
	for {
		c, ok := f.src.next(f.lines)
		switch {
		case ok && c == '}' && doc[len(doc)-1] != ',':
			f.src.skip(1)
			f.doc = append(doc, '}')
			return f.endObject(line, long)
		case ok && c == ',' && doc[len(doc)-1] != ',' && len(doc) > 1:
			f.src.skip(1)
			doc = append(doc, ',')
		case ok && c == '"' && (doc[len(doc)-1] == ',' || len(doc) == 1):
			whole, err := f.readMember(doc)
			if errors.Is(err, errLong) {
				long, whole = true, append(doc, `"":0`...)
			} else if err != nil {
				return err
			}
			doc = whole
		default:
			return f.broken(line, typeOf(doc), ok)
		}
	}
}

// broken is the error for a byte that can't stand here, or for the end.
func (f *file) broken(line int, resourceType string, more bool) error {
	if !more {
		return &brokenError{f.src.line, resourceType, errCut}
	}
	return &brokenError{line, resourceType, errGrammar}
}

// readMember appends the member that begins here to doc, with 0 in place of the entries of a Bundle, which are taken
// on the way.
func (f *file) readMember(doc []byte) ([]byte, error) {
	line, start := f.src.line, len(doc)
	doc, err := f.src.value(doc, f.lines)
	if err != nil {
		return doc, f.cutMember(line, doc, err)
	}
	if c, ok := f.src.next(f.lines); !ok || c != ':' {
		return doc, f.broken(line, typeOf(doc), ok)
	}
	f.src.skip(1)
	doc = append(doc, ':')
	c, ok := f.src.next(f.lines)
	if !ok {
		return doc, f.broken(line, typeOf(doc), ok)
	}
	if c == '[' && string(doc[start:]) == `"entry":` {
		return append(doc, '0'), f.readArray(f.readEntry)
	}
	doc, err = f.src.value(doc, f.lines)
	return doc, f.cutMember(line, doc, err)
}

func (f *file) cutMember(line int, doc []byte, err error) error {
	if err == nil || errors.Is(err, errLong) {
		return err
	}
	return &brokenError{line, typeOf(doc), err}
}

// endObject decides what the object was, once all of it is read.
func (f *file) endObject(line int, long bool) error {
	switch kind := typeOf(f.doc); {
	case kind == "Bundle":
		return nil
	case long:
		return f.reject(line, kind, "%v", errLong)
	default:
		return f.readResource(f.doc, line)
	}
}

// readEntry reads an element of a Bundle's entry array. Entries without a resource (deletions, answers, the items of a
// List) say nothing.
func (f *file) readEntry(raw []byte, line int) error {
	if kind := entryType(raw); kind != "" && kind != "Bundle" && !f.want(kind) {
		return nil
	}
	var fullURL, resource []byte
	err := members(raw, func(key string, value []byte) bool {
		switch key {
		case "fullUrl":
			fullURL = value
		case "resource":
			resource = value
		}
		return true
	})
	if err != nil {
		return f.reject(line, typeOf(resource), "%s", whyInvalid(raw))
	}
	if len(resource) == 0 || string(resource) == "null" {
		return nil
	}
	var url string
	_ = json.Unmarshal(fullURL, &url) // without one, or with nonsense, the resource's own id has to do
	return f.decode(resource, line, url)
}

func (f *file) readResource(raw []byte, line int) error { return f.decode(raw, line, "") }

// readInner reads a Bundle that is itself an entry or a row.
func (f *file) readInner(raw []byte, line int) error {
	if f.depth == maxBundles {
		return f.reject(line, "Bundle", "Bundles within Bundles, too deep")
	}
	inner := &file{
		src:  &source{r: bufio.NewReaderSize(bytes.NewReader(raw), min(len(raw), window)), line: line},
		want: f.want, fn: f.fn, depth: f.depth + 1,
	}
	return inner.resume(line, inner.readObject(line))
}
