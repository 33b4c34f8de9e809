package kinwardtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/protocol"
)

// TestM5_patients: whoever looks for patients finds their own and nobody else, however they ask.
func TestM5_patients(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	third := c.Admit(care.Patient{FirstName: "Mara", FamilyName: "Middle", Ward: "Ward 4"}, nil, c.by["doctor"])
	queries := []string{
		"", "query=ottomarker", "query=Quast", "query=MRN-8800", "query=ward+5", "query=5", "ward=Ward+5", "mine=1", "mine=0",
		"query=%25", "query=_", "query=1944", "after=" + c.otto.ID, "limit=200", "query=sonmarker", "query=" + c.otto.ID,
	}
	for _, actor := range []string{"doctor", "relative", "endedDoctor", "outsider", "admin", "nurse"} {
		for _, q := range queries {
			a := c.Call(c.by[actor].Token, "GET", "/patients?"+q, nil)
			if a.Status != http.StatusOK || strings.Contains(string(a.Body), c.otto.ID) {
				t.Errorf("%s asks %s: %d %s", actor, q, a.Status, a.Body)
			}
			c.keeps(actor, q, a)
		}
	}
	for _, path := range []string{"/patients/{p}", "/patients/{p}/invitations/" + nowhere() + "/qr.svg", "/patients/{p}/invitations/" + nowhere() + "/card"} {
		theirs := c.Call(c.by["doctor"].Token, "GET", strings.Replace(path, "{p}", c.otto.ID, 1), nil)
		nothing := c.Call(c.by["doctor"].Token, "GET", strings.Replace(path, "{p}", nowhere(), 1), nil)
		if c.refused(theirs, 404, "not_found"); string(theirs.Body) != string(nothing.Body) {
			t.Errorf("%s: %s, and of nothing: %s", path, theirs.Body, nothing.Body)
		}
	}
	after := func(id string) string {
		return string(c.Call(c.by["doctor"].Token, "GET", "/patients?after="+id, nil).Body)
	}
	if a, b := after(c.otto.ID), after(nowhere()); a != b {
		t.Errorf("after somebody else's patient comes %s, after nobody %s", a, b)
	}
	if got := c.found("doctor", "query=mid+mar"); !slices.Equal(got, []string{third.ID}) {
		t.Errorf("the doctor's own patient is not found: %v", got)
	}
}

// found are the ids of the patients that a query finds.
func (c *cast) found(actor, query string) (ids []string) {
	c.t.Helper()
	var list protocol.PatientList
	c.Must(http.StatusOK, c.by[actor].Token, "GET", "/patients?"+query, nil, &list)
	for _, p := range list.Patients {
		ids = append(ids, p.ID)
	}
	return ids
}

