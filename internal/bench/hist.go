package bench

import (
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// recorder counts durations from any number of goroutines, one atomic addition each, to within 0.8 %. HdrHistogram's own
// takes no concurrent writers, and one for each of ten thousand connections would take gigabytes; what was recorded is
// turned into one of those to be read.
type recorder struct {
	counts  [buckets]atomic.Int64
	longest atomic.Int64
}

const (
	halfBits = 7 // 128 steps to a power of two
	steps    = 1 << halfBits
	buckets  = (64 - halfBits + 1) * steps
	longest  = int64(time.Hour)
)

func bucketOf(v int64) int {
	if v < steps {
		return int(max(v, 0))
	}
	shift := bits.Len64(uint64(v)) - halfBits - 1
	return shift<<halfBits + int(v>>shift)
}

// middleOf is the value that stands for all of a bucket.
func middleOf(bucket int) int64 {
	if bucket < 2*steps {
		return int64(bucket)
	}
	shift := bucket>>halfBits - 1
	low := int64(bucket-shift<<halfBits) << shift
	return low + int64(1)<<shift/2
}

// add counts one duration.
func (r *recorder) add(d time.Duration) {
	v := int64(d)
	r.counts[bucketOf(v)].Add(1)
	for {
		most := r.longest.Load()
		if v <= most || r.longest.CompareAndSwap(most, v) {
			return
		}
	}
}

// histogram is what was recorded, in nanoseconds.
func (r *recorder) histogram() *hdrhistogram.Histogram {
	h := hdrhistogram.New(1, longest, 3)
	for i := range r.counts {
		if n := r.counts[i].Load(); n > 0 {
			_ = h.RecordValues(min(middleOf(i), r.longest.Load(), longest), n) // in range: it can't be refused
		}
	}
	return h
}

// Latency is how long something took, in milliseconds.
type Latency struct {
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	P999 float64 `json:"p99.9_ms"`
	Max  float64 `json:"max_ms"`
}

func (r *recorder) latency() Latency {
	h := r.histogram()
	at := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1e6 }
	return Latency{at(50), at(99), at(99.9), float64(r.longest.Load()) / 1e6}
}
