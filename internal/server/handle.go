package server

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// endpoint answers a request with a status and a body (nil: none), or with an error that errors.go translates.
type endpoint func(r *http.Request) (status int, body any, err error)

// actorEndpoint is an endpoint for someone who is signed in.
type actorEndpoint func(r *http.Request, actor account.Actor) (status int, body any, err error)

// open serves an endpoint to anybody but other sites' pages, which could sign a visitor in as somebody else.
func (s *Server) open(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := s.admit(w, r, s.address(r))
		if err == nil {
			err = s.ownPage(r)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		status, body, err := e(r)
		s.answer(w, r, status, body, err)
	}
}

// signedIn serves an endpoint to whoever has a live token.
func (s *Server) signedIn(e actorEndpoint) http.HandlerFunc {
	return s.stream(func(w http.ResponseWriter, r *http.Request, actor account.Actor) {
		status, body, err := e(r, actor)
		s.answer(w, r, status, body, err)
	})
}

// stream serves a handler that writes its own answer to whoever has a live token.
func (s *Server) stream(handle func(w http.ResponseWriter, r *http.Request, actor account.Actor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		actor, err := s.authenticate(r)
		if err == nil {
			err = s.admit(w, r, actor.Session.String())
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		handle(w, r, actor)
	}
}

// bodyTimeout is how long a request's body may take to arrive. There is no such limit for whole requests: feeds are long.
const bodyTimeout = 30 * time.Second

// admit applies what holds for every request: the body's limits and the rate.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, who string) error {
	if r.Method != http.MethodGet {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // not every ResponseWriter can, in tests
	}
	r.Body = http.MaxBytesReader(w, r.Body, protocol.MaxBody)
	return s.limits.request(who)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, body any, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // not every ResponseWriter can, in tests
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if v, ok := body.(withToken); ok {
		s.setCookie(w, r, v.token)
		body = v.body
	}
	if body == nil {
		w.WriteHeader(status)
		return
	}
	var encoded []byte
	if raw, ok := body.(json.RawMessage); ok {
		encoded = raw
	} else if encoded, err = json.Marshal(body); err != nil {
		s.fail(w, r, err)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(encoded)))
	w.WriteHeader(status)
	_, _ = w.Write(encoded) //nolint:gosec // JSON and said to be; a client that is gone needs no answer
}

// withToken is an answer that also signs the browser in.
type withToken struct {
	body  any
	token string
}

const cookieName = "kinward"

func (s *Server) secure(r *http.Request) bool {
	return r.TLS != nil || s.o.BehindProxy && r.Header.Get("X-Forwarded-Proto") == "https"
}

// setCookie keeps the token where scripts can't read it. With TLS the __Host- prefix ties it to this host alone.
func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, token string) {
	c := &http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 400 * 24 * 3600}
	if s.secure(r) {
		c.Name, c.Secure = "__Host-"+cookieName, true
	}
	if token == "" { // drafts and waiting messages go with the session, even if the page was closed meanwhile
		c.MaxAge = -1
		w.Header().Set("Clear-Site-Data", `"storage"`)
	}
	http.SetCookie(w, c)
}

// authenticate finds the actor by the Authorization header or the session cookie. A cookie is sent by the browser whoever
// asks, so with it a request that changes something must come from our own pages.
func (s *Server) authenticate(r *http.Request) (account.Actor, error) {
	token, fromCookie := s.token(r)
	if fromCookie {
		if err := s.ownPage(r); err != nil {
			return account.Actor{}, err
		}
	}
	return s.o.Accounts.Authenticate(r.Context(), token)
}

// ownPage refuses a change that another site's page asks for. Programs send neither Origin nor Sec-Fetch-Site and pass.
func (s *Server) ownPage(r *http.Request) error {
	if err := s.origin.Check(r); err != nil {
		return &problem.Error{Code: problem.Forbidden, Detail: "this request came from another site", Err: err}
	}
	return nil
}

func (s *Server) token(r *http.Request) (token string, fromCookie bool) {
	if v := r.Header.Get("Authorization"); v != "" {
		scheme, token, _ := strings.Cut(v, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", false
		}
		return strings.TrimSpace(token), false
	}
	name := cookieName
	if s.secure(r) {
		name = "__Host-" + cookieName
	}
	if c, err := r.Cookie(name); err == nil {
		return c.Value, true
	}
	return "", false
}

// address is the client's network address, for rates.
func (s *Server) address(r *http.Request) string {
	if s.o.BehindProxy {
		if v := r.Header.Get("X-Forwarded-For"); v != "" {
			return strings.TrimSpace(v[strings.LastIndexByte(v, ',')+1:])
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// decode reads a request's body strictly.
func decode(r *http.Request, into any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return &problem.Error{Code: problem.Malformed, Detail: "the request's body did not arrive whole", Err: err}
	}
	return protocol.Decode(body, into)
}

// pathID reads an id from the path. What is no id can't be anyone's, so it is not found.
func pathID[T ~[16]byte](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	if err != nil {
		return v, notHere()
	}
	return v, nil
}

// bodyID reads an id from a field of the body.
func bodyID[T ~[16]byte](field, text string) (T, error) {
	v, err := id.Parse[T](text)
	if err != nil {
		return v, problem.Field(field, "an id is a UUID of 36 characters")
	}
	return v, nil
}

// number reads an integer from the query, missing if it is not there.
func number(r *http.Request, name string, missing, least, most int64) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return missing, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least {
		return 0, problem.Field(name, "%s is a whole number from %d", name, least)
	}
	return min(n, most), nil
}

func listLimit(r *http.Request) (int, error) {
	n, err := number(r, "limit", protocol.DefaultLimit, 1, protocol.MaxLimit)
	return int(n), err
}

func device(r *http.Request, told string) string {
	if told == "" {
		told = r.UserAgent()
	}
	told = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(told, ""))
	if runes := []rune(told); len(runes) > 200 {
		told = string(runes[:200])
	}
	return told
}
