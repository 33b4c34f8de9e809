package tui

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
	"go.uber.org/goleak"

	"kinward/client"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// morning is when all tests begin.
var morning = time.Date(2026, 11, 21, 9, 14, 0, 0, time.UTC)

// stage plays a model as bubbletea would, inside a synctest bubble: commands run on goroutines of their own and what they
// return comes back as messages, one at a time.
type stage struct {
	t     *testing.T
	m     *model
	fake  *hospital
	begin time.Time
	mu    sync.Mutex
	queue []tea.Msg
	quit  bool
}

// play runs fn in a bubble, with the given person in front of a terminal of the given size.
func play(t *testing.T, me client.Person, w, h int, fn func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t, fake: newHospital(), begin: time.Now()}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := lipgloss.NewRenderer(io.Discard)
		r.SetColorProfile(termenv.Ascii)
		s.m = newModel(deps{
			ctx: ctx, read: s.fake, write: s.fake, feed: s.fake, outbox: s.fake,
			now: func() time.Time { return morning.Add(time.Since(s.begin)) },
		}, me, newLook(r, true))
		s.run(s.m.Init())
		s.tell(tea.WindowSizeMsg{Width: w, Height: h})
		defer func() {
			s.quit = true
			<-time.After(time.Minute) // the bubble's clock stops with us: let all ticks run out
		}()
		fn(s)
	})
}

func (s *stage) run(cmd tea.Cmd) {
	if cmd == nil || s.quit {
		return
	}
	go func() {
		msg := cmd()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queue = append(s.queue, msg)
	}()
}

// tell gives the model messages and lets everything that follows at once happen.
func (s *stage) tell(msgs ...tea.Msg) {
	s.t.Helper()
	for _, msg := range msgs {
		_, cmd := s.m.Update(msg)
		s.run(cmd)
		s.settle()
	}
}

func (s *stage) settle() {
	for {
		synctest.Wait()
		s.mu.Lock()
		queue := s.queue
		s.queue = nil
		s.mu.Unlock()
		if len(queue) == 0 {
			return
		}
		for _, msg := range queue {
			switch msg := msg.(type) {
			case nil:
			case tea.BatchMsg:
				for _, cmd := range msg {
					s.run(cmd)
				}
			case tea.QuitMsg:
				s.quit = true
			default:
				_, cmd := s.m.Update(msg)
				s.run(cmd)
			}
		}
	}
}

// pass lets time go by.
func (s *stage) pass(d time.Duration) {
	for range int(d / (100 * time.Millisecond)) {
		<-time.After(100 * time.Millisecond)
		s.settle()
	}
}

