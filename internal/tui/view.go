package tui

import (
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"kinward/client"
)

// View implements tea.Model.
func (m *model) View() string {
	s := &m.screen
	if s.width == 0 {
		return ""
	}
	if s.height < tiny {
		return cut("The window is too small.", s.width)
	}
	var rows []string
	rows = append(rows, m.header())
	left, right := m.leftPane(), m.rightPane()
	bar := s.look.dim.Render("│")
	for i := range s.bodyRows + 1 {
		switch {
		case s.listWidth > 0:
			rows = append(rows, left[i]+bar+right[i])
		case m.focus == onList || m.focus == onSearch:
			rows = append(rows, left[i])
		default:
			rows = append(rows, right[i])
		}
	}
	rows = append(rows, m.statusLine())
	for i := range rows { // a line that doesn't reach the edge is cleared beyond its end, whatever stood there before
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows, "\n")
}

func (m *model) header() string {
	w := m.screen.width - 2
	who := called(m.me.Name)
	if m.me.Role != "" {
		who += ", " + line(m.me.Role)
	}
	n, longest := m.waitingFamilies()
	unread := m.state.Unread()
	var long, short []string
	if unread > 0 {
		long = append(long, plural(unread, "unread message"))
		short = append(short, itoa(unread)+" unread")
	}
	if n > 0 {
		verb := " families wait"
		if n == 1 {
			verb = " family waits"
		}
		long = append(long, itoa(n)+verb+", longest "+ago(longest))
		short = append(short, itoa(n)+" waiting, "+ago(longest))
	}
	right := strings.Join(long, " · ")
	if width("Kinward · "+who+" "+right) > w {
		right = strings.Join(short, " · ")
	}
	if width("Kinward · "+who+" "+right) <= w {
		who = "Kinward · " + who
	}
	return m.screen.look.bold.Render(" " + spread(who, right, w) + " ")
}

func (m *model) waitingFamilies() (n int64, longest time.Duration) {
	for _, since := range m.ward.waiting {
		n++
		longest = max(longest, m.now().Sub(since))
	}
	return n, longest
}

// leftPane is a title line and the rows of the list, each line exactly listWidth wide.
func (m *model) leftPane() []string {
	s := &m.screen
	w := s.listWidth
	if w == 0 {
		w = s.width
	}
	lines := []string{m.listTitle(w)}
	for _, r := range m.list.window(s.bodyRows / 2) {
		lines = append(lines, m.listRow(r, w)...)
	}
	if len(m.list.rows) == 0 {
		for _, text := range wrap(m.emptyList(), w-3) {
			lines = append(lines, s.look.dim.Render(fit("  "+text, w)))
		}
	}
	return filled(lines, s.bodyRows+1, w)
}

func filled(lines []string, n, w int) []string {
	for len(lines) < n {
		lines = append(lines, strings.Repeat(" ", max(0, w)))
	}
	return lines[:n]
}

func (m *model) listTitle(w int) string {
	k := m.screen.look
	if m.focus == onSearch {
		return fit(" Find: "+drawn(m.search.field.View()), w)
	}
	title, key := "Conversations", "Ctrl+K"
	if m.staff() {
		title = "Patients and people"
	}
	if width(title)+width(key)+3 > w {
		title = strings.Fields(title)[0]
	}
	if m.focus == onList {
		return k.accent.Bold(true).Render(" " + spread(title, key, w-2) + " ")
	}
	return k.dim.Render(" " + spread(title, key, w-2) + " ")
}

func (m *model) emptyList() string {
	switch {
	case m.focus == onSearch && m.search.pending:
		return "Searching…"
	case m.focus == onSearch && m.search.query == "":
		return "Type a name, a bed or a number."
	case m.focus == onSearch:
		return "Nobody found. Names, beds and numbers are matched from their beginning."
	case m.status.State != client.Live:
		return "Loading…"
	case m.me.Kind == client.PersonFamily:
		return "Your conversation appears here."
	}
	return "Nothing here yet. Press Ctrl+K to find somebody."
}

