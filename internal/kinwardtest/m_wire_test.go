package kinwardtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/care"
)

// hostile texts mean something to a database, a template, a shell, a terminal or a browser. Here they are text.
var hostile = []string{
	`'; DROP TABLE messages; --`, `" OR "1"="1`, `1 OR 1=1`, `') UNION SELECT password FROM people --`, `\`, `%`, `_`, `!`, `*`, `?1`, `:a`, `$1`,
	`{{.}}`, `${7*7}`, `$(reboot)`, "`id`", `{set}`, `|| 1`, `../../../etc/passwd`, `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`,
	`&lt;b&gt;`, `javascript:alert(1)`, "a\u2028b\u2029c", "\u202etxt.exe", "a\u0000b", "\ufeffstart", "\x1b[2J", "a\r\nSet-Cookie: x=1", "%s%n%d",
}

// TestM1_injection puts them into every text and every question: nothing breaks, nothing more is found, texts stay as they are.
func TestM1_injection(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor, ana := s.Person(account.Staff, "doctor"), s.Person(account.Member, "ana")
	patient := s.Admit(care.Patient{FirstName: "Rosa", FamilyName: "Alba", Ward: "4"}, nil, doctor)
	talk := s.direct(ana, doctor)
	fields := []struct {
		method, path string
		body         object
	}{
		{"POST", "/people", object{"name": "{}"}},
		{"POST", "/people", object{"name": "x", "handle": "{}"}},
		{"POST", "/sessions", object{"handle": "{}", "password": "{}"}},
		{"POST", "/sessions", object{"account": "{}"}},
		{"PUT", "/me/password", object{"current": "{}", "new": "{}"}},
		{"POST", "/conversations", object{"kind": "{}", "with": "{}"}},
		{"POST", "/conversations", object{"kind": "group", "title": "{}", "members": []string{}}},
		{"POST", "/conversations", object{"kind": "group", "title": "x", "members": []string{"{}"}}},
		{"POST", messagesOf(talk), object{"id": "{}", "text": "x"}},
		{"PATCH", messagesOf(talk) + "/1", object{"text": "{}"}},
		{"POST", "/conversations/" + talk + "/members", object{"person": "{}"}},
		{"POST", "/patients/" + patient.ID + "/invitations", object{"name": "{}", "relationship": "{}", "language": "{}", "scope": "{}", "consent": object{"basis": "{}"}}},
		{"POST", "/patients/" + patient.ID + "/invitations", object{"name": "{}", "relationship": "son", "consent": object{"basis": "agreed", "note": "{}"}}},
		{"POST", "/invitations/redeem", object{"code": "{}", "birth_date": "{}", "name": "{}"}},
		{"POST", "/invitations/redeem", object{"code": "{}", "birth_date": "1948-03-09"}},
		{"POST", "/patients/" + patient.ID + "/links/" + nowhere() + "/revoke", object{"reason": "{}"}},
		{"POST", "/patients/" + patient.ID + "/assignments", object{"person": "{}", "role": "{}"}},
	}
	queries := []string{
		"/people?query={}", "/patients?query={}", "/patients?ward={}", "/patients?after={}", "/patients?limit={}", "/feed?cursor={}",
		"/feed?wait={}", "/feed/events?cursor={}", "/conversations/{}", messagesOf(talk) + "?before={}", messagesOf(talk) + "?after={}&limit={}", "/sessions/{}",
	}
	s.say(doctor, talk, "the first")
	several := slices.Collect(slices.Chunk(hostile, 5))
	for i, some := range several {
		text := strings.Join(some, " ")
		m := s.say(doctor, talk, text+"x")
		if m.Text != text+"x" {
			t.Errorf("%q became %q", text, m.Text)
		}
		for _, f := range fields {
			if i > 0 && (f.path == "/sessions" || f.path == "/me/password") {
				continue // passwords are slow to check, on purpose
			}
			if a := s.Call(doctor.Token, f.method, f.path, put(t, f.body, text)); a.Status >= 500 {
				t.Errorf("%s %s with %q: %d %s", f.method, f.path, text, a.Status, a.Body)
			}
		}
	}
	for i, text := range hostile {
		q := queries[i%len(queries)]
		a := s.Call(doctor.Token, "GET", strings.ReplaceAll(q, "{}", url.PathEscape(url.QueryEscape(text))), nil)
		if a.Status >= 500 || a.Status == 200 && strings.Contains(string(a.Body), "Rosa") {
			t.Errorf("GET %s with %q: %d %s", q, text, a.Status, a.Body)
		}
	}
	if n, want := len(s.history(doctor, talk)), 1+len(several); n != want {
		t.Errorf("the conversation has %d messages, want %d", n, want)
	}
	s.Must(http.StatusOK, doctor.Token, "GET", "/patients/"+patient.ID, nil, nil)
}

// put writes text in the place of {} in a body.
func put(t *testing.T, body object, text string) any {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(encoded), `"{}"`, string(quoted))
}

// TestM11_times are the server's own, in milliseconds and UTC; the order is that of seq even when the server's clock jumps.
func TestM11_times(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 29, 0, 59, 59, 999_000_000, time.UTC) // the second before summer time begins in Europe
	now := &dial{}
	now.set(start)
	s := Start(t, func(c *app.Config) { c.Now = now.read })
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk, cursor := s.direct(ana, bo), s.present(bo)
	for i := range 5 {
		now.set(start.Add(-time.Duration(i) * time.Hour)) // each message an hour before the one before it
		m := s.say(ana, talk, fmt.Sprint(i))
		if want := start.Add(-time.Duration(i) * time.Hour).Format("2006-01-02T15:04:05.000Z"); m.CreatedAt != want {
			t.Errorf("created at %s, want %s", m.CreatedAt, want)
		}
		if m.Seq != int64(i+1) {
			t.Errorf("seq %d, want %d", m.Seq, i+1)
		}
	}
	for i, m := range s.history(bo, talk) {
		if m.Text != fmt.Sprint(i) {
			t.Errorf("history has %q as its %dth", m.Text, i)
		}
	}
	if got := textsOf(s.poll(bo, cursor).Changes); fmt.Sprint(got) != "[0 1 2 3 4]" {
		t.Errorf("the feed tells %v", got)
	}
	p := s.refused(s.Call(ana.Token, "POST", messagesOf(talk), object{"id": newMessageID(), "text": "x", "created_at": "2026-01-01T00:00:00.000Z"}), 422, "invalid")
	if p.Field != "created_at" {
		t.Errorf("the field is %q", p.Field)
	}
}

var wireTime = regexp.MustCompile(`"[a-z]+_(?:at|seen|since)":"([^"]*)"`)

