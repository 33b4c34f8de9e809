package kinwardtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/protocol"
)

// family is a patient with a doctor and nobody else yet.
type family struct {
	*Server
	doctor Person
	rosa   Patient
}

func newFamily(t testing.TB) family {
	t.Helper()
	s := Start(t)
	doctor := s.Person(account.Staff, "silva")
	return family{s, doctor, s.Admit(care.Patient{FirstName: "Rosa", FamilyName: "Ziegler", BirthDate: "1931-07-19", Ward: "Ward 4"},
		[]care.Identifier{{System: "urn:hospital", Value: "MRN-7700"}}, doctor)}
}

func (s *Server) redeem(token, code, birthDate string) Answer {
	s.t.Helper()
	return s.Call(token, "POST", "/invitations/redeem", object{"code": code, "birth_date": birthDate})
}

// join assigns a member of staff to the patient.
func (f family) join(p Person, more object) (assignment string) {
	f.t.Helper()
	body := object{"person": p.ID, "role": "nurse"}
	maps.Copy(body, more)
	var made protocol.OneAssignment
	f.Must(http.StatusCreated, f.doctor.Token, "POST", "/patients/"+f.rosa.ID+"/assignments", body, &made)
	return made.Assignment.Assignment
}

func (f family) revoke(link string) {
	f.t.Helper()
	f.Must(http.StatusNoContent, f.doctor.Token, "POST", "/patients/"+f.rosa.ID+"/links/"+link+"/revoke", object{"reason": "asked to"}, nil)
}

// TestFamily_redeeming: opening the link uses nothing up; the code may be typed as people type, and enters once.
func TestFamily_redeeming(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	made := f.Invite(f.doctor, f.rosa, "Ana", "two-way")
	if strings.Trim(made.Code, "ABCDEFGHJKMNPQRSTUVWXYZ23456789") != "" || len(made.Code) != 10 {
		t.Errorf("the code is %s", made.Code)
	}
	address, fragment, _ := strings.Cut(made.URL, "#")
	if fragment != made.Code || strings.Contains(address, made.Code) {
		t.Errorf("the code isn't behind the # of %s", made.URL)
	}
	for _, query := range []string{"", "", "?" + made.Code, "?code=" + made.Code} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := answerOf(caller.Do(req))
		if err != nil || a.Status != http.StatusOK || strings.Contains(string(a.Body), "Rosa") || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("opening the link: %v, %d %v %s", err, a.Status, a.Header, a.Body)
		}
	}
	a := f.redeem("", "  "+strings.ToLower(made.Code[:5])+" - "+strings.ToLower(made.Code[5:8])+" "+made.Code[8:]+" ", f.rosa.BirthDate)
	var in protocol.Redeemed
	if a.JSON(t, &in); a.Status != http.StatusCreated || in.Person.Kind != "family" || in.Person.Name != "Ana" || in.Patient.Name != "Rosa" ||
		in.Conversation.ID != f.rosa.Conversation || !strings.Contains(a.Header.Get("Set-Cookie"), "HttpOnly") {
		t.Fatalf("redeeming answered %d %s", a.Status, a.Body)
	}
	ana := Person{ID: in.Person.ID, Token: in.Token}
	f.say(ana, f.rosa.Conversation, "I am here")
	f.refused(f.redeem("", made.Code, f.rosa.BirthDate), 404, "invitation_invalid")
}

