package kinwardtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"kinward/internal/account"
	"kinward/internal/server"
)

// bodied is a route that takes a body: who may call it, and a body with every field.
type bodied struct {
	actor string
	body  object
}

// bodies are the requests with a body. None of the tests sends one as it stands.
var bodies = map[string]bodied{
	"POST /people":        {"", object{"name": "N", "handle": "never", "password": "long enough"}},
	"POST /sessions":      {"", object{"handle": "h", "password": "p", "totp": "1", "device": "d", "account": "a"}},
	"PUT /me/password":    {"member", object{"current": "c", "new": "n"}},
	"POST /conversations": {"member", object{"kind": "group", "with": "w", "title": "t", "members": []string{"m"}}},
	"POST /conversations/{conversation}/messages":        {"member", object{"id": "i", "text": "never", "reply_to": 1}},
	"PATCH /conversations/{conversation}/messages/{seq}": {"member", object{"text": "never"}},
	"PUT /conversations/{conversation}/marks":            {"member", object{"read": 1}},
	"POST /conversations/{conversation}/members":         {"founder", object{"person": "p"}},
	"POST /patients/{patient}/invitations": {"doctor", object{
		"name": "n", "relationship": "r", "language": "l", "scope": "s",
		"consent": object{"basis": "b", "note": "n"},
	}},
	"POST /invitations/redeem":                     {"", object{"code": "c", "birth_date": "b", "name": "n"}},
	"POST /patients/{patient}/links/{link}/revoke": {"doctor", object{"reason": "r"}},
	"POST /patients/{patient}/assignments": {"doctor", object{
		"person": "p", "role": "r", "from": "2026-01-01T00:00:00.000Z",
		"until": "2026-01-02T00:00:00.000Z",
	}},
	"POST /embed/sessions":        {"", object{"token": "t"}},
	"PUT /embed/sessions/current": {"doctor", object{"token": "t"}},
}

// bare are the routes that change something and read no body.
var bare = map[string]bool{"POST /conversations/{conversation}/typing": true}

// path leads a route to where its actor may go.
func (c *cast) path(route string) (method, path string) {
	method, path, _ = strings.Cut(route, " ")
	conversation := c.direct
	if strings.HasSuffix(path, "/members") {
		conversation = c.group
	}
	path = strings.NewReplacer("{conversation}", conversation, "{patient}", c.rosa.ID, "{link}", c.by["relative"].Link).Replace(path)
	return method, anyPath(path)
}

// bad sends a body that has to be refused.
func (c *cast) bad(route string, body any) Answer {
	c.t.Helper()
	method, path := c.path(route)
	return c.Call(c.by[bodies[route].actor].Token, method, path, body)
}

