package kinwardtest

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/protocol"
	"kinward/internal/server"
)

const password = "correct horse battery"

// register makes an account as a newcomer does; without a password it is an open one.
func (s *Server) register(name, handle, password string) Person {
	s.t.Helper()
	var made protocol.SignedIn
	s.Must(http.StatusCreated, "", "POST", "/people", protocol.Register{Name: name, Handle: handle, Password: password}, &made)
	return Person{ID: made.Person.ID, Handle: made.Person.Handle, Name: made.Person.Name, Token: made.Token}
}

// signIn tries a handle and a password.
func (s *Server) signIn(handle, password, device string) Answer {
	s.t.Helper()
	return s.Call("", "POST", "/sessions", protocol.SignIn{Handle: handle, Password: password, Device: device})
}

// signedIn is a sign-in that has to succeed.
func (s *Server) signedIn(handle, device string) Person {
	s.t.Helper()
	a := s.signIn(handle, password, device)
	if a.Status != http.StatusCreated {
		s.t.Fatalf("sign-in of %s: %d %s", handle, a.Status, a.Body)
	}
	var in protocol.SignedIn
	a.JSON(s.t, &in)
	return Person{ID: in.Person.ID, Handle: in.Person.Handle, Name: in.Person.Name, Token: in.Token}
}

// field checks that an answer is a refusal of one value.
func (s *Server) field(what string, a Answer, field string) {
	s.t.Helper()
	if p := s.refused(a, http.StatusUnprocessableEntity, "invalid"); p.Field != field {
		s.t.Errorf("%.100s: the field is %q, want %q: %.300s", what, p.Field, field, a.Body)
	}
}

// devices are the devices of a person.
func (s *Server) devices(p Person) []protocol.Session {
	s.t.Helper()
	var list protocol.SessionList
	s.Must(http.StatusOK, p.Token, "GET", "/sessions", nil, &list)
	return list.Sessions
}

// TestSessions_sign_in: registering signs in, each sign-in is another device, and a refusal never says what was wrong.
func TestSessions_sign_in(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.register("Ana", "ana", password)
	again := s.signedIn("ANA", "Ward 4 desk")
	if again.ID != ana.ID || again.Token == ana.Token {
		t.Errorf("the second device is %s with %d characters, the first %s", again.ID, len(again.Token), ana.ID)
	}
	for _, p := range []Person{ana, again} {
		var me protocol.OnePerson
		s.Must(http.StatusOK, p.Token, "GET", "/me", nil, &me)
		if me.Person.ID != ana.ID || me.Person.Handle != "ana" || me.Person.Kind != "member" {
			t.Errorf("me is %+v", me.Person)
		}
	}
	var answers []string
	s.Person(account.Staff, "imported") // without a password
	for name, try := range map[string][2]string{
		"wrong": {"ana", "wrong horse battery"}, "unknown": {"nobody", password}, "case": {"ana", strings.ToUpper(password)},
		"space": {"ana", password + " "}, "empty": {"ana", ""}, "none_yet": {"imported", ""}, "nothing": {"", ""},
	} {
		a := s.signIn(try[0], try[1], "")
		s.refused(a, http.StatusUnauthorized, "sign_in_failed")
		if a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie was set", name)
		}
		answers = append(answers, string(a.Body))
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("refusals differ: %s and %s", a, answers[0])
		}
	}
}

// TestSessions_devices: the list marks the one that asks, and ending one ends only that one.
func TestSessions_devices(t *testing.T) {
	t.Parallel()
	s := Start(t)
	first, bo := s.register("Ana", "ana", password), s.register("Bo", "bo", password)
	desk, phone := s.signedIn("ana", "Ward 4 desk"), s.signedIn("ana", "phone")
	ids := map[string]string{}
	for _, d := range s.devices(desk) {
		ids[d.Device] = d.ID
		if d.Current != (d.Device == "Ward 4 desk") || d.ID == "" {
			t.Errorf("listed %+v", d)
		}
	}
	if len(ids) != 3 {
		t.Fatalf("the devices are %v", ids)
	}
	s.refused(s.Call(bo.Token, "DELETE", "/sessions/"+ids["phone"], nil), http.StatusNotFound, "not_found")
	s.Must(http.StatusOK, phone.Token, "GET", "/me", nil, nil)
	s.Must(http.StatusNoContent, desk.Token, "DELETE", "/sessions/"+ids["phone"], nil, nil)
	s.refused(s.Call(phone.Token, "GET", "/me", nil), http.StatusUnauthorized, "unauthenticated")
	s.refused(s.Call(desk.Token, "DELETE", "/sessions/"+ids["phone"], nil), http.StatusNotFound, "not_found")
	out := s.Call(desk.Token, "DELETE", "/sessions/current", nil)
	if out.Status != http.StatusNoContent || out.Header.Get("Clear-Site-Data") != `"storage"` {
		t.Errorf("signing out answers %d and has the browser clear %q", out.Status, out.Header.Get("Clear-Site-Data"))
	}
	s.refused(s.Call(desk.Token, "DELETE", "/sessions/current", nil), http.StatusUnauthorized, "unauthenticated")
	if left := s.devices(first); len(left) != 1 || !left[0].Current {
		t.Errorf("left are %+v", left)
	}
}

