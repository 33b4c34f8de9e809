package kinwardtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kinward/internal/server"
)

// permission is one row: a request, and what each actor is answered. others is for whoever isn't named; anonymous and revoked
// get 401 unless the route is open to all.
type permission struct {
	request string // method and path; {words} are filled in
	body    object
	open    bool
	others  int
	except  map[int]string
	fresh   string // what is made anew for each actor: a message, a link, an assignment, a member
}

type is = map[int]string

// The rules, by route. Relatives have no directory and open nothing; members see what they are in; staff see the patients that
// they look after, relatives their own; only the team manages; an administrator assigns and sees no patient.
var permissions = []permission{
	{request: "POST /people", body: object{"name": "New {n}", "handle": "new.{n}"}, open: true, others: 201},
	{request: "GET /people?query=", others: 200, except: is{403: "relative otherRelative updates"}},
	{request: "GET /accounts", open: true, others: 200},
	{request: "POST /sessions", body: object{"account": "{bystander}"}, open: true, others: 401},
	{request: "GET /sessions", others: 200},
	{request: "DELETE /sessions/{session}", others: 404},
	{request: "GET /me", others: 200},
	{request: "PUT /me/password", body: object{"current": "none", "new": "short"}, others: 422},

	{request: "GET /conversations", others: 200},
	{request: "POST /conversations", body: object{"kind": "direct", "with": "{bystander}"}, others: 201, except: is{403: "relative otherRelative updates"}},
	{request: "POST /conversations", body: object{"kind": "direct", "with": "{relative}"}, others: 404, except: is{403: "relative otherRelative updates"}},
	{request: "POST /conversations", body: object{"kind": "group", "title": "Of {n}", "members": []string{"{bystander}"}}, others: 201, except: is{403: "relative otherRelative updates"}},
	{request: "POST /conversations", body: object{"kind": "group", "title": "Of {n}", "members": []string{"{relative}"}}, others: 422, except: is{403: "relative otherRelative updates"}},
	{request: "GET /conversations/{direct}", others: 404, except: is{200: "member peer"}},
	{request: "GET /conversations/{group}", others: 404, except: is{200: "founder member"}},
	{request: "GET /conversations/{family}", others: 404, except: is{200: "doctor relative updates"}},
	{request: "GET /conversations/{direct}/messages", others: 404, except: is{200: "member peer"}},
	{request: "GET /conversations/{group}/messages", others: 404, except: is{200: "founder member"}},
	{request: "GET /conversations/{family}/messages?after=0", others: 404, except: is{200: "doctor relative updates"}},
	{request: "POST /conversations/{direct}/messages", body: object{"id": "{id}", "text": "hello"}, others: 404, except: is{201: "member peer"}},
	{request: "POST /conversations/{group}/messages", body: object{"id": "{id}", "text": "hello"}, others: 404, except: is{201: "founder member"}},
	{request: "POST /conversations/{family}/messages", body: object{"id": "{id}", "text": "hello"}, others: 404, except: is{201: "doctor relative", 403: "updates"}},
	{request: "PATCH /conversations/{direct}/messages/{seq}", body: object{"text": "corrected"}, fresh: "member direct", others: 404, except: is{200: "member", 403: "peer"}},
	{request: "PATCH /conversations/{group}/messages/{seq}", body: object{"text": "corrected"}, fresh: "founder group", others: 404, except: is{200: "founder", 403: "member"}},
	{request: "PATCH /conversations/{family}/messages/{seq}", body: object{"text": "corrected"}, fresh: "relative family", others: 404, except: is{200: "relative", 403: "doctor updates"}},
	{request: "DELETE /conversations/{direct}/messages/{seq}", fresh: "member direct", others: 404, except: is{200: "member", 403: "peer"}},
	{request: "DELETE /conversations/{family}/messages/{seq}", fresh: "doctor family", others: 404, except: is{200: "doctor", 403: "relative updates"}},
	{request: "PUT /conversations/{direct}/marks", body: object{"read": 1}, others: 404, except: is{204: "member peer"}},
	{request: "PUT /conversations/{family}/marks", body: object{"read": 1}, others: 404, except: is{204: "doctor relative updates"}},
	{request: "POST /conversations/{group}/members", body: object{"person": "{bystander}"}, others: 404, except: is{204: "founder member"}},
	{request: "POST /conversations/{direct}/members", body: object{"person": "{bystander}"}, others: 404, except: is{403: "member peer"}},
	{request: "POST /conversations/{family}/members", body: object{"person": "{bystander}"}, others: 404, except: is{403: "doctor relative updates"}},
	{request: "DELETE /conversations/{group}/members/{bystander}", fresh: "bystander group", others: 404, except: is{204: "founder", 403: "member"}},
	{request: "DELETE /conversations/{group}/members/me", fresh: "member group", others: 404, except: is{204: "member founder"}},
	{request: "DELETE /conversations/{direct}/members/me", others: 404, except: is{403: "member peer"}},
	{request: "DELETE /conversations/{family}/members/{relative}", others: 404, except: is{403: "doctor relative updates"}},
	{request: "POST /conversations/{direct}/typing", others: 404, except: is{204: "member peer"}},
	{request: "POST /conversations/{family}/typing", others: 404, except: is{204: "doctor relative", 403: "updates"}},

	{request: "GET /feed?limit=1000&cursor={start}", others: 200},
	{request: "GET /feed/events?cursor={start}", others: 200},
	{request: "GET /feed/socket?cursor={start}", others: 101, except: is{101: "anonymous"}},

	{request: "GET /patients", others: 200},
	{request: "GET /patients?query=rosamarker", others: 200},
	{request: "GET /patients?ward=ward+4", others: 200},
	{request: "GET /patients?query=mrn-7700&mine=1", others: 200},
	{request: "GET /patients?after={rosa}", others: 200},
	{request: "GET /patients/{rosa}", others: 404, except: is{200: "doctor relative updates"}},
	{request: "GET /patients/{otto}", others: 404, except: is{200: "otherDoctor otherRelative"}},
	{request: "POST /patients/{rosa}/invitations", body: invitationBody, others: 404, except: is{201: "doctor", 403: "relative updates"}},
	{request: "POST /patients/{rosa}/invitations", body: object{"name": ""}, others: 404, except: is{422: "doctor", 403: "relative updates"}},
	{request: "GET /patients/{rosa}/invitations/{invitation}/qr.svg", others: 404, except: is{200: "doctor", 403: "relative updates"}},
	{request: "GET /patients/{rosa}/invitations/{invitation}/card", others: 404, except: is{200: "doctor", 403: "relative updates"}},
	{request: "GET /patients/{otto}/invitations/{invitation}/qr.svg", others: 404, except: is{403: "otherRelative"}},
	{request: "POST /invitations/redeem", body: object{"code": "AAAAA-AAAAA", "birth_date": "1931-07-19"}, open: true, others: 404},
	{request: "POST /patients/{rosa}/links/{link}/revoke", body: object{"reason": "test"}, fresh: "link", others: 404, except: is{204: "doctor", 403: "relative updates"}},
	{request: "POST /patients/{otto}/links/{link}/revoke", body: object{"reason": "test"}, fresh: "link", others: 404, except: is{403: "otherRelative"}},
	{request: "POST /patients/{rosa}/assignments", body: object{"person": "{nurse}", "role": "nurse"}, others: 404, except: is{201: "doctor admin", 403: "relative updates"}},
	{request: "POST /patients/{rosa}/assignments", body: object{"person": "{self}", "role": "nurse"}, others: 404, except: is{201: "doctor", 403: "relative updates", 422: "admin"}},
	{request: "DELETE /patients/{rosa}/assignments/{assignment}", fresh: "assignment", others: 404, except: is{204: "doctor admin", 403: "relative updates"}},
	{request: "DELETE /patients/{otto}/assignments/{assignment}", fresh: "assignment", others: 404, except: is{403: "otherRelative"}},

	{request: "POST /embed/sessions", body: object{"token": "made up"}, open: true, others: 404},
	{request: "PUT /embed/sessions/current", body: object{"token": "made up"}, others: 404},
	{request: "GET /embed/patients?number=MRN-7700", others: 404, except: is{200: "doctor relative updates"}},

	{request: "GET /about", open: true, others: 200},
	{request: "GET /healthz", open: true, others: 200},
	{request: "GET /readyz", open: true, others: 200},
	{request: "GET /metrics", open: true, others: 200},
	{request: "GET /openapi.json", open: true, others: 200},
}

