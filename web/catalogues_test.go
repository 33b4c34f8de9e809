package web_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kinward/web"
	"kinward/web/internal/texts"
)

// plurals are the categories that Intl.PluralRules may choose in each language (CLDR).
var plurals = map[string][]string{
	"en": {"one", "other"},
	"es": {"many", "one", "other"},
	"zh": {"other"},
	"ar": {"few", "many", "one", "other", "two", "zero"},
	"de": {"one", "other"},
	"pt": {"many", "one", "other"},
}

func catalogue(t *testing.T, language string) map[string]texts.Text {
	t.Helper()
	all, err := texts.Catalogue(".", language)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCatalogues: every language says everything, with the same things put in, and in each plural form it has.
func TestCatalogues(t *testing.T) {
	english := catalogue(t, "en")
	if len(english) < 200 {
		t.Fatalf("%d English texts", len(english))
	}
	for _, language := range web.Languages {
		own := catalogue(t, language)
		for _, key := range slices.Sorted(maps.Keys(english)) {
			text, ok := own[key]
			if !ok {
				t.Errorf("%s: %s is missing", language, key)
				continue
			}
			checkText(t, language, key, text, english[key])
		}
		for key := range own {
			if _, ok := english[key]; !ok {
				t.Errorf("%s: %s is not in English", language, key)
			}
		}
	}
}

var stray = regexp.MustCompile(`^\s|\s$|  |<[a-z/]|&[a-z]+;|\{[^a-z]|\.\.\.`)

func checkText(t *testing.T, language, key string, text, english texts.Text) {
	t.Helper()
	if got, want := text.Placeholders(), english.Placeholders(); !slices.Equal(got, want) {
		t.Errorf("%s: %s has the placeholders %q, English %q", language, key, got, want)
	}
	if (text.Forms == nil) != (english.Forms == nil) {
		t.Errorf("%s: %s has plural forms in one language only", language, key)
		return
	}
	forms := text.Forms
	if forms == nil {
		forms = map[string]string{"": text.Plain}
	} else {
		if got := slices.Sorted(maps.Keys(forms)); !slices.Equal(got, plurals[language]) {
			t.Errorf("%s: %s has the forms %q, the language %q", language, key, got, plurals[language])
		}
		if !strings.Contains(forms["other"], "{count}") {
			t.Errorf("%s: %s does not say {count} in its form for other", language, key)
		}
	}
	for _, form := range forms {
		if form == "" {
			t.Errorf("%s: %s is empty", language, key)
		} else if found := stray.FindString(form); found != "" {
			t.Errorf("%s: %s has %q in %q", language, key, found, form)
		}
	}
}

// TestCatalogues_twice: no file says a key twice, of which the second would win unseen.
func TestCatalogues_twice(t *testing.T) {
	paths, err := filepath.Glob("src/locales/*/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("no catalogue", err)
	}
	for _, path := range paths {
		d := json.NewDecoder(strings.NewReader(read(t, path)))
		seen, depth, wantsKey := map[string]bool{}, 0, false
		for token, err := d.Token(); err == nil; token, err = d.Token() {
			switch v := token.(type) {
			case json.Delim:
				if v == '{' {
					depth++
				} else {
					depth--
				}
				wantsKey = depth == 1
			case string:
				if depth == 1 && wantsKey && seen[v] {
					t.Errorf("%s says %s twice", path, v)
				}
				if depth == 1 && wantsKey {
					seen[v] = true
				}
				wantsKey = depth == 1 && !wantsKey
			}
		}
	}
}
