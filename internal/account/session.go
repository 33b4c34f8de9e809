package account

import (
	"context"
	"sync"
	"time"

	"kinward/internal/id"
	"kinward/internal/problem"
)

// SignIn is what someone presents to enter: handle and password, or (open mode only) the account they chose.
type SignIn struct {
	Handle, Password string
	Account          id.Person
	Device           string
	Address          string
}

// SignIn checks the credentials and opens a session. Wrong tries are counted per account and per address; over the limit
// the answer is problem.TooMany without looking at the password.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Person, string, error) {
	p, err := s.identify(ctx, in)
	if err != nil {
		return Person{}, "", err
	}
	token, err := s.OpenSession(ctx, p.ID, in.Device)
	return p, token, err
}

func (s *Service) identify(ctx context.Context, in SignIn) (Person, error) {
	if !in.Account.IsZero() {
		return s.chooseAccount(ctx, in.Account)
	}
	account := Fold(in.Handle)
	if err := s.throttle.trying(account, in.Address); err != nil {
		return Person{}, err
	}
	p, err := s.o.Store.PersonByHandle(ctx, in.Handle)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return Person{}, err
	}
	phc := ""
	if err == nil && p.DisabledAt.IsZero() {
		if phc, err = s.o.Store.PasswordHash(ctx, p.ID); err != nil {
			return Person{}, err
		}
	}
	ok, err := s.o.Hasher.Verify(ctx, phc, in.Password)
	if err != nil {
		return Person{}, err
	}
	if !ok {
		s.throttle.failed(in.Address)
		return Person{}, problem.New(problem.SignInFailed, "the handle or the password is wrong")
	}
	s.throttle.succeeded(account)
	return p, nil
}

// chooseAccount enters an account without a password, as in seed row B3. Accounts that merely have no password yet
// (imported staff, relatives) are not open and can't be entered so.
func (s *Service) chooseAccount(ctx context.Context, account id.Person) (Person, error) {
	if !s.o.OpenRegistration {
		return Person{}, problem.Field("account", "accounts are chosen from the list in open mode only; use handle and password")
	}
	p, err := s.o.Store.Person(ctx, account)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return Person{}, err
	}
	if !p.Open || !p.DisabledAt.IsZero() {
		return Person{}, problem.New(problem.SignInFailed, "that account is entered with handle and password")
	}
	return p, nil
}

// OpenSession signs a person in on a device and returns the token, which is shown only here. The caller has checked that
// it is this person.
func (s *Service) OpenSession(ctx context.Context, person id.Person, device string) (string, error) {
	token, hash, err := NewToken()
	if err != nil {
		return "", err
	}
	session := Session{ID: id.New[id.Session](), Person: person, Device: device, CreatedAt: s.o.Now(), LastSeen: s.o.Now()}
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error { return tx.InsertSession(ctx, session, hash) })
	return token, err
}

// Authenticate finds who is behind a token; problem.Unauthenticated for any token that is not live.
func (s *Service) Authenticate(ctx context.Context, token string) (Actor, error) {
	if token == "" {
		return Actor{}, problem.New(problem.Unauthenticated, "sign in, then send the token as Authorization: Bearer …")
	}
	hash := HashToken(token)
	if actor, ok := s.sessions.get([32]byte(hash), s.o.Now()); ok {
		return actor, nil
	}
	generation := s.sessions.current()
	session, p, err := s.o.Store.SessionByToken(ctx, hash)
	if problem.Is(err, problem.NotFound) || err == nil && over(session.ExpiresAt, s.o.Now()) {
		return Actor{}, problem.New(problem.Unauthenticated, "this session has ended; sign in again")
	}
	if err != nil {
		return Actor{}, err
	}
	actor := Actor{Person: p.ID, Kind: p.Kind, Session: session.ID, Embedded: !session.ExpiresAt.IsZero()}
	s.sessions.put([32]byte(hash), sessionEntry{actor, s.o.Now(), session.ExpiresAt}, generation)
	return actor, nil
}

