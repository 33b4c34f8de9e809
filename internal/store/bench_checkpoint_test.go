//go:build unix

package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kinward/internal/chat"
	"kinward/internal/feed"
	"kinward/internal/id"
)

// BenchmarkCheckpoint is what senders wait while the write-ahead log is moved into the database every second, as the app does
// it, with readers at work: everywhere in a grown database, 400 in flight, and 2,000 a second. It takes ten seconds each.
func BenchmarkCheckpoint(b *testing.B) {
	dir := *grownIn
	if dir == "" {
		dir = b.TempDir()
	}
	for _, gap := range []time.Duration{0, time.Second / 2000} {
		b.Run(fmt.Sprintf("stored=%d/gap=%s", *grownTo, gap), func(b *testing.B) {
			g := openGrown(b, dir, *grownTo)
			j := runJournal(b, g.s)
			waits := checkpointed(b, g, j, gap)
			for name, took := range waits {
				slices.Sort(took)
				if len(took) > 0 {
					b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms-"+name)
					b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms-"+name)
					b.ReportMetric(took[len(took)-1].Seconds()*1000, "max-ms-"+name)
				}
			}
			b.ReportMetric(float64(len(waits["all"]))/10, "sends/s")
			if info, err := os.Stat(g.s.o.Path + "-wal"); err == nil {
				b.ReportMetric(float64(info.Size()>>20), "MB-log")
			}
		})
	}
}

// checkpointed sends for ten seconds and returns how long each send and each checkpoint took.
func checkpointed(b *testing.B, g *grown, j *feed.Journal, gap time.Duration) map[string][]time.Duration {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var mu sync.Mutex
	var moving atomic.Bool
	waits := map[string][]time.Duration{}
	note := func(name string, took time.Duration) {
		mu.Lock()
		waits[name] = append(waits[name], took)
		mu.Unlock()
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for tick := time.NewTicker(time.Second); ctx.Err() == nil; {
			select {
			case <-tick.C:
				start := time.Now()
				moving.Store(true)
				if err := g.s.Checkpoint(ctx); err != nil && ctx.Err() == nil {
					b.Error(err)
				}
				moving.Store(false)
				note("checkpoint", time.Since(start))
			case <-ctx.Done():
			}
		}
	})
	wg.Go(func() {
		for ctx.Err() == nil {
			if _, _, err := g.s.Snapshot(ctx, g.readers[100], g.s.o.Now()); err != nil && ctx.Err() == nil {
				b.Error(err)
			}
		}
	})
	places := slices.Concat(g.places[10_000], g.places[1_000], g.others)
	rng := rand.New(rand.NewPCG(3, 3))
	slots := make(chan struct{}, 400)
	next := time.Now()
	for ctx.Err() == nil {
		if next = next.Add(gap); gap > 0 {
			<-time.After(time.Until(next))
		}
		slots <- struct{}{}
		p := places[rng.IntN(len(places))]
		start := time.Now()
		d := chat.Draft{Conversation: p.Conversation, ID: id.New[id.Message](), Sender: p.Person, Kind: chat.Text, Text: hundred}
		err := j.Submit(context.Background(), d, func(_ chat.Message, _ bool, err error) {
			if err != nil {
				b.Error(err)
			}
			note("all", time.Since(start))
			if moving.Load() {
				note("during", time.Since(start))
			}
			<-slots
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for range cap(slots) {
		slots <- struct{}{}
	}
	wg.Wait()
	return waits
}