// TestM11_form: every time in every answer has the one form.
func TestM11_form(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.say(c.by["relative"], c.family, "whoever waits has a time too")
	for _, path := range []string{"/conversations", "/sessions", "/patients", messagesOf(c.family), "/feed?cursor=" + c.start} {
		a := c.Call(c.by["doctor"].Token, "GET", path, nil)
		found := wireTime.FindAllStringSubmatch(string(a.Body), -1)
		if len(found) == 0 {
			t.Errorf("GET %s has no time", path)
		}
		for _, m := range found {
			at, err := time.Parse("2006-01-02T15:04:05.000Z", m[1])
			if age := time.Since(at); err != nil || age < -time.Second || age > time.Hour {
				t.Errorf("GET %s has the time %q", path, m[1])
			}
		}
	}
}

// TestM12_raw_html: what people write goes out as JSON that no browser takes for a page; pages hold nothing that people wrote.
func TestM12_raw_html(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	const evil = `<script>alert(1)</script>`
	doctor := c.by["doctor"]
	c.say(doctor, c.family, evil)
	made := c.Invite(doctor, c.rosa, evil, "two-way")
	card := "/patients/" + c.rosa.ID + "/invitations/" + made.ID
	types := map[string]string{
		messagesOf(c.family): "application/json", "/conversations": "application/json", "/patients/" + c.rosa.ID: "application/json",
		"/feed?cursor=" + c.start: "application/json", "/people?query=" + url.QueryEscape(evil): "application/json",
		"/" + url.PathEscape(evil): "application/problem+json", "/conversations/" + url.PathEscape(evil): "application/problem+json",
		"/feed?cursor=" + url.QueryEscape(evil): "application/problem+json", card + "/card": "text/html; charset=utf-8", card + "/qr.svg": "image/svg+xml",
	}
	for path, want := range types {
		a := c.Call(doctor.Token, "GET", path, nil)
		if got := a.Header.Get("Content-Type"); got != want || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s is %s, %s", path, got, a.Header.Get("X-Content-Type-Options"))
		}
		if strings.HasPrefix(want, "text/html") && (strings.Contains(string(a.Body), evil) || !strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'none'")) {
			t.Errorf("GET %s: %v %s", path, a.Header, a.Body)
		}
		if want == "application/problem+json" && strings.Contains(string(a.Body), "script") {
			t.Errorf("GET %s repeats what was asked: %s", path, a.Body)
		}
	}
	root := strings.TrimSuffix(c.URL, "/api/v1")
	for _, path := range []string{"/", "/join", "/join?x=" + url.QueryEscape(evil), "//" + url.PathEscape(evil), "/legacy/" + url.PathEscape(evil)} {
		s := &Server{URL: root, t: t}
		a := s.Call("", "GET", path, nil)
		if strings.Contains(string(a.Body), "<script>alert") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s: %v %s", path, a.Header, a.Body)
		}
	}
}
