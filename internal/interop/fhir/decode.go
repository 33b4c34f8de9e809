package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"kinward/internal/care"
)

// decoders is what we have a use for. A decoder returns the record, or an error that names the field which makes the
// row useless.
var decoders = map[string]func(*resource) (any, error){
	"Patient":          func(r *resource) (any, error) { return r.patient() },
	"RelatedPerson":    func(r *resource) (any, error) { return r.relative() },
	"Practitioner":     func(r *resource) (any, error) { return r.practitioner() },
	"PractitionerRole": func(r *resource) (any, error) { return r.role() },
	"Encounter":        func(r *resource) (any, error) { return r.stay() },
	"CareTeam":         func(r *resource) (any, error) { return r.careTeam() },
	"Location":         func(r *resource) (any, error) { return r.location() },
	"Organization":     func(r *resource) (any, error) { return r.organization() },
}

// errUseless marks a resource that is right but tells us nothing, such as a care team without a patient.
var errUseless = errors.New("of no use here")

// resource is one resource being decoded.
type resource struct {
	object
	kind  string
	url   string // the entry's fullUrl, normalised
	base  string // the server part of url, "" when that isn't an address
	notes []string
	in    *container
	id    string // within in, when this is a contained resource
}

// container is a resource with those that it contains.
type container struct {
	key      care.Ref
	parts    map[string]object
	referred []string        // ids of the parts that anything of ours refers to
	listed   map[string]bool // those in referred
}

func (f *file) decode(raw []byte, line int, fullURL string) error {
	kind := typeOf(raw)
	if kind == "Bundle" {
		return f.readInner(raw, line)
	}
	if !f.want(kind) {
		return nil
	}
	if _, ok := decoders[kind]; !ok && kind != "" {
		if !json.Valid(raw) {
			return f.reject(line, kind, "%s", whyInvalid(raw))
		}
		return f.emit(Entry{Line: line, Type: kind, Ignored: true})
	}
	o, err := parseObject(raw)
	if err != nil {
		return f.reject(line, kind, "%s", whyInvalid(raw))
	}
	if kind = o.text("resourceType"); decoders[kind] == nil {
		return f.reject(line, "", "resourceType: missing")
	}
	return f.deliver(newResource(o, kind, fullURL), line)
}

// deliver decodes a resource and emits it, behind the contained resources that it refers to.
func (f *file) deliver(r *resource, line int) error {
	record, err := decoders[r.kind](r)
	if errors.Is(err, errUseless) {
		return f.emit(Entry{Line: line, Type: r.kind, Ignored: true})
	}
	if err != nil {
		return f.reject(line, r.kind, "%s.%v", r.kind, err)
	}
	for i := 0; r.id == "" && i < len(r.in.referred); i++ { // contained ones may refer to further ones
		part := &resource{object: r.in.parts[r.in.referred[i]], base: r.base, in: r.in, id: r.in.referred[i]}
		if part.kind = part.text("resourceType"); decoders[part.kind] == nil {
			continue
		}
		if err := f.deliver(part, line); err != nil {
			return err
		}
	}
	return f.emit(Entry{Line: line, Type: r.kind, Record: record, Notes: r.notes})
}

func newResource(o object, kind, fullURL string) *resource {
	r := &resource{object: o, kind: kind, in: &container{parts: map[string]object{}, listed: map[string]bool{}}}
	r.url, r.base = splitURL(fullURL)
	for _, part := range o.list("contained") {
		if id := part.text("id"); id != "" {
			r.in.parts[id] = part
		}
	}
	if refs := r.refs(r.identifiers()); len(refs) > 0 {
		r.in.key = refs[0]
	}
	return r
}

func (r *resource) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(r.kind+"."+format, args...))
}

// parseObject decodes one object, numbers as they are written.
func parseObject(raw []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var o object
	err := d.Decode(&o)
	return o, err
}
