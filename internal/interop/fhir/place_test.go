package fhir

import (
	"testing"

	"kinward/internal/care"
)

func TestPlaceOf(t *testing.T) {
	known := map[care.Ref]care.LocationRecord{
		"Location/bed":    {Name: "Bed 3", Kind: "bed", PartOf: "http://h/Location/room"},
		"Location/room":   {Name: "12", Kind: "room", PartOf: "Location/ward"},
		"Location/ward":   {Name: "4B", Kind: "ward", PartOf: "Location/house"},
		"Location/house":  {Name: "North", Kind: "other"},
		"Location/circle": {Name: "Round", PartOf: "Location/circle"},
	}
	loc := func(ref care.Ref, status, from string) care.StayLocation {
		l := care.StayLocation{Ref: ref, Status: status}
		if from != "" {
			l.Period.From = at(from + "T00:00:00Z")
		}
		return l
	}
	ended := loc("Location/bed", "", "2024-01-01")
	ended.Period.Until = at("2024-01-02T00:00:00Z")
	cases := map[string]struct {
		locations []care.StayLocation
		want      care.Place
	}{
		"none":            {nil, care.Place{}},
		"chain":           {[]care.StayLocation{loc("Location/bed", "active", "")}, care.Place{Ward: "4B", Room: "12", Bed: "Bed 3"}},
		"active_wins":     {[]care.StayLocation{loc("Location/ward", "active", "2024-01-01"), loc("Location/bed", "completed", "2024-02-01")}, care.Place{Ward: "4B"}},
		"open_wins":       {[]care.StayLocation{ended, loc("Location/ward", "", "2023-01-01")}, care.Place{Ward: "4B"}},
		"latest_is_left":  {[]care.StayLocation{loc("Location/ward", "completed", "2024-01-01"), loc("Location/room", "completed", "2024-02-01")}, care.Place{Ward: "4B", Room: "12"}},
		"planned_is_not":  {[]care.StayLocation{loc("Location/ward", "planned", "")}, care.Place{}},
		"building_is_not": {[]care.StayLocation{loc("Location/house", "", "")}, care.Place{}},
		"circle":          {[]care.StayLocation{loc("Location/circle", "", "")}, care.Place{Ward: "Round"}},
		"only_words": {[]care.StayLocation{
			{Display: "4B", Kind: "ward", Status: "active"}, {Display: "12", Kind: "room", Status: "active"}, {Display: "3", Kind: "bed", Status: "active"},
		}, care.Place{Ward: "4B", Room: "12", Bed: "3"}},
		"unknown_kind": {[]care.StayLocation{{Ref: "Location/?", Display: "Day clinic"}}, care.Place{Ward: "Day clinic"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := PlaceOf(care.StayRecord{Locations: c.locations}, func(ref care.Ref) (care.LocationRecord, bool) {
				l, ok := known[ref]
				return l, ok
			})
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
