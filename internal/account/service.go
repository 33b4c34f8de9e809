package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kinward/internal/id"
	"kinward/internal/problem"
)

// Options are what a Service needs; all are required but the switches.
type Options struct {
	Store            Store
	Journal          Journal
	Connections      Connections
	Hasher           *Hasher
	Now              func() time.Time
	OpenRegistration bool
	EmbedSecret      []byte // shared with the sites that embed us; nil where none may
	LiftRateLimits   bool   // lifts what is counted per address; tries per account stay counted
}

// Service is the use cases of accounts. Its methods may be called concurrently.
type Service struct {
	o        Options
	sessions sessionCache
	throttle *throttle
}

// New makes a Service.
func New(o Options) *Service {
	return &Service{o: o, sessions: newSessionCache(), throttle: newThrottle(o.Now, o.LiftRateLimits)}
}

// Forget drops what is remembered of sessions, after another process changed the database.
func (s *Service) Forget() { s.sessions.clear() }

// Registration is what a newcomer tells of themself.
type Registration struct {
	Name, Handle, Password string
	Device                 string
	Address                string // the client's network address, for the throttle
}

// Register makes a member account and signs it in. Only while registration is open; then a name alone is enough (seed row
// B1): the handle is made from it, and an account without a password is offered in the list of accounts.
func (s *Service) Register(ctx context.Context, r Registration) (Person, string, error) {
	if !s.o.OpenRegistration {
		return Person{}, "", problem.New(problem.Forbidden, "registration is closed here; ask the hospital for an account")
	}
	if err := s.throttle.registering(r.Address); err != nil {
		return Person{}, "", err
	}
	madeHandle := r.Handle == ""
	if madeHandle {
		r.Handle = handleFrom(r.Name)
	}
	p := Person{ID: id.New[id.Person](), Kind: Member, Handle: r.Handle, Name: r.Name, Open: r.Password == "", CreatedAt: s.o.Now()}
	if err := s.check(p, r.Password); err != nil {
		return Person{}, "", err
	}
	token, err := s.insert(ctx, p, r.Password, r.Device)
	if madeHandle && problem.Is(err, problem.Conflict) {
		p.Handle = uniqueHandle(p)
		token, err = s.insert(ctx, p, r.Password, r.Device)
	}
	return p, token, err
}

func (s *Service) check(p Person, password string) error {
	if err := CheckName("name", p.Name); err != nil {
		return err
	}
	if err := CheckHandle(p.Handle); err != nil {
		return err
	}
	if password == "" {
		return nil
	}
	return CheckPassword("password", password)
}

// insert stores a person with an optional password and a first session, whose token it returns.
func (s *Service) insert(ctx context.Context, p Person, password, device string) (string, error) {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	token, tokenHash, err := NewToken()
	if err != nil {
		return "", err
	}
	session := Session{ID: id.New[id.Session](), Person: p.ID, Device: device, CreatedAt: s.o.Now(), LastSeen: s.o.Now()}
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.InsertPerson(ctx, p); err != nil {
			return err
		}
		if hash != "" {
			if err := tx.SetPasswordHash(ctx, p.ID, hash); err != nil {
				return err
			}
		}
		return tx.InsertSession(ctx, session, tokenHash)
	})
	return token, err
}

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", nil
	}
	return s.o.Hasher.Hash(ctx, password)
}

// Add makes an account of any kind without signing it in. Only the command line calls it, on the machine that holds the
// data. Without a password nobody can sign in until SetPassword.
func (s *Service) Add(ctx context.Context, p Person, password string) (Person, error) {
	p.ID, p.CreatedAt, p.Open = id.New[id.Person](), s.o.Now(), false
	if err := s.check(p, password); err != nil {
		return Person{}, err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return Person{}, err
	}
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.InsertPerson(ctx, p); err != nil || hash == "" {
			return err
		}
		return tx.SetPasswordHash(ctx, p.ID, hash)
	})
	return p, err
}

