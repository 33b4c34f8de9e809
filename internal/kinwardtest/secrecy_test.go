package kinwardtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"kinward/internal/account"
	"kinward/internal/app"
	"kinward/internal/care"
	"kinward/internal/server"
)

// written keeps what a server writes anywhere but into its database.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// secret is a marker and whether the database may hold it in plain.
type secret struct {
	text  string
	plain bool
}

// busyDay is everything that people do, well and badly, with words that belong in no log.
type busyDay struct {
	*Server
	secrets  []secret
	answers  []Answer // of everything but signing in, redeeming and inviting
	ward     family
	relative Person
}

const (
	rightPassword = "Passwordmarker right one"
	wrongPassword = "Passwordmarker wrong one"
)

func (b *busyDay) hide(plain bool, texts ...string) {
	for _, text := range texts {
		b.secrets = append(b.secrets, secret{text, plain})
	}
}

func (b *busyDay) do(token, method, path string, body any) Answer {
	b.t.Helper()
	a := b.Call(token, method, path, body)
	b.answers = append(b.answers, a)
	return a
}

// arrive signs people in and invites a relative, who first mistypes.
func (b *busyDay) arrive() {
	b.t.Helper()
	b.hide(true, "Namemarker", "Rosamarker", "Zieglmarker", "1931-07-19", "MRN-7700", "Daughtermarker", "Notemarker")
	b.hide(false, rightPassword, wrongPassword, "Passwordmarker", "Textmarker")
	var in struct{ Token string }
	b.Must(201, "", "POST", "/people", object{"name": "Namemarker One", "handle": "one", "password": rightPassword}, &in)
	b.do("", "POST", "/sessions", object{"handle": "one", "password": wrongPassword})
	b.do("", "POST", "/sessions", object{"handle": "nobody", "password": rightPassword})
	b.do("", "POST", "/sessions", object{"handle": "one", "password": rightPassword, "Namemarker": "x"})
	b.do("", "POST", "/people", object{"name": "Namemarker Two", "handle": "one", "password": wrongPassword})
	b.do(in.Token, "PUT", "/me/password", object{"current": wrongPassword, "new": "Passwordmarker new one"})
	doctor := b.Person(account.Staff, "silva")
	rosa := b.Admit(care.Patient{FirstName: "Rosamarker", FamilyName: "Zieglmarker", BirthDate: "1931-07-19"},
		[]care.Identifier{{System: "urn:hospital", Value: "MRN-7700"}}, doctor)
	b.ward = family{b.Server, doctor, rosa}
	made, dead := b.Invite(doctor, rosa, "Ana Daughtermarker", ""), b.Invite(doctor, rosa, "Bea Daughtermarker", "")
	for _, code := range []string{made.Code, dead.Code} {
		b.hide(false, code, code[:5]+"-"+code[5:], strings.ToLower(code))
		b.do("", "POST", "/invitations/redeem", object{"code": code, "birth_date": "1931-07-18"})
		b.do("", "POST", "/invitations/redeem", object{"code": code, "birth_date": "1931-07-19", "Notemarker": "x"})
	}
	b.redeem("", made.Code, rosa.BirthDate).JSON(b.t, &b.relative)
	b.do("", "POST", "/invitations/redeem", object{"code": made.Code, "birth_date": "1931-07-19"})
	b.do(doctor.Token, "POST", "/patients/"+rosa.ID+"/links/"+dead.Link+"/revoke", object{"reason": "Notemarker"})
	for _, token := range []string{in.Token, doctor.Token, b.relative.Token} {
		b.hide(false, token)
		for _, coding := range []*base64.Encoding{base64.RawURLEncoding, base64.RawStdEncoding} {
			if raw, err := coding.DecodeString(token); err == nil {
				b.hide(false, string(raw))
			}
		}
	}
}

