package kinwardtest

import (
	"context"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/care"
	"kinward/web"
)

// browser opens the pages without JavaScript as an old browser does: it keeps cookies and tells nothing of where it comes from.
type browser struct {
	t    testing.TB
	root string
	http *http.Client
}

func (s *Server) browser(p Person) *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	b := &browser{t: s.t, root: strings.TrimSuffix(s.URL, "/api/v1")}
	b.http = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if p.Token != "" {
		u, err := url.Parse(b.root)
		if err != nil {
			s.t.Fatal(err)
		}
		jar.SetCookies(u, []*http.Cookie{{Name: "kinward", Value: p.Token}})
	}
	return b
}

func (b *browser) ask(method, path string, form url.Values, headers ...string) Answer {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, b.root+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	a, err := answerOf(b.http.Do(req))
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (b *browser) get(path string, headers ...string) Answer {
	b.t.Helper()
	return b.ask("GET", path, nil, headers...)
}

// page is get for a page that has to be there.
func (b *browser) page(path string) string {
	b.t.Helper()
	a := b.get(path)
	if a.Status != http.StatusOK {
		b.t.Fatalf("GET %s: %d %.300s", path, a.Status, a.Body)
	}
	return string(a.Body)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(key|id)" value="([^"]*)">`)

// letter is the form of the page to write on, with a text typed in.
func (b *browser) letter(talk, text string) url.Values {
	b.t.Helper()
	form := url.Values{"text": {text}}
	for _, m := range hidden.FindAllStringSubmatch(b.page("/basic/c/"+talk+"/write"), -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form
}

func (b *browser) post(path string, form url.Values, headers ...string) Answer {
	b.t.Helper()
	return b.ask("POST", path, form, headers...)
}

// leads checks that an answer leads to another page.
func (b *browser) leads(a Answer, to string) {
	b.t.Helper()
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != to {
		b.t.Errorf("%d to %q, want %q: %.300s", a.Status, a.Header.Get("Location"), to, a.Body)
	}
}

// bedside is a patient with a doctor and a daughter who has come.
type bedside struct {
	*Server
	doctor, daughter Person
	rosa             Patient
}

func newBedside(t *testing.T, edit ...func(*app.Config)) bedside {
	t.Helper()
	s := Start(t, edit...)
	b := bedside{Server: s, doctor: s.Person(account.Staff, "silva")}
	b.rosa = s.Admit(care.Patient{FirstName: "Rosa", FamilyName: "Almeida"}, nil, b.doctor)
	b.daughter = s.Relative(b.doctor, b.rosa, "Ana", "two-way")
	return b
}

// TestBasic_sign_in: by handle and password, then to the only conversation, and out again.
func TestBasic_sign_in(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.register("Ana", "ana", "correct horse battery"), s.register("Bo", "bo", "")
	talk := s.direct(ana, bo)
	b := s.browser(Person{})
	b.leads(b.get("/basic/conversations"), "/basic")
	b.leads(b.get("/basic/c/"+talk), "/basic")
	wrong := b.post("/basic/sign-in", url.Values{"handle": {"ana"}, "password": {"wrong"}})
	if wrong.Status != http.StatusUnauthorized || !strings.Contains(string(wrong.Body), "is wrong") || !strings.Contains(string(wrong.Body), `value="ana"`) {
		t.Errorf("a wrong password: %d %s", wrong.Status, wrong.Body)
	}
	in := b.post("/basic/sign-in", url.Values{"handle": {" ana "}, "password": {"correct horse battery"}})
	b.leads(in, "/basic")
	if c := cookieOf(t, in); !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %v", c)
	}
	b.leads(b.get("/basic"), "/basic/c/"+talk)
	page := b.page("/basic/c/" + talk)
	key := hidden.FindStringSubmatch(page)
	if key == nil {
		t.Fatalf("no form to sign out: %s", page)
	}
	b.leads(b.post("/basic/sign-out", url.Values{"key": {key[2]}}), "/basic")
	b.leads(b.get("/basic/c/"+talk), "/basic")
}

// TestBasic_join: by the code of a card and the birth date, whatever was mistyped before.
func TestBasic_join(t *testing.T) {
	t.Parallel()
	s := Start(t)
	doctor := s.Person(account.Staff, "silva")
	rosa := s.Admit(care.Patient{FirstName: "Rosa", BirthDate: "1948-03-09"}, nil, doctor)
	code := s.Invite(doctor, rosa, "Ana", "two-way").Code
	b := s.browser(Person{})
	if page := b.page("/basic/join"); !strings.Contains(page, `action="/basic/join"`) {
		t.Errorf("no form: %s", page)
	}
	join := func(code, day, month, year string) Answer {
		return b.post("/basic/join", url.Values{"code": {code}, "day": {day}, "month": {month}, "year": {year}, "name": {""}})
	}
	for name, a := range map[string]Answer{
		"is not right": join("AAAAA-AAAAA", "9", "3", "1948"), "a wrong date": join(code, "8", "3", "1948"),
		"no date": join(code, "31", "2", "1948"), "no number": join(code, "x", "3", ""),
	} {
		if a.Status < 400 || a.Status >= 500 || !strings.Contains(string(a.Body), `role="alert"`) || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %v", name, a.Status, a.Header)
		}
	}
	in := join(strings.ToLower(code[:5]+" "+code[5:]), "9", "3", "1948")
	b.leads(in, "/basic/c/"+rosa.Conversation)
	if page := b.page(in.Header.Get("Location")); !strings.Contains(page, "Rosa") || strings.Contains(page, code) {
		t.Errorf("the conversation is %s", page)
	}
}

// TestBasic_send_once: a double click, a reload and a changed text after Back lose nothing and double nothing.
func TestBasic_send_once(t *testing.T) {
	t.Parallel()
	s := newBedside(t)
	b, talk := s.browser(s.daughter), s.rosa.Conversation
	form := b.letter(talk, "  How is she?\r\nDid she eat?  ")
	for range 3 {
		b.leads(b.post("/basic/c/"+talk+"/write", form), "/basic/c/"+talk)
	}
	form.Set("text", "Something else")
	again := b.post("/basic/c/"+talk+"/write", form)
	if again.Status != http.StatusConflict || !strings.Contains(string(again.Body), "Something else") || !strings.Contains(string(again.Body), "role=\"alert\"") {
		t.Errorf("the same form with another text: %d %s", again.Status, again.Body)
	}
	for _, m := range hidden.FindAllStringSubmatch(string(again.Body), -1) {
		form.Set(m[1], m[2])
	}
	b.leads(b.post("/basic/c/"+talk+"/write", form), "/basic/c/"+talk)
	var texts []string
	for _, m := range s.history(s.doctor, talk) {
		texts = append(texts, m.Text)
	}
	if got := strings.Join(texts, "|"); got != "How is she?\nDid she eat?|Something else" {
		t.Errorf("the doctor reads %q", got)
	}
}

// TestBasic_text_comes_back: what can't be sent is not lost.
func TestBasic_text_comes_back(t *testing.T) {
	t.Parallel()
	s := newBedside(t)
	b, talk := s.browser(s.daughter), s.rosa.Conversation
	path, long := "/basic/c/"+talk+"/write", strings.Repeat("é", 16_001)
	if a := b.post(path, b.letter(talk, long)); a.Status < 400 || !strings.Contains(string(a.Body), long) || !strings.Contains(string(a.Body), "16001") {
		t.Errorf("too long: %d %.300s", a.Status, a.Body)
	}
	if a := b.post(path, b.letter(talk, " \r\n ")); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("empty: %d", a.Status)
	}
	form := b.letter(talk, "written with care")
	s.Must(http.StatusNoContent, s.daughter.Token, "DELETE", "/sessions/current", nil, nil)
	if a := b.post(path, form); a.Status != http.StatusUnauthorized || !strings.Contains(string(a.Body), "written with care") {
		t.Errorf("signed out meanwhile: %d %s", a.Status, a.Body)
	}
	if n := len(s.history(s.doctor, talk)); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// TestBasic_permissions: who may not read here does not find it, and who may only read can't write.
func TestBasic_permissions(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	members := map[string]string{c.direct: "member peer", c.group: "founder member", c.family: "doctor relative updates"}
	for talk, in := range members {
		for _, actor := range actors {
			b := c.browser(c.by[actor])
			path := "/basic/c/" + talk
			form := url.Values{"text": {"hello"}, "id": {newMessageID()}}
			if c.by[actor].Token != "" && actor != "revoked" {
				list := b.page("/basic/conversations")
				if m := hidden.FindStringSubmatch(list); m != nil {
					form.Set("key", m[2])
				}
				c.keeps(actor, "GET /basic/conversations", Answer{Status: http.StatusOK, Body: []byte(list)})
			}
			read, write, send := http.StatusNotFound, http.StatusNotFound, http.StatusNotFound
			switch {
			case actor == "anonymous" || actor == "revoked":
				read, write, send = http.StatusSeeOther, http.StatusSeeOther, http.StatusUnauthorized
			case actor == "updates" && talk == c.family:
				read, write, send = http.StatusOK, http.StatusForbidden, http.StatusForbidden
			case strings.Contains(" "+in+" ", " "+actor+" "):
				read, write, send = http.StatusOK, http.StatusOK, http.StatusSeeOther
			}
			for request, want := range map[string]int{"GET " + path: read, "GET " + path + "?auto=1": read, "GET " + path + "?before=2": read, "GET " + path + "/write": write, "POST " + path + "/write": send} {
				method, where, _ := strings.Cut(request, " ")
				sent := form
				if method == "GET" {
					sent = nil
				}
				a := b.ask(method, where, sent)
				if a.Status != want {
					t.Errorf("%s as %s: %d, want %d", request, actor, a.Status, want)
				}
				c.keeps(actor, request, a)
			}
		}
	}
	b := c.browser(c.by["doctor"])
	for _, path := range []string{"/basic/c/" + nowhere(), "/basic/c/x", "/basic/nothing", "/basic/c/" + c.family + "/x"} {
		if a := b.get(path); a.Status != http.StatusNotFound || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("GET %s: %d %s", path, a.Status, a.Header.Get("Content-Type"))
		}
	}
}

// TestBasic_nothing: at an address of nothing, a browser gets words in its language and a way home, a program what the API says.
func TestBasic_nothing(t *testing.T) {
	t.Parallel()
	s := newBedside(t)
	for _, b := range []*browser{s.browser(Person{}), s.browser(s.daughter)} {
		for _, path := range []string{"/nothing", "/nothing/at/all?token=x", "/c/", "/patients/x/y"} {
			a := b.get(path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language", "de")
			if a.Status != http.StatusNotFound || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
				t.Errorf("GET %s: %d %s", path, a.Status, a.Header.Get("Content-Type"))
			}
			for _, want := range []string{`<html lang="de"`, "<h1>", `href="/"`} {
				if !strings.Contains(string(a.Body), want) {
					t.Errorf("GET %s: no %s in %s", path, want, a.Body)
				}
			}
			if strings.Contains(string(a.Body), `href="/basic`) {
				t.Errorf("GET %s leads to the simple pages: %s", path, a.Body)
			}
		}
	}
	b := s.browser(Person{})
	for path, accept := range map[string]string{"/nothing": "application/json", "/other": "*/*", "/api/v1/nothing": "text/html"} {
		if a := b.get(path, "Accept", accept); a.Status != http.StatusNotFound || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("GET %s for %s: %d %s", path, accept, a.Status, a.Header.Get("Content-Type"))
		}
	}
	if a := b.get("/nothing?lang=ar", "Accept", "text/html"); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/" {
		t.Errorf("another language: %d, to %q", a.Status, a.Header.Get("Location"))
	}
}

