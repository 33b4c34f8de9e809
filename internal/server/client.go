package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"kinward/web"
)

// clientPages are the addresses at which the web client starts; it reads from them where it is.
var clientPages = []string{"/{$}", "/join", "/c/{conversation}", "/patients/{patient}", "/people"}

// serveClient adds the web client's addresses to mux.
func (s *Server) serveClient(mux *http.ServeMux) {
	pages := clientPages
	if web.Dev {
		pages = append(slices.Clone(pages), "/gallery")
	}
	for _, path := range pages {
		mux.HandleFunc("GET "+path, s.clientPage)
	}
	mux.HandleFunc("GET /assets/{name...}", s.clientFile)
	mux.HandleFunc("GET /sw.js", s.clientFile)
	mux.HandleFunc("GET /embed", s.embedPage)
	mux.HandleFunc("GET /embed.js", s.clientFile)
	mux.HandleFunc("GET /robots.txt", s.clientFile)
	for _, l := range web.Languages {
		mux.HandleFunc("GET /manifest."+l+".webmanifest", s.clientFile)
	}
}

// clientPolicy lets the client run its own scripts and styles and talk to this server, and nothing else; pages of the origins in
// framedBy may frame it.
func clientPolicy(framedBy string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors " + framedBy
}

const nobody = "'none'"

// clientPage answers with the page that starts the client. It is the same at all addresses and shows nothing of anybody; its
// language, and which parts of the client it fetches at once, are only a first guess, which saves a poor line some round trips.
func (s *Server) clientPage(w http.ResponseWriter, r *http.Request) {
	token, _ := s.token(r)
	actor, _ := s.o.Accounts.Authenticate(r.Context(), token) // for a stranger then, and without a database
	s.sendPage(w, r, string(actor.Kind), nobody)
}

// sendPage answers with the client's page for a kind of person, which pages of the origins in framedBy may frame.
func (s *Server) sendPage(w http.ResponseWriter, r *http.Request, kind, framedBy string) {
	page, err := web.Page(languageOf(r), kind)
	if err != nil { // with the build tag dev only: tells whoever works on the client what does not build
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Vary", "Accept-Language, Cookie")
	h.Set("Content-Security-Policy", clientPolicy(framedBy))
	sendFile(w, r, page)
}

func (s *Server) clientFile(w http.ResponseWriter, r *http.Request) {
	f, ok := web.Find(r.URL.Path)
	if !ok {
		s.fail(w, r, notHere())
		return
	}
	if r.URL.Path == "/sw.js" { // a worker obeys the policy that it came with
		w.Header().Set("Content-Security-Policy", clientPolicy(nobody))
	}
	sendFile(w, r, f)
}

// sendFile answers with a file in the smallest form that the browser takes, or tells it that what it has is still right.
// What is not kept for ever is asked for again each time, so that a new version is seen at once.
func sendFile(w http.ResponseWriter, r *http.Request, f web.File) {
	h := w.Header()
	content, encoding := f.Content, ""
	switch {
	case f.Brotli != nil && takes(r, "br"):
		content, encoding = f.Brotli, "br"
	case f.Gzip != nil && takes(r, "gzip"):
		content, encoding = f.Gzip, "gzip"
	}
	if f.Brotli != nil || f.Gzip != nil {
		h.Add("Vary", "Accept-Encoding")
	}
	tag := f.ETag
	if encoding != "" {
		tag = strings.TrimSuffix(tag, `"`) + "-" + encoding + `"`
		h.Set("Content-Encoding", encoding)
	}
	h.Set("ETag", tag)
	h.Set("Content-Type", f.Type)
	h.Set("Cache-Control", "no-cache")
	if f.Kept {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if has(r, tag) {
		h.Del("Content-Type")
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) // a client that is gone needs no answer
}

// takes tells whether the browser accepts an encoding. One that it gives the weight 0 it does not.
func takes(r *http.Request, encoding string) bool {
	for offer := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(offer, ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			_, q, _ := strings.Cut(weight, "=")
			n, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			return err != nil || n > 0
		}
	}
	return false
}

// has tells whether the browser keeps the version with this tag.
func has(r *http.Request, tag string) bool {
	for known := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		if known = strings.TrimSpace(known); known == "*" || strings.TrimPrefix(known, "W/") == tag {
			return true
		}
	}
	return false
}

// languageCookie holds the language that somebody chose on the pages without JavaScript.
const languageCookie = "kinward_language"

var languages = func() language.Matcher {
	tags := make([]language.Tag, len(web.Languages))
	for i, l := range web.Languages {
		tags[i] = language.MustParse(l)
	}
	return language.NewMatcher(tags)
}()

// languageOf is the language to greet whoever asks: the one that they chose, or the nearest to what their browser wants.
func languageOf(r *http.Request) string {
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(web.Languages, c.Value) {
		return c.Value
	}
	return nearest(r.Header.Get("Accept-Language"))
}

// nearest is the one of our languages that is nearest to the wanted ones, written as in Accept-Language.
func nearest(wanted string) string {
	tags, _, err := language.ParseAcceptLanguage(wanted)
	if err != nil {
		tags = nil
	}
	_, i, _ := languages.Match(tags...)
	return web.Languages[i]
}
