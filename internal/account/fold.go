package account

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is the form in which names, wards and numbers are searched: without diacritics, case or width. It decomposes
// (NFKD), drops the marks and folds case, so that "JOSÉ", "Jose" and "ｊｏｓｅ" are one.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return foldSpecial.Replace(cases.Fold().String(b.String()))
}

// Letters that do not decompose but are commonly typed without their stroke, as on foreign keyboards.
var foldSpecial = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "æ", "ae", "œ", "oe", "ı", "i", "þ", "th", "ð", "d")

// Terms are the beginnings under which texts are found: every word, its parts ("anne-marie" also as "marie") and the word
// without its signs ("o'brien" also as "obrien"), each once.
func Terms(texts ...string) []string {
	var terms []string
	seen := map[string]bool{}
	add := func(t string) {
		if t != "" && !seen[t] {
			seen[t] = true
			terms = append(terms, t)
		}
	}
	notWord := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	for _, text := range texts {
		for _, word := range strings.Fields(Fold(text)) {
			add(word)
			parts := strings.FieldsFunc(word, notWord)
			add(strings.Join(parts, ""))
			for _, part := range parts {
				add(part)
			}
		}
	}
	return terms
}

// SearchText is what the database keeps of texts for searching: their terms, each behind a space.
func SearchText(texts ...string) string {
	var b strings.Builder
	for _, t := range Terms(texts...) {
		b.WriteByte(' ')
		b.WriteString(t)
	}
	return b.String()
}

// Matches reports whether each of a query's words begins a term of the texts.
func Matches(words []string, texts ...string) bool {
	terms := Terms(texts...)
	for _, w := range words {
		if !slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, w) }) {
			return false
		}
	}
	return true
}

// QueryWords are the folded words of a query; each has to be the beginning of a term. Commas and the like around a word are
// how people write "Almeida, Rosa" and are passed over.
func QueryWords(query string) []string {
	words := strings.Fields(Fold(query))
	for i, w := range words {
		if bare := strings.TrimFunc(w, unicode.IsPunct); bare != "" {
			words[i] = bare
		}
	}
	if len(words) > 8 { // nobody types more; a bound on the work of one search
		words = words[:8]
	}
	return words
}
