package bundle

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"kinward/web/internal/texts"
)

// In what browsers get, the keys of texts are numbers: half of a small catalogue would be names otherwise. The names of texts
// that the client puts together at run time, as in t(`chat.${state}`), stay.

var (
	putTogether = regexp.MustCompile("`([a-z]+\\.[a-z_.]+)\\$\\{") // the beginning of such a name
	literal     = regexp.MustCompile(`'([a-z]+\.[A-Za-z0-9_.\-]+)'`)
)

// numbers are the keys by their number, part by part.
type numbers struct {
	of   map[string]int
	list []string
	from map[string]int    // the first number of each part
	part map[string]string // of all keys, also of those that keep their names
}

// number gives each key of the client one, but those whose names are put together at run time.
func number(o Options) (*numbers, error) {
	catalogue, err := texts.Catalogue(o.Dir, "en")
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(catalogue, func(key string, _ texts.Text) bool { return texts.ServerOnly(key) })
	n := &numbers{of: map[string]int{}, from: map[string]int{}}
	if n.part, err = partsOf(o, catalogue); err != nil {
		return nil, err
	}
	prefixes, err := namesPutTogether(filepath.Join(o.Dir, "src"))
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(catalogue, func(key string, _ texts.Text) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
	})
	for _, part := range parts {
		n.from[part] = len(n.list)
		for _, key := range slices.Sorted(maps.Keys(catalogue)) {
			if n.part[key] == part {
				n.of[key] = len(n.list)
				n.list = append(n.list, key)
			}
		}
	}
	return n, nil
}

func namesPutTogether(src string) (prefixes []string, err error) {
	err = filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !isScript(path) {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // a file of the sources
		for _, m := range putTogether.FindAllSubmatch(content, -1) {
			prefixes = append(prefixes, string(m[1]))
		}
		return err
	})
	return prefixes, err
}

func isScript(path string) bool {
	return strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".tsx")
}

// plugin puts numbers in the place of keys in the sources.
func (n *numbers) plugin() api.Plugin {
	return api.Plugin{Name: "numbers", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `/src/.*\.tsx?$`}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			content, err := os.ReadFile(a.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text := literal.ReplaceAllStringFunc(string(content), func(key string) string {
				if i, ok := n.of[key[1:len(key)-1]]; ok {
					return strconv.Itoa(i)
				}
				return key
			})
			loader := api.LoaderTS
			if strings.HasSuffix(a.Path, "x") {
				loader = api.LoaderTSX
			}
			return api.OnLoadResult{Contents: &text, Loader: loader}, nil
		})
	}}
}

// source is the module of one part of a catalogue: its texts by number, and those that keep their names.
func (n *numbers) source(catalogue map[string]texts.Text, part string) (string, error) {
	numbered := []texts.Text{}
	for _, key := range n.list[n.from[part]:] {
		if n.part[key] != part {
			break
		}
		numbered = append(numbered, short(catalogue[key]))
	}
	named := map[string]texts.Text{}
	for key, text := range catalogue {
		if _, ok := n.of[key]; !ok && n.part[key] == part {
			named[key] = short(text)
		}
	}
	list, err := marshal(numbered)
	if err != nil {
		return "", err
	}
	names, err := marshal(named)
	if err != nil {
		return "", err
	}
	return "export default Object.assign(Array(" + strconv.Itoa(n.from[part]) + ").concat(" + string(list) + ")," + string(names) + ")", nil
}

// short leaves out the plural forms that are as "other" is: i18n.ts takes that one where a form is missing.
func short(text texts.Text) texts.Text {
	if text.Forms == nil {
		return text
	}
	forms := maps.Clone(text.Forms)
	maps.DeleteFunc(forms, func(category, form string) bool { return category != "other" && form == text.Forms["other"] })
	return texts.Text{Forms: forms}
}
