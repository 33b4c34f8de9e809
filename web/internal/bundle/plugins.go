package bundle

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"kinward/web/internal/texts"
)

// vendor says where the copy of each package is that the client may import.
var vendor = map[string]string{
	"preact":               "preact/preact.mjs",
	"preact/hooks":         "preact/hooks.mjs",
	"@preact/signals-core": "signals-core/signals-core.mjs",
}

// vendored leads imports by package name to the copies in vendor, and refuses all other packages.
func vendored(dir string) api.Plugin {
	return api.Plugin{Name: "vendored", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^[^./]`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Kind == api.ResolveEntryPoint || a.Namespace == localeSpace || localePath.MatchString(a.Path) || nodePath.MatchString(a.Path) {
				return api.OnResolveResult{}, nil
			}
			path, ok := vendor[a.Path]
			if !ok {
				return api.OnResolveResult{}, fmt.Errorf("the package %q is not in web/vendor", a.Path)
			}
			return api.OnResolveResult{Path: filepath.Join(dir, "vendor", filepath.FromSlash(path))}, nil
		})
	}}
}

const localeSpace = "locale"

var (
	localePath = regexp.MustCompile(`^locale:([a-z]+(?:/(?:staff|more))?)$`)
	nodePath   = regexp.MustCompile(`^node:`) // of unit tests
)

// locales serves the modules locale:en, locale:en/staff, locale:en/more and so on: one part of the catalogue of a language as
// the default export. Without numbers the texts are under their names, and all in the first part.
func locales(dir string, n *numbers) api.Plugin {
	return api.Plugin{Name: "locales", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: localePath.String()}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: localePath.FindStringSubmatch(a.Path)[1], Namespace: localeSpace}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: localeSpace}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			source, err := localeSource(dir, a.Path, n)
			return api.OnLoadResult{Contents: &source, Loader: api.LoaderJS, ResolveDir: dir}, err
		})
	}}
}

// localeSource is the module of a language's part: en, en/staff or en/more.
func localeSource(dir, path string, n *numbers) (string, error) {
	language, part, _ := strings.Cut(path, "/")
	catalogue, err := texts.Catalogue(dir, language)
	if err != nil {
		return "", err
	}
	maps.DeleteFunc(catalogue, func(key string, _ texts.Text) bool { return texts.ServerOnly(key) })
	if n != nil {
		return n.source(catalogue, part)
	}
	if part != partBase {
		return "export default {}", nil
	}
	text, err := marshal(catalogue)
	return "export default " + string(text), err
}
