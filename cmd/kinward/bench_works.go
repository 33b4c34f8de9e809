package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"kinward/internal/bench"
)

type benchPairsCmd struct {
	benchFlags
	anchorFlag
	Pairs    int           `help:"Conversations, each with one who writes and one who reads." default:"50"`
	InFlight int           `help:"Messages of a writer that are not acknowledged yet." default:"8"`
	WarmUp   time.Duration `help:"How long before it is measured." default:"1s"`
	For      time.Duration `help:"How long it is measured." default:"5s"`
	Messages int           `help:"Messages of each writer, in place of a time." default:"0"`
}

func (c *benchPairsCmd) Run(ctx context.Context) error {
	return c.run(ctx, bench.Pairs{Pairs: c.Pairs, InFlight: c.InFlight, WarmUp: c.WarmUp, For: c.For, Messages: c.Messages}, c.anchors()...)
}

type benchRateCmd struct {
	benchFlags
	anchorFlag
	Rate     int           `help:"Messages a second." default:"2000"`
	Pairs    int           `help:"Conversations that share them." default:"200"`
	WarmUp   time.Duration `help:"How long before it is measured." default:"1s"`
	For      time.Duration `help:"How long it is measured." default:"5s"`
	Messages int           `help:"Messages in all, in place of a time." default:"0"`
}

func (c *benchRateCmd) Run(ctx context.Context) error {
	return c.run(ctx, bench.Rate{Rate: c.Rate, Pairs: c.Pairs, WarmUp: c.WarmUp, For: c.For, Messages: c.Messages}, c.anchors()...)
}

type benchRoomCmd struct {
	benchFlags
	anchorFlag
	Members  int           `help:"Members, all of them online; the server may have a limit for groups." default:"1000"`
	Rate     string        `help:"Messages a second; max: the next leaves when the last has reached all." default:"20"`
	WarmUp   time.Duration `help:"How long before it is measured." default:"1s"`
	For      time.Duration `help:"How long it is measured." default:"10s"`
	Messages int           `help:"Messages in all, in place of a time." default:"0"`
}

func (c *benchRoomCmd) Run(ctx context.Context) error {
	rate := 0
	if c.Rate != "max" {
		var err error
		if rate, err = strconv.Atoi(c.Rate); err != nil || rate < 1 {
			return fmt.Errorf("--rate is a number of messages a second, or max (%w)", errUsage)
		}
	}
	return c.run(ctx, bench.Room{Members: c.Members, Rate: rate, WarmUp: c.WarmUp, For: c.For, Messages: c.Messages}, c.anchors()...)
}