// TestFamily_dead_codes: every code that can't be redeemed gets the same answer, also with the right date.
func TestFamily_dead_codes(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	guessed, nearly, revoked := f.Invite(f.doctor, f.rosa, "Ana", ""), f.Invite(f.doctor, f.rosa, "Bea", ""), f.Invite(f.doctor, f.rosa, "Cy", "")
	for i := range 5 {
		f.refused(f.redeem("", guessed.Code, fmt.Sprintf("1931-07-2%d", i)), 403, "second_factor_wrong")
		if i < 4 {
			f.refused(f.redeem("", nearly.Code, "1913-07-19"), 403, "second_factor_wrong")
		}
	}
	f.revoke(revoked.Link)
	if a := f.redeem("", nearly.Code, f.rosa.BirthDate); a.Status != http.StatusCreated {
		t.Errorf("after four wrong tries the right one: %d %s", a.Status, a.Body)
	}
	bodies := map[string]bool{}
	for name, code := range map[string]string{"guessed": guessed.Code, "used": nearly.Code, "revoked": revoked.Code, "unknown": "AAAAABBBBB", "empty": ""} {
		a := f.redeem("", code, f.rosa.BirthDate)
		t.Log(name)
		f.refused(a, 404, "invitation_invalid")
		f.refused(f.redeem("", code, "1900-01-01"), 404, "invitation_invalid")
		bodies[string(a.Body)] = true
	}
	if len(bodies) != 1 {
		t.Errorf("dead codes can be told apart: %v", bodies)
	}
}

// TestFamily_one_code_one_person: of many redemptions at the same moment one wins.
func TestFamily_one_code_one_person(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for range 5 {
		made := f.Invite(f.doctor, f.rosa, "Ana", "")
		var mu sync.Mutex
		var wg sync.WaitGroup
		count := map[int]int{}
		for range 6 {
			wg.Go(func() {
				a := f.redeem("", made.Code, f.rosa.BirthDate)
				mu.Lock()
				defer mu.Unlock()
				count[a.Status]++
			})
		}
		wg.Wait()
		if count[201] != 1 || count[404] != 5 {
			t.Errorf("the answers were %v, want one 201 and five 404", count)
		}
	}
	if got := f.conversation(f.doctor, f.rosa.Conversation); len(got.Members) != 6 {
		t.Errorf("%d are in the conversation, want the doctor and five", len(got.Members))
	}
}

// TestFamily_card: what is printed or photographed names no patient, and goes once the code is used.
func TestFamily_card(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	made := f.Invite(f.doctor, f.rosa, "Ana", "")
	for name, kind := range map[string]string{"qr.svg": "image/svg+xml", "card": "text/html"} {
		a := f.Call(f.doctor.Token, "GET", "/patients/"+f.rosa.ID+"/invitations/"+made.ID+"/"+name, nil)
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), kind) || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", name, a.Status, a.Header)
		}
		for _, secret := range []string{"Rosa", "Ziegler", "1931", "MRN-7700", f.rosa.ID, f.rosa.Conversation} {
			if strings.Contains(string(a.Body), secret) {
				t.Errorf("%s tells %s", name, secret)
			}
		}
		if shown := strings.Contains(string(a.Body), made.Code[:5]+"-"+made.Code[5:]); shown != (name == "card") {
			t.Errorf("%s shows the code: %v", name, shown)
		}
	}
	if a := f.redeem("", made.Code, f.rosa.BirthDate); a.Status != 201 {
		t.Fatal(a.Status)
	}
	for _, name := range []string{"qr.svg", "card"} {
		f.refused(f.Call(f.doctor.Token, "GET", "/patients/"+f.rosa.ID+"/invitations/"+made.ID+"/"+name, nil), 404, "not_found")
	}
}

