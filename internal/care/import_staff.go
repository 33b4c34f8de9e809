package care

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"kinward/internal/account"
	"kinward/internal/id"
)

// practitioner makes an account of kind staff, without a password: somebody has to let its owner in. What an
// administrator decided about the account stays: an import opens only what an import closed.
func (w *work) practitioner(ctx context.Context, r *PractitionerRecord) error {
	k, isNew, err := w.claim(ctx, PersonKey, r.Refs, Target(id.New[id.Person]()), func(ctx context.Context, t Target) (bool, error) {
		p, err := w.tx.Person(ctx, id.Person(t))
		return !strangers(account.Terms(p.Name), r.Name), err
	})
	if err != nil {
		return err
	}
	if isNew {
		w.added = true
		if err := w.insertStaff(ctx, id.Person(k.Target), r); err != nil {
			return err
		}
	} else if w.row.Source.Partial() && k.Digest == nil {
		return nil // a message mentions the doctor, whom a record describes
	}
	again, err := w.says(ctx, r.Refs[0], r)
	if err != nil || again {
		return err
	}
	if _, err := w.dropped(ctx, PersonKey, r.Refs); err != nil {
		return err
	}
	if err := w.unsaid(ctx, r.Refs[1:]); err != nil {
		return err
	}
	return w.updateStaff(ctx, id.Person(k.Target), r)
}

// unsaid forgets what a message said of a practitioner by a number, now that a record describes them.
func (w *work) unsaid(ctx context.Context, numbers []Ref) error {
	for _, r := range numbers {
		k, err := w.key(ctx, r)
		if err != nil {
			return err
		}
		if k.Digest == nil || k.Kind != PersonKey {
			continue
		}
		k.Digest = nil
		if err := w.putKey(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) insertStaff(ctx context.Context, person id.Person, r *PractitionerRecord) error {
	handle, err := w.handle(ctx, person, r)
	if err != nil {
		return err
	}
	p := account.Person{ID: person, Kind: account.Staff, Handle: handle, Name: staffName(r), Role: r.Role, CreatedAt: w.now}
	if p.Name == "" {
		p.Name = handle
	}
	return w.tx.InsertPerson(ctx, p)
}

// staffName is the name that colleagues and families read, with its titles; the number where there is no name.
func staffName(r *PractitionerRecord) string {
	name := tidy(r.Name.Formal())
	if name == "" && len(r.Identifiers) > 0 {
		name = tidy(r.Identifiers[0].Value)
	}
	return name
}

func (w *work) updateStaff(ctx context.Context, person id.Person, r *PractitionerRecord) error {
	was, err := w.tx.Person(ctx, person)
	if err != nil {
		return err
	}
	k, err := w.key(ctx, r.Refs[0])
	if err != nil {
		return err
	}
	p := was
	if !r.Name.IsZero() {
		p.Name = cmp.Or(staffName(r), p.Name)
	}
	p.Role = cmp.Or(p.Role, r.Role)
	switch closed := !p.DisabledAt.IsZero(); {
	case !r.Active && !closed:
		p.DisabledAt, k.Closed = w.now, true
	case r.Active && closed && k.Closed:
		p.DisabledAt, k.Closed = time.Time{}, false
	}
	return w.putStaff(ctx, was, p, k)
}

func (w *work) putStaff(ctx context.Context, was, p account.Person, k Key) error {
	if p == was {
		return nil
	}
	w.changed = true
	if err := w.tx.UpdatePerson(ctx, p); err != nil {
		return err
	}
	if p.DisabledAt.Equal(was.DisabledAt) {
		return nil
	}
	if !p.DisabledAt.IsZero() {
		w.closed = append(w.closed, p.ID)
		if err := w.tx.DeleteSessions(ctx, p.ID, id.Session{}); err != nil {
			return err
		}
	}
	return w.putKey(ctx, k)
}

// handle makes given.family of a name; where that is taken, with a number. Names in scripts that a handle can't have, and
// doctors without a name, go by their number.
func (w *work) handle(ctx context.Context, person id.Person, r *PractitionerRecord) (string, error) {
	base := ascii(handleName(r.Name))
	for _, i := range r.Identifiers {
		if len(base) < 2 {
			base = ascii("staff " + i.Value)
		}
	}
	if len(base) < 2 {
		base = "staff." + person.String()[28:]
	}
	for n := 1; n < 1000; n++ {
		handle := base
		if n > 1 {
			handle += strconv.Itoa(n)
		}
		if taken, err := w.tx.HandleTaken(ctx, handle); err != nil || !taken {
			return handle, err
		}
	}
	return base + "." + person.String()[24:], nil
}

// handleName is the first given name and the family name, or the words of a name in one text but its titles.
func handleName(n HumanName) string {
	if n.Family == "" && len(n.Given) == 0 {
		words := slices.DeleteFunc(strings.Fields(n.Text), func(word string) bool { return strings.HasSuffix(word, ".") })
		return strings.Join(words, " ")
	}
	given, _, _ := strings.Cut(strings.Join(n.Given, " "), " ")
	return given + " " + n.Family
}

// maxHandle leaves room for what makes a handle unique.
const maxHandle = 48

// ascii writes a text in the letters of handles, with dots between words.
func ascii(text string) string {
	words := strings.FieldsFunc(account.Fold(text), func(r rune) bool { return r == ' ' || r == '.' || r == ',' || r == '/' })
	for i, word := range words {
		words[i] = strings.Trim(strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
				return r
			}
			return -1
		}, word), "-_")
	}
	words = slices.DeleteFunc(words, func(word string) bool { return word == "" })
	handle := strings.Join(words, ".")
	return strings.TrimRight(handle[:min(len(handle), maxHandle)], ".-_")
}

