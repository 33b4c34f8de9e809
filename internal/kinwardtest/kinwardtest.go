// Package kinwardtest boots a whole Kinward on a temporary database and a loopback socket for tests: nothing in it is
// mocked. The test files of this package are the black-box suites, which speak only the public contract.
package kinwardtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/app"
)

// Server is a running Kinward.
type Server struct {
	URL string // of the API: http://127.0.0.1:port/api/v1
	App *app.App

	t      testing.TB
	config app.Config
	stop   context.CancelFunc
	done   chan error
	once   *sync.Once
}

// Start boots a server and stops it when the test ends. Registration is open and rates are not limited unless edit says
// otherwise.
func Start(t testing.TB, edit ...func(*app.Config)) *Server {
	t.Helper()
	c := app.Config{Listen: "127.0.0.1:0", DataDir: t.TempDir(), Registration: "open", RateLimits: "off"}
	for _, e := range edit {
		e(&c)
	}
	s := &Server{t: t, config: c}
	s.boot()
	t.Cleanup(s.Stop)
	return s
}

func (s *Server) boot() {
	s.t.Helper()
	a, err := app.Open(context.Background(), s.config)
	if err != nil {
		s.t.Fatalf("open: %v", err)
	}
	s.config.Listen = a.Addr() // a restart comes back at the same address
	ctx, cancel := context.WithCancel(context.Background())
	s.App, s.stop, s.done, s.once = a, cancel, make(chan error, 1), new(sync.Once)
	s.URL = "http://" + a.Addr() + "/api/v1"
	go func() { s.done <- a.Run(ctx) }()
}

// Stop stops the server in order and closes the database. A second call does nothing.
func (s *Server) Stop() {
	s.once.Do(func() {
		s.stop()
		if err := <-s.done; err != nil {
			s.t.Errorf("run: %v", err)
		}
		if err := s.App.Close(); err != nil {
			s.t.Errorf("close: %v", err)
		}
	})
}

// Restart stops the server and boots it again on the same data and address.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.boot()
}

// For is the same server speaking to another test: a subtest that shares its parent's.
func (s *Server) For(t testing.TB) *Server {
	c := *s
	c.t = t
	return &c
}

// now is the server's clock.
func (s *Server) now() time.Time {
	if s.config.Now != nil {
		return s.config.Now()
	}
	return time.Now().UTC().Truncate(time.Millisecond)
}

// DataDir is where the database and the key are.
func (s *Server) DataDir() string { return s.config.DataDir }

// Person is someone with an account and a session. Link is a relative's link to the patient.
type Person struct {
	ID, Handle, Name, Token, Link string
}

// Person makes an account of any kind, signed in.
func (s *Server) Person(kind account.Kind, handle string) Person {
	s.t.Helper()
	ctx := context.Background()
	p, err := s.App.Accounts.Add(ctx, account.Person{Kind: kind, Handle: handle, Name: "Name of " + handle}, "")
	if err != nil {
		s.t.Fatalf("add %s: %v", handle, err)
	}
	token, err := s.App.Accounts.OpenSession(ctx, p.ID, "test")
	if err != nil {
		s.t.Fatalf("sign %s in: %v", handle, err)
	}
	return Person{ID: p.ID.String(), Handle: handle, Name: p.Name, Token: token}
}

// Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON reads the body into v.
func (a Answer) JSON(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		t.Fatalf("answer %d is no JSON: %v: %.200s", a.Status, err, a.Body)
	}
}

// caller keeps more idle connections than the default, for tests that call from many goroutines, and tells of redirects
// instead of following them.
var caller = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Call makes a request; body is sent as it is if it is a string or bytes, else as JSON, and nil sends none.
func (s *Server) Call(token, method, path string, body any) Answer {
	s.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = bytes.NewReader([]byte(b))
	case []byte:
		r = bytes.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		r = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, r)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := answerOf(caller.Do(req)) //nolint:bodyclose // answerOf closes it
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func answerOf(res *http.Response, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	return Answer{res.StatusCode, res.Header, out}, err
}

// Must is Call that wants one status and reads the answer into v (nil: nothing).
func (s *Server) Must(status int, token, method, path string, body, v any) {
	s.t.Helper()
	a := s.Call(token, method, path, body)
	if a.Status != status {
		s.t.Fatalf("%s %s: %d, want %d: %.300s", method, path, a.Status, status, a.Body)
	}
	if v != nil {
		a.JSON(s.t, v)
	}
}
