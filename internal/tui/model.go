package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/textarea"
	tea "github.com/charmbracelet/bubbletea"

	"kinward/client"
)

// focus is where keys go.
type focus int

const (
	onComposer focus = iota
	onList
	onTranscript
	onSearch
)

// model is the program's state. bubbletea calls Update and View from one goroutine.
type model struct {
	deps
	me client.Person

	// What is known.
	state    client.State
	ward     ward
	talks    map[string]*talk
	status   client.Status
	retryAt  time.Time // of the next try, while there is a pause
	online   map[string]bool
	today    int  // day of the year that the day lines were made on
	switched bool // the answer to a change of transport is awaited, to tell of it

	// What is shown.
	screen  screen
	list    list
	current string // the conversation on the right
	patient string // or the patient there who has no conversation yet
	panel   *panel
	notice  notice
	search  search
	input   textarea.Model
	focus   focus

	// Between the two.
	awaySince time.Time // the terminal lost the focus
	seenSoon  bool      // a seenMsg is on its way
	typedAt   time.Time // when we last told that somebody types here
	begun     bool      // the first conversation has been opened
	titled    string    // what the window is called
	warned    bool      // that leaving loses messages
}

// notice is a sentence for the reader, shown for a while.
type notice struct {
	text  string
	bad   bool
	until time.Time
}

const noticeFor = 8 * time.Second

func newModel(d deps, me client.Person, look look) *model {
	return &model{
		deps: d, me: me, state: client.NewState(me.ID), ward: newWard(), talks: map[string]*talk{}, online: map[string]bool{},
		screen: screen{look: look}, input: newComposer(look), search: newSearch(look),
	}
}

func (m *model) staff() bool {
	return m.me.Kind == client.PersonStaff || m.me.Kind == client.PersonAdmin
}

// Init implements tea.Model.
func (m *model) Init() tea.Cmd {
	for _, e := range m.outbox.Entries() {
		m.talk(e.Conversation).entry(e)
	}
	return tea.Batch(m.after(tickEvery, tickMsg{}), m.input.Focus())
}

// talk is what we have of a conversation, begun if need be.
func (m *model) talk(id string) *talk {
	t, ok := m.talks[id]
	if !ok {
		t = &talk{id: id, typing: map[string]time.Time{}, stale: true}
		m.talks[id] = t
	}
	return t
}

// open is the conversation on the right, nil for none.
func (m *model) open() *talk {
	if m.current == "" {
		return nil
	}
	return m.talk(m.current)
}

// show opens a row on the right.
func (m *model) show(r row) tea.Cmd {
	if t := m.open(); t != nil {
		t.draft = m.input.Value()
	}
	m.current, m.patient = r.conversation, ""
	m.list.cursor = r.id()
	m.setFocus(onComposer)
	m.input.Reset()
	if r.conversation == "" {
		m.patient = r.patient
		return nil
	}
	t := m.open()
	m.input.SetValue(t.draft)
	c, _ := m.state.Conversation(r.conversation)
	t.visit(c)
	return m.load(t)
}

// load fetches a conversation's newest messages unless they are there.
func (m *model) load(t *talk) tea.Cmd {
	if t.loaded || t.loading {
		return nil
	}
	t.loading, t.stale = true, true
	return m.history(t, false)
}

func (m *model) setFocus(f focus) {
	m.focus = f
	if t := m.open(); t != nil {
		if f != onTranscript {
			t.selected = 0
		}
	}
	if f == onComposer {
		m.input.Focus()
	} else {
		m.input.Blur()
	}
	if f != onSearch {
		m.search.close()
	}
}

func (m *model) say(text string)      { m.notice = notice{text, false, m.now().Add(noticeFor)} }
func (m *model) complain(text string) { m.notice = notice{text, true, m.now().Add(noticeFor)} }

// away reports whether the reader can't see what comes in: the terminal isn't in front.
func (m *model) away() bool { return !m.awaySince.IsZero() }
