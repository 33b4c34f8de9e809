package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestClient_calls: what each method sends.
func TestClient_calls(t *testing.T) {
	tests := map[string]struct {
		do   func(ctx context.Context, c *Client) error
		want string // method, path and body
	}{
		"register": {func(ctx context.Context, c *Client) error {
			_, err := c.Register(ctx, RegisterRequest{Name: "Ana", Handle: "ana"})
			return err
		}, `POST /people {"name":"Ana","handle":"ana"}`},
		"accounts":    {func(ctx context.Context, c *Client) error { _, err := c.Accounts(ctx); return err }, `GET /accounts`},
		"people":      {func(ctx context.Context, c *Client) error { _, err := c.People(ctx, "an a", 5); return err }, `GET /people?limit=5&query=an+a`},
		"me":          {func(ctx context.Context, c *Client) error { _, err := c.Me(ctx); return err }, `GET /me`},
		"sessions":    {func(ctx context.Context, c *Client) error { _, err := c.Sessions(ctx); return err }, `GET /sessions`},
		"end_session": {func(ctx context.Context, c *Client) error { return c.EndSession(ctx, "s1") }, `DELETE /sessions/s1`},
		"password": {
			func(ctx context.Context, c *Client) error { return c.ChangePassword(ctx, "a", "b") },
			`PUT /me/password {"current":"a","new":"b"}`,
		},
		"snapshot": {func(ctx context.Context, c *Client) error { _, err := c.Conversations(ctx); return err }, `GET /conversations`},
		"direct": {
			func(ctx context.Context, c *Client) error { _, err := c.OpenDirect(ctx, "p1"); return err },
			`POST /conversations {"kind":"direct","with":"p1"}`,
		},
		"group": {
			func(ctx context.Context, c *Client) error { _, err := c.OpenGroup(ctx, "T", "p1", "p2"); return err },
			`POST /conversations {"kind":"group","title":"T","members":["p1","p2"]}`,
		},
		"history": {
			func(ctx context.Context, c *Client) error {
				_, err := c.History(ctx, "c", Range{Before: 9, Limit: 3})
				return err
			},
			`GET /conversations/c/messages?before=9&limit=3`,
		},
		"history_after": {
			func(ctx context.Context, c *Client) error { _, err := c.History(ctx, "c", Range{After: 9}); return err },
			`GET /conversations/c/messages?after=9`,
		},
		"send": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Send(ctx, "c", NewMessage{ID: "i", Text: "x", ReplyTo: 4})
				return err
			},
			`POST /conversations/c/messages {"id":"i","text":"x","reply_to":4}`,
		},
		"correct": {
			func(ctx context.Context, c *Client) error { _, err := c.Correct(ctx, "c", 7, "y"); return err },
			`PATCH /conversations/c/messages/7 {"text":"y"}`,
		},
		"retract":  {func(ctx context.Context, c *Client) error { return c.Retract(ctx, "c", 7) }, `DELETE /conversations/c/messages/7`},
		"mark":     {func(ctx context.Context, c *Client) error { return c.MarkRead(ctx, "c", 7) }, `PUT /conversations/c/marks {"read":7}`},
		"typing":   {func(ctx context.Context, c *Client) error { return c.Typing(ctx, "c") }, `POST /conversations/c/typing`},
		"add":      {func(ctx context.Context, c *Client) error { return c.AddMember(ctx, "c", "p") }, `POST /conversations/c/members {"person":"p"}`},
		"leave":    {func(ctx context.Context, c *Client) error { return c.RemoveMember(ctx, "c", "me") }, `DELETE /conversations/c/members/me`},
		"patient":  {func(ctx context.Context, c *Client) error { _, err := c.Patient(ctx, "a/b"); return err }, `GET /patients/a%2Fb`},
		"unassign": {func(ctx context.Context, c *Client) error { return c.Unassign(ctx, "p", "a") }, `DELETE /patients/p/assignments/a`},
		"patients": {func(ctx context.Context, c *Client) error {
			_, err := c.Patients(ctx, PatientQuery{Query: "4-1", Ward: "W", Mine: true})
			return err
		}, `GET /patients?mine=1&query=4-1&ward=W`},
		"invite": {func(ctx context.Context, c *Client) error {
			_, err := c.Invite(ctx, "p", InviteRequest{Name: "A", Relationship: "son", Consent: &Consent{Basis: "agreed"}})
			return err
		}, `POST /patients/p/invitations {"name":"A","relationship":"son","consent":{"basis":"agreed"}}`},
		"qr": {
			func(ctx context.Context, c *Client) error { _, err := c.InvitationQR(ctx, "p", "i"); return err },
			`GET /patients/p/invitations/i/qr.svg`,
		},
		"revoke": {
			func(ctx context.Context, c *Client) error { return c.Revoke(ctx, "p", "l", "why") },
			`POST /patients/p/links/l/revoke {"reason":"why"}`,
		},
		"assign": {
			func(ctx context.Context, c *Client) error {
				_, err := c.Assign(ctx, "p", AssignRequest{Person: "d", Role: "nurse"})
				return err
			},
			`POST /patients/p/assignments {"person":"d","role":"nurse"}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got, token string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				got = strings.TrimSpace(r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), "/prefix/api/v1") + " " + string(b))
				token = r.Header.Get("Authorization")
				_, _ = io.WriteString(w, "{}")
			}))
			defer server.Close()
			c, err := New(Options{Server: server.URL + "/prefix/", Token: "secret"})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := tt.do(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if got != tt.want || token != "Bearer secret" {
				t.Errorf("sent %s\nwant %s\nwith %s", got, tt.want, token)
			}
		})
	}
}

func TestClient_signs_in_and_out(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"person":{"id":"p","name":"Ana"},"token":"t1","news":1}`)
	}))
	defer server.Close()
	c, _ := New(Options{Server: server.URL})
	defer c.Close()
	if v, err := c.SignIn(t.Context(), SignInRequest{Handle: "ana", Password: "x"}); err != nil || v.Person.ID != "p" || c.Token() != "t1" {
		t.Errorf("%v %+v %q", err, v, c.Token())
	}
	if err := c.SignOut(t.Context()); err != nil || c.Token() != "" {
		t.Errorf("%v, still %q", err, c.Token())
	}
	if c.Server() != server.URL {
		t.Error(c.Server())
	}
}

