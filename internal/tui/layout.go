package tui

import (
	"fmt"
	"math"
	"strings"
	"time"

	"kinward/client"
)

// kind of a line: how it is drawn.
type lineKind int

const (
	lineBlank lineKind = iota
	lineDay
	lineNew // the unread line
	lineName
	lineOwnName
	lineBody
	lineOwnBody
	lineQuote
	lineSystem
	lineMeta
	lineFailed
	lineLoading
)

// place orders the lines of a transcript and names them across changes of it: a message's lines keep their place when
// older messages come in above.
type place struct {
	seq  int64
	part int
}

func (p place) before(o place) bool { return p.seq < o.seq || p.seq == o.seq && p.part < o.part }

// parts of a message, in the order in which they stand; the body's lines count up from partBody.
const (
	partDay   = -4
	partNew   = -3
	partBlank = -2
	partName  = -1
	partQuote = 0
	partBody  = 1
	partMeta  = 1 << 20
)

// textLine is one line of a transcript, not yet drawn.
type textLine struct {
	place
	kind   lineKind
	text   string
	right  string // at the right end: the time
	number bool   // shows the message's number beside it
}

// groupFor is how long messages of one sender share one name line.
const groupFor = 5 * time.Minute

// pendingSeq is where messages that have no number yet stand: after all others.
const pendingSeq = math.MaxInt64

// sheet is what a transcript is laid out from.
type sheet struct {
	conversation client.Conversation
	me           client.Person
	relations    map[string]string // person id to relationship, where known
	transcript   client.Transcript
	pending      []client.Entry
	newFrom      int64 // the first message below the unread line, 0 for none
	newCount     int64
	loading      bool
	width        int
	now          time.Time // in the reader's zone
}

// layout breaks a conversation into lines of at most s.width cells.
func layout(s sheet, wrapped *wrapCache) []textLine {
	messages := s.transcript.Messages()
	lines := make([]textLine, 0, 3*len(messages)+8)
	lines = append(lines, s.top()...)
	var prev client.Message
	newFrom := s.newFrom
	if newFrom > 0 && newFrom < s.transcript.First() {
		newFrom = s.transcript.First()
	}
	for i, m := range messages {
		opens := s.opens(prev, m, m.Seq == newFrom)
		lines = s.separators(lines, prev, m, newFrom, opens)
		if opens && m.Kind != client.MessageSystem {
			lines = append(lines, s.name(m))
		}
		lines = s.body(lines, m, wrapped)
		last := i == len(messages)-1 && len(s.pending) == 0 || i < len(messages)-1 && messages[i+1].Sender != m.Sender
		if meta := s.meta(m, last); meta != "" {
			lines = append(lines, textLine{place: place{m.Seq, partMeta}, kind: lineMeta, text: meta})
		}
		prev = m
	}
	return s.unsent(lines, prev, wrapped)
}

// top is what stands above the oldest message.
func (s sheet) top() []textLine {
	at := place{0, 0}
	switch {
	case s.loading:
		return []textLine{{place: at, kind: lineLoading, text: "Loading older messages…"}}
	case s.transcript.Complete() && len(s.transcript.Messages()) == 0 && len(s.pending) == 0:
		return []textLine{{place: at, kind: lineLoading, text: "No messages yet. Write the first one below."}}
	case s.transcript.Complete():
		return []textLine{{place: at, kind: lineLoading, text: "This is the beginning of the conversation."}}
	}
	return nil
}

// opens reports whether m begins a group with a name line of its own.
func (s sheet) opens(prev, m client.Message, afterLine bool) bool {
	return prev.Seq == 0 || afterLine || prev.Sender != m.Sender || prev.Kind != m.Kind || s.newDay(prev, m) ||
		m.CreatedAt.Sub(prev.CreatedAt.Time) > groupFor
}

func (s sheet) newDay(prev, m client.Message) bool {
	return prev.Seq == 0 || daysBetween(s.local(prev.CreatedAt), s.local(m.CreatedAt)) != 0
}

func (s sheet) local(t client.Time) time.Time { return t.In(s.now.Location()) }

func (s sheet) separators(lines []textLine, prev, m client.Message, newFrom int64, opens bool) []textLine {
	dayLine := s.newDay(prev, m)
	if dayLine {
		lines = append(lines, textLine{place: place{m.Seq, partDay}, kind: lineDay, text: day(s.local(m.CreatedAt), s.now)})
	}
	if m.Seq == newFrom {
		lines = append(lines, textLine{place: place{m.Seq, partNew}, kind: lineNew, text: plural(s.newCount, "new message")})
	} else if opens && !dayLine {
		lines = append(lines, textLine{place: place{m.Seq, partBlank}})
	}
	return lines
}

