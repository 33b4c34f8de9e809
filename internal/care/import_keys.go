package care

import (
	"context"
	"slices"
	"strings"
)

// prefetch reads in one go the keys that the rows of a batch have.
func (b *batch) prefetch(ctx context.Context, rows []Row) error {
	var refs []Ref
	for _, r := range rows {
		for _, record := range r.Records {
			refs = append(refs, refsOf(record)...)
		}
	}
	return b.load(ctx, refs)
}

// refsOf lists the keys that a record has and those that it refers to.
func refsOf(record any) (refs []Ref) {
	see := func(all ...Ref) {
		for _, r := range all {
			refs = append(refs, r.Keys()...)
		}
	}
	people := func(all []ParticipantRecord) {
		for _, p := range all {
			see(p.Ref)
		}
	}
	switch r := record.(type) {
	case *PatientRecord:
		refs = append(refs, r.Refs...)
	case *RelativeRecord:
		refs = append(refs, r.Refs...)
		see(r.Patient)
	case *PractitionerRecord:
		refs = append(refs, r.Refs...)
	case *RoleRecord:
		refs = append(refs, r.Refs...)
		see(r.Practitioner)
	case *StayRecord:
		refs = append(refs, r.Refs...)
		see(r.Patient)
		people(r.Participants)
	case *CareTeamRecord:
		refs = append(refs, r.Refs...)
		see(r.Patient, r.Encounter)
		people(r.Members)
	}
	return refs
}

// load reads those of the keys that the batch doesn't know yet.
func (b *batch) load(ctx context.Context, refs []Ref) error {
	var missing []Ref
	for _, r := range refs {
		if _, ok := b.keys[r]; !ok {
			b.keys[r] = Key{Ref: r}
			missing = append(missing, r)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	known, err := b.tx.Keys(ctx, missing)
	for _, k := range known {
		b.keys[k.Ref] = k
	}
	return err
}

// key is what is known of a key; its Kind is "" when that is nothing.
func (b *batch) key(ctx context.Context, ref Ref) (Key, error) {
	err := b.load(ctx, []Ref{ref})
	return b.keys[ref], err
}

func (b *batch) putKey(ctx context.Context, k Key) error {
	b.keys[k.Ref] = k
	return b.tx.PutKey(ctx, k)
}

// resolve finds what a reference points at: the first of its keys that names one thing, of one of the kinds. It is a zero
// Key when that is nobody's, or two records'.
func (b *batch) resolve(ctx context.Context, ref Ref, kinds ...KeyKind) (Key, error) {
	for _, r := range ref.Keys() {
		k, err := b.key(ctx, r)
		if err != nil {
			return Key{}, err
		}
		if !k.Target.IsZero() && slices.Contains(kinds, k.Kind) {
			return k, nil
		}
	}
	return Key{}, nil
}

// likeness tells whether a record may be about the row that one of its further keys names.
type likeness func(ctx context.Context, target Target) (bool, error)

// claim finds or makes the row of ours that a record is about. Its first key decides. A record whose first key is new may
// be about somebody known by another key, a number most likely; same then looks for a contradiction, since numbers are
// mistyped, made up and given twice, and two people taken for one is the worst that an import can do.
//
// Afterwards all keys name the row, but those that named another one before: such a key names neither any more.
func (w *work) claim(ctx context.Context, kind KeyKind, refs []Ref, fresh Target, same likeness) (k Key, isNew bool, err error) {
	if k, err = w.key(ctx, refs[0]); err != nil {
		return k, false, err
	}
	switch {
	case k.Kind != "" && k.Kind != kind:
		return k, false, refuse("%s is a %s already", refs[0].plain(), k.Kind)
	case k.Kind != "" && k.Target.IsZero():
		return k, false, refuse("%s belongs to two records; without another id it names neither", refs[0].plain())
	case k.Kind == "":
		row, err := w.byOtherKey(ctx, kind, refs[1:], same)
		if err != nil {
			return k, false, err
		}
		if isNew = row.IsZero(); isNew {
			row = fresh
		}
		k = Key{Ref: refs[0], Kind: kind, Target: row, Survivor: row, Record: refs[0]}
		if err := w.putKey(ctx, k); err != nil {
			return k, false, err
		}
	}
	return k, isNew, w.putKeys(ctx, k, refs[1:])
}

func (w *work) byOtherKey(ctx context.Context, kind KeyKind, refs []Ref, same likeness) (Target, error) {
	for _, r := range refs {
		k, err := w.key(ctx, r)
		if err != nil {
			return Target{}, err
		}
		if k.Kind != kind || k.Target.IsZero() {
			continue
		}
		if ok, err := same(ctx, k.Survivor); err != nil || ok {
			return k.Survivor, err
		}
	}
	return Target{}, nil
}

// putKeys makes the further keys of a record name what its first one names.
func (w *work) putKeys(ctx context.Context, first Key, refs []Ref) error {
	for _, r := range refs {
		k, err := w.key(ctx, r)
		if err != nil {
			return err
		}
		switch {
		case k.Kind == "":
			k = Key{Ref: r, Kind: first.Kind, Target: first.Target, Survivor: first.Survivor, Record: first.Ref}
		case k.Kind != first.Kind || k.Target.IsZero() || k.Survivor == first.Survivor:
			continue
		default:
			k.Target, k.Survivor = Target{}, Target{}
			w.warn("%s is another record's too; it names neither from now on", r.plain())
		}
		if err := w.putKey(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// dropped takes away the keys that a record had and has no longer, and returns them. A partial source only ever adds.
func (w *work) dropped(ctx context.Context, kind KeyKind, refs []Ref) (gone []Key, err error) {
	if w.row.Source.Partial() {
		return nil, nil
	}
	had, err := w.tx.KeysOf(ctx, refs[0])
	if err != nil {
		return nil, err
	}
	for _, k := range had {
		if k.Kind != kind || slices.Contains(refs, k.Ref) {
			continue
		}
		delete(w.keys, k.Ref)
		if err := w.tx.DeleteKey(ctx, k.Ref); err != nil {
			return nil, err
		}
		gone = append(gone, k)
	}
	return gone, nil
}

// number is the identifier that a key is made of.
func (k Key) number() (system, value string, ok bool) {
	_, token, ok := strings.Cut(string(k.Ref), "?identifier=")
	if !ok {
		return "", "", false
	}
	return strings.Cut(token, "|")
}

// plain is a reference for people: a number without the syntax around it.
func (r Ref) plain() string {
	system, value, ok := Key{Ref: r}.number()
	switch {
	case !ok:
		return string(r)
	case system == "":
		return value
	}
	return value + " of " + system
}
