// Command flame draws a processor profile as a flame graph in SVG: the width of a function is its share of the time, and what
// it called stands above it.
//
//	go run ./internal/bench/flame -title 'pairs 50 × 8' cpu.pprof >flame.svg
package main

import (
	"cmp"
	"flag"
	"fmt"
	"html"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

const (
	width  = 1200 // px of all samples
	height = 17   // px of a call
	letter = 6.6  // px of a letter at 11 px
	least  = 0.004
)

// call is a function as it was called from its parent, and the samples that were taken in it or in what it called.
type call struct {
	name    string
	samples int64
	calls   map[string]*call
}

func main() {
	title := flag.String("title", "", "what was measured")
	flag.Parse()
	if err := draw(os.Stdout, flag.Arg(0), *title); err != nil {
		fmt.Fprintln(os.Stderr, "flame:", err)
		os.Exit(1)
	}
}

func draw(to io.Writer, path, title string) error {
	f, err := os.Open(path) //nolint:gosec // the profile that the command line names
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	p, err := profile.Parse(f)
	if err != nil {
		return fmt.Errorf("%s is no profile: %w", path, err)
	}
	_, err = io.WriteString(to, picture(tree(p), title))
	return err
}

// tree joins the stacks of all samples.
func tree(p *profile.Profile) *call {
	root := &call{name: "all", calls: map[string]*call{}}
	for _, s := range p.Sample {
		n := s.Value[len(s.Value)-1]
		at := root
		at.samples += n
		for _, location := range slices.Backward(s.Location) {
			for _, line := range slices.Backward(location.Line) {
				name := short(line.Function.Name)
				next := at.calls[name]
				if next == nil {
					next = &call{name: name, calls: map[string]*call{}}
					at.calls[name] = next
				}
				next.samples += n
				at = next
			}
		}
	}
	return root
}

// short is a function's name without the path of its package.
func short(name string) string {
	name = name[strings.LastIndexByte(name[:len(name)-len(generic(name))], '/')+1:]
	return strings.TrimSuffix(strings.ReplaceAll(name, "[...]", ""), ".func1")
}

// generic is the part of a name that may hold other packages' paths.
func generic(name string) string {
	if i := strings.IndexByte(name, '['); i >= 0 {
		return name[i:]
	}
	return ""
}

func picture(root *call, title string) string {
	var body strings.Builder
	deep := boxes(&body, root, root.samples, 0, 0)
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11" role="img">`+"\n",
		width, (deep+2)*height)
	fmt.Fprintf(&out, "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", html.EscapeString(title))
	fmt.Fprintf(&out, `<g transform="translate(0 %d) scale(1 -1)">`+"\n%s</g>\n</svg>\n", (deep+2)*height, body.String())
	return out.String()
}

// boxes draws a call and what it called, and tells how deep that goes.
func boxes(to *strings.Builder, c *call, all int64, x float64, level int) int {
	w := width * float64(c.samples) / float64(all)
	fmt.Fprintf(to, `<g transform="translate(%.1f %d)"><title>%s %.1f %%</title><rect width="%.1f" height="%d" fill="%s"/>`,
		x, level*height, html.EscapeString(c.name), 100*float64(c.samples)/float64(all), max(w-0.5, 0.5), height-1, colour(c.name))
	if room := int((w - 4) / letter); room >= 4 {
		name := c.name
		if len(name) > room {
			name = name[:room-1] + "…"
		}
		fmt.Fprintf(to, `<text transform="translate(3 5) scale(1 -1)">%s</text>`, html.EscapeString(name))
	}
	to.WriteString("</g>\n")
	deepest := level
	called := make([]*call, 0, len(c.calls))
	for _, next := range c.calls {
		called = append(called, next)
	}
	slices.SortFunc(called, func(a, b *call) int {
		return cmp.Or(cmp.Compare(b.samples, a.samples), strings.Compare(a.name, b.name))
	})
	for _, next := range called {
		if float64(next.samples) >= least*float64(all) {
			deepest = max(deepest, boxes(to, next, all, x, level+1))
		}
		x += width * float64(next.samples) / float64(all)
	}
	return deepest
}

// colours are by package: the database, the kernel and the runtime, our own, all others.
var colours = []struct{ prefix, colour string }{
	{"lib.", "#c9dcf2"},
	{"sqlite.", "#c9dcf2"},
	{"libc.", "#c9dcf2"},
	{"vfs.", "#c9dcf2"},
	{"syscall.", "#e6c9c2"},
	{"linux.", "#e6c9c2"},
	{"unix.", "#e6c9c2"},
	{"poll.", "#e6c9c2"},
	{"runtime.", "#dddddd"},
	{"feed.", "#bfe3d4"},
	{"store.", "#bfe3d4"},
	{"server.", "#bfe3d4"},
	{"chat.", "#bfe3d4"},
	{"socket.", "#bfe3d4"},
	{"protocol.", "#bfe3d4"},
	{"seal.", "#bfe3d4"},
	{"account.", "#bfe3d4"},
	{"app.", "#bfe3d4"},
	{"id.", "#bfe3d4"},
}

func colour(name string) string {
	for _, c := range colours {
		if strings.HasPrefix(name, c.prefix) {
			return c.colour
		}
	}
	return "#f2e6bf"
}
