package store

import (
	"context"

	"kinward/internal/care"
	"kinward/internal/id"
)

const stayColumns = `s.id, s.patient, s.number, s.status, s.class, s.started_at, s.ended_at, s.ward, s.room, s.bed, s.died, s.version`

func scanStay(r row) (care.StoredStay, error) {
	var s care.StoredStay
	err := r.Scan(&s.ID, &s.Patient, &s.Number, &s.Status, &s.Class, at{&s.StartedAt}, at{&s.EndedAt}, &s.Ward, &s.Room, &s.Bed, &s.Died, &s.Version)
	return s, err
}

// Stay implements care.StayTx.
func (t *Tx) Stay(ctx context.Context, stay id.Stay) (care.StoredStay, error) {
	s, err := scanStay(t.QueryRowContext(ctx, `SELECT `+stayColumns+` FROM stays s WHERE s.id = ?`, stay))
	return s, t.s.wrap("read stay", err)
}

// Stays implements care.StayTx.
func (t *Tx) Stays(ctx context.Context, patient id.Patient) ([]care.StoredStay, error) {
	out, err := collect(ctx, t, scanStay, `SELECT `+stayColumns+` FROM stays s WHERE s.patient = ? ORDER BY s.id`, patient)
	return out, t.s.wrap("read stays", err)
}

// PutStay implements care.StayTx.
func (t *Tx) PutStay(ctx context.Context, s care.StoredStay) error {
	_, err := t.ExecContext(ctx, `INSERT INTO stays (id, patient, number, status, class, started_at, ended_at, ward, room, bed, died, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET patient = excluded.patient, number = excluded.number, status = excluded.status, class = excluded.class,
			started_at = excluded.started_at, ended_at = excluded.ended_at, ward = excluded.ward, room = excluded.room, bed = excluded.bed,
			died = excluded.died, version = excluded.version`,
		s.ID, s.Patient, s.Number, s.Status, s.Class, moment(s.StartedAt), moment(s.EndedAt), s.Ward, s.Room, s.Bed, s.Died, t.next())
	return t.s.wrap("put stay", err)
}

// Participants implements care.StayTx.
func (t *Tx) Participants(ctx context.Context, of care.Target) ([]care.Participant, error) {
	out, err := collect(ctx, t, func(r row) (care.Participant, error) {
		var p care.Participant
		return p, r.Scan(&p.Person, &p.Code, &p.Role, at{&p.From}, at{&p.Until}, &p.Assignment)
	}, `SELECT person, code, role, from_at, until_at, assignment FROM participants WHERE owner = ? ORDER BY n`, of)
	return out, t.s.wrap("read participants", err)
}

// PutParticipants implements care.StayTx.
func (t *Tx) PutParticipants(ctx context.Context, of care.Target, all []care.Participant) error {
	for n, p := range all {
		_, err := t.ExecContext(ctx, `INSERT INTO participants (owner, n, person, code, role, from_at, until_at, assignment)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (owner, n) DO UPDATE SET person = excluded.person, code = excluded.code, role = excluded.role,
				from_at = excluded.from_at, until_at = excluded.until_at, assignment = excluded.assignment`,
			of, n, p.Person, p.Code, p.Role, moment(p.From), moment(p.Until), p.Assignment)
		if err != nil {
			return t.s.wrap("put participant", err)
		}
	}
	_, err := t.ExecContext(ctx, `DELETE FROM participants WHERE owner = ? AND n >= ?`, of, len(all))
	return t.s.wrap("delete participants", err)
}

const teamColumns = `t.id, t.patient, t.stay, t.active, t.from_at, t.until_at`

func scanTeam(r row) (care.Team, error) {
	var v care.Team
	return v, r.Scan(&v.ID, &v.Patient, &v.Stay, &v.Active, at{&v.From}, at{&v.Until})
}

// Team implements care.TeamTx.
func (t *Tx) Team(ctx context.Context, team care.TeamID) (care.Team, error) {
	v, err := scanTeam(t.QueryRowContext(ctx, `SELECT `+teamColumns+` FROM teams t WHERE t.id = ?`, team))
	return v, t.s.wrap("read team", err)
}

// TeamsOfStay implements care.TeamTx.
func (t *Tx) TeamsOfStay(ctx context.Context, stay id.Stay) ([]care.Team, error) {
	out, err := collect(ctx, t, scanTeam, `SELECT `+teamColumns+` FROM teams t WHERE t.stay = ? ORDER BY t.id`, stay)
	return out, t.s.wrap("read teams", err)
}

// TeamsOfPatient implements care.TeamTx.
func (t *Tx) TeamsOfPatient(ctx context.Context, patient id.Patient) ([]care.Team, error) {
	out, err := collect(ctx, t, scanTeam, `SELECT `+teamColumns+` FROM teams t WHERE t.patient = ? ORDER BY t.id`, patient)
	return out, t.s.wrap("read teams", err)
}

// PutTeam implements care.TeamTx.
func (t *Tx) PutTeam(ctx context.Context, v care.Team) error {
	_, err := t.ExecContext(ctx, `INSERT INTO teams (id, patient, stay, active, from_at, until_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET patient = excluded.patient, stay = excluded.stay, active = excluded.active,
			from_at = excluded.from_at, until_at = excluded.until_at`,
		v.ID, v.Patient, v.Stay, v.Active, moment(v.From), moment(v.Until))
	return t.s.wrap("put team", err)
}