func TestClient_refusals(t *testing.T) {
	tests := map[string]struct {
		status int
		header map[string]string
		body   string
		want   Error
	}{
		"problem": {
			422, nil, `{"status":422,"code":"invalid","field":"text","title":"T","detail":"D"}`,
			Error{Status: 422, Code: "invalid", Field: "text", Title: "T", Detail: "D"},
		},
		"slow_down": {
			429,
			map[string]string{"Retry-After": "7"},
			`{"code":"too_many"}`,
			Error{Status: 429, Code: "too_many", Title: "Too Many Requests", RetryAfter: 7 * time.Second},
		},
		"a_proxy": {502, nil, `<html>bad gateway`, Error{Status: 502, Title: "Bad Gateway"}},
		"empty":   {404, nil, ``, Error{Status: 404, Title: "Not Found"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for k, v := range tt.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			c, _ := New(Options{Server: server.URL})
			defer c.Close()
			_, err := c.Me(t.Context())
			if e := (*Error)(nil); !errors.As(err, &e) || *e != tt.want || e.Error() == "" {
				t.Errorf("%+v", err)
			}
		})
	}
}

func TestNew(t *testing.T) {
	for server, ok := range map[string]bool{
		"http://localhost:8080": true, "chat.example.org": true, "https://x/y/": true,
		"": false, "ftp://x": false, "http://": false, "https://a b": false,
	} {
		if _, err := New(Options{Server: server}); (err == nil) != ok {
			t.Errorf("%q: %v", server, err)
		}
	}
	if _, err := New(Options{Server: "x", Transport: "pigeon"}); err == nil {
		t.Error("an unknown transport was taken")
	}
}

// TestClient_errors_keep_secrets: what people search for is in the address of a request and must not get into errors.
func TestClient_errors_keep_secrets(t *testing.T) {
	c, _ := New(Options{Server: "http://127.0.0.1:1"})
	_, err := c.Patients(t.Context(), PatientQuery{Query: "Almeida"})
	if err == nil || strings.Contains(err.Error(), "Almeida") {
		t.Errorf("%v", err)
	}
}
