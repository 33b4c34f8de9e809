package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	module = "kinward/"
	root   = "../.."
)

// mayImport states for each package which of ours it may import; internal/ is left out. Domain packages (account, care,
// chat) know no database, no wire and no server; only app knows all. Tests may import more.
var mayImport = map[string]string{
	"cmd/kinward": "account app bench bench/anchor care client problem tui",
	"client":      "protocol",

	"internal/app":          "account basic care chat feed id interop/csv interop/fhir interop/hl7 interop/legacy interop/synthetic problem protocol seal server store",
	"internal/kinwardtest":  "account app care id protocol store",
	"internal/tui":          "client",
	"internal/bench":        "",
	"internal/bench/anchor": "seal store",
	"internal/bench/guard":  "",
	"internal/bench/flame":  "",

	"internal/server":            "account care chat feed id problem protocol socket web",
	"internal/basic":             "account care chat id problem protocol web",
	"internal/socket":            "",
	"internal/interop/legacy":    "account chat feed id problem protocol socket",
	"internal/interop/fhir":      "care interop/unpack",
	"internal/interop/hl7":       "care interop/unpack",
	"internal/interop/csv":       "care interop/unpack",
	"internal/interop/unpack":    "",
	"internal/interop/synthetic": "",

	"internal/store":        "account care chat feed id problem seal",
	"internal/feed":         "chat id problem",
	"internal/feed/bustest": "feed",
	"internal/seal":         "",

	"internal/care":        "account id problem",
	"internal/chat":        "account id problem",
	"internal/account":     "id problem",
	"web":                  "web/internal/bundle web/internal/texts",
	"web/build":            "protocol web/internal/bundle web/internal/texts",
	"web/internal/bundle":  "web/internal/deflate web/internal/texts",
	"web/internal/deflate": "",
	"web/internal/texts":   "",

	"internal/protocol": "",
	"internal/problem":  "",
	"internal/id":       "",
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath string
	Doc        string
	Imports    []string
}

// packages lists ours by their path below the module.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Doc,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		found[strings.TrimPrefix(p.ImportPath, module)] = p
	}
}

// TestImports holds the map of ARCHITECTURE.md: no package imports more of ours than is stated, none is unlisted, and each
// says what it is for.
func TestImports(t *testing.T) {
	found := packages(t)
	for path, p := range found {
		list, ok := mayImport[path]
		if !ok {
			t.Errorf("%s is not in the list: say here and in ARCHITECTURE.md what it may import", path)
			continue
		}
		if p.Doc == "" {
			t.Errorf("%s has no package comment", path)
		}
		allowed := strings.Fields(list)
		for _, imported := range p.Imports {
			ours, is := strings.CutPrefix(imported, module)
			if is && !slices.Contains(allowed, strings.TrimPrefix(ours, "internal/")) {
				t.Errorf("%s imports %s, which it must not know", path, ours)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(mayImport)) {
		if _, ok := found[path]; !ok {
			t.Errorf("%s is in the list and there is no such package", path)
		}
	}
}
