package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"kinward/internal/id"
	"kinward/internal/problem"
)

// The hospital's own system may show Kinward inside its pages. It then says who sits there by a token that it signs with a
// secret that both know; there is no anonymous way in.
const (
	// EmbedTokenLife is how long a token is good for at most, to be used once.
	EmbedTokenLife = 120 * time.Second
	// EmbedSessionLife is how long a page stays signed in by one token; before that the site signs another one, which it
	// no longer does once the person has left it.
	EmbedSessionLife = 10 * time.Minute
	// MinEmbedSecret is the least length of the secret in bytes (RFC 2104: not shorter than the hash's output).
	MinEmbedSecret = sha256.Size

	embedSkew     = 30 * time.Second // the site's clock may be ahead of ours by so much
	maxEmbedToken = 4096
	maxEmbedID    = 128
)

// EmbedClaims are what a site says of the person who uses its page.
type EmbedClaims struct {
	Handle  string    // sub
	Kind    Kind      // role; doctor and nurse are staff
	Patient string    // the hospital's number of the patient that the page is about, or Kinward's id; "" for none
	Expires time.Time // exp
	ID      string    // jti: no two tokens have the same
}

// embedRoles are the words of the claim role. Administrators sign in themselves.
var embedRoles = map[string]Kind{"staff": Staff, "doctor": Staff, "nurse": Staff, "family": Family, "member": Member}

// ParseEmbedToken reads a token, base64url(claims as JSON) "." hex(HMAC-SHA256(secret, what is before the dot)), and checks
// everything about it but who the person is and whether it was used before.
func ParseEmbedToken(secret []byte, token string, now time.Time) (EmbedClaims, error) {
	payload, signature, ok := strings.Cut(token, ".")
	if !ok || len(token) > maxEmbedToken {
		return EmbedClaims{}, badToken("it is base64url of the claims, a dot, and hex of their HMAC-SHA256, %d characters at most", maxEmbedToken)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(payload))
	given, err := hex.DecodeString(signature)
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		return EmbedClaims{}, badToken("its signature does not fit; sign what is before the dot with the secret of --embed-secret")
	}
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return EmbedClaims{}, badToken("what is before the dot is not base64url without padding")
	}
	var in struct {
		Subject string      `json:"sub"`
		Role    string      `json:"role"`
		Patient string      `json:"patient"`
		Expires json.Number `json:"exp"`
		ID      string      `json:"jti"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return EmbedClaims{}, badToken("its claims are not a JSON object with sub, role, exp and jti")
	}
	c := EmbedClaims{Handle: in.Subject, Kind: embedRoles[in.Role], Patient: in.Patient, ID: in.ID}
	if seconds, err := in.Expires.Int64(); err == nil {
		c.Expires = time.Unix(seconds, 0).UTC()
	}
	return c, c.check(now)
}

func (c EmbedClaims) check(now time.Time) error {
	switch {
	case c.Handle == "":
		return badToken("sub is missing: the person's handle")
	case c.Kind == "":
		return badToken("role is one of staff, doctor, nurse, family, member")
	case len(c.ID) < 8 || len(c.ID) > maxEmbedID:
		return badToken("jti has 8 to %d characters, other ones in each token", maxEmbedID)
	case c.Expires.IsZero():
		return badToken("exp is missing: whole seconds since 1970")
	case !c.Expires.After(now):
		return badToken("it has expired: exp is %s and it is %s here", stamp(c.Expires), stamp(now))
	case c.Expires.After(now.Add(EmbedTokenLife + embedSkew)):
		return badToken("exp is too far away: at most %d s from now, which is %s here", int(EmbedTokenLife/time.Second), stamp(now))
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// badToken is told in full: only who has the secret, or sets the page up, gets to see it.
func badToken(format string, args ...any) error {
	p := problem.New(problem.SignInFailed, "the embed token is not valid: "+format, args...)
	p.Field = "token"
	return p
}

// ReadEmbedToken tells whom a token is for. It does not use the token up.
func (s *Service) ReadEmbedToken(ctx context.Context, token string) (EmbedClaims, Person, error) {
	if len(s.o.EmbedSecret) == 0 {
		return EmbedClaims{}, Person{}, problem.New(problem.NotFound, "this server is not set up to be embedded: see --embed-sites")
	}
	c, err := ParseEmbedToken(s.o.EmbedSecret, token, s.o.Now())
	if err != nil {
		return EmbedClaims{}, Person{}, err
	}
	p, err := s.o.Store.PersonByHandle(ctx, c.Handle)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return EmbedClaims{}, Person{}, err
	}
	if err != nil || !p.DisabledAt.IsZero() {
		return EmbedClaims{}, Person{}, badToken("sub is not the handle of a person with an account here")
	}
	if p.Kind != c.Kind {
		return EmbedClaims{}, Person{}, badToken("role does not fit the person's account")
	}
	return c, p, nil
}

// EnterEmbedded uses a token up that ReadEmbedToken has found good, and signs its person in for EmbedSessionLife.
func (s *Service) EnterEmbedded(ctx context.Context, c EmbedClaims, person id.Person, device string) (string, error) {
	token, hash, err := NewToken()
	if err != nil {
		return "", err
	}
	now := s.o.Now()
	session := Session{
		ID: id.New[id.Session](), Person: person, Device: device, CreatedAt: now, LastSeen: now, ExpiresAt: now.Add(EmbedSessionLife),
	}
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := spend(ctx, tx, c, now); err != nil {
			return err
		}
		return tx.InsertSession(ctx, session, hash)
	})
	return token, err
}

// RenewEmbedded uses a token up to let the actor's session, which must be one of EnterEmbedded, live for EmbedSessionLife from
// now.
func (s *Service) RenewEmbedded(ctx context.Context, actor Actor, token string) error {
	c, p, err := s.ReadEmbedToken(ctx, token)
	if err != nil {
		return err
	}
	if p.ID != actor.Person {
		return problem.New(problem.Forbidden, "this token is another person's: enter with it anew")
	}
	now := s.o.Now()
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := spend(ctx, tx, c, now); err != nil {
			return err
		}
		return tx.ExtendSession(ctx, actor.Session, now.Add(EmbedSessionLife))
	})
	s.sessions.dropSession(actor.Session) // it is remembered with its old end
	return err
}

func spend(ctx context.Context, tx Tx, c EmbedClaims, now time.Time) error {
	err := tx.SpendEmbedToken(ctx, c.ID, now.Add(EmbedTokenLife+embedSkew))
	if problem.Is(err, problem.Conflict) {
		return badToken("it was used before; each page, and each renewal, needs one of its own")
	}
	return err
}

// EndExpired ends the sessions whose time is over, and their live connections. The app calls it about once a second.
func (s *Service) EndExpired(ctx context.Context) error {
	due, err := s.o.Store.SessionsExpire(ctx, s.o.Now())
	if err != nil || !due {
		return err
	}
	var ended []id.Session
	err = s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		ended, err = tx.DeleteExpired(ctx, s.o.Now())
		return err
	})
	if err != nil {
		return err
	}
	for _, session := range ended {
		s.sessions.dropSession(session)
		s.o.Connections.EndSession(session)
	}
	return nil
}
