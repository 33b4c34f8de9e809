package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// settle brings what is shown in line with what is known; it is the last step of every Update.
func (m *model) settle() tea.Cmd {
	m.relist()
	m.screen.measure(m)
	t := m.open()
	if t == nil {
		return tea.Batch(m.first(), m.windowTitle())
	}
	if t.stale || t.wrapped.width != m.screen.textWidth {
		m.lay(t)
	}
	return tea.Batch(m.more(t), m.look(t), m.first(), m.windowTitle())
}

// windowTitle tells the number of unread messages, and nobody's name, to those who look at other windows.
func (m *model) windowTitle() tea.Cmd {
	title := "Kinward"
	if n := m.state.Unread(); n > 0 {
		title = "(" + itoa(n) + ") Kinward"
	}
	if title == m.titled {
		return nil
	}
	m.titled = title
	return tea.SetWindowTitle(title)
}

// first opens a conversation as soon as there is something to choose from.
func (m *model) first() tea.Cmd {
	asked := m.with != "" || m.about != ""
	if m.begun || m.staff() && !m.ward.loaded || len(m.list.rows) == 0 && !asked {
		return nil
	}
	return m.begin()
}

func (m *model) relist() {
	if m.focus != onSearch {
		m.list.set(rows(m.state, &m.ward, m.me), m.focus == onList)
	}
}

func (m *model) lay(t *talk) {
	c, _ := m.state.Conversation(t.id)
	t.lines = layout(sheet{
		conversation: c, me: m.me, relations: m.ward.relations(c), transcript: t.transcript, pending: t.pending,
		newFrom: t.newFrom, newCount: t.newCount, loading: t.loading, width: m.screen.textWidth, now: m.now(),
	}, &t.wrapped)
	t.stale = false
	if t.loaded && !t.opened {
		t.opened = true
		t.scroll.open(t.lines, m.screen.transcriptRows, t.newFrom)
	}
}

// more loads older messages when less than two screens of them are left above.
func (m *model) more(t *talk) tea.Cmd {
	from, _ := t.scroll.window(t.lines, m.screen.transcriptRows)
	if t.loading || m.now().Before(t.notBefore) || t.loaded && t.transcript.Complete() || from > 2*m.screen.transcriptRows {
		return nil
	}
	t.loading, t.stale = true, true
	return m.history(t, false)
}

// look starts the moment after which what is in view counts as read.
func (m *model) look(t *talk) tea.Cmd {
	c, ok := m.state.Conversation(t.id)
	if !ok || m.seenSoon || m.away() || c.Unread == 0 || !t.loaded || m.panel != nil {
		return nil
	}
	if t.scroll.seen(t.lines, m.screen.transcriptRows) <= c.LastSeq-c.Unread {
		return nil
	}
	m.seenSoon = true
	return m.after(seenDelay, seenMsg{conversation: t.id})
}
