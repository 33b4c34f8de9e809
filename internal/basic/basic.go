// Package basic is the client for browsers that run no JavaScript, or one too old for the web client: pages made by the
// server under /basic, with forms and a refresh every 15 seconds. It asks the same use cases as the API does, so the same
// rules hold; what is not the visitor's is not found. At all other addresses it tells a browser that there is nothing.
//
// Promises. Nothing that people write, no name and no token stands in an address. A form that is sent twice, by a double
// click or a reload, sends one message: its id is made with the form. Typed text is never lost to a refresh, since the page
// to write on has none; what could not be sent comes back with the reason. Only a page that somebody asked for marks messages
// as read, not one that came by refresh.
//
// The texts are the web client's catalogues. Tests speak HTTP to a whole app (internal/kinwardtest).
package basic

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/id"
	"kinward/internal/problem"
	"kinward/internal/protocol"
	"kinward/web"
)

// Gate is what the API's server shares: who comes in, how often, and what may be told of an error.
type Gate interface {
	// Visit checks where a request comes from, its token and rate, and bounds its body. The actor is zero where no live
	// token came.
	Visit(w http.ResponseWriter, r *http.Request) (actor account.Actor, token string, err error)
	// SignIn signs the browser in by handle and password.
	SignIn(w http.ResponseWriter, r *http.Request, handle, password string) error
	// Redeem signs the browser in as a relative, by the code of an invitation.
	Redeem(w http.ResponseWriter, r *http.Request, ask care.Redemption) (care.Redeemed, error)
	// SignOut ends the session and forgets it in the browser.
	SignOut(w http.ResponseWriter, r *http.Request, actor account.Actor) error
	// Explain is what may be told of an error, and its status; what is our own fault is logged.
	Explain(r *http.Request, err error) (*problem.Error, int)
	// Sends is the bucket that the messages of a session are counted in.
	Sends(session id.Session) *rate.Limiter
	// Language is the best of the client's languages for whoever asks.
	Language(r *http.Request) string
}

// Options are what a Handler needs; all are required.
type Options struct {
	Gate  Gate
	Chat  *chat.Service
	About protocol.About
	Now   func() time.Time
	Log   *slog.Logger
}

// Handler serves everything under /basic. It has no goroutines.
type Handler struct {
	o   Options
	mux *http.ServeMux
}

// New makes a Handler.
func New(o Options) *Handler {
	h := &Handler{o: o, mux: http.NewServeMux()}
	h.mux.HandleFunc("GET /basic", h.page(h.first))
	h.mux.HandleFunc("GET /basic/join", h.page(h.first))
	h.mux.HandleFunc("POST /basic/join", h.page(h.join))
	h.mux.HandleFunc("GET /basic/sign-in", h.page(h.first))
	h.mux.HandleFunc("POST /basic/sign-in", h.page(h.signIn))
	h.mux.HandleFunc("POST /basic/sign-out", h.page(h.member(h.signOut)))
	h.mux.HandleFunc("GET /basic/conversations", h.page(h.member(h.conversations)))
	h.mux.HandleFunc("GET /basic/c/{conversation}", h.page(h.member(h.read)))
	h.mux.HandleFunc("GET /basic/c/{conversation}/write", h.page(h.member(h.write)))
	h.mux.HandleFunc("POST /basic/c/{conversation}/write", h.page(h.send))
	h.mux.HandleFunc("/", h.page(func(v *visit) { v.gone() }))
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// visit is one request and whoever makes it.
type visit struct {
	*Handler
	w     http.ResponseWriter
	r     *http.Request
	actor account.Actor // zero for somebody who is not signed in
	token string
	words
}

const (
	// policy lets a page show itself and send its forms, and nothing else.
	policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

	languageCookie = "kinward_language" // as internal/server reads it
	aYear          = 365 * 24 * 3600
)

// page is what holds for every page: who asks, in which language, and that nothing is kept in caches.
func (h *Handler) page(serve func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("Content-Security-Policy", policy)
		head.Set("Vary", "Accept-Language, Cookie")
		v := &visit{Handler: h, w: w, r: r}
		v.words = speak(h.o.Gate.Language(r))
		if chosen := r.URL.Query().Get("lang"); r.Method == http.MethodGet && slices.Contains(web.Languages, chosen) {
			http.SetCookie(w, &http.Cookie{ //nolint:gosec // a language is no secret, and the web client reads it
				Name: languageCookie, Value: chosen, Path: "/", MaxAge: aYear, SameSite: http.SameSiteLaxMode,
			})
			where := r.URL.Path
			if !v.Simple() { // anything may stand in an address that leads nowhere
				where = v.Home()
			}
			v.to(where)
			return
		}
		var err error
		if v.actor, v.token, err = h.o.Gate.Visit(w, r); err != nil {
			v.fail(err)
			return
		}
		serve(v)
	}
}

