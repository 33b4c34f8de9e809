package web_test

import (
	"regexp"
	"strings"
	"testing"
)

var (
	cssComment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	declaration = regexp.MustCompile(`(?m)(?:^|[{;])\s*(-?[a-z][a-z-]*)\s*:\s*([^;{}]+)[;}]`)

	sided      = regexp.MustCompile(`^((scroll-)?(margin|padding)-(left|right)|border-(left|right)(-\w+)?|border-(top|bottom)-(left|right)-radius|left|right)$`)
	alignments = regexp.MustCompile(`^(text-align|text-align-last|float|clear|justify-content|justify-items|caption-side)$`)
	corners    = regexp.MustCompile(`^(margin|padding|inset|border-width|border-style|border-color|scroll-margin|scroll-padding)$`)
)

// mirrored are declarations that name a side and are right in both directions, with the reason.
var mirrored = map[string]string{
	"left: env(safe-area-inset-left)": "the notch stays where it is",
}

// TestStyles_logical is B-47: no style names the left or the right, so that Arabic is laid out by the same rules.
func TestStyles_logical(t *testing.T) {
	for _, name := range sources(t, "src/css", ".css") {
		css := cssComment.ReplaceAllString(read(t, name), "")
		for _, m := range declaration.FindAllStringSubmatch(css, -1) {
			property, value := m[1], strings.TrimSpace(m[2])
			if _, ok := mirrored[property+": "+value]; !ok && namesSide(property, value) {
				t.Errorf("%s: %q names a side: use the logical property", name, property+": "+value)
			}
		}
	}
}

func namesSide(property, value string) bool {
	if sided.MatchString(property) {
		return true
	}
	if alignments.MatchString(property) {
		return value == "left" || value == "right"
	}
	parts := strings.Fields(value)
	return corners.MatchString(property) && !strings.Contains(value, "(") && len(parts) == 4 && parts[1] != parts[3]
}

var hex = regexp.MustCompile(`#[0-9a-fA-F]{6}\b`)

// TestStyles_basic: the pages without JavaScript have the colours of the others.
func TestStyles_basic(t *testing.T) {
	tokens := strings.ToLower(read(t, "src/css/tokens.css"))
	for _, colour := range hex.FindAllString(read(t, "src/css/basic.css"), -1) {
		if !strings.Contains(tokens, strings.ToLower(colour)) {
			t.Errorf("basic.css has %s, which is not in tokens.css", colour)
		}
	}
}

var (
	darkBlock = regexp.MustCompile(`(?s)(?:\[data-theme='dark'\]|@media \(prefers-color-scheme: dark\))\s*\{(.*?)\n\}`)
	inBlock   = regexp.MustCompile(`(?m)^\s*([a-z-][a-z0-9-]*)\s*:\s*([^;{}]+);`)
	ofColour  = regexp.MustCompile(`^(color-scheme|background|color|(border|outline)(-\w+)*-color|fill|stroke|--[a-z0-9-]+)$`)
	sized     = regexp.MustCompile(`^[0-9.]+(px|rem|em|%|vh|vw)?$`)
)

// TestStyles_dark: the dark theme is other colours and nothing else, so what holds of sizes, places and words in the light one
// holds there too. The browser tests rely on it: in the dark theme they look at colours only.
func TestStyles_dark(t *testing.T) {
	found := 0
	for _, name := range sources(t, "src/css", ".css") {
		css := cssComment.ReplaceAllString(read(t, name), "")
		for _, block := range darkBlock.FindAllStringSubmatch(css, -1) {
			for _, m := range inBlock.FindAllStringSubmatch(block[1], -1) {
				found++
				if property, value := m[1], strings.TrimSpace(m[2]); !ofColour.MatchString(property) || sized.MatchString(value) {
					t.Errorf("%s: %q in the dark theme is no colour", name, property+": "+value)
				}
			}
		}
		rest := darkBlock.ReplaceAllString(css, "")
		if strings.Contains(rest, "prefers-color-scheme: dark") || strings.Contains(rest, "data-theme='dark'") {
			t.Errorf("%s has rules of the dark theme that this test does not read", name)
		}
	}
	if found < 100 {
		t.Errorf("only %d colours of the dark theme were found", found)
	}
}

var nameless = regexp.MustCompile(`(?m)(^|[\s>+~(,])\*?:(nth|first|last|only)-[\w-]+`)

// TestStyles_positional: a place among siblings is asked of named elements only. ":nth-child(2)" alone is asked of every element
// of the page, and from then on each row that comes or goes has all its siblings styled anew: 250 messages in a transcript.
func TestStyles_positional(t *testing.T) {
	for _, name := range sources(t, "src/css", ".css") {
		for _, m := range nameless.FindAllString(cssComment.ReplaceAllString(read(t, name), ""), -1) {
			t.Errorf("%s: %q needs a class or an element before it", name, strings.TrimSpace(m))
		}
	}
}
