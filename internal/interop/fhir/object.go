package fhir

import (
	"encoding/json"
	"strings"
	"unicode"
)

// object is a decoded JSON object. Its accessors take what there is: one element for an array of one, a number for a
// text. A value of a kind that makes no sense reads as absent, so that a slip in one field costs only that field.
type object map[string]any

// has reports whether there is anything but null or an empty text under key.
func (o object) has(key string) bool { return o[key] != nil && o[key] != "" }

// text is a string, number or boolean as text.
func (o object) text(key string) string { return asText(o[key]) }

// texts is all texts of an array.
func (o object) texts(key string) (all []string) {
	list, ok := o[key].([]any)
	if !ok {
		list = []any{o[key]}
	}
	for _, v := range list {
		if s := asText(v); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// object is the object under key, or the first of an array of them.
func (o object) object(key string) object {
	if list := o.list(key); len(list) > 0 {
		return list[0]
	}
	return nil
}

// list is all objects of an array.
func (o object) list(key string) (all []object) {
	switch v := o[key].(type) {
	case map[string]any:
		return []object{v}
	case []any:
		for _, element := range v {
			if m, ok := element.(map[string]any); ok {
				all = append(all, m)
			}
		}
	}
	return all
}

// boolean is true or false, also as text; ok is false for all else.
func (o object) boolean(key string) (value, ok bool) {
	switch strings.ToLower(o.text(key)) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return clean(v)
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

// clean trims a text and turns control characters and runs of white space into single spaces. A NUL, which no database
// takes, gets in as \u0000.
func clean(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
}
