package hl7

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"kinward/internal/care"
)

// event is what an ADT trigger means to us.
type event struct {
	visit  care.VisitEvent // "" if it isn't about a stay
	status string          // of the stay; "" leaves it
	merge  bool
}

// events are the triggers that we act on; all others are ignored.
var events = map[string]event{
	"A01": {visit: care.VisitAdmit, status: "in-progress"},
	"A02": {visit: care.VisitTransfer, status: "in-progress"},
	"A03": {visit: care.VisitDischarge, status: "finished"},
	"A04": {visit: care.VisitAdmit, status: "arrived"},
	"A05": {visit: care.VisitPreadmit, status: "planned"},
	"A06": {visit: care.VisitUpdate, status: "in-progress"}, // outpatient becomes inpatient
	"A07": {visit: care.VisitUpdate, status: "in-progress"}, // and back
	"A08": {visit: care.VisitUpdate},
	"A11": {visit: care.VisitCancelAdmit, status: "cancelled"},
	"A12": {visit: care.VisitCancelTransfer, status: "in-progress"},
	"A13": {visit: care.VisitCancelDischarge, status: "in-progress"},
	"A21": {visit: care.VisitUpdate, status: "onleave"},
	"A22": {visit: care.VisitUpdate, status: "in-progress"}, // back from leave
	"A28": {},
	"A31": {},
	"A38": {visit: care.VisitCancelAdmit, status: "cancelled"}, // cancel pre-admit
	"A45": {visit: care.VisitMove},
	"A54": {visit: care.VisitUpdate}, // change attending doctor
	"A55": {visit: care.VisitUpdate}, // and take it back
	"A18": {merge: true},
	"A34": {merge: true},
	"A36": {merge: true},
	"A40": {merge: true},
}

// decoder is one message being decoded.
type decoder struct {
	msg       Message
	event     event
	authority string            // the identifier system where a number names none
	local     *time.Location    // where times without an offset are from
	known     map[care.Ref]bool // the practitioners in entry
	entry     Entry
}

// Decode turns a message into records. Its line is 1; Read puts the file's.
func Decode(m Message, opt Options) Entry {
	msh := m.Segment("MSH")
	d := &decoder{msg: m, local: opt.Location, known: map[care.Ref]bool{}}
	if d.local == nil {
		d.local = time.UTC
	}
	sent, ok := parseTime(msh.Field(7).Text())
	if ok && sent.zone != nil {
		d.local = sent.zone
	}
	d.entry = Entry{Line: 1, ControlID: msh.Field(10).Text(), Source: source(msh)}
	if ok {
		at := sent.time(d.local, false)
		d.entry.Sent = &at
	}
	d.authority = "urn:hl7v2:" + sender(msh)
	d.entry.Type, d.entry.Event = messageType(m)
	if err := d.decode(); err != nil {
		kept := d.entry
		return Entry{
			Line: 1, ControlID: kept.ControlID, Type: kept.Type, Event: kept.Event, Sent: kept.Sent,
			Source: kept.Source, Reject: &care.Reject{Line: 1, Reason: err.Error()},
		}
	}
	return d.entry
}

// source names the sending application and facility.
func source(msh Segment) care.Source {
	system := strings.Trim(msh.Field(3).Text()+"/"+msh.Field(4).Text(), "/")
	return care.Source{Kind: "hl7", System: system}
}

// sender is the facility, or the application of a sender that names none.
func sender(msh Segment) string {
	for _, n := range []int{4, 3} {
		if s := msh.Field(n).Text(); s != "" {
			return s
		}
	}
	return "unknown"
}

// messageType is MSH-9: ADT^A01^ADT_A01, ADT^A01, ADT_A01, or ADT with the trigger in EVN-1.
func messageType(m Message) (kind, trigger string) {
	field := m.Segment("MSH").Field(9)
	kind, trigger = field.Component(1).Text(), field.Component(2).Text()
	if before, after, ok := strings.Cut(kind, "_"); ok && trigger == "" {
		kind, trigger = before, after
	}
	if trigger == "" {
		trigger = m.Segment("EVN").Field(1).Text()
	}
	return strings.ToUpper(kind), strings.ToUpper(trigger)
}

func (d *decoder) decode() error {
	if d.entry.Type == "" {
		return errors.New("MSH-9: the message type is missing")
	}
	known := false
	if d.event, known = events[d.entry.Event]; !known || d.entry.Type != "ADT" {
		d.entry.Ignored = true
		return nil
	}
	if err := d.patient(); err != nil {
		return err
	}
	if err := d.stay(); err != nil {
		return err
	}
	d.relatives()
	if d.event.merge {
		return d.merges()
	}
	return nil
}

// merges pairs each MRG with the PID before it.
func (d *decoder) merges() error {
	var into []care.Identifier
	for _, s := range d.msg.segments {
		switch s.Name {
		case "PID":
			into = d.patientNumbers(s)
		case "MRG":
			from := d.identifiers(s.Field(1), s.Field(2), s.Field(4))
			if from = without(from, into); len(from) == 0 {
				return errors.New("MRG-1: no other patient number than in PID-3")
			}
			d.entry.Merges = append(d.entry.Merges, care.MergeRecord{Into: into, From: from})
		}
	}
	if len(d.entry.Merges) == 0 {
		return errors.New("MRG: missing")
	}
	return nil
}

func (d *decoder) note(format string, args ...any) {
	d.entry.Notes = append(d.entry.Notes, fmt.Sprintf(format, args...))
}
