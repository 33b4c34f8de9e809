package server

import (
	"net/http"
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

// patients lists what the actor may see, which for staff is what they look after: mine=1 asks for the same and is taken for
// clients that say so.
func (s *Server) patients(r *http.Request, actor account.Actor) (int, any, error) {
	q := r.URL.Query()
	limit, err := listLimit(r)
	if err != nil {
		return 0, nil, err
	}
	var after id.Patient
	if text := q.Get("after"); text != "" {
		if after, err = bodyID[id.Patient]("after", text); err != nil {
			return 0, nil, err
		}
	}
	views, more, err := s.o.Care.Patients(r.Context(), actor, q.Get("query"), q.Get("ward"), after, limit)
	out := protocol.PatientList{More: more}
	for _, v := range views {
		out.Patients = append(out.Patients, wirePatient(v))
	}
	return http.StatusOK, out, err
}

func (s *Server) patient(r *http.Request, actor account.Actor) (int, any, error) {
	p, err := pathID[id.Patient](r, "patient")
	if err != nil {
		return 0, nil, err
	}
	v, err := s.o.Care.Patient(r.Context(), actor, p)
	return http.StatusOK, protocol.OnePatient{Patient: wirePatient(v)}, err
}

func (s *Server) assign(r *http.Request, actor account.Actor) (int, any, error) {
	p, err := pathID[id.Patient](r, "patient")
	if err != nil {
		return 0, nil, err
	}
	var in protocol.Assign
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	person, err := bodyID[id.Person]("person", in.Person)
	if err != nil {
		return 0, nil, err
	}
	m, err := s.o.Care.Assign(r.Context(), actor, p, person, in.Role, moment(in.From), moment(in.Until))
	return http.StatusCreated, protocol.OneAssignment{Assignment: wireTeamMember(m)}, err
}

func moment(t *protocol.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

func (s *Server) unassign(r *http.Request, actor account.Actor) (int, any, error) {
	p, err := pathID[id.Patient](r, "patient")
	if err != nil {
		return 0, nil, err
	}
	a, err := pathID[id.Assignment](r, "assignment")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, s.o.Care.Unassign(r.Context(), actor, p, a)
}

func (s *Server) invite(r *http.Request, actor account.Actor) (int, any, error) {
	p, err := pathID[id.Patient](r, "patient")
	if err != nil {
		return 0, nil, err
	}
	var in protocol.Invite
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	ask := care.Invite{Name: in.Name, Relationship: in.Relationship, Language: in.Language, Scope: in.Scope}
	if in.Consent != nil {
		ask.ConsentBasis, ask.ConsentNote = in.Consent.Basis, in.Consent.Note
	}
	made, err := s.o.Care.Invite(r.Context(), actor, p, ask)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, protocol.Invitation{
		ID: made.Invitation.ID.String(), Link: made.Link.ID.String(), Code: made.Code,
		URL: s.joinURL(r, made.Code), ExpiresAt: protocol.At(made.Invitation.ExpiresAt),
	}, nil
}

// joinURL leads a relative to the page where the code is redeemed. The code stands behind the #, which browsers never send:
// it is in no log, and opening the link can't use it up.
func (s *Server) joinURL(r *http.Request, code string) string {
	base := s.o.PublicURL
	if base == "" {
		base = "http://" + r.Host
		if s.secure(r) {
			base = "https://" + r.Host
		}
	}
	return base + "/join#" + code
}

func (s *Server) redeem(r *http.Request) (int, any, error) {
	var in protocol.Redeem
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	got, err := s.enterByCode(r, care.Redemption{Code: in.Code, BirthDate: in.BirthDate, Name: in.Name})
	if err != nil {
		return 0, nil, err
	}
	actor := account.Actor{Person: got.Person.ID, Kind: got.Person.Kind}
	v, err := s.o.Chat.View(r.Context(), actor, got.Conversation)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, withToken{protocol.Redeemed{
		Person: wirePerson(got.Person), Token: got.Token, Conversation: wireConversation(v),
		Patient: protocol.Subject{ID: got.Patient.ID.String(), Name: got.Patient.FirstName},
	}, got.Token}, nil
}

// enterByCode redeems an invitation, for the account that is signed in if it is a relative's. Wrong tries count against the
// address.
func (s *Server) enterByCode(r *http.Request, ask care.Redemption) (care.Redeemed, error) {
	ask.Device = device(r, "")
	if known, err := s.authenticate(r); err == nil && known.Kind == account.Family {
		ask.Known = known.Person // a relative of two patients keeps one account
	}
	if err := s.o.Accounts.MayGuess(s.address(r)); err != nil {
		return care.Redeemed{}, err
	}
	got, err := s.o.Care.Redeem(r.Context(), ask)
	if problem.Is(err, problem.InvitationDead) || problem.Is(err, problem.SecondFactor) {
		s.o.Accounts.GuessedWrong(s.address(r))
	}
	return got, err
}

func (s *Server) revoke(r *http.Request, actor account.Actor) (int, any, error) {
	p, err := pathID[id.Patient](r, "patient")
	if err != nil {
		return 0, nil, err
	}
	link, err := pathID[id.Link](r, "link")
	if err != nil {
		return 0, nil, err
	}
	var in protocol.Revoke
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, s.o.Care.Revoke(r.Context(), actor, p, link, in.Reason)
}