// TestM5_finding: beginnings of name words in any order, of identifiers, of ward and bed; accents and case don't count.
func TestM5_finding(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor := s.Person(account.Staff, "doctor")
	jose := s.Admit(care.Patient{FirstName: "José-Luis", FamilyName: "Núñez O'Brien", Ward: "Kinderstation 3", Room: "12", Bed: "B7"},
		[]care.Identifier{{System: "urn:a", Value: "MRN.4711"}, {System: "urn:b", Value: "VN-99"}}, doctor)
	ming := s.Admit(care.Patient{Name: "李明", FirstName: "明", FamilyName: "李"}, nil, doctor)
	c := &cast{Server: s, by: map[string]Person{"doctor": doctor}}
	for query, want := range map[string]string{
		"jose": jose.ID, "JOSÉ nunez": jose.ID, "nun lui": jose.ID, "brien": jose.ID, "obrien": jose.ID, "o'br": jose.ID, "kinder": jose.ID,
		"b7": jose.ID, "12": jose.ID, "mrn.47": jose.ID, "vn-9": jose.ID, "李": ming.ID, "明": ming.ID, "李明": ming.ID,
		"osé": "", "uis": "", "jose ming": "", "%": "", "_": "", "4711x": "", "'": "", `\`: "", "!": "",
	} {
		got := c.found("doctor", "query="+url.QueryEscape(query))
		if want == "" && len(got) > 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("%q finds %v, want %q", query, got, want)
		}
	}
	if got := c.found("doctor", "ward=kinderstation+3"); !slices.Equal(got, []string{jose.ID}) {
		t.Errorf("the ward has %v", got)
	}
	var pages []string
	for after := ""; len(pages) == 0 || after != ""; {
		var list protocol.PatientList
		s.Must(http.StatusOK, doctor.Token, "GET", "/patients?limit=1&after="+after, nil, &list)
		pages, after = append(pages, list.Patients[0].ID), list.Patients[0].ID
		if !list.More {
			after = ""
		}
	}
	if len(pages) != 2 || pages[0] == pages[1] {
		t.Errorf("page by page there are %v", pages)
	}
}

// TestM6_each_in_its_own_conversation: people who share many conversations are told each text in its own and in no other, on
// every transport and in every list; one relative of two patients too.
func TestM6_each_in_its_own_conversation(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor, nurse := s.Person(account.Staff, "doctor"), s.Person(account.Staff, "nurse")
	var patients []Patient
	for _, name := range []string{"Ada", "Ben"} {
		patients = append(patients, s.Admit(care.Patient{FirstName: name, FamilyName: "Twin"}, nil, doctor, nurse))
	}
	relative := s.Relative(doctor, patients[0], "Rel", "two-way")
	second := s.Invite(doctor, patients[1], "Rel", "two-way")
	s.Must(http.StatusCreated, relative.Token, "POST", "/invitations/redeem", object{"code": second.Code, "birth_date": patients[1].BirthDate}, nil)
	where := []string{patients[0].Conversation, patients[1].Conversation, s.direct(doctor, nurse), s.group("One", doctor, nurse), s.group("Two", nurse, doctor)}
	start := s.present(doctor)
	devices := map[string]*device{}
	for i, transport := range transports {
		devices[transport] = newDevice(t, s.URL, []Person{doctor, nurse, relative, relative}[i], transport, start)
	}
	for i := range 40 {
		s.say([]Person{doctor, nurse}[i%2], where[i%5], fmt.Sprintf("mark of %s, number %d", where[i%5], i))
	}
	for transport, d := range devices {
		want := 40
		if d.person.ID == relative.ID {
			want = 16
		}
		eventually(t, transport+" to hear", func() bool { return d.count() >= want })
		d.mu.Lock()
		for _, m := range d.messages {
			if !strings.HasPrefix(m.Text, "mark of "+m.Conversation+",") {
				t.Errorf("%s told %q in %s", transport, m.Text, m.Conversation)
			}
		}
		d.mu.Unlock()
	}
	for _, c := range s.snapshot(relative).Conversations {
		if c.Kind != "family" || !strings.Contains(c.Last.Text, c.ID) || c.Patient == nil || c.Title != c.Patient.Name {
			t.Errorf("the relative's list has %+v", c)
		}
		for _, m := range s.history(relative, c.ID) {
			if !strings.Contains(m.Text, c.ID) {
				t.Errorf("%s has %q", c.ID, m.Text)
			}
		}
	}
}

// TestM18_namesakes are two people: found apart, written to apart.
func TestM18_namesakes(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	var twins []protocol.SignedIn
	for range 2 {
		var made protocol.SignedIn
		s.Must(http.StatusCreated, "", "POST", "/people", object{"name": "Sam Same", "password": "long enough"}, &made)
		twins = append(twins, made)
	}
	if twins[0].Person.ID == twins[1].Person.ID || twins[0].Person.Handle == twins[1].Person.Handle {
		t.Fatalf("the namesakes are %+v and %+v", twins[0].Person, twins[1].Person)
	}
	var list protocol.PeopleList
	s.Must(http.StatusOK, ana.Token, "GET", "/people?query=same+sam", nil, &list)
	if len(list.People) != 2 {
		t.Errorf("found are %+v", list.People)
	}
	for i, twin := range twins {
		talk := s.direct(ana, Person{ID: twin.Person.ID})
		s.say(ana, talk, fmt.Sprint("for number ", i))
	}
	for i, twin := range twins {
		all := s.snapshot(Person{Token: twin.Token}).Conversations
		if len(all) != 1 || all[0].Last.Text != fmt.Sprint("for number ", i) {
			t.Errorf("namesake %d has %+v", i, all)
		}
	}
	s.refused(s.Call(ana.Token, "POST", "/conversations", object{"kind": "direct", "with": "Sam Same"}), 422, "invalid")
}
