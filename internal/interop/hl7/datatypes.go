package hl7

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kinward/internal/care"
)

// identifiers are the numbers (CX) of the fields. A number without an authority is left out if it is there with one:
// PID-2 mostly repeats PID-3.
func (d *decoder) identifiers(fields ...Value) (all []care.Identifier) {
	seen := map[care.Identifier]bool{}
	for _, field := range fields {
		for cx := range field.Repetitions() {
			id := care.Identifier{System: authority(cx.Component(4)), Value: cx.Text()}
			if id.Value == "" || seen[id] {
				continue
			}
			seen[id], seen[care.Identifier{Value: id.Value}] = true, true
			if id.System == "" {
				id.System = d.authority
			}
			id.Type = cx.Component(5).Text()
			all = append(all, id)
		}
	}
	return all
}

// authority is the name of an assigning authority (HD): its namespace, else its universal id as a URI.
func authority(hd Value) string {
	universal := hd.Sub(2).Text()
	switch kind := strings.ToUpper(hd.Sub(3).Text()); {
	case hd.Text() != "":
		return hd.Text()
	case universal == "":
		return ""
	case kind == "ISO":
		return "urn:oid:" + universal
	case kind == "UUID" || kind == "GUID":
		return "urn:uuid:" + strings.ToLower(universal)
	}
	return universal
}

func refs(resourceType string, ids []care.Identifier) (all []care.Ref) {
	for _, id := range ids {
		all = append(all, care.IdentifierRef(resourceType, id))
	}
	return all
}

// without is ids less those that others have too.
func without(ids, others []care.Identifier) []care.Identifier {
	return slices.DeleteFunc(ids, func(id care.Identifier) bool {
		return slices.ContainsFunc(others, func(o care.Identifier) bool { return o.System == id.System && o.Value == id.Value })
	})
}

// personName reads family^given^further^suffix^prefix, as XPN from component 1 and XCN from 2.
func personName(v Value, from int) care.HumanName {
	part := func(n int) string { return v.Component(from + n).Text() }
	name := care.HumanName{Family: part(0), Suffix: part(3), Prefix: part(4)}
	for _, given := range []string{part(1), part(2)} {
		if given != "" {
			name.Given = append(name.Given, given)
		}
	}
	return name
}

// names are the name to go by and the others. Component 7 is the kind: the legal name comes first, then a display name,
// then whatever isn't a former or a nick name.
func names(field Value) (name care.HumanName, others []care.HumanName) {
	best, rank := 0, 0
	var all []care.HumanName
	for xpn := range field.Repetitions() {
		one := personName(xpn, 1)
		if one.IsZero() {
			continue
		}
		all = append(all, one)
		if r := nameRank(xpn.Component(7).Text()); r > rank {
			best, rank = len(all)-1, r
		}
	}
	if len(all) == 0 {
		return care.HumanName{}, nil
	}
	name = all[best]
	return name, slices.Delete(all, best, best+1)
}

func nameRank(kind string) int {
	switch strings.ToUpper(kind) {
	case "L", "CURRENT":
		return 4
	case "D":
		return 3
	case "M", "B", "N", "A", "S", "P", "BAD", "NOUSE":
		return 1
	}
	return 2
}

// phone is the first number of the fields: XTN's first component, or its area code and number where that is empty.
func phone(fields ...Value) string {
	for _, field := range fields {
		for xtn := range field.Repetitions() {
			if s := xtn.Text(); s != "" {
				return s
			}
			if s := strings.TrimSpace(xtn.Component(6).Text() + " " + xtn.Component(7).Text()); s != "" {
				return s
			}
			if s := xtn.Component(12).Text(); s != "" {
				return s
			}
		}
	}
	return ""
}

// instant reads the time in a field: nil when there is none, an error naming the field when it can't be read.
func (d *decoder) instant(s Segment, n int, last bool) (*time.Time, error) {
	text := s.Field(n).Text()
	if isZero(text) {
		return nil, nil
	}
	w, ok := parseTime(text)
	if !ok {
		return nil, fmt.Errorf("%s-%d: %q is not a time", s.Name, n, text[:min(len(text), 40)])
	}
	t := w.time(d.local, last)
	return &t, nil
}

// loose is instant for times that decorate: one that can't be read is noted and left out.
func (d *decoder) loose(s Segment, n int, last bool) *time.Time {
	t, err := d.instant(s, n, last)
	if err != nil {
		d.note("%v; left out", err)
	}
	return t
}

// date reads a date without a time, "" when there is none.
func date(s Segment, n int) (string, error) {
	text := s.Field(n).Text()
	if isZero(text) {
		return "", nil
	}
	w, ok := parseTime(text)
	if !ok {
		return "", fmt.Errorf("%s-%d: %q is not a date", s.Name, n, text[:min(len(text), 40)])
	}
	return w.date(), nil
}

// occurred sets t to when the event happened: EVN-6, else when it was recorded, else when the message was sent.
func (d *decoder) occurred(t **time.Time) {
	evn := d.msg.Segment("EVN")
	for _, n := range []int{6, 2} {
		if *t = d.loose(evn, n, false); *t != nil {
			return
		}
	}
	*t = d.entry.Sent
}
