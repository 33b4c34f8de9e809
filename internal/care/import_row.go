package care

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"kinward/internal/id"
	"kinward/internal/problem"
)

// work is one row being applied. Everything in it is dropped when the row fails.
type work struct {
	*batch
	row      *Row
	added    bool
	changed  bool
	useless  bool // nothing of it was for us
	touched  touches
	closed   []id.Person
	unlinked int
	warnings []string
}

func (w *work) warn(format string, args ...any) {
	w.warnings = append(w.warnings, fmt.Sprintf(format, args...))
}

func (w *work) outcome(err error) outcome {
	switch {
	case err != nil:
		return rejected
	case w.added:
		return added
	case w.changed:
		return changed
	case w.useless:
		return ignored
	}
	return unchanged
}

func (w *work) apply(ctx context.Context) error {
	if w.row.LinksOnly {
		return w.applyLinks(ctx)
	}
	if w.row.Message != "" {
		digest, err := digestOf(w.row.Source, w.row.Message, w.row.Records)
		if err != nil {
			return err
		}
		if again, err := w.tx.Heard(ctx, digest); err != nil || again {
			return err
		}
	}
	for _, r := range w.records() {
		if err := w.record(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) record(ctx context.Context, r any) error {
	switch r := r.(type) {
	case *PatientRecord:
		return w.patient(ctx, r)
	case *PractitionerRecord:
		return w.practitioner(ctx, r)
	case *RoleRecord:
		return w.duty(ctx, r)
	case *StayRecord:
		return w.stay(ctx, r)
	case *CareTeamRecord:
		return w.team(ctx, r)
	case *RelativeRecord:
		return w.relative(ctx, r)
	case *LocationRecord:
		return w.location(ctx, r)
	case *OrganizationRecord:
		return w.organization(ctx, r)
	case *MergeRecord:
		return w.mergeNumbers(ctx, r)
	}
	return fmt.Errorf("a record of type %T can't be imported", r)
}

// records are the row's without those doctors who only sent the patient: they are often from outside the hospital, and a
// message that mentions them is no reason for an account.
func (w *work) records() []any {
	named, treating := map[Ref]bool{}, map[Ref]bool{}
	for _, r := range w.row.Records {
		if s, ok := r.(*StayRecord); ok {
			for _, p := range s.Participants {
				named[p.Ref] = true
				treating[p.Ref] = treating[p.Ref] || !referrer(p.Code)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(w.row.Records), func(r any) bool {
		p, ok := r.(*PractitionerRecord)
		return ok && named[p.Refs[0]] && !treating[p.Refs[0]]
	})
}

// digestFormat changes when the importer makes something else of the same record, so that a repeated import notices.
const digestFormat = "kinward 1"

// digestOf is the same for what says the same.
func digestOf(parts ...any) ([]byte, error) {
	h := sha256.New()
	h.Write([]byte(digestFormat))
	out := json.NewEncoder(h)
	for _, p := range parts {
		if err := out.Encode(p); err != nil {
			return nil, fmt.Errorf("digest: %w", err)
		}
	}
	return h.Sum(nil), nil
}

// says notes what a record says under its first key and reports whether it said the same before.
func (w *work) says(ctx context.Context, first Ref, parts ...any) (again bool, err error) {
	digest, err := digestOf(parts...)
	if err != nil {
		return false, err
	}
	k, err := w.key(ctx, first)
	if err != nil || bytes.Equal(k.Digest, digest) {
		return err == nil, err
	}
	k.Digest = digest
	return false, w.putKey(ctx, k)
}

// touch is what of a patient has to be brought up to date at the end of a batch.
type touch struct{ place, grants bool }

type touches map[id.Patient]touch

func (t touches) place(p id.Patient)  { t[p] = touch{true, t[p].grants} }
func (t touches) grants(p id.Patient) { t[p] = touch{t[p].place, true} }

func (t touches) join(other touches) {
	for p, more := range other {
		t[p] = touch{t[p].place || more.place, t[p].grants || more.grants}
	}
}

// settle brings the touched patients up to date, each once, in the order of their ids so that a repeated transaction does
// the same.
func (b *batch) settle(ctx context.Context) error {
	patients := make([]id.Patient, 0, len(b.touched))
	for p := range b.touched {
		patients = append(patients, p)
	}
	slices.SortFunc(patients, func(x, y id.Patient) int { return bytes.Compare(x[:], y[:]) })
	for _, p := range patients {
		if b.touched[p].place {
			if err := b.settlePlace(ctx, p); err != nil {
				return err
			}
		}
		if !b.touched[p].grants {
			continue
		}
		if _, err := Settle(ctx, b.tx, p, b.now); err != nil {
			return err
		}
	}
	return nil
}

// settlePlace gives a patient the ward, room, bed and status of the stay that counts now.
func (b *batch) settlePlace(ctx context.Context, patient id.Patient) error {
	p, err := b.tx.Patient(ctx, patient)
	if err != nil {
		return err
	}
	all, err := b.tx.Stays(ctx, patient)
	if err != nil {
		return err
	}
	stays := make([]Stay, len(all))
	for i, s := range all {
		stays[i] = s.Stay
	}
	now, _ := CurrentStay(stays, b.now)
	if p.Ward == now.Ward && p.Room == now.Room && p.Bed == now.Bed && p.Status == now.Status {
		return nil
	}
	p.Ward, p.Room, p.Bed, p.Status = now.Ward, now.Room, now.Bed, now.Status
	identifiers, err := b.tx.Identifiers(ctx, patient)
	if err != nil {
		return err
	}
	return b.tx.PutPatient(ctx, p, identifiers)
}

// there turns problem.NotFound into false.
func there(err error) (bool, error) {
	if problem.Is(err, problem.NotFound) {
		return false, nil
	}
	return err == nil, err
}
