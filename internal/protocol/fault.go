package protocol

import "strings"

func malformed(detail string) *DecodeError { return &DecodeError{Kind: Malformed, Detail: detail} }

func invalid(field, detail string) *DecodeError {
	return &DecodeError{Kind: Invalid, Field: field, Detail: detail}
}

// under puts the place that e was found in before its field: the path is spelled out only when something is wrong.
func (e *DecodeError) under(place string) {
	switch {
	case e.Kind != Invalid:
	case e.Field == "" || e.Field[0] == '[':
		e.Field = place + e.Field
	default:
		e.Field = place + "." + e.Field
	}
}

// wrongType is the error for a value that begins with c where another kind is wanted.
func (d *decoder) wrongType(c byte, want kind) *DecodeError {
	found := ""
	switch {
	case c == '"':
		found = "a text"
	case c == '{':
		found = "an object"
	case c == '[':
		found = "a list"
	case c == 't' || c == 'f':
		found = "true or false"
	case c == 'n':
		found = "null"
	case c == '-' || '0' <= c && c <= '9':
		found = "a number"
	default:
		return d.fault()
	}
	return invalid("", "This must be "+want.String()+", not "+found+".")
}

// begins reports whether a value of kind k may begin with c.
func (k kind) begins(c byte) bool {
	switch k {
	case wantText, wantTime:
		return c == '"'
	case wantWhole:
		return c == '-' || '0' <= c && c <= '9'
	case wantTruth:
		return c == 't' || c == 'f'
	case wantObject:
		return c == '{'
	default:
		return c == '['
	}
}

func (k kind) String() string {
	switch k {
	case wantText:
		return "a text (a JSON string)"
	case wantTime:
		return "a time (a JSON string like 2026-11-21T09:14:03.000Z)"
	case wantWhole:
		return "a whole number"
	case wantTruth:
		return "true or false"
	case wantObject:
		return "a JSON object"
	default:
		return "a list"
	}
}

// shown is name as it may stand in an answer: valid text of bounded length.
func shown(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	n := 0
	for i := range name {
		if n++; n > shownName {
			return name[:i] + "…"
		}
	}
	return name
}
