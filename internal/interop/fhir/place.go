package fhir

import (
	"errors"
	"slices"
	"strings"
	"time"

	"kinward/internal/care"
)

// maxPartOf is how far up a chain of places we look: bed, room, ward, level, wing, building, site, and one to spare.
// It also ends a chain that is a circle.
const maxPartOf = 8

func (r *resource) location() (*care.LocationRecord, error) {
	refs, ids, err := r.identity()
	if err != nil {
		return nil, err
	}
	l := &care.LocationRecord{Refs: refs, Identifiers: ids, Name: r.text("name"), Active: r.text("status") != "inactive"}
	for _, fallback := range [][]string{r.texts("alias"), r.texts("description")} {
		if l.Name == "" && len(fallback) > 0 {
			l.Name = fallback[0]
		}
	}
	kinds := r.concepts("physicalType")
	if len(kinds) == 0 {
		kinds = r.concepts("form") // R5
	}
	l.Kind = placeKind(kinds)
	l.PartOf = r.ref(r.object.object("partOf"), "Location")
	if l.Name == "" && l.PartOf == "" && len(ids) == 0 {
		return nil, errors.New("name: missing")
	}
	return l, nil
}

// placeKind is our word for a location-physical-type.
func placeKind(concepts []concept) string {
	kind := ""
	for _, s := range said(concepts) {
		switch strings.ToLower(s) {
		case "wa", "ward":
			return "ward"
		case "ro", "room":
			return "room"
		case "bd", "bed":
			return "bed"
		}
		kind = "other"
	}
	return kind
}

// PlaceOf is where a stay's patient lies: the names along the partOf chains of its current locations. A location that
// find doesn't know counts by its own name and kind; one whose kind nobody says is taken for a ward when no ward is
// known. Without any location the place is empty.
func PlaceOf(s care.StayRecord, find func(care.Ref) (care.LocationRecord, bool)) care.Place {
	var place care.Place
	fallback := ""
	for _, here := range currentLocations(s.Locations) {
		known, _ := lookUp(here.Ref, find)
		name, kind := first(known.Name, here.Display), first(here.Kind, known.Kind)
		if kind == "" {
			fallback = first(fallback, name)
		}
		fill(&place, kind, name)
		for range maxPartOf {
			above, ok := lookUp(known.PartOf, find)
			if !ok {
				break
			}
			fill(&place, above.Kind, above.Name)
			known = above
		}
	}
	place.Ward = first(place.Ward, fallback)
	return place
}

func fill(place *care.Place, kind, name string) {
	switch kind {
	case "ward":
		place.Ward = first(place.Ward, name)
	case "room":
		place.Room = first(place.Room, name)
	case "bed":
		place.Bed = first(place.Bed, name)
	}
}

func lookUp(ref care.Ref, find func(care.Ref) (care.LocationRecord, bool)) (care.LocationRecord, bool) {
	for _, key := range ref.Keys() {
		if l, ok := find(key); ok {
			return l, true
		}
	}
	return care.LocationRecord{}, false
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// currentLocations are the active ones; else those without status or end; else the latest, if there was any.
func currentLocations(all []care.StayLocation) []care.StayLocation {
	all = slices.DeleteFunc(slices.Clone(all), func(l care.StayLocation) bool {
		return l.Status == "planned" || l.Status == "reserved"
	})
	for _, current := range []func(care.StayLocation) bool{
		func(l care.StayLocation) bool { return l.Status == "active" },
		func(l care.StayLocation) bool { return l.Status == "" && l.Period.Until == nil },
	} {
		var found []care.StayLocation
		for _, l := range all {
			if current(l) {
				found = append(found, l)
			}
		}
		if len(found) > 0 {
			return latestFirst(found)
		}
	}
	if all = latestFirst(all); len(all) > 1 {
		all = all[:1]
	}
	return all
}

// latestFirst sorts by beginning; of those that don't say, the one written last counts as the latest.
func latestFirst(all []care.StayLocation) []care.StayLocation {
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b care.StayLocation) int { return start(b).Compare(start(a)) })
	return all
}

func start(l care.StayLocation) time.Time {
	if l.Period.From == nil {
		return time.Time{}
	}
	return *l.Period.From
}
