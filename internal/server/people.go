package server

import (
	"net/http"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/protocol"
)

func (s *Server) register(r *http.Request) (int, any, error) {
	var in struct { // protocol.Register, to tell an empty handle from none
		Name     string  `json:"name"`
		Handle   *string `json:"handle"`
		Password string  `json:"password"`
	}
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	newcomer := account.Registration{Name: in.Name, Password: in.Password, Device: device(r, ""), Address: s.address(r)}
	if in.Handle != nil {
		if err := account.CheckHandle(*in.Handle); err != nil {
			return 0, nil, err
		}
		newcomer.Handle = *in.Handle
	}
	p, token, err := s.o.Accounts.Register(r.Context(), newcomer)
	return s.entered(p, token, err)
}

func (s *Server) signIn(r *http.Request) (int, any, error) {
	var in protocol.SignIn
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	try := account.SignIn{Handle: in.Handle, Password: in.Password, Device: device(r, in.Device), Address: s.address(r)}
	if in.Account != "" {
		chosen, err := bodyID[id.Person]("account", in.Account)
		if err != nil {
			return 0, nil, err
		}
		try.Account = chosen
	}
	p, token, err := s.o.Accounts.SignIn(r.Context(), try)
	return s.entered(p, token, err)
}

func (s *Server) entered(p account.Person, token string, err error) (int, any, error) {
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, withToken{protocol.SignedIn{Person: wirePerson(p), Token: token}, token}, nil
}

func (s *Server) me(r *http.Request, actor account.Actor) (int, any, error) {
	p, err := s.o.Accounts.Person(r.Context(), actor.Person)
	return http.StatusOK, protocol.OnePerson{Person: wirePerson(p)}, err
}

func (s *Server) people(r *http.Request, actor account.Actor) (int, any, error) {
	limit, err := listLimit(r)
	if err != nil {
		return 0, nil, err
	}
	people, err := s.o.Accounts.Directory(r.Context(), actor, r.URL.Query().Get("query"), limit)
	return peopleList(people, err)
}

func (s *Server) accounts(r *http.Request) (int, any, error) {
	return peopleList(s.o.Accounts.OpenAccounts(r.Context()))
}

func peopleList(people []account.Person, err error) (int, any, error) {
	out := protocol.PeopleList{}
	for _, p := range people {
		out.People = append(out.People, wirePerson(p))
	}
	return http.StatusOK, out, err
}

func (s *Server) sessions(r *http.Request, actor account.Actor) (int, any, error) {
	sessions, err := s.o.Accounts.Sessions(r.Context(), actor)
	out := protocol.SessionList{}
	for _, v := range sessions {
		out.Sessions = append(out.Sessions, protocol.Session{
			ID: v.ID.String(), Device: v.Device, CreatedAt: protocol.At(v.CreatedAt),
			LastSeen: protocol.At(v.LastSeen), Current: v.ID == actor.Session,
		})
	}
	return http.StatusOK, out, err
}

func (s *Server) signOut(r *http.Request, actor account.Actor) (int, any, error) {
	session := actor.Session
	if r.PathValue("session") != "current" {
		var err error
		if session, err = pathID[id.Session](r, "session"); err != nil {
			return 0, nil, err
		}
	}
	if err := s.o.Accounts.EndSession(r.Context(), actor, session); err != nil {
		return 0, nil, err
	}
	if session == actor.Session && !actor.Embedded { // whose browser may be another one's otherwise
		return http.StatusNoContent, withToken{}, nil
	}
	return http.StatusNoContent, nil, nil
}

func (s *Server) changePassword(r *http.Request, actor account.Actor) (int, any, error) {
	var in protocol.ChangePassword
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, s.o.Accounts.ChangePassword(r.Context(), actor, in.Current, in.New)
}
