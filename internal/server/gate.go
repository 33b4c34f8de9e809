package server

import (
	"net/http"

	"golang.org/x/time/rate"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// What handlers beside the API (Options.Legacy) share with it, so that one door is watched and not two.

// Enter checks where a request comes from and who makes it, counts it against the rate and bounds its body. The actor is zero
// where no token came, or nothing but a stale cookie: a WebSocket may bring one in its first frame. The protocols beside the
// API change something with a GET too, so a cookie never counts on a request of another site, and no other site's page is
// served at all.
func (s *Server) Enter(w http.ResponseWriter, r *http.Request) (account.Actor, string, error) {
	if err := s.sameOrigin(r); err != nil {
		return account.Actor{}, "", err
	}
	token, fromCookie := s.token(r)
	if fromCookie {
		change := r.WithContext(r.Context())
		change.Method = http.MethodPost
		if err := s.ownPage(change); err != nil {
			return account.Actor{}, "", err
		}
	}
	if token == "" {
		return account.Actor{}, "", s.admit(w, r, s.address(r))
	}
	actor, err := s.o.Accounts.Authenticate(r.Context(), token)
	if fromCookie && problem.Is(err, problem.Unauthenticated) {
		return account.Actor{}, "", s.admit(w, r, s.address(r))
	}
	if err != nil {
		return account.Actor{}, "", err
	}
	return actor, token, s.admit(w, r, actor.Session.String())
}

// Fail answers with a problem.
func (s *Server) Fail(w http.ResponseWriter, r *http.Request, err error) { s.fail(w, r, err) }

// Sends is the bucket that the messages of a session are counted in.
func (s *Server) Sends(session id.Session) *rate.Limiter { return s.limits.sender(session.String()) }
