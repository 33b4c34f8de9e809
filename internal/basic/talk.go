package basic

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kinward/internal/account"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
)

const (
	pageSize     = 50
	refreshAfter = 15 // seconds
)

// talk is the page of a conversation.
type talk struct {
	Path, Title string
	Messages    []message // the newest first
	Older       string    // path of the page before this one; "" at the beginning
	Newest      bool      // whether this is the newest page, which refreshes itself
	Paused      bool
	Refresh     int    // seconds; 0 for a page that stays
	Unread      string // how many messages are new on a page that came by refresh
	ReadOnly    bool
	Answers     []string // when answers come
}

// message is one of them.
type message struct {
	Day             string // where another day begins, read from the newest
	Who, Role       string
	Mine, Fresh     bool
	Text            string
	Gone            bool
	Answer, Excerpt string // what it answers
	Time, When      string
	State           string
	Corrected       bool
}

func (h *Handler) read(v *visit) {
	c, me, err := v.conversation()
	if err != nil {
		v.fail(err)
		return
	}
	query := v.r.URL.Query()
	span := chat.Range{Before: chat.NoBefore, After: chat.NoAfter, Limit: pageSize}
	if before, err := strconv.ParseInt(query.Get("before"), 10, 64); err == nil && before > 0 {
		span.Before = before
	}
	messages, more, err := h.o.Chat.History(v.r.Context(), v.actor, c.ID, span)
	if err != nil {
		v.fail(err)
		return
	}
	t := talk{
		Path: "/basic/c/" + c.ID.String(), Title: c.Title, Newest: span.Before == chat.NoBefore, Paused: query.Has("pause"),
		ReadOnly: me.ReadOnly, Messages: v.messages(c, me, messages),
	}
	if more {
		t.Older = t.Path + "?before=" + strconv.FormatInt(messages[0].Seq, 10)
	}
	if t.Newest && !t.Paused {
		t.Refresh = refreshAfter
	}
	if v.family() {
		t.Answers = v.answers()
	}
	asked := !query.Has("auto") && v.r.Method == http.MethodGet && v.r.Header.Get("Sec-Purpose") == "" && v.r.Header.Get("Purpose") == ""
	if !asked && c.Unread > 0 {
		t.Unread = v.Count("unread", int(c.Unread))
	}
	if t.Newest && len(messages) > 0 {
		v.mark(c.ID, me, messages[len(messages)-1].Seq, asked)
	}
	v.show(http.StatusOK, "talk", t)
}

// mark notes what a page shows: as read where the visitor asked for it, else as arrived. A page is shown even where that
// can't be noted.
func (v *visit) mark(c id.Conversation, me chat.MemberView, seq int64, read bool) {
	var err error
	switch {
	case read && me.Read < seq:
		err = v.o.Chat.MarkRead(v.r.Context(), v.actor, c, seq)
	case !read && me.Delivered < seq:
		err = v.o.Chat.Delivered(v.r.Context(), []chat.Mark{{Conversation: c, Person: v.actor.Person, Delivered: seq}})
	}
	if err != nil {
		_, _ = v.o.Gate.Explain(v.r, err) // which logs what is our own fault
	}
}

// conversation is the one that the path names, as the visitor sees it, and their own place in it. An id that is none can't be
// anybody's.
func (v *visit) conversation() (chat.View, chat.MemberView, error) {
	c, err := id.Parse[id.Conversation](v.r.PathValue("conversation"))
	if err != nil {
		return chat.View{}, chat.MemberView{}, problem.New(problem.NotFound, "there is nothing at this address")
	}
	view, err := v.o.Chat.View(v.r.Context(), v.actor, c)
	if err != nil {
		return view, chat.MemberView{}, err
	}
	i := slices.IndexFunc(view.Members, func(m chat.MemberView) bool { return m.Person == v.actor.Person })
	return view, view.Members[i], nil // View has found the visitor among them
}

func profile(c chat.View, person id.Person) chat.Profile {
	for _, m := range c.Members {
		if m.Person == person {
			return m.Profile
		}
	}
	return chat.Profile{}
}

// messages turns a page around, the newest first, and says of each what people want to know.
func (v *visit) messages(c chat.View, me chat.MemberView, page []chat.Message) []message {
	out := make([]message, 0, len(page))
	now := v.o.Now()
	day := v.day(now, now)
	for i := len(page) - 1; i >= 0; i-- {
		m := page[i]
		sender := profile(c, m.Sender)
		shown := message{
			Who: sender.Name, Role: sender.Role, Mine: m.Sender == v.actor.Person, Text: m.Text, Gone: !m.RetractedAt.IsZero(),
			Time: protocol.At(m.CreatedAt).Format(time.RFC3339), When: m.CreatedAt.Local().Format("15:04"), Corrected: !m.CorrectedAt.IsZero(),
		}
		if d := v.day(m.CreatedAt, now); d != day {
			day, shown.Day = d, d
		}
		if shown.Mine {
			shown.Who, shown.Role = v.Say("you"), ""
			if i == len(page)-1 || page[i+1].Sender != m.Sender {
				shown.State = v.state(c, m.Seq)
			}
		} else {
			shown.Fresh = m.Seq > me.Read
		}
		shown.Answer, shown.Excerpt = v.answered(c, m, page)
		out = append(out, shown)
	}
	return out
}

