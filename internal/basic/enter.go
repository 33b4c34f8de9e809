package basic

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/problem"
)

// entry is the page to come in by, and what was typed there. A password is typed again.
type entry struct {
	Notice           string // what was wrong
	Join             bool   // with joining
	Code, Name       string
	Day, Month, Year string
	Handle           string
	Months           []month
}

type month struct{ Value, Name string }

// first is where visitors come in, and where those who are in go on from.
func (h *Handler) first(v *visit) {
	if v.token == "" {
		v.enter(http.StatusOK, entry{})
		return
	}
	views, err := v.views()
	switch {
	case err != nil:
		v.fail(err)
	case len(views) == 1:
		v.to("/basic/c/" + views[0].ID.String())
	default:
		v.to("/basic/conversations")
	}
}

func (v *visit) enter(status int, e entry) {
	for m := 1; m <= 12; m++ {
		value := strconv.Itoa(m)
		e.Months = append(e.Months, month{value, v.Say("month_" + value)})
	}
	v.show(status, "enter", e)
}

func (h *Handler) signIn(v *visit) {
	handle := strings.TrimSpace(v.r.PostFormValue("handle"))
	if err := h.o.Gate.SignIn(v.w, v.r, handle, v.r.PostFormValue("password")); err != nil {
		p, status := h.o.Gate.Explain(v.r, err)
		v.enter(status, entry{Notice: v.reason(p), Handle: handle})
		return
	}
	v.to("/basic")
}

func (h *Handler) join(v *visit) {
	form := v.r.PostFormValue
	e := entry{
		Join: true, Code: strings.TrimSpace(form("code")), Name: strings.TrimSpace(form("name")),
		Day: strings.TrimSpace(form("day")), Month: form("month"), Year: strings.TrimSpace(form("year")),
	}
	born, ok := e.birthDate()
	if !ok {
		e.Notice = v.Say("error_date")
		v.enter(http.StatusUnprocessableEntity, e)
		return
	}
	got, err := h.o.Gate.Redeem(v.w, v.r, care.Redemption{Code: e.Code, BirthDate: born, Name: e.Name})
	if err != nil {
		p, status := h.o.Gate.Explain(v.r, err)
		e.Notice = v.reason(p)
		v.enter(status, e)
		return
	}
	v.to("/basic/c/" + got.Conversation.String())
}

// birthDate is what was typed as YYYY-MM-DD, if there is such a day.
func (e entry) birthDate() (string, bool) {
	day, err1 := strconv.Atoi(e.Day)
	month, err2 := strconv.Atoi(e.Month)
	year, err3 := strconv.Atoi(e.Year)
	text := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
	_, err := time.Parse(time.DateOnly, text)
	return text, err == nil && err1 == nil && err2 == nil && err3 == nil
}

func (h *Handler) signOut(v *visit) {
	if err := h.o.Gate.SignOut(v.w, v.r, v.actor); err != nil && !problem.Is(err, problem.NotFound) {
		v.fail(err)
		return
	}
	v.to("/basic")
}

// row is a conversation in the list.
type row struct {
	Path, Title, Preview, When string
	Unread                     string
}

func (h *Handler) conversations(v *visit) {
	views, err := v.views()
	if err != nil {
		v.fail(err)
		return
	}
	rows := make([]row, 0, len(views))
	for _, c := range views {
		rows = append(rows, v.row(c))
	}
	v.show(http.StatusOK, "conversations", rows)
}

// views are the visitor's conversations, the one with the newest message first.
func (v *visit) views() ([]chat.View, error) {
	views, _, err := v.o.Chat.Snapshot(v.r.Context(), v.actor)
	slices.SortStableFunc(views, func(a, b chat.View) int { return lastTime(b).Compare(lastTime(a)) })
	return views, err
}

func lastTime(c chat.View) time.Time {
	if c.Last == nil {
		return c.CreatedAt
	}
	return c.Last.CreatedAt
}

func (v *visit) row(c chat.View) row {
	r := row{Path: "/basic/c/" + c.ID.String(), Title: c.Title}
	if c.Unread > 0 {
		r.Unread = v.Count("unread", int(c.Unread))
	}
	m := c.Last
	if m == nil {
		return r
	}
	r.When = v.moment(m.CreatedAt, v.o.Now())
	text := short(m.Text)
	switch {
	case !m.RetractedAt.IsZero():
		r.Preview = v.Say("retracted")
	case m.Sender == v.actor.Person:
		r.Preview = v.Say("you_wrote", "text", text)
	default:
		r.Preview = v.Say("someone_wrote", "name", profile(c, m.Sender).Name, "text", text)
	}
	return r
}

// family tells whether the visitor is a relative, to whom the care team speaks as one.
func (v *visit) family() bool { return v.actor.Kind == account.Family }
