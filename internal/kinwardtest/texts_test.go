package kinwardtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/protocol"
	"kinward/internal/server"
)

// exact are texts that have to come back to the last bit.
var exact = map[string]string{
	"longest":      strings.Repeat("x", 16_000),
	"longest_wide": strings.Repeat("😀", 16_000), // code points count, neither bytes nor halves of pairs
	"accents":      strings.Repeat("é", 16_000),
	"decomposed":   "e\u0301 is not \u00e9",
	"nul":          "a\x00b",
	"controls":     "\x01\x1b[31m\x7f\u0085 \b\f\v",
	"lines":        "\r\n a\n\rb\tc \n",
	"spaces":       "  \u00a0 x \u2003 ",
	"bidi":         "\u202eabc\u202c \u2066x\u2069 \u200fשלום",
	"zero_width":   "\u200ba\u200d\u200c\ufeff\u2060",
	"invisible":    "\u200b",
	"separators":   "a\u2028b\u2029c",
	"noncharacter": "\uffff\ufffe\ufffd\U0010ffff\ue000",
	"family":       "👩‍👩‍👧‍👦🏳️‍🌈🇵🇹",
	"html":         `<script>alert("1")</script><img src=x onerror='alert(1)'>&amp;&#60;&lt;`,
	"sql":          `'; DROP TABLE messages; -- " OR ""="" \' $1 ? %s`,
	"templates":    `{{.Token}} ${7*7} <%= 1 %> %n%s #{x} $(id)` + " `id`",
	"json":         `{"op":"send","text":"x"}\u0000\n"],}`,
	"escapes":      `\ \\ \" / \/ \u00e9 %00 &quot;`,
	"numbers":      "0",
	"null":         "null",
}

// TestM1_M12_texts: whatever is said comes back exactly, over each call that carries it, as data and never as a page.
func TestM1_M12_texts(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	for name, text := range exact {
		t.Run(name, func(t *testing.T) {
			s := s.For(t)
			talk := s.open(ana, object{"kind": "group", "title": name, "members": []string{bo.ID}})
			start := s.present(bo)
			a := s.Call(ana.Token, "POST", messagesOf(talk), object{"id": newMessageID(), "text": text})
			var made struct{ Message wireMessage }
			if a.JSON(t, &made); a.Status != http.StatusCreated {
				t.Fatalf("%d %.300s", a.Status, a.Body)
			}
			plainJSON(t, a)
			s.say(bo, talk, "to be corrected")
			changed := s.Call(bo.Token, "PATCH", messagesOf(talk)+"/2", object{"text": text})
			var corrected struct{ Message wireMessage }
			changed.JSON(t, &corrected)
			plainJSON(t, changed)
			got := []string{made.Message.Text, corrected.Message.Text, s.conversation(bo, talk).Last.Text}
			for _, m := range s.history(bo, talk) {
				got = append(got, m.Text)
			}
			got = append(got, textsOf(s.poll(bo, start).Changes)...)
			if len(got) != 7 {
				t.Errorf("it came %d times, want 7", len(got))
			}
			for i, g := range got {
				if g != text {
					t.Errorf("the %dth is %.200q of %d bytes, want %.200q of %d", i, g, len(g), text, len(text))
				}
			}
			for _, path := range []string{messagesOf(talk), "/conversations", "/feed?cursor=" + start} {
				plainJSON(t, s.Call(bo.Token, "GET", path, nil))
			}
		})
	}
}

// TestM13_texts: a text that can't be kept is refused, never cut or mended: sent and corrected alike.
func TestM13_texts(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana, bo := s.Person(account.Member, "ana"), s.Person(account.Member, "bo")
	talk := s.direct(ana, bo)
	s.say(ana, talk, "the only one")
	for name, text := range map[string]string{
		"empty": "", "space": " ", "lines": "\n\r\t", "wide_spaces": "\u00a0\u2003\u3000\u2028\u0085", "long": strings.Repeat("x", 16_001),
		"long_wide": strings.Repeat("😀", 16_001), "long_with_space": strings.Repeat("x", 16_000) + " ", "much_too_long": strings.Repeat("é", 100_000),
	} {
		s.field(name, s.Call(ana.Token, "POST", messagesOf(talk), object{"id": newMessageID(), "text": text}), "text")
		s.field(name, s.Call(ana.Token, "PATCH", messagesOf(talk)+"/1", object{"text": text}), "text")
	}
	for _, raw := range []string{"a\xff", "\xc0\x80", "\xf0\x9f\x98", "\xed\xa0\xbd\xed\xb8\x80", "\xf4\x90\x80\x80", `\ud83d`, `\ude00\ud83d`, `\ud83d\u0041`} {
		s.field(raw, s.Call(ana.Token, "POST", messagesOf(talk), `{"id":"`+newMessageID()+`","text":"`+raw+`"}`), "text")
		s.field(raw, s.Call(ana.Token, "PATCH", messagesOf(talk)+"/1", `{"text":"`+raw+`"}`), "text")
	}
	var made struct{ Message wireMessage }
	s.Must(http.StatusCreated, ana.Token, "POST", messagesOf(talk), `{"id":"`+newMessageID()+`","text":"\ud83d\ude00\u0041"}`, &made)
	padded := `{"id":"` + newMessageID() + `","text":"in 256 KiB"`
	s.Must(http.StatusCreated, ana.Token, "POST", messagesOf(talk), padded+strings.Repeat(" ", 256<<10-len(padded)-1)+"}", nil)
	all := s.history(bo, talk)
	if made.Message.Text != "😀A" || len(all) != 3 || all[0].Text != "the only one" || all[0].CorrectedAt != "" || all[1] != made.Message {
		t.Errorf("stored are %+v", all)
	}
}

