package bench

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// TestPace: each moment of the schedule is called once, in order, never before it is due, and none beyond the window.
func TestPace(t *testing.T) {
	w := begin(0, 20*time.Millisecond)
	var moments []time.Duration
	err := pace(t.Context(), w, time.Millisecond, 0, func(i int64, at time.Duration) error {
		if i != int64(len(moments)) || w.now() < at {
			t.Errorf("call %d, due at %s, came at %s", i, at, w.now())
		}
		moments = append(moments, at)
		return nil
	})
	if err != nil || len(moments) != 20 || moments[0] != 0 || !slices.IsSorted(moments) || moments[19] != 19*time.Millisecond {
		t.Errorf("%v, %v", moments, err)
	}
}

// TestPace_late: what is late isn't left out, and is told when it was due.
func TestPace_late(t *testing.T) {
	w := window{start: time.Now().Add(-time.Hour), to: forever}
	n := int64(0)
	err := pace(t.Context(), w, time.Microsecond, 1000, func(i int64, at time.Duration) error {
		if at != time.Duration(i)*time.Microsecond {
			t.Errorf("call %d is due at %s", i, at)
		}
		n++
		return nil
	})
	if err != nil || n != 1000 {
		t.Errorf("%d calls, %v", n, err)
	}
}

func TestPace_ends(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	broken := errors.New("broken")
	w := window{start: time.Now(), to: forever}
	if err := pace(ctx, w, time.Microsecond, 0, func(int64, time.Duration) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	err := pace(ctx, w, time.Microsecond, 0, func(int64, time.Duration) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestRecorder(t *testing.T) {
	for v := range int64(100_000) {
		checkBucket(t, v)
	}
	for shift := range 62 {
		checkBucket(t, 1<<shift)
		checkBucket(t, 1<<shift-1)
	}
	r := new(recorder)
	for i := range 1000 {
		r.add(time.Duration(i+1) * time.Millisecond)
	}
	l := r.latency()
	for name, pair := range map[string][2]float64{"p50": {l.P50, 500}, "p99": {l.P99, 990}, "p99.9": {l.P999, 999}, "max": {l.Max, 1000}} {
		if got, want := pair[0], pair[1]; got < want*0.99 || got > want*1.01 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// checkBucket: the value that stands for a bucket is within 0.8 % of each that is in it.
func checkBucket(t *testing.T, v int64) {
	t.Helper()
	bucket := bucketOf(v)
	if bucket < 0 || bucket >= buckets {
		t.Fatalf("%d is in bucket %d", v, bucket)
	}
	if off := middleOf(bucket) - v; off > v/120+1 || off < -v/120-1 {
		t.Fatalf("%d is told as %d", v, middleOf(bucket))
	}
}
