package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"kinward/client"
)

// search is the box above the left pane. What is there is found at once, what the server knows a moment later.
type search struct {
	field   textinput.Model
	query   string // what the rows answer
	found   []row  // of the server
	pending bool   // the server is being asked
	only    bool   // open what is found without asking, if it is one
}

func newSearch(k look) search { return search{field: newField(k)} }

func (s *search) close() {
	s.field.Blur()
	s.field.Reset()
	s.query, s.found, s.pending, s.only = "", nil, false, false
}

func (m *model) openSearch() tea.Cmd {
	m.setFocus(onSearch)
	m.list.cursor, m.list.top = "", 0
	m.fillSearch()
	return m.search.field.Focus()
}

// startSearch looks for what the command line asked for, and opens it if it is one.
func (m *model) startSearch(query string) tea.Cmd {
	focus := m.openSearch()
	m.search.field.SetValue(query)
	cmd := m.ask(query)
	m.search.only = true
	return tea.Batch(focus, cmd)
}

func (m *model) searchKey(k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		m.setFocus(onComposer)
		return nil
	case "up", "down":
		n := 1
		if k.String() == "up" {
			n = -1
		}
		m.list.move(n)
		return nil
	case "enter":
		if r, ok := m.list.current(); ok {
			return m.choose(r)
		}
		return nil
	}
	var cmd tea.Cmd
	m.search.field, cmd = m.search.field.Update(k)
	query := strings.TrimSpace(m.search.field.Value())
	if query == m.search.query {
		return cmd
	}
	m.search.query, m.search.found, m.search.only, m.list.cursor = query, nil, false, ""
	m.search.pending = query != "" && m.directory()
	m.fillSearch()
	return tea.Batch(cmd, m.after(searchDelay, searchMsg{query: query}))
}

// directory reports whether there is anything to ask the server for: relatives have no directory.
func (m *model) directory() bool { return m.me.Kind != client.PersonFamily }

// searchDue asks the server, unless typing has gone on.
func (m *model) searchDue(msg searchMsg) tea.Cmd {
	if msg.query == "" || msg.query != m.search.query {
		return nil
	}
	return m.ask(msg.query)
}

func (m *model) ask(query string) tea.Cmd {
	m.search.query, m.search.pending = query, m.directory()
	m.fillSearch()
	if !m.directory() {
		return nil
	}
	return m.find(query)
}

func (m *model) found(msg foundMsg) tea.Cmd {
	if msg.query != m.search.query || m.focus != onSearch {
		return nil
	}
	m.search.pending = false
	if msg.err != nil {
		m.complain("Searching failed: " + sentence(msg.err))
	}
	m.search.found = msg.rows
	m.fillSearch()
	if r, ok := m.search.sole(m.list.rows); ok {
		return m.choose(r)
	}
	return nil
}

// sole is the row that a search from the command line was for, if there is no doubt.
func (s *search) sole(rows []row) (row, bool) {
	if !s.only {
		return row{}, false
	}
	if i := slices.IndexFunc(rows, func(r row) bool { return r.exact }); i >= 0 {
		return rows[i], true
	}
	if len(rows) == 1 {
		return rows[0], true
	}
	return row{}, false
}

// fillSearch shows what answers the query: own conversations first, then what the server found beside them.
func (m *model) fillSearch() {
	var list []row
	for _, r := range rows(m.state, &m.ward, m.me) {
		if matches(m.search.query, r.title+" "+r.place) {
			list = append(list, r)
		}
	}
	for _, r := range m.search.found {
		if r.person != "" {
			r.conversation = m.directWith(r.person)
		}
		known := func(o row) bool {
			return o.id() == r.id() || r.patient != "" && o.patient == r.patient
		}
		if !slices.ContainsFunc(list, known) && r.person != m.me.ID {
			list = append(list, r)
		}
	}
	m.list.set(list, false)
}

// directWith is the direct conversation with a person, "" for none.
func (m *model) directWith(person string) string {
	for _, c := range m.state.Conversations() {
		if c.Kind == client.KindDirect && slices.ContainsFunc(c.Members, func(o client.Member) bool { return o.Person.ID == person }) {
			return c.ID
		}
	}
	return ""
}

// matches reports whether each word of the query begins a word of the text.
func matches(query, text string) bool {
	words := strings.Fields(strings.ToLower(text))
	for _, q := range strings.Fields(strings.ToLower(query)) {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, q) }) {
			return false
		}
	}
	return true
}
