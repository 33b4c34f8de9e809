package store

import (
	"context"
	"strings"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

const personColumns = `p.id, p.kind, p.handle, p.name, p.role, p.open, p.created_at, p.disabled_at, p.version`

func scanPerson(r row) (account.Person, error) {
	var p account.Person
	err := r.Scan(personFields(&p)...)
	return p, err
}

// personFields is where personColumns go.
func personFields(p *account.Person) []any {
	return []any{&p.ID, (*string)(&p.Kind), &p.Handle, &p.Name, &p.Role, &p.Open, at{&p.CreatedAt}, at{&p.DisabledAt}, &p.Version}
}

func (s *Store) person(ctx context.Context, q querier, where string, arg any) (account.Person, error) {
	p, err := scanPerson(q.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people p WHERE `+where, arg))
	if err = s.wrap("read person", err); problem.Is(err, problem.NotFound) {
		err = problem.New(problem.NotFound, "there is no such person")
	}
	return p, err
}

// Person implements account.Store.
func (s *Store) Person(ctx context.Context, person id.Person) (p account.Person, err error) {
	err = s.read(ctx, func(q querier) error {
		p, err = s.person(ctx, q, `p.id = ?`, person)
		return err
	})
	return p, err
}

// PersonByHandle implements account.Store.
func (s *Store) PersonByHandle(ctx context.Context, handle string) (p account.Person, err error) {
	err = s.read(ctx, func(q querier) error {
		p, err = s.person(ctx, q, `p.handle_key = ?`, strings.ToLower(handle))
		return err
	})
	return p, err
}

// PasswordHash implements account.Store.
func (s *Store) PasswordHash(ctx context.Context, person id.Person) (string, error) {
	var hash string
	err := s.one(ctx, `SELECT password FROM people WHERE id = ?`, []any{person}, &hash)
	return hash, s.wrap("read password", err)
}

// People implements account.Store.
func (s *Store) People(ctx context.Context, kinds []account.Kind, words []string, limit int) ([]account.Person, error) {
	where, args := `p.disabled_at IS NULL`, []any{}
	if len(kinds) > 0 {
		where += ` AND p.kind IN (` + strings.TrimSuffix(strings.Repeat("?,", len(kinds)), ",") + `)`
		for _, k := range kinds {
			args = append(args, string(k))
		}
	}
	for _, w := range words {
		where += ` AND p.search LIKE ? ESCAPE '!'`
		args = append(args, likeTerm(w))
	}
	return s.people(ctx, where, append(args, limit))
}

// AllPeople lists everyone, also the disabled ones, for the command line.
func (s *Store) AllPeople(ctx context.Context) ([]account.Person, error) {
	return s.people(ctx, `1 = 1`, []any{1 << 30})
}

// OpenAccounts implements account.Store.
func (s *Store) OpenAccounts(ctx context.Context, limit int) ([]account.Person, error) {
	return s.people(ctx, `p.open = 1 AND p.disabled_at IS NULL`, []any{limit})
}

func (s *Store) people(ctx context.Context, where string, args []any) (out []account.Person, err error) {
	err = s.read(ctx, func(q querier) error {
		out, err = collect(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people p WHERE `+where+` ORDER BY p.name, p.id LIMIT ?`, args...)
		return err
	})
	return out, err
}

// likeTerm is the pattern of texts that have a term beginning with w; ! is the escape sign.
func likeTerm(w string) string {
	return "% " + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(w) + "%"
}

// SessionByToken implements account.Store.
func (s *Store) SessionByToken(ctx context.Context, hash []byte) (account.Session, account.Person, error) {
	var found account.Session
	var p account.Person
	err := s.one(ctx, `SELECT s.id, s.person, s.device, s.created_at, s.last_seen, s.expires_at, `+personColumns+`
		FROM sessions s JOIN people p ON p.id = s.person WHERE s.token = ?`, []any{hash},
		append([]any{&found.ID, &found.Person, &found.Device, at{&found.CreatedAt}, at{&found.LastSeen}, at{&found.ExpiresAt}}, personFields(&p)...)...)
	if err != nil {
		return found, p, s.wrap("read session", err)
	}
	if !p.DisabledAt.IsZero() {
		err = problem.New(problem.NotFound, "the account is closed")
	}
	return found, p, err
}

