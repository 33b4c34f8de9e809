package tui

import (
	"errors"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"kinward/client"
)

// Update implements tea.Model: it takes one message, then brings what is shown up to date.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.take(msg)
	return m, tea.Batch(cmd, m.settle())
}

func (m *model) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return m.key(msg)
	case tea.WindowSizeMsg:
		m.screen.width, m.screen.height = msg.Width, msg.Height
	case tea.FocusMsg:
		m.awaySince = time.Time{}
	case tea.BlurMsg:
		m.awaySince = m.now()
	case eventMsg:
		return m.event(msg.event)
	case entryMsg:
		return m.entry(msg.entry)
	case tickMsg:
		return m.tick()
	case seenMsg:
		return m.seen(msg)
	case searchMsg:
		return m.searchDue(msg)
	default:
		return m.answer(msg)
	}
	return nil
}

// answer takes the results of requests.
func (m *model) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case historyMsg:
		return m.loaded(msg)
	case wardMsg:
		m.loadedWard(msg)
	case patientMsg:
		if msg.err == nil {
			m.ward.put(msg.patient)
			m.relayoutAll()
		}
	case openedMsg:
		if msg.err != nil {
			m.complain("The conversation could not be opened: " + sentence(msg.err))
			return nil
		}
		return m.show(row{conversation: msg.conversation.ID})
	case foundMsg:
		return m.found(msg)
	case invitedMsg:
		m.invited(msg)
	case correctedMsg:
		return m.corrected(msg)
	case doneMsg:
		if msg.err != nil {
			m.complain(msg.what + ": " + sentence(msg.err))
		}
	default: // what the composer or the search field sent themselves
		var a, b tea.Cmd
		m.input, a = m.input.Update(msg)
		m.search.field, b = m.search.field.Update(msg)
		return tea.Batch(a, b)
	}
	return nil
}

// event takes what the feed tells.
func (m *model) event(e client.Event) tea.Cmd {
	switch e := e.(type) {
	case client.Reset:
		return m.reset(e.Snapshot)
	case client.Changes:
		return m.changes(e.Changes)
	case client.Passing:
		for _, s := range e.Signs {
			m.sign(s)
		}
	case client.Status:
		m.connection(e)
	}
	return nil
}

// reset takes a snapshot: at the start, and when the feed could not be resumed.
func (m *model) reset(s client.Snapshot) tea.Cmd {
	m.state = m.state.Reset(s)
	for _, t := range m.talks {
		t.reset()
	}
	var cmds []tea.Cmd
	if m.staff() {
		cmds = append(cmds, m.patients())
	}
	if t := m.open(); t != nil {
		cmds = append(cmds, m.load(t))
	}
	return tea.Batch(cmds...)
}

// begin opens what the command line asked for, else the first row.
func (m *model) begin() tea.Cmd {
	m.begun = true
	switch {
	case m.about != "":
		return m.startSearch(m.about)
	case m.with != "":
		return m.startSearch(m.with)
	case len(m.list.rows) > 0:
		return m.show(m.list.rows[0])
	}
	return nil
}

func (m *model) changes(changes []client.Change) tea.Cmd {
	m.state = m.state.Apply(changes)
	var cmds []tea.Cmd
	asked := map[string]bool{}
	for _, c := range changes {
		if c.Type == client.ChangePatient && c.Patient != "" && !asked[c.Patient] && m.staff() {
			asked[c.Patient] = true
			cmds = append(cmds, m.fetchPatient(c.Patient))
		}
		if c.Message != nil {
			cmds = append(cmds, m.hear(*c.Message))
		}
		if c.Member != nil {
			m.relayout(c.Member.Conversation)
			m.left(*c.Member)
		}
	}
	return tea.Batch(cmds...)
}

// left forgets a conversation that this person is no longer in.
func (m *model) left(o client.Member) {
	if o.Person.ID != m.me.ID || o.State != client.MemberLeft {
		return
	}
	delete(m.talks, o.Conversation)
	if m.current == o.Conversation {
		m.current = ""
		m.complain("You are no longer in that conversation.")
	}
}

