package kinwardtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/care"
	"kinward/internal/protocol"
)

const embedSecret = "a secret of the hospital's, of 32+ characters"

var lastJTI atomic.Int64

// startEmbedded boots a server that a site of the hospital may embed.
func startEmbedded(t *testing.T, edit ...func(*app.Config)) *Server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(embedSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Start(t, append(edit, func(c *app.Config) {
		c.EmbedSites, c.EmbedSecret = []string{"https://HIS.example.org/", "http://his.test:8443"}, file
	})...)
}

// embedToken is what the hospital's system signs, as its five lines of PHP do; more replaces claims.
func (s *Server) embedToken(p Person, role string, more object) string {
	s.t.Helper()
	claims := object{"sub": p.Handle, "role": role, "exp": s.now().Unix() + 120, "jti": fmt.Sprintf("jti-%d", 1_000_000+lastJTI.Add(1))}
	for k, v := range more {
		claims[k] = v
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		s.t.Fatal(err)
	}
	payload := base64.RawURLEncoding.EncodeToString(raw)
	mac := hmac.New(sha256.New, []byte(embedSecret))
	mac.Write([]byte(payload))
	return payload + "." + hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) enterEmbed(token string) protocol.Embedded {
	s.t.Helper()
	var in protocol.Embedded
	s.Must(http.StatusCreated, "", "POST", "/embed/sessions", object{"token": token}, &in)
	return in
}

// TestEmbed_enter: a token lets its person in once, without a cookie, and to a patient only whom they may see.
func TestEmbed_enter(t *testing.T) {
	t.Parallel()
	s := startEmbedded(t)
	silva, other := s.Person(account.Staff, "dr-silva"), s.Person(account.Staff, "dr-no")
	number := []care.Identifier{{System: "urn:mrn", Value: "MRN-1"}}
	rosa := s.Admit(care.Patient{FirstName: "Rosa", FamilyName: "Almeida"}, number, silva)
	s.Admit(care.Patient{FirstName: "Otto", FamilyName: "Almeida"}, []care.Identifier{{System: "urn:mrn", Value: "MRN-10"}}, silva)
	ana := s.Relative(silva, rosa, "Ana", "two-way")

	token := s.embedToken(silva, "doctor", object{"patient": "MRN-1"})
	a := s.Call("", "POST", "/embed/sessions", object{"token": token})
	var in protocol.Embedded
	a.JSON(t, &in)
	if a.Status != http.StatusCreated || in.Person.ID != silva.ID || in.Patient == nil || in.Patient.ID != rosa.ID || len(a.Header["Set-Cookie"]) > 0 {
		t.Fatalf("%d %+v, cookies %v", a.Status, in, a.Header["Set-Cookie"])
	}
	s.Must(http.StatusOK, in.Token, "GET", "/me", nil, nil)
	if p := s.refused(s.Call("", "POST", "/embed/sessions", object{"token": token}), http.StatusUnauthorized, "sign_in_failed"); !strings.Contains(p.Detail, "used before") {
		t.Errorf("the second time: %q", p.Detail)
	}
	if in := s.enterEmbed(s.embedToken(silva, "staff", object{"patient": rosa.ID})); in.Patient == nil || in.Patient.ID != rosa.ID {
		t.Errorf("by the id here: %+v", in)
	}
	family := object{"sub": s.handleOf(ana), "patient": "MRN-1"}
	if in := s.enterEmbed(s.embedToken(ana, "family", family)); in.Patient == nil || in.Patient.Name != "Rosa" {
		t.Errorf("a relative: %+v", in)
	}
	spare := s.embedToken(other, "doctor", object{"patient": "MRN-1"})
	s.refused(s.Call("", "POST", "/embed/sessions", object{"token": spare}), http.StatusNotFound, "not_found")
	for name, bad := range map[string]string{
		"another role": s.embedToken(silva, "member", nil), "an administrator": s.embedToken(s.Person(account.Admin, "root"), "admin", nil),
		"nobody": s.embedToken(Person{Handle: "nobody"}, "doctor", nil), "over": s.embedToken(silva, "doctor", object{"exp": s.now().Unix() - 1}),
		"made up": "made.up",
	} {
		if p := s.refused(s.Call("", "POST", "/embed/sessions", object{"token": bad}), http.StatusUnauthorized, "sign_in_failed"); p.Field != "token" {
			t.Errorf("%s: the field is %q", name, p.Field)
		}
	}
	for number, status := range map[string]int{"MRN-1": 200, "mrn-1": 404, "MRN": 404, "MRN-2": 404, rosa.ID: 200, "": 422} {
		if a := s.Call(in.Token, "GET", "/embed/patients?number="+number, nil); a.Status != status {
			t.Errorf("the patient %q: %d %s", number, a.Status, a.Body)
		}
	}
}

// handleOf is the handle of a person who was not given one by the test.
func (s *Server) handleOf(p Person) string {
	s.t.Helper()
	var me protocol.OnePerson
	s.Must(http.StatusOK, p.Token, "GET", "/me", nil, &me)
	return me.Person.Handle
}

