package care

import (
	"context"
	"slices"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// Options are what a Service needs; all are required.
type Options struct {
	Store   Store
	Journal Journal
	Keys    Keys
	Now     func() time.Time
	// SignedOut is called after a person lost their last link and with it all sessions.
	SignedOut func(id.Person)
}

// Service is the use cases of care. Its methods may be called concurrently; each checks the actor's right itself.
type Service struct {
	o Options
}

// New makes a Service.
func New(o Options) *Service { return &Service{o: o} }

// Patients lists the patients that the actor looks after (or, for relatives, belongs to).
func (s *Service) Patients(ctx context.Context, actor account.Actor, query, ward string, after id.Patient, limit int) ([]View, bool, error) {
	q := Query{Asker: actor.Person, Words: account.QueryWords(query), Ward: account.Fold(ward), After: after, Limit: limit}
	if actor.Kind != account.Staff { // the database searches what they must not learn of, prefix by prefix
		return s.ownPatients(ctx, actor, q)
	}
	views, more, err := s.o.Store.Patients(ctx, q, s.o.Now())
	if err != nil {
		return nil, false, err
	}
	for i := range views {
		views[i] = forAsker(actor, views[i])
	}
	return views, more, nil
}

// ownPatients lists the patients of a relative, searched by what relatives know: the first name.
func (s *Service) ownPatients(ctx context.Context, actor account.Actor, q Query) ([]View, bool, error) {
	words, ward := q.Words, q.Ward
	q.Words, q.Ward = nil, ""
	views, more, err := s.o.Store.Patients(ctx, q, s.o.Now())
	if err != nil || ward != "" {
		return nil, false, err
	}
	views = slices.DeleteFunc(views, func(v View) bool { return !account.Matches(words, v.FirstName) })
	for i := range views {
		views[i] = forAsker(actor, views[i])
	}
	return views, more, nil
}

// Patient is one patient of the actor.
func (s *Service) Patient(ctx context.Context, actor account.Actor, patient id.Patient) (View, error) {
	v, seen, err := s.o.Store.PatientView(ctx, patient, actor.Person, s.o.Now())
	if problem.Is(err, problem.NotFound) {
		return View{}, noPatient
	}
	if err != nil {
		return View{}, err
	}
	if err := MaySee(seen); err != nil {
		return View{}, err
	}
	return forAsker(actor, v), nil
}

// pageOfNamed is how many patients Named looks at in one step.
const pageOfNamed = 100

// Named is the patient of the actor that another system of the hospital speaks of: by one of their identifiers, whole, or by
// the id that they have here. Several with the same number of different systems are a problem.Invalid of field patient.
func (s *Service) Named(ctx context.Context, actor account.Actor, number string) (View, error) {
	if patient, err := id.Parse[id.Patient](number); err == nil {
		return s.Patient(ctx, actor, patient)
	}
	q := Query{Asker: actor.Person, Words: account.QueryWords(number), Limit: pageOfNamed}
	if len(q.Words) == 0 {
		return View{}, noPatient
	}
	var found []View
	for more := true; more; {
		var views []View
		var err error
		if views, more, err = s.o.Store.Patients(ctx, q, s.o.Now()); err != nil {
			return View{}, err
		}
		for _, v := range views {
			q.After = v.ID
			if slices.ContainsFunc(v.Identifiers, func(i Identifier) bool { return i.Value == number }) {
				found = append(found, v)
			}
		}
	}
	switch len(found) {
	case 0:
		return View{}, noPatient
	case 1:
		return forAsker(actor, found[0]), nil
	}
	return View{}, problem.Field("patient", "several of your patients have this number; name the one by its id in Kinward")
}

// forAsker leaves relatives the first name and their conversation; everything else of a patient is for staff.
func forAsker(actor account.Actor, v View) View {
	if actor.Kind == account.Staff {
		return v
	}
	return View{
		Patient: Patient{ID: v.ID, Name: v.FirstName, FirstName: v.FirstName, Conversation: v.Conversation},
		Unread:  v.Unread,
	}
}

// Assign gives a patient to a member of staff from a moment (zero: now) until another (zero: open-ended).
func (s *Service) Assign(ctx context.Context, actor account.Actor, patient id.Patient, person id.Person, role string, from, until time.Time) (TeamMember, error) {
	if err := oneOf("role", role, roles); err != nil {
		return TeamMember{}, err
	}
	now := s.o.Now()
	if from.IsZero() {
		from = now
	}
	if !until.IsZero() && (!until.After(from) || !until.After(now)) {
		return TeamMember{}, problem.Field("until", "until lies after from and in the future")
	}
	made := TeamMember{Assignment: Assignment{ID: id.New[id.Assignment](), Patient: patient, Person: person, Role: role, From: from, Until: until}}
	err := s.manage(ctx, actor, patient, MayAssign, func(ctx context.Context, tx Tx) error {
		p, err := tx.Person(ctx, person)
		if problem.Is(err, problem.NotFound) {
			return CheckAssignee(account.Person{})
		}
		if err != nil {
			return err
		}
		if err := CheckAssignee(p); err != nil {
			return err
		}
		made.Name = p.Name
		return tx.PutAssignment(ctx, made.Assignment)
	})
	return made, err
}

// Unassign ends an assignment now; the person loses the patient at once.
func (s *Service) Unassign(ctx context.Context, actor account.Actor, patient id.Patient, assignment id.Assignment) error {
	return s.manage(ctx, actor, patient, MayAssign, func(ctx context.Context, tx Tx) error {
		all, err := tx.Assignments(ctx, patient)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.ID == assignment {
				if now := s.o.Now(); a.Until.IsZero() || a.Until.After(now) {
					a.Until = now
				}
				return tx.PutAssignment(ctx, a)
			}
		}
		return problem.New(problem.NotFound, "this patient has no such assignment")
	})
}

