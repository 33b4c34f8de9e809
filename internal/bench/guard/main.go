// Command guard is behind make bench: it runs the benchmarks that matter, each beside the bare one that it is compared
// with, and fails where Kinward has become dearer than it was recorded to be, in terms of the bare one. Both run in turn
// on the same machine, so that the machine and its noise are on both sides.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
)

const (
	tolerance = 0.30 // on a shared machine, the median of three rounds moves by up to a quarter
	rounds    = 3
)

func main() { os.Exit(run()) }

func run() int {
	file := flag.String("file", "docs/benchmarks.json", "where the ratios are recorded")
	record := flag.Bool("record", false, "record the ratios instead of comparing with them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := guard(ctx, *file, *record); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}

// recorded is the file. Ratios are Kinward's cost in terms of the bare one's: less is better.
type recorded struct {
	Tolerance float64            `json:"tolerance"`
	Ratios    map[string]float64 `json:"ratios"`
}

// errWorse is a ratio beyond what is tolerated.
var errWorse = errors.New("dearer than recorded; mend it, or say why in the commit that records it with RECORD=1")

func guard(ctx context.Context, file string, record bool) error {
	was, err := read(file)
	if err != nil && !record {
		return err
	}
	now := recorded{Tolerance: tolerance, Ratios: map[string]float64{}}
	spread := map[string][2]float64{}
	dir, err := os.MkdirTemp("", "kinward-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := bencher{dir: dir, built: map[string]string{}}
	for _, c := range comparisons() {
		ratios, err := b.compare(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		slices.Sort(ratios)
		now.Ratios[c.name] = ratios[len(ratios)/2]
		spread[c.name] = [2]float64{ratios[0], ratios[len(ratios)-1]}
	}
	if record {
		return write(file, now)
	}
	return judge(was, now, spread)
}

// judge prints the table and says whether anything became worse.
func judge(was, now recorded, spread map[string][2]float64) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "cost in terms of the bare one\trecorded\tnow\tof the rounds\t")
	var err error
	for _, c := range comparisons() {
		before, known := was.Ratios[c.name]
		ratio, verdict := now.Ratios[c.name], ""
		switch {
		case !known:
			verdict = "new"
		case ratio > before*(1+was.Tolerance):
			verdict = "WORSE"
			err = errWorse
		case ratio < before/(1+was.Tolerance):
			verdict = "better"
		}
		fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%.2f–%.2f\t%s\n", c.name, before, ratio, spread[c.name][0], spread[c.name][1], verdict)
	}
	return errors.Join(t.Flush(), err)
}

func read(file string) (r recorded, err error) {
	b, err := os.ReadFile(file) //nolint:gosec // the file of the figures
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

func write(file string, r recorded) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the ratios: %w", err)
	}
	return os.WriteFile(file, append(b, '\n'), 0o644) //nolint:gosec // it is committed
}
