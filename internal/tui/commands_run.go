package tui

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"kinward/client"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// submit sends what is in the composer, or does what it says.
func (m *model) submit() tea.Cmd {
	text := m.input.Value()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	c, isCommand, hint := parse(text)
	if hint != "" {
		m.complain(hint)
		return nil
	}
	if !isCommand {
		if strings.HasPrefix(text, "//") {
			text = text[1:]
		}
		return m.send(text, 0)
	}
	return m.run(c)
}

// send queues a message. What can't be queued stays in the composer.
func (m *model) send(text string, replyTo int64) tea.Cmd {
	t := m.open()
	switch {
	case t == nil && m.patient != "":
		m.complain("There is no conversation with this family yet. Type /invite NAME RELATIONSHIP to begin one.")
		return nil
	case t == nil:
		m.complain("Choose somebody to write to first: Ctrl+K searches.")
		return nil
	}
	e, err := m.outbox.Add(t.id, text, replyTo)
	if err != nil {
		m.complain("The message could not be kept, so it was not sent. It is still in the box below.")
		return nil
	}
	m.input.Reset()
	m.typedAt = m.typedAt.Add(-typingEvery)
	t.entry(e)
	t.newFrom, t.newCount = 0, 0
	t.scroll.up = false
	return nil
}

// run does a command. The composer keeps a command that was refused, so that it can be mended.
func (m *model) run(c command) tea.Cmd {
	switch c.name {
	case "quit":
		return m.quit()
	case "help":
		m.input.Reset()
		m.panel = helpPanel()
	case "who":
		m.input.Reset()
		m.who()
	case "transport":
		m.input.Reset()
		m.transport(c.transport)
	case "retry", "discard":
		m.input.Reset()
		m.mend(c.name)
	case "reply":
		return m.reply(c)
	case "correct":
		return m.correct(c)
	case "retract":
		return m.retract(c)
	case "invite":
		m.invite(c)
	}
	return nil
}

func (m *model) transport(kind client.Kind) {
	if err := m.feed.SwitchTransport(kind); err != nil {
		m.complain(sentence(err))
		return
	}
	m.switched = true
}

// mend sends again, or throws away, what could not be sent in this conversation.
func (m *model) mend(how string) {
	t := m.open()
	if t == nil || len(t.failed()) == 0 {
		m.say("Everything here has been sent or is on its way.")
		return
	}
	for _, e := range t.failed() {
		if how == "retry" {
			e.State, e.Err, e.Tries = client.Waiting, nil, 0
			t.entry(e)
			_ = m.outbox.Retry(e.ID) // gone already is as good
			continue
		}
		t.drop(e.ID)
		_ = m.outbox.Discard(e.ID)
	}
}

func (m *model) reply(c command) tea.Cmd {
	t := m.open()
	if t != nil {
		if _, ok := t.transcript.Message(c.seq); !ok {
			m.complain("There is no message " + itoa(c.seq) + " here. The numbers stand beside the messages.")
			return nil
		}
	}
	return m.send(c.text, c.seq)
}

// ownMessage finds the message that correct and retract are about.
func (m *model) ownMessage(seq int64) (conversation string, msg client.Message, ok bool) {
	t := m.open()
	if t != nil {
		msg, ok = t.own(m.me.ID, seq)
	}
	switch {
	case ok:
		return t.id, msg, true
	case seq > 0:
		m.complain("Message " + itoa(seq) + " is not one of yours.")
	default:
		m.complain("There is no message of yours here.")
	}
	return "", msg, false
}

func (m *model) correct(c command) tea.Cmd {
	id, msg, ok := m.ownMessage(c.seq)
	if !ok {
		return nil
	}
	m.input.Reset()
	d := m.deps
	return func() tea.Msg {
		corrected, err := d.write.Correct(d.ctx, id, msg.Seq, c.text)
		return correctedMsg{message: corrected, err: err}
	}
}

func (m *model) corrected(msg correctedMsg) tea.Cmd {
	if msg.err != nil {
		m.complain("The message was not corrected: " + sentence(msg.err))
		return nil
	}
	m.say("Corrected. Everyone sees that it was.")
	return m.hear(msg.message)
}

func (m *model) retract(c command) tea.Cmd {
	id, msg, ok := m.ownMessage(c.seq)
	if !ok {
		return nil
	}
	m.input.Reset()
	return m.do("The message was not taken back", func(d deps) error { return d.write.Retract(d.ctx, id, msg.Seq) })
}