type rule func(actor account.Actor, inConversation bool) error

// manage runs fn on a patient that the actor may manage, then brings the family conversation up to date with it, all in
// one transaction.
func (s *Service) manage(ctx context.Context, actor account.Actor, patient id.Patient, may rule, fn func(ctx context.Context, tx Tx) error) error {
	return s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		seen, err := tx.Seen(ctx, patient, actor.Person, s.o.Now())
		if err != nil {
			return err
		}
		if err := may(actor, seen); err != nil {
			return err
		}
		if _, err := tx.Patient(ctx, patient); problem.Is(err, problem.NotFound) {
			return noPatient
		} else if err != nil {
			return err
		}
		if err := fn(ctx, tx); err != nil {
			return err
		}
		_, err = Settle(ctx, tx, patient, s.o.Now())
		return err
	})
}

// Settle brings a patient's family conversation up to date with assignments and links. Everything that changes either
// ends with it.
func Settle(ctx context.Context, tx Tx, patient id.Patient, now time.Time) (id.Conversation, error) {
	var none id.Conversation
	assignments, err := tx.Assignments(ctx, patient)
	if err != nil {
		return none, err
	}
	links, err := tx.Links(ctx, patient)
	if err != nil {
		return none, err
	}
	grants, next := Grants(assignments, links, now)
	conversation, err := tx.SetGrants(ctx, patient, grants, next, now)
	if err != nil {
		return none, err
	}
	return conversation, tx.TouchPatient(ctx, patient)
}

// Sweep settles the patients whose assignments have begun or run out. Access itself never waits for it: members carry the
// time until which they are live.
func (s *Service) Sweep(ctx context.Context) error {
	const atOnce = 100
	due, err := s.o.Store.Due(ctx, s.o.Now(), atOnce)
	if err != nil || len(due) == 0 {
		return err
	}
	return s.o.Journal.Change(ctx, func(ctx context.Context, tx Tx) error {
		for _, patient := range due {
			if _, err := Settle(ctx, tx, patient, s.o.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}