var invitationBody = object{"name": "Fay", "relationship": "sister", "consent": object{"basis": "agreed"}}

func (p permission) want(actor string) int {
	for status, who := range p.except {
		if slices.Contains(strings.Fields(who), actor) {
			return status
		}
	}
	if !p.open && (actor == "anonymous" || actor == "revoked") {
		return http.StatusUnauthorized
	}
	return p.others
}

// TestPermissions asks every route as every actor, and looks into each answer for what that actor may not know.
func TestPermissions(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	for i, p := range permissions {
		t.Run(fmt.Sprint(i, "_", strings.ReplaceAll(p.request, "/", "_")), func(t *testing.T) {
			c := &cast{c.Server.For(t), c.start, c.by, c.direct, c.group, c.family, c.otherFamily, c.rosa, c.otto, c.invitation}
			for n, actor := range actors {
				method, path, _ := strings.Cut(p.request, " ")
				words := c.words(p, actor, fmt.Sprintf("%d.%d", i, n))
				a := c.ask(actor, method, words.Replace(path), fill(words, p.body))
				if want := p.want(actor); a.Status != want {
					t.Errorf("%s as %s: %d, want %d: %.200s", p.request, actor, a.Status, want, a.Body)
				}
				c.keeps(actor, p.request, a)
			}
		})
	}
}

