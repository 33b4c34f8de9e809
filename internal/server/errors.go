package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// answers is the one place where a code becomes a status and a title.
var answers = map[problem.Code]struct {
	status int
	title  string
}{
	problem.Malformed:        {http.StatusBadRequest, "The request can't be read"},
	problem.Invalid:          {http.StatusUnprocessableEntity, "A value is not allowed"},
	problem.Unauthenticated:  {http.StatusUnauthorized, "Sign in first"},
	problem.SignInFailed:     {http.StatusUnauthorized, "Sign-in failed"},
	problem.Forbidden:        {http.StatusForbidden, "Not allowed"},
	problem.SecondFactor:     {http.StatusForbidden, "The birth date is wrong"},
	problem.NotFound:         {http.StatusNotFound, "Not found"},
	problem.InvitationDead:   {http.StatusNotFound, "The code is not valid"},
	problem.MethodNotAllowed: {http.StatusMethodNotAllowed, "The method is not allowed here"},
	problem.Conflict:         {http.StatusConflict, "It contradicts what is there"},
	problem.Reset:            {http.StatusGone, "Start again from a snapshot"},
	problem.TooLarge:         {http.StatusRequestEntityTooLarge, "The request is too large"},
	problem.TooMany:          {http.StatusTooManyRequests, "Too many requests"},
	problem.StorageFull:      {http.StatusServiceUnavailable, "The disk is full"},
	problem.Unavailable:      {http.StatusServiceUnavailable, "Not available just now"},
	problem.Internal:         {http.StatusInternalServerError, "An error on our side"},
}

// asProblem finds the problem in err; anything else is internal, and its text goes no further than the log.
func asProblem(err error) *problem.Error {
	var p *problem.Error
	if errors.As(err, &p) {
		return p
	}
	var d *protocol.DecodeError
	if errors.As(err, &d) {
		code := problem.Malformed
		if d.Kind == protocol.Invalid {
			code = problem.Invalid
		}
		return &problem.Error{Code: code, Field: d.Field, Detail: d.Detail}
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return problem.New(problem.TooLarge, "a request has at most %d bytes", tooLarge.Limit)
	}
	return &problem.Error{Code: problem.Internal, Detail: "nothing was changed by this request; try again, and tell your administrator if it stays", Err: err}
}

// explain finds what may be told of an error, and its status. What is our own fault is logged.
func (s *Server) explain(r *http.Request, err error) (*problem.Error, int) {
	return s.explainOf(r.Context(), r.Method, r.Pattern, err)
}

// explainOf is explain where the request is no longer there.
func (s *Server) explainOf(ctx context.Context, method, route string, err error) (*problem.Error, int) {
	p := asProblem(err)
	status := answers[p.Code].status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if status >= 500 && (p.Code != problem.Unavailable || p.Err != nil) { // stopping is no failure
		level := slog.LevelError
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			level = slog.LevelDebug // the client is gone: nothing failed
		}
		s.o.Log.LogAttrs(ctx, level, "request failed", slog.String("method", method),
			slog.String("route", route), slog.String("code", string(p.Code)), slog.Any("error", err))
	}
	return p, status
}

// fail answers with a problem (RFC 9457).
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, status := s.explain(r, err)
	body := describe(w.Header(), p, status)
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // JSON and said to be; a client that is gone needs no answer
}

// describe is the body of an answer that tells a problem, whose headers it sets.
func describe(h http.Header, p *problem.Error, status int) []byte {
	title := answers[p.Code].title
	if title == "" {
		title = answers[problem.Internal].title
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds()))))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	body, _ := json.Marshal(protocol.Problem{ // texts and a number: can't fail
		Type: "about:blank", Title: title, Status: status, Code: string(p.Code), Detail: p.Detail, Field: p.Field,
	})
	return append(body, '\n')
}
