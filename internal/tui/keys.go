package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// key takes a key: first those that work everywhere, then those of the part that has the focus.
func (m *model) key(k tea.KeyMsg) tea.Cmd {
	if m.panel != nil {
		return m.panelKey(k)
	}
	if k.Paste {
		return m.focusKey(k)
	}
	switch k.String() {
	case "ctrl+c":
		return m.interrupt()
	case "ctrl+q":
		return m.quit()
	case "ctrl+k":
		return m.openSearch()
	case "ctrl+_", "f1": // what terminals send for Ctrl+/
		m.panel = helpPanel()
	case "ctrl+r", "f5":
		return m.tryNow()
	case "tab":
		m.setFocus(m.nextFocus(1))
	case "shift+tab":
		m.setFocus(m.nextFocus(-1))
	case "pgup", "pgdown", "ctrl+home", "ctrl+end":
		m.page(k.String())
	case "alt+up", "alt+down", "alt+shift+up", "alt+shift+down":
		return m.hop(k.String())
	default:
		return m.focusKey(k)
	}
	return nil
}

func (m *model) focusKey(k tea.KeyMsg) tea.Cmd {
	switch m.focus {
	case onList:
		return m.listKey(k)
	case onTranscript:
		return m.transcriptKey(k)
	case onSearch:
		return m.searchKey(k)
	}
	return m.composerKey(k)
}

// interrupt empties the composer first: Ctrl+C is also what people press to get rid of a line.
func (m *model) interrupt() tea.Cmd {
	if m.focus == onComposer && m.input.Value() != "" {
		m.input.Reset()
		m.say("Cleared. Press Ctrl+C again to leave.")
		return nil
	}
	return m.quit()
}

// quit leaves, but warns once when that would lose messages.
func (m *model) quit() tea.Cmd {
	if n := len(m.outbox.Entries()); n > 0 && !m.keeps && !m.warned {
		m.warned = true
		m.complain(plural(int64(n), "message") + " not sent yet. Leave again to give up on sending.")
		return nil
	}
	return tea.Quit
}

func (m *model) tryNow() tea.Cmd {
	m.feed.TryNow()
	m.outbox.TryNow()
	return nil
}

// nextFocus goes round composer, list, transcript; a list that isn't there is left out.
func (m *model) nextFocus(n focus) focus {
	if m.focus == onSearch {
		return onComposer
	}
	next := (m.focus + n + 3) % 3
	if next == onList && m.alone() {
		next = (next + n + 3) % 3
	}
	return next
}

// page scrolls the transcript, whatever has the focus.
func (m *model) page(key string) {
	t := m.open()
	if t == nil {
		return
	}
	h := m.screen.transcriptRows
	switch key {
	case "pgup":
		t.scroll.by(t.lines, h, -max(1, h-2))
	case "pgdown":
		t.scroll.by(t.lines, h, max(1, h-2))
	case "ctrl+home":
		t.scroll.to(t.lines, h, 0)
	case "ctrl+end":
		t.scroll.to(t.lines, h, len(t.lines))
	}
}

// hop goes to the conversation above or below, with Shift to the next one that waits or has something new.
func (m *model) hop(key string) tea.Cmd {
	n := 1
	if strings.HasSuffix(key, "up") {
		n = -1
	}
	here := m.current
	if here == "" {
		here = m.patient
	}
	r, ok := m.list.next(here, n, func(r row) bool {
		return !strings.Contains(key, "shift") || r.unread > 0 || !r.waiting.IsZero()
	})
	if !ok {
		return nil
	}
	return m.show(r)
}

func (m *model) listKey(k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "up":
		m.list.move(-1)
	case "down":
		m.list.move(1)
	case "home":
		m.list.move(-len(m.list.rows))
	case "end":
		m.list.move(len(m.list.rows))
	case "enter", "right":
		if r, ok := m.list.current(); ok {
			return m.choose(r)
		}
	case "esc":
		m.setFocus(onComposer)
	default:
		return m.writeInstead(k)
	}
	return nil
}

// writeInstead takes letters typed elsewhere to the composer, where they were meant to go.
func (m *model) writeInstead(k tea.KeyMsg) tea.Cmd {
	if k.Type != tea.KeyRunes || k.Alt {
		return nil
	}
	m.setFocus(onComposer)
	return m.composerKey(k)
}

// choose opens a row of the list or of what a search found.
func (m *model) choose(r row) tea.Cmd {
	if r.conversation == "" && r.person != "" {
		m.setFocus(onComposer)
		return m.openDirect(r.person)
	}
	return m.show(r)
}

func (m *model) transcriptKey(k tea.KeyMsg) tea.Cmd {
	t := m.open()
	if t == nil || k.String() == "esc" {
		m.setFocus(onComposer)
		return nil
	}
	switch k.String() {
	case "up", "down":
		n := 1
		if k.String() == "up" {
			n = -1
		}
		t.choose(n)
		t.scroll.show(t.lines, m.screen.transcriptRows, t.selected)
	case "home":
		t.scroll.to(t.lines, m.screen.transcriptRows, 0)
	case "end":
		t.scroll.to(t.lines, m.screen.transcriptRows, len(t.lines))
	case "enter":
		if t.selected > 0 {
			m.prefill("/reply " + itoa(t.selected) + " ")
		}
	default:
		return m.writeInstead(k)
	}
	return nil
}

func (m *model) prefill(text string) {
	m.setFocus(onComposer)
	m.input.SetValue(text)
}

func (m *model) composerKey(k tea.KeyMsg) tea.Cmd {
	switch {
	case k.Type == tea.KeyEnter && !k.Alt && !k.Paste:
		return m.submit()
	case k.String() == "esc":
		return m.escape()
	case k.String() == "up" && m.input.Value() == "":
		m.setFocus(onTranscript)
		return m.transcriptKey(k)
	}
	var cmd tea.Cmd
	before := m.input.Value()
	m.screen.room(m) // before the text grows, so that its first line isn't scrolled away
	m.input, cmd = m.input.Update(k)
	if m.input.Value() != before {
		return tea.Batch(cmd, m.typing())
	}
	return cmd
}

// escape goes to the end of the transcript if one is elsewhere, else to the list.
func (m *model) escape() tea.Cmd {
	if t := m.open(); t != nil && t.scroll.up {
		t.scroll.up = false
		return nil
	}
	if !m.alone() {
		m.setFocus(onList)
	}
	return nil
}

// typingEvery is how often the others are told that somebody types here.
const typingEvery = 4 * time.Second

func (m *model) typing() tea.Cmd {
	text := m.input.Value()
	if m.current == "" || text == "" || strings.HasPrefix(text, "/") || m.now().Sub(m.typedAt) < typingEvery {
		return nil
	}
	m.typedAt = m.now()
	id, d := m.current, m.deps
	return func() tea.Msg {
		_ = d.write.Typing(d.ctx, id) // a passing sign: if it gets lost, so be it
		return nil
	}
}