// typed types text; \n is Enter.
func (s *stage) typed(text string) {
	for _, r := range text {
		switch r {
		case '\n':
			s.press("enter")
		case ' ':
			s.tell(tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}})
		default:
			s.tell(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
}

var keys = map[string]tea.KeyMsg{
	"enter": {Type: tea.KeyEnter}, "alt+enter": {Type: tea.KeyEnter, Alt: true}, "esc": {Type: tea.KeyEsc}, "tab": {Type: tea.KeyTab},
	"up": {Type: tea.KeyUp}, "down": {Type: tea.KeyDown}, "pgup": {Type: tea.KeyPgUp}, "pgdown": {Type: tea.KeyPgDown},
	"ctrl+k": {Type: tea.KeyCtrlK}, "ctrl+c": {Type: tea.KeyCtrlC}, "ctrl+end": {Type: tea.KeyCtrlEnd}, "f1": {Type: tea.KeyF1},
	"alt+down": {Type: tea.KeyDown, Alt: true}, "alt+shift+down": {Type: tea.KeyShiftDown, Alt: true}, "ctrl+r": {Type: tea.KeyCtrlR},
	"home": {Type: tea.KeyHome},
}

func (s *stage) press(names ...string) {
	s.t.Helper()
	for _, name := range names {
		k, ok := keys[name]
		if !ok {
			s.t.Fatalf("no key %q", name)
		}
		s.tell(k)
	}
}

// screen is what is seen, without the blanks at the ends of lines.
func (s *stage) screen() string {
	lines := strings.Split(s.m.View(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func (s *stage) shows(parts ...string) {
	s.t.Helper()
	for _, p := range parts {
		if !strings.Contains(s.screen(), p) {
			s.t.Fatalf("the screen doesn't show %q:\n%s", p, s.screen())
		}
	}
}

func (s *stage) hides(parts ...string) {
	s.t.Helper()
	for _, p := range parts {
		if strings.Contains(s.screen(), p) {
			s.t.Fatalf("the screen shows %q:\n%s", p, s.screen())
		}
	}
}

// golden compares the screen with testdata/NAME.txt.
func (s *stage) golden(name string) {
	s.t.Helper()
	s.straight()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(s.screen()), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if got := s.screen(); got != string(want) {
		s.t.Errorf("%s is not as expected:\n%s", name, got)
	}
}

// straight checks that no line is wider than the window, that there are as many as it has rows, and that the panes stand
// beside each other.
func (s *stage) straight() {
	s.t.Helper()
	lines := strings.Split(s.m.View(), "\n")
	if len(lines) != s.m.screen.height {
		s.t.Fatalf("%d lines in a window of %d:\n%s", len(lines), s.m.screen.height, s.m.View())
	}
	for i, l := range lines {
		if width(l) > s.m.screen.width {
			s.t.Fatalf("line %d is %d cells wide, the window %d:\n%s", i, width(l), s.m.screen.width, s.m.View())
		}
		if w := s.m.screen.listWidth; w > 0 && i > 0 && i < len(lines)-1 && !strings.HasPrefix(ansi.Cut(l, w, w+1), "│") {
			s.t.Fatalf("line %d has no edge at %d:\n%s", i, w, s.m.View())
		}
	}
}

// hospital is the server that the tests' models talk to.
type hospital struct {
	version   int64
	messages  map[string][]client.Message
	patients  []client.Patient
	people    []client.Person
	marks     map[string]int64
	invited   []client.InviteRequest
	corrected map[int64]string
	retracted []int64
	opened    []string
	typed     int
	asked     []client.Range
	queries   []string
	transport client.Kind
	entries   []client.Entry
	fail      error
}

func newHospital() *hospital {
	return &hospital{version: 100, messages: map[string][]client.Message{}, marks: map[string]int64{}, corrected: map[int64]string{}}
}

func (h *hospital) History(_ context.Context, c string, r client.Range) (client.MessageList, error) {
	h.asked = append(h.asked, r)
	if h.fail != nil {
		return client.MessageList{}, h.fail
	}
	all := h.messages[c]
	limit := cmp.Or(r.Limit, 50)
	if r.After > 0 {
		rest := all[min(int(r.After), len(all)):]
		return client.MessageList{Messages: rest[:min(limit, len(rest))], More: len(rest) > limit}, nil
	}
	if r.Before > 0 {
		all = all[:min(int(r.Before)-1, len(all))]
	}
	from := max(0, len(all)-limit)
	return client.MessageList{Messages: all[from:], More: from > 0}, nil
}

func (h *hospital) People(_ context.Context, q string, _ int) ([]client.Person, error) {
	h.queries = append(h.queries, q)
	return slices.DeleteFunc(slices.Clone(h.people), func(p client.Person) bool { return !matches(q, p.Name+" "+p.Handle) }), h.fail
}

func (h *hospital) Patients(_ context.Context, q client.PatientQuery) (client.PatientList, error) {
	out := slices.DeleteFunc(slices.Clone(h.patients), func(p client.Patient) bool { return !matches(q.Query, p.Name+" "+p.Bed) })
	return client.PatientList{Patients: out}, h.fail
}

func (h *hospital) Patient(_ context.Context, id string) (client.Patient, error) {
	for _, p := range h.patients {
		if p.ID == id {
			return p, nil
		}
	}
	return client.Patient{}, &client.Error{Status: 404}
}

func (h *hospital) OpenDirect(_ context.Context, with string) (client.Conversation, error) {
	h.opened = append(h.opened, with)
	return client.Conversation{ID: "direct-" + with}, h.fail
}

func (h *hospital) Invite(_ context.Context, _ string, r client.InviteRequest) (client.Invitation, error) {
	h.invited = append(h.invited, r)
	return client.Invitation{
		Code: "K7QMW3XR", URL: "https://chat.example.org/join/K7QMW3XR", ExpiresAt: client.Time{Time: morning.Add(72 * time.Hour)},
	}, h.fail
}

func (h *hospital) Correct(_ context.Context, c string, seq int64, text string) (client.Message, error) {
	if h.fail != nil {
		return client.Message{}, h.fail
	}
	h.corrected[seq] = text
	m := h.messages[c][seq-1]
	h.version++
	m.Text, m.Version, m.CorrectedAt = text, h.version, &client.Time{Time: morning}
	return m, nil
}

func (h *hospital) Retract(_ context.Context, _ string, seq int64) error {
	h.retracted = append(h.retracted, seq)
	return h.fail
}

func (h *hospital) MarkRead(_ context.Context, c string, seq int64) error {
	h.marks[c] = seq
	return h.fail
}

func (h *hospital) Typing(context.Context, string) error { h.typed++; return nil }

func (h *hospital) SwitchTransport(k client.Kind) error { h.transport = k; return nil }
func (h *hospital) TryNow()                             {}

func (h *hospital) Add(c, text string, replyTo int64) (client.Entry, error) {
	e := client.Entry{
		ID: fmt.Sprint("m", len(h.entries)+1), Conversation: c, Text: text, ReplyTo: replyTo, State: client.Waiting,
		CreatedAt: client.Time{Time: morning},
	}
	h.entries = append(h.entries, e)
	return e, nil
}

func (h *hospital) Retry(id string) error { return h.Discard(id) }
func (h *hospital) Discard(id string) error {
	n := len(h.entries)
	h.entries = slices.DeleteFunc(h.entries, func(e client.Entry) bool { return e.ID == id })
	if n == len(h.entries) {
		return errors.New("no such entry")
	}
	return nil
}
func (h *hospital) Entries() []client.Entry { return h.entries }

// says stores a message and returns it as the feed tells it.
func (h *hospital) says(c, sender, text string, at time.Time) client.Message {
	h.version++
	n := int64(len(h.messages[c]) + 1)
	m := client.Message{
		Conversation: c, Seq: n, ID: fmt.Sprintf("%s-%d", c, n), Sender: sender, Text: text, Kind: client.MessageText,
		CreatedAt: client.Time{Time: at}, Version: h.version,
	}
	h.messages[c] = append(h.messages[c], m)
	return m
}

func changed(list ...client.Message) eventMsg {
	var changes []client.Change
	for _, m := range list {
		changes = append(changes, client.Change{Version: m.Version, Type: client.ChangeMessage, Conversation: m.Conversation, Message: &m})
	}
	return eventMsg{client.Changes{Changes: changes}}
}

// conversation is how a snapshot tells a conversation of which read messages are read.
func (h *hospital) conversation(id, kind, title string, me string, read int64, people ...client.Person) client.Conversation {
	list := h.messages[id]
	c := client.Conversation{ID: id, Kind: kind, Title: title, LastSeq: int64(len(list)), Unread: int64(len(list)) - read, Version: 50}
	if len(list) > 0 {
		c.Last = &list[len(list)-1]
	}
	for _, p := range people {
		m := client.Member{Conversation: id, Person: p, State: client.MemberActive, Version: 50}
		if p.ID == me {
			m.Read, m.Delivered = read, c.LastSeq
		}
		c.Members = append(c.Members, m)
	}
	return c
}
