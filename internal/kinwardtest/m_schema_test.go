package kinwardtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/protocol"
	"kinward/internal/server"
)

// TestM20_schema_fits: on a database made from nothing, every route succeeds once: no query asks for what isn't there.
func TestM20_schema_fits(t *testing.T) {
	t.Parallel()
	s := startEmbedded(t)
	done := map[string]bool{}
	doctor, nurse := s.Person(account.Staff, "doctor"), s.Person(account.Staff, "nurse")
	patient := s.Admit(care.Patient{FirstName: "Rosa", FamilyName: "Alba", Ward: "Ward 4", Bed: "A"},
		[]care.Identifier{{System: "urn:a", Value: "1"}}, doctor)
	d := &day{Server: s, done: done, words: map[string]string{"patient": patient.ID, "family": patient.Conversation, "nurse": nurse.ID}}
	var ana, bo protocol.SignedIn
	d.call("", "POST /people", "", object{"name": "Ana", "handle": "ana", "password": "long enough"}, &ana)
	d.call("", "POST /people", "", object{"name": "Bo"}, &bo)
	d.words["bo"] = bo.Person.ID
	d.call("", "GET /about", "", nil, nil)
	d.call("", "GET /accounts", "", nil, nil)
	d.call("", "POST /sessions", "", object{"handle": "ana", "password": "long enough"}, nil)
	d.call("", "POST /sessions", "", object{"account": bo.Person.ID}, nil)
	var devices protocol.SessionList
	d.call(ana.Token, "GET /sessions", "", nil, &devices)
	for _, v := range devices.Sessions {
		if !v.Current {
			d.words["session"] = v.ID
		}
	}
	d.call(ana.Token, "DELETE /sessions/{session}", "", nil, nil)
	d.call(ana.Token, "GET /me", "", nil, nil)
	d.call(ana.Token, "PUT /me/password", "", object{"current": "long enough", "new": "longer than that"}, nil)
	d.call(ana.Token, "GET /people", "?query=bo&limit=5", nil, nil)
	d.conversations(ana, bo)
	d.ward(doctor)
	var framed protocol.Embedded
	d.call("", "POST /embed/sessions", "", object{"token": s.embedToken(doctor, "doctor", object{"patient": "1"})}, &framed)
	d.call(framed.Token, "PUT /embed/sessions/current", "", object{"token": s.embedToken(doctor, "doctor", nil)}, nil)
	d.call(framed.Token, "GET /embed/patients", "?number=1", nil, nil)
	for _, path := range []string{"healthz", "readyz", "metrics", "openapi.json"} {
		d.call("", "GET /"+path, "", nil, nil)
	}
	for _, r := range new(server.Server).Routes() {
		if key := r.Method + " " + r.Path; !done[key] {
			t.Errorf("%s was not called", key)
		}
	}
}

// day calls routes by their patterns and notes which.
type day struct {
	*Server
	done  map[string]bool
	words map[string]string // what stands in the place of a {variable}
}

func (d *day) call(token, route, query string, body, into any) {
	d.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	for word, value := range d.words {
		path = strings.ReplaceAll(path, "{"+word+"}", value)
	}
	a := d.Call(token, method, path+query, body)
	if a.Status < 200 || a.Status > 299 {
		d.t.Errorf("%s: %d %s", route, a.Status, a.Body)
		return
	}
	d.done[route] = true
	if into != nil {
		a.JSON(d.t, into)
	}
}

