package main

import (
	"context"
	"time"

	"kinward/internal/bench"
)

type benchAllCmd struct {
	benchFlags
	anchorFlag
	Short bool `help:"A tenth of everything: whether it works, not how fast."`
}

// Run is the table of the bars in docs/benchmarks.md.
func (c *benchAllCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(t *bench.Target) ([]bench.Result, error) { return c.measure(ctx, t) })
}

// measure gives the target one work after the other, until one fails. Idle comes first, while the server is fresh.
func (c *benchAllCmd) measure(ctx context.Context, t *bench.Target) (results []bench.Result, err error) {
	k, seconds := 10, 10*time.Second
	if c.Short {
		k, seconds = 1, time.Second
	}
	warm := seconds / 10
	var steps []func() ([]bench.Result, error)
	compared := func(w work) {
		steps = append(steps, func() ([]bench.Result, error) { return measure(ctx, t, w, c.anchors()) })
	}
	alone := func(w work) {
		steps = append(steps, func() ([]bench.Result, error) { return measure(ctx, t, w, nil) })
	}
	compared(bench.Idle{Connections: 1000 * k, Transport: bench.WebSocket, For: seconds / 2})
	compared(bench.Pairs{Pairs: 50, InFlight: 8, WarmUp: warm, For: seconds / 2})
	compared(bench.Pairs{Pairs: 50, InFlight: 1, WarmUp: warm, For: seconds / 2})
	compared(bench.Rate{Rate: 200 * k, Pairs: 20 * k, WarmUp: warm, For: seconds / 2})
	compared(bench.Room{Members: 100 * k, Rate: 20, WarmUp: warm, For: seconds})
	compared(bench.Room{Members: 100 * k, WarmUp: warm, For: seconds})
	steps = append(steps, func() ([]bench.Result, error) {
		away := benchCatchUpCmd{anchorFlag: c.anchorFlag, Messages: 100 * k, Conversations: 5 * k, Times: 9}
		away.Transport = []string{string(bench.WebSocket), string(bench.SSE), string(bench.LongPoll), string(bench.Poll)}
		return away.measure(ctx, t)
	})
	alone(bench.Storm{Connections: 1000 * k, Transport: bench.WebSocket})
	alone(bench.History{Messages: 1000 * k, Page: 50})
	for _, step := range steps {
		more, err := step()
		results = append(results, more...)
		if err != nil {
			return results, err
		}
	}
	return results, nil
}
