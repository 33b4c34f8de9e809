package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"kinward/client"
)

// What reaches Update beside keys. Each carries what its request was about, since the reader may be elsewhere by then.
type (
	eventMsg struct{ event client.Event } // from the feed
	entryMsg struct{ entry client.Entry } // from the outbox

	historyMsg struct {
		conversation string
		newer        bool
		page         client.MessageList
		err          error
	}
	wardMsg struct {
		patients []client.Patient
		err      error
	}
	patientMsg struct {
		patient client.Patient
		err     error
	}
	openedMsg struct {
		conversation client.Conversation
		err          error
	}
	foundMsg struct {
		query string
		rows  []row
		err   error
	}
	invitedMsg struct {
		name       string
		invitation client.Invitation
		err        error
	}
	correctedMsg struct {
		message client.Message
		err     error
	}
	doneMsg struct { // anything that has only to be told about when it failed
		what string
		err  error
	}

	tickMsg   struct{}               // a second has gone by
	searchMsg struct{ query string } // the query has stood for a moment
	seenMsg   struct {               // what is in view has been there for a moment
		conversation string
	}
)

const (
	tickEvery    = time.Second
	searchDelay  = 150 * time.Millisecond
	seenDelay    = 500 * time.Millisecond
	historyPage  = 50
	historyRetry = 5 * time.Second
	searchLimit  = 20
)

// after gives a message once d has gone by. Unlike tea.Tick it doesn't outlive the program.
func (d deps) after(pause time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
			return msg
		case <-d.ctx.Done():
			return nil
		}
	}
}

// history asks for the messages before the oldest that is held, for the newest where there are none, or with newer for
// those after the newest.
func (m *model) history(t *talk, newer bool) tea.Cmd {
	r := client.Range{Before: t.transcript.First(), Limit: historyPage}
	if newer {
		r = client.Range{After: t.transcript.Last(), Limit: longestPage}
	} else if t.newFrom > 0 && r.Before == 0 {
		r.Limit = min(longestPage, historyPage+int(t.newCount)) // so that the unread line is on the first page
	}
	id, d := t.id, m.deps
	return func() tea.Msg {
		page, err := d.read.History(d.ctx, id, r)
		return historyMsg{conversation: id, newer: newer, page: page, err: err}
	}
}

// longestPage is the longest page that the server gives.
const longestPage = 200

// patients reads the patients of whom this person takes care. The list of a ward fits in a few pages.
func (m *model) patients() tea.Cmd {
	d := m.deps
	return func() tea.Msg {
		var all []client.Patient
		q := client.PatientQuery{Mine: true, Limit: longestPage}
		for range 10 {
			page, err := d.read.Patients(d.ctx, q)
			if err != nil {
				return wardMsg{err: err}
			}
			all = append(all, page.Patients...)
			if !page.More || len(page.Patients) == 0 {
				break
			}
			q.After = page.Patients[len(page.Patients)-1].ID
		}
		return wardMsg{patients: all}
	}
}

func (m *model) fetchPatient(id string) tea.Cmd {
	d := m.deps
	return func() tea.Msg {
		p, err := d.read.Patient(d.ctx, id)
		return patientMsg{patient: p, err: err}
	}
}

func (m *model) openDirect(person string) tea.Cmd {
	d := m.deps
	return func() tea.Msg {
		c, err := d.write.OpenDirect(d.ctx, person)
		return openedMsg{conversation: c, err: err}
	}
}

// do runs a request of which only a failure is told.
func (m *model) do(what string, request func(d deps) error) tea.Cmd {
	d := m.deps
	return func() tea.Msg { return doneMsg{what: what, err: request(d)} }
}

// find searches: patients first for staff, then people; members search people only.
func (m *model) find(query string) tea.Cmd {
	d, staff := m.deps, m.staff()
	return func() tea.Msg {
		out := foundMsg{query: query}
		if staff {
			page, err := d.read.Patients(d.ctx, client.PatientQuery{Query: query, Limit: searchLimit})
			if err != nil {
				return foundMsg{query: query, err: err}
			}
			for _, p := range page.Patients {
				out.rows = append(out.rows, patientRow(p))
			}
		}
		people, err := d.read.People(d.ctx, query, searchLimit)
		out.err = err
		for _, p := range people {
			out.rows = append(out.rows, row{person: p.ID, title: called(p.Name), place: line(p.Role), exact: strings.EqualFold(p.Handle, query)})
		}
		return out
	}
}
