package tui

import (
	"cmp"
	"slices"
	"time"

	"kinward/client"
)

// row is one entry of the left pane: a conversation, a patient who has none yet, or a person that a search found.
type row struct {
	conversation, patient, person string // ids; the first that isn't empty is what opens

	title   string
	place   string // the bed
	preview string
	at      time.Time // of the newest message
	unread  int64
	waiting time.Time // since when the family waits, zero for not at all
	exact   bool      // a search's words were this one's handle
}

func (r row) id() string { return cmp.Or(r.conversation, r.patient, r.person) }

// rows lists what the person has, longest waiting first, then newest.
func rows(s client.State, w *ward, me client.Person) []row {
	var list []row
	shown := map[string]bool{}
	for _, c := range s.Conversations() {
		r := conversationRow(c, w, me)
		shown[r.patient] = true
		list = append(list, r)
	}
	for _, p := range w.patients {
		if !shown[p.ID] && me.Kind != client.PersonFamily {
			list = append(list, patientRow(p))
		}
	}
	slices.SortFunc(list, func(a, b row) int {
		return cmp.Or(
			compareWaiting(a.waiting, b.waiting), b.at.Compare(a.at), cmp.Compare(a.title, b.title), cmp.Compare(a.id(), b.id()))
	})
	return list
}

func compareWaiting(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

func conversationRow(c client.Conversation, w *ward, me client.Person) row {
	r := row{conversation: c.ID, patient: w.about(c), title: title(c, w, me), unread: c.Unread}
	if p, ok := w.of(c); ok {
		r.place, r.waiting = bed(p), w.waiting[p.ID]
	}
	r.preview = "no messages yet"
	if c.Last != nil {
		r.at, r.preview = c.Last.CreatedAt.Time, preview(c, me)
	}
	return r
}

func patientRow(p client.Patient) row {
	r := row{conversation: p.Conversation, patient: p.ID, title: called(p.Name), place: bed(p), unread: p.Unread}
	if p.WaitingSince != nil {
		r.waiting = p.WaitingSince.Time
	}
	if len(p.Family) == 0 {
		r.preview = "no family yet"
	}
	return r
}

// title is what a conversation is called: for staff, that of a family is the patient's name.
func title(c client.Conversation, w *ward, me client.Person) string {
	if c.Kind == client.KindFamily && me.Kind != client.PersonFamily {
		if p, ok := w.of(c); ok {
			return called(p.Name)
		}
		if c.Patient != nil {
			return called(c.Patient.Name)
		}
	}
	if c.Title != "" {
		return line(c.Title)
	}
	var names []string
	for _, m := range c.Members {
		if m.Person.ID != me.ID && m.State != client.MemberLeft {
			names = append(names, first(called(m.Person.Name)))
		}
	}
	return cmp.Or(several(names), "Conversation")
}

// bed is where a patient lies, as staff say it: "4-12".
func bed(p client.Patient) string { return line(cmp.Or(p.Bed, p.Room, p.Ward)) }

// preview is the newest message in one line.
func preview(c client.Conversation, me client.Person) string {
	m := *c.Last
	text := line(m.Text)
	if m.RetractedAt != nil {
		text = "taken back"
	}
	if m.Kind == client.MessageSystem {
		return text
	}
	if m.Sender == me.ID {
		return "You: " + text
	}
	for _, o := range c.Members {
		if o.Person.ID == m.Sender && (c.Kind != client.KindDirect) {
			return first(called(o.Person.Name)) + ": " + text
		}
	}
	return text
}
