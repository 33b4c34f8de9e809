package store

import (
	"context"
	"slices"
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
)

const patientColumns = `t.id, t.name, t.first_name, t.family_name, t.other_names, t.birth_date, t.sex, t.language, t.active,
	t.deceased, t.protected, t.merged_into, t.ward, t.room, t.bed, t.status, t.version`

func scanPatient(r row, more ...any) (care.Patient, error) {
	var p care.Patient
	err := r.Scan(append([]any{
		&p.ID, &p.Name, &p.FirstName, &p.FamilyName, &p.OtherNames, &p.BirthDate, &p.Sex, &p.Language, &p.Active,
		&p.Deceased, &p.Protected, &p.MergedInto, &p.Ward, &p.Room, &p.Bed, &p.Status, &p.Version,
	}, more...)...)
	return p, err
}

// seenBy joins a patient with the asker's place in its family conversation; its argument is the asker.
const seenBy = ` FROM members me JOIN conversations c ON c.id = me.conversation JOIN patients t ON t.id = c.patient WHERE me.person = ?`

// Patients implements care.Store.
func (s *Store) Patients(ctx context.Context, q care.Query, now time.Time) (views []care.View, more bool, err error) {
	where, args := ` AND `+liveMember, []any{q.Asker, now.UnixMilli()}
	for _, w := range q.Words {
		where += ` AND t.search LIKE ? ESCAPE '!'`
		args = append(args, likeTerm(w))
	}
	if q.Ward != "" {
		where += ` AND t.ward_key = ?`
		args = append(args, q.Ward)
	}
	if !q.After.IsZero() { // one whom the asker never saw is nobody: their place in the order would tell of their name
		where += ` AND (t.sort_key, t.id) > (SELECT a.sort_key, a.id FROM patients a JOIN conversations b ON b.patient = a.id
			JOIN members was ON was.conversation = b.id AND was.person = ? WHERE a.id = ?)`
		args = append(args, q.Asker, q.After)
	}
	err = s.read(ctx, func(db querier) error {
		views, err = collect(ctx, db, scanView, `SELECT `+patientColumns+`, c.id, me.read`+seenBy+where+` ORDER BY t.sort_key, t.id LIMIT ?`,
			append(args, q.Limit+1)...)
		if more = len(views) > q.Limit; more {
			views = views[:q.Limit]
		}
		if err != nil {
			return err
		}
		return s.fillPatients(ctx, db, views, now)
	})
	return views, more, err
}

// scanView reads a patient; Unread holds the asker's read mark until fillPatients makes the difference.
func scanView(r row) (care.View, error) {
	var v care.View
	var conversation id.Conversation
	var err error
	v.Patient, err = scanPatient(r, &conversation, &v.Unread)
	v.Conversation = conversation
	return v, err
}

// PatientView implements care.Store.
func (s *Store) PatientView(ctx context.Context, patient id.Patient, asker id.Person, now time.Time) (v care.View, seen bool, err error) {
	err = s.read(ctx, func(q querier) error {
		views, err := collect(ctx, q, scanView, `SELECT `+patientColumns+`, c.id, me.read`+seenBy+` AND t.id = ? AND `+liveMember,
			asker, patient, now.UnixMilli())
		if err != nil || len(views) == 0 {
			return err
		}
		seen = true
		err = s.fillPatients(ctx, q, views, now)
		v = views[0]
		return err
	})
	return v, seen, err
}