// answered says whom a message answers, and to what, if that is on the page.
func (v *visit) answered(c chat.View, m chat.Message, page []chat.Message) (who, excerpt string) {
	i := slices.IndexFunc(page, func(first chat.Message) bool { return m.ReplyTo != 0 && first.Seq == m.ReplyTo })
	if i < 0 {
		return "", ""
	}
	who = v.Say("in_answer", "name", profile(c, page[i].Sender).Name)
	if page[i].Sender == v.actor.Person {
		who = v.Say("in_answer_you")
	}
	return who, short(page[i].Text)
}

// state says how far an own message has come: to the care team for a relative and to the family for staff, else to anybody.
func (v *visit) state(c chat.View, seq int64) string {
	var delivered, read bool
	for _, m := range c.Members {
		ownSide := c.Kind == chat.Family && (m.Profile.Kind == account.Family) == v.family()
		if m.Person == v.actor.Person || ownSide {
			continue
		}
		delivered = delivered || m.Delivered >= seq
		read = read || m.Read >= seq
	}
	switch {
	case read && c.Kind == chat.Family && v.family() && v.o.About.SeenByTeam:
		return v.Say("seen_by_team")
	case read && !(c.Kind == chat.Family && v.family()):
		return v.Say("read")
	case delivered || read:
		return v.Say("delivered")
	}
	return v.Say("sent")
}

// answers says when a relative may expect one.
func (v *visit) answers() (lines []string) {
	about := v.o.About
	switch within := about.AnswersWithinMinutes; {
	case within >= 60 && within%60 == 0:
		lines = append(lines, v.Count("answers_hours", within/60))
	case within > 0:
		lines = append(lines, v.Count("answers_minutes", within))
	}
	if about.AnswersFrom != "" {
		lines = append(lines, v.Say("answers_between", "from", about.AnswersFrom, "until", about.AnswersUntil))
	}
	return lines
}

// letter is the page to write on.
type letter struct {
	Path, To, Notice string
	ID               string // of the message to be sent, made with the page
	Text             string
	Lost             bool // not signed in any more: the text can only be copied
}

func (h *Handler) write(v *visit) {
	c, me, err := v.conversation()
	if err != nil {
		v.fail(err)
		return
	}
	if me.ReadOnly {
		v.show(http.StatusForbidden, "stop", v.Say("read_only"))
		return
	}
	v.show(http.StatusOK, "write", v.letter(c))
}

func (v *visit) letter(c chat.View) letter {
	return letter{Path: "/basic/c/" + c.ID.String(), To: v.recipients(c), ID: id.New[id.Message]().String()}
}

// recipients says to whom a message goes.
func (v *visit) recipients(c chat.View) string {
	var people []string
	for _, m := range c.Members {
		team := c.Kind == chat.Family && m.Profile.Kind != account.Family
		if m.Live(v.o.Now()) && m.Person != v.actor.Person && !team {
			people = append(people, m.Profile.Name)
		}
	}
	names := strings.Join(people, ", ")
	switch {
	case c.Kind == chat.Family && v.family():
		return v.Say("to_team", "name", c.PatientName)
	case c.Kind == chat.Family && len(people) > 0:
		return v.Say("to_family", "names", names, "patient", c.PatientName)
	case len(people) == 0:
		return c.Title
	}
	return v.Say("to_people", "names", names)
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n") // forms send lines as in a letter of 1982

// send takes the form of a letter. Whatever goes wrong, the text comes back.
func (h *Handler) send(v *visit) {
	text := strings.TrimSpace(lineEnds.Replace(v.r.PostFormValue("text")))
	if v.token == "" {
		v.show(http.StatusUnauthorized, "write", letter{Text: text, Lost: true, Notice: v.Say("error_signed_out")})
		return
	}
	if !v.ownForm() {
		v.fail(problem.New(problem.Forbidden, "the form did not come from a page of this session"))
		return
	}
	c, _, err := v.conversation()
	if err != nil {
		v.fail(err)
		return
	}
	l := v.letter(c)
	message, err := id.Parse[id.Message](v.r.PostFormValue("id"))
	if err == nil {
		l.ID, l.Text = message.String(), text
		err = v.post(c.ID, chat.Post{ID: message, Text: text})
	}
	if err == nil {
		v.to(l.Path)
		return
	}
	p, status := h.o.Gate.Explain(v.r, err)
	l.Text, l.Notice = text, v.refused(p, text)
	if p.Code == problem.Conflict {
		l.ID = id.New[id.Message]().String()
	}
	v.show(status, "write", l)
}

func (v *visit) post(c id.Conversation, p chat.Post) error {
	if !v.o.Gate.Sends(v.actor.Session).Allow() {
		return &problem.Error{Code: problem.TooMany, RetryAfter: time.Second}
	}
	_, _, err := v.o.Chat.Send(v.r.Context(), v.actor, c, p)
	return err
}

// refused says why a message was not sent.
func (v *visit) refused(p *problem.Error, text string) string {
	length := utf8.RuneCountInString(text)
	switch {
	case text == "":
		return v.Say("error_empty")
	case length > protocol.MaxText:
		return v.Say("error_too_long", "length", strconv.Itoa(length), "most", strconv.Itoa(protocol.MaxText))
	case p.Code == problem.Conflict:
		return v.Say("error_again")
	case p.Code == problem.Forbidden:
		return v.Say("error_no_access")
	}
	return v.Say("error_not_sent")
}