// SetPassword gives an account a new password and ends all its sessions. Only the command line calls it.
func (s *Service) SetPassword(ctx context.Context, handle, password string) error {
	if err := CheckPassword("password", password); err != nil {
		return err
	}
	p, err := s.o.Store.PersonByHandle(ctx, handle)
	if err != nil {
		return err
	}
	return s.putPassword(ctx, p.ID, password, id.Session{})
}

// ChangePassword is for a signed-in person who knows the current one; it ends their other sessions.
func (s *Service) ChangePassword(ctx context.Context, actor Actor, current, replacement string) error {
	if err := CheckPassword("new", replacement); err != nil {
		return err
	}
	key := actor.Person.String()
	if err := s.throttle.trying(key, ""); err != nil {
		return err
	}
	phc, err := s.o.Store.PasswordHash(ctx, actor.Person)
	if err != nil {
		return err
	}
	ok, err := s.o.Hasher.Verify(ctx, phc, current)
	if err != nil {
		return fmt.Errorf("verify password: %w", err)
	}
	if !ok {
		return problem.Field("current", "that is not the current password")
	}
	s.throttle.succeeded(key)
	return s.putPassword(ctx, actor.Person, replacement, actor.Session)
}

func (s *Service) putPassword(ctx context.Context, person id.Person, password string, keep id.Session) error {
	hash, err := s.o.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SetPasswordHash(ctx, person, hash); err != nil {
			return err
		}
		return tx.DeleteSessions(ctx, person, keep)
	})
	if err == nil {
		s.end(person, keep)
	}
	return err
}

// end forgets a person's sessions but one and cuts their live connections.
func (s *Service) end(person id.Person, keep id.Session) {
	s.sessions.dropPerson(person, keep)
	s.o.Connections.EndPerson(person, keep)
}

// Disable closes an account: its sessions end at once and nobody can sign in. Only the command line calls it. Messages
// stay.
func (s *Service) Disable(ctx context.Context, handle string) error {
	p, err := s.o.Store.PersonByHandle(ctx, handle)
	if err != nil {
		return err
	}
	p.DisabledAt = s.o.Now()
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.UpdatePerson(ctx, p); err != nil {
			return err
		}
		return tx.DeleteSessions(ctx, p.ID, id.Session{})
	})
	if err == nil {
		s.end(p.ID, id.Session{})
	}
	return err
}

// Person is the account of someone who may be shown to the caller; deciding that is the caller's work.
func (s *Service) Person(ctx context.Context, person id.Person) (Person, error) {
	return s.o.Store.Person(ctx, person)
}

// Directory finds other people whom the actor may write to, by the beginnings of name words or of the handle.
func (s *Service) Directory(ctx context.Context, actor Actor, query string, limit int) ([]Person, error) {
	if err := MaySearchPeople(actor.Kind); err != nil {
		return nil, err
	}
	people, err := s.o.Store.People(ctx, []Kind{Staff, Member, Admin}, QueryWords(query), limit+1)
	people = slices.DeleteFunc(people, func(p Person) bool { return p.ID == actor.Person })
	return people[:min(limit, len(people))], err
}

// OpenAccounts lists the accounts that may be entered without a password (seed row B3); problem.NotFound unless
// registration is open.
func (s *Service) OpenAccounts(ctx context.Context) ([]Person, error) {
	if !s.o.OpenRegistration {
		return nil, problem.New(problem.NotFound, "the list of accounts is offered in open mode only")
	}
	return s.o.Store.OpenAccounts(ctx, 1000)
}

// handleFrom makes a handle of a name's letters; uniqueHandle adds part of the id where that one is taken or too short.
func handleFrom(name string) string {
	h := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ', r == '-', r == '.':
			return '.'
		}
		return -1
	}, Fold(name))
	h = strings.Trim(h[:min(len(h), 40)], ".")
	if len(h) < 2 {
		return "member." + id.New[id.Person]().String()[24:]
	}
	return h
}

func uniqueHandle(p Person) string { return p.Handle + "." + p.ID.String()[28:] }