// name is the line above the first message of a group: who, as what, when.
func (s sheet) name(m client.Message) textLine {
	l := textLine{place: place{m.Seq, partName}, kind: lineName, right: s.local(m.CreatedAt).Format("15:04")}
	if m.Sender == s.me.ID {
		l.kind, l.text = lineOwnName, "You"
	} else {
		l.text = s.who(m.Sender)
	}
	switch m.Kind {
	case client.MessageUpdate:
		l.text += " · update for the family"
	case client.MessageNote:
		l.text += " · note, only staff see this"
	}
	return l
}

// who is a member's name and role.
func (s sheet) who(person string) string {
	for _, m := range s.conversation.Members {
		if m.Person.ID == person {
			return described(m.Person, s.relations)
		}
	}
	return "Someone who has left"
}

// described is a name with the role beside it, or the relationship.
func described(p client.Person, relations map[string]string) string {
	detail := p.Role
	if r := relations[p.ID]; r != "" {
		detail = r
	}
	if detail == "" {
		return called(p.Name)
	}
	return called(p.Name) + ", " + line(detail)
}

func (s sheet) body(lines []textLine, m client.Message, wrapped *wrapCache) []textLine {
	if m.Kind == client.MessageSystem {
		return append(lines, textLine{place: place{m.Seq, partBody}, kind: lineSystem, text: line(m.Text)})
	}
	if m.ReplyTo > 0 {
		lines = append(lines, textLine{place: place{m.Seq, partQuote}, kind: lineQuote, text: s.quote(m.ReplyTo)})
	}
	kind := lineBody
	if m.Sender == s.me.ID {
		kind = lineOwnBody
	}
	if m.RetractedAt != nil {
		return append(lines, textLine{place: place{m.Seq, partBody}, kind: lineMeta, text: "This message was taken back.", number: true})
	}
	for i, text := range wrapped.lines(m, s.width) {
		lines = append(lines, textLine{place: place{m.Seq, partBody + i}, kind: kind, text: text, number: i == 0})
	}
	return lines
}

// quote is one line of the message that is replied to.
func (s sheet) quote(seq int64) string {
	m, ok := s.transcript.Message(seq)
	switch {
	case !ok:
		return fmt.Sprintf("┆ message %d", seq)
	case m.RetractedAt != nil:
		return fmt.Sprintf("┆ %d was taken back", seq)
	}
	who := "You"
	if m.Sender != s.me.ID {
		who = first(strings.SplitN(s.who(m.Sender), ",", 2)[0])
	}
	return "┆ " + who + ": " + line(m.Text)
}

func (s sheet) meta(m client.Message, last bool) string {
	var parts []string
	if m.CorrectedAt != nil && m.RetractedAt == nil {
		parts = append(parts, "corrected "+s.local(*m.CorrectedAt).Format("15:04"))
	}
	if last && m.Sender == s.me.ID && m.Kind != client.MessageSystem && m.RetractedAt == nil {
		parts = append(parts, received(m, s.conversation, s.me))
	}
	return strings.Join(parts, " · ")
}

// unsent are the messages that the server hasn't confirmed, in the order of writing.
func (s sheet) unsent(lines []textLine, prev client.Message, wrapped *wrapCache) []textLine {
	part := 0
	add := func(l textLine) {
		l.place = place{pendingSeq, part}
		part++
		lines = append(lines, l)
	}
	for i, e := range s.pending {
		if i == 0 && prev.Sender != s.me.ID {
			add(textLine{})
			add(textLine{kind: lineOwnName, text: "You", right: s.local(e.CreatedAt).Format("15:04")})
		}
		for _, text := range wrap(clean(e.Text), s.width) {
			add(textLine{kind: lineOwnBody, text: text})
		}
		words, kind := pendingWords(e), lineMeta
		if e.State == client.Failed {
			kind = lineFailed
		}
		for _, text := range wrap(words, s.width) {
			add(textLine{kind: kind, text: text})
		}
	}
	return lines
}

func pendingWords(e client.Entry) string {
	switch {
	case e.State == client.Failed && e.Err != nil:
		return "Not sent: " + line(e.Err.Error()) + " Type /retry or /discard."
	case e.State == client.Failed:
		return "Not sent. Type /retry or /discard."
	case e.Tries > 0:
		return "Not sent yet, trying again…"
	}
	return "Sending…"
}

// wrapCache keeps the lines of messages, since a transcript is laid out anew at each change of any of them.
type wrapCache struct {
	width int
	byID  map[string]wrappedText
}

type wrappedText struct {
	version int64
	lines   []string
}

func (c *wrapCache) lines(m client.Message, width int) []string {
	if c.width != width || c.byID == nil {
		c.width, c.byID = width, map[string]wrappedText{}
	}
	if w, ok := c.byID[m.ID]; ok && w.version == m.Version {
		return w.lines
	}
	lines := wrap(clean(m.Text), width)
	c.byID[m.ID] = wrappedText{m.Version, lines}
	return lines
}