// listRow is two lines: name, bed and unread messages; the newest message and since when somebody waits.
func (m *model) listRow(r row, w int) []string {
	k := m.screen.look
	here := r.id() == m.list.cursor && (m.focus == onList || m.focus == onSearch)
	open := r.conversation != "" && r.conversation == m.current || r.conversation == "" && r.patient != "" && r.patient == m.patient
	mark := "  "
	switch {
	case here:
		mark = "▸ "
	case open:
		mark = "▌ "
	}
	right := cut(r.place, w/3)
	if r.unread > 0 {
		right = strings.TrimSpace(right + " (" + itoa(r.unread) + ")")
	}
	head := spread(r.title, right, w-3) + " "
	when, style := m.rowTime(r)
	tail := fit("  "+r.preview, w-1-width(when)-1) + " "
	if here {
		return []string{k.marked.Render(mark + head), k.marked.Render(tail + when + " ")}
	}
	headStyle := k.plain
	if r.unread > 0 || open {
		headStyle = k.bold
	}
	return []string{k.accent.Render(mark) + headStyle.Render(head), k.dim.Render(tail) + style.Render(when) + " "}
}

func (m *model) rowTime(r row) (text string, style lipgloss.Style) {
	k, now := m.screen.look, m.now()
	switch {
	case !r.waiting.IsZero():
		d := now.Sub(r.waiting)
		return "waits " + ago(d), k.delay(d.Minutes())
	case !r.at.IsZero():
		return when(r.at.In(now.Location()), now), k.dim
	}
	return "", k.dim
}

// statusLine is the last line: the connection in words, what isn't sent, and the keys that matter here. What doesn't fit
// is left out, the least important first.
func (m *model) statusLine() string {
	k, w := m.screen.look, m.screen.width
	state := cut(" "+stateWords(m.status, m.nextTry()), w)
	room := w - width(state) - 2
	if m.status.State == client.Reconnecting || m.status.State == client.Offline {
		room -= width(tryNowHint) + 1
	}
	var extra []string
	if n := len(m.outbox.Entries()); n > 0 && m.status.State != client.Live {
		extra = append(extra, plural(int64(n), "message")+" not sent yet")
	}
	if t := transportWords(m.status.Transport, m.status.Auto); t != "" {
		extra = append(extra, t)
	}
	for _, e := range extra {
		if e = " · " + e; width(e) <= room {
			state += e
			room -= width(e)
		}
	}
	hints := m.hints(w - width(state) - 2)
	gap := strings.Repeat(" ", max(0, w-width(state)-width(hints)-1))
	return k.state(m.status.State).Render(state) + gap + k.dim.Render(hints)
}

const tryNowHint = "Ctrl+R try now"

// hints are as many of the useful keys as fit.
func (m *model) hints(room int) string {
	list := "Tab list"
	if m.alone() {
		list = "Tab messages"
	}
	keys := map[focus][]string{
		onComposer:   {"F1 help", "Ctrl+K search", list, "PgUp older", "Alt+Enter new line"},
		onList:       {"Enter open", "↑↓ choose", "Tab messages", "Esc write"},
		onTranscript: {"Enter reply", "↑↓ choose", "Tab write", "PgUp older"},
		onSearch:     {"Enter open", "↑↓ choose", "Esc back"},
	}[m.focus]
	if m.panel != nil {
		keys = []string{"Esc close", "↑↓ scroll"}
	} else if m.status.State == client.Reconnecting || m.status.State == client.Offline {
		keys = append([]string{tryNowHint}, keys...)
	}
	out := ""
	for _, key := range keys {
		next := strings.TrimPrefix(out+" · "+key, " · ")
		if width(next) > room {
			break
		}
		out = next
	}
	return out
}
