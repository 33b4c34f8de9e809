// Package bundle makes the files that browsers get out of the sources in the folder web: scripts in chunks with hashed names,
// one style sheet, the page in each language, the service worker, manifests and icons. What it makes depends on nothing but
// those sources, byte for byte, so a test can tell whether dist is up to date. It needs no Node: esbuild is a Go library.
package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"kinward/web/internal/texts"
)

// Options say what to build.
type Options struct {
	Dir string // the folder web
	Dev bool   // readable output with source maps, the gallery, and no service worker where it does not build
}

// Result is a built client.
type Result struct {
	Build string            // names the sources: the same for the same sources, and only for them
	Files map[string][]byte // by path below dist

	outputs map[string]output
}

// output is what esbuild's metafile tells of one file.
type output struct {
	Imports []struct {
		Path string `json:"path"`
		Kind string `json:"kind"`
	} `json:"imports"`
	Inputs map[string]struct {
		Bytes int `json:"bytesInOutput"`
	} `json:"inputs"`
	EntryPoint string `json:"entryPoint"`
}

// Build makes the client. Its error names each file that is wrong, and the line.
func Build(o Options) (*Result, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	if err := checkSources(dir); err != nil {
		return nil, err
	}
	r := &Result{Files: map[string][]byte{}}
	if r.Build, err = digest(dir); err != nil {
		return nil, err
	}
	if err := r.scripts(o); err != nil {
		return nil, err
	}
	icons := r.icons()
	if err := r.pages(o, icons); err != nil {
		return nil, err
	}
	if err := r.loader(o); err != nil {
		return nil, err
	}
	if err := r.worker(o); err != nil && !o.Dev {
		return nil, err
	}
	r.Files["robots.txt"] = []byte("User-agent: *\nDisallow: /\n")
	about, err := json.MarshalIndent(map[string]string{ // web.About
		"build": r.Build, "basic_css": "/" + r.of("src/css/basic.css"), "touch_icon": icons.touch, "icon": icons.svg,
	}, "", "  ")
	r.Files["build.json"] = append(about, '\n')
	return r, err
}

// checkSources says in plain words which entry is missing, before esbuild does in its own.
func checkSources(dir string) error {
	var missing []error
	for _, path := range []string{"src/main.tsx", "src/css/index.css", "src/css/basic.css", "src/index.html", "src/old.js"} {
		if _, err := os.Stat(filepath.Join(dir, path)); err != nil {
			missing = append(missing, fmt.Errorf("web/%s is missing", path))
		}
	}
	return errors.Join(missing...)
}

