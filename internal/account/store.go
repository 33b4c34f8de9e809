package account

import (
	"context"
	"time"

	"kinward/internal/id"
)

// Store reads accounts. All methods answer problem.NotFound where there is no such row.
type Store interface {
	Person(ctx context.Context, person id.Person) (Person, error)
	PersonByHandle(ctx context.Context, handle string) (Person, error)
	// PasswordHash is "" for an account without a password.
	PasswordHash(ctx context.Context, person id.Person) (string, error)
	// SessionByToken finds an enabled person's session by the token's hash, also one that has expired.
	SessionByToken(ctx context.Context, hash []byte) (Session, Person, error)
	Sessions(ctx context.Context, person id.Person) ([]Session, error)
	// SessionsExpire tells whether there are sessions that end at or before now.
	SessionsExpire(ctx context.Context, now time.Time) (bool, error)
	// People lists up to limit enabled people of the kinds whose name words or handle begin with every one of the folded
	// words, by name.
	People(ctx context.Context, kinds []Kind, words []string, limit int) ([]Person, error)
	// OpenAccounts lists enabled people that registered in open mode without a password, by name.
	OpenAccounts(ctx context.Context, limit int) ([]Person, error)
	// SeenAt notes when sessions were last used; unknown sessions are passed over.
	SeenAt(ctx context.Context, seen map[id.Session]time.Time) error
}

// Tx is what a change to accounts may do inside the journal's transaction.
type Tx interface {
	// InsertPerson stores p; a taken handle is a problem.Conflict on field handle.
	InsertPerson(ctx context.Context, p Person) error
	// UpdatePerson stores p's name, role and DisabledAt.
	UpdatePerson(ctx context.Context, p Person) error
	SetPasswordHash(ctx context.Context, person id.Person, hash string) error
	InsertSession(ctx context.Context, s Session, tokenHash []byte) error
	// DeleteSession removes one session of the person; problem.NotFound if there is none.
	DeleteSession(ctx context.Context, person id.Person, session id.Session) error
	// DeleteSessions removes all sessions of the person but the one to keep (zero: none is kept).
	DeleteSessions(ctx context.Context, person id.Person, keep id.Session) error
	// ExtendSession moves the end of a session that has one; problem.NotFound for any other.
	ExtendSession(ctx context.Context, session id.Session, until time.Time) error
	// DeleteExpired removes the sessions that end at or before now, and what SpendEmbedToken kept until then.
	DeleteExpired(ctx context.Context, now time.Time) ([]id.Session, error)
	// SpendEmbedToken notes until a time that a token was used; problem.Conflict if it was before.
	SpendEmbedToken(ctx context.Context, jti string, until time.Time) error
}

// Journal carries a change of accounts into the one transaction stream. When Change returns nil, the change is durable.
type Journal interface {
	Change(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Connections are the live connections that end with a session. Both methods return at once.
type Connections interface {
	EndSession(session id.Session)
	EndPerson(person id.Person, keep id.Session)
}
