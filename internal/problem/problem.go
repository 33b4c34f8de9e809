// Package problem is the one error type that is meant for people (RFC 9457 calls it a problem). The domain packages make
// problems; the server turns their code into an HTTP status and a close code in one table. Any other error is internal:
// its text stays in the log.
package problem

import (
	"errors"
	"fmt"
	"time"
)

// Code is stable: clients decide by it, never by the text.
type Code string

// The codes of the domain. What each becomes on the wire is listed in internal/server/errors.go.
const (
	Malformed        Code = "malformed"           // the request cannot be read at all
	Invalid          Code = "invalid"             // readable, but a value breaks a rule; Field names it
	Unauthenticated  Code = "unauthenticated"     // no, unknown, expired or revoked token
	Forbidden        Code = "forbidden"           // the asker is known and may never do this
	NotFound         Code = "not_found"           // not there, or not the asker's: the same answer
	Conflict         Code = "conflict"            // contradicts what is stored
	TooLarge         Code = "too_large"           // body or message over its limit
	TooMany          Code = "too_many"            // over a rate; RetryAfter says when to come back
	Reset            Code = "reset"               // the cursor can't be resumed: take a new snapshot
	SignInFailed     Code = "sign_in_failed"      // handle or password wrong; never says which
	InvitationDead   Code = "invitation_invalid"  // unknown, used, expired or dead code
	SecondFactor     Code = "second_factor_wrong" // the code lives, the birth date is wrong
	StorageFull      Code = "storage_full"        // the disk is full: nothing was stored, reading goes on
	Unavailable      Code = "unavailable"         // the store can't be reached, or the server is stopping
	Internal         Code = "internal"            // anything else; details are in the log only
	MethodNotAllowed Code = "method_not_allowed"
)

// Error is a problem. Detail is a sentence for the person who asked: what is wrong and what to do; it never holds message
// text, names of others or tokens.
type Error struct {
	Code       Code
	Field      string        // the request field at fault, when there is one
	Detail     string        // may be empty: the code's title then speaks
	RetryAfter time.Duration // with TooMany and Unavailable
	Err        error         // the cause, for the log
}

func (e *Error) Error() string {
	s := string(e.Code)
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// New makes a problem that concerns the request as a whole.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Field makes an Invalid problem about one field of the request.
func Field(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of err's problem, Internal for any other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if p := (*Error)(nil); errors.As(err, &p) {
		return p.Code
	}
	return Internal
}

// Is reports whether err is a problem of this code.
func Is(err error, code Code) bool { return CodeOf(err) == code }
