package bench

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Result is what one work measured on one target.
type Result struct {
	Work    string   `json:"work"`
	Setting string   `json:"setting"`
	Target  string   `json:"target"`
	Figures []Figure `json:"figures"`
	Faults  Faults   `json:"faults"`

	latency *recorder
}

// Figure is one number.
type Figure struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
}

// Of is the value of a figure; ok is false where there is none of that name.
func (r Result) Of(name string) (value float64, ok bool) {
	for _, f := range r.Figures {
		if f.Name == name {
			return f.Value, true
		}
	}
	return 0, false
}

// add adds a figure; one of nothing, as the cost of a message where none came, is none.
func (r *Result) add(name, unit string, value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return
	}
	r.Figures = append(r.Figures, Figure{name, unit, value})
}

// addLatency adds the percentiles of what was recorded.
func (r *Result) addLatency(name string, rec *recorder) {
	l := rec.latency()
	r.add(name+" p50", "ms", l.P50)
	r.add(name+" p99", "ms", l.P99)
	r.add(name+" p99.9", "ms", l.P999)
	r.add(name+" max", "ms", l.Max)
}

// WriteHistogram writes the distribution of the main latency, in milliseconds, as HdrHistogram prints percentiles.
func (r Result) WriteHistogram(w io.Writer) error {
	h := hdrhistogram.New(1, longest, 3)
	if r.latency != nil {
		h = r.latency.histogram()
	}
	if _, err := fmt.Fprintf(w, "# %s %s, %s\n", r.Work, r.Setting, r.Target); err != nil {
		return err
	}
	_, err := h.PercentilesPrint(w, 5, 1e6)
	return err
}

// window is when a run measures: by its own clock, from one moment to another. What begins outside doesn't count.
type window struct {
	start    time.Time
	from, to time.Duration
}

const forever = time.Duration(1<<63 - 1)

// begin opens a window after warmUp that lasts for length, or for ever if that is 0.
func begin(warmUp, length time.Duration) window {
	w := window{start: time.Now(), from: warmUp, to: forever}
	if length > 0 {
		w.to = warmUp + length
	}
	return w
}

func (w window) now() time.Duration { return time.Since(w.start) }

func (w window) has(at time.Duration) bool { return at >= w.from && at < w.to }