// talk sends, corrects, retracts and errs, over HTTP, a socket and the older protocols.
func (b *busyDay) talk() {
	b.t.Helper()
	doctor, relative, talk := b.ward.doctor, b.relative, b.ward.rosa.Conversation
	m := b.say(doctor, talk, "Textmarker one")
	b.do(doctor.Token, "PATCH", fmt.Sprint(messagesOf(talk), "/", m.Seq), object{"text": "Textmarker corrected"})
	b.do(doctor.Token, "POST", messagesOf(talk), object{"id": m.ID, "text": "Textmarker in conflict"})
	b.do(relative.Token, "DELETE", fmt.Sprint(messagesOf(talk), "/", b.say(relative, talk, "Textmarker retracted").Seq), nil)
	for _, bad := range []string{`{"id":"Textmarker","text":"x"}`, `{"Textmarker":1}`, `Textmarker`, `{"id":"x","text":"Textmarker"`, `{"text":"Textmarker \ud800"}`} {
		b.do(relative.Token, "POST", messagesOf(talk), bad)
	}
	for _, query := range []string{
		"/people?query=Namemarker", "/patients?query=MRN-7700", "/patients?query=zieglmarker", "/feed?cursor=Textmarker",
		"/nothing/Textmarker?token=" + doctor.Token, "/me?token=" + relative.Token, "/conversations/Textmarker/messages",
	} {
		b.do(doctor.Token, "GET", query, nil)
	}
	b.do("kw_"+wrongPassword, "GET", "/me", nil)
	opened, err := stranger(b.t, b.Server, relative).openSocket(limited(b.t), "")
	if err != nil {
		b.t.Fatal(err)
	}
	defer opened.hangUp()
	c, l := &cast{Server: b.Server}, opened.(*socketLine)
	for _, id := range []string{newMessageID(), "Textmarker"} {
		c.errorTo(limited(b.t), l, object{"op": "send", "ref": "Textmarker", "conversation": talk, "message": object{"id": id, "text": "Textmarker by socket"}})
	}
	c.errorTo(limited(b.t), l, object{"op": "Textmarker", "text": "Textmarker"})
	root := &Server{URL: strings.TrimSuffix(b.URL, "/api/v1"), t: b.t}
	b.answers = append(b.answers, root.Call(doctor.Token, "POST", "/legacy/polling/"+doctor.ID, object{"message": "Textmarker old", "toUser": "Namemarker"}),
		root.Call("", "GET", "/legacy/polling/Textmarker?token="+doctor.Token, nil), root.Call("", "GET", "/join", nil), root.Call("", "GET", "/metrics", nil))
}

