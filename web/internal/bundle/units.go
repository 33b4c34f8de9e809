package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Units bundles each test/*.test.ts of the folder web into the folder to, for node --test. Names, like outbox for
// test/outbox.test.ts, leave out all others.
func Units(web, to string, names ...string) error {
	dir, err := filepath.Abs(web)
	if err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "test", "*.test.ts"))
	if len(names) > 0 {
		paths = slices.DeleteFunc(paths, func(path string) bool {
			return !slices.Contains(names, strings.TrimSuffix(filepath.Base(path), ".test.ts"))
		})
	}
	if err != nil || len(paths) == 0 {
		return fmt.Errorf("there is no such test in web/test: %w", os.ErrNotExist)
	}
	options := Options{Dir: dir}.options("test")
	options.EntryPoints = paths
	options.Outdir, err = filepath.Abs(to)
	if err != nil {
		return err
	}
	options.Write = true
	options.Platform = api.PlatformNode
	options.OutExtension = map[string]string{".js": ".mjs"}
	options.Engines = []api.Engine{{Name: api.EngineNode, Version: "20"}}
	options.MinifyIdentifiers, options.MinifyWhitespace = false, false
	options.Sourcemap = api.SourceMapInline
	built := api.Build(options)
	if len(built.Errors) > 0 {
		return faults(built.Errors)
	}
	return nil
}
