package kinwardtest

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kinward/internal/app"
	"kinward/internal/protocol"
	"kinward/internal/server"
)

// cookieOf is the one cookie that an answer sets.
func cookieOf(t *testing.T, a Answer) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: a.Header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d: the cookies are %v", a.Status, cookies)
	}
	return cookies[0]
}

// and is a header with more in it.
func and(header http.Header, more ...string) http.Header {
	out := maps.Clone(header)
	for i := 0; i < len(more); i += 2 {
		out.Set(more[i], more[i+1])
	}
	return out
}

// TestSessions_cookie: whoever enters gets a cookie that scripts can't read and other sites can't send; over TLS it is bound
// to the host. Whether it is TLS is believed of a proxy only where there is one.
func TestSessions_cookie(t *testing.T) {
	t.Parallel()
	for name, proxied := range map[string]bool{"direct": false, "behind_proxy": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Start(t, func(c *app.Config) { c.BehindProxy = proxied })
			tls := http.Header{"X-Forwarded-Proto": {"https"}}
			a := s.with(tls, "POST", "/people", `{"name":"Ana","handle":"ana"}`)
			var in protocol.SignedIn
			a.JSON(t, &in)
			c, want := cookieOf(t, a), "kinward"
			if proxied {
				want = "__Host-kinward"
			}
			if c.Name != want || c.Secure != proxied || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Value != in.Token {
				t.Errorf("the cookie is %v", c)
			}
			if hsts := a.Header.Get("Strict-Transport-Security"); (hsts != "") != proxied {
				t.Errorf("Strict-Transport-Security is %q", hsts)
			}
			plain := cookieOf(t, s.Call("", "POST", "/sessions", object{"account": in.Person.ID}))
			if plain.Name != "kinward" || plain.Secure || !plain.HttpOnly || plain.SameSite != http.SameSiteLaxMode {
				t.Errorf("without TLS the cookie is %v", plain)
			}
			with := and(tls, "Cookie", c.Name+"="+c.Value)
			if got := s.with(with, "GET", "/me", ""); got.Status != http.StatusOK {
				t.Errorf("with the cookie: %d", got.Status)
			}
			out := s.with(with, "DELETE", "/sessions/current", "")
			if gone := cookieOf(t, out); out.Status != http.StatusNoContent || gone.Name != want || gone.MaxAge >= 0 || gone.Value != "" {
				t.Errorf("signing out: %d %v", out.Status, gone)
			}
			s.refused(s.with(with, "GET", "/me", ""), http.StatusUnauthorized, "unauthenticated")
		})
	}
}

