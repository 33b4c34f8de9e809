package bundle

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"kinward/web/internal/texts"
)

// A catalogue is fetched in parts, each when the code that says its texts is: what a relative's conversation says, what the
// pages of staff and of their colleagues say besides, and what is said by all that opens on demand: the entry, settings, dialogs,
// help. Which part a text is in follows from the modules that name it.
const (
	partBase  = ""
	partStaff = "staff"
	partMore  = "more"
)

var parts = []string{partBase, partStaff, partMore}

// locale names the module of a part.
func locale(language, part string) string {
	return strings.TrimSuffix("locale:"+language+"/"+part, "/")
}

// staffPages are the pages whose texts are fetched with them, beside those that everybody has.
var staffPages = []string{"src/routes/staff/index.tsx", "src/routes/people/index.tsx"}

// opens matches what is fetched when somebody opens it: ui/lazy.tsx fetches the texts along with the code.
var opens = regexp.MustCompile(`lazy(?:<\w+>)?\('(?:page|piece)', \(\) => (?:\w+\()?import\('([^']+)'\)`)

// A user is who a module is fetched for.
type user int

const (
	everybody   user = 1 << iota // as soon as a relative's page stands
	staff                        // as soon as a page of staff or of their colleagues does
	opener                       // somebody who opens something, perhaps a relative
	staffOpener                  // somebody who opens something on the pages of staff
)

// part is where a text is that these users are told.
func (u user) part() string {
	switch {
	case u&everybody != 0 || u == 0:
		return partBase
	case u&staff != 0 && u&opener != 0:
		return partBase // a relative does not fetch what staff does, nor staff at once what is opened
	case u&staff != 0:
		return partStaff
	default:
		return partMore
	}
}

// imported is what esbuild's metafile tells of one source.
type imported struct {
	Imports []struct {
		Path     string `json:"path"`
		Kind     string `json:"kind"`
		Original string `json:"original"`
	} `json:"imports"`
}

// users tells for whom each module is fetched.
func users(o Options) (map[string]user, error) {
	options := o.options("")
	options.EntryPoints = []string{"src/main.tsx"}
	options.Outdir = filepath.Join(o.Dir, "dist")
	built := api.Build(options)
	if len(built.Errors) > 0 {
		return nil, faults(built.Errors)
	}
	var meta struct {
		Inputs map[string]imported `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(built.Metafile), &meta); err != nil {
		return nil, fmt.Errorf("metafile: %w", err)
	}
	found := map[string]user{}
	var visit func(module string, u user)
	visit = func(module string, u user) {
		if found[module]&(u|everybody) != 0 || !strings.HasPrefix(module, "src/") {
			return // what everybody has is there already
		}
		found[module] |= u
		for _, i := range meta.Inputs[module].Imports {
			if i.Kind == "import-statement" {
				visit(i.Path, u)
			}
		}
	}
	visit("src/main.tsx", everybody)
	for changed := true; changed; { // what is fetched later, by what is there by then
		before := total(found)
		for module, us := range found {
			later := laterUsers(filepath.Join(o.Dir, module))
			for _, i := range meta.Inputs[module].Imports {
				if i.Kind != "dynamic-import" {
					continue
				}
				for _, u := range []user{everybody, staff, opener, staffOpener} {
					if us&u != 0 {
						visit(i.Path, later(i.Path, i.Original, u))
					}
				}
			}
		}
		changed = total(found) != before
	}
	return found, nil
}

func total(found map[string]user) (n int) {
	for _, u := range found {
		n += int(u)
	}
	return n
}

// laterUsers tells for whom something is fetched that a module imports later, when the module itself was for user u.
func laterUsers(module string) func(path, original string, u user) user {
	source, _ := os.ReadFile(module) //nolint:gosec // esbuild has read it
	var opened []string
	for _, m := range opens.FindAllSubmatch(source, -1) {
		opened = append(opened, string(m[1]))
	}
	return func(path, original string, u user) user {
		switch {
		case slices.Contains(staffPages, path):
			return staff
		case !slices.Contains(opened, original):
			return u
		case u == everybody:
			return opener
		case u == staff:
			return staffOpener
		}
		return u
	}
}

// partsOf says for each text of the client in which part it is.
func partsOf(o Options, catalogue map[string]texts.Text) (map[string]string, error) {
	modules, err := users(o)
	if err != nil {
		return nil, err
	}
	told := map[string]user{}
	for module, u := range modules {
		source, err := os.ReadFile(filepath.Join(o.Dir, module)) //nolint:gosec // a file of the sources
		if err != nil {
			return nil, err
		}
		for _, m := range literal.FindAllSubmatch(source, -1) {
			told[string(m[1])] |= u
		}
		for _, m := range putTogether.FindAllSubmatch(source, -1) {
			for key := range catalogue {
				if strings.HasPrefix(key, string(m[1])) {
					told[key] |= u
				}
			}
		}
	}
	of := map[string]string{}
	for key := range catalogue {
		of[key] = told[key].part()
	}
	return of, nil
}
