package bench

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// crew is a group of goroutines of which the first that fails ends the others, and that is waited for.
type crew struct {
	group  errgroup.Group
	cancel context.CancelFunc
}

func (c *crew) start(fn func() error) {
	c.group.Go(func() error {
		err := fn()
		if err != nil {
			c.cancel()
		}
		return err
	})
}

func (c *crew) wait() error { return c.group.Wait() }

// first is what went wrong: the reason that the caller's context gives, else the errors together.
func first(ctx context.Context, errs ...error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(errs...)
}

// each calls fn for 0 to n-1, so many at a time, and waits; it returns the first error.
func each(ctx context.Context, n, atOnce int, fn func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error { return fn(ctx, i) })
	}
	return g.Wait()
}
