// Package account knows who people are: accounts, passwords, sessions (devices), and who may find whom. Its rules are
// plain functions; it reaches the database through the Store and Journal interfaces below and touches nothing else.
// Tests are beside the code; the store's half of the contract is tested in internal/store.
package account

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kinward/internal/id"
	"kinward/internal/problem"
)

// Kind decides what a person may do at all; what they may do with a patient or a conversation is decided there.
type Kind string

// The kinds of people.
const (
	Staff  Kind = "staff"
	Family Kind = "family"
	Member Kind = "member"
	Admin  Kind = "admin"
)

// ParseKind reads a kind's word.
func ParseKind(s string) (Kind, error) {
	switch k := Kind(s); k {
	case Staff, Family, Member, Admin:
		return k, nil
	}
	return "", problem.Field("kind", "a kind is one of staff, family, member, admin")
}

// Person is someone with an account.
type Person struct {
	ID         id.Person
	Kind       Kind
	Handle     string
	Name       string
	Role       string // staff: the job title that others see
	Open       bool   // registered in open mode without a password: may be chosen from the list of accounts
	CreatedAt  time.Time
	DisabledAt time.Time // zero while enabled
	Version    int64
}

// Actor is the person behind a request, found from the request's token and never from its words.
type Actor struct {
	Person  id.Person
	Kind    Kind
	Session id.Session
	// Embedded: in a page of another site of the hospital, by EnterEmbedded.
	Embedded bool
}

// Session is one signed-in device.
type Session struct {
	ID        id.Session
	Person    id.Person
	Device    string
	CreatedAt time.Time
	LastSeen  time.Time
	ExpiresAt time.Time // zero for one that lasts until it is ended
}

// CheckHandle accepts 2 to 64 of a-z 0-9 . _ - in either case. Handles are kept as written and are unique without regard
// to case.
func CheckHandle(handle string) error {
	if len(handle) < 2 || len(handle) > 64 {
		return problem.Field("handle", "a handle has 2 to 64 characters")
	}
	for _, r := range handle {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", r) {
			return problem.Field("handle", "a handle is written with a-z, 0-9, dot, underscore and hyphen only")
		}
	}
	return nil
}

// CheckName accepts 1 to 200 characters of any script with something visible among them and no control characters,
// which could rewrite a reader's terminal or hide in a log.
func CheckName(field, name string) error {
	switch {
	case !utf8.ValidString(name):
		return problem.Field(field, "a name is written in UTF-8")
	case !strings.ContainsFunc(name, visible):
		return problem.Field(field, "a name has at least one character that can be seen")
	case utf8.RuneCountInString(name) > 200:
		return problem.Field(field, "a name has at most 200 characters")
	case strings.ContainsFunc(name, unicode.IsControl), strings.ContainsAny(name, "\u2028\u2029"):
		return problem.Field(field, "a name has no control characters and no line breaks")
	}
	return nil
}

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// Passwords follow NIST SP 800-63B section 5.1.1.2: a length, no rules of composition.
const (
	MinPassword = 8
	MaxPassword = 200 // characters; a bound on the work that a stranger can ask for
)

// CheckPassword accepts 8 to 200 characters.
func CheckPassword(field, password string) error {
	n := utf8.RuneCountInString(password)
	if !utf8.ValidString(password) || n < MinPassword || n > MaxPassword {
		return problem.Field(field, "a password has %d to %d characters", MinPassword, MaxPassword)
	}
	return nil
}

// MaySearchPeople: relatives have no directory (seed row A11); everyone else may look for people to write to.
func MaySearchPeople(asker Kind) error {
	if asker == Family {
		return problem.New(problem.Forbidden, "relatives write in their patient's conversation and have no directory")
	}
	return nil
}

// Findable reports whether asker may see other in the directory and write to them directly. Relatives are met only in the
// family conversation of their patient, where the link decides.
func Findable(asker Kind, other Person) bool {
	return asker != Family && other.Kind != Family && other.DisabledAt.IsZero()
}