// words are what stands for the {words} of a row, some of it made for this one question.
func (c *cast) words(p permission, actor, n string) *strings.Replacer {
	c.t.Helper()
	pairs := []string{
		"{n}", n, "{id}", newMessageID(), "{start}", c.start, "{direct}", c.direct, "{group}", c.group, "{family}", c.family,
		"{rosa}", c.rosa.ID, "{otto}", c.otto.ID, "{invitation}", c.invitation.ID, "{self}", c.by[actor].ID, "{session}", nowhere(),
	}
	for _, name := range []string{"bystander", "relative", "nurse"} {
		pairs = append(pairs, "{"+name+"}", c.by[name].ID)
	}
	doctor := c.by["doctor"]
	who, where, _ := strings.Cut(p.fresh, " ")
	switch {
	case p.fresh == "link":
		pairs = append(pairs, "{link}", c.Invite(doctor, c.rosa, "Gil", "two-way").Link)
	case p.fresh == "assignment":
		c.Must(201, doctor.Token, "POST", "/patients/"+c.rosa.ID+"/assignments", object{"person": c.by["nurse"].ID, "role": "nurse"}, nil)
		pairs = append(pairs, "{assignment}", c.assignmentOf("nurse"))
	case where == "group" && strings.HasPrefix(p.request, "DELETE"):
		for _, helper := range []string{"founder", "member"} { // whoever is in can bring the others in
			for _, missing := range []string{"founder", "member", "bystander"} {
				c.Call(c.by[helper].Token, "POST", "/conversations/"+c.group+"/members", object{"person": c.by[missing].ID})
			}
		}
	case where != "":
		conversation := map[string]string{"direct": c.direct, "group": c.group, "family": c.family}[where]
		pairs = append(pairs, "{seq}", fmt.Sprint(c.say(c.by[who], conversation, "to be changed").Seq))
	}
	return strings.NewReplacer(pairs...)
}

// fill puts words into the texts of a body.
func fill(words *strings.Replacer, body object) any {
	if body == nil {
		return nil
	}
	out := object{}
	for k, v := range body {
		switch v := v.(type) {
		case string:
			out[k] = words.Replace(v)
		case []string:
			list := []string{}
			for _, s := range v {
				list = append(list, words.Replace(s))
			}
			out[k] = list
		default:
			out[k] = v
		}
	}
	return out
}

// ask calls as an actor; of a stream it reads the beginning.
func (c *cast) ask(actor, method, path string, body any) Answer {
	c.t.Helper()
	token := c.by[actor].Token
	ctx, d := limited(c.t), stranger(c.t, c.Server, c.by[actor])
	switch {
	case strings.HasPrefix(path, "/feed/socket"):
		return c.beginning(ctx, d, path)
	case strings.HasPrefix(path, "/feed/events") && token != "":
		res, err := d.get(ctx, path, nil)
		if e := (*ended)(nil); errors.As(err, &e) {
			return Answer{Status: e.status}
		}
		if err != nil {
			c.t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		_, _, data, err := openedEvents(res).event()
		if err != nil && !errors.Is(err, io.EOF) {
			c.t.Fatal(err)
		}
		return Answer{Status: res.StatusCode, Header: res.Header, Body: data}
	}
	return c.Call(token, method, path, body)
}

// beginning opens a socket and reads up to the answer of a ping.
func (c *cast) beginning(ctx context.Context, d dialed, path string) Answer {
	c.t.Helper()
	header := http.Header{}
	if d.token != "" {
		header.Set("Authorization", "Bearer "+d.token)
	}
	l, err := d.dialSocket(ctx, strings.TrimPrefix(path, "/feed/socket"), header)
	if e := (*ended)(nil); errors.As(err, &e) {
		return Answer{Status: e.status}
	}
	if err != nil {
		c.t.Fatal(err)
	}
	defer l.hangUp()
	a := Answer{Status: http.StatusSwitchingProtocols}
	_ = l.put(ctx, object{"op": "ping"}) // whoever isn't let in is told the end instead of a pong
	for {
		_, text, err := l.conn.Read(ctx)
		if err != nil {
			return a
		}
		a.Body = append(a.Body, text...)
		if strings.Contains(string(text), `"pong"`) && len(a.Body) > 1000 || strings.Contains(string(text), `"bye"`) {
			return a
		}
		if strings.Contains(string(text), `"pong"`) {
			_ = l.put(ctx, object{"op": "ping"})
		}
	}
}

// TestPermissions_complete: a route that isn't in the table is one that nobody has thought about.
func TestPermissions_complete(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	for _, p := range permissions {
		method, path, _ := strings.Cut(p.request, " ")
		path, _, _ = strings.Cut(path, "?")
		asked[method+" "+pattern(path)] = true
	}
	for _, r := range new(server.Server).Routes() {
		if key := r.Method + " " + pattern(r.Path); !asked[key] {
			t.Errorf("%s %s is in no row of the table", r.Method, r.Path)
		}
	}
}

// pattern is a path without the names of its variables: sub-paths of one collection count as one.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") || p == "me" && i > 1 {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