// state is the newest version of all, and all that two people see: what bad input must leave as it was.
func (c *cast) state() string {
	c.t.Helper()
	told := c.present(c.by["doctor"])
	out, err := json.Marshal([]any{
		c.history(c.by["member"], c.direct), c.history(c.by["founder"], c.group), c.history(c.by["doctor"], c.family),
		c.snapshot(c.by["member"]), len(c.openAccounts()),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return told + string(out)
}

// TestInput_bodies: what isn't one JSON object with the route's own fields is refused, and the field is named; nothing of it
// is kept.
func TestInput_bodies(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	before := c.state()
	for _, r := range new(server.Server).Routes() {
		route := r.Method + " " + r.Path
		body, ok := bodies[route]
		switch {
		case r.Method == "GET" || r.Method == "DELETE" || bare[route]:
		case !ok:
			t.Errorf("%s is in no row of this test", route)
		default:
			c.malformed(route)
			c.fields(route, body.body)
			c.sizes(route)
		}
	}
	if after := c.state(); after != before {
		t.Errorf("before the bad input: %s\nafter it: %s", before, after)
	}
	c.say(c.by["member"], c.direct, "it still serves")
}

func (c *cast) malformed(route string) {
	c.t.Helper()
	good, err := json.Marshal(bodies[route].body)
	if err != nil {
		c.t.Fatal(err)
	}
	all := string(good)
	for _, body := range []string{
		"", " ", "{", "}", all[:len(all)-1], all[:len(all)/2], all + "{}", all + all, all + "x", all + "\x00", "[" + all + "]", "[]", "null", "true", "7",
		`"x"`, "\ufeff" + all, "{'a':1}", "{a:1}", all[:len(all)-1] + ",}", strings.Replace(all, ":", "=", 1), strings.Replace(all, ":", ":NaN,", 1),
		"/**/" + all, "a=1&b=2", "<a/>", `{"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}",
		strings.Repeat(`{"x":`, 40) + "1" + strings.Repeat("}", 40), strings.Repeat("[", 200<<10), strings.Repeat(`{"x":`, 40<<10),
	} {
		if p := c.refused(c.bad(route, body), http.StatusBadRequest, "malformed"); p.Code != "malformed" {
			c.t.Errorf("%s took %.60q", route, body)
		}
	}
}

// fields sends each field in every wrong type, twice, in other capitals and with bytes that are no text.
func (c *cast) fields(route string, good object) {
	c.t.Helper()
	with := func(field string, value any) Answer {
		body := maps.Clone(good)
		body[field] = value
		return c.bad(route, body)
	}
	c.field(route, with("surprise", 1), "surprise")
	c.field(route, with("__proto__", object{}), "__proto__")
	for field, value := range good {
		for _, wrong := range []any{"text", 7, 1.5, true, object{}, object{"a": 1}, []any{}, []any{7}} {
			want := field
			switch value.(type) {
			case string:
				if wrong == "text" && field != "from" && field != "until" {
					continue
				}
			case int:
				if wrong == 7 {
					continue
				}
			case []string:
				if l, ok := wrong.([]any); ok && len(l) == 0 {
					continue
				} else if ok {
					want += "[0]"
				}
			case object:
				if o, ok := wrong.(object); ok && len(o) == 0 {
					continue
				} else if ok {
					want += ".a"
				}
			}
			c.field(fmt.Sprint(route, field, wrong), with(field, wrong), want)
		}
		c.field(route+" capitals", with(strings.ToUpper(field), value), strings.ToUpper(field))
		c.field(route+" twice", c.bad(route, `{"`+field+`":null,"`+field+`":null}`), field)
		if _, ok := value.(string); ok {
			for _, text := range []string{"a\xff", "\xc3", "\xed\xa0\x80", `\ud800`, `\udc00\ud800`, `a\ud83dx`} {
				c.field(route+" no text", c.bad(route, `{"`+field+`":"`+text+`"}`), field)
			}
		}
	}
}

func (c *cast) sizes(route string) {
	c.t.Helper()
	padded := func(n int) string { return `{"surprise":1` + strings.Repeat(" ", n-len(`{"surprise":1}`)) + "}" }
	c.field(route+" of 256 KiB", c.bad(route, padded(256<<10)), "surprise")
	c.refused(c.bad(route, padded(256<<10+1)), http.StatusRequestEntityTooLarge, "too_large")
}

// TestInput_values: values that break a rule are refused by their name.
func TestInput_values(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	before := c.state()
	message, long := messagesOf(c.direct), strings.Repeat("x", 201)
	invite := func(field string, value any) object {
		body := maps.Clone(invitationBody)
		body[field] = value
		return body
	}
	patient := "/patients/" + c.rosa.ID
	for _, tt := range []struct {
		actor, request string
		body           object
		field          string
	}{
		{"member", "POST " + message, object{"text": "x"}, "id"},
		{"member", "POST " + message, object{"id": "1", "text": "x"}, "id"},
		{"member", "POST " + message, object{"id": "00000000-0000-0000-0000-000000000000", "text": "x"}, "id"},
		{"member", "POST " + message, object{"id": "{" + newMessageID() + "}", "text": "x"}, "id"},
		{"member", "POST " + message, object{"id": strings.ReplaceAll(newMessageID(), "-", ""), "text": "x"}, "id"},
		{"member", "POST " + message, object{"id": newMessageID()}, "text"},
		{"member", "POST " + message, object{"id": newMessageID(), "text": "x", "reply_to": 2}, "reply_to"},
		{"member", "POST " + message, object{"id": newMessageID(), "text": "x", "reply_to": -1}, "reply_to"},
		{"member", "POST " + message, object{"id": newMessageID(), "text": "x", "reply_to": 1 << 62}, "reply_to"},
		{"member", "PATCH " + message + "/1", object{}, "text"},
		{"member", "PUT /conversations/" + c.direct + "/marks", object{"read": 2}, "read"},
		{"member", "PUT /conversations/" + c.direct + "/marks", object{"read": -1}, "read"},
		{"founder", "POST /conversations/" + c.group + "/members", object{}, "person"},
		{"founder", "POST /conversations/" + c.group + "/members", object{"person": "me"}, "person"},
		{"member", "POST /conversations", object{}, "kind"},
		{"member", "POST /conversations", object{"kind": "family", "with": c.by["peer"].ID}, "kind"},
		{"member", "POST /conversations", object{"kind": "direct"}, "with"},
		{"member", "POST /conversations", object{"kind": "direct", "with": c.by["member"].ID}, "with"},
		{"member", "POST /conversations", object{"kind": "direct", "with": c.by["peer"].ID, "title": "x"}, "title"},
		{"member", "POST /conversations", object{"kind": "group", "title": "x", "with": c.by["peer"].ID}, "with"},
		{"member", "POST /conversations", object{"kind": "group", "members": []string{c.by["peer"].ID}}, "title"},
		{"member", "POST /conversations", object{"kind": "group", "title": long, "members": []string{c.by["peer"].ID}}, "title"},
		{"member", "POST /conversations", object{"kind": "group", "title": "a\nb", "members": []string{c.by["peer"].ID}}, "title"},
		{"member", "POST /conversations", object{"kind": "group", "title": "x", "members": []string{c.by["peer"].ID, "x"}}, "members[1]"},
		{"member", "POST /conversations", object{"kind": "group", "title": "x", "members": []string{nowhere()}}, "members"},
		{"doctor", "POST " + patient + "/invitations", invite("name", ""), "name"},
		{"doctor", "POST " + patient + "/invitations", invite("name", long), "name"},
		{"doctor", "POST " + patient + "/invitations", invite("relationship", "doctor"), "relationship"},
		{"doctor", "POST " + patient + "/invitations", invite("scope", "everything"), "scope"},
		{"doctor", "POST " + patient + "/invitations", invite("language", "not a language"), "language"},
		{"doctor", "POST " + patient + "/invitations", invite("consent", nil), "consent"},
		{"doctor", "POST " + patient + "/invitations", invite("consent", object{"basis": "guessed"}), "consent.basis"},
		{"doctor", "POST " + patient + "/assignments", object{"person": "x", "role": "nurse"}, "person"},
		{"doctor", "POST " + patient + "/assignments", object{"person": c.by["nurse"].ID, "role": "king"}, "role"},
		{"doctor", "POST " + patient + "/assignments", object{"person": c.by["member"].ID, "role": "nurse"}, "person"},
	} {
		method, path, _ := strings.Cut(tt.request, " ")
		c.field(tt.request+fmt.Sprint(tt.body), c.Call(c.by[tt.actor].Token, method, path, tt.body), tt.field)
	}
	if after := c.state(); after != before {
		t.Errorf("before the bad input: %s\nafter it: %s", before, after)
	}
}

// TestInput_addresses: nonsense in a path is not found, in a query it is refused by its name, and each refusal is a problem.
func TestInput_addresses(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	member, doctor, in := c.by["member"].Token, c.by["doctor"].Token, messagesOf(c.direct)
	for _, id := range []string{
		"x", "1", "-1", "%00", "%27%20OR%201=1--", "null", "%2e%2e", "00000000-0000-0000-0000-000000000000", c.direct + "0",
		"urn:uuid:" + c.direct, "%7B" + c.direct + "%7D", strings.ReplaceAll(c.direct, "-", ""), strings.Repeat("9", 4000),
	} {
		for _, request := range []string{
			"GET /conversations/{}", "GET /conversations/{}/messages", "POST /conversations/{}/messages", "PUT /conversations/{}/marks",
			"POST /conversations/{}/members", "POST /conversations/{}/typing", "DELETE /conversations/" + c.group + "/members/{}", "DELETE /sessions/{}", "GET /patients/{}",
			"POST /patients/{}/invitations", "GET /patients/" + c.rosa.ID + "/invitations/{}/qr.svg", "POST /patients/" + c.rosa.ID + "/links/{}/revoke",
			"DELETE /patients/" + c.rosa.ID + "/assignments/{}",
		} {
			method, path, _ := strings.Cut(strings.Replace(request, "{}", id, 1), " ")
			token := member
			if strings.HasPrefix(path, "/patients") {
				token = doctor
			}
			c.refused(c.Call(token, method, path, object{"reason": "r", "text": "t"}), http.StatusNotFound, "not_found")
		}
	}
	for _, seq := range []string{"0", "-1", "x", "1.5", "1e0", "0x1", "99999999999999999999", "2", "9223372036854775807", "%EF%BC%91", "%00", "%201", "1%20", "last"} {
		for method, body := range map[string]any{"PATCH": object{"text": "never"}, "DELETE": nil} {
			c.refused(c.Call(member, method, in+"/"+seq, body), http.StatusNotFound, "not_found")
		}
	}
	nonsense := []string{"x", "-1", "1.5", "1e3", "0x10", "99999999999999999999", "%00", "%20", "1%202", "null", "%EF%BC%91"}
	for path, names := range map[string][]string{in: {"limit", "before", "after"}, "/people": {"limit"}, "/patients": {"limit", "after"}} {
		for _, name := range names {
			for _, value := range nonsense {
				c.field(path+name+value, c.Call(doctorOr(path, doctor, member), "GET", path+"?"+name+"="+value, nil), name)
			}
		}
		c.field(path+" limit 0", c.Call(doctorOr(path, doctor, member), "GET", path+"?limit=0", nil), "limit")
		c.Must(http.StatusOK, doctorOr(path, doctor, member), "GET", path+"?limit=1000000&unknown=1", nil, nil)
	}
}

func doctorOr(path, doctor, member string) string {
	if path == "/patients" {
		return doctor
	}
	return member
}

// TestInput_methods_and_routes: a wrong method and an address of nothing are problems too, and tell nobody what is there.
func TestInput_methods_and_routes(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ana := s.Person(account.Member, "ana")
	byPattern := map[string]string{}
	for _, r := range new(server.Server).Routes() {
		byPattern[r.Path] += " " + r.Method
	}
	for path, methods := range byPattern {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"} {
			if strings.Contains(methods+" ", " "+method+" ") {
				continue
			}
			a := s.Call(ana.Token, method, anyPath(path), nil)
			s.refused(a, http.StatusMethodNotAllowed, "method_not_allowed")
			for allowed := range strings.FieldsSeq(methods) {
				if !strings.Contains(a.Header.Get("Allow"), allowed) {
					t.Errorf("%s %s: Allow is %q, want %s", method, path, a.Header.Get("Allow"), methods)
				}
			}
		}
	}
	for _, path := range []string{
		"", "/", "/nothing", "/me/", "/conversations/", "/me/password/x", "/people/" + ana.ID, "/%00", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc",
		"/admin", "/.env", "/.git/config", "/index.php?id=1", "/patients/x/y/z", "/feed/x", "/ME", "/" + strings.Repeat("x", 5000),
	} {
		for _, token := range []string{"", ana.Token} {
			s.refused(s.Call(token, "GET", path, nil), http.StatusNotFound, "not_found")
			s.refused(s.Call(token, "POST", path, "{}"), http.StatusNotFound, "not_found")
		}
	}
	s.refused(s.Call(ana.Token, "GET", "/feed/socket", nil), http.StatusBadRequest, "malformed")
	s.refused(s.Call("", "GET", "/feed/socket", nil), http.StatusBadRequest, "malformed")
}