// TestSecrecy_logs_and_files: after a day with everything in it no log and no standard stream has a name, a text or a secret,
// the database has no text and no secret, and no address or header leads to one.
func TestSecrecy_logs_and_files(t *testing.T) { // not parallel: it takes standard error
	w := &written{}
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	terminal := os.Stderr
	os.Stderr = stderr
	log.SetOutput(w)
	defer func() {
		os.Stderr = terminal
		log.SetOutput(terminal)
	}()
	s := Start(t, func(c *app.Config) {
		c.Log = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	b := &busyDay{Server: s}
	b.arrive()
	b.talk()
	b.files(t, "while it runs")
	b.addresses(t)
	s.Stop()
	b.files(t, "after it has stopped")
	streams, err := os.ReadFile(stderr.Name())
	if err != nil {
		t.Fatal(err)
	}
	_ = stderr.Close() // nothing was written to it that is needed
	text := w.String() + string(streams)
	for _, secret := range b.secrets {
		if strings.Contains(text, secret.text) {
			t.Errorf("the log tells %q: %.3000s", secret.text, text)
		}
	}
}

// files looks through all that lies in the data folder.
func (b *busyDay) files(t *testing.T, when string) {
	t.Helper()
	var names []string
	found := false // what may be found shows that the search sees anything
	err := filepath.WalkDir(b.DataDir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		names = append(names, entry.Name())
		found = found || bytes.Contains(text, []byte("Namemarker"))
		for _, secret := range b.secrets {
			if !secret.plain && bytes.Contains(text, []byte(secret.text)) {
				t.Errorf("%s, %s has %q", when, entry.Name(), secret.text)
			}
		}
		if info, e := entry.Info(); e == nil && info.Mode().Perm()&0o077 != 0 && entry.Name() == "master.key" {
			t.Errorf("%s is open to others: %v", entry.Name(), info.Mode())
		}
		return err
	})
	if err != nil || !found || !slices.Contains(names, "kinward.db") {
		t.Errorf("%s: %v, files %v, found %v", when, err, names, found)
	}
}

// addresses looks through the headers of all answers, and their bodies for what nobody is told twice.
func (b *busyDay) addresses(t *testing.T) {
	t.Helper()
	for _, a := range b.answers {
		for name, values := range a.Header {
			for _, secret := range b.secrets {
				if told := strings.Join(values, " "); strings.Contains(told, secret.text) || strings.Contains(told, url.QueryEscape(secret.text)) {
					t.Errorf("the header %s of %d has %q", name, a.Status, told)
				}
			}
		}
		var p wireProblem
		if a.Status >= 400 {
			a.JSON(t, &p)
		}
		body := strings.ReplaceAll(string(a.Body), `"field":"`+p.Field+`"`, "") // a wrong field is named
		for _, secret := range b.secrets {
			if (!secret.plain && !strings.HasPrefix(secret.text, "Textmarker") || a.Status >= 400) && strings.Contains(body, secret.text) {
				t.Errorf("the answer %d tells %q: %.300s", a.Status, secret.text, a.Body)
			}
		}
	}
}

// TestSecrecy_isolation: each GET route, with each id that there is, as each actor: nobody is told of what isn't theirs, and
// nobody their own token.
func TestSecrecy_isolation(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	retracted := c.say(c.by["doctor"], c.family, "Retractedmarker")
	c.Call(c.by["doctor"].Token, "DELETE", fmt.Sprint(messagesOf(c.family), "/", retracted.Seq), nil)
	for _, r := range new(server.Server).Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		for _, path := range c.addressesOf(r.Path) {
			for _, actor := range actors {
				a := c.ask(actor, r.Method, path, nil)
				c.keeps(actor, path, a)
				told := string(a.Body) + fmt.Sprint(a.Header)
				if token := c.by[actor].Token; token != "" && strings.Contains(told, token) || strings.Contains(told, "Retractedmarker") {
					t.Errorf("GET %s as %s: %.400s", path, actor, told)
				}
				code := c.invitation.Code
				if strings.Contains(told, code) || actor != "doctor" && strings.Contains(told, code[:5]+"-"+code[5:]) {
					t.Errorf("GET %s as %s tells the code", path, actor)
				}
			}
		}
	}
}

// addressesOf are a route's paths with every id that fits.
func (c *cast) addressesOf(path string) []string {
	paths := []string{path}
	for name, ids := range map[string][]string{
		"{conversation}": {c.direct, c.group, c.family, c.otherFamily}, "{patient}": {c.rosa.ID, c.otto.ID}, "{invitation}": {c.invitation.ID},
	} {
		var filled []string
		for _, p := range paths {
			for _, id := range ids {
				filled = append(filled, strings.ReplaceAll(p, name, id))
			}
		}
		slices.Sort(filled)
		paths = slices.Compact(filled)
	}
	for i, p := range paths {
		if strings.HasPrefix(p, "/feed") {
			paths[i] += "?limit=1000&cursor=" + c.start
		}
	}
	if path == "/people" || path == "/patients" {
		for _, query := range []string{"a", "rosamarker", "zieglmarker", "otto", "ward", "mrn", "marker", "name"} {
			paths = append(paths, path+"?limit=200&query="+query)
		}
	}
	return paths
}