// TestEmbed_ends: a session of an embedded page ends by itself, live connections too, unless its site signs anew for the same
// person; other sessions have no end.
func TestEmbed_ends(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	s := startEmbedded(t, func(c *app.Config) {
		c.Now = func() time.Time {
			return time.Now().Add(time.Duration(ahead.Load())).UTC().Truncate(time.Millisecond)
		}
	})
	silva, other := s.Person(account.Staff, "dr-silva"), s.Person(account.Staff, "dr-no")
	in := s.enterEmbed(s.embedToken(silva, "doctor", nil))
	stays := s.enterEmbed(s.embedToken(silva, "doctor", nil))
	over, kept := openFrames(t, s, Person{Token: in.Token}), openFrames(t, s, Person{Token: stays.Token})

	ahead.Store(int64(account.EmbedSessionLife - time.Minute))
	renew := func(session, token string) Answer {
		return s.Call(session, "PUT", "/embed/sessions/current", object{"token": token})
	}
	s.refused(renew(stays.Token, s.embedToken(other, "doctor", nil)), http.StatusForbidden, "forbidden")
	s.refused(renew(silva.Token, s.embedToken(silva, "doctor", nil)), http.StatusNotFound, "not_found")
	token := s.embedToken(silva, "doctor", nil)
	var renewed protocol.EmbedRenewed
	s.Must(http.StatusOK, stays.Token, "PUT", "/embed/sessions/current", object{"token": token}, &renewed)
	if renewed.ExpiresIn != int(account.EmbedSessionLife/time.Second) {
		t.Errorf("renewed for %d s", renewed.ExpiresIn)
	}
	s.refused(renew(stays.Token, token), http.StatusUnauthorized, "sign_in_failed")

	ahead.Store(int64(account.EmbedSessionLife + time.Second))
	s.refused(s.Call(in.Token, "GET", "/me", nil), http.StatusUnauthorized, "unauthenticated")
	var e *ended
	for err := error(nil); err == nil; {
		if _, err = over.frame(limited(t)); err != nil && (!errors.As(err, &e) || e.status != int(protocol.CloseUnauthorized)) {
			t.Errorf("the socket of the page that is over ended with %v", err)
		}
	}
	s.Must(http.StatusOK, stays.Token, "GET", "/me", nil, nil)
	s.Must(http.StatusOK, silva.Token, "GET", "/me", nil, nil)
	if err := kept.put(limited(t), `{"op":"ping"}`); err != nil {
		t.Fatal(err)
	}
	next(limited(t), t, kept, "pong")
	eventually(t, "the session to be gone", func() bool { return len(s.devices(silva)) == 2 })
}

// TestEmbed_frame: only the sites that were named may frame the page, and only at its own address; the loader is for anybody.
func TestEmbed_frame(t *testing.T) {
	t.Parallel()
	s := startEmbedded(t)
	root := strings.TrimSuffix(s.URL, "/api/v1")
	get := func(path string) http.Header {
		t.Helper()
		r, err := http.Get(root + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", path, r.StatusCode)
		}
		return r.Header
	}
	framed := get("/embed")
	if csp := framed.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors https://his.example.org http://his.test:8443") || framed.Get("X-Frame-Options") != "" {
		t.Errorf("/embed: %q, %q", csp, framed.Get("X-Frame-Options"))
	}
	for _, path := range []string{"/", "/c/x", "/patients/x", "/basic"} {
		if h := get(path); h.Get("X-Frame-Options") != "DENY" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s may be framed: %q, %q", path, h.Get("Content-Security-Policy"), h.Get("X-Frame-Options"))
		}
	}
	if h := get("/embed.js"); !strings.HasPrefix(h.Get("Content-Type"), "text/javascript") {
		t.Errorf("/embed.js is %q", h.Get("Content-Type"))
	}
	closed := Start(t)
	closed.refused(closed.Call("", "POST", "/embed/sessions", object{"token": s.embedToken(Person{Handle: "x"}, "doctor", nil)}), http.StatusNotFound, "not_found")
}

// TestEmbed_cookie: a page in a frame is who its token says, whatever cookie the browser has, on sockets too; signing it out
// leaves that cookie alone.
func TestEmbed_cookie(t *testing.T) {
	t.Parallel()
	s := startEmbedded(t)
	silva, other := s.Person(account.Staff, "dr-silva"), s.Person(account.Staff, "dr-no")
	in := s.enterEmbed(s.embedToken(silva, "doctor", nil))
	cookie := http.Header{"Cookie": {"kinward=" + other.Token}}
	var me protocol.OnePerson
	s.with(and(cookie, "Authorization", "Bearer "+in.Token), "GET", "/me", "").JSON(t, &me)
	if me.Person.ID != silva.ID {
		t.Errorf("me is %s", me.Person.Handle)
	}
	for query, taken := range map[string]bool{"?auth=frame": false, "": true} {
		l, err := stranger(t, s, silva).dialSocket(limited(t), query, cookie)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(l.hangUp)
		if err := l.put(limited(t), `{"op":"auth","token":"`+in.Token+`","cursor":""}`); err != nil {
			t.Fatal(err)
		}
		refused := false
		for f := (frame{}); f.Op != "ready" || taken != refused; {
			if f, err = l.frame(limited(t)); err != nil {
				t.Fatalf("with %q: %v", query, err)
			}
			refused = refused || f.Op == "error" // signed in already
			if taken && refused {
				break
			}
		}
		if refused != taken {
			t.Errorf("with %q the cookie counted: %v", query, refused)
		}
	}
	out := s.with(and(cookie, "Authorization", "Bearer "+in.Token), "DELETE", "/sessions/current", "")
	if out.Status != http.StatusNoContent || len(out.Header["Set-Cookie"])+len(out.Header["Clear-Site-Data"]) > 0 {
		t.Errorf("signing out: %d %v", out.Status, out.Header)
	}
	s.Must(http.StatusOK, other.Token, "GET", "/me", nil, nil)
}
