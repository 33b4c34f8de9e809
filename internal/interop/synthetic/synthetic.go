// Package synthetic makes up a small hospital as FHIR R4 NDJSON: wards with rooms and beds, staff with roles, patients of
// many languages with their stays, care teams and relatives. It serves the demo, tests and measurements.
//
// Nobody in it is real: names are put together at random, every resource carries the HTEST label (test health data), and
// every number is in a system of its own (System). The same Options write the same bytes.
package synthetic

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// System is where the hospital's numbers are from.
const System = "urn:kinward:synthetic"

// Options of Write.
type Options struct {
	Seed     uint64
	Patients int       // 0 for 60; the first three are always the same (see Leads)
	Now      time.Time // stays began in the weeks before
}

// Write writes a hospital.
func Write(w io.Writer, o Options) error {
	if o.Patients == 0 {
		o.Patients = 60
	}
	out := bufio.NewWriter(w)
	h := &hospital{
		rand: rand.New(rand.NewPCG(o.Seed, 0x6b696e77617264)), //nolint:gosec // the same for a seed, which is the point
		now:  o.Now.UTC().Truncate(time.Minute), out: json.NewEncoder(out),
	}
	h.out.SetEscapeHTML(false)
	h.places()
	h.staff()
	for n := 1; n <= o.Patients; n++ {
		h.patient(n)
	}
	if h.err != nil {
		return fmt.Errorf("write synthetic hospital: %w", h.err)
	}
	return out.Flush()
}

// hospital is one being written. The first error ends all writing.
type hospital struct {
	rand *rand.Rand
	now  time.Time
	out  *json.Encoder
	err  error
	free [][]string // beds by ward that nobody lies in yet
}

// object is JSON in the making; its keys come out sorted.
type object map[string]any

func (h *hospital) write(kind, id string, fields object) {
	if h.err != nil {
		return
	}
	fields["resourceType"], fields["id"] = kind, id
	meta, _ := fields["meta"].(object)
	if meta == nil {
		meta = object{}
	}
	meta["tag"] = []object{{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "test health data"}}
	fields["meta"] = meta
	h.err = h.out.Encode(fields)
}

func ref(kind, id string) object { return object{"reference": kind + "/" + id} }

func coded(system, code, text string) object {
	c := object{}
	if code != "" {
		c["coding"] = []object{{"system": system, "code": code}}
	}
	if text != "" {
		c["text"] = text
	}
	return c
}

func number(kind, value, typeCode string) []object {
	i := object{"system": System + ":" + kind, "value": value}
	if typeCode != "" {
		i["type"] = coded("http://terminology.hl7.org/CodeSystem/v2-0203", typeCode, "")
	}
	return []object{i}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// chance is true in so many of a hundred cases.
func (h *hospital) chance(percent int) bool { return h.rand.IntN(100) < percent }

func (h *hospital) ago(d time.Duration) string { return h.now.Add(-d).Format(time.RFC3339) }

var wards = []struct {
	id, name     string
	rooms, beds  int
	youngest     int // years
	oldest       int
	staysAtLeast int // days
}{
	{"cardiology", "Cardiology 3A", 8, 3, 35, 94, 1},
	{"surgery", "Surgery 4C", 8, 3, 18, 88, 1},
	{"intensive", "Intensive Care", 10, 1, 20, 85, 1},
	{"children", "Children 2B", 6, 3, 1, 16, 1},
}

func (h *hospital) places() {
	h.write("Organization", "hospital", object{"name": "Kinward Demo Hospital (synthetic)", "active": true, "identifier": number("hospital", "1", "")})
	const physical = "http://terminology.hl7.org/CodeSystem/location-physical-type"
	for _, w := range wards {
		h.write("Location", w.id, object{
			"name": w.name, "status": "active", "physicalType": coded(physical, "wa", "Ward"),
			"managingOrganization": ref("Organization", "hospital"),
		})
		var beds []string
		for room := 1; room <= w.rooms; room++ {
			id := fmt.Sprintf("%s-%d", w.id, room)
			h.write("Location", id, object{"name": fmt.Sprint(room), "status": "active", "physicalType": coded(physical, "ro", "Room"), "partOf": ref("Location", w.id)})
			for bed := range w.beds {
				name := string(rune('A' + bed))
				h.write("Location", id+name, object{"name": name, "status": "active", "physicalType": coded(physical, "bd", "Bed"), "partOf": ref("Location", id)})
				beds = append(beds, id+name)
			}
		}
		h.free = append(h.free, beds)
	}
}

// bed takes a free bed of a ward; "" when it is full.
func (h *hospital) bed(ward int) string {
	beds := h.free[ward]
	if len(beds) == 0 {
		return ""
	}
	i := h.rand.IntN(len(beds))
	bed := beds[i]
	h.free[ward] = append(beds[:i:i], beds[i+1:]...)
	return bed
}

func (h *hospital) staff() {
	for _, m := range Staff() {
		name := object{"use": "official", "family": m.Family, "given": []string{m.Given}}
		if m.Prefix != "" {
			name["prefix"] = []string{m.Prefix}
		}
		var speaks []object
		for _, l := range m.Languages {
			speaks = append(speaks, coded("urn:ietf:bcp:47", l, ""))
		}
		h.write("Practitioner", m.ID, object{"active": true, "identifier": number("staff", m.ID, ""), "name": []object{name}, "communication": speaks})
		role := object{"active": true, "practitioner": ref("Practitioner", m.ID), "organization": ref("Organization", "hospital"), "code": []object{coded("", "", m.Title)}}
		if m.ward >= 0 {
			role["location"] = []object{ref("Location", wards[m.ward].id)}
		}
		h.write("PractitionerRole", "role-"+m.ID, role)
	}
}