// TestFamily_revoke ends every line of the relative within five seconds, and the token with it.
func TestFamily_revoke(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	ana, bea := f.Relative(f.doctor, f.rosa, "Ana", ""), f.Relative(f.doctor, f.rosa, "Bea", "")
	now, ctx := f.present(ana), limited(t)
	ends := map[string]chan error{}
	for _, transport := range transports[1:] {
		l, err := stranger(t, f.Server, ana).open(ctx, transport, now)
		if err != nil {
			t.Fatal(err)
		}
		defer l.hangUp()
		if p, ok := l.(*pollLine); ok {
			p.asked = true // hold at once
		}
		end := make(chan error, 1)
		ends[transport] = end
		go func() { end <- until(ctx, l, nothing) }()
	}
	eventually(t, "three held connections", func() bool { return f.gauge("kinward_feed_subscriptions") == 3 })
	f.revoke(ana.Link)
	limit := time.NewTimer(5 * time.Second)
	for transport, end := range ends {
		var err error
		select {
		case err = <-end:
		case <-limit.C:
			t.Fatalf("%s goes on five seconds after the revocation", transport)
		}
		e := (*ended)(nil)
		if isEnd := errors.As(err, &e); transport == "websocket" && (!isEnd || e.status != 4501 || e.code != "unauthenticated") ||
			transport == "long-poll" && (!isEnd || e.status != 401) || transport == "sse" && !isEnd && !errors.Is(err, io.EOF) {
			t.Errorf("%s ended with %v", transport, err)
		}
	}
	for _, path := range []string{"/me", "/conversations", "/patients", "/feed?cursor=" + now, "/feed/events?cursor=" + now, messagesOf(f.rosa.Conversation)} {
		f.refused(f.Call(ana.Token, "GET", path, nil), 401, "unauthenticated")
	}
	f.say(bea, f.rosa.Conversation, "I am still here")
}

// TestFamily_two_patients: a relative of two keeps one account, each word stays in its conversation (N10, M6), and one
// revocation leaves the other.
func TestFamily_two_patients(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	otto := f.Admit(care.Patient{FirstName: "Otto", FamilyName: "Quast", BirthDate: "1944-02-29"}, nil, f.doctor)
	ana := f.Relative(f.doctor, f.rosa, "Ana", "")
	made := f.Invite(f.doctor, otto, "Ana, too", "")
	a := f.redeem(ana.Token, made.Code, otto.BirthDate)
	var in protocol.Redeemed
	if a.JSON(t, &in); a.Status != http.StatusCreated || in.Person.ID != ana.ID || in.Conversation.ID != otto.Conversation || in.Patient.Name != "Otto" {
		t.Fatalf("redeeming the second: %d %s", a.Status, a.Body)
	}
	d := newDevice(t, f.URL, ana, "websocket", f.present(ana))
	where := map[string]string{"for Rosa ": f.rosa.Conversation, "for Otto ": otto.Conversation}
	for i := range 10 {
		for text, conversation := range where {
			f.say([]Person{ana, f.doctor}[i%2], conversation, text+fmt.Sprint(i))
		}
	}
	for text, conversation := range where {
		d.check(t, "ana", conversation, f.history(f.doctor, conversation))
		for _, m := range f.history(ana, conversation) {
			if !strings.HasPrefix(m.Text, text) {
				t.Errorf("%s has %s", text, m.Text)
			}
		}
	}
	f.revoke(ana.Link)
	eventually(t, "the leaving", func() bool { return d.state(f.rosa.Conversation, ana) == "left" })
	f.say(f.doctor, f.rosa.Conversation, "not for Ana")
	f.say(f.doctor, otto.Conversation, "for Otto, last")
	eventually(t, "what goes on", func() bool { return len(d.in(otto.Conversation)) == 11 })
	if got := d.in(f.rosa.Conversation); len(got) != 10 || d.end() != nil {
		t.Errorf("told %d of rosa's messages; end %v", len(got), d.end())
	}
	f.shut(ana, f.rosa)
	if got := f.familySees(ana); len(got) != 1 || got[0]["name"] != "Otto" {
		t.Errorf("ana's patients are %v", got)
	}
}

// state is somebody's state in a conversation as the device was last told it.
func (d *device) state(conversation string, p Person) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.members[conversation+p.ID].State
}

// familySees are the patients as they are put on the wire.
func (s *Server) familySees(p Person) []object {
	s.t.Helper()
	var got struct{ Patients []object }
	s.Must(http.StatusOK, p.Token, "GET", "/patients", nil, &got)
	return got.Patients
}

