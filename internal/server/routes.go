package server

import (
	"net/http"
	"strings"

	"kinward/internal/problem"
)

// Route is one line of the API.
type Route struct {
	Method, Path string // the path below /api/v1
	Summary      string
	Open         bool // needs no token
	handler      http.HandlerFunc
}

// Routes is every route of the API, and what openapi.json is made from.
func (s *Server) Routes() []Route {
	return []Route{
		{"POST", "/people", "Register oneself", true, s.open(s.register)},
		{"GET", "/people", "Find people to write to", false, s.signedIn(s.people)},
		{"GET", "/accounts", "Open mode: the accounts without a password", true, s.open(s.accounts)},
		{"POST", "/sessions", "Sign in", true, s.open(s.signIn)},
		{"GET", "/sessions", "List one's devices", false, s.signedIn(s.sessions)},
		{"DELETE", "/sessions/{session}", "Sign a device out; current for this one", false, s.signedIn(s.signOut)},
		{"GET", "/me", "Who is signed in", false, s.signedIn(s.me)},
		{"PUT", "/me/password", "Change one's password", false, s.signedIn(s.changePassword)},

		{"GET", "/conversations", "A snapshot of one's conversations, and the cursor to go on from", false, s.signedIn(s.conversations)},
		{"POST", "/conversations", "Open a direct conversation or a group", false, s.signedIn(s.openConversation)},
		{"GET", "/conversations/{conversation}", "One conversation", false, s.signedIn(s.conversation)},
		{"GET", "/conversations/{conversation}/messages", "A page of messages", false, s.signedIn(s.messages)},
		{"POST", "/conversations/{conversation}/messages", "Send a message", false, s.signedIn(s.send)},
		{"PATCH", "/conversations/{conversation}/messages/{seq}", "Correct one's message", false, s.signedIn(s.correct)},
		{"DELETE", "/conversations/{conversation}/messages/{seq}", "Retract one's message", false, s.signedIn(s.retract)},
		{"PUT", "/conversations/{conversation}/marks", "Raise one's read mark", false, s.signedIn(s.mark)},
		{"POST", "/conversations/{conversation}/members", "Add someone to a group", false, s.signedIn(s.addMember)},
		{"DELETE", "/conversations/{conversation}/members/{person}", "Remove someone from a group; me to leave it", false, s.signedIn(s.removeMember)},
		{"POST", "/conversations/{conversation}/typing", "Tell the others that one is writing", false, s.signedIn(s.typing)},

		{"GET", "/feed", "Poll, or with wait= long-poll", false, s.stream(s.poll)},
		{"GET", "/feed/events", "The feed as server-sent events", false, s.stream(s.events)},
		{"GET", "/feed/socket", "The feed as a WebSocket", true, s.socket},

		{"GET", "/patients", "The patients one looks after", false, s.signedIn(s.patients)},
		{"GET", "/patients/{patient}", "One of them", false, s.signedIn(s.patient)},
		{"POST", "/patients/{patient}/invitations", "Invite a relative", false, s.signedIn(s.invite)},
		{"GET", "/patients/{patient}/invitations/{invitation}/qr.svg", "An invitation as a QR code", false, s.stream(s.invitationQR)},
		{"GET", "/patients/{patient}/invitations/{invitation}/card", "An invitation as a card to print", false, s.stream(s.invitationCard)},
		{"POST", "/invitations/redeem", "Enter as a relative", true, s.open(s.redeem)},
		{"POST", "/patients/{patient}/links/{link}/revoke", "End a relative's access", false, s.signedIn(s.revoke)},
		{"POST", "/patients/{patient}/assignments", "Give a patient to a member of staff", false, s.signedIn(s.assign)},
		{"DELETE", "/patients/{patient}/assignments/{assignment}", "End an assignment", false, s.signedIn(s.unassign)},

		{"POST", "/embed/sessions", "Enter from a page of a site that embeds this server", true, s.open(s.enterEmbed)},
		{"PUT", "/embed/sessions/current", "Stay signed in on such a page", false, s.signedIn(s.renewEmbed)},
		{"GET", "/embed/patients", "The patient that such a site means by a number", false, s.signedIn(s.embedPatient)},

		{"GET", "/about", "What this server says of itself", true, s.open(s.about)},
		{"GET", "/healthz", "Whether the process lives", true, s.healthz},
		{"GET", "/readyz", "Whether it can serve", true, s.readyz},
		{"GET", "/metrics", "Figures for Prometheus", true, s.metrics.handler},
		{"GET", "/openapi.json", "This API as OpenAPI 3.1", true, s.openapi},
	}
}

// operations are served at the root too, where orchestrators look for them.
var operations = map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true, "/openapi.json": true}

// Handler serves everything.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range s.Routes() {
		mux.Handle(route.Method+" /api/v1"+route.Path, route.handler)
		if operations[route.Path] {
			mux.Handle(route.Method+" "+route.Path, route.handler)
		}
	}
	mux.Handle("/legacy/", s.o.Legacy)
	mux.Handle("/basic", s.o.Basic)
	mux.Handle("/basic/", s.o.Basic)
	s.serveClient(mux)
	return s.metrics.count(s.guard(mux))
}

// guard answers what no route takes, and sets the headers that hold everywhere.
func (s *Server) guard(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		if s.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var refused refusal
		handler.ServeHTTP(&refused, r)
		if refused.status == http.StatusMethodNotAllowed {
			h.Set("Allow", refused.Header().Get("Allow"))
			s.fail(w, r, problem.New(problem.MethodNotAllowed, "this address takes %s", strings.ToLower(refused.Header().Get("Allow"))))
			return
		}
		if asksForPage(r) {
			s.o.Basic.ServeHTTP(w, r)
			return
		}
		s.fail(w, r, notHere())
	})
}

// asksForPage tells a person with a browser, who wants words and a way back, from a program.
func asksForPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}

func notHere() error { return problem.New(problem.NotFound, "there is nothing at this address") }

// refusal catches the mux's own answer to what it has no route for.
type refusal struct {
	header http.Header
	status int
}

func (f *refusal) Header() http.Header {
	if f.header == nil {
		f.header = http.Header{}
	}
	return f.header
}
func (f *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (f *refusal) WriteHeader(status int)      { f.status = status }
