package fhir

import (
	"slices"
	"strings"

	"kinward/internal/care"
)

// identifiers are all that have a value.
func (o object) identifiers() (all []care.Identifier) {
	seen := map[care.Identifier]bool{}
	for _, id := range o.list("identifier") {
		got := care.Identifier{System: id.text("system"), Value: id.text("value")}
		if got.Value == "" {
			continue
		}
		for _, c := range id.concepts("type") {
			got.Type = c.code()
		}
		if !seen[got] {
			all = append(all, got)
		}
		seen[got] = true
	}
	return all
}

// names are the name to go by and the others, for search: the official name, else the usual one, else the first that
// isn't a former one.
func (o object) names() (name care.HumanName, others []care.HumanName) {
	list := o.list("name")
	if s, ok := o["name"].(string); ok {
		list = []object{{"text": s}}
	}
	best, rank := -1, 0
	var all []care.HumanName
	for _, n := range list {
		if got := humanName(n); !got.IsZero() {
			all = append(all, got)
			if r := nameRank(n.text("use")); r > rank {
				best, rank = len(all)-1, r
			}
		}
	}
	if best < 0 {
		return care.HumanName{}, nil
	}
	name = all[best]
	return name, slices.Delete(all, best, best+1)
}

func nameRank(use string) int {
	switch strings.ToLower(use) {
	case "official":
		return 4
	case "usual":
		return 3
	case "old", "maiden":
		return 1
	}
	return 2
}

func humanName(o object) care.HumanName {
	return care.HumanName{
		Family: strings.Join(o.texts("family"), " "), // a list in STU3
		Given:  o.texts("given"),
		Prefix: strings.Join(o.texts("prefix"), " "),
		Suffix: strings.Join(o.texts("suffix"), " "),
		Text:   o.text("text"),
	}
}

// coding is one code of a concept.
type coding struct{ system, code, display string }

// concept is a CodeableConcept.
type concept struct {
	codings []coding
	text    string
}

// concepts reads CodeableConcepts. A bare Coding (Encounter.class in R4) or text counts as one.
func (o object) concepts(key string) (all []concept) {
	if s, ok := o[key].(string); ok {
		return []concept{{text: clean(s)}}
	}
	for _, c := range o.list(key) {
		if c.has("concept") { // a CodeableReference in R5
			c = c.object("concept")
		}
		got := concept{text: c.text("text")}
		list := c.list("coding")
		if c.has("code") {
			list = append(list, c)
		}
		for _, one := range list {
			got.codings = append(got.codings, coding{one.text("system"), one.text("code"), one.text("display")})
		}
		all = append(all, got)
	}
	return all
}

// code is the first code, or the text where there is none.
func (c concept) code() string {
	for _, one := range c.codings {
		if one.code != "" {
			return one.code
		}
	}
	return c.text
}

// label is what to show: the text, else the first display.
func (c concept) label() string {
	if c.text != "" {
		return c.text
	}
	for _, one := range c.codings {
		if one.display != "" {
			return one.display
		}
	}
	return ""
}

// said is all that the concepts say, codes before words.
func said(concepts []concept) (all []string) {
	for _, c := range concepts {
		for _, one := range c.codings {
			all = append(all, one.code)
		}
	}
	for _, c := range concepts {
		all = append(all, c.text)
		for _, one := range c.codings {
			all = append(all, one.display)
		}
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// relationship is our word and the code behind it.
func (o object) relationship() (word, code string) {
	concepts := o.concepts("relationship")
	for _, s := range said(concepts) {
		if word = care.RelationshipWord(s); word != "other" {
			return word, s
		}
	}
	for _, c := range concepts {
		return "other", c.code()
	}
	return "other", ""
}

// language is the preferred language, else the first. It reads Patient.communication in all shapes: objects with a
// language, and the bare concepts of Practitioner.
func (o object) language() (tag string) {
	for _, c := range o.list("communication") {
		concepts := c.concepts("language")
		if len(concepts) == 0 {
			concepts = object{"it": map[string]any(c)}.concepts("it")
		}
		preferred, _ := c.boolean("preferred")
		for _, s := range said(concepts) {
			if found := care.LanguageTag(s); found != "" && (tag == "" || preferred) {
				tag = found
				break
			}
		}
		if preferred && tag != "" {
			break
		}
	}
	return tag
}

// reach is the best number or address of one of the systems: a mobile before others, by rank, none that is old.
func (o object) reach(systems ...string) (value string) {
	best := 0
	for _, t := range o.list("telecom") {
		use, score := t.text("use"), 10
		if use == "mobile" || t.text("system") == "sms" {
			score = 20
		}
		if rank := t.text("rank"); len(rank) == 1 && rank >= "1" {
			score += 40 - int(rank[0]-'0')
		}
		if slices.Contains(systems, t.text("system")) && use != "old" && t.text("value") != "" && score > best {
			value, best = t.text("value"), score
		}
	}
	return value
}
