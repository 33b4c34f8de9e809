package store

import (
	"context"
	"time"

	"kinward/internal/care"
	"kinward/internal/id"
)

const linkColumns = `l.id, l.patient, l.person, l.name, l.relationship, l.language, l.scope, l.state, l.consent_basis, l.consent_note,
	l.granted_by, l.created_at, l.ended_at, l.end_reason, l.version`

func linkFields(l *care.Link) []any {
	return []any{
		&l.ID, &l.Patient, &l.Person, &l.Name, &l.Relationship, &l.Language, &l.Scope, (*string)(&l.State), &l.ConsentBasis,
		&l.ConsentNote, &l.GrantedBy,
		at{&l.CreatedAt},
		at{&l.EndedAt},
		&l.EndReason, &l.Version,
	}
}

func scanLink(r row) (care.Link, error) {
	var l care.Link
	return l, r.Scan(linkFields(&l)...)
}

const invitationColumns = `i.id, i.link, i.code, i.expires_at, i.tries, i.used_at, i.dead_at`

func scanInvitation(r row) (care.Invitation, care.Link, error) {
	var i care.Invitation
	var l care.Link
	err := r.Scan(append([]any{&i.ID, &i.Link, &i.CodeHash, at{&i.ExpiresAt}, &i.Tries, at{&i.UsedAt}, at{&i.DeadAt}}, linkFields(&l)...)...)
	return i, l, err
}

// Invitation implements care.Store.
func (s *Store) Invitation(ctx context.Context, invitation id.Invitation) (care.Invitation, care.Link, error) {
	var i care.Invitation
	var l care.Link
	err := s.single(ctx, func(q querier) (err error) {
		i, l, err = scanInvitation(q.QueryRowContext(ctx, `SELECT `+invitationColumns+`, `+linkColumns+`
			FROM invitations i JOIN links l ON l.id = i.link WHERE i.id = ?`, invitation))
		return err
	})
	return i, l, s.wrap("read invitation", err)
}

// InvitationByCode implements care.Tx.
func (t *Tx) InvitationByCode(ctx context.Context, codeHash []byte) (care.Invitation, care.Link, error) {
	i, l, err := scanInvitation(t.QueryRowContext(ctx, `SELECT `+invitationColumns+`, `+linkColumns+`
		FROM invitations i JOIN links l ON l.id = i.link WHERE i.code = ?`, codeHash))
	return i, l, t.s.wrap("read invitation", err)
}

// Links implements care.Tx.
func (t *Tx) Links(ctx context.Context, patient id.Patient) ([]care.Link, error) {
	out, err := collect(ctx, t, scanLink, `SELECT `+linkColumns+` FROM links l WHERE l.patient = ?`, patient)
	return out, t.s.wrap("read links", err)
}

// ActiveLinks implements care.Tx.
func (t *Tx) ActiveLinks(ctx context.Context, person id.Person) (int, error) {
	var n int
	err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM links WHERE person = ? AND state = 'active'`, person).Scan(&n)
	return n, t.s.wrap("count links", err)
}

// PutLink implements care.Tx.
func (t *Tx) PutLink(ctx context.Context, l care.Link) error {
	_, err := t.ExecContext(ctx, `INSERT INTO links (id, patient, person, name, relationship, language, scope, state, consent_basis,
			consent_note, granted_by, created_at, ended_at, end_reason, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET patient = excluded.patient, person = excluded.person, name = excluded.name,
			relationship = excluded.relationship, language = excluded.language, scope = excluded.scope, state = excluded.state,
			consent_basis = excluded.consent_basis, consent_note = excluded.consent_note, granted_by = excluded.granted_by,
			ended_at = excluded.ended_at, end_reason = excluded.end_reason, version = excluded.version`,
		l.ID, l.Patient, l.Person, l.Name, l.Relationship, l.Language, l.Scope, string(l.State), l.ConsentBasis, l.ConsentNote, l.GrantedBy,
		moment(l.CreatedAt), moment(l.EndedAt), l.EndReason, t.next())
	return t.s.wrap("put link", err)
}

// InsertInvitation implements care.Tx.
func (t *Tx) InsertInvitation(ctx context.Context, i care.Invitation) error {
	_, err := t.ExecContext(ctx, `INSERT INTO invitations (id, link, code, expires_at) VALUES (?, ?, ?, ?)`,
		i.ID, i.Link, i.CodeHash, moment(i.ExpiresAt))
	return t.s.wrap("insert invitation", err)
}

// PutInvitation implements care.Tx.
func (t *Tx) PutInvitation(ctx context.Context, i care.Invitation) error {
	_, err := t.ExecContext(ctx, `UPDATE invitations SET tries = ?, used_at = ?, dead_at = ? WHERE id = ?`,
		i.Tries, moment(i.UsedAt), moment(i.DeadAt), i.ID)
	return t.s.wrap("put invitation", err)
}

// KillInvitations implements care.Tx.
func (t *Tx) KillInvitations(ctx context.Context, link id.Link, when time.Time) error {
	_, err := t.ExecContext(ctx, `UPDATE invitations SET dead_at = ? WHERE link = ? AND dead_at IS NULL AND used_at IS NULL`, moment(when), link)
	return t.s.wrap("kill invitations", err)
}
