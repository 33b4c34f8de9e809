package tui

import (
	"fmt"
	"strings"

	"kinward/client"
)

// rightPane is a title line, the transcript or a panel, and the composer, each line at most paneWidth wide.
func (m *model) rightPane() []string {
	s := &m.screen
	lines := []string{m.talkTitle()}
	if m.panel != nil {
		lines = append(lines, m.panelLines()...)
	} else {
		lines = append(lines, m.transcriptLines()...)
	}
	lines = filled(lines, 1+s.transcriptRows, 0)
	for _, l := range s.noticeLines {
		style := s.look.accent
		if m.notice.bad {
			style = s.look.bad
		}
		lines = append(lines, style.Render(cut(" "+l, s.paneWidth)))
	}
	lines = append(lines, m.edge())
	for _, l := range strings.Split(drawn(m.input.View()), "\n") {
		lines = append(lines, cut(" "+l, s.paneWidth))
	}
	return filled(lines, s.bodyRows+1, 0)
}

// talkTitle says whom one is talking with: name and bed, then the others.
func (m *model) talkTitle() string {
	k, w := m.screen.look, m.screen.paneWidth
	if m.panel != nil {
		return k.accent.Bold(true).Render(cut(" "+m.panel.title, w))
	}
	name, rest := "Nobody chosen", ""
	if c, ok := m.state.Conversation(m.current); ok {
		name, rest = m.titleOf(c)
	} else if p, ok := m.ward.patients[m.patient]; ok {
		name, rest = called(p.Name), bed(p)
	}
	name = cut(" "+name, w)
	return k.bold.Render(name) + k.dim.Render(cut(rest, w-width(name)))
}

func (m *model) titleOf(c client.Conversation) (name, rest string) {
	name = title(c, &m.ward, m.me)
	var parts []string
	if p, ok := m.ward.of(c); ok && bed(p) != "" {
		parts = append(parts, "bed "+bed(p))
	}
	if c.Kind == client.KindFamily && m.me.Kind == client.PersonFamily {
		parts = append(parts, "with the care team")
	}
	relations := m.ward.relations(c)
	for _, o := range c.Members {
		switch {
		case o.Person.ID == m.me.ID || o.State == client.MemberLeft:
		case c.Kind == client.KindDirect && m.online[o.Person.ID]:
			parts = append(parts, "online")
		case c.Kind == client.KindDirect && o.Person.Role != "":
			parts = append(parts, line(o.Person.Role))
		case c.Kind == client.KindFamily && m.staff() && o.Person.Kind == client.PersonFamily:
			parts = append(parts, described(o.Person, relations))
		}
	}
	if c.Kind == client.KindGroup {
		parts = append(parts, plural(int64(active(c)), "member"))
	}
	if len(parts) > 0 {
		rest = " · " + strings.Join(parts, " · ")
	}
	return name, rest
}

func active(c client.Conversation) (n int) {
	for _, o := range c.Members {
		if o.State != client.MemberLeft {
			n++
		}
	}
	return n
}

func (m *model) panelLines() []string {
	s, p := &m.screen, m.panel
	var lines []string
	for _, text := range p.lines {
		for _, l := range wrap(text, s.paneWidth-3) {
			lines = append(lines, cut("  "+l, s.paneWidth))
		}
	}
	p.top = max(0, min(p.top, len(lines)-s.transcriptRows))
	return lines[p.top:min(len(lines), p.top+s.transcriptRows)]
}

func (m *model) transcriptLines() []string {
	s := &m.screen
	t := m.open()
	if t == nil {
		return m.emptyTalk()
	}
	from, to := t.scroll.window(t.lines, s.transcriptRows)
	lines := make([]string, 0, s.transcriptRows)
	for range s.transcriptRows - (to - from) { // a short conversation stands above the composer
		lines = append(lines, "")
	}
	for _, l := range t.lines[from:to] {
		lines = append(lines, m.drawLine(l, t.selected))
	}
	return lines
}

// emptyTalk says what to do where there is no transcript.
func (m *model) emptyTalk() []string {
	s := &m.screen
	text := "Choose somebody on the left, or press Ctrl+K to search."
	if p, ok := m.ward.patients[m.patient]; ok {
		text = "There is no conversation about " + called(p.Name) + " yet. Type /invite NAME RELATIONSHIP to let a relative join."
	}
	lines := []string{""}
	for _, l := range wrap(text, s.paneWidth-4) {
		lines = append(lines, s.look.dim.Render(cut("  "+l, s.paneWidth)))
	}
	return lines
}

// drawLine draws one line of the transcript with its number and time.
func (m *model) drawLine(l textLine, selected int64) string {
	s := &m.screen
	w := s.paneWidth
	style := s.look.draw(l.kind)
	switch l.kind {
	case lineDay, lineNew:
		return style.Render(" " + rule(l.text, w-2))
	case lineSystem, lineLoading:
		pad := max(1, (w-width(l.text))/2)
		return style.Render(cut(strings.Repeat(" ", pad)+l.text, w))
	}
	gutter := strings.Repeat(" ", s.gutter)
	if l.kind == lineName || l.kind == lineOwnName { // stands out to the left, so that it shows without colours too
		return style.Render("  " + spread(l.text, l.right, s.gutter+s.textWidth-2))
	}
	mark := selected != 0 && l.seq == selected && l.part >= partBody
	if l.number {
		gutter = fmt.Sprintf("%*d ", s.gutter-1, l.seq)
	}
	if mark {
		gutter = "▸" + gutter[1:]
	}
	text := cut(l.text, s.textWidth)
	if mark {
		style = s.look.marked
	}
	return s.look.dim.Render(gutter) + style.Render(text)
}

// edge is the line above the composer: who is writing, and what has come in below.
func (m *model) edge() string {
	s := &m.screen
	label, style := "", s.look.dim
	if t := m.open(); t != nil {
		c, _ := m.state.Conversation(t.id)
		switch {
		case t.scroll.up && c.Unread > 0:
			label, style = plural(c.Unread, "new message")+" below, Ctrl+End", s.look.late
		case t.scroll.up:
			label = "Ctrl+End to the newest"
		}
		if who := m.writing(t, c); who != "" {
			label, style = who, s.look.accent
		}
	}
	return style.Render(" " + rule(label, s.paneWidth-2))
}

// writing tells who is typing. Relatives see the care team as one.
func (m *model) writing(t *talk, c client.Conversation) string {
	var names []string
	for _, id := range t.typists(m.now()) {
		for _, o := range c.Members {
			if o.Person.ID != id {
				continue
			}
			if m.me.Kind == client.PersonFamily && o.Person.Kind == client.PersonStaff {
				return "The care team is writing…"
			}
			names = append(names, first(called(o.Person.Name)))
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is writing…"
	}
	return several(names) + " are writing…"
}