// member asks visitors who are not signed in to do so first. A form of theirs must have come from a page of this session:
// browsers that tell nothing of where a request comes from are the very ones that these pages are for.
func (h *Handler) member(serve func(*visit)) func(*visit) {
	return func(v *visit) {
		switch {
		case v.token == "":
			v.to("/basic")
		case v.r.Method == http.MethodPost && !v.ownForm():
			v.fail(problem.New(problem.Forbidden, "the form did not come from a page of this session"))
		default:
			serve(v)
		}
	}
}

// Key stands in every form of somebody who is signed in. Who can't see the session's token can't know it.
func (v *visit) Key() string {
	sum := sha256.Sum256([]byte("a form of /basic\n" + v.token))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (v *visit) ownForm() bool {
	return subtle.ConstantTimeCompare([]byte(v.r.PostFormValue("key")), []byte(v.Key())) == 1
}

// Dial is the number to call as an address.
func (v *visit) Dial() template.URL {
	digits := strings.Map(func(r rune) rune {
		if r == '+' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, v.o.About.UrgentPhone)
	return template.URL("tel:" + digits) //nolint:gosec // digits alone
}

// to leads on to another page, which a reload then asks for again instead of sending a form twice.
func (v *visit) to(path string) {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther) //nolint:gosec // always / or a path below /basic
}

// Simple tells whether the visitor is on one of these pages; else they came to an address where there is none.
func (v *visit) Simple() bool {
	return v.r.URL.Path == "/basic" || strings.HasPrefix(v.r.URL.Path, "/basic/")
}

// Home is the first page of what the visitor uses.
func (v *visit) Home() string {
	if v.Simple() {
		return "/basic"
	}
	return "/"
}

//go:embed pages.html
var pagesHTML string

var pages = template.Must(template.New("pages").Parse(pagesHTML))

// show answers with a page. It is made whole first, so that a fault in it never sends half a page.
func (v *visit) show(status int, name string, data any) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, name, map[string]any{
		"V": v, "D": data, "Client": web.Client(), "About": v.o.About, "Languages": languages, "SignedIn": v.token != "",
	})
	if err != nil {
		v.o.Log.Error("a page can't be made", "page", name, "error", err)
		status = http.StatusInternalServerError
		b.Reset()
		b.WriteString("<!doctype html><title>Kinward</title><p>Something went wrong on our side.")
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // a browser that is gone needs no answer
}

func (v *visit) gone() { v.show(http.StatusNotFound, "stop", v.Say("not_found")) }

// fail answers with what went wrong, where there is no page to say it on.
func (v *visit) fail(err error) {
	p, status := v.o.Gate.Explain(v.r, err)
	switch p.Code {
	case problem.NotFound:
		v.gone()
	case problem.Forbidden:
		v.show(status, "stop", v.Say("refused"))
	default:
		v.show(status, "stop", v.reason(p))
	}
}

// reason is an error in the visitor's language.
func (v *visit) reason(p *problem.Error) string {
	switch p.Code {
	case problem.SignInFailed:
		return v.Say("error_sign_in")
	case problem.InvitationDead:
		return v.Say("error_code")
	case problem.SecondFactor:
		return v.Say("error_birth_date")
	case problem.TooMany:
		return v.Count("error_too_many", max(1, int((p.RetryAfter+time.Minute-1)/time.Minute)))
	}
	return v.Say("error_failed")
}
