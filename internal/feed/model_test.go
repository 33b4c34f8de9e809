package feed_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The assertions of docs/model/feed.pml, as the checker repeats them.
const (
	once    = "(v>last)"                // a version came twice or out of order
	hole    = "kind[last]!=0"           // the cursor passed a version that was not told
	atRest  = "hubHead[0]==head"        // nothing is left to happen, and a node has not told everything
	stored  = "unanswered[n]>="         // something was acknowledged that is not committed
	removed = "(hubHead[at]<changedAt)" // something of the group was told after the removal
)

// TestModel searches every run of the model of journal, bus and subscription: what doc.go promises holds in all of them.
func TestModel(t *testing.T) {
	check := checker(t)
	for _, c := range []struct {
		name     string
		defines  string
		liveness bool // also that every run comes to rest; it costs twice the time
		long     bool
	}{
		{name: "three versions", long: true},
		{name: "pages of two", defines: "-DLIMIT=2 -DBREAKS=0", long: true},
		{name: "coming to rest", defines: "-DVERSIONS=2", liveness: true},
		{name: "lossy bus", defines: "-DVERSIONS=2 -DBUS", liveness: true},
		{name: "hints alone, if none is lost", defines: "-DVERSIONS=2 -DBUS -DRELIABLE_BUS -DNO_TICK", liveness: true},
		{name: "overtaken load", defines: "-DVERSIONS=2 -DANNOUNCE -DBREAKS=0", liveness: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long && testing.Short() {
				t.Skip("takes up to half a minute")
			}
			if report := check(t, c.defines, c.liveness); !strings.Contains(report, "errors: 0") {
				t.Fatalf("the model fails; docs/model/README.md tells how to look at the run.\n%s", report)
			}
		})
	}
}

// TestModel_broken takes the precautions away one by one. Each has to be missed, or the model proves nothing.
func TestModel_broken(t *testing.T) {
	check := checker(t)
	for defines, want := range map[string]string{
		"-DREGISTER_AFTER_READ":   hole,
		"-DBEHIND_AFTER_READ":     hole,
		"-DNO_OVERFLOW_REREAD":    hole,
		"-DIGNORE_FOREIGN":        hole,
		"-DHEAD_BEFORE_TELL":      hole,
		"-DNO_HEAD_LOCK":          hole,
		"-DNO_WOKEN":              hole,
		"-DKEEP_TOLD":             once,
		"-DKEEP_AUDIENCE":         removed,
		"-DACK_BEFORE_COMMIT":     stored,
		"-DNO_TICK -DBUS":         atRest,
		"-DANNOUNCE -DSTALE_LOAD": removed,
		"-DANNOUNCE -DEVICT":      hole,
	} {
		t.Run(strings.ReplaceAll(defines, "-D", ""), func(t *testing.T) {
			if report := check(t, defines, false); !strings.Contains(report, "errors: 1") || !strings.Contains(report, want) {
				t.Fatalf("this must violate %q:\n%s", want, report)
			}
		})
	}
}

// checker finds spin and a C compiler and returns what searches the model, with some of its macros set, and returns the
// search's report.
func checker(t *testing.T) func(t *testing.T, defines string, liveness bool) (report string) {
	t.Helper()
	compiler := ""
	for _, name := range []string{"cc", "gcc", "clang"} {
		if path, err := exec.LookPath(name); err == nil && compiler == "" {
			compiler = path
		}
	}
	spin, err := exec.LookPath("spin")
	if err != nil || compiler == "" {
		t.Skip("the model is checked by spin and a C compiler: apt-get install spin gcc")
	}
	model, err := filepath.Abs("../../docs/model/feed.pml")
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, defines string, liveness bool) string {
		t.Helper()
		dir := t.TempDir()
		run := func(program string, args ...string) string {
			t.Helper()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			cmd := exec.CommandContext(ctx, program, args...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s %v: %v\n%s", program, args, err, out)
			}
			return string(out)
		}
		run(spin, append(strings.Fields(defines), "-a", model)...)
		// Compressed states, and memory that ends the search instead of the machine.
		build := []string{"-O2", "-w", "-DCOLLAPSE", "-DVECTORSZ=256", "-DMEMLIM=1000", "-o", "pan", "pan.c"}
		search := []string{"-m10000", "-a"}
		if !liveness {
			build, search = append(build, "-DSAFETY", "-DNOCLAIM"), []string{"-m10000", "-E"} // -E: to rest is no fault
		}
		run(compiler, build...)
		report := run(filepath.Join(dir, "pan"), search...)
		if strings.Contains(report, "max search depth too small") || strings.Contains(report, "MEMLIM") {
			t.Fatalf("the search did not get to the end:\n%s", report)
		}
		if _, err := os.Stat(filepath.Join(dir, "pan")); err != nil {
			t.Fatal(err)
		}
		return report
	}
}