// TestBasic_forms: a form that another page sends does nothing, also from a browser that does not tell where it comes from.
func TestBasic_forms(t *testing.T) {
	t.Parallel()
	s := newBedside(t)
	b, talk := s.browser(s.daughter), s.rosa.Conversation
	path := "/basic/c/" + talk + "/write"
	for name, signs := range foreign {
		for _, to := range []string{path, "/basic/sign-in", "/basic/join", "/basic/sign-out"} {
			if a := b.post(to, b.letter(talk, "not mine"), signs...); a.Status != http.StatusForbidden {
				t.Errorf("%s to %s: %d", name, to, a.Status)
			}
		}
	}
	for _, key := range []string{"", "x", s.browser(s.doctor).letter(talk, "").Get("key")} {
		form := b.letter(talk, "not mine")
		form.Set("key", key)
		if a := b.post(path, form); a.Status != http.StatusForbidden {
			t.Errorf("with the key %q: %d", key, a.Status)
		}
		if a := b.post("/basic/sign-out", form); a.Status != http.StatusForbidden {
			t.Errorf("signed out with the key %q: %d", key, a.Status)
		}
	}
	if a := b.get("/basic/c/"+talk, "Sec-Fetch-Site", "cross-site"); a.Status != http.StatusOK {
		t.Errorf("a link in a mail: %d", a.Status)
	}
	if n := len(s.history(s.doctor, talk)); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// TestBasic_marks: what somebody asked to see is read; what came by refresh has only arrived.
func TestBasic_marks(t *testing.T) {
	t.Parallel()
	s := newBedside(t, func(c *app.Config) { c.UrgentPhone = "555 0142" })
	talk := s.rosa.Conversation
	daughter, doctor := s.browser(s.daughter), s.browser(s.doctor)
	s.say(s.daughter, talk, "How is she?")
	if page := daughter.page("/basic/c/" + talk); !strings.Contains(page, "Sent") || strings.Contains(page, "Delivered") {
		t.Errorf("nobody has it yet: %s", page)
	}
	auto := doctor.page("/basic/c/" + talk + "?auto=1")
	if !strings.Contains(auto, "1 new message") || !strings.Contains(auto, "I have read") {
		t.Errorf("by refresh: %s", auto)
	}
	if page := daughter.page("/basic/c/" + talk); !strings.Contains(page, "Delivered") || strings.Contains(page, "Seen by") {
		t.Errorf("after a refresh: %s", page)
	}
	if page := doctor.page("/basic/c/" + talk); !strings.Contains(page, `message fresh`) {
		t.Errorf("not marked as new: %s", page)
	}
	page := daughter.page("/basic/c/" + talk)
	if !strings.Contains(page, "Seen by the care team") || strings.Contains(page, "Delivered") {
		t.Errorf("after reading: %s", page)
	}
	if !strings.Contains(page, `href="tel:5550142"`) {
		t.Errorf("no number to call: %s", page)
	}
	s.say(s.doctor, talk, "Well.")
	daughter.page("/basic/c/" + talk)
	if page := doctor.page("/basic/c/" + talk); !strings.Contains(page, "Read<") {
		t.Errorf("the daughter has read: %s", page)
	}
}

// TestBasic_seen_by_team is what a hospital may turn off.
func TestBasic_seen_by_team(t *testing.T) {
	t.Parallel()
	s := newBedside(t, func(c *app.Config) { c.TeamRead = "off" })
	s.say(s.daughter, s.rosa.Conversation, "How is she?")
	s.browser(s.doctor).page("/basic/c/" + s.rosa.Conversation)
	if page := s.browser(s.daughter).page("/basic/c/" + s.rosa.Conversation); strings.Contains(page, "Seen by") || !strings.Contains(page, "Delivered") {
		t.Errorf("the page is %s", page)
	}
}

// TestBasic_history: fifty at a time, the newest first, and only the newest page refreshes itself.
func TestBasic_history(t *testing.T) {
	t.Parallel()
	s := newBedside(t)
	b, talk := s.browser(s.daughter), s.rosa.Conversation
	if page := b.page("/basic/c/" + talk); !strings.Contains(page, "no messages yet") {
		t.Errorf("an empty conversation: %s", page)
	}
	for range 120 {
		s.say(s.doctor, talk, "one of many")
	}
	var pages []int
	for path := "/basic/c/" + talk; path != ""; {
		page := b.page(path)
		pages = append(pages, strings.Count(page, "one of many"))
		if refreshes := strings.Contains(page, `http-equiv="refresh" content="15; url=/basic/c/`+talk+`?auto=1"`); refreshes != (len(pages) == 1) {
			t.Errorf("page %d refreshes: %v", len(pages), refreshes)
		}
		path = ""
		if older := regexp.MustCompile(`href="([^"]*\?before=\d+)"`).FindStringSubmatch(page); older != nil {
			path = older[1]
		}
	}
	if len(pages) != 3 || pages[0] != 50 || pages[1] != 50 || pages[2] != 20 {
		t.Errorf("the pages have %v messages", pages)
	}
	if page := b.page("/basic/c/" + talk + "?pause=1"); strings.Contains(page, `http-equiv="refresh"`) || !strings.Contains(page, "by itself") {
		t.Errorf("a page that was stopped: %s", page)
	}
	if page := b.page("/basic/c/" + talk + "/write"); strings.Contains(page, `http-equiv="refresh"`) {
		t.Error("the page to write on refreshes itself")
	}
}

var (
	address = regexp.MustCompile(`(?:href="|src="|action="|url=)([^"]+)"`)
	plainly = regexp.MustCompile(`^(#[a-z]+|\?lang=[a-z]{2}|/|tel:\+?[0-9]+|/assets/[a-z-]+-\w+\.\w+|/basic(/(conversations|join|sign-in|sign-out|c/[0-9a-f-]{36}(/write)?(\?(before=\d+|auto=1|pause=1))?))?)$`)
)

// TestBasic_texts: whatever people write is shown as text (M1), the pages run nothing, are kept nowhere, and no address holds
// a text, a name, a code or a token.
func TestBasic_texts(t *testing.T) {
	t.Parallel()
	s := newBedside(t, func(c *app.Config) { c.Hospital, c.UrgentPhone = `St. <b>"Clare"</b>`, "+351 21 555 0142" })
	talk := s.rosa.Conversation
	nurse := s.Person(account.Staff, "nurse")
	for _, text := range exact {
		s.say(s.doctor, talk, text)
	}
	s.open(s.doctor, object{"kind": "group", "title": exact["html"][:60], "members": []string{nurse.ID}})
	b := s.browser(s.doctor)
	for _, path := range []string{"/basic/conversations", "/basic/c/" + talk, "/basic/c/" + talk + "/write", "/basic/nothing"} {
		a := b.get(path)
		page := string(a.Body)
		for _, bad := range []string{"<script", "<b>", "<img src=x", "onerror='", "javascript:", " style=", s.doctor.Token} {
			if strings.Contains(page, bad) {
				t.Errorf("GET %s holds %q", path, bad)
			}
		}
		policy := a.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src") || strings.Contains(policy, "unsafe") {
			t.Errorf("GET %s has the policy %q", path, policy)
		}
		if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("GET %s: %v", path, a.Header)
		}
		for _, m := range address.FindAllStringSubmatch(page, -1) {
			if !plainly.MatchString(html.UnescapeString(m[1])) {
				t.Errorf("GET %s leads to %q", path, m[1])
			}
		}
	}
	if page := b.page("/basic/c/" + talk); !strings.Contains(page, html.EscapeString(exact["sql"])) && !strings.Contains(page, "DROP TABLE") {
		t.Error("what was said is not shown")
	}
}

