// Package id holds the identifiers of Kinward: UUIDs (RFC 9562) with a distinct Go type per noun, so that a person can
// never be passed where a conversation is meant. On the wire an id is its 36-character text, in SQL its 16 bytes.
package id

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// ID is the identifier of one Kind of thing. The zero value means "none".
type ID[Kind any] [16]byte

type (
	person       struct{}
	session      struct{}
	conversation struct{}
	message      struct{}
	patient      struct{}
	stay         struct{}
	assignment   struct{}
	link         struct{}
	invitation   struct{}
)

// One name per noun of the glossary.
type (
	Person       = ID[person]
	Session      = ID[session]
	Conversation = ID[conversation]
	Message      = ID[message]
	Patient      = ID[patient]
	Stay         = ID[stay]
	Assignment   = ID[assignment]
	Link         = ID[link]
	Invitation   = ID[invitation]
)

// ErrMalformed tells that a text is not a UUID in its canonical 36-character form.
var ErrMalformed = errors.New("not a UUID")

// New makes a UUIDv7, unique without coordination and ordered by time, which keeps index pages warm: id.New[id.Person]().
func New[T ~[16]byte]() T {
	u, err := uuid.NewV7()
	if err != nil { // the kernel's random source failed: nothing safe can be made from here
		panic(fmt.Sprintf("id: no randomness: %v", err))
	}
	return T(u)
}

// Parse reads the canonical text of any UUID version, id.Parse[id.Person](s); letters may be of either case. The nil UUID
// is refused, since it stands for "none" everywhere.
func Parse[T ~[16]byte](s string) (T, error) {
	var none T
	if len(s) != 36 {
		return none, ErrMalformed
	}
	u, err := uuid.Parse(s)
	if err != nil || u == uuid.Nil {
		return none, ErrMalformed
	}
	return T(u), nil
}

// String is the canonical lower-case text, or "" for the zero value.
func (i ID[K]) String() string {
	if i.IsZero() {
		return ""
	}
	return uuid.UUID(i).String()
}

// AppendText appends the canonical text without allocating (encoding.TextAppender).
func (i ID[K]) AppendText(b []byte) ([]byte, error) {
	const hex = "0123456789abcdef"
	for n, c := range i {
		if n == 4 || n == 6 || n == 8 || n == 10 {
			b = append(b, '-')
		}
		b = append(b, hex[c>>4], hex[c&15])
	}
	return b, nil
}

// Texts is String of three ids, in one allocation.
func Texts[K any](a, b, c ID[K]) [3]string {
	const n = 36
	buf := make([]byte, 0, 3*n)
	for _, i := range []ID[K]{a, b, c} {
		buf, _ = i.AppendText(buf) // never fails
	}
	s := string(buf)
	texts := [3]string{s[:n], s[n : 2*n], s[2*n:]}
	for k, i := range []ID[K]{a, b, c} {
		if i.IsZero() {
			texts[k] = ""
		}
	}
	return texts
}

// IsZero reports whether i is "none".
func (i ID[K]) IsZero() bool { return i == ID[K]{} }

// Value stores the 16 bytes; none is stored as NULL.
func (i ID[K]) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i[:], nil
}

// Scan reads 16 bytes, or NULL as none.
func (i *ID[K]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = ID[K]{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(i[:], v)
			return nil
		}
	}
	return fmt.Errorf("scan id: %T is not 16 bytes", src)
}
