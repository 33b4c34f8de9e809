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

// peopleFlag keeps people between runs.
type peopleFlag struct {
	People string `help:"Keep the people in this file, so that the server can be started afresh before it is measured. It holds their tokens." type:"path" placeholder:"FILE"`
}

func (f peopleFlag) roll() *bench.Roll {
	if f.People == "" {
		return nil
	}
	return &bench.Roll{Path: f.People}
}

type benchIdleCmd struct {
	benchFlags
	anchorFlag
	peopleFlag
	Connections int           `help:"How many." default:"10000"`
	Transport   string        `help:"websocket, sse or long-poll; the anchors know websocket only." default:"websocket" enum:"websocket,sse,long-poll"`
	For         time.Duration `help:"How long they are held." default:"5s"`
}

func (c *benchIdleCmd) Run(ctx context.Context) error {
	if c.Anchor && c.Transport != string(bench.WebSocket) {
		return fmt.Errorf("the anchors know websocket only (%w)", errUsage)
	}
	return c.run(ctx, bench.Idle{Connections: c.Connections, Transport: bench.Transport(c.Transport), For: c.For, People: c.roll()}, c.anchors()...)
}

type benchCatchUpCmd struct {
	benchFlags
	anchorFlag
	Messages      int      `help:"Messages that wait." default:"1000"`
	Conversations int      `help:"Conversations they are in." default:"50"`
	Transport     []string `help:"websocket, sse, long-poll, poll; all of them unless told otherwise." default:"websocket,sse,long-poll,poll" enum:"websocket,sse,long-poll,poll"`
	Times         int      `help:"How often over each; the median counts." default:"9"`
}

func (c *benchCatchUpCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(t *bench.Target) ([]bench.Result, error) { return c.measure(ctx, t) })
}

// measure gives the anchor with a store what it knows: one transport.
func (c *benchCatchUpCmd) measure(ctx context.Context, t *bench.Target) ([]bench.Result, error) {
	w := bench.CatchUp{Messages: c.Messages, Conversations: c.Conversations, Times: c.Times}
	for _, over := range c.Transport {
		w.Transports = append(w.Transports, bench.Transport(over))
	}
	results, err := measure(ctx, t, w, nil)
	if err != nil || !c.Anchor {
		return results, err
	}
	w.Transports = []bench.Transport{bench.WebSocket}
	bare, err := runAnchor(ctx, w, relaySQLite)
	return append(results, bare), err
}

type benchStormCmd struct {
	benchFlags
	peopleFlag
	Connections int    `help:"How many come back." default:"10000"`
	Transport   string `help:"websocket, sse, long-poll or poll." default:"websocket" enum:"websocket,sse,long-poll,poll"`
}

func (c *benchStormCmd) Run(ctx context.Context) error {
	return c.run(ctx, bench.Storm{Connections: c.Connections, Transport: bench.Transport(c.Transport), People: c.roll()})
}

type benchHistoryCmd struct {
	benchFlags
	Messages int `help:"Messages of the conversation." default:"10000"`
	Page     int `help:"Messages of a page." default:"50"`
}

func (c *benchHistoryCmd) Run(ctx context.Context) error {
	return c.run(ctx, bench.History{Messages: c.Messages, Page: c.Page})
}