// TestSessions_password: a new password ends the other devices and the old password, and needs the old one.
func TestSessions_password(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.register("Ana", "ana", password)
	other := s.signedIn("ana", "other")
	device := newDevice(t, s.URL, other, "websocket", "")
	eventually(t, "the socket", func() bool { return device.socket() != nil })
	change := func(current, replacement string) Answer {
		return s.Call(ana.Token, "PUT", "/me/password", object{"current": current, "new": replacement})
	}
	s.field("wrong", change("not the password", "another password"), "current")
	for _, bad := range []string{"", "short", strings.Repeat("x", 201)} {
		s.field(bad, change(password, bad), "new")
	}
	s.Must(http.StatusOK, other.Token, "GET", "/me", nil, nil)
	if a := change(password, "pässwörter 😀"); a.Status != http.StatusNoContent || len(a.Body) > 0 {
		t.Fatalf("change: %d %s", a.Status, a.Body)
	}
	s.Must(http.StatusOK, ana.Token, "GET", "/me", nil, nil)
	s.refused(s.Call(other.Token, "GET", "/me", nil), http.StatusUnauthorized, "unauthenticated")
	eventually(t, "the other device's end", func() bool { return device.end() != nil })
	if e := (*ended)(nil); !errors.As(device.end(), &e) || e.status != 4501 && e.status != 401 {
		t.Errorf("the other device ended with %v", device.end())
	}
	s.refused(s.signIn("ana", password, ""), http.StatusUnauthorized, "sign_in_failed")
	if a := s.signIn("ana", "pässwörter 😀", ""); a.Status != http.StatusCreated {
		t.Errorf("the new password: %d %s", a.Status, a.Body)
	}
}

// TestSessions_throttle: after five wrong tries even the right password waits as long as Retry-After says; entering then
// forgets them. Nobody else waits, and whether the handle exists makes no difference.
func TestSessions_throttle(t *testing.T) {
	t.Parallel()
	clock := newClock(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	s := Start(t, func(c *app.Config) { c.RateLimits, c.Now = "", clock.now })
	s.register("Ana", "ana", password)
	s.register("Bo", "bo", password)
	wrong := func(handle string, times int) {
		t.Helper()
		for range times {
			s.refused(s.signIn(handle, "wrong password", ""), http.StatusUnauthorized, "sign_in_failed")
		}
	}
	wait := func(handle, password string) time.Duration {
		t.Helper()
		a := s.signIn(handle, password, "")
		s.refused(a, http.StatusTooManyRequests, "too_many")
		seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
		if err != nil || seconds < 1 || seconds > 900 {
			t.Fatalf("%s: Retry-After is %q", handle, a.Header.Get("Retry-After"))
		}
		return time.Duration(seconds) * time.Second
	}
	wrong("ana", 4)
	wrong("Ana", 1) // the same account
	wrong("nobody", 5)
	first := wait("ana", password)
	wait("ANA", "wrong password")
	wait("nobody", password)
	s.signedIn("bo", "")
	clock.advance(first)
	wrong("ana", 1)
	second := wait("ana", password)
	if second <= first {
		t.Errorf("the second wait is %v, the first was %v", second, first)
	}
	clock.advance(second)
	s.signedIn("ana", "")
	wrong("ana", 4) // counted anew
	s.signedIn("ana", "")
}

// TestSessions_signed_out_everywhere: a token that was signed out opens no route any more, and what it had open ends.
func TestSessions_signed_out_everywhere(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.register("Ana", "ana", password), s.register("Bo", "bo", password)
	talk := s.direct(ana, bo)
	lines := map[string]line{}
	for _, transport := range transports[1:] {
		l, err := stranger(t, s, ana).open(limited(t), transport, s.present(ana))
		if err != nil {
			t.Fatal(err)
		}
		if transport != "websocket" { // which is ready already
			if _, err := l.next(limited(t)); err != nil {
				t.Fatal(err)
			}
		}
		lines[transport] = l
	}
	ends := make(chan error, 1)
	go func() { ends <- until(limited(t), lines["long-poll"], nothing) }() // held while the session ends
	eventually(t, "everyone to be listening", func() bool { return s.gauge("kinward_feed_subscriptions") >= 3 })
	s.Must(http.StatusNoContent, ana.Token, "DELETE", "/sessions/current", nil, nil)
	s.say(bo, talk, "not for ana's old device")
	want := map[string]ended{"long-poll": {401, "unauthenticated", 0}, "sse": {0, "bye unauthenticated", 0}, "websocket": {4501, "unauthenticated", 0}}
	for transport, l := range lines {
		err := error(nil)
		if transport == "long-poll" {
			err = <-ends
		} else {
			err = until(limited(t), l, func(p wirePage) bool { return len(textsOf(p.Changes)) > 0 })
		}
		e := (*ended)(nil)
		if w := want[transport]; !errors.As(err, &e) || e.status != w.status || e.code != w.code {
			t.Errorf("%s ended with %v, want %v", transport, err, &w)
		}
		l.hangUp()
	}
	for _, r := range new(server.Server).Routes() {
		if path := strings.Replace(anyPath(r.Path), nowhere(), talk, 1); !r.Open {
			s.refused(s.Call(ana.Token, r.Method, path, "{}"), http.StatusUnauthorized, "unauthenticated")
		}
	}
	_, err := stranger(t, s, ana).openSocket(limited(t), "")
	if e := (*ended)(nil); !errors.As(err, &e) || e.status != http.StatusUnauthorized {
		t.Errorf("a socket with the old token: %v", err)
	}
}
