//go:build unix

package store

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kinward/internal/account"
	"kinward/internal/care"
	"kinward/internal/chat"
	"kinward/internal/feed"
)

var (
	grownTo = flag.Int("grown", 1_000_000, "how many stored messages BenchmarkGrowth goes up to; 10,000,000 take 3 GB and minutes to fill")
	grownIn = flag.String("grown-in", "", "where BenchmarkGrowth keeps its databases for the next run; by default they go with it")
)

// BenchmarkGrowth is what everything costs that is done all day, by how many messages are stored and how many conversations
// a person has: go test -v -run - -bench Growth -benchtime 1x ./internal/store -args -grown 10000000
//
// It prints the time that nine of ten runs need at least and the processor's time for each, both in µs, and how the latter,
// which other work on the machine disturbs least, compares to the smallest database.
func BenchmarkGrowth(b *testing.B) {
	dir := *grownIn
	if dir == "" {
		dir = b.TempDir()
	}
	costs := map[string][]cost{}
	var names []string
	var sizes []int
	for stored := 10_000; stored <= *grownTo; stored *= 10 {
		b.Run(fmt.Sprintf("stored=%d", stored), func(b *testing.B) {
			if testing.Short() && stored > 100_000 {
				b.Skip("filling it takes long")
			}
			m := measuring{b: b, costs: costs}
			m.all(openGrown(b, dir, stored))
			names, sizes = m.names, append(sizes, stored)
		})
	}
	b.Run("compared", func(b *testing.B) { b.Log(table(names, sizes, costs)) })
}

type cost struct{ wall, cpu time.Duration }

// table compares costs with those at the smallest size.
func table(names []string, sizes []int, costs map[string][]cost) string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n%-36s", "µs")
	for _, n := range sizes {
		fmt.Fprintf(&out, " | %10d %10s %5s", n, "cpu", "×")
	}
	for _, name := range names {
		fmt.Fprintf(&out, "\n%-36s", name)
		for _, c := range costs[name] {
			fmt.Fprintf(&out, " | %10.1f %10.1f %5.2f", float64(c.wall.Nanoseconds())/1000, float64(c.cpu.Nanoseconds())/1000,
				float64(c.cpu)/float64(costs[name][0].cpu))
		}
	}
	return out.String()
}

// spent is the processor's time of this process.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measuring collects costs by name, one more for each size.
type measuring struct {
	b     *testing.B
	names []string
	costs map[string][]cost
}

// time notes the cost of many runs, or of three if they are long.
func (m *measuring) time(name string, fn func() error) {
	m.b.Helper()
	if err := fn(); err != nil { // warm: what a first run finds is left by the one measured before
		m.b.Fatalf("%s: %v", name, err)
	}
	var took []time.Duration
	before := spent(m.b)
	for begin := time.Now(); len(took) < 3 || len(took) < 400 && time.Since(begin) < 700*time.Millisecond; {
		start := time.Now()
		if err := fn(); err != nil {
			m.b.Fatalf("%s: %v", name, err)
		}
		took = append(took, time.Since(start))
	}
	cpu := (spent(m.b) - before) / time.Duration(len(took))
	slices.Sort(took)
	m.names = append(m.names, name)
	m.costs[name] = append(m.costs[name], cost{took[len(took)/10], cpu})
}

func (m *measuring) all(g *grown) {
	ctx := context.Background()
	j := runJournal(m.b, g.s)
	m.time("open", func() error {
		again, err := Open(ctx, g.s.o)
		if err != nil {
			return err
		}
		return again.Close()
	})
	rng := rand.New(rand.NewPCG(1, 1))
	anywhere := slices.Concat(g.places[1_000], g.others)
	rng.Shuffle(len(anywhere), func(i, k int) { anywhere[i], anywhere[k] = anywhere[k], anywhere[i] })
	anywhere = anywhere[:min(len(anywhere), 1_000)]
	m.time("1,000 sends, 200 a batch", func() error { sendAll(m.b, j, anywhere, 400, 1_000); return g.s.Checkpoint(ctx) })
	m.time("send, alone", func() error {
		_, _, err := j.Send(ctx, draftFor(anywhere[rng.IntN(len(anywhere))], hundred))
		return err
	})
	m.time("directory, two words", func() error {
		_, err := g.s.People(ctx, []account.Kind{account.Staff}, []string{"hana", "ko"}, 50)
		return err
	})
	for _, n := range conversationsEach {
		m.reader(g, j, n)
	}
	// These conversations have some hundreds of messages by now, in the smallest database too.
	full := slices.Concat(g.places[10], g.places[100][:10], g.places[1_000][:10])
	m.time("history page", func() error {
		p := full[rng.IntN(len(full))]
		_, _, err := g.s.History(ctx, p.Conversation, chat.Range{Before: chat.NoBefore, After: chat.NoAfter, Limit: 50})
		return err
	})
	m.time("one conversation, unread", func() error { _, err := g.s.View(ctx, full[rng.IntN(len(full))]); return err })
}

// reader measures what one person asks for, who has n conversations.
func (m *measuring) reader(g *grown, j *feed.Journal, n int) {
	ctx := context.Background()
	s, reader, with := g.s, g.readers[n], fmt.Sprintf(" of %d", n)
	recent, err := s.Head(ctx)
	if err != nil {
		m.b.Fatal(err)
	}
	sendAll(m.b, j, slices.Concat(g.places[n][:10], g.others[:min(len(g.others), 40)]), 100, 500)
	idle, err := s.Head(ctx)
	if err != nil {
		m.b.Fatal(err)
	}
	sendAll(m.b, j, g.others[:min(len(g.others), 40)], 100, 200)
	since := func(after int64) func() error {
		return func() error { _, _, _, err := s.Since(ctx, reader, after, 50); return err }
	}
	m.time("feed, now"+with, since(recent))
	m.time("feed, a month"+with, since(g.month))
	m.time("idle poll"+with, since(idle))
	m.time("received"+with, func() error { _, err := s.Undelivered(ctx, reader, idle-100, idle); return err })
	m.time("received, after a restart"+with, func() error { _, err := s.Undelivered(ctx, reader, 0, idle); return err })
	m.time("idle poll, another wrote"+with, func() error {
		s.recent.begin(math.MaxInt64)
		return since(idle)()
	})
	m.time("list"+with, func() error { _, _, err := s.Snapshot(ctx, reader, s.o.Now()); return err })
	m.time("patients"+with, func() error {
		_, _, err := s.Patients(ctx, care.Query{Asker: reader, Limit: 50}, s.o.Now())
		return err
	})
	m.time("patient search"+with, func() error {
		_, _, err := s.Patients(ctx, care.Query{Asker: reader, Words: []string{"pat", "99"}, Limit: 50}, s.o.Now())
		return err
	})
}