// Sessions implements account.Store.
func (s *Store) Sessions(ctx context.Context, person id.Person) (out []account.Session, err error) {
	err = s.read(ctx, func(q querier) error {
		out, err = collect(ctx, q, func(r row) (account.Session, error) {
			v := account.Session{Person: person}
			return v, r.Scan(&v.ID, &v.Device, at{&v.CreatedAt}, at{&v.LastSeen})
		}, `SELECT id, device, created_at, last_seen FROM sessions WHERE person = ? ORDER BY last_seen DESC, id`, person)
		return err
	})
	return out, err
}

// SeenAt implements account.Store. It is no change that anyone is told of, so it claims no version.
func (s *Store) SeenAt(ctx context.Context, seen map[id.Session]time.Time) error {
	return s.write(ctx, func(c *session) error {
		for session, t := range seen {
			_, err := c.ExecContext(ctx, `UPDATE sessions SET last_seen = ? WHERE id = ? AND last_seen < ?`, moment(t), session, moment(t))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Person reads a person inside the transaction.
func (t *Tx) Person(ctx context.Context, person id.Person) (account.Person, error) {
	return t.s.person(ctx, t, `p.id = ?`, person)
}

// InsertPerson implements account.Tx.
func (t *Tx) InsertPerson(ctx context.Context, p account.Person) error {
	_, err := t.ExecContext(ctx, `INSERT INTO people (id, kind, handle, handle_key, name, role, search, open, created_at, disabled_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, p.ID, string(p.Kind), p.Handle, strings.ToLower(p.Handle), p.Name, p.Role,
		account.SearchText(p.Name, p.Handle), p.Open, moment(p.CreatedAt), moment(p.DisabledAt), t.next())
	if err != nil && t.s.dialect.taken(err) {
		return &problem.Error{Code: problem.Conflict, Field: "handle", Detail: "this handle is taken; choose another", Err: err}
	}
	return t.s.wrap("insert person", err)
}

// UpdatePerson implements account.Tx.
func (t *Tx) UpdatePerson(ctx context.Context, p account.Person) error {
	_, err := t.ExecContext(ctx, `UPDATE people SET name = ?, role = ?, search = ?, disabled_at = ?, version = ? WHERE id = ?`,
		p.Name, p.Role, account.SearchText(p.Name, p.Handle), moment(p.DisabledAt), t.next(), p.ID)
	return t.s.wrap("update person", err)
}

// SetPasswordHash implements account.Tx. An account with a password is no longer chosen from the list.
func (t *Tx) SetPasswordHash(ctx context.Context, person id.Person, hash string) error {
	_, err := t.ExecContext(ctx, `UPDATE people SET password = ?, open = 0, version = ? WHERE id = ?`, hash, t.next(), person)
	return t.s.wrap("set password", err)
}

// InsertSession implements account.Tx.
func (t *Tx) InsertSession(ctx context.Context, v account.Session, tokenHash []byte) error {
	_, err := t.ExecContext(ctx, `INSERT INTO sessions (id, person, token, device, created_at, last_seen, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, v.ID, v.Person, tokenHash, v.Device, moment(v.CreatedAt), moment(v.LastSeen), moment(v.ExpiresAt))
	return t.s.wrap("insert session", err)
}

// DeleteSession implements account.Tx.
func (t *Tx) DeleteSession(ctx context.Context, person id.Person, session id.Session) error {
	res, err := t.ExecContext(ctx, `DELETE FROM sessions WHERE id = ? AND person = ?`, session, person)
	if err != nil {
		return t.s.wrap("delete session", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return problem.New(problem.NotFound, "there is no such session among yours")
	}
	return nil
}

// DeleteSessions implements account.Tx. It moves the person's version, so that other processes on this database notice.
func (t *Tx) DeleteSessions(ctx context.Context, person id.Person, keep id.Session) error {
	if _, err := t.ExecContext(ctx, `UPDATE people SET version = ? WHERE id = ?`, t.next(), person); err != nil {
		return t.s.wrap("move person", err)
	}
	_, err := t.ExecContext(ctx, `DELETE FROM sessions WHERE person = ? AND (? IS NULL OR id <> ?)`, person, keep, keep)
	return t.s.wrap("delete sessions", err)
}
