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
	waiting  map[string]time.Time      // conversation id to the oldest unanswered message of the family
}

func newWard() ward {
	return ward{patients: map[string]client.Patient{}, byTalk: map[string]string{}, waiting: map[string]time.Time{}}
}

// put takes what the server says of a patient.
func (w *ward) put(p client.Patient) {
	w.patients[p.ID] = p
	if p.Conversation == "" {
		return
	}
	w.byTalk[p.Conversation] = p.ID
	delete(w.waiting, p.Conversation)
	if p.WaitingSince != nil {
		w.waiting[p.Conversation] = p.WaitingSince.Time
	}
}

// of is the patient whom a conversation is about.
func (w *ward) of(conversation string) (client.Patient, bool) {
	p, ok := w.patients[w.byTalk[conversation]]
	return p, ok
}

// relations are the relatives of a conversation's patient: person id to relationship.
func (w *ward) relations(conversation string) map[string]string {
	p, _ := w.of(conversation)
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
	for _, o := range c.Members {
		if o.Person.ID != m.Sender {
			continue
		}
		if o.Person.Kind != client.PersonFamily {
			delete(w.waiting, c.ID)
		} else if _, waits := w.waiting[c.ID]; !waits {
			w.waiting[c.ID] = m.CreatedAt.Time
		}
	}
}
