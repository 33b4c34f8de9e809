package kinwardtest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/care"
	"kinward/internal/protocol"
)

// openAccounts are the ids that anybody may choose.
func (s *Server) openAccounts() (ids []string) {
	s.t.Helper()
	var list protocol.PeopleList
	s.Must(http.StatusOK, "", "GET", "/accounts", nil, &list)
	for _, p := range list.People {
		ids = append(ids, p.ID)
	}
	return ids
}

func (s *Server) choose(account string) Answer {
	s.t.Helper()
	return s.Call("", "POST", "/sessions", object{"account": account})
}

// TestM17_open_accounts: only who registered without a password is offered and can be chosen: nobody whom the hospital
// brought in, no relative, and nobody any more once there is a password.
func TestM17_open_accounts(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor := s.Person(account.Staff, "doctor")
	patient := s.Admit(care.Patient{FirstName: "Rosa", FamilyName: "Ziegler"}, nil, doctor)
	shut := map[string]Person{
		"staff": doctor, "admin": s.Person(account.Admin, "chief"), "member": s.Person(account.Member, "added"),
		"relative": s.Relative(doctor, patient, "Ana", "two-way"), "password": s.register("Bo", "bo", password),
		"later": s.register("Cy", "cy", ""),
	}
	if err := s.App.Accounts.SetPassword(context.Background(), "cy", password); err != nil {
		t.Fatal(err)
	}
	open := s.register("Dee Name Alone", "", "")
	if got := s.openAccounts(); !slices.Equal(got, []string{open.ID}) {
		t.Errorf("offered are %v, want %s alone", got, open.ID)
	}
	for name, p := range shut {
		if a := s.choose(p.ID); a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s was let in", name)
		} else {
			s.refused(a, http.StatusUnauthorized, "sign_in_failed")
		}
	}
	var in protocol.SignedIn
	a := s.choose(open.ID)
	if a.JSON(t, &in); a.Status != http.StatusCreated || in.Person.ID != open.ID || in.Token == open.Token {
		t.Errorf("choosing one's own: %d %s", a.Status, a.Body)
	}
	if again := s.register("Dee Name Alone", "", ""); again.ID == open.ID || again.Handle == open.Handle {
		t.Errorf("the namesake is %+v, the first %+v", again, open)
	}
	s.field("no id", s.choose("open"), "account")
	if a := s.choose(nowhere()); a.Status != http.StatusNotFound && a.Status != http.StatusUnauthorized {
		t.Errorf("choosing nobody: %d", a.Status)
	}
	s.refused(s.signIn(open.Handle, "", ""), http.StatusUnauthorized, "sign_in_failed")
}

// TestM17_closed: a server that isn't open registers nobody, lists nobody and lets nobody choose, whoever came before.
func TestM17_closed(t *testing.T) {
	t.Parallel()
	var data string
	opened := Start(t, func(c *app.Config) { data = c.DataDir })
	dee := opened.register("Dee", "dee", "")
	opened.Stop()
	s := Start(t, func(c *app.Config) { c.DataDir, c.Registration = data, "" })
	s.refused(s.Call("", "POST", "/people", object{"name": "New", "handle": "new", "password": password}), http.StatusForbidden, "forbidden")
	s.refused(s.Call("", "POST", "/people", object{"name": "New"}), http.StatusForbidden, "forbidden")
	s.refused(s.Call("", "GET", "/accounts", nil), http.StatusNotFound, "not_found")
	for _, id := range []string{dee.ID, nowhere()} {
		s.field("choosing", s.choose(id), "account")
	}
	s.Must(http.StatusOK, dee.Token, "GET", "/me", nil, nil)
}

// TestAccounts_handles: 2 to 64 of a few characters, kept as written, one person's whatever the capitals.
func TestAccounts_handles(t *testing.T) {
	t.Parallel()
	s := Start(t)
	handles := []string{"a1", strings.Repeat("x", 64), "ana.al-meida_2", "..", "Mixed.Case", "--"}
	for _, h := range handles {
		if p := s.register("Name", h, ""); p.Handle != h {
			t.Errorf("%s is kept as %s", h, p.Handle)
		}
	}
	for _, h := range append(handles, "MIXED.CASE", "mixed.case", "A1") {
		p := s.refused(s.Call("", "POST", "/people", object{"name": "Another", "handle": h}), http.StatusConflict, "conflict")
		if p.Field != "handle" {
			t.Errorf("%s taken: the field is %q", h, p.Field)
		}
	}
	for _, h := range []string{"a", strings.Repeat("x", 65), "a b", "ana!", "añá", "a/b", "a@b", " ana", "ana ", "ana\n", "an\u0000a", "ａｎａ", "an\u200ba", "аna", "İx", "ſx", "%61na", "'--"} {
		s.field(h, s.Call("", "POST", "/people", object{"name": "Name", "handle": h}), "handle")
	}
	if n := len(s.openAccounts()); n != len(handles) {
		t.Errorf("%d accounts were made, want %d", n, len(handles))
	}
}

// TestAccounts_names: 1 to 200 characters of any script are kept to the character; nothing invisible stands for a name.
func TestAccounts_names(t *testing.T) {
	t.Parallel()
	s := Start(t)
	for _, name := range []string{
		"X", strings.Repeat("é", 200), strings.Repeat("😀", 200), "李明", "محمد عبد الله", "Ольга Ивановна", "שרה", "ชื่อ", "નામ",
		"e\u0301le\u0300ne", "O'Brien-Núñez", `Robert'); DROP TABLE people;--`, "<script>alert(1)</script>", "{{.}}", "  inner  space ",
	} {
		p := s.register(name, "", "")
		var me protocol.OnePerson
		a := s.Call(p.Token, "GET", "/me", nil)
		if a.JSON(t, &me); me.Person.Name != name || p.Name != name || len(p.Handle) < 2 {
			t.Errorf("%q came back as %q, %q with handle %q", name, p.Name, me.Person.Name, p.Handle)
		}
		plainJSON(t, a)
	}
	for _, name := range []string{
		"", " ", "\u00a0\u2003", strings.Repeat("x", 201), strings.Repeat("😀", 201), "a\u0000b", "a\nb", "a\tb", "a\u001b[31mb", "a\u007f", "a\u0085b",
		"\u200b", "\u200b\u200d\ufeff", "\u202e", "a\u2028b", "a\u2029b",
	} {
		s.field(name, s.Call("", "POST", "/people", object{"name": name, "password": password}), "name")
	}
	s.field("no name", s.Call("", "POST", "/people", object{"handle": "nameless"}), "name")
	s.field("short", s.Call("", "POST", "/people", object{"name": "Ana", "password": "short"}), "password")
}

// plainJSON checks how an answer tells browsers that it is data and nothing else.
func plainJSON(t *testing.T, a Answer) {
	t.Helper()
	if a.Header.Get("Content-Type") != "application/json" || a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer's headers are %v", a.Header)
	}
}
