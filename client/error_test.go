package client

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

func dialError() error { return &net.OpError{Op: "dial", Net: "tcp", Err: io.ErrUnexpectedEOF} }

func TestTemporary(t *testing.T) {
	tests := map[string]struct {
		err  error
		want bool
	}{
		"nil":         {nil, false},
		"network":     {dialError(), true},
		"wrapped":     {fmt.Errorf("x: %w", &Error{Status: 400}), false},
		"timeout":     {&Error{Status: 408}, true},
		"conflict":    {&Error{Status: 409}, false},
		"too_large":   {&Error{Status: 413}, false},
		"invalid":     {&Error{Status: 422}, false},
		"too_early":   {&Error{Status: 425}, true},
		"too_many":    {&Error{Status: 429}, true},
		"internal":    {&Error{Status: 500}, true},
		"unavailable": {&Error{Status: 503}, true},
		"full":        {&Error{Status: 507}, true},
	}
	for name, tt := range tests {
		if got := Temporary(tt.err); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestError_Is(t *testing.T) {
	tests := map[string]struct {
		err              Error
		signedOut, reset bool
	}{
		"401":             {Error{Status: 401, Code: CodeUnauthenticated}, true, false},
		"4501":            {Error{Status: 4501}, true, false},
		"wrong_password":  {Error{Status: 401, Code: CodeSignInFailed}, false, false},
		"410":             {Error{Status: 410, Code: CodeReset}, false, true},
		"4410":            {Error{Status: 4410}, false, true},
		"forbidden":       {Error{Status: 403}, false, false},
		"reset_as_a_code": {Error{Status: 4000, Code: CodeReset}, false, true},
	}
	for name, tt := range tests {
		if got := errors.Is(&tt.err, ErrSignedOut); got != tt.signedOut {
			t.Errorf("%s: signed out %v", name, got)
		}
		if got := errors.Is(&tt.err, ErrReset); got != tt.reset {
			t.Errorf("%s: reset %v", name, got)
		}
	}
}

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	tests := map[string]time.Duration{
		"": 0, "0": 0, "-3": 0, "7": 7 * time.Second, "soon": 0,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       0,
	}
	for in, want := range tests {
		if got := parseRetryAfter(in, now); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestBlames(t *testing.T) {
	tests := map[string]struct {
		err  error
		want bool
	}{
		"unreachable":  {fmt.Errorf("open: %w", dialError()), false},
		"broke_off":    {io.ErrUnexpectedEOF, true},
		"bad_gateway":  {&Error{Status: 502}, true},
		"upgrade":      {&Error{Status: 426}, true},
		"restarting":   {&Error{Status: 4000}, false},
		"told_to_wait": {&Error{Status: 503, RetryAfter: time.Second}, false},
		"reset":        {&Error{Status: 410}, false},
		"handler":      {&handlerError{io.EOF}, false},
		"switch":       {errGoOn, false},
		"deaf":         {errDeaf, true},
	}
	for name, tt := range tests {
		if got := blames(tt.err); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
