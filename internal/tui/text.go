package tui

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// clean makes a text harmless to a terminal: control characters (C0, C1 and DEL) become visible signs, and those that
// steer the direction of text, which could make a name pass for another, are dropped. Line ends become \n, tabs spaces;
// invalid UTF-8 becomes U+FFFD. Letters, marks, emoji and the joiners within them stay.
func clean(s string) string {
	if !needsCleaning(s) {
		return s
	}
	var b strings.Builder
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for _, r := range s {
		switch {
		case r == '\n', r == '\u2028', r == '\u2029', r == '\r', r == '\v', r == '\f':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteString("    ")
		case r < 0x20:
			b.WriteRune(0x2400 + r) // the picture of that control character
		case r == 0x7f:
			b.WriteRune(0x2421)
		case r < 0xa0 && r > 0x7f:
			b.WriteRune(utf8.RuneError)
		case hidden(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// drawn makes what a box for writing draws harmless: its colours are ours and stay, what was pasted into it is cleaned.
func drawn(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, s)
}

// hidden are format characters, except for the two joiners that scripts and emoji need.
func hidden(r rune) bool {
	return r != '\u200c' && r != '\u200d' && unicode.Is(unicode.Cf, r)
}

func needsCleaning(s string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	for _, r := range s {
		if r < 0x20 && r != '\n' || r >= 0x7f && (r < 0xa0 || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			return true
		}
	}
	return false
}

// line is clean for one line: names, titles, previews. White space is folded, and what makes terminals disagree about
// widths (variation selectors, joined emoji, skin tones) is left out, since columns stand beside it.
func line(s string) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	return strings.Map(func(r rune) rune {
		if r == '\u200d' || r >= '\ufe00' && r <= '\ufe0f' || r >= 0x1f3fb && r <= 0x1f3ff {
			return -1
		}
		return r
	}, s)
}

// called is a person's name; one that has nothing to show gets a word in its place.
func called(name string) string { return cmp.Or(line(name), "Nameless") }

// width is how many cells a text takes.
func width(s string) int { return ansi.StringWidth(s) }

// cut shortens s to at most w cells, with an ellipsis.
func cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return ansi.Truncate(s, w, "…")
}

// fit makes s exactly w cells wide.
func fit(s string, w int) string {
	s = cut(s, w)
	return s + strings.Repeat(" ", max(0, w-width(s)))
}

// spread puts left and right at the ends of w cells; left gives way.
func spread(left, right string, w int) string {
	right = cut(right, w-1)
	if right == "" {
		return fit(left, w)
	}
	return fit(left, w-width(right)-1) + " " + right
}

// wrap breaks a cleaned text into lines of at most w cells, between words where it can.
func wrap(s string, w int) []string {
	if w < 1 {
		w = 1
	}
	var lines []string
	for _, l := range strings.Split(s, "\n") {
		for _, part := range strings.Split(ansi.Wrap(l, w, ""), "\n") {
			if width(part) > w { // a run of spaces isn't broken
				lines = append(lines, strings.Split(ansi.Hardwrap(part, w, true), "\n")...)
				continue
			}
			lines = append(lines, part)
		}
	}
	return lines
}

// rule is a horizontal line of w cells with a label in its middle.
func rule(label string, w int) string {
	label = cut(label, w-4)
	if label == "" {
		return strings.Repeat("─", max(0, w))
	}
	left := max(0, (w-width(label)-2)/2)
	right := max(0, w-width(label)-2-left)
	return strings.Repeat("─", left) + " " + label + " " + strings.Repeat("─", right)
}
