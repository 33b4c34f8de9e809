package main

import (
	"errors"
	"testing"
)

func TestFigure(t *testing.T) {
	const out = "goos: linux\nBenchmarkJournal/inflight=1-2 \t 3000\t  219000 ns/op\t  4558.5 sends/s\nPASS\n"
	for unit, want := range map[string]float64{"ns/op": 219000, "sends/s": 4558.5} {
		if got, err := figure(out, unit); got != want || err != nil {
			t.Errorf("%s: %v, %v", unit, got, err)
		}
	}
	for _, out := range []string{"", out[:40], "BenchmarkX 1 0 msg/s\n", "BenchmarkX msg/s\n"} {
		if got, err := figure(out, "msg/s"); err == nil {
			t.Errorf("%q gave %v", out, got)
		}
	}
}

// TestJudge: what became dearer by more than the tolerance fails, and nothing else does.
func TestJudge(t *testing.T) {
	name := comparisons()[0].name
	for ratio, worse := range map[float64]bool{1: false, 1.25: false, 1.35: true, 0.5: false} {
		err := judge(recorded{Tolerance: tolerance, Ratios: map[string]float64{name: 1}}, recorded{Ratios: map[string]float64{name: ratio}}, nil)
		if errors.Is(err, errWorse) != worse {
			t.Errorf("%v: %v", ratio, err)
		}
	}
}