// digest names the sources. esbuild reads package.json too: it says which modules do something by being imported.
func digest(dir string) (string, error) {
	h := sha256.New()
	for _, source := range []string{"src", "vendor", "package.json"} {
		err := filepath.WalkDir(filepath.Join(dir, source), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path) //nolint:gosec // a file of the sources
			name, _ := filepath.Rel(dir, path)
			fmt.Fprintf(h, "%s %d\n", filepath.ToSlash(name), len(content))
			h.Write(content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// options are what every run of esbuild here has in common.
func (o Options) options(build string) api.BuildOptions {
	b := api.BuildOptions{
		AbsWorkingDir: o.Dir, Bundle: true, Write: false, Metafile: true, LogLevel: api.LogLevelSilent,
		Format: api.FormatESModule, Platform: api.PlatformBrowser, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
		Engines: []api.Engine{{Name: api.EngineChrome, Version: "99"}, {Name: api.EngineSafari, Version: "15.4"}, {Name: api.EngineFirefox, Version: "98"}},
		JSX:     api.JSXTransform, JSXFactory: "h", JSXFragment: "Fragment", Inject: []string{"src/jsx.ts"},
		TsconfigRaw:      `{"compilerOptions":{"verbatimModuleSyntax":true}}`,
		Define:           map[string]string{"__DEV__": fmt.Sprint(o.Dev), "__BUILD__": fmt.Sprintf("%q", build)},
		MinifyWhitespace: !o.Dev, MinifyIdentifiers: !o.Dev, MinifySyntax: true, // syntax always: it drops what __DEV__ switches off
		Plugins: []api.Plugin{vendored(o.Dir), locales(o.Dir, nil)},
	}
	if o.Dev {
		b.Sourcemap = api.SourceMapLinked
		b.SourcesContent = api.SourcesContentInclude
	}
	return b
}

// scripts makes the chunks and the style sheets.
func (r *Result) scripts(o Options) error {
	r.outputs = map[string]output{}
	old := o.options(r.Build)
	old.EntryPointsAdvanced = []api.EntryPoint{{InputPath: "src/old.js", OutputPath: "old"}}
	if err := r.take(o, old); err != nil {
		return err
	}
	options := o.options(r.Build)
	options.EntryPointsAdvanced = []api.EntryPoint{
		{InputPath: "src/main.tsx", OutputPath: "main"},
		{InputPath: "src/css/index.css", OutputPath: "style"},
		{InputPath: "src/css/basic.css", OutputPath: "basic"},
	}
	if !o.Dev {
		n, err := number(o)
		if err != nil {
			return err
		}
		options.Plugins = []api.Plugin{vendored(o.Dir), locales(o.Dir, n), n.plugin()}
	}
	options.Splitting = true
	// Every later chunk is told that it comes after main. Without that esbuild makes a chunk of each set of modules that the
	// same pages share: some thirty, which compress badly and are a request each.
	options.Inject = append(options.Inject, "src/main.tsx")
	return r.take(o, options)
}

// take runs esbuild for files below assets, and keeps what it makes.
func (r *Result) take(o Options, options api.BuildOptions) error {
	options.Outdir = filepath.Join(o.Dir, "dist", "assets")
	options.EntryNames, options.ChunkNames, options.AssetNames = "[name]-[hash]", "[name]-[hash]", "[name]-[hash]"
	built := api.Build(options)
	if len(built.Errors) > 0 {
		return faults(built.Errors)
	}
	var meta struct {
		Outputs map[string]output `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(built.Metafile), &meta); err != nil {
		return fmt.Errorf("metafile: %w", err)
	}
	for path, out := range meta.Outputs {
		r.outputs[strings.TrimPrefix(path, "dist/")] = out
	}
	for _, f := range built.OutputFiles {
		name, err := filepath.Rel(filepath.Join(o.Dir, "dist"), f.Path)
		if err != nil {
			return err
		}
		r.Files[filepath.ToSlash(name)] = f.Contents
	}
	return nil
}

// worker makes sw.js, which is told every file to keep: __ASSETS__ for all languages, __LOCALES__ the chunks of each language.
func (r *Result) worker(o Options) error {
	languages := map[string][]string{}
	var spoken []string
	for _, l := range texts.Languages {
		for _, part := range parts {
			languages[l] = append(languages[l], "/"+r.of(locale(l, part)))
		}
		spoken = append(spoken, languages[l]...)
	}
	var assets []string
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		path := "/" + name
		if strings.HasPrefix(name, "assets/") && !strings.HasSuffix(name, ".map") &&
			name != r.of("src/css/basic.css") && name != r.of("src/old.js") && !slices.Contains(spoken, path) {
			assets = append(assets, path)
		}
	}
	options := o.alone(r.Build, "src/sw.ts", "sw.js")
	for name, value := range map[string]any{"__ASSETS__": assets, "__LOCALES__": languages} {
		text, err := marshal(value)
		if err != nil {
			return err
		}
		options.Define[name] = string(text)
	}
	return r.script("sw.js", options)
}

// loader makes embed.js, by which pages of other sites show the client; its name is in those pages and so never changes.
func (r *Result) loader(o Options) error {
	return r.script("embed.js", o.alone(r.Build, "src/embed/loader.ts", "embed.js"))
}

// alone are the options of a script that is one file.
func (o Options) alone(build, source, name string) api.BuildOptions {
	options := o.options(build)
	options.EntryPoints = []string{source}
	options.Outfile = filepath.Join(o.Dir, "dist", name)
	options.Format = api.FormatIIFE
	options.Sourcemap = api.SourceMapNone
	return options
}

func (r *Result) script(name string, options api.BuildOptions) error {
	built := api.Build(options)
	if len(built.Errors) > 0 {
		return faults(built.Errors)
	}
	r.Files[name] = built.OutputFiles[0].Contents
	return nil
}

// of is the output that was made from an input: a chunk of an entry, or of a language. "" where there is none.
func (r *Result) of(input string) string {
	for path, out := range r.outputs {
		if out.EntryPoint == input {
			return path
		}
	}
	return ""
}

// faults are esbuild's messages as one error, a line each: file:line:column: text.
func faults(messages []api.Message) error {
	var all []error
	for _, m := range messages {
		where := "web"
		if m.Location != nil {
			where = fmt.Sprintf("web/%s:%d:%d", m.Location.File, m.Location.Line, m.Location.Column+1)
		}
		text := m.Text
		for _, n := range m.Notes {
			text += " (" + n.Text + ")"
		}
		all = append(all, fmt.Errorf("%s: %s", where, text))
	}
	return errors.Join(all...)
}
