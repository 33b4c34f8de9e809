package tui

import (
	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textarea"
	"github.com/charmbracelet/bubbles/textinput"
	"github.com/charmbracelet/lipgloss"

	"kinward/client"
)

// look is how things are coloured. Each colour comes with a word or a sign that tells the same, since terminals may have
// none (NO_COLOR, or no colours at all).
type look struct {
	plain, dim, bold, accent, own, late, warn, bad, marked lipgloss.Style
}

// newLook takes the colours of the web client for light and dark terminals. plain leaves colours out; what is bold or
// reversed stays so, since a cursor must be seen.
func newLook(r *lipgloss.Renderer, plain bool) look {
	style := func(light, dark string) lipgloss.Style {
		if plain {
			return r.NewStyle()
		}
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	return look{
		plain: r.NewStyle(), bold: r.NewStyle().Bold(true), marked: r.NewStyle().Reverse(true),
		dim: style("#556066", "#A9B5B8"), accent: style("#0B6B63", "#5CC7BA"), own: style("#0A4A45", "#BDEBE4"),
		late: style("#B4532A", "#F0A27C"), warn: style("#8A5A00", "#F2C265"), bad: style("#B3261E", "#FF9C94"),
	}
}

// draw styles one line of a transcript.
func (k look) draw(kind lineKind) lipgloss.Style {
	switch kind {
	case lineDay, lineMeta, lineQuote, lineSystem, lineLoading:
		return k.dim
	case lineNew:
		return k.late
	case lineName:
		return k.bold
	case lineOwnName:
		return k.accent.Bold(true)
	case lineOwnBody:
		return k.own
	case lineFailed:
		return k.bad
	}
	return k.plain
}

// newComposer is the box for writing: Enter is taken by us, Alt+Enter makes a line.
func newComposer(k look) textarea.Model {
	c := textarea.New()
	c.Prompt, c.ShowLineNumbers, c.CharLimit, c.MaxHeight = "", false, 0, 1000
	c.SetPromptFunc(2, func(i int) string {
		if i == 0 {
			return "> "
		}
		return "  "
	})
	c.KeyMap.InsertNewline = key.NewBinding(key.WithKeys("alt+enter", "ctrl+j"))
	c.FocusedStyle = textarea.Style{Base: k.plain, Placeholder: k.dim, Prompt: k.accent, Text: k.plain}
	c.BlurredStyle = textarea.Style{Base: k.plain, Placeholder: k.dim, Prompt: k.dim, Text: k.plain}
	c.Cursor.SetMode(cursor.CursorStatic)
	c.Cursor.Style = k.plain
	return c
}

func newField(k look) textinput.Model {
	f := textinput.New()
	f.Prompt, f.PromptStyle, f.PlaceholderStyle, f.TextStyle = "", k.accent, k.dim, k.plain
	f.Cursor.SetMode(cursor.CursorStatic)
	f.Cursor.Style = k.plain
	return f
}

// delay is the style of a waiting time: half an hour is long, an hour too long.
func (k look) delay(minutes float64) lipgloss.Style {
	switch {
	case minutes >= 60:
		return k.late
	case minutes >= 30:
		return k.warn
	}
	return k.dim
}

func (k look) state(s client.FeedState) lipgloss.Style {
	switch s {
	case client.Live:
		return k.accent
	case client.Offline:
		return k.bad
	}
	return k.warn
}
