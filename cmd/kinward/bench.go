package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"kinward/internal/bench"
)

type benchCmd struct {
	Pairs   benchPairsCmd   `cmd:"" help:"One to one, closed loop: each acknowledgement lets the next message leave."`
	Rate    benchRateCmd    `cmd:"" help:"One to one, open loop: messages leave at a steady rate, and latency counts from when one was due."`
	Room    benchRoomCmd    `cmd:"" help:"A group whose members are all online."`
	Idle    benchIdleCmd    `cmd:"" help:"People who are connected and say nothing."`
	Catchup benchCatchUpCmd `cmd:"" help:"One person who was away while many wrote."`
	Storm   benchStormCmd   `cmd:"" help:"Everybody comes back at once, each with a message waiting."`
	History benchHistoryCmd `cmd:"" help:"Scrolling back through a long conversation."`
	All     benchAllCmd     `cmd:"" help:"The standard set in turn."`

	Anchor benchAnchorCmd `cmd:"" hidden:"" help:"Serve an anchor until standard input ends."`
}

// benchFlags are what every work has.
type benchFlags struct {
	Server    []string `help:"Address of the server, or of each node: http://127.0.0.1:8080." default:"http://127.0.0.1:8080" placeholder:"URL"`
	PID       []int    `name:"pid" help:"Process of the server on this machine, or of each node and its database, for finer figures." placeholder:"PID"`
	Remote    bool     `help:"Load another machine than this one. It may go down."`
	JSON      bool     `name:"json" help:"Print results as JSON."`
	Histogram string   `help:"Write the distribution of latencies to this file, as HdrHistogram prints percentiles." type:"path" placeholder:"FILE"`
}

// errFaults is a run that went to its end and found messages that were not told as they were sent.
var errFaults = errors.New("messages were not told as they were sent")

// work is one measurement, ready to be run on a target.
type work interface {
	Run(ctx context.Context, t *bench.Target, say bench.Say) (bench.Result, error)
}

func (f benchFlags) run(ctx context.Context, w work, anchors ...string) error {
	return f.with(ctx, func(target *bench.Target) ([]bench.Result, error) { return measure(ctx, target, w, anchors) })
}

// with checks the target, has it measured and prints the results.
func (f benchFlags) with(ctx context.Context, fn func(*bench.Target) ([]bench.Result, error)) error {
	if _, err := bench.OpenFiles(); err != nil {
		return err
	}
	target, err := bench.NewTarget("kinward", f.Server, f.PID)
	if err != nil {
		return fmt.Errorf("%w (%w)", err, errUsage)
	}
	defer target.Close()
	if !f.Remote {
		if err := target.Check(ctx); err != nil {
			return err
		}
	}
	results, err := fn(target)
	if err == nil {
		err = f.writeHistograms(results)
	}
	if err != nil {
		return err
	}
	return f.print(results)
}

func (f benchFlags) writeHistograms(results []bench.Result) error {
	if f.Histogram == "" {
		return nil
	}
	out, err := os.Create(f.Histogram)
	if err != nil {
		return err
	}
	for _, r := range results {
		err = errors.Join(err, r.WriteHistogram(out))
	}
	return errors.Join(err, out.Close())
}

// measure runs a work on the target and then on anchors.
func measure(ctx context.Context, target *bench.Target, w work, anchors []string) ([]bench.Result, error) {
	result, err := w.Run(ctx, target, say())
	if err != nil {
		return nil, err
	}
	results := []bench.Result{result}
	for _, kind := range anchors {
		result, err := runAnchor(ctx, w, kind)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		results = append(results, result)
	}
	return results, nil
}

// say writes what is being done to a terminal that watches, and nothing elsewhere.
func say() bench.Say {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return func(string, ...any) {}
	}
	return func(format string, a ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", a...) }
}

func (f benchFlags) print(results []bench.Result) error {
	if f.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		if err := out.Encode(results); err != nil {
			return fmt.Errorf("print results: %w", err)
		}
	} else {
		printTable(os.Stdout, results)
	}
	for _, r := range results {
		if r.Faults.Any() {
			return fmt.Errorf("%w: %s: %s", errFaults, r.Target, r.Faults)
		}
	}
	return nil
}