// over tells whether a session that ends then has ended; zero is never.
func over(expires, now time.Time) bool { return !expires.IsZero() && !expires.After(now) }

// Sessions lists the actor's devices.
func (s *Service) Sessions(ctx context.Context, actor Actor) ([]Session, error) {
	return s.o.Store.Sessions(ctx, actor.Person)
}

// EndSession signs one of the actor's devices out and cuts its live connections.
func (s *Service) EndSession(ctx context.Context, actor Actor, session id.Session) error {
	err := s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		return tx.DeleteSession(ctx, actor.Person, session)
	})
	if err != nil {
		return err
	}
	s.sessions.dropSession(session)
	s.o.Connections.EndSession(session)
	return nil
}

// EndPerson signs a person out everywhere, when the rows are already gone (a revoked link).
func (s *Service) EndPerson(person id.Person) { s.end(person, id.Session{}) }

// FlushSeen writes down when sessions were last used. The app calls it about once a minute: a write per request would
// cost more than the requests.
func (s *Service) FlushSeen(ctx context.Context) error {
	s.sessions.tidy(s.o.Now())
	seen := s.sessions.takeSeen()
	if len(seen) == 0 {
		return nil
	}
	return s.o.Store.SeenAt(ctx, seen)
}

// sessionCache remembers tokens that were found live, so that a request costs no query. Every change of sessions in this
// process drops its entries at once; the age limit bounds what another process's change can lag.
type sessionCache struct {
	mu         sync.Mutex
	entries    map[[32]byte]sessionEntry
	seen       map[id.Session]time.Time
	generation int // counts drops: an entry read before a drop must not be put back after it
}

type sessionEntry struct {
	actor   Actor
	checked time.Time
	expires time.Time // zero: never
}

const (
	sessionAge   = 2 * time.Second
	maxRemembers = 50_000
)

func newSessionCache() sessionCache {
	return sessionCache{entries: map[[32]byte]sessionEntry{}, seen: map[id.Session]time.Time{}}
}

func (c *sessionCache) get(hash [32]byte, now time.Time) (Actor, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[hash]
	if !ok || now.Sub(e.checked) > sessionAge || over(e.expires, now) {
		return Actor{}, false
	}
	c.seen[e.actor.Session] = now
	return e.actor, true
}

func (c *sessionCache) current() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation
}

func (c *sessionCache) put(hash [32]byte, e sessionEntry, generation int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != c.generation {
		return
	}
	if len(c.entries) >= maxRemembers {
		clear(c.entries)
	}
	c.entries[hash] = e
	c.seen[e.actor.Session] = e.checked
}

func (c *sessionCache) drop(match func(Actor) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for hash, e := range c.entries {
		if match(e.actor) {
			delete(c.entries, hash)
		}
	}
}

func (c *sessionCache) dropSession(session id.Session) {
	c.drop(func(a Actor) bool { return a.Session == session })
}

func (c *sessionCache) dropPerson(person id.Person, keep id.Session) {
	c.drop(func(a Actor) bool { return a.Person == person && a.Session != keep })
}

func (c *sessionCache) clear() { c.drop(func(Actor) bool { return true }) }

// tidy forgets what is too old to be used, so that a storm of sign-ins does not stay in memory.
func (c *sessionCache) tidy(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := map[[32]byte]sessionEntry{} // a map never gives back what it took
	for hash, e := range c.entries {
		if now.Sub(e.checked) <= sessionAge {
			kept[hash] = e
		}
	}
	c.entries = kept
}

func (c *sessionCache) takeSeen() map[id.Session]time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen = map[id.Session]time.Time{}
	return seen
}

// MayGuess refuses an address that has guessed wrong too often: for codes, which belong to no account yet.
func (s *Service) MayGuess(address string) error { return s.throttle.blocked(address) }

// GuessedWrong counts a wrong guess against an address.
func (s *Service) GuessedWrong(address string) { s.throttle.failed(address) }
