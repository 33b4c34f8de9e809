package store

import (
	"context"

	"kinward/internal/care"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// DeleteIdentifier implements care.PatientTx.
func (t *Tx) DeleteIdentifier(ctx context.Context, patient id.Patient, system, value string) error {
	_, err := t.ExecContext(ctx, `DELETE FROM identifiers WHERE patient = ? AND system = ? AND value = ?`, patient, system, value)
	return t.s.wrap("delete identifier", err)
}

// Link implements care.PatientTx.
func (t *Tx) Link(ctx context.Context, link id.Link) (care.Link, error) {
	l, err := scanLink(t.QueryRowContext(ctx, `SELECT `+linkColumns+` FROM links l WHERE l.id = ?`, link))
	return l, t.s.wrap("read link", err)
}

// FamilyConversation implements care.PatientTx.
func (t *Tx) FamilyConversation(ctx context.Context, patient id.Patient) (id.Conversation, error) {
	return t.conversationOf(ctx, patient)
}

// MoveConversation implements care.PatientTx. Its members read it again, since it has another title now.
func (t *Tx) MoveConversation(ctx context.Context, conversation id.Conversation, to id.Patient) error {
	_, err := t.ExecContext(ctx, `UPDATE conversations SET patient = ?, version = ? WHERE id = ?`, to, t.next(), conversation)
	t.touch(conversation)
	return t.s.wrap("move conversation", err)
}

// MergedInto implements care.PatientTx. Nobody sees the rows, so their version stays.
func (t *Tx) MergedInto(ctx context.Context, from, into id.Patient) error {
	_, err := t.ExecContext(ctx, `UPDATE patients SET merged_into = ? WHERE merged_into = ?`, into, from)
	return t.s.wrap("move merged patients", err)
}

// HandleTaken implements care.StaffTx.
func (t *Tx) HandleTaken(ctx context.Context, handle string) (bool, error) {
	_, err := t.s.person(ctx, t, `p.handle_key = ?`, handle)
	if problem.Is(err, problem.NotFound) {
		return false, nil
	}
	return err == nil, err
}

const dutyColumns = `d.id, d.person, d.role, d.title, d.active, d.from_at, d.until_at`

func scanDuty(r row) (care.Duty, error) {
	var d care.Duty
	return d, r.Scan(&d.ID, &d.Person, &d.Role, &d.Title, &d.Active, at{&d.From}, at{&d.Until})
}

// Duty implements care.StaffTx.
func (t *Tx) Duty(ctx context.Context, duty care.DutyID) (care.Duty, error) {
	d, err := scanDuty(t.QueryRowContext(ctx, `SELECT `+dutyColumns+` FROM duties d WHERE d.id = ?`, duty))
	return d, t.s.wrap("read duty", err)
}

// DutiesOf implements care.StaffTx: in the order in which they were first imported.
func (t *Tx) DutiesOf(ctx context.Context, person id.Person) ([]care.Duty, error) {
	out, err := collect(ctx, t, scanDuty, `SELECT `+dutyColumns+` FROM duties d WHERE d.person = ? ORDER BY d.id`, person)
	return out, t.s.wrap("read duties", err)
}

// PutDuty implements care.StaffTx.
func (t *Tx) PutDuty(ctx context.Context, d care.Duty) error {
	_, err := t.ExecContext(ctx, `INSERT INTO duties (id, person, role, title, active, from_at, until_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET person = excluded.person, role = excluded.role, title = excluded.title, active = excluded.active,
			from_at = excluded.from_at, until_at = excluded.until_at`,
		d.ID, d.Person, d.Role, d.Title, d.Active, moment(d.From), moment(d.Until))
	return t.s.wrap("put duty", err)
}

// Place implements care.StaffTx.
func (t *Tx) Place(ctx context.Context, place care.PlaceID) (care.StoredPlace, error) {
	p := care.StoredPlace{ID: place}
	err := t.QueryRowContext(ctx, `SELECT kind, name, part_of FROM places WHERE id = ?`, place).Scan(&p.Kind, &p.Name, (*string)(&p.PartOf))
	return p, t.s.wrap("read place", err)
}

// PutPlace implements care.StaffTx.
func (t *Tx) PutPlace(ctx context.Context, p care.StoredPlace) error {
	_, err := t.ExecContext(ctx, `INSERT INTO places (id, kind, name, part_of) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, part_of = excluded.part_of`, p.ID, p.Kind, p.Name, string(p.PartOf))
	return t.s.wrap("put place", err)
}
