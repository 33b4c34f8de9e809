package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"kinward/client"
)

// panel is a page over the right pane, until Esc.
type panel struct {
	title  string
	lines  []string
	top    int
	choose func(key string) tea.Cmd // nil for a page that is only read
}

func (m *model) panelKey(k tea.KeyMsg) tea.Cmd {
	p := m.panel
	switch k.String() {
	case "ctrl+c", "ctrl+q":
		return m.quit()
	case "esc":
		m.panel = nil
	case "up":
		p.top = max(0, p.top-1)
	case "down":
		p.top++ // drawing keeps it within the page
	case "pgup":
		p.top = max(0, p.top-m.screen.bodyRows)
	case "pgdown":
		p.top += m.screen.bodyRows
	case "enter", "q", "f1":
		if p.choose == nil {
			m.panel = nil
		}
	default:
		if p.choose != nil {
			return p.choose(k.String())
		}
	}
	return nil
}

func helpPanel() *panel {
	p := &panel{title: "Help"}
	p.lines = []string{
		"Keys",
		"  Enter          send, or open what the cursor is on",
		"  Alt+Enter      begin a new line (Ctrl+J too)",
		"  Ctrl+K         search",
		"  Tab, Esc       go between writing, the list and the messages",
		"  PgUp, PgDn     scroll; older messages load by themselves",
		"  Ctrl+End       to the newest message",
		"  Alt+↑, Alt+↓   the conversation above or below;",
		"                 with Shift the next that waits or is unread",
		"  ↑ in an empty box, then Enter: reply to a message",
		"  Ctrl+R         try to connect now",
		"  Ctrl+Q         leave",
		"",
		"Commands",
	}
	for _, c := range commands {
		p.lines = append(p.lines, "  "+c.usage, "      "+c.help)
	}
	p.lines = append(p.lines, "", "A line that begins with // is sent with one slash.")
	return p
}

// who shows the members of the conversation and how far each has read.
func (m *model) who() {
	c, ok := m.state.Conversation(m.current)
	if !ok {
		m.say("No conversation is open.")
		return
	}
	relations := m.ward.relations(c)
	p := &panel{title: "In this conversation"}
	for _, o := range c.Members {
		if o.State == client.MemberLeft {
			continue
		}
		l := described(o.Person, relations)
		if o.Person.ID == m.me.ID {
			l += " (you)"
		} else if m.online[o.Person.ID] {
			l += ", online"
		}
		p.lines = append(p.lines, l)
	}
	slices.Sort(p.lines)
	if patient, ok := m.ward.of(c); ok {
		p.lines = append(p.lines, "", "Family of "+called(patient.Name))
		for _, f := range patient.Family {
			p.lines = append(p.lines, fmt.Sprintf("  %s, %s: %s", called(f.Name), line(f.Relationship), line(f.State)))
		}
	}
	m.panel = p
}

// consents are the grounds on which a relative may be told about a patient. The person who invites states one; nothing is
// assumed.
var consents = []struct{ key, basis, text string }{
	{"1", "agreed", "The patient agreed"},
	{"2", "did_not_object", "The patient was asked and did not object"},
	{"3", "incapacitated", "The patient can't decide; it is in their interest"},
	{"4", "guardian", "A guardian decided"},
	{"5", "attorney", "A person with power of attorney decided"},
	{"6", "court", "A court decided"},
}

// invite asks for the consent before it makes the invitation.
func (m *model) invite(c command) {
	id := m.patient
	if conversation, ok := m.state.Conversation(m.current); ok {
		id = m.ward.about(conversation)
	}
	switch {
	case !m.staff():
		m.complain("Only staff can invite relatives.")
		return
	case id == "":
		m.complain("Open a patient first: Ctrl+K searches by name, bed or number.")
		return
	}
	m.input.Reset()
	p := &panel{title: "Invite " + line(c.person) + ", " + c.relationship}
	p.lines = append(p.lines, "On what ground may this person be told about the patient?", "")
	for _, o := range consents {
		p.lines = append(p.lines, "  "+o.key+"  "+o.text)
	}
	p.lines = append(p.lines, "", "Press the number. Esc makes no invitation.")
	p.choose = func(key string) tea.Cmd {
		for _, o := range consents {
			if o.key == key {
				m.panel = nil
				m.say("Making the invitation…")
				return m.makeInvitation(id, c, o.basis)
			}
		}
		return nil
	}
	m.panel = p
}

func (m *model) makeInvitation(patient string, c command, basis string) tea.Cmd {
	d := m.deps
	r := client.InviteRequest{Name: c.person, Relationship: c.relationship, Consent: &client.Consent{Basis: basis}}
	return func() tea.Msg {
		inv, err := d.write.Invite(d.ctx, patient, r)
		return invitedMsg{name: c.person, invitation: inv, err: err}
	}
}

func (m *model) invited(msg invitedMsg) {
	m.notice = notice{}
	if msg.err != nil {
		m.complain("No invitation was made: " + sentence(msg.err))
		return
	}
	until := msg.invitation.ExpiresAt.In(m.now().Location())
	m.panel = &panel{title: "Invitation for " + line(msg.name), lines: []string{
		"Give this to them. The code is shown only here.",
		"",
		"  Code      " + spaced(line(msg.invitation.Code)),
		"  Address   " + line(msg.invitation.URL),
		"  Until     " + until.Format("Monday 2 January, 15:04"),
		"",
		"They enter with the code and the patient's date of birth:",
		"kinward chat --server URL --code CODE. It works once.",
	}}
}

// spaced breaks a code in two, as people read it out. Codes that are grouped already stay.
func spaced(code string) string {
	if len(code) < 8 || len(code) > 12 || strings.ContainsAny(code, "- ") {
		return code
	}
	return code[:len(code)/2] + " " + code[len(code)/2:]
}
