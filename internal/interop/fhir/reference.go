package fhir

import (
	"net/url"
	"slices"
	"strings"

	"kinward/internal/care"
)

// ref is the key of what a Reference points at, "" if it points nowhere. Where a Reference doesn't say which type of
// resource it means, expect does.
func (r *resource) ref(o object, expect string) care.Ref {
	if t := o.text("type"); t != "" {
		expect = t[strings.LastIndexByte(t, '/')+1:]
	}
	switch s := o.text("reference"); {
	case s == "#":
		return r.in.key
	case strings.HasPrefix(s, "#"):
		return r.refInside(s[1:])
	case s != "":
		return r.normalise(s, expect)
	}
	if ids := o.identifiers(); len(ids) > 0 {
		return care.IdentifierRef(expect, ids[0])
	}
	return ""
}

// refInside is a reference to a contained resource, which makes that an entry.
func (r *resource) refInside(id string) care.Ref {
	if r.in.parts[id] == nil {
		return ""
	}
	if !r.in.listed[id] {
		r.in.listed[id] = true
		r.in.referred = append(r.in.referred, id)
	}
	return r.in.key + care.Ref("#"+id)
}

// refType is the type of what a Reference points at, "" if that isn't known.
func (r *resource) refType(o object) string {
	if s := o.text("reference"); strings.HasPrefix(s, "#") {
		return r.in.parts[s[1:]].text("resourceType")
	}
	if kind := r.ref(o, "").Type(); kind != "" {
		return kind
	}
	return o.text("type")
}

// normalise turns a literal reference into a key.
func (r *resource) normalise(s, expect string) care.Ref {
	s, _, _ = strings.Cut(s, "/_history/")
	if path, query, ok := strings.Cut(s, "?"); ok {
		return searchRef(path[strings.LastIndexByte(path, '/')+1:], query)
	}
	if strings.HasPrefix(strings.ToLower(s), "urn:") {
		return care.Ref(lowerUUID(s))
	}
	if strings.Contains(s, "://") {
		return care.Ref(s)
	}
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == '/' })
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return care.Ref(r.base + expect + "/" + parts[0])
	}
	return care.Ref(r.base + parts[len(parts)-2] + "/" + parts[len(parts)-1])
}

// searchRef is the key for a conditional reference. A search that isn't for an identifier stays as it is, and nothing
// answers to it.
func searchRef(resourceType, query string) care.Ref {
	for param := range strings.SplitSeq(query, "&") {
		token, ok := strings.CutPrefix(param, "identifier=")
		if !ok {
			continue
		}
		if plain, err := url.PathUnescape(token); err == nil {
			token = plain
		}
		system, value, ok := strings.Cut(token, "|")
		if !ok {
			system, value = "", token
		}
		return care.IdentifierRef(resourceType, care.Identifier{System: system, Value: value})
	}
	return care.Ref(resourceType + "?" + query)
}

// refs are all keys that the resource answers to.
func (r *resource) refs(ids []care.Identifier) (refs []care.Ref) {
	id := r.text("id")
	switch {
	case r.id != "":
		refs = append(refs, r.in.key+care.Ref("#"+r.id))
	case id != "":
		refs = append(refs, care.Ref(r.kind+"/"+id))
		if isUUID(id) {
			refs = append(refs, care.Ref("urn:uuid:"+strings.ToLower(id)))
		}
	}
	if r.url != "" {
		refs = append(refs, care.Ref(r.url))
	}
	for _, one := range ids {
		refs = append(refs, care.IdentifierRef(r.kind, one))
	}
	seen := map[care.Ref]bool{}
	return slices.DeleteFunc(refs, func(ref care.Ref) bool {
		again := seen[ref]
		seen[ref] = true
		return again
	})
}

// splitURL normalises a Bundle entry's fullUrl and cuts its server part off, against which the entry's relative
// references are meant.
func splitURL(fullURL string) (whole, base string) {
	whole, _, _ = strings.Cut(clean(fullURL), "/_history/")
	if strings.HasPrefix(strings.ToLower(whole), "urn:") {
		return lowerUUID(whole), ""
	}
	if keys := care.Ref(whole).Keys(); len(keys) == 2 {
		return whole, strings.TrimSuffix(whole, string(keys[1]))
	}
	return whole, ""
}

// lowerUUID writes a UUID's URN in lower case, as its case has no meaning; other URNs stay.
func lowerUUID(urn string) string {
	if lower := strings.ToLower(urn); strings.HasPrefix(lower, "urn:uuid:") {
		return lower
	}
	return urn
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if dash != (c == '-') || !dash && !hex {
			return false
		}
	}
	return true
}
