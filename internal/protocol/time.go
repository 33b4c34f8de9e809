package protocol

import (
	"bytes"
	"errors"
	"time"
)

// Time is a moment on the wire: RFC 3339, UTC, with exactly three decimals, so that texts sort as times do.
type Time struct{ time.Time }

const timeLayout = "2006-01-02T15:04:05.000Z"

var errTime = errors.New("a time is written as in RFC 3339, like 2026-11-21T09:14:03.000Z")

// At is t on the wire: what is finer than a millisecond is cut off.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// AppendText appends the wire form (encoding.TextAppender); the error is always nil.
func (t Time) AppendText(b []byte) ([]byte, error) { return t.appendWire(b), nil }

// MarshalText writes the wire form. Without it the embedded time.Time would write nanoseconds and its own zone.
func (t Time) MarshalText() ([]byte, error) { return t.appendWire(nil), nil }

// MarshalJSON writes the wire form as a JSON string.
func (t Time) MarshalJSON() ([]byte, error) { return t.appendQuoted(nil), nil }

// UnmarshalText reads any RFC 3339 time whose year in UTC has four digits.
func (t *Time) UnmarshalText(b []byte) error {
	// time.Parse takes an hour of one digit and a comma for the point, neither of which RFC 3339 has.
	if len(b) < len("2006-01-02T15:04:05Z") || b[13] != ':' || bytes.IndexByte(b, ',') >= 0 {
		return errTime
	}
	v, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return errTime
	}
	if y := v.UTC().Year(); y < 0 || y > 9999 {
		return errTime
	}
	*t = At(v)
	return nil
}

// UnmarshalJSON reads a JSON string that UnmarshalText takes, and leaves t alone at null.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return errTime
	}
	return t.UnmarshalText(b[1 : len(b)-1])
}

func (t Time) appendQuoted(b []byte) []byte {
	b = append(b, '"')
	b = t.appendWire(b)
	return append(b, '"')
}

// appendWire spells out what AppendFormat(b, timeLayout) does, at a sixth of its cost: a time stands in every message.
func (t Time) appendWire(b []byte) []byte {
	u := t.UTC()
	year, month, day := u.Date()
	if year < 0 || year > 9999 {
		return u.AppendFormat(b, timeLayout)
	}
	hour, minute, second := u.Clock()
	b = append(appendTwo(appendTwo(b, year/100), year%100), '-')
	b = append(appendTwo(b, int(month)), '-')
	b = append(appendTwo(b, day), 'T')
	b = append(appendTwo(b, hour), ':')
	b = append(appendTwo(b, minute), ':')
	b = append(appendTwo(b, second), '.')
	ms := u.Nanosecond() / int(time.Millisecond)
	return append(append(b, byte('0'+ms/100)), byte('0'+ms/10%10), byte('0'+ms%10), 'Z') //nolint:gosec // digits
}

// appendTwo appends n, 0 to 99, with two digits.
func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) } //nolint:gosec // digits
