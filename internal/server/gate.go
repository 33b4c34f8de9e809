package server

import (
	"net/http"

	"golang.org/x/time/rate"

	"kinward/internal/account"
	"kinward/internal/care"
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

// Visit is Enter for pages that people open: a link on another site may lead to one, so only requests that change something
// must come from our own pages. A stale cookie counts as none.
func (s *Server) Visit(w http.ResponseWriter, r *http.Request) (account.Actor, string, error) {
	if err := s.ownPage(r); err != nil {
		return account.Actor{}, "", err
	}
	token, _ := s.token(r)
	actor, err := s.o.Accounts.Authenticate(r.Context(), token)
	switch {
	case problem.Is(err, problem.Unauthenticated):
		return account.Actor{}, "", s.admit(w, r, s.address(r))
	case err != nil:
		return account.Actor{}, "", err
	}
	return actor, token, s.admit(w, r, actor.Session.String())
}

// SignIn signs the browser in by handle and password.
func (s *Server) SignIn(w http.ResponseWriter, r *http.Request, handle, password string) error {
	try := account.SignIn{Handle: handle, Password: password, Device: device(r, ""), Address: s.address(r)}
	_, token, err := s.o.Accounts.SignIn(r.Context(), try)
	if err == nil {
		s.setCookie(w, r, token)
	}
	return err
}

// Redeem signs the browser in as a relative, by the code of an invitation.
func (s *Server) Redeem(w http.ResponseWriter, r *http.Request, ask care.Redemption) (care.Redeemed, error) {
	got, err := s.enterByCode(r, ask)
	if err == nil {
		s.setCookie(w, r, got.Token)
	}
	return got, err
}

// SignOut ends the session and forgets it in the browser.
func (s *Server) SignOut(w http.ResponseWriter, r *http.Request, actor account.Actor) error {
	err := s.o.Accounts.EndSession(r.Context(), actor, actor.Session)
	if err == nil {
		s.setCookie(w, r, "")
	}
	return err
}

// Explain is what may be told of an error, and its status; what is our own fault is logged.
func (s *Server) Explain(r *http.Request, err error) (*problem.Error, int) { return s.explain(r, err) }

// Language is the best of the client's languages for whoever asks.
func (s *Server) Language(r *http.Request) string { return languageOf(r) }
