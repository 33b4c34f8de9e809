package tui

import (
	"cmp"
	"strings"
	"time"

	"kinward/client"
)

// screen is the shape of what is drawn: measure works it out from the window, View fills it.
type screen struct {
	look          look
	width, height int

	listWidth      int // 0 when the window is too narrow for two panes
	paneWidth      int
	gutter         int // for the numbers of messages
	textWidth      int
	bodyRows       int // between the two title lines and the status line
	transcriptRows int
	composerRows   int
	noticeLines    []string
}

const (
	narrow     = 60 // columns below which one pane is shown at a time
	tiny       = 8  // rows below which nothing sensible fits
	noticeRows = 3
	widest     = 100 // cells of a text's line: longer ones are hard to read
)

// measure divides the window. It goes before layout, since texts are wrapped to the width that it finds.
func (s *screen) measure(m *model) {
	s.listWidth = min(max(s.width*3/10, 22), 38)
	s.paneWidth = s.width - s.listWidth - 1
	if s.width < narrow || m.alone() {
		s.listWidth, s.paneWidth = 0, s.width
	}
	m.search.field.Width = max(1, cmp.Or(s.listWidth, s.width)-10)
	s.bodyRows = max(0, s.height-3)
	c, _ := m.state.Conversation(m.current)
	s.gutter = max(4, len(itoa(c.LastSeq))+2)
	s.textWidth = min(max(8, s.paneWidth-s.gutter-1), widest)
	s.noticeLines = nil
	if m.notice.text != "" {
		s.noticeLines = wrap(line(m.notice.text), s.paneWidth-1)
		s.noticeLines = s.noticeLines[:min(noticeRows, len(s.noticeLines))]
	}
	s.composer(m, 0)
	s.transcriptRows = max(1, s.bodyRows-s.composerRows-1-len(s.noticeLines))
}

// composer gives the box as many rows as its text needs and extra, up to two fifths of the window.
func (s *screen) composer(m *model, extra int) {
	w := max(4, s.paneWidth-3)
	rows := extra
	for _, l := range strings.Split(m.input.Value(), "\n") {
		rows += len(wrap(l+" ", w)) // the cursor takes a cell after the text
	}
	s.composerRows = min(max(1, rows), max(1, s.height*2/5))
	m.input.Placeholder = cut(m.placeholder(), s.paneWidth-5)
	m.input.SetWidth(s.paneWidth - 1)
	m.input.SetHeight(s.composerRows)
}

// room makes room for a key that may add a line.
func (s *screen) room(m *model) { s.composer(m, 1) }

// alone reports whether a list would hold nothing but the conversation that is open, as it does for most relatives.
func (m *model) alone() bool {
	return m.me.Kind == client.PersonFamily && len(m.list.rows) <= 1 && m.current != ""
}

// placeholder says what the empty box is for.
func (m *model) placeholder() string {
	c, ok := m.state.Conversation(m.current)
	switch {
	case !ok:
		return ""
	case c.Kind == client.KindFamily && m.me.Kind == client.PersonFamily:
		return "Write to the care team"
	case c.Kind == client.KindFamily:
		return "Write to the family of " + title(c, &m.ward, m.me)
	}
	return "Write to " + title(c, &m.ward, m.me)
}

// nextTry is the time until the next try to connect.
func (m *model) nextTry() time.Duration {
	if m.retryAt.IsZero() {
		return 0
	}
	return max(0, m.retryAt.Sub(m.now()))
}
