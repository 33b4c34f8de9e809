package client

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Errors to compare with errors.Is.
var (
	// ErrSignedOut tells that the token is unknown, expired or revoked: only signing in again helps.
	ErrSignedOut = errors.New("signed out")
	// ErrReset tells that a cursor cannot be resumed. Feed answers it by itself with a new snapshot.
	ErrReset = errors.New("the cursor cannot be resumed")
)

// Error is a refusal by the server (RFC 9457). Decide by Code; Detail is a sentence for people.
type Error struct {
	Status     int // HTTP status, or the close code of a WebSocket
	Code       string
	Title      string
	Detail     string
	Field      string        // the request field at fault, when there is one
	RetryAfter time.Duration // the pause that the server asked for; 0 when it asked for none
}

func (e *Error) Error() string {
	switch {
	case e.Detail != "":
		return e.Detail
	case e.Title != "":
		return e.Title
	case e.Code != "":
		return e.Code
	}
	return fmt.Sprintf("the server answered %d", e.Status)
}

// Is makes errors.Is(err, ErrSignedOut) and errors.Is(err, ErrReset) work.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrSignedOut:
		return e.Status == http.StatusUnauthorized && e.Code != CodeSignInFailed || e.Status == closeUnauthorized
	case ErrReset:
		return e.Status == http.StatusGone || e.Code == CodeReset || e.Status == closeReset
	}
	return false
}

// Codes that a program may want to decide by; the server may send others.
const (
	CodeInvalid         = "invalid"
	CodeUnauthenticated = "unauthenticated"
	CodeForbidden       = "forbidden"
	CodeNotFound        = "not_found"
	CodeConflict        = "conflict"
	CodeTooMany         = "too_many"
	CodeReset           = "reset"
	CodeSignInFailed    = "sign_in_failed"
	CodeInvitationDead  = "invitation_invalid"
	CodeSecondFactor    = "second_factor_wrong"
)

// Temporary reports whether repeating the same request later can succeed: no answer came (a network error), or the
// server said 408, 425, 429 or 5xx.
func Temporary(err error) bool {
	if err == nil {
		return false
	}
	e := (*Error)(nil)
	if !errors.As(err, &e) {
		return true
	}
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.Status >= 500 && e.Status < 600
}

// retryAfter is the pause that err asks for, or 0.
func retryAfter(err error) time.Duration {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// parseRetryAfter reads the header in both its forms, seconds and date.
func parseRetryAfter(v string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(v); err == nil && s > 0 {
		return time.Duration(s) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}
