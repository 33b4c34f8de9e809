package id

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	made := New[Person]()
	got, err := Parse[Person](made.String())
	if err != nil || got != made {
		t.Fatalf("round trip: %v, %v", got, err)
	}
	if upper, err := Parse[Person](strings.ToUpper(made.String())); err != nil || upper != made {
		t.Errorf("upper case: %v, %v", upper, err)
	}
	for _, bad := range []string{
		"", "x", made.String() + "0", "{" + made.String()[1:35] + "}", "00000000-0000-0000-0000-000000000000",
		strings.ReplaceAll(made.String(), "-", "_"), "urn:uuid:" + made.String(),
	} {
		if _, err := Parse[Person](bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestText(t *testing.T) {
	made := New[Message]()
	b, err := made.AppendText(nil)
	if err != nil || string(b) != made.String() {
		t.Errorf("%s, %v", b, err)
	}
	if none := (Message{}); none.String() != "" || !none.IsZero() {
		t.Errorf("none is %q", none.String())
	}
}

// TestScan: what Value stores, Scan reads; none is NULL, and anything that is not 16 bytes is refused.
func TestScan(t *testing.T) {
	for _, want := range []Link{New[Link](), {}} {
		v, err := want.Value()
		if err != nil || want.IsZero() != (v == nil) {
			t.Fatalf("value %v, %v", v, err)
		}
		got := New[Link]()
		if err := got.Scan(v); err != nil || got != want {
			t.Errorf("scanned %v, %v", got, err)
		}
	}
	for _, bad := range []any{[]byte{1}, "text", int64(1)} {
		if err := new(Link).Scan(bad); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestNew_ordered(t *testing.T) {
	last := New[Message]().String()
	for range 1000 {
		next := New[Message]().String()
		if next <= last {
			t.Fatalf("%s after %s", next, last)
		}
		last = next
	}
}