// shut checks that for somebody a patient doesn't exist, over each route.
func (s *Server) shut(p Person, patient Patient) {
	s.t.Helper()
	for request, body := range map[string]any{
		"GET /patients/{p}": nil, "GET /conversations/{c}": nil, "GET /conversations/{c}/messages": nil, "POST /conversations/{c}/typing": nil,
		"POST /conversations/{c}/messages":    object{"id": newMessageID(), "text": "x"},
		"PUT /conversations/{c}/marks":        object{"read": 1},
		"PATCH /conversations/{c}/messages/1": object{"text": "x"}, "DELETE /conversations/{c}/messages/1": nil,
		"POST /patients/{p}/invitations": invitationBody, "POST /patients/{p}/assignments": object{"person": p.ID, "role": "nurse"},
		"POST /patients/{p}/links/" + nowhere() + "/revoke": object{"reason": "x"}, "DELETE /patients/{p}/assignments/" + nowhere(): nil,
	} {
		method, path, _ := strings.Cut(strings.NewReplacer("{p}", patient.ID, "{c}", patient.Conversation).Replace(request), " ")
		s.refused(s.Call(p.Token, method, path, body), 404, "not_found")
	}
	for _, path := range []string{"/patients", "/patients?mine=1", "/conversations", "/patients?query=" + patient.FirstName} {
		a := s.Call(p.Token, "GET", path, nil)
		if told := string(a.Body); a.Status != 200 || strings.Contains(told, patient.ID) || strings.Contains(told, patient.Conversation) {
			s.t.Errorf("GET %s as %s: %d %s", path, p.Handle, a.Status, told)
		}
	}
	c, ctx := &cast{Server: s}, limited(s.t)
	l, err := stranger(s.t, s, p).openSocket(ctx, "")
	if err != nil {
		s.t.Fatal(err)
	}
	defer l.hangUp()
	f := c.errorTo(ctx, l.(*socketLine), object{"op": "send", "ref": "1", "conversation": patient.Conversation, "message": object{"id": newMessageID(), "text": "x"}})
	if f.Code != "not_found" {
		s.t.Errorf("a frame: %+v", f)
	}
}

// TestFamily_relatives_see: the first name and their conversation, in exactly these fields.
func TestFamily_relatives_see(t *testing.T) {
	t.Parallel()
	f := newFamily(t)
	for _, scope := range []string{"two-way", "updates"} {
		ana := f.Relative(f.doctor, f.rosa, "Ana", scope)
		for _, p := range f.familySees(ana) {
			maps.DeleteFunc(p, func(_ string, v any) bool { return v == "" })
			if fields := slices.Sorted(maps.Keys(p)); !slices.Equal(fields, []string{"conversation", "id", "name", "unread"}) || p["name"] != "Rosa" {
				t.Errorf("%s: %v", scope, p)
			}
		}
		var all json.RawMessage
		f.Must(http.StatusOK, ana.Token, "GET", "/conversations", nil, &all)
		feed := f.Call(ana.Token, "GET", "/feed?cursor="+f.present(ana), nil)
		for _, secret := range []string{"Ziegler", "1931-07-19", "MRN-7700", "Ward 4", "handle"} {
			if strings.Contains(string(all)+string(feed.Body), secret) {
				t.Errorf("%s: told %s: %s", scope, secret, all)
			}
		}
		f.refused(f.Call(ana.Token, "GET", "/people?query=", nil), 403, "forbidden")
		for _, body := range []object{{"kind": "direct", "with": f.doctor.ID}, {"kind": "group", "title": "x", "members": []string{f.doctor.ID}}} {
			f.refused(f.Call(ana.Token, "POST", "/conversations", body), 403, "forbidden")
		}
	}
	f.shut(f.Person(account.Staff, "stranger"), f.rosa)
	f.shut(f.Person(account.Member, "anybody"), f.rosa)
}
