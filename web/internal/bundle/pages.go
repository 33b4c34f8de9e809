package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"path/filepath"
	"slices"
	"strings"

	"kinward/web/internal/texts"
)

// pages makes index.LANGUAGE.html and manifest.LANGUAGE.webmanifest. They differ in lang and dir, and in the catalogue that
// the page fetches at once instead of after its script has run.
func (r *Result) pages(o Options, icons icons) error {
	page, err := template.ParseFiles(filepath.Join(o.Dir, "src", "index.html"))
	if err != nil {
		return fmt.Errorf("web/src/index.html: %w", err)
	}
	main := r.of("src/main.tsx")
	for _, l := range texts.Languages {
		said, err := texts.Catalogue(o.Dir, l)
		if err != nil {
			return err
		}
		for kind, entries := range firstSeen {
			var b bytes.Buffer
			err = page.Execute(&b, map[string]any{
				"Lang": l, "Dir": texts.Direction(l), "Script": main, "Style": r.of("src/css/index.css"),
				"Preload": r.preload(l, entries),
				"Old":     r.of("src/old.js"), "Instead": said["basic.instead"].Plain,
				"Manifest": "manifest." + l + ".webmanifest", "Icon": icons.svg, "TouchIcon": icons.touch,
			})
			if err != nil {
				return fmt.Errorf("web/src/index.html: %w", err)
			}
			r.Files[strings.TrimSuffix("index."+l+"."+kind, ".")+".html"] = b.Bytes()
		}
		manifest, err := json.MarshalIndent(manifestOf(l, icons), "", "  ")
		if err != nil {
			return err
		}
		r.Files["manifest."+l+".webmanifest"] = append(manifest, '\n')
	}
	return nil
}

// firstSeen is what each kind of person sees first besides what comes with main; a relative, or a stranger, nothing.
var firstSeen = map[string][]string{
	"":       nil,
	"staff":  append([]string{"src/routes/staff/index.tsx"}, ofPatients...),
	"admin":  append([]string{"src/routes/people/index.tsx"}, ofPatients...),
	"member": {"src/routes/people/index.tsx"},
}

var ofPatients = []string{"src/core/patients.ts", "src/routes/entry/idle.ts", "src/routes/entry/lock.tsx"}

// preload is what the page fetches at once besides main: first the set without which nothing can be drawn, then the rest.
func (r *Result) preload(language string, entries []string) []string {
	main := r.of("src/main.tsx")
	needed := sortedSet(r.staticImports(main), []string{r.of(locale(language, partBase))})
	if len(entries) == 0 {
		return needed
	}
	said := []string{r.of(locale(language, partStaff)), r.of(locale(language, partMore))}
	rest := sortedSet(r.closure(entries...), said)
	return slices.Concat(needed, without(rest, append([]string{main}, needed...)))
}

func sortedSet(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

func manifestOf(language string, icons icons) map[string]any {
	type icon = map[string]string
	return map[string]any{
		"id": "/", "name": "Kinward", "short_name": "Kinward", "lang": language, "dir": texts.Direction(language),
		"start_url": "/", "scope": "/", "display": "standalone", "background_color": paper, "theme_color": paper,
		"categories": []string{"medical", "communication"},
		"icons": []icon{
			{"src": icons.svg, "sizes": "any", "type": "image/svg+xml"},
			{"src": icons.small, "sizes": "192x192", "type": "image/png"},
			{"src": icons.large, "sizes": "512x512", "type": "image/png"},
			{"src": icons.maskable, "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
		},
	}
}

// staticImports are the chunks that a chunk can't run without, in the order in which it names them, itself left out.
func (r *Result) staticImports(chunk string) []string {
	var found []string
	var walk func(string)
	walk = func(path string) {
		for _, i := range r.outputs[path].Imports {
			name := trimDist(i.Path)
			if i.Kind == "import-statement" && name != chunk && !slices.Contains(found, name) {
				found = append(found, name)
				walk(name)
			}
		}
	}
	walk(chunk)
	return found
}
