package care

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"kinward/internal/account"
	"kinward/internal/id"
	"kinward/internal/problem"
)

func words(list string) []string { return strings.Fields(list) }

var (
	noPatient    = problem.New(problem.NotFound, "there is no such patient among those you look after")
	noLink       = problem.New(problem.NotFound, "this patient has no such link")
	noInvitation = problem.New(problem.InvitationDead, "this code is not valid (any more); ask the ward for a new one")
)

// MaySee: staff with a live assignment and relatives with an active link; being in the family conversation is the proof of
// either. For everybody else the patient does not exist.
func MaySee(inConversation bool) error {
	if !inConversation {
		return noPatient
	}
	return nil
}

// MayManage: any staff with a live assignment may invite, revoke and assign; relatives see the patient and may not.
func MayManage(actor account.Actor, inConversation bool) error {
	if err := MaySee(inConversation); err != nil {
		return err
	}
	if actor.Kind != account.Staff {
		return problem.New(problem.Forbidden, "only the patient's care team does this")
	}
	return nil
}

// MayAssign is MayManage, and administrators, so that a patient whose team is gone can get one. They see no patient by it.
func MayAssign(actor account.Actor, inConversation bool) error {
	if actor.Kind == account.Admin {
		return nil
	}
	return MayManage(actor, inConversation)
}

// CheckAssignee: only enabled staff look after patients.
func CheckAssignee(p account.Person) error {
	if p.Kind != account.Staff || !p.DisabledAt.IsZero() {
		return problem.Field("person", "only staff can be assigned to a patient")
	}
	return nil
}

// CheckInvite checks what a member of staff writes into an invitation.
func CheckInvite(in Invite) error {
	if err := account.CheckName("name", in.Name); err != nil {
		return err
	}
	if err := oneOf("relationship", in.Relationship, relationships); err != nil {
		return err
	}
	if err := oneOf("scope", in.Scope, scopes); err != nil {
		return err
	}
	if in.Language != "" {
		if _, err := language.Parse(in.Language); err != nil {
			return problem.Field("language", "a language is written as in BCP 47: en, pt-BR, zh-Hans")
		}
	}
	if in.ConsentBasis == "" {
		return problem.Field("consent", "say on what basis the patient's family is told: %s", strings.Join(consentBases, ", "))
	}
	if err := oneOf("consent.basis", in.ConsentBasis, consentBases); err != nil {
		return err
	}
	return checkNote("consent.note", in.ConsentNote)
}

func oneOf(field, word string, list []string) error {
	if !slices.Contains(list, word) {
		return problem.Field(field, "choose one of: %s", strings.Join(list, ", "))
	}
	return nil
}

func checkNote(field, text string) error {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return problem.Field(field, "a note is plain text in UTF-8")
	case utf8.RuneCountInString(text) > 1000:
		return problem.Field(field, "a note has at most 1000 characters")
	}
	return nil
}

// SameBirthDate compares the second fact with the record. Where the record knows only a year or a month, that much counts.
func SameBirthDate(record, told string) bool {
	if len(record) < 4 || len(told) != len("2006-01-02") {
		return false
	}
	return strings.HasPrefix(told, record) && (len(record) == len(told) || told[len(record)] == '-')
}

// Grants derives who is in a patient's family conversation now: staff by live assignments, relatives by active links. A
// person with several reasons has the longest of them. next is the moment at which this answer changes by itself, zero for
// never.
func Grants(assignments []Assignment, links []Link, now time.Time) (grants []Grant, next time.Time) {
	by := map[id.Person]int{}
	add := func(g Grant) {
		i, ok := by[g.Person]
		switch {
		case !ok:
			by[g.Person] = len(grants)
			grants = append(grants, g)
		case grants[i].Until.IsZero():
		case g.Until.IsZero() || g.Until.After(grants[i].Until):
			grants[i].Until = g.Until
		}
		if ok {
			grants[i].ReadOnly = grants[i].ReadOnly && g.ReadOnly
		}
	}
	due := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, a := range assignments {
		if !a.Until.IsZero() && !a.From.Before(a.Until) {
			continue // ended before it began
		}
		due(a.From)
		due(a.Until)
		if a.Live(now) {
			add(Grant{Person: a.Person, Until: a.Until})
		}
	}
	for _, l := range links {
		if l.State == ActiveLink && !l.Person.IsZero() {
			add(Grant{Person: l.Person, ReadOnly: l.Scope == "updates"})
		}
	}
	return grants, next
}

// CurrentStay is the stay whose ward, bed and status are shown: the live one that began last, otherwise the one that began
// last. Ties are broken by id, so that an import in another order shows the same.
func CurrentStay(stays []Stay, now time.Time) (Stay, bool) {
	if len(stays) == 0 {
		return Stay{}, false
	}
	best := stays[0]
	for _, s := range stays[1:] {
		if later(s, best, now) {
			best = s
		}
	}
	return best, true
}

func later(a, b Stay, now time.Time) bool {
	if la, lb := a.Live(now), b.Live(now); la != lb {
		return la
	}
	if !a.StartedAt.Equal(b.StartedAt) {
		return a.StartedAt.After(b.StartedAt)
	}
	return a.ID.String() > b.ID.String()
}
