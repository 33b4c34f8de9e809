// Package web is the web client, built: the page in each language, its scripts and styles, and the catalogues of texts, which
// pages made by the server say too. It is embedded; with the build tag dev it is built anew from the sources beside this file
// whenever the page is asked for. What is embedded lies in dist and is made by go generate ./web.
//
// All functions may be called from any number of goroutines.
package web

//go:generate go run ./build

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"kinward/web/internal/texts"
)

// File is a file as browsers get it.
type File struct {
	Type    string // Content-Type
	ETag    string // quoted; of the plain content
	Content []byte
	Brotli  []byte // the same compressed; nil where that is no gain
	Gzip    []byte
	Kept    bool // the name changes with the content, so it may be kept for ever
}

// About is what the server has to know of the client: dist/build.json.
type About struct {
	Build     string `json:"build"`     // names the client's sources
	BasicCSS  string `json:"basic_css"` // path of the style sheet of the pages without JavaScript
	Icon      string `json:"icon"`      // and of the icons
	TouchIcon string `json:"touch_icon"`
}

// Page is the page that starts the client, in one of Languages. Where the server knows what kind of person asks, it fetches what
// they see first along with the client; "" is for whoever is not signed in. With the build tag dev it builds the client, and its
// error tells what does not build.
func Page(language, kind string) (File, error) {
	if err := refresh(); err != nil {
		return File{}, err
	}
	if kind != "" {
		if f, ok := Find("/index." + language + "." + kind + ".html"); ok {
			return f, nil
		}
	}
	f, ok := Find("/index." + language + ".html") // of strangers, and of kinds that see nothing first besides what it has
	if !ok {
		return f, fs.ErrNotExist
	}
	return f, nil
}

// Text is an entry of a catalogue.
type Text = texts.Text

// Languages are the codes of the languages, the first for those who speak none of them.
var Languages = texts.Languages

// Direction is how a language is written: ltr or rtl.
func Direction(language string) string { return texts.Direction(language) }

// types are the kinds of file that the client has; Go's own table depends on the machine.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
	".map": "application/json",
}

// served makes the File of a name below dist; get finds the content of a name, nil where there is none.
func served(name string, get func(name string) []byte) (File, bool) {
	kind, known := types[path.Ext(name)]
	content := get(name)
	if !known || content == nil {
		return File{}, false
	}
	sum := sha256.Sum256(content)
	return File{
		Type: kind, ETag: fmt.Sprintf("%q", base64.RawURLEncoding.EncodeToString(sum[:12])),
		Content: content, Brotli: get(name + ".br"), Gzip: get(name + ".gz"),
		Kept: strings.HasPrefix(name, "assets/"),
	}, true
}
