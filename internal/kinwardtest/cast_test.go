package kinwardtest

import (
	"net/http"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/care"
	"kinward/internal/protocol"
)

// cast is a small hospital with everybody whom the rules tell apart, and in each conversation something that only its
// members may ever see.
type cast struct {
	*Server
	start string            // a cursor from before everything
	by    map[string]Person // by actor

	direct, group, family, otherFamily string // conversations
	rosa, otto                         Patient
	invitation                         protocol.Invitation // to rosa, not redeemed
}

// actors are the columns of the table of permissions. anonymous has no token; revoked had one.
var actors = strings.Fields("anonymous outsider founder member peer doctor otherDoctor endedDoctor relative revoked otherRelative updates admin")

// The marks: what must never reach anybody who isn't named behind it.
var secrets = []struct{ text, knowers string }{
	{"directmarker", "member peer"},
	{"groupmarker", "founder member"},
	{"familymarker", "doctor relative updates"},
	{"othermarker", "otherDoctor otherRelative"},
	{"Rosamarker", "doctor relative updates"}, // relatives know the first name
	{"Zieglmarker", "doctor"},
	{"1931-07-19", "doctor"},
	{"MRN-7700", "doctor"},
	{"Ottomarker", "otherDoctor otherRelative"},
	{"Quastmarker", "otherDoctor"},
	{"1944-02-29", "otherDoctor"},
	{"MRN-8800", "otherDoctor"},
	{"Daughtermarker", "doctor relative updates"},
	{"Sonmarker", "otherDoctor otherRelative"},
	{"Titlemarker", "founder member"},
}

func newCast(t testing.TB, edit ...func(*app.Config)) *cast {
	t.Helper()
	s := Start(t, edit...)
	c := &cast{Server: s, by: map[string]Person{}}
	kinds := map[string]account.Kind{
		"outsider": account.Member, "founder": account.Member, "member": account.Member, "peer": account.Member,
		"bystander": account.Member, "admin": account.Admin,
		"doctor": account.Staff, "otherDoctor": account.Staff, "endedDoctor": account.Staff, "nurse": account.Staff,
	}
	for name, kind := range kinds {
		c.by[name] = s.Person(kind, strings.ToLower(name))
		if c.start == "" {
			c.start = s.present(c.by[name])
		}
	}
	c.admit()
	c.talk()
	return c
}

// admit fills the ward: two patients, their teams and their families.
func (c *cast) admit() {
	c.rosa = c.Admit(care.Patient{FirstName: "Rosamarker", FamilyName: "Zieglmarker", BirthDate: "1931-07-19", Ward: "Ward 4", Room: "401", Bed: "A"},
		[]care.Identifier{{System: "urn:hospital", Value: "MRN-7700"}}, c.by["doctor"], c.by["endedDoctor"])
	c.otto = c.Admit(care.Patient{FirstName: "Ottomarker", FamilyName: "Quastmarker", BirthDate: "1944-02-29", Ward: "Ward 5"},
		[]care.Identifier{{System: "urn:hospital", Value: "MRN-8800"}}, c.by["otherDoctor"])
	c.family, c.otherFamily = c.rosa.Conversation, c.otto.Conversation
	c.by["relative"] = c.Relative(c.by["doctor"], c.rosa, "Ana Daughtermarker", "two-way")
	c.by["updates"] = c.Relative(c.by["doctor"], c.rosa, "Bea Daughtermarker", "updates")
	c.by["revoked"] = c.Relative(c.by["doctor"], c.rosa, "Cleo", "two-way")
	c.by["otherRelative"] = c.Relative(c.by["otherDoctor"], c.otto, "Dan Sonmarker", "two-way")
	c.invitation = c.Invite(c.by["doctor"], c.rosa, "Eve", "two-way")
}

// talk has something said everywhere, then lets those go whose access has ended.
func (c *cast) talk() {
	c.direct = c.Server.direct(c.by["member"], c.by["peer"])
	c.group = c.Server.group("Titlemarker", c.by["founder"], c.by["member"], c.by["bystander"])
	c.say(c.by["member"], c.direct, "directmarker one")
	c.say(c.by["founder"], c.group, "groupmarker one")
	c.say(c.by["doctor"], c.family, "familymarker one")
	c.say(c.by["relative"], c.family, "familymarker two")
	c.say(c.by["otherRelative"], c.otherFamily, "othermarker one")
	c.revoke(c.by["revoked"].Link)
	c.Must(http.StatusNoContent, c.by["doctor"].Token, "DELETE", "/patients/"+c.rosa.ID+"/assignments/"+c.assignmentOf("endedDoctor"), nil, nil)
	c.say(c.by["doctor"], c.family, "familymarker three")
}

func (c *cast) revoke(link string) {
	c.t.Helper()
	c.Must(http.StatusNoContent, c.by["doctor"].Token, "POST", "/patients/"+c.rosa.ID+"/links/"+link+"/revoke", object{"reason": "test"}, nil)
}

// assignmentOf is a staff member's assignment to rosa.
func (c *cast) assignmentOf(name string) string {
	c.t.Helper()
	var got protocol.OnePatient
	c.Must(http.StatusOK, c.by["doctor"].Token, "GET", "/patients/"+c.rosa.ID, nil, &got)
	for _, m := range got.Patient.Team {
		if m.Person == c.by[name].ID {
			return m.Assignment
		}
	}
	c.t.Fatalf("%s is not on the team", name)
	return ""
}

// keeps fails the test if an answer tells an actor what they may not know.
func (c *cast) keeps(actor, what string, a Answer) {
	c.t.Helper()
	told := string(a.Body)
	for name, values := range a.Header {
		told += "\n" + name + ": " + strings.Join(values, ", ")
	}
	for _, s := range secrets {
		if strings.Contains(told, s.text) && !strings.Contains(" "+s.knowers+" ", " "+actor+" ") {
			c.t.Errorf("%s: %s is told %q: %.400s", what, actor, s.text, told)
		}
	}
}
