package bundle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kinward/web/internal/deflate"
	"kinward/web/internal/texts"
)

// Budget is what a part of the client may weigh, in bytes as gzip sends it.
type Budget struct {
	Name  string
	Files []string // below dist
	Size  int
	Most  int
}

const kB = 1024

// soon is what a relative's page fetches by itself as soon as it stands, in about the order in which it does.
var soon = []string{
	"src/ui/connection/bar.tsx", "src/ui/chat/announcing.ts", "src/ui/kit/keyboard.ts", "src/ui/alerts/watch.ts",
	"src/ui/alerts/tell.tsx", "src/ui/kit/toasts.tsx", "src/ui/offline/update-bar.tsx", "src/ui/offline/install-offer.tsx",
}

// Budgets weighs what each kind of user has to fetch before they can read and write; of texts, also what comes when something
// is opened.
func (r *Result) Budgets() []Budget {
	family := r.closure("src/main.tsx", "src/routes/family/index.tsx")
	budgets := []Budget{
		{Name: "family, all JS", Files: family, Most: 40 * kB},
		{Name: "family, soon", Files: without(r.closure(soon...), family), Most: 11 * kB},
		{Name: "staff, all JS", Files: r.closure("src/main.tsx", "src/routes/staff/index.tsx"), Most: 60 * kB},
		{Name: "people, all JS", Files: r.closure("src/main.tsx", "src/routes/people/index.tsx"), Most: 61 * kB},
		{Name: "CSS", Files: []string{r.of("src/css/index.css")}, Most: 12 * kB},
		{Name: "basic CSS", Files: []string{r.of("src/css/basic.css")}, Most: 4 * kB},
		{Name: "embed loader", Files: []string{"embed.js"}, Most: 2 * kB},
		{Name: "service worker", Files: []string{"sw.js"}, Most: 3 * kB},
	}
	for _, l := range texts.Languages {
		base, more := r.of(locale(l, partBase)), r.of(locale(l, partMore))
		budgets = append(budgets, Budget{Name: "texts " + l, Files: []string{base, r.of(locale(l, partStaff))}, Most: 6 * kB},
			Budget{Name: "texts to open " + l, Files: []string{more}, Most: 6 * kB})
	}
	sizes := map[string]int{}
	for i := range budgets {
		for _, name := range budgets[i].Files {
			if sizes[name] == 0 {
				sizes[name] = len(deflate.Gzip(r.Files[name]))
			}
			budgets[i].Size += sizes[name]
		}
	}
	return budgets
}

func without(files, others []string) []string {
	return slices.DeleteFunc(files, func(name string) bool { return slices.Contains(others, name) })
}

// closure are the chunks of some entries and all that these import at once.
func (r *Result) closure(entries ...string) []string {
	seen := map[string]bool{}
	var all []string
	add := func(path string) {
		if path != "" && !seen[path] {
			seen[path] = true
			all = append(all, path)
		}
	}
	for _, entry := range entries {
		chunk := r.of(entry)
		add(chunk)
		for _, path := range r.staticImports(chunk) {
			add(path)
		}
	}
	return all
}

// Report tells the sizes in lines for people.
func (r *Result) Report() []string {
	lines := []string{"build " + r.Build}
	for _, b := range r.Budgets() {
		line := fmt.Sprintf("%-16s %6.1f of %2d kB", b.Name, float64(b.Size)/kB, b.Most/kB)
		if b.Size > b.Most {
			line += "  TOO LARGE: " + strings.Join(r.heaviest(b.Files), ", ")
		}
		lines = append(lines, line)
	}
	return lines
}

// heaviest names the sources that most of some files come from, with their bytes before compression.
func (r *Result) heaviest(files []string) (names []string) {
	weight := map[string]int{}
	for _, name := range files {
		for source, in := range r.outputs[name].Inputs {
			weight[source] += in.Bytes
		}
	}
	sources := slices.Collect(maps.Keys(weight))
	slices.SortFunc(sources, func(a, b string) int { return cmp.Or(weight[b]-weight[a], strings.Compare(a, b)) })
	for _, source := range sources[:min(len(sources), 12)] {
		names = append(names, fmt.Sprintf("%s %d", source, weight[source]))
	}
	return names
}

func trimDist(path string) string { return strings.TrimPrefix(path, "dist/") }
