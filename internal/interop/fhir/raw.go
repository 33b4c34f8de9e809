package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// members gives fn the members of an object, undecoded, until it returns false. It checks no more of the grammar than
// it needs to find them. Of an object that is cut off, fn gets what there is of the last one too.
func members(raw []byte, fn func(key string, value []byte) bool) error {
	for p := raw; ; {
		key, rest, err := cutKey(p, len(p) == len(raw))
		if err != nil || key == nil {
			return err
		}
		value, rest, err := cutValue(rest)
		if !fn(string(key), value) || err != nil {
			return err
		}
		p = rest
	}
}

// cutKey cuts the next member's key off p, up to its value; key is nil at the end of the object.
func cutKey(p []byte, opening bool) (key, rest []byte, err error) {
	if p = bytes.TrimLeft(p, " \t\r\n,"); opening {
		if len(p) == 0 || p[0] != '{' {
			return nil, nil, errGrammar
		}
		p = bytes.TrimLeft(p[1:], " \t\r\n")
	}
	if len(p) == 0 || p[0] == '}' {
		return nil, nil, nil
	}
	key, rest, err = cutValue(p)
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if err != nil || key[0] != '"' || len(rest) == 0 || rest[0] != ':' {
		return nil, nil, errGrammar
	}
	return key[1 : len(key)-1], bytes.TrimLeft(rest[1:], " \t\r\n"), nil
}

// cutValue cuts the value at the start of p off.
func cutValue(p []byte) (value, rest []byte, err error) {
	var n scanner
	used, done, err := n.scan(p, false)
	if err == nil && !done {
		err = errCut
	}
	return p[:used], p[used:], err
}

// typeOf is the resourceType of a resource, or of the beginning of one; "" if it can't be told.
func typeOf(raw []byte) (resourceType string) {
	_ = members(raw, func(key string, value []byte) bool {
		if key == "resourceType" && len(value) > 2 && value[0] == '"' && value[len(value)-1] == '"' {
			resourceType = string(value[1 : len(value)-1])
		}
		return resourceType == ""
	}) // in a broken resource the type is usually still there
	return resourceType
}

// entryType is typeOf for a Bundle entry or a bare resource. It looks no further than it must: most of a file is
// resources that nobody wants.
func entryType(raw []byte) string {
	for p := raw; ; {
		key, rest, err := cutKey(p, len(p) == len(raw))
		if err != nil || key == nil {
			return typeOf(raw)
		}
		if string(key) == "resource" {
			return typeOf(rest)
		}
		if _, p, err = cutValue(rest); err != nil {
			return typeOf(raw)
		}
	}
}

// whyInvalid says what is wrong with JSON that can't be decoded.
func whyInvalid(raw []byte) string {
	var v any
	err := json.Unmarshal(raw, &v)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("not valid JSON: %v, at byte %d of the row", syntax, syntax.Offset)
	}
	return errGrammar.Error()
}
