package care

import (
	"context"

	"kinward/internal/id"
)

func (w *work) location(ctx context.Context, r *LocationRecord) error {
	return w.place(ctx, r.Refs, StoredPlace{Kind: r.Kind, Name: tidy(r.Name), PartOf: r.PartOf}, r)
}

// organization is kept with the places: hospitals and departments are what wards are part of.
func (w *work) organization(ctx context.Context, r *OrganizationRecord) error {
	return w.place(ctx, r.Refs, StoredPlace{Kind: "organization", Name: tidy(r.Name), PartOf: r.PartOf}, r)
}

func (w *work) place(ctx context.Context, refs []Ref, p StoredPlace, said any) error {
	k, isNew, err := w.claim(ctx, PlaceKey, refs, Target(id.New[PlaceID]()), anyone)
	if err != nil {
		return err
	}
	again, err := w.says(ctx, refs[0], said)
	if err != nil || again {
		return err
	}
	if _, err := w.dropped(ctx, PlaceKey, refs); err != nil {
		return err
	}
	p.ID = PlaceID(k.Target)
	w.added, w.changed = w.added || isNew, true
	clear(w.places)
	return w.tx.PutPlace(ctx, p)
}

// placeOf is where a stay's patient lies: as the record says, or by the places that it refers to. Not even their names
// have to be known, since a stay carries what its own system shows for them.
func (w *work) placeOf(ctx context.Context, r *StayRecord) (Place, error) {
	if r.Place != nil {
		return *r.Place, nil
	}
	if len(r.Locations) == 0 {
		return Place{}, nil
	}
	var failed error
	place := w.o.PlaceOf(*r, func(ref Ref) (LocationRecord, bool) {
		l, ok, err := w.knownPlace(ctx, ref)
		if err != nil {
			failed = err
		}
		return l, ok
	})
	return place, failed
}

func (b *batch) knownPlace(ctx context.Context, ref Ref) (LocationRecord, bool, error) {
	if l, ok := b.places[ref]; ok {
		return l, len(l.Refs) > 0, nil
	}
	k, err := b.key(ctx, ref)
	if err != nil {
		return LocationRecord{}, false, err
	}
	var l LocationRecord
	if !k.Target.IsZero() && k.Kind == PlaceKey {
		p, err := b.tx.Place(ctx, PlaceID(k.Target))
		if err != nil {
			return l, false, err
		}
		l = LocationRecord{Refs: []Ref{ref}, Name: p.Name, Kind: p.Kind, PartOf: p.PartOf}
	}
	b.places[ref] = l
	return l, len(l.Refs) > 0, nil
}
