package kinwardtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/protocol"
	"kinward/web"
)

var linked = regexp.MustCompile(`(?:href|src)="(/[^"]+)"`)

// TestClient: every file that the page names is there, as what it is, and can be kept for ever.
func TestClient(t *testing.T) {
	t.Parallel()
	s := Start(t)
	b := s.browser(Person{})
	for _, path := range []string{"/", "/join", "/c/" + nowhere(), "/patients/" + nowhere()} {
		a := b.get(path)
		head := a.Header
		if a.Status != http.StatusOK || head.Get("Cache-Control") != "no-cache" || head.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("GET %s: %d %v", path, a.Status, head)
		}
		for _, rule := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(head.Get("Content-Security-Policy"), rule+";") && !strings.HasSuffix(head.Get("Content-Security-Policy"), rule) {
				t.Errorf("GET %s: the policy lacks %q", path, rule)
			}
		}
	}
	for _, m := range linked.FindAllStringSubmatch(b.page("/"), -1) {
		a := b.get(m[1])
		kept := a.Header.Get("Cache-Control") == "public, max-age=31536000, immutable"
		if a.Status != http.StatusOK || len(a.Body) == 0 || kept != strings.HasPrefix(m[1], "/assets/") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s: %d %v", m[1], a.Status, a.Header)
		}
	}
	worker := b.get("/sw.js")
	if worker.Status != http.StatusOK || worker.Header.Get("Cache-Control") != "no-cache" || !strings.HasPrefix(worker.Header.Get("Content-Type"), "text/javascript") ||
		worker.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("the service worker: %d %v", worker.Status, worker.Header)
	}
	for _, path := range []string{"/assets/", "/assets/none.js", "/assets/../build.json", "/build.json", "/index.en.html", "/dist/sw.js", "/c/", "/c/a/b", "/sw.js.br", "/gallery"} {
		if a := b.get(path); a.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, a.Status)
		}
	}
	for _, path := range []string{"/", "/sw.js"} {
		if a := b.ask("POST", path, nil); a.Status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
}

// TestClient_encodings: each browser gets the smallest form that it takes, and nothing at all where it has the newest.
func TestClient_encodings(t *testing.T) {
	t.Parallel()
	s := Start(t)
	b := s.browser(Person{})
	b.http.Transport = &http.Transport{DisableCompression: true}
	plain := b.get("/sw.js", "Accept-Encoding", "identity")
	tags := map[string]bool{}
	for accepted, want := range map[string]string{
		"gzip, deflate, br": "br", "gzip, deflate": "gzip", "br;q=0, gzip;q=0.5": "gzip", "BR": "br", "": "", "identity": "", "deflate": "", "xbr, gzipx": "",
	} {
		a := b.get("/sw.js", "Accept-Encoding", accepted)
		if got := a.Header.Get("Content-Encoding"); got != want || a.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q gets %q, %v", accepted, got, a.Header)
		}
		if got := unpack(t, want, a.Body); !bytes.Equal(got, plain.Body) {
			t.Errorf("%q gets another file", accepted)
		}
		tag := a.Header.Get("ETag")
		tags[want+" "+tag] = true
		for known, status := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200} {
			if again := b.get("/sw.js", "Accept-Encoding", accepted, "If-None-Match", known); again.Status != status || status == 304 && len(again.Body) > 0 {
				t.Errorf("%q with %s: %d, %d bytes", accepted, known, again.Status, len(again.Body))
			}
		}
	}
	if len(tags) != 3 {
		t.Errorf("the tags are %v", tags)
	}
	if a := b.ask("HEAD", "/sw.js", nil); a.Status != http.StatusOK || len(a.Body) != 0 || a.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d %v", a.Status, a.Header)
	}
}

func unpack(t *testing.T, encoding string, body []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	switch encoding {
	case "gzip":
		var err error
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	case "br":
		r = brotli.NewReader(r)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestClient_language: the page begins in the browser's language, and fetches its texts at once.
func TestClient_language(t *testing.T) {
	t.Parallel()
	s := Start(t)
	b := s.browser(Person{})
	for _, lang := range web.Languages {
		a := b.get("/", "Accept-Language", lang+";q=0.9, fr")
		if !strings.Contains(string(a.Body), `<html lang="`+lang+`" dir="`+web.Direction(lang)+`">`) || !strings.Contains(string(a.Body), `rel="modulepreload" href="/assets/`+lang+"-") {
			t.Errorf("%s: %.600s", lang, a.Body)
		}
		if !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Accept-Language") {
			t.Errorf("%s: %v", lang, a.Header)
		}
	}
}

// TestClient_ahead: with the page comes what the one who asks sees first, and for a stranger, or one whose session has ended, no
// more than what everybody needs.
func TestClient_ahead(t *testing.T) {
	t.Parallel()
	s := Start(t)
	files := func(p Person) string {
		var all []string
		for _, m := range linked.FindAllStringSubmatch(s.browser(p).page("/"), -1) {
			all = append(all, m[1])
		}
		return strings.Join(all, " ")
	}
	stranger, staff, member, relative := files(Person{}), files(s.Person(account.Staff, "asta")), files(s.Person(account.Member, "mia")), files(s.Person(account.Family, "rita"))
	if relative != stranger || files(Person{Token: "none"}) != stranger {
		t.Errorf("a stranger fetches %s, a relative %s", stranger, relative)
	}
	for _, page := range []string{"/assets/staff-", "/assets/people-", "/assets/lock-"} {
		if strings.Contains(stranger, page) {
			t.Errorf("a stranger fetches %s", page)
		}
	}
	if !strings.Contains(staff, "/assets/lock-") || strings.Contains(staff, "/assets/people-") || !strings.Contains(member, "/assets/people-") || strings.Contains(member, "/assets/lock-") {
		t.Errorf("staff fetches %s, a member %s", staff, member)
	}
	for path := range strings.SplitSeq(staff+" "+member, " ") {
		if a := s.browser(Person{}).get(path); a.Status != http.StatusOK {
			t.Errorf("GET %s: %d", path, a.Status)
		}
	}
}

// TestAbout: anybody is told what the operator said, and nothing where they said nothing.
func TestAbout(t *testing.T) {
	t.Parallel()
	s := Start(t, func(c *app.Config) {
		c.Hospital, c.UrgentPhone, c.AnswersWithin, c.AnswersFrom, c.AnswersUntil = " St. Clare ", "+351 21 555 0142", 90*time.Minute, "08:00", "20:00"
		c.TeamRead, c.Registration, c.Version = "off", "closed", "1.2.3"
	})
	var got protocol.About
	s.Must(http.StatusOK, "", "GET", "/about", nil, &got)
	want := protocol.About{
		Name: "St. Clare", Registration: "closed", UrgentPhone: "+351 21 555 0142", AnswersWithinMinutes: 90, AnswersFrom: "08:00", AnswersUntil: "20:00",
		Version: "1.2.3", Build: web.Client().Build,
	}
	if got != want || got.Build == "" {
		t.Errorf("%+v, want %+v", got, want)
	}
	plain := Start(t)
	if a := plain.Call("", "GET", "/about", nil); string(a.Body) != `{"name":"","registration":"open","seen_by_team":true,"version":"","build":"`+want.Build+`"}` {
		t.Errorf("%s", a.Body)
	}
}
