package tui

import (
	"time"

	"kinward/client"
)

// ward is what staff know beside their conversations: their patients, and which families wait for an answer.
type ward struct {
	loaded   bool                      // the server has been asked
	patients map[string]client.Patient // by id
	byTalk   map[string]string         // conversation id to patient id
	waiting  map[string]time.Time      // patient id to the oldest unanswered message of the family
}

func newWard() ward {
	return ward{patients: map[string]client.Patient{}, byTalk: map[string]string{}, waiting: map[string]time.Time{}}
}

// put takes what the server says of a patient.
func (w *ward) put(p client.Patient) {
	w.patients[p.ID] = p
	if p.Conversation != "" {
		w.byTalk[p.Conversation] = p.ID
	}
	delete(w.waiting, p.ID)
	if p.WaitingSince != nil {
		w.waiting[p.ID] = p.WaitingSince.Time
	}
}

// about is the id of the patient whom a conversation is about, "" for none.
func (w *ward) about(c client.Conversation) string {
	if c.Patient != nil {
		return c.Patient.ID
	}
	return w.byTalk[c.ID]
}

// of is the patient whom a conversation is about, as far as one may see them.
func (w *ward) of(c client.Conversation) (client.Patient, bool) {
	p, ok := w.patients[w.about(c)]
	return p, ok
}

// relations are the relatives of a conversation's patient: person id to relationship.
func (w *ward) relations(c client.Conversation) map[string]string {
	p, _ := w.of(c)
	r := make(map[string]string, len(p.Family))
	for _, f := range p.Family {
		if f.Person != "" {
			r[f.Person] = f.Relationship
		}
	}
	return r
}

// heard keeps the waiting time true between two answers of the server: a relative's message begins it, one of the staff
// ends it.
func (w *ward) heard(c client.Conversation, m client.Message) {
	if c.Kind != client.KindFamily || m.Kind == client.MessageSystem || m.Kind == client.MessageNote {
		return
	}
	patient := w.about(c)
	for _, o := range c.Members {
		if o.Person.ID != m.Sender {
			continue
		}
		if o.Person.Kind != client.PersonFamily {
			delete(w.waiting, patient)
		} else if _, waits := w.waiting[patient]; !waits {
			w.waiting[patient] = m.CreatedAt.Time
		}
	}
}
