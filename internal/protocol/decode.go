package protocol

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// DecodeKind is why a request can't be taken; it equals the code of the problem that answers it.
type DecodeKind string

const (
	Malformed DecodeKind = "malformed" // not one JSON object, or nested too deep: HTTP 400
	Invalid   DecodeKind = "invalid"   // JSON, but Field breaks the contract: HTTP 422
)

// DecodeError is what Decode and ParseCursor find wrong. It never holds the value that was sent, so it may be answered and
// logged as it is.
type DecodeError struct {
	Kind   DecodeKind
	Field  string // with Invalid: as in message.text or members[2]
	Detail string // one sentence or two for the caller: what is wrong and what to do
}

func (e *DecodeError) Error() string {
	if e.Field == "" {
		return string(e.Kind) + ": " + e.Detail
	}
	return string(e.Kind) + " (" + e.Field + "): " + e.Detail
}

const (
	// shareBelow is the length of body up to which the texts read from it share one copy of it: a frame then costs one
	// allocation instead of one per field, and a text kept for long holds on to no more than this.
	shareBelow = 1 << 10
	maxFields  = 64 // of one struct: a bit each in the set of fields seen
	shownName  = 64 // characters of an unknown field's name that are told back
)

// Decode reads body, one JSON object, into the zero request struct or ClientFrame that into points to. It is strict where
// encoding/json is forgiving, because what is dropped or mended in silence is lost to its sender: names must match exactly
// and stand once, texts must be UTF-8 without halves of surrogate pairs, whole numbers must be written as such. A field that
// is null counts as left out; an item of a list may not be null. Whether a required field is there is not asked here.
//
// The error is a *DecodeError; any other says that into is not a pointer to a struct that requests can have. After an error
// into is partly filled and of no use. Decode keeps nothing of body and takes time linear in its length.
func Decode(body []byte, into any) error {
	v, s, err := target(into)
	if err != nil {
		return err
	}
	d := decoder{scanner{in: string(body)}}
	fault := d.document(v, s)
	if fault == nil {
		return nil
	}
	if fault.Kind == Invalid {
		if worse := wellFormed(d.in); worse != nil {
			return worse
		}
	}
	return fault
}

// decoder fills Go values, guided by their shapes, in one pass over the text.
type decoder struct{ scanner }

func (d *decoder) document(v reflect.Value, s *shape) *DecodeError {
	if d.peek() != '{' {
		return d.notObject()
	}
	if fault := d.object(v, s); fault != nil {
		return fault
	}
	return d.end()
}

// value reads what stands next into v.
func (d *decoder) value(v reflect.Value, s *shape) *DecodeError {
	c := d.peek()
	if !s.kind.begins(c) {
		return d.wrongType(c, s.kind)
	}
	if s.pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch s.kind {
	case wantObject:
		return d.object(v, s)
	case wantList:
		return d.list(v, s)
	case wantWhole:
		return d.whole(v)
	case wantTruth:
		v.SetBool(c == 't')
		return d.word(strconv.FormatBool(c == 't'))
	case wantTime:
		return d.time(v)
	default:
		return d.text(v)
	}
}

func (d *decoder) object(v reflect.Value, s *shape) *DecodeError {
	d.pos++
	if d.peek() == '}' {
		d.pos++
		return nil
	}
	var seen uint64
	for more, next := true, 0; more; next++ {
		i, fault := d.fieldName(s, next)
		if fault != nil {
			return fault
		}
		f := &s.fields[i]
		if seen&(1<<i) != 0 {
			return invalid(f.name, "This field is there twice; send it once.")
		}
		seen |= 1 << i
		if d.peek() == 'n' {
			fault = d.word("null")
		} else if fault = d.value(v.Field(f.index), f.shape); fault != nil {
			fault.under(f.name)
		}
		if fault == nil {
			more, fault = d.more('}')
		}
		if fault != nil {
			return fault
		}
		next = i
	}
	return nil
}

// fieldName reads a name and its colon, and finds the field; next is where it is looked for first.
func (d *decoder) fieldName(s *shape, next int) (int, *DecodeError) {
	if d.peek() != '"' {
		return 0, d.fault()
	}
	sp, fault := d.str()
	if fault != nil {
		return 0, fault
	}
	name, ok := sp.text()
	if !ok {
		return 0, invalid(shown(sp.raw), "The name of this field is not valid Unicode text; send names as documented, in UTF-8.")
	}
	i := s.find(name, next)
	if i >= 0 {
		return i, d.expect(':')
	}
	if right := s.like(name); right != "" {
		return 0, invalid(shown(name), "There is no such field; write "+right+", capitals count.")
	}
	return 0, invalid(shown(name), "There is no such field here; leave it out or correct its name.")
}

func (d *decoder) list(v reflect.Value, s *shape) *DecodeError {
	d.pos++
	if d.peek() == ']' {
		d.pos++
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		return nil
	}
	v.SetZero()
	for n, more := 0, true; more; n++ {
		v.Grow(1)
		v.SetLen(n + 1)
		fault := d.value(v.Index(n), s.item)
		if fault != nil {
			fault.under("[" + strconv.Itoa(n) + "]")
		} else {
			more, fault = d.more(']')
		}
		if fault != nil {
			return fault
		}
	}
	return nil
}

func (d *decoder) text(v reflect.Value) *DecodeError {
	sp, fault := d.str()
	if fault != nil {
		return fault
	}
	text, ok := sp.text()
	if !ok {
		return invalid("", "This text is not valid Unicode; send UTF-8, and \\u escapes of surrogates only in pairs.")
	}
	if !sp.escaped && len(d.in) > shareBelow {
		text = strings.Clone(text)
	}
	v.SetString(text)
	return nil
}

func (d *decoder) whole(v reflect.Value) *DecodeError {
	raw, fault := d.number()
	if fault != nil {
		return fault
	}
	n, err := strconv.ParseInt(raw, 10, v.Type().Bits())
	switch {
	case errors.Is(err, strconv.ErrRange):
		return invalid("", "This number is out of range; send one that fits into 64 bits with its sign.")
	case err != nil:
		return invalid("", "This must be a whole number; write it without point and exponent.")
	}
	v.SetInt(n)
	return nil
}

func (d *decoder) time(v reflect.Value) *DecodeError {
	sp, fault := d.str()
	if fault != nil {
		return fault
	}
	text, ok := sp.text()
	var t Time
	if !ok || t.UnmarshalText([]byte(text)) != nil {
		return invalid("", "This must be a time as in RFC 3339; write it like 2026-11-21T09:14:03.000Z.")
	}
	v.Set(reflect.ValueOf(t))
	return nil
}
