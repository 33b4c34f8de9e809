package app_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// files lists the repository's own files whose name matches.
func files(t *testing.T, match func(path string) bool) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", ".cache", "kinward-data", "node_modules", "dist"}, d.Name()):
			return filepath.SkipDir
		case d.Type().IsRegular() && match(path):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ending(suffix string) func(string) bool {
	return func(path string) bool { return strings.HasSuffix(path, suffix) }
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// page reads a file by its path in the repository.
func page(t *testing.T, path string) string {
	t.Helper()
	return read(t, filepath.Join(root, path))
}

var mapRow = regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)` \\| [^|]+ \\| ([^|]+) \\|$")

// TestArchitecture_map: the table of packages says what TestImports holds.
func TestArchitecture_map(t *testing.T) {
	told := map[string]string{}
	for _, row := range mapRow.FindAllStringSubmatch(page(t, "ARCHITECTURE.md"), -1) {
		told[row[1]] = strings.ReplaceAll(strings.TrimPrefix(row[2], "nothing"), ",", "")
	}
	for path, want := range mayImport {
		if got, ok := told[path]; !ok {
			t.Errorf("ARCHITECTURE.md does not name %s", path)
		} else if got != want {
			t.Errorf("ARCHITECTURE.md says of %s that it may import %q, the test says %q", path, got, want)
		}
	}
	for path := range told {
		if _, ok := mayImport[path]; !ok {
			t.Errorf("ARCHITECTURE.md names %s, which is no package", path)
		}
	}
}

var (
	testName = regexp.MustCompile(`\b(Test|Benchmark|Fuzz)[A-Z]\w+`)
	testFunc = regexp.MustCompile(`(?m)^func ((Test|Benchmark|Fuzz)[A-Z]\w*)\(`)
)

// TestDocs_tests: each test that a page refers to is there.
func TestDocs_tests(t *testing.T) {
	there := map[string]bool{}
	for _, path := range files(t, ending("_test.go")) {
		for _, f := range testFunc.FindAllStringSubmatch(read(t, path), -1) {
			there[f[1]] = true
		}
	}
	for _, path := range files(t, ending(".md")) {
		for _, name := range testName.FindAllString(read(t, path), -1) {
			if !there[name] && name != "TestMain" {
				t.Errorf("%s names %s, which is no test", path, name)
			}
		}
	}
}

var (
	makeTarget  = regexp.MustCompile(`(?m)^([a-z]+):`)
	makeCommand = regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)")
	goRun       = regexp.MustCompile(`go run \./([a-z/]+)`)
)

// TestReadme_commands: what the pages tell people to run exists, and what proves a checkout is a command of the README.
func TestReadme_commands(t *testing.T) {
	targets := makeTarget.FindAllStringSubmatch(page(t, "Makefile"), -1)
	for _, name := range []string{"README.md", "CONTRIBUTING.md", ".ci/run"} {
		for _, c := range makeCommand.FindAllStringSubmatch(page(t, name), -1) {
			if !slices.ContainsFunc(targets, func(target []string) bool { return target[1] == c[1] }) {
				t.Errorf("%s: make %s is not in the Makefile", name, c[1])
			}
		}
		for _, c := range goRun.FindAllStringSubmatch(page(t, name), -1) {
			if _, ok := mayImport[c[1]]; !ok {
				t.Errorf("%s: there is no %s to run", name, c[1])
			}
		}
	}
	proof := makeCommand.FindString(page(t, ".ci/run"))
	if proof == "" || !strings.Contains(page(t, "README.md"), "\n"+proof+"\n") {
		t.Errorf(".ci/run runs %q, which the README does not tell", proof)
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// TestLinks: each relative link leads to a file, and to a heading of it where it names one.
func TestLinks(t *testing.T) {
	for _, from := range files(t, ending(".md")) {
		for _, l := range link.FindAllStringSubmatch(read(t, from), -1) {
			if strings.Contains(l[1], "://") || strings.HasPrefix(l[1], "mailto:") {
				continue
			}
			name, anchor, _ := strings.Cut(l[1], "#")
			to := from
			if name != "" {
				to = filepath.Join(filepath.Dir(from), name)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", from, l[1])
			} else if anchor != "" && !slices.Contains(anchors(read(t, to)), anchor) {
				t.Errorf("%s links to %s, which has no such heading", from, l[1])
			}
		}
	}
}

// anchors are the names that the headings of a page get where it is shown.
func anchors(markdown string) []string {
	var out []string
	for _, h := range heading.FindAllStringSubmatch(markdown, -1) {
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, h[1]))
	}
	return out
}

var (
	flagField = regexp.MustCompile("(?m)^\\s+([A-Z]\\w*)\\s+[\\w.*\\[\\]]+\\s+`([^`]*help:[^`]*)`")
	flagNamed = regexp.MustCompile(`name:"([a-z-]+)"`)
	flagTold  = regexp.MustCompile("(?:`| )--([a-z][a-z-]+)")
	ownLine   = regexp.MustCompile("(?m)^.*(`--|kinward (serve|import|person|chat|bench)).*$")
	hump      = regexp.MustCompile(`([a-z])([A-Z])`)
)

// TestGuide_flags: the guide tells every flag of the command line, and no other.
func TestGuide_flags(t *testing.T) {
	flags := map[string]bool{"help": true, "version": true}
	for _, path := range files(t, func(p string) bool { return strings.Contains(p, "cmd/kinward/") && strings.HasSuffix(p, ".go") }) {
		for _, f := range flagField.FindAllStringSubmatch(read(t, path), -1) {
			if strings.Contains(f[2], `cmd:""`) || strings.Contains(f[2], `arg:""`) {
				continue
			}
			name := strings.ToLower(hump.ReplaceAllString(f[1], "$1-$2"))
			if named := flagNamed.FindStringSubmatch(f[2]); named != nil {
				name = named[1]
			}
			flags[name] = true
		}
	}
	told := map[string]bool{"help": true, "version": true}
	for _, path := range files(t, func(p string) bool { return strings.Contains(p, "docs/guide/") && strings.HasSuffix(p, ".md") }) {
		for _, line := range ownLine.FindAllString(read(t, path), -1) {
			for _, f := range flagTold.FindAllStringSubmatch(line, -1) {
				told[f[1]] = true
				if !flags[f[1]] {
					t.Errorf("%s tells of --%s, which no command has", path, f[1])
				}
			}
		}
	}
	for name := range flags {
		if !told[name] {
			t.Errorf("no page of the guide tells of --%s", name)
		}
	}
}

// strange are things of one machine or one network that have no place in a public repository.
var strange = regexp.MustCompile(`(?m)(^|[\s"'(=:` + "`" + `])/(home|root|Users|work|mnt|media)/` +
	`|(GOPROXY|registry|mirror) ?= ?.?https?:`)

// TestFiles_strange: no file names a path of somebody's machine or a private registry.
func TestFiles_strange(t *testing.T) {
	for _, path := range files(t, func(string) bool { return true }) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(b[:min(len(b), 8000)], 0) >= 0 {
			continue // no text
		}
		if found := strange.Find(b); found != nil {
			t.Errorf("%s has %q", path, found)
		}
	}
}
