package feed_test

import (
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
	atRest  = "hubHead[0]==head"        // nothing is left to do, and a node has not told everything
	stored  = "unanswered[n]>="         // something was acknowledged that is not committed
	removed = "(hubHead[at]<changedAt)" // something of the group was told after the removal
)

// TestModel searches all runs of the model of journal, bus and subscription: what doc.go promises holds in every one.
func TestModel(t *testing.T) {
	model := findModel(t)
	for _, c := range []struct {
		name     string
		defines  string
		liveness bool // also that every run comes to rest, for twice the time
		long     bool
	}{
		{name: "three versions", long: true},
		{name: "pages of two", defines: "-DLIMIT=2 -DBREAKS=0", long: true},
		{name: "coming to rest", defines: "-DVERSIONS=2", liveness: true},
		{name: "lossy bus", defines: "-DVERSIONS=2 -DBUS", liveness: true},
		{name: "hints alone when none is lost", defines: "-DVERSIONS=2 -DBUS -DRELIABLE_BUS -DNO_TICK", liveness: true},
		{name: "overtaken load", defines: "-DVERSIONS=2 -DANNOUNCE -DBREAKS=0", liveness: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long && testing.Short() {
				t.Skip("searches for up to a minute")
			}
			t.Parallel()
			if report := model.search(t, c.defines, "-O2", c.liveness); !strings.Contains(report, "errors: 0") {
				t.Fatalf("the model fails; docs/model/README.md tells how to look at the run\n%s", report)
			}
		})
	}
}

// TestModel_broken takes the precautions away one by one. Each has to be missed, or the model proves nothing.
func TestModel_broken(t *testing.T) {
	model := findModel(t)
	for defines, want := range map[string]string{
		"-DREGISTER_AFTER_READ":                hole,
		"-DBEHIND_AFTER_READ":                  hole,
		"-DNO_OVERFLOW_REREAD":                 hole,
		"-DIGNORE_FOREIGN":                     hole,
		"-DHEAD_BEFORE_TELL":                   hole,
		"-DNO_HEAD_LOCK":                       hole,
		"-DNO_WOKEN":                           hole,
		"-DKEEP_TOLD":                          once,
		"-DKEEP_AUDIENCE":                      removed,
		"-DACK_BEFORE_COMMIT":                  stored,
		"-DNO_TICK -DBUS":                      atRest,
		"-DSTALE_LOAD -DANNOUNCE -DVERSIONS=2": removed,
		"-DEVICT -DANNOUNCE -DVERSIONS=2":      hole,
	} {
		name, _, _ := strings.Cut(strings.TrimPrefix(defines, "-D"), " ")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if report := model.search(t, defines, "-O0", false); !strings.Contains(report, "errors: 1") || !strings.Contains(report, want) {
				t.Fatalf("this has to violate %q\n%s", want, report)
			}
		})
	}
}

// model is the text of the model and the programs that search it.
type model struct {
	text           []byte
	spin, compiler string
}

func findModel(t *testing.T) model {
	t.Helper()
	var m model
	var missing error
	if m.spin, missing = exec.LookPath("spin"); missing == nil {
		m.compiler, missing = exec.LookPath("gcc")
		if missing != nil {
			m.compiler, missing = exec.LookPath("cc")
		}
	}
	if missing != nil {
		t.Skipf("the model is searched by spin and a C compiler (Debian: apt-get install spin gcc): %v", missing)
	}
	var err error
	if m.text, err = os.ReadFile("../../docs/model/feed.pml"); err != nil {
		t.Fatal(err)
	}
	return m
}

// search makes the checker of a variant, runs it, and returns its report. A search that ends at once needs no optimised checker,
// which takes longer to make.
func (m model) search(t *testing.T, defines, optimised string, liveness bool) string {
	t.Helper()
	dir := t.TempDir() // the model is copied there too, since traces are written beside it
	if err := os.WriteFile(filepath.Join(dir, "feed.pml"), m.text, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(program string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
		return string(out)
	}
	run(m.spin, append(strings.Fields(defines), "-P"+m.compiler+" -E -x c", "-a", "feed.pml")...)
	// States are compressed, and the memory ends the search before it ends the machine.
	build := []string{optimised, "-w", "-o", "pan", "pan.c", "-DCOLLAPSE", "-DVECTORSZ=256", "-DMEMLIM=1000"}
	search := []string{"-m10000", "-a"}
	if !liveness {
		build, search = append(build, "-DSAFETY", "-DNOCLAIM"), []string{"-m10000", "-E"} // -E: coming to rest is no fault
	}
	run(m.compiler, build...)
	report := run(filepath.Join(dir, "pan"), search...)
	if strings.Contains(report, "max search depth too small") || strings.Contains(report, "MEMLIM bound") {
		t.Fatalf("the search did not get to the end\n%s", report)
	}
	return report
}
