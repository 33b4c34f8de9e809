package bench

import (
	"context"
	"time"
)

// Say tells somebody who watches what is being done. It may be called from any goroutine.
type Say func(format string, a ...any)

// metered is what was used while a window was open.
type metered struct {
	seconds float64
	server  usage // the difference, but memory as it was at the end
	own     float64

	began  time.Duration
	before usage
	ownAt  float64
}

// meter reads the target's figures when the window opens and when it closes, and returns the difference. In a window that
// doesn't close it returns at once; finish reads the rest.
func meter(ctx context.Context, t *Target, w window) (metered, error) {
	var m metered
	if err := until(ctx, w, w.from); err != nil {
		return m, err
	}
	var err error
	if m.before, err = t.usage(ctx); err != nil {
		return m, err
	}
	m.began, m.ownAt = w.now(), ownCPU()
	if w.to == forever {
		return m, nil
	}
	if err := until(ctx, w, w.to); err != nil {
		return m, err
	}
	err = m.finish(ctx, t, w)
	return m, err
}

func (m *metered) finish(ctx context.Context, t *Target, w window) error {
	m.own = ownCPU() - m.ownAt
	after, err := t.usage(ctx)
	if err != nil {
		return err
	}
	after.cpu -= m.before.cpu
	m.server = after
	m.seconds = (min(w.to, w.now()) - min(w.from, m.began)).Seconds()
	return nil
}

func (m *metered) addMemory(r *Result) {
	r.add("server RSS", "MiB", m.server.rss/(1<<20))
	if m.server.pss > 0 {
		r.add("server PSS", "MiB", m.server.pss/(1<<20))
	}
}

// until waits for a moment of the window's clock.
func until(ctx context.Context, w window, at time.Duration) error {
	t := time.NewTimer(at - w.now())
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
