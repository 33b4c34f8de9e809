package kinwardtest

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"kinward/internal/app"
)

// childVariable holds the configuration of a server that runs as a process of its own, to be killed or starved.
const childVariable = "KINWARDTEST_CHILD"

var idleConns = flag.Int("conns", 2000, "how many idle connections BenchmarkIdle makes")

func TestMain(m *testing.M) {
	if c := os.Getenv(childVariable); c != "" {
		os.Exit(serveAsChild(c))
	}
	if told := os.Getenv(weighedVariable); told != "" {
		os.Exit(serveWeighed(told))
	}
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue && runtime.GOMAXPROCS(0) < 4 {
		_ = f.Value.Set("4") // most tests wait for the disk or a clock
	}
	code := m.Run()
	caller.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goroutines are left behind:", err)
		code = 1
	}
	os.Exit(code)
}

// childConfig is what a child is told.
type childConfig struct{ Listen, DataDir string }

// serveAsChild runs what cmd/kinward serve runs until standard input ends, which it does when the test's process dies.
func serveAsChild(told string) int {
	var c childConfig
	err := json.Unmarshal([]byte(told), &c)
	var a *app.App
	if err == nil {
		a, err = app.Open(context.Background(), app.Config{Listen: c.Listen, DataDir: c.DataDir, Registration: "open", RateLimits: "off"})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	fmt.Println(a.Addr())
	if err := a.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		return 1
	}
	return 0
}

// child is a server in a process of its own. Server's methods that use App don't work on it.
type child struct {
	*Server
	dir string
	cmd *exec.Cmd
	in  io.Closer
}

// startChild starts a process that serves dir at an address ("127.0.0.1:0" for any), and kills it when the test ends.
func startChild(t testing.TB, dir, listen string) *child {
	t.Helper()
	told, err := json.Marshal(childConfig{Listen: listen, DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childVariable+"="+string(told))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{dir: dir, cmd: cmd, in: in}
	t.Cleanup(c.kill)
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child did not come up: %v", err)
	}
	addr = strings.TrimSpace(addr)
	c.Server = &Server{URL: "http://" + addr + "/api/v1", t: t, config: app.Config{Listen: addr, DataDir: dir}}
	return c
}

// kill ends the process as a power cut would. A second call does nothing.
func (c *child) kill() {
	if c.cmd.ProcessState != nil {
		return
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait() // it was killed: an error is what we want
	_ = c.in.Close()
}
