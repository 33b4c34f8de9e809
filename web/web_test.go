package web_test

import (
	"bytes"
	"compress/gzip"
	"image"
	"image/draw"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"

	"kinward/web/internal/bundle"
)

// built is the client as the sources give it.
var built = sync.OnceValues(func() (*bundle.Result, error) { return bundle.Build(bundle.Options{Dir: "."}) })

func build(t *testing.T) *bundle.Result {
	t.Helper()
	r, err := built()
	if err != nil {
		t.Fatalf("the client does not build:\n%v", err)
	}
	return r
}

// TestDist: what is embedded is what the sources give, byte for byte. Compressed files and pictures are unpacked first, since
// how they are packed may change with Go's version.
func TestDist(t *testing.T) {
	want := build(t).Files
	var wrong []string
	seen := map[string]bool{}
	err := filepath.WalkDir("dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(filepath.ToSlash(name), "dist/")
		plain := strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz")
		seen[name] = true
		if w, ok := want[plain]; !ok || !bytes.Equal(unpacked(t, name, content), unpacked(t, plain, w)) {
			wrong = append(wrong, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		if !seen[name] {
			wrong = append(wrong, name)
		}
	}
	if slices.Sort(wrong); len(wrong) > 0 {
		t.Errorf("dist is not what the sources give: run go generate ./web. %d files differ, such as %v", len(wrong), wrong[:min(len(wrong), 5)])
	}
}

// unpacked is what a file means: its text, or the pixels of a picture.
func unpacked(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var out []byte
	var err error
	switch path.Ext(name) {
	case ".gz":
		var r *gzip.Reader
		if r, err = gzip.NewReader(bytes.NewReader(content)); err == nil {
			out, err = io.ReadAll(r)
		}
	case ".br":
		out, err = io.ReadAll(brotli.NewReader(bytes.NewReader(content)))
	case ".png":
		var picture image.Image
		if picture, err = png.Decode(bytes.NewReader(content)); err == nil {
			pixels := image.NewNRGBA(picture.Bounds())
			draw.Draw(pixels, pixels.Bounds(), picture, picture.Bounds().Min, draw.Src)
			out = pixels.Pix
		}
	default:
		out = content
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// TestBuild_elsewhere: the folder in which the sources lie changes nothing.
func TestBuild_elsewhere(t *testing.T) {
	there := filepath.Join(t.TempDir(), "a", "place")
	for _, folder := range []string{"src", "vendor"} {
		if err := os.CopyFS(filepath.Join(there, folder), os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(there, "package.json"), []byte(read(t, "package.json")), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := bundle.Build(bundle.Options{Dir: there})
	if err != nil {
		t.Fatal(err)
	}
	if want := build(t).Files; !maps.EqualFunc(want, again.Files, bytes.Equal) {
		t.Errorf("another folder gives other files")
	}
}

func TestBudgets(t *testing.T) {
	for _, b := range build(t).Budgets() {
		if b.Size == 0 || len(b.Files) == 0 || slices.Contains(b.Files, "") {
			t.Errorf("%s: nothing was weighed in %v", b.Name, b.Files)
		}
		if b.Size > b.Most {
			t.Errorf("%s: %d bytes as gzip, and %d are allowed", b.Name, b.Size, b.Most)
		}
	}
}

var (
	inlineScript = regexp.MustCompile(`<script(?:\s[^>]*)?>[^<]`)
	inlineStyle  = regexp.MustCompile(`<style|\sstyle=|\son[a-z]+=`)
)

// TestPages_policy: the pages hold nothing that their Content-Security-Policy would block.
func TestPages_policy(t *testing.T) {
	for name, content := range build(t).Files {
		if path.Ext(name) == ".html" && (inlineScript.Match(content) || inlineStyle.Match(content)) {
			t.Errorf("%s has a script, a style or a handler in itself", name)
		}
	}
}

var importing = regexp.MustCompile(`(?m)(?:^import\s[^'"]*|^export\s[^'"]*from\s*|\bimport\s*\(\s*|^\s*\}\s*from\s*)['"]([^'"]+)['"]`)

// TestCore_imports: core/ knows neither components nor routes, and no view library.
func TestCore_imports(t *testing.T) {
	allowed := []string{"@preact/signals-core", "idb"}
	for _, name := range sources(t, "src/core", ".ts") {
		for _, m := range importing.FindAllStringSubmatch(read(t, name), -1) {
			from := m[1]
			switch {
			case strings.HasPrefix(from, "locale:"), slices.Contains(allowed, from):
			case strings.HasPrefix(from, "."):
				if to := path.Join(path.Dir(name), from); !strings.HasPrefix(to, "src/core/") {
					t.Errorf("%s imports %s, which is outside core", name, from)
				}
			default:
				t.Errorf("%s imports %s", name, from)
			}
		}
	}
}

// TestVendor: each package that is copied comes with its licence and its version.
func TestVendor(t *testing.T) {
	versions := read(t, "vendor/VERSIONS")
	folders, err := os.ReadDir("vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range folders {
		if !d.IsDir() {
			continue
		}
		if licence, err := os.ReadFile(filepath.Join("vendor", d.Name(), "LICENSE")); err != nil || len(licence) < 500 {
			t.Errorf("vendor/%s has no licence: %v", d.Name(), err)
		}
		if !regexp.MustCompile(`(?m)^(@preact/)?` + d.Name() + ` \d+\.\d+\.\d+$`).MatchString(versions) {
			t.Errorf("vendor/VERSIONS does not tell the version of %s", d.Name())
		}
	}
}

// sources lists the files below a folder that end with suffix.
func sources(t *testing.T, folder, suffix string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, suffix) {
			found = append(found, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("nothing in %s: %v", folder, err)
	}
	return found
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
