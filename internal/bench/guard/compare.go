package main

import (
	"context"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// comparison is two benchmarks of one package. Costs are compared: what counts per second is turned round.
type comparison struct {
	name       string
	pkg        string
	ours, bare string // as -bench takes them, level by level
	unit       string
	time       string
}

func comparisons() []comparison {
	return []comparison{
		{"journal, one at a time", "internal/store", "Journal/inflight=1", "Anchor/batch=1", "sends/s", "300ms"},
		{"journal, 50 in flight", "internal/store", "Journal/inflight=50", "Anchor/batch=50", "sends/s", "300ms"},
		{"journal, 1,600 in flight", "internal/store", "Journal/inflight=1600", "Anchor/batch=1024", "sends/s", "500ms"},
		{"catching up, 1,000 in 50", "internal/store", "CatchUp", "CatchUpAnchor", "ns/op", "200ms"},
		{"fan-out to 1,000", "internal/feed", "FanOut", "FanOutAnchor", "ns/op", "200ms"},
		{"pairs over sockets, 50 × 8", "internal/bench", "Pairs", "PairsAnchor", "/s", "40000x"},
		{"room over sockets, 200", "internal/bench", "Room", "RoomAnchor", "/s", "80000x"},
		{"reading a send", "internal/protocol", "Decode/send_frame/strict", "Decode/send_frame/encoding_json", "ns/op", "200ms"},
		{"writing a change", "internal/protocol", "Change/append", "Change/encoding_json", "ns/op", "200ms"},
	}
}

// bencher runs benchmarks. Each package's are built once.
type bencher struct {
	dir   string
	built map[string]string // the program of each package
}

// compare returns the ratio of each round: ours, then the bare one, then again.
func (b *bencher) compare(ctx context.Context, c comparison) ([]float64, error) {
	program, err := b.build(ctx, c.pkg)
	if err != nil {
		return nil, err
	}
	var ratios []float64
	for range rounds {
		ours, err := b.cost(ctx, program, c, c.ours)
		if err != nil {
			return nil, err
		}
		bare, err := b.cost(ctx, program, c, c.bare)
		if err != nil {
			return nil, err
		}
		ratios = append(ratios, ours/bare)
	}
	return ratios, nil
}

func (b *bencher) build(ctx context.Context, pkg string) (string, error) {
	if program := b.built[pkg]; program != "" {
		return program, nil
	}
	program := filepath.Join(b.dir, strings.ReplaceAll(pkg, "/", "-")+".test")
	out, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", program, "./"+pkg).CombinedOutput() //nolint:gosec // of the table above
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	b.built[pkg] = program
	return program, nil
}

// cost runs one benchmark and returns what one of its operations costs, in whatever.
func (b *bencher) cost(ctx context.Context, program string, c comparison, name string) (float64, error) {
	levels := strings.Split("Benchmark"+name, "/")
	pattern := "^" + strings.Join(levels, "$/^") + "$"
	cmd := exec.CommandContext(ctx, program, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+c.time) //nolint:gosec // of the table above
	cmd.Dir = c.pkg
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", name, err, out)
	}
	value, err := figure(string(out), c.unit)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	if strings.HasSuffix(c.unit, "/s") {
		return 1 / value, nil
	}
	return value, nil
}

// figure is the value before a unit in the one line of results that a benchmark printed.
func figure(out, unit string) (float64, error) {
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "Benchmark") {
			continue
		}
		fields := strings.Fields(line)
		for i, f := range fields {
			if f != unit || i == 0 {
				continue
			}
			if v, err := strconv.ParseFloat(fields[i-1], 64); err == nil && v > 0 && !math.IsInf(v, 0) {
				return v, nil
			}
		}
	}
	return 0, fmt.Errorf("it printed no %s: %s", unit, out)
}