// duty notes in what function a practitioner works: their title, and what a care team means that names the function.
func (w *work) duty(ctx context.Context, r *RoleRecord) error {
	who, err := w.resolve(ctx, r.Practitioner, PersonKey)
	if err != nil {
		return err
	}
	if who.Target.IsZero() {
		return refuse("practitioner: %s is not known", cmp.Or(r.Practitioner.plain(), "nobody"))
	}
	k, isNew, err := w.claim(ctx, DutyKey, r.Refs, Target(id.New[DutyID]()), anyone)
	if err != nil {
		return err
	}
	again, err := w.says(ctx, r.Refs[0], r, who.Target)
	if err != nil || again {
		return err
	}
	if _, err := w.dropped(ctx, DutyKey, r.Refs); err != nil {
		return err
	}
	d := Duty{ID: DutyID(k.Target), Person: id.Person(who.Target), Role: r.Role, Title: tidy(cmp.Or(r.RoleText, r.Role)), Active: r.Active}
	d.From, d.Until = r.Period.times()
	w.added, w.changed = w.added || isNew, true
	if err := w.tx.PutDuty(ctx, d); err != nil {
		return err
	}
	return w.title(ctx, d.Person)
}

// anyone is the likeness of records that a number tells for certain.
func anyone(context.Context, Target) (bool, error) { return true, nil }

// times are the period's ends, zero where it is open.
func (p Period) times() (from, until time.Time) {
	if p.From != nil {
		from = *p.From
	}
	if p.Until != nil {
		until = *p.Until
	}
	return from, until
}

// title gives a person the title of a duty that they have now: the one that was imported first, so that the order of later
// imports doesn't matter. Without any they keep what they have.
func (w *work) title(ctx context.Context, person id.Person) error {
	duties, err := w.tx.DutiesOf(ctx, person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(duties, func(d Duty) bool {
		return d.Title != "" && d.Active && (d.Until.IsZero() || d.Until.After(w.now))
	})
	if i < 0 {
		return nil
	}
	p, err := w.tx.Person(ctx, person)
	if err != nil || p.Role == duties[i].Title {
		return err
	}
	p.Role = duties[i].Title
	return w.tx.UpdatePerson(ctx, p)
}
