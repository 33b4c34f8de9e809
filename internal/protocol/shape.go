package protocol

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"
)

// kind is what a place in a request wants.
type kind uint8

const (
	wantText kind = iota + 1
	wantWhole
	wantTruth
	wantTime
	wantObject
	wantList
)

// shape is what Decode knows of a type: read once from its json tags, never changed after.
type shape struct {
	kind    kind
	pointer bool // the Go value is a pointer to it, nil where the field is left out
	fields  []field
	item    *shape // of a list
}

type field struct {
	name  string
	index int // in the Go struct
	shape *shape
}

// shapes holds every type that a client may send, so that no request pays for reflection on types.
var shapes = shapesOf(
	ClientFrame{}, NewMessage{}, Correction{}, Marks{}, OpenConversation{}, AddMember{}, Register{}, SignIn{},
	ChangePassword{}, Invite{}, Redeem{}, Revoke{}, Assign{}, EnterEmbed{},
)

// shapesOf leaves out what shapeOf refuses; a test sees to it that there is no such type.
func shapesOf(examples ...any) map[reflect.Type]*shape {
	all := make(map[reflect.Type]*shape, len(examples))
	for _, e := range examples {
		t := reflect.TypeOf(e)
		if s, err := shapeOf(t, maxDepth); err == nil {
			all[t] = s
		}
	}
	return all
}

// target is the struct that into points to, and its shape.
func target(into any) (reflect.Value, *shape, error) {
	p := reflect.ValueOf(into)
	if p.Kind() != reflect.Pointer || p.IsNil() || p.Type().Elem().Kind() != reflect.Struct {
		return p, nil, fmt.Errorf("decode into %T: not a pointer to a struct", into)
	}
	t := p.Type().Elem()
	s, known := shapes[t]
	if !known {
		var err error
		if s, err = shapeOf(t, maxDepth); err != nil {
			return p, nil, fmt.Errorf("decode into %T: %w", into, err)
		}
	}
	return p.Elem(), s, nil
}

// shapeOf reads t's shape. Only what the contract uses is there: texts, whole numbers, true and false, times, structs, and
// pointers and lists of these, at most depth inside each other (so a type that contains itself is refused).
func shapeOf(t reflect.Type, depth int) (*shape, error) {
	if depth == 0 {
		return nil, fmt.Errorf("%s is nested too deep", t)
	}
	if t == reflect.TypeFor[Time]() {
		return &shape{kind: wantTime}, nil
	}
	switch t.Kind() {
	case reflect.String:
		return &shape{kind: wantText}, nil
	case reflect.Int, reflect.Int64:
		return &shape{kind: wantWhole}, nil
	case reflect.Bool:
		return &shape{kind: wantTruth}, nil
	case reflect.Struct:
		return structShape(t, depth)
	case reflect.Slice:
		item, err := shapeOf(t.Elem(), depth-1)
		return &shape{kind: wantList, item: item}, err
	case reflect.Pointer:
		s, err := shapeOf(t.Elem(), depth-1)
		if err != nil || s.pointer {
			return nil, cmp.Or(err, fmt.Errorf("requests can't hold a %s", t))
		}
		s.pointer = true
		return s, nil
	}
	return nil, fmt.Errorf("requests can't hold a %s", t)
}

// structShape reads the fields of t, all of which must be exported and tagged.
func structShape(t reflect.Type, depth int) (*shape, error) {
	s := &shape{kind: wantObject}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || !f.IsExported() {
			return nil, fmt.Errorf("%s.%s is not exported or has no json name", t, f.Name)
		}
		sub, err := shapeOf(f.Type, depth-1)
		if err != nil {
			return nil, err
		}
		s.fields = append(s.fields, field{name: name, index: f.Index[0], shape: sub})
	}
	if len(s.fields) > maxFields {
		return nil, fmt.Errorf("%s has more than %d fields", t, maxFields)
	}
	return s, nil
}

// find is the place of the field called name, -1 if there is none. The search begins at next, since clients mostly send
// fields in the order in which they are documented.
func (s *shape) find(name string, next int) int {
	for i := range s.fields {
		if i += next; i >= len(s.fields) {
			i -= len(s.fields)
		}
		if s.fields[i].name == name {
			return i
		}
	}
	return -1
}

// like is the field whose name differs from name in capitals only, "" if there is none.
func (s *shape) like(name string) string {
	for _, f := range s.fields {
		if strings.EqualFold(f.name, name) {
			return f.name
		}
	}
	return ""
}
