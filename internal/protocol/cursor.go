package protocol

import (
	"strconv"
	"strings"
)

// maxEpoch is the length that an epoch may have.
const maxEpoch = 64

// Cursor is how far a device has the feed: every change up to Version has arrived, counted in the database that Epoch names.
// Clients keep it as an opaque text; only the server reads it.
type Cursor struct {
	Epoch   string // 1 to 64 of A-Z a-z 0-9 _ -
	Version int64
}

// String is the wire form, epoch.version.
func (c Cursor) String() string { return string(c.appendWire(nil)) }

// AppendText appends the wire form (encoding.TextAppender); the error is always nil.
func (c Cursor) AppendText(b []byte) ([]byte, error) { return c.appendWire(b), nil }

func (c Cursor) appendWire(b []byte) []byte {
	b = append(b, c.Epoch...)
	b = append(b, '.')
	return strconv.AppendInt(b, c.Version, 10)
}

// ParseCursor reads what String writes and nothing else: each cursor has one form, so that texts may be compared. The error
// is a *DecodeError for the field "cursor". Whether the epoch is the database's own is for the reader of the feed to ask.
func ParseCursor(s string) (Cursor, error) {
	epoch, digits, _ := strings.Cut(s, ".")
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !validEpoch(epoch) || !plainNumber(digits) {
		return Cursor{}, invalid("cursor", "This is not a cursor; send one as the server gave it, or leave it out to begin now.")
	}
	return Cursor{Epoch: epoch, Version: version}, nil
}

func validEpoch(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= maxEpoch
}

// plainNumber reports whether ParseInt took digits in their one form: no sign and no leading zero.
func plainNumber(digits string) bool {
	return '1' <= digits[0] && digits[0] <= '9' || digits == "0"
}
