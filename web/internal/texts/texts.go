// Package texts reads the catalogues of what the client and the server say to people: one folder per language, one file per
// area, shared by both. It knows nothing of how the client is built.
package texts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Languages are the codes of the languages that the client speaks, the first for those who speak none of them.
var Languages = []string{"en", "es", "zh", "ar", "de", "pt"}

// Text is one entry of a catalogue: plain, or one form per plural category.
type Text struct {
	Plain string
	Forms map[string]string // by category: zero, one, two, few, many, other; nil for a plain text
}

// UnmarshalJSON reads a string or an object of strings.
func (t *Text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &t.Plain)
	}
	return json.Unmarshal(b, &t.Forms)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (t Text) MarshalJSON() ([]byte, error) {
	if t.Forms != nil {
		return marshal(t.Forms)
	}
	return marshal(t.Plain)
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Placeholders are the names in braces, in all forms together, sorted.
func (t Text) Placeholders() []string {
	var names []string
	for _, form := range append(slices.Collect(maps.Values(t.Forms)), t.Plain) {
		for _, m := range placeholder.FindAllStringSubmatch(form, -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Direction is how a language is written: ltr or rtl.
func Direction(lang string) string {
	if lang == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Catalogue merges the files of one language in the folder web, src/locales/LANGUAGE/AREA.json. A key begins with its area,
// so that two files can't hold the same one.
func Catalogue(web, lang string) (map[string]Text, error) {
	return Read(os.DirFS(filepath.Join(web, "src", "locales", lang)), lang)
}

// Read is Catalogue for a folder that need not be on disk.
func Read(folder fs.FS, lang string) (map[string]Text, error) {
	paths, err := fs.Glob(folder, "*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]Text{}
	var faults []error
	for _, path := range paths {
		texts, err := readArea(folder, path)
		if err != nil {
			faults = append(faults, fmt.Errorf("src/locales/%s/%s: %w", lang, path, err))
		}
		maps.Copy(all, texts)
	}
	return all, errors.Join(faults...)
}

func readArea(folder fs.FS, path string) (map[string]Text, error) {
	raw, err := fs.ReadFile(folder, path)
	if err != nil {
		return nil, err
	}
	var texts map[string]Text
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, err
	}
	area := strings.TrimSuffix(path, ".json")
	for key := range texts {
		if !strings.HasPrefix(key, area+".") {
			return nil, fmt.Errorf("the key %q does not begin with %q", key, area+".")
		}
	}
	return texts, nil
}

// ServerOnly tells of texts that no script says: those of the pages without JavaScript and of the printed card.
func ServerOnly(key string) bool {
	return strings.HasPrefix(key, "basic.") || strings.HasPrefix(key, "card.")
}

// Say fills in a text: every {name} by values, and the plural form by count.
func (t Text) Say(lang string, count int, values map[string]string) string {
	text := t.Plain
	if t.Forms != nil {
		text = t.Forms["other"]
		if form, ok := t.Forms[category(lang, count)]; ok {
			text = form
		}
	}
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		name = name[1 : len(name)-1]
		if v, ok := values[name]; ok {
			return v
		}
		if name == "count" {
			return strconv.Itoa(count)
		}
		return ""
	})
}

var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// category is the plural category of a whole number.
func category(lang string, n int) string {
	return categories[plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0)]
}