// fillPatients adds what hangs on patients: identifiers, family, team, unread and since when the family waits. It takes four
// statements for each thousand.
func (s *Store) fillPatients(ctx context.Context, q querier, views []care.View, now time.Time) error {
	for some := range slices.Chunk(views, setAtOnce) {
		if err := fillSomePatients(ctx, q, some, now.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

func fillSomePatients(ctx context.Context, q querier, views []care.View, now int64) error {
	at := make(map[id.Patient]*care.View, len(views))
	in := make(map[id.Conversation]*care.View, len(views))
	patients, conversations := make([]id.Patient, len(views)), make([]id.Conversation, len(views))
	for i := range views {
		v := &views[i]
		patients[i], conversations[i] = v.ID, v.Conversation
		at[v.ID], in[v.Conversation] = v, v
	}
	waits, err := collectSet(ctx, q, scanWait, waitingQuery, conversations)
	if err != nil {
		return err
	}
	for _, w := range waits {
		v := in[w.conversation]
		v.Unread, v.WaitingSince = w.last-v.Unread, w.since
	}
	identifiers, err := collectSet(ctx, q, scanOwned, identifiersQuery, patients)
	if err != nil {
		return err
	}
	for _, i := range identifiers {
		at[i.patient].Identifiers = append(at[i.patient].Identifiers, i.Identifier)
	}
	family, err := collectSet(ctx, q, scanLink, familyQuery, patients)
	if err != nil {
		return err
	}
	for _, l := range family {
		at[l.Patient].Family = append(at[l.Patient].Family, l)
	}
	team, err := collectSet(ctx, q, scanTeamMember, teamQuery, patients, now, now)
	if err != nil {
		return err
	}
	for _, m := range team {
		at[m.Patient].Team = append(at[m.Patient].Team, m)
	}
	return nil
}

// wait is how many messages a conversation has, and since when the family waits for an answer.
type wait struct {
	conversation id.Conversation
	last         int64
	since        time.Time
}

func scanWait(r row) (w wait, err error) { return w, r.Scan(&w.conversation, &w.last, at{&w.since}) }

// waitingQuery finds the last seq and the first family message that no staff message follows. Both are looked for from the
// end, so that the length of the conversation does not matter.
const waitingQuery = `SELECT d.column1, COALESCE((SELECT MAX(x.seq) FROM messages x WHERE x.conversation = d.column1), 0),
	(SELECT m.created_at FROM messages m JOIN people p ON p.id = m.sender AND p.kind = 'family'
		WHERE m.conversation = d.column1 AND m.retracted_at IS NULL AND m.seq > COALESCE((
			SELECT x.seq FROM messages x JOIN people y ON y.id = x.sender AND y.kind = 'staff'
			WHERE x.conversation = d.column1 ORDER BY x.seq DESC LIMIT 1), 0) ORDER BY m.seq LIMIT 1)
	FROM (VALUES {set}) AS d WHERE d.column1 IS NOT NULL`

const (
	identifiersQuery = `SELECT i.patient, i.system, i.value, i.type FROM (VALUES {set}) AS d CROSS JOIN identifiers i
	WHERE i.patient = d.column1 ORDER BY i.system, i.value`

	familyQuery = `SELECT ` + linkColumns + ` FROM (VALUES {set}) AS d CROSS JOIN links l WHERE l.patient = d.column1 ORDER BY l.id`
)

// owned is an identifier with its patient.
type owned struct {
	patient id.Patient
	care.Identifier
}

func scanOwned(r row) (o owned, err error) {
	return o, r.Scan(&o.patient, &o.System, &o.Value, &o.Type)
}

const identifierQuery = `SELECT system, value, type FROM identifiers WHERE patient = ? ORDER BY system, value`

func scanIdentifier(r row) (care.Identifier, error) {
	var i care.Identifier
	return i, r.Scan(&i.System, &i.Value, &i.Type)
}

const assignmentColumns = `a.id, a.patient, a.person, a.role, a.stay, a.from_at, a.until_at, a.version`

const teamQuery = `SELECT ` + assignmentColumns + `, p.name FROM (VALUES {set}) AS d CROSS JOIN assignments a
	JOIN people p ON p.id = a.person WHERE a.patient = d.column1 AND a.from_at <= ? AND (a.until_at IS NULL OR a.until_at > ?) ORDER BY a.id`

func scanAssignment(r row, more ...any) (care.Assignment, error) {
	var a care.Assignment
	err := r.Scan(append([]any{&a.ID, &a.Patient, &a.Person, &a.Role, &a.Stay, at{&a.From}, at{&a.Until}, &a.Version}, more...)...)
	return a, err
}

func scanTeamMember(r row) (care.TeamMember, error) {
	var m care.TeamMember
	var err error
	m.Assignment, err = scanAssignment(r, &m.Name)
	return m, err
}

// Due implements care.Store.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) (out []id.Patient, err error) {
	err = s.read(ctx, func(q querier) error {
		out, err = collect(ctx, q, func(r row) (id.Patient, error) {
			var p id.Patient
			return p, r.Scan(&p)
		}, `SELECT id FROM patients WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?`, now.UnixMilli(), limit)
		return err
	})
	return out, err
}

// Patient implements care.Tx.
func (t *Tx) Patient(ctx context.Context, patient id.Patient) (care.Patient, error) {
	p, err := scanPatient(t.QueryRowContext(ctx, `SELECT `+patientColumns+` FROM patients t WHERE t.id = ?`, patient))
	return p, t.s.wrap("read patient", err)
}

// PutPatient stores a patient with what it is searched by.
func (t *Tx) PutPatient(ctx context.Context, p care.Patient, identifiers []care.Identifier) error {
	texts := []string{p.Name, p.FirstName, p.FamilyName, p.OtherNames, p.Ward, p.Room, p.Bed} // 李明 has no spaces, but two words
	for _, i := range identifiers {
		texts = append(texts, i.Value)
	}
	_, err := t.ExecContext(ctx, `INSERT INTO patients (id, name, first_name, family_name, other_names, sort_key, search, birth_date, sex,
			language, active, deceased, protected, merged_into, ward, ward_key, room, bed, status, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, first_name = excluded.first_name, family_name = excluded.family_name,
			other_names = excluded.other_names, sort_key = excluded.sort_key, search = excluded.search, birth_date = excluded.birth_date,
			sex = excluded.sex, language = excluded.language, active = excluded.active, deceased = excluded.deceased,
			protected = excluded.protected, merged_into = excluded.merged_into, ward = excluded.ward, ward_key = excluded.ward_key,
			room = excluded.room, bed = excluded.bed, status = excluded.status, version = excluded.version`,
		p.ID, p.Name, p.FirstName, p.FamilyName, p.OtherNames, account.Fold(p.FamilyName+" "+p.Name), account.SearchText(texts...),
		p.BirthDate, p.Sex, p.Language, p.Active, p.Deceased, p.Protected, p.MergedInto, p.Ward, account.Fold(p.Ward), p.Room, p.Bed,
		p.Status, t.next())
	if err != nil {
		return t.s.wrap("put patient", err)
	}
	return t.touchOf(ctx, p.ID)
}

// TouchPatient implements care.Tx.
func (t *Tx) TouchPatient(ctx context.Context, patient id.Patient) error {
	if _, err := t.ExecContext(ctx, `UPDATE patients SET version = ? WHERE id = ?`, t.next(), patient); err != nil {
		return t.s.wrap("move patient", err)
	}
	return t.touchOf(ctx, patient)
}

// touchOf wakes those who see a patient.
func (t *Tx) touchOf(ctx context.Context, patient id.Patient) error {
	c, err := t.conversationOf(ctx, patient)
	if err == nil && !c.IsZero() {
		t.touch(c)
	}
	return err
}

// conversationOf is the patient's family conversation, zero where there is none yet.
func (t *Tx) conversationOf(ctx context.Context, patient id.Patient) (id.Conversation, error) {
	var c id.Conversation
	err := t.s.wrap("read family conversation", t.QueryRowContext(ctx, `SELECT id FROM conversations WHERE patient = ?`, patient).Scan(&c))
	if problem.Is(err, problem.NotFound) {
		err = nil
	}
	return c, err
}

// Seen implements care.Tx.
func (t *Tx) Seen(ctx context.Context, patient id.Patient, person id.Person, now time.Time) (bool, error) {
	var n int
	err := t.QueryRowContext(ctx, `SELECT COUNT(*)`+seenBy+` AND t.id = ? AND `+liveMember, person, patient, now.UnixMilli()).Scan(&n)
	return n > 0, t.s.wrap("read place", err)
}

// Assignments implements care.Tx.
func (t *Tx) Assignments(ctx context.Context, patient id.Patient) ([]care.Assignment, error) {
	out, err := collect(ctx, t, func(r row) (care.Assignment, error) { return scanAssignment(r) },
		`SELECT `+assignmentColumns+` FROM assignments a WHERE a.patient = ?`, patient)
	return out, t.s.wrap("read assignments", err)
}

// PutAssignment implements care.Tx.
func (t *Tx) PutAssignment(ctx context.Context, a care.Assignment) error {
	_, err := t.ExecContext(ctx, `INSERT INTO assignments (id, patient, person, role, stay, from_at, until_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET patient = excluded.patient, role = excluded.role, from_at = excluded.from_at,
			until_at = excluded.until_at, version = excluded.version`,
		a.ID, a.Patient, a.Person, a.Role, a.Stay, a.From.UnixMilli(), moment(a.Until), t.next())
	return t.s.wrap("put assignment", err)
}

// SetGrants implements care.Tx.
func (t *Tx) SetGrants(ctx context.Context, patient id.Patient, grants []care.Grant, next, now time.Time) (id.Conversation, error) {
	c, err := t.conversationOf(ctx, patient)
	if err != nil {
		return c, err
	}
	if c.IsZero() && len(grants) > 0 {
		c = id.New[id.Conversation]()
		family := chat.Conversation{ID: c, Kind: chat.Family, Patient: patient, CreatedAt: now}
		if err := t.InsertConversation(ctx, family, [2]id.Person{}); err != nil {
			return c, err
		}
	}
	if _, err := t.ExecContext(ctx, `UPDATE patients SET due_at = ? WHERE id = ?`, moment(next), patient); err != nil {
		return c, t.s.wrap("note due", err)
	}
	return c, t.setMembers(ctx, c, grants)
}

// setMembers makes a family conversation have exactly the people of the grants.
func (t *Tx) setMembers(ctx context.Context, c id.Conversation, grants []care.Grant) error {
	have, err := collect(ctx, t, func(r row) (chat.Member, error) { return scanMember(r) },
		`SELECT `+memberColumns+` FROM members m WHERE m.conversation = ?`, c)
	if err != nil {
		return t.s.wrap("read members", err)
	}
	there := map[id.Person]chat.Member{}
	for _, m := range have {
		there[m.Person] = m
	}
	for _, g := range grants {
		want := chat.Member{Conversation: c, Person: g.Person, State: chat.Active, Until: g.Until.Truncate(time.Millisecond).UTC(), ReadOnly: g.ReadOnly}
		m := there[g.Person]
		delete(there, g.Person)
		if m.State == want.State && m.ReadOnly == want.ReadOnly && m.Until.Equal(want.Until) {
			continue
		}
		if err := t.PutMember(ctx, want); err != nil {
			return err
		}
	}
	for _, m := range have {
		if _, gone := there[m.Person]; !gone || m.State != chat.Active {
			continue
		}
		m.State, m.Until = chat.Left, time.Time{}
		if err := t.PutMember(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// PutIdentifier adds a number to a patient.
func (t *Tx) PutIdentifier(ctx context.Context, patient id.Patient, i care.Identifier) error {
	_, err := t.ExecContext(ctx, `INSERT INTO identifiers (patient, system, value, type) VALUES (?, ?, ?, ?)
		ON CONFLICT (patient, system, value) DO UPDATE SET type = excluded.type`, patient, i.System, i.Value, i.Type)
	return t.s.wrap("put identifier", err)
}

// Identifiers lists a patient's numbers.
func (t *Tx) Identifiers(ctx context.Context, patient id.Patient) ([]care.Identifier, error) {
	out, err := collect(ctx, t, scanIdentifier, identifierQuery, patient)
	return out, t.s.wrap("read identifiers", err)
}