// foreign are the signs by which a browser tells that another site's page asks.
var foreign = map[string][]string{
	"origin":     {"Origin", "https://evil.example"},
	"null":       {"Origin", "null"},
	"cross_site": {"Sec-Fetch-Site", "cross-site"},
	"same_site":  {"Sec-Fetch-Site", "same-site", "Origin", "http://other.localhost"},
	"other_port": {"Origin", "http://127.0.0.1:1"},
	"believable": {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Referer", "http://127.0.0.1/"},
}

// TestM14_cookie: with the cookie our own pages do everything, other sites change nothing.
func TestM14_cookie(t *testing.T) {
	t.Parallel()
	s := Start(t, func(c *app.Config) { c.PublicURL = "https://Chat.example.org/" })
	ana, bo := s.register("Ana", "ana", ""), s.register("Bo", "bo", "")
	talk := s.direct(ana, bo)
	cookie := http.Header{"Cookie": {"kinward=" + ana.Token}}
	host := strings.TrimPrefix(strings.TrimSuffix(s.URL, "/api/v1"), "http://")
	say := func(header http.Header) Answer {
		return s.with(header, "POST", messagesOf(talk), `{"id":"`+newMessageID()+`","text":"by cookie"}`)
	}
	own := map[string][]string{
		"no_sign": nil, "origin": {"Origin", "http://" + host}, "fetch": {"Sec-Fetch-Site", "same-origin"},
		"both": {"Sec-Fetch-Site", "same-origin", "Origin", "http://" + host}, "typed": {"Sec-Fetch-Site", "none"}, "behind_a_proxy": {"Origin", "https://chat.example.org"},
	}
	for name, signs := range own {
		if a := say(and(cookie, signs...)); a.Status != http.StatusCreated {
			t.Errorf("own page, %s: %d %s", name, a.Status, a.Body)
		}
		if a := s.with(and(cookie, signs...), "GET", "/conversations", ""); a.Status != http.StatusOK {
			t.Errorf("own page reads, %s: %d", name, a.Status)
		}
	}
	for name, signs := range foreign {
		for _, r := range new(server.Server).Routes() {
			if r.Method == http.MethodGet || r.Open {
				continue
			}
			a := s.with(and(cookie, signs...), r.Method, strings.Replace(anyPath(r.Path), "/sessions/", "/sessions/current?", 1), "{}")
			if a.Status != http.StatusForbidden {
				t.Errorf("%s, %s %s: %d", name, r.Method, r.Path, a.Status)
			}
		}
		s.refused(say(and(cookie, signs...)), http.StatusForbidden, "forbidden")
		if a := say(and(http.Header{"Authorization": {"Bearer " + bo.Token}}, signs...)); a.Status != http.StatusCreated {
			t.Errorf("%s with a token, which no browser adds by itself: %d", name, a.Status)
		}
	}
	if got := len(s.history(ana, talk)); got != len(own)+len(foreign) {
		t.Errorf("%d messages are stored, want %d", got, len(own)+len(foreign))
	}
}

// TestM14_signing_in_for_somebody: another site's page can't sign a visitor in as somebody else either, who would then write
// into that account.
func TestM14_signing_in_for_somebody(t *testing.T) {
	t.Parallel()
	s := Start(t)
	evil := s.register("Evil", "evil", "")
	for name, signs := range foreign {
		for path, body := range map[string]string{
			"/sessions": `{"account":"` + evil.ID + `"}`, "/people": `{"name":"Made elsewhere"}`,
			"/invitations/redeem": `{"code":"AAAAAAAAAA","birth_date":"1931-07-19"}`,
		} {
			a := s.with(and(http.Header{"Content-Type": {"text/plain"}}, signs...), "POST", path, body)
			if s.refused(a, http.StatusForbidden, "forbidden"); a.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s to %s sets a cookie", name, path)
			}
		}
	}
	if n := len(s.openAccounts()); n != 1 {
		t.Errorf("%d accounts, want 1", n)
	}
}

// TestM14_no_CORS: no answer invites another origin, neither to a preflight nor to anything else.
func TestM14_no_CORS(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.register("Ana", "ana", "")
	signs := http.Header{
		"Origin": {"https://evil.example"}, "Authorization": {"Bearer " + ana.Token},
		"Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"authorization"},
	}
	for _, r := range new(server.Server).Routes() {
		for _, method := range []string{r.Method, http.MethodOptions} {
			if r.Path == "/feed/events" && method == http.MethodGet {
				signs = and(signs, "Last-Event-Id", "0123456789ab.1") // ends at once with reset
			}
			a := s.with(signs, method, anyPath(r.Path), "{}")
			for name := range a.Header {
				if strings.HasPrefix(name, "Access-Control-") || name == "Timing-Allow-Origin" {
					t.Errorf("%s %s: %s", method, r.Path, name)
				}
			}
			if method == http.MethodOptions && a.Status != http.StatusMethodNotAllowed {
				t.Errorf("OPTIONS %s: %d", r.Path, a.Status)
			}
			if r.Method == "DELETE" && strings.HasPrefix(r.Path, "/sessions") && method == r.Method && a.Status != http.StatusNotFound {
				t.Errorf("DELETE of no session: %d", a.Status)
			}
		}
	}
}

// TestM14_socket: another site's page opens no socket, with a cookie or without.
func TestM14_socket(t *testing.T) {
	t.Parallel()
	s := Start(t, func(c *app.Config) { c.PublicURL = "https://chat.example.org" })
	ana := s.register("Ana", "ana", "")
	own, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookie := http.Header{"Cookie": {"kinward=" + ana.Token}}
	for origin, want := range map[string]string{
		"http://" + own.Host: "", "https://chat.example.org": "", "https://evil.example": "403", "null": "403", "http://127.0.0.1:1": "403",
		"http://" + own.Host + ".evil.example": "403", "https://chat.example.org.evil.example": "403", "http://evil.example/" + own.Host: "403",
		"http://" + own.Host + "@evil.example": "403", "https://evil.example#" + own.Host: "403", "file://": "403",
	} {
		for name, header := range map[string]http.Header{"cookie": cookie, "nothing": {}, "token": {"Authorization": {"Bearer " + ana.Token}}} {
			l, err := stranger(t, s, ana).dialSocket(limited(t), "", and(header, "Origin", origin))
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("from %s with %s: %v, want %q", origin, name, err, want)
			}
			if err == nil {
				l.hangUp()
			}
		}
	}
}