func (m *model) hear(msg client.Message) tea.Cmd {
	c, _ := m.state.Conversation(msg.Conversation)
	if m.staff() {
		m.ward.heard(c, msg)
	}
	t, ok := m.talks[msg.Conversation]
	if !ok {
		return nil
	}
	t.hear(msg, m.me.ID, m.away() || t.scroll.up || m.current != t.id)
	if t.loaded && t.transcript.Behind() && !t.loading {
		t.loading = true
		return m.history(t, true)
	}
	return nil
}

// relayout has a conversation's lines made anew, when something beside its messages has changed.
func (m *model) relayout(conversation string) {
	if t, ok := m.talks[conversation]; ok {
		t.stale = true
	}
}

func (m *model) relayoutAll() {
	for _, t := range m.talks {
		t.stale = true
	}
}

func (m *model) sign(s client.Ephemeral) {
	switch {
	case s.Person == m.me.ID:
	case s.Type == "typing":
		m.talk(s.Conversation).typing[s.Person] = m.now()
	case s.Type == "presence":
		m.online[s.Person] = s.State == "online"
	}
}

func (m *model) connection(s client.Status) {
	was := m.status
	m.status, m.retryAt = s, time.Time{}
	if s.RetryIn > 0 {
		m.retryAt = m.now().Add(s.RetryIn)
	}
	if s.State == client.Live && was.State != client.Live {
		m.outbox.TryNow()
	}
	if s.State == client.Live && m.switched {
		m.switched = false
		m.say("Messages now come by " + transportWords(s.Transport, s.Auto) + ". Nothing was lost.")
	}
}

func (m *model) entry(e client.Entry) tea.Cmd {
	t := m.talk(e.Conversation)
	t.entry(e)
	if e.State == client.Sent && e.Message != nil {
		m.state = m.state.Learn([]client.Message{*e.Message})
		return m.hear(*e.Message)
	}
	return nil
}

func (m *model) loaded(msg historyMsg) tea.Cmd {
	t := m.talk(msg.conversation)
	t.loading, t.stale = false, true
	if msg.err != nil {
		t.notBefore = m.now().Add(historyRetry)
		m.complain("Messages could not be loaded: " + sentence(msg.err))
		return nil
	}
	t.page(msg.page, msg.newer)
	m.state = m.state.Learn(msg.page.Messages)
	if t.transcript.Behind() {
		t.loading = true
		return m.history(t, true)
	}
	return nil
}

func (m *model) loadedWard(msg wardMsg) {
	m.ward.loaded = true
	if msg.err != nil {
		m.complain("The patients could not be loaded: " + sentence(msg.err))
		return
	}
	m.ward = newWard()
	m.ward.loaded = true
	for _, p := range msg.patients {
		m.ward.put(p)
	}
	m.relayoutAll()
}

// tick lets time pass: signs of typing fade, counts go down.
func (m *model) tick() tea.Cmd {
	now := m.now()
	if now.After(m.notice.until) {
		m.notice = notice{}
	}
	if today := now.YearDay(); today != m.today { // "Today" has become "Yesterday"
		m.today = today
		m.relayoutAll()
	}
	return m.after(tickEvery, tickMsg{})
}

// seen reports as read what has been in view for a moment.
func (m *model) seen(msg seenMsg) tea.Cmd {
	m.seenSoon = false
	t := m.open()
	if t == nil || t.id != msg.conversation || m.away() {
		return nil
	}
	seq := t.scroll.seen(t.lines, m.screen.transcriptRows)
	c, _ := m.state.Conversation(t.id)
	if seq <= c.LastSeq-c.Unread {
		return nil
	}
	m.state = m.state.MarkRead(t.id, seq)
	return m.do("What you have read could not be reported", func(d deps) error { return d.write.MarkRead(d.ctx, t.id, seq) })
}

// sentence tells an error to a person.
func sentence(err error) string {
	e := (*client.Error)(nil)
	switch {
	case errors.Is(err, client.ErrSignedOut):
		return "you have been signed out."
	case errors.As(err, &e) && e.Status == 404:
		return "it is not there, or not yours."
	case errors.As(err, &e) && e.RetryAfter > 0:
		return fmt.Sprintf("%s Try again in %d s.", line(e.Error()), int(e.RetryAfter.Seconds()))
	case errors.As(err, &e):
		return line(e.Error())
	}
	return "the server can't be reached."
}
