package main

import (
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// TestPicture: widths are shares, callees stand above their callers, and names can't break the picture.
func TestPicture(t *testing.T) {
	at := func(names ...string) (stack []*profile.Location) {
		for _, name := range names { // the innermost first
			stack = append(stack, &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: name}}}})
		}
		return stack
	}
	p := &profile.Profile{Sample: []*profile.Sample{
		{Location: at("kinward/internal/store.(*Store).Append", "main.main"), Value: []int64{3, 30}},
		{Location: at("modernc.org/sqlite/lib.x", "kinward/internal/store.(*Store).Append", "main.main"), Value: []int64{6, 60}},
		{Location: at("slices.Sort[go.shape.[]kinward/internal/id.ID,<a>]", "main.main"), Value: []int64{1, 10}},
	}}
	svg := picture(tree(p), "a & b")
	for _, want := range []string{
		"<title>a &amp; b</title>",
		`translate(0.0 0)"><title>all 100.0 %</title><rect width="1199.5"`,
		`translate(0.0 17)"><title>main.main 100.0 %`,
		`translate(0.0 34)"><title>store.(*Store).Append 90.0 %</title><rect width="1079.5"`,
		`translate(0.0 51)"><title>lib.x 60.0 %</title><rect width="719.5"`,
		`translate(1080.0 34)"><title>slices.Sort[go.shape.[]kinward/internal/id.ID,&lt;a&gt;] 10.0 %`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("there is no %s in\n%s", want, svg)
		}
	}
}
