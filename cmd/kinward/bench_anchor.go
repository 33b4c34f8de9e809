package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"kinward/internal/bench"
	"kinward/internal/bench/anchor"
)

const (
	relay       = "relay"
	relaySQLite = "relay+SQLite"
)

// anchorFlag is for works that the anchors can be given too.
type anchorFlag struct {
	Anchor bool `help:"Give the same load to two bare servers, one without a store and one over the same tables, and print the ratios."`
}

func (f anchorFlag) anchors() []string {
	if !f.Anchor {
		return nil
	}
	return []string{relay, relaySQLite}
}

// benchAnchorCmd is the process of an anchor, so that what it uses is measured apart from the load.
type benchAnchorCmd struct {
	Dir string `arg:"" optional:"" help:"Folder for the database; without one nothing is stored." type:"path"`
}

func (c *benchAnchorCmd) Run(ctx context.Context) error {
	if _, err := bench.OpenFiles(); err != nil {
		return err
	}
	s, err := anchor.Open(ctx, "127.0.0.1:0", c.Dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // ends with the process, as standard input does
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	fmt.Println(s.Addr())
	return errors.Join(s.Run(ctx), s.Close())
}

// runAnchor starts an anchor, gives it the work and stops it.
func runAnchor(ctx context.Context, w work, kind string) (r bench.Result, err error) {
	args := []string{"bench", "anchor"}
	if kind == relaySQLite {
		dir, err := os.MkdirTemp("", "kinward-bench-")
		if err != nil {
			return r, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		args = append(args, dir)
	}
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	child := exec.CommandContext(ctx, self, args...) //nolint:gosec // it is this program
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		return r, err
	}
	out, err := child.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := child.Start(); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, in.Close(), child.Wait()) }()
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return r, fmt.Errorf("start: %w", err)
	}
	target, err := bench.NewTarget(kind, []string{"http://" + strings.TrimSpace(addr)}, []int{child.Process.Pid})
	if err != nil {
		return r, err
	}
	defer target.Close()
	return w.Run(ctx, target, say())
}