// TestM1_queries: what looks like SQL finds what it says, which is nothing, and breaks nothing.
func TestM1_queries(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	before := c.state()
	for _, word := range []string{
		`' OR '1'='1`, `'; DROP TABLE people; --`, `" OR ""="`, `\`, `%`, `_`, `*`, `') UNION SELECT token FROM sessions --`, "x\x00y", "😀", "\xff", `a" NEAR "b`,
		strings.Repeat("x ", 2000),
	} {
		q := url.QueryEscape(word)
		for path, actor := range map[string]string{"/people?query=": "member", "/patients?query=": "doctor", "/patients?ward=": "doctor"} {
			a := c.Call(c.by[actor].Token, "GET", path+q, nil)
			var got struct{ People, Patients []any }
			if a.JSON(t, &got); a.Status != http.StatusOK || len(got.People)+len(got.Patients) != 0 {
				t.Errorf("%s%.100q finds %d %.300s", path, word, a.Status, a.Body)
			}
		}
		if word != "\xff" {
			c.refused(c.signIn(word, word, word), http.StatusUnauthorized, "sign_in_failed")
			c.refused(c.Call("", "POST", "/invitations/redeem", object{"code": word, "birth_date": "1931-07-19"}), http.StatusNotFound, "invitation_invalid")
			c.field(word, c.Call("", "POST", "/invitations/redeem", object{"code": "AAAAAAAAAA", "birth_date": word}), "birth_date")
		}
		c.refused(c.with(http.Header{"Authorization": {"Bearer " + strings.Trim(q, "%")}}, "GET", "/me", ""), http.StatusUnauthorized, "unauthenticated")
	}
	if after := c.state(); after != before {
		t.Errorf("before: %s\nafter: %s", before, after)
	}
}

// TestM12_names: names and titles that are markup stay text, also on the page that is printed.
func TestM12_names(t *testing.T) {
	t.Parallel()
	s := Start(t)
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	doctor, bo := s.Person(account.Staff, "doctor"), s.register(evil, "bo", "")
	group := s.group(evil, doctor, bo)
	if c := s.conversation(bo, group); c.Title != evil {
		t.Errorf("the title is %q", c.Title)
	}
	patient := s.Admit(care.Patient{FirstName: evil, FamilyName: evil, Ward: evil}, nil, doctor)
	made := s.Invite(doctor, patient, evil, "two-way")
	for path, kind := range map[string]string{"card": "text/html; charset=utf-8", "qr.svg": "image/svg+xml"} {
		for _, host := range []string{"", `"><script>alert(1)<`} {
			header := http.Header{"Authorization": {"Bearer " + doctor.Token}, "X-Forwarded-Host": {evil}, "User-Agent": {evil + host}}
			a := s.with(header, "GET", "/patients/"+patient.ID+"/invitations/"+made.ID+"/"+path+"?lang="+url.QueryEscape(evil), "")
			if a.Status != http.StatusOK || a.Header.Get("Content-Type") != kind || strings.Contains(string(a.Body), "alert") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d %v %.500s", path, a.Status, a.Header, a.Body)
			}
		}
	}
	var list protocol.PatientList
	s.Must(http.StatusOK, doctor.Token, "GET", "/patients", nil, &list)
	if len(list.Patients) != 1 || list.Patients[0].Ward != evil || list.Patients[0].Family[0].Name != evil {
		t.Errorf("listed %+v", list.Patients)
	}
	a := s.with(http.Header{"Authorization": {"Bearer " + doctor.Token}}, "GET", "/"+url.PathEscape(evil), "")
	if s.refused(a, http.StatusNotFound, "not_found"); strings.Contains(string(a.Body), "alert") {
		t.Errorf("a refusal repeats the address: %s", a.Body)
	}
}

// TestM13_GET_changes_nothing, whatever body, query or header comes with it.
func TestM13_GET_changes_nothing(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	before := c.state()
	message, err := json.Marshal(object{"id": newMessageID(), "text": "by GET"})
	if err != nil {
		t.Fatal(err)
	}
	query := fmt.Sprintf("?_method=POST&method=POST&id=%s&text=by+GET&read=1&person=%s&reason=x&kind=group&title=x&message=x&logout=1", newMessageID(), c.by["outsider"].ID)
	for _, r := range new(server.Server).Routes() {
		if r.Path == "/feed/events" { // which would last; it takes the same parameters as /feed
			continue
		}
		for actor, conversation := range map[string]string{"member": c.direct, "founder": c.group, "doctor": c.family} {
			path := strings.NewReplacer("{conversation}", conversation, "{patient}", c.rosa.ID, "{link}", c.by["relative"].Link,
				"{person}", "me", "{session}", "current", "{invitation}", c.invitation.ID).Replace(r.Path)
			header := http.Header{
				"Authorization": {"Bearer " + c.by[actor].Token}, "X-Http-Method-Override": {r.Method}, "X-Method-Override": {r.Method},
				"X-Http-Method": {r.Method}, "Content-Type": {"application/json"},
			}
			for _, method := range []string{"GET", "HEAD"} {
				if a := c.with(header, method, anyPath(path)+query, string(message)); a.Status >= 500 || r.Method == "GET" && a.Status == 405 {
					t.Errorf("%s %s: %d %.200s", method, r.Path, a.Status, a.Body)
				}
			}
		}
	}
	if after := c.state(); after != before {
		t.Errorf("before: %s\nafter: %s", before, after)
	}
}
