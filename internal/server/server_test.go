package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/time/rate"

	"kinward/internal/feed"
	"kinward/internal/id"
	"kinward/internal/problem"
)

// TestAnswers: every code has a status and a title, so that none falls back to "internal" by accident.
func TestAnswers(t *testing.T) {
	for _, c := range []problem.Code{
		problem.Malformed, problem.Invalid, problem.Unauthenticated, problem.Forbidden, problem.NotFound,
		problem.Conflict, problem.TooLarge, problem.TooMany, problem.Reset, problem.SignInFailed, problem.InvitationDead, problem.SecondFactor,
		problem.StorageFull, problem.Unavailable, problem.Internal, problem.MethodNotAllowed,
	} {
		if a := answers[c]; a.status < 400 || a.title == "" {
			t.Errorf("%s: %+v", c, a)
		}
	}
	if p := asProblem(fmt.Errorf("secret text")); p.Code != problem.Internal || strings.Contains(p.Detail, "secret") {
		t.Errorf("an internal error tells %q", p.Detail)
	}
}

// TestDescribe: every route is described, and every reference leads somewhere (M20 for the API).
func TestDescribe(t *testing.T) {
	routes := (&Server{}).Routes()
	doc, err := json.Marshal(Describe(routes))
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range routes {
		known[r.Method+" "+r.Path] = true
		if d.Paths[r.Path][strings.ToLower(r.Method)] == nil {
			t.Errorf("%s %s is not described", r.Method, r.Path)
		}
	}
	for key := range bodies {
		if !known[key] {
			t.Errorf("bodies tells of %s, which is no route", key)
		}
	}
	for key := range queries {
		if !known[key] {
			t.Errorf("queries tells of %s, which is no route", key)
		}
	}
	for _, part := range strings.Split(string(doc), `"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if d.Components.Schemas[name] == nil {
			t.Errorf("schema %s is referred to and missing", name)
		}
	}
}

func TestTold(t *testing.T) {
	a, b, me := id.New[id.Conversation](), id.New[id.Conversation](), id.New[id.Person]()
	var told told
	told.add([]*feed.Event{{Version: 1, Conversation: a, Seq: 1}, {Version: 2}, {Version: 3, Conversation: b, Seq: 7}, {Version: 4, Conversation: a, Seq: 2}})
	marks, ok := told.take(3, me)
	if !ok || len(marks) != 2 {
		t.Fatalf("marks %+v, %v", marks, ok)
	}
	if marks, ok = told.take(9, me); !ok || len(marks) != 1 || marks[0].Conversation != a || marks[0].Delivered != 2 {
		t.Fatalf("then %+v, %v", marks, ok)
	}
	for v := range int64(maxTold + 1) {
		told.add([]*feed.Event{{Version: v, Conversation: a, Seq: v + 1}})
	}
	if len(told.list) > maxTold {
		t.Errorf("remembers %d", len(told.list))
	}
	if _, ok := told.take(1, me); ok {
		t.Error("after forgetting, an ack does not ask the database")
	}
}

func TestLimits(t *testing.T) {
	l := newLimits(false)
	refused := 0
	for range 2 * requestBurst {
		if err := l.request("one"); problem.Is(err, problem.TooMany) {
			refused++
		}
	}
	if refused == 0 {
		t.Error("a script that runs away is not slowed")
	}
	if err := l.request("another"); err != nil {
		t.Errorf("another client: %v", err)
	}
	for i := range 10 * tidyLimiters {
		if err := l.request(fmt.Sprint("client ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if l.by["one"] == nil {
		t.Error("a runaway is forgotten among many others")
	}
	l.by = map[string]*rate.Limiter{}
	for i := range l.tidyAt {
		l.by[fmt.Sprint(i)] = rate.NewLimiter(requestsPerSecond, requestBurst)
	}
	if _ = l.request("last"); len(l.by) != 1 {
		t.Errorf("%d full buckets are remembered", len(l.by)-1)
	}
	lifted := newLimits(true)
	for range 2 * requestBurst {
		if err := lifted.request("one"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAddress: the client's word counts only behind a proxy that the operator told of (M3).
func TestAddress(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "10.0.0.9:1234"
	r.Header.Set("X-Forwarded-For", "6.6.6.6, 10.1.1.1")
	if got := (&Server{}).address(r); got != "10.0.0.9" {
		t.Errorf("directly: %s", got)
	}
	if got := (&Server{o: Options{BehindProxy: true}}).address(r); got != "10.1.1.1" {
		t.Errorf("behind a proxy: %s", got)
	}
}

func TestDevice(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for told, want := range map[string]string{"phone": "phone", "a\nb\x1b[31m": "ab[31m", strings.Repeat("é", 300): strings.Repeat("é", 200), "\xff": ""} {
		if got := device(r, told); got != want {
			t.Errorf("%q became %q", told, got)
		}
	}
}

// TestNearest: whatever is wanted, one of our languages is spoken.
func TestNearest(t *testing.T) {
	for wanted, want := range map[string]string{
		"pt-BR": "pt", "zh-Hant-TW": "zh", "": "en", "xx": "en", "ar-EG": "ar", "fr, de;q=0.8, en;q=0.5": "de", "\x00;;q=9,": "en",
	} {
		if got := nearest(wanted); got != want {
			t.Errorf("%q: %s", wanted, got)
		}
	}
}

func TestQRSVG(t *testing.T) {
	svg, err := qrSVG("https://chat.example.org/join#ABCDEFGHJK")
	if err != nil || !strings.HasPrefix(svg, "<svg ") || !strings.Contains(svg, `aria-label`) || strings.Contains(svg, "ABCDE") {
		t.Errorf("%.120s, %v", svg, err)
	}
}