// TestBasic_languages: in each language whole, the browser's or the one that was chosen.
func TestBasic_languages(t *testing.T) {
	t.Parallel()
	s := newBedside(t, func(c *app.Config) {
		c.AnswersWithin, c.AnswersFrom, c.AnswersUntil = 90*time.Minute, "08:00", "20:00"
	})
	s.say(s.doctor, s.rosa.Conversation, "Hello")
	gap := regexp.MustCompile(`<(h1|h2|button|label|a|p)( [^>]*)?>\s*</|\{[a-z]+\}|%!`)
	for _, lang := range web.Languages {
		b, out := s.browser(s.daughter), s.browser(Person{})
		for _, path := range []string{"/basic/conversations", "/basic/c/" + s.rosa.Conversation, "/basic/c/" + s.rosa.Conversation + "/write", "/basic/nowhere", "/basic"} {
			who := b
			if path == "/basic" {
				who = out
			}
			page := string(who.get(path, "Accept-Language", lang+"-XX, fr;q=0.5").Body)
			if !strings.Contains(page, `<html lang="`+lang+`" dir="`+web.Direction(lang)+`">`) {
				t.Errorf("%s in %s: %.80s", path, lang, page)
			}
			if found := gap.FindString(page); found != "" {
				t.Errorf("%s in %s has %q", path, lang, found)
			}
		}
		b.leads(b.get("/basic/conversations?lang="+lang), "/basic/conversations")
		if page := b.page("/basic/conversations"); !strings.Contains(page, `<html lang="`+lang+`"`) {
			t.Errorf("%s was chosen and not remembered", lang)
		}
	}
}