func (d *day) conversations(ana, bo protocol.SignedIn) {
	d.t.Helper()
	d.words["person"] = bo.Person.ID
	var group protocol.OneConversation
	d.call(ana.Token, "POST /conversations", "", object{"kind": "direct", "with": bo.Person.ID}, nil)
	d.call(ana.Token, "POST /conversations", "", object{"kind": "group", "title": "All", "members": []string{}}, &group)
	d.words["conversation"] = group.Conversation.ID
	d.call(ana.Token, "POST /conversations/{conversation}/members", "", object{"person": bo.Person.ID}, nil)
	var sent protocol.OneMessage
	for range 3 {
		d.call(ana.Token, "POST /conversations/{conversation}/messages", "", object{"id": newMessageID(), "text": "x"}, &sent)
	}
	d.words["seq"] = "2"
	d.call(ana.Token, "POST /conversations/{conversation}/messages", "", object{"id": sent.Message.ID, "text": "x"}, nil)
	d.call(ana.Token, "POST /conversations/{conversation}/messages", "", object{"id": newMessageID(), "text": "x", "reply_to": 1}, nil)
	d.call(ana.Token, "PATCH /conversations/{conversation}/messages/{seq}", "", object{"text": "y"}, nil)
	d.call(ana.Token, "PATCH /conversations/{conversation}/messages/{seq}", "", object{"text": "z"}, nil)
	d.call(ana.Token, "DELETE /conversations/{conversation}/messages/{seq}", "", nil, nil)
	d.call(bo.Token, "PUT /conversations/{conversation}/marks", "", object{"read": 2}, nil)
	d.call(bo.Token, "POST /conversations/{conversation}/typing", "", nil, nil)
	var all protocol.Snapshot
	d.call(bo.Token, "GET /conversations", "", nil, &all)
	d.call(bo.Token, "GET /conversations/{conversation}", "", nil, nil)
	for _, query := range []string{"", "?limit=2", "?before=3", "?after=1&limit=1", "?after=1&before=4"} {
		d.call(bo.Token, "GET /conversations/{conversation}/messages", query, nil, nil)
	}
	d.call(bo.Token, "GET /feed", "", nil, nil)
	d.call(bo.Token, "GET /feed", "?cursor="+all.Cursor, nil, nil)
	d.call(bo.Token, "GET /feed", "?wait=1&cursor="+all.Cursor, nil, nil)
	for i, transport := range []string{"sse", "websocket"} {
		l, err := stranger(d.t, d.Server, Person{Token: bo.Token}).open(limited(d.t), transport, all.Cursor)
		if err != nil {
			d.t.Fatal(err)
		}
		l.hangUp()
		d.done[[]string{"GET /feed/events", "GET /feed/socket"}[i]] = true
	}
	d.call(ana.Token, "DELETE /conversations/{conversation}/members/{person}", "", nil, nil)
}

func (d *day) ward(doctor Person) {
	d.t.Helper()
	for _, query := range []string{"", "?query=alb", "?ward=ward+4", "?mine=1&limit=1", "?after=" + d.words["patient"]} {
		d.call(doctor.Token, "GET /patients", query, nil, nil)
	}
	d.call(doctor.Token, "GET /patients/{patient}", "", nil, nil)
	var made protocol.Invitation
	d.call(doctor.Token, "POST /patients/{patient}/invitations", "", object{
		"name": "Cy", "relationship": "son", "language": "pt-BR",
		"consent": object{"basis": "agreed", "note": "asked"},
	}, &made)
	d.words["invitation"], d.words["link"] = made.ID, made.Link
	d.call(doctor.Token, "GET /patients/{patient}/invitations/{invitation}/qr.svg", "", nil, nil)
	d.call(doctor.Token, "GET /patients/{patient}/invitations/{invitation}/card", "", nil, nil)
	var in protocol.Redeemed
	d.call("", "POST /invitations/redeem", "", object{"code": made.Code, "birth_date": "1948-03-09", "name": "Cy Alba"}, &in)
	d.call(in.Token, "GET /patients", "", nil, nil)
	d.call(in.Token, "GET /conversations", "", nil, nil)
	var assigned protocol.OneAssignment
	d.call(doctor.Token, "POST /patients/{patient}/assignments", "", object{
		"person": d.words["nurse"], "role": "nurse",
		"until": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}, &assigned)
	d.words["assignment"] = assigned.Assignment.Assignment
	d.call(doctor.Token, "DELETE /patients/{patient}/assignments/{assignment}", "", nil, nil)
	d.call(doctor.Token, "POST /patients/{patient}/links/{link}/revoke", "", object{"reason": "asked to"}, nil)
}

// TestM20_openapi describes the routes that there are, and no others.
func TestM20_openapi(t *testing.T) {
	t.Parallel()
	s := Start(t)
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	s.Must(http.StatusOK, "", "GET", "/openapi.json", nil, &doc)
	described := 0
	for _, methods := range doc.Paths {
		described += len(methods)
	}
	routes := new(server.Server).Routes()
	for _, r := range routes {
		if doc.Paths[r.Path][strings.ToLower(r.Method)] == nil {
			t.Errorf("%s %s is not described", r.Method, r.Path)
		}
	}
	if described != len(routes) {
		t.Errorf("%d are described, and there are %d", described, len(routes))
	}
}
