package problem

import (
	"errors"
	"fmt"
	"testing"
)

func TestCodeOf(t *testing.T) {
	cause := errors.New("cause")
	p := &Error{Code: Conflict, Field: "id", Detail: "taken", Err: cause}
	for name, c := range map[string]struct {
		err  error
		want Code
	}{
		"none":    {nil, ""},
		"problem": {p, Conflict},
		"wrapped": {fmt.Errorf("send: %w", p), Conflict},
		"other":   {cause, Internal},
		"field":   {Field("text", "too long"), Invalid},
	} {
		if got := CodeOf(c.err); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if !errors.Is(p, cause) || !Is(p, Conflict) || Is(p, NotFound) {
		t.Error("a problem hides its cause or its code")
	}
	if got := p.Error(); got != "conflict (id): taken: cause" {
		t.Errorf("text %q", got)
	}
}
