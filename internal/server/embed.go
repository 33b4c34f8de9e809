package server

import (
	"net/http"
	"strings"
	"time"

	"kinward/internal/account"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// A page of another system of the hospital shows the client in a frame. Browsers keep cookies from such frames, and a cookie
// that is there may be somebody else's, so the frame signs in by a token that its site has signed, and brings a session's
// token with every request.

const embedSeconds = int(account.EmbedSessionLife / time.Second)

// embedPage is the client's page at the one address where those sites, and no others, may frame it.
func (s *Server) embedPage(w http.ResponseWriter, r *http.Request) {
	if len(s.o.EmbedSites) == 0 {
		s.fail(w, r, notHere())
		return
	}
	w.Header().Del("X-Frame-Options") // knows no list
	s.sendPage(w, r, "", strings.Join(s.o.EmbedSites, " "))
}

func (s *Server) enterEmbed(r *http.Request) (int, any, error) {
	var in protocol.EnterEmbed
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	claims, p, err := s.o.Accounts.ReadEmbedToken(r.Context(), in.Token)
	if err != nil {
		return 0, nil, err
	}
	var subject *protocol.Subject
	if claims.Patient != "" {
		got, err := s.named(r, account.Actor{Person: p.ID, Kind: p.Kind}, claims.Patient)
		if err != nil {
			return 0, nil, err
		}
		subject = &got
	}
	token, err := s.o.Accounts.EnterEmbedded(r.Context(), claims, p.ID, device(r, ""))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, protocol.Embedded{Person: wirePerson(p), Token: token, ExpiresIn: embedSeconds, Patient: subject}, nil
}

func (s *Server) renewEmbed(r *http.Request, actor account.Actor) (int, any, error) {
	var in protocol.EnterEmbed
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	err := s.o.Accounts.RenewEmbedded(r.Context(), actor, in.Token)
	return http.StatusOK, protocol.EmbedRenewed{ExpiresIn: embedSeconds}, err
}

func (s *Server) embedPatient(r *http.Request, actor account.Actor) (int, any, error) {
	number := r.URL.Query().Get("number")
	if number == "" {
		return 0, nil, problem.Field("number", "say which patient: by a number of the hospital's, or by the id in Kinward")
	}
	subject, err := s.named(r, actor, number)
	return http.StatusOK, protocol.EmbedPatient{Patient: subject}, err
}

func (s *Server) named(r *http.Request, actor account.Actor, number string) (protocol.Subject, error) {
	v, err := s.o.Care.Named(r.Context(), actor, number)
	return protocol.Subject{ID: v.ID.String(), Name: v.Name}, err
}
